//! What a person wrote: the unit of input, and where it was found.

use std::fmt;
use std::sync::Arc;

/// One reader comment, as an extractor found it.
///
/// Only [`text`](Self::text) is ever counted: the author's name is carried through, never classified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    /// The id the source gave, or the comment's number in its input, from 1.
    pub id: String,
    /// The commenter's own words, paragraphs separated by line breaks, without [`quoted`](Self::quoted) parts.
    pub text: String,
    /// The name the comment is signed with.
    pub author: Option<String>,
    /// When it was written: ISO 8601 where the source's date could be read, else as the source gives it.
    pub time: Option<String>,
    /// The id of the comment it answers.
    pub parent: Option<String>,
    /// Where it comes from: a page's address, an export's thread, or the input's name.
    pub source: Option<String>,
    /// Its place among the comments of its source, from 1.
    pub position: Option<u64>,
    /// How many comments deep it is nested; 0 answers the article.
    pub depth: Option<u32>,
    /// Its own address.
    pub permalink: Option<String>,
    /// Votes for it, less votes against it where both are given.
    pub votes: Option<i64>,
    /// Parts of other comments that it quotes: not the commenter's words, so not scored.
    pub quoted: Vec<String>,
    /// Every other field of the record it was read from, in the record's order.
    pub other_fields: serde_json::Map<String, serde_json::Value>,
    /// Where it stands in the input.
    pub place: Place,
}

/// A place in the input, printed as `path`, `path:line` or `path:line:column`.
///
/// Errors start with it, so that an editor can jump there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The input's name as the user gave it; `-` is standard input.
    pub input: Arc<str>,
    /// Line, from 1, where the input has lines.
    pub line: Option<u64>,
    /// Column or field number within the line, from 1, where one is known.
    pub column: Option<u64>,
}

impl Place {
    /// The input as a whole.
    pub fn input(input: impl Into<Arc<str>>) -> Self {
        Self { input: input.into(), line: None, column: None }
    }

    /// The same input at line `line`, from 1.
    pub fn at_line(&self, line: u64) -> Self {
        Self { input: self.input.clone(), line: Some(line), column: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.input)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_print_as_editors_read_them() {
        let input = Place::input("comments.csv");
        assert_eq!(input.to_string(), "comments.csv");
        assert_eq!(input.at_line(118).to_string(), "comments.csv:118");
        assert_eq!(Place { column: Some(3), ..input.at_line(118) }.to_string(), "comments.csv:118:3");
    }
}
