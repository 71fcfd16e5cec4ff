//! What a person wrote: the unit of input, and where it was found.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// One reader comment, as an extractor found it.
///
/// Only [`text`](Self::text) is ever counted: the author's name is carried through, never classified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    /// The id the source gave, or the comment's number in its input, from 1.
    pub id: String,
    /// What the reader saw, paragraphs separated by line breaks. What the commenter quotes of others stands where
    /// they put it, in lines that begin with `> `; [`own_words`](Self::own_words) is without it.
    pub text: String,
    /// The name the comment is signed with.
    pub author: Option<String>,
    /// The address of the author's profile, as the page gives it: it tells apart two people of one name.
    pub author_url: Option<String>,
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
    /// The parts of [`text`](Self::text) that are not the commenter's words, in order: what of other comments, or of
    /// the article, they quote. Not scored.
    pub quoted: Vec<String>,
    /// Every other field of the record it was read from, in the record's order.
    pub other_fields: serde_json::Map<String, serde_json::Value>,
    /// Where it stands in the input.
    pub place: Place,
}

impl Comment {
    /// The commenter's own words: [`text`](Self::text) less the lines that hold what is [`quoted`](Self::quoted).
    ///
    /// The lines of the quotations are looked for in order, each behind the `> ` that marks it, at most eight lines
    /// ahead, so a line that the commenter began with `>` without quoting anyone stays. A text that is nothing but quotation has no own words.
    ///
    /// ```
    /// use moderato::comment::Comment;
    ///
    /// let text = "> It costs too much.\n\nIt costs less than the tunnel.".to_owned();
    /// let comment = Comment { text, quoted: vec!["It costs too much.".into()], ..Comment::default() };
    /// assert_eq!(comment.own_words(), "It costs less than the tunnel.");
    /// ```
    pub fn own_words(&self) -> Cow<'_, str> {
        if self.quoted.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut quoted = self.quoted.iter().flat_map(|q| q.lines()).map(str::trim);
        let mut own = String::with_capacity(self.text.len());
        // Blank lines owed before the next line that stays; around a quotation they are one gap.
        let mut blank = 0;
        for line in self.text.lines() {
            let marked = line.trim_start().strip_prefix('>').map(str::trim);
            if let Some(marked) = marked
                && let Some(i) = quoted.clone().take(8).position(|q| q == marked)
            {
                quoted.nth(i);
                continue;
            }
            if line.trim().is_empty() {
                blank = 1;
                continue;
            }
            if !own.is_empty() {
                own.push_str(if blank == 1 { "\n\n" } else { "\n" });
            }
            blank = 0;
            own.push_str(line);
        }
        // Nothing was found: the quotations stand beside a text that is without them already.
        if own.len() == self.text.len() { Cow::Borrowed(&self.text) } else { Cow::Owned(own) }
    }
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
    fn own_words_are_those_that_are_not_quoted() {
        let check = |text: &str, quoted: &[&str], expected: &str| {
            let quoted = quoted.iter().map(|q| (*q).to_owned()).collect();
            let comment = Comment { text: text.into(), quoted, ..Comment::default() };
            assert_eq!(comment.own_words(), expected, "{text:?}");
        };
        check("plain", &[], "plain");
        check("> mine, I like arrows", &[], "> mine, I like arrows");
        check("without it already", &["a"], "without it already");
        check("> a\n> b\n\nmine", &["a\nb"], "mine");
        check("first\n\n> a\n\nsecond\n\n> b\n\nthird", &["a", "b"], "first\n\nsecond\n\nthird");
        // As a table hands them back: in one cell.
        check("> a\n\nmine\n\n> b", &["a\nb"], "mine");
        check("> a", &["a"], "");
        check("> a\n> mine", &["a"], "> mine");
    }

    #[test]
    fn places_print_as_editors_read_them() {
        let input = Place::input("comments.csv");
        assert_eq!(input.to_string(), "comments.csv");
        assert_eq!(input.at_line(118).to_string(), "comments.csv:118");
        assert_eq!(Place { column: Some(3), ..input.at_line(118) }.to_string(), "comments.csv:118:3");
    }
}
