//! What an input is: told by its content first, then by its name.

use super::export;
use super::fields::TEXT_FIELDS;
use super::input::Input;
use super::options::ExtractOptions;
use super::table::{Dialect, TableOptions};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an input is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Recognised by content, then by name.
    #[default]
    Auto,
    /// A web page.
    Html,
    /// A page saved as plain text.
    Text,
    /// Plain text, a comment a line.
    Lines,
    /// One JSON object a line.
    #[serde(rename = "jsonl")]
    JsonLines,
    /// One JSON document: an array of objects.
    Json,
    /// Comma- or semicolon-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// What a comment system exports.
    Export,
    /// A crawl: a web archive of many pages.
    Warc,
}

impl Format {
    /// Every format, in the order they are listed for users.
    pub const ALL: [Self; 10] = [
        Self::Auto,
        Self::Html,
        Self::Text,
        Self::Lines,
        Self::JsonLines,
        Self::Json,
        Self::Csv,
        Self::Tsv,
        Self::Export,
        Self::Warc,
    ];

    /// The name it has in flags and recipes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Html => "html",
            Self::Text => "text",
            Self::Lines => "lines",
            Self::JsonLines => "jsonl",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Export => "export",
            Self::Warc => "warc",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What `input` is.
pub(crate) fn sniff(input: &Input<'_>, options: &ExtractOptions) -> Format {
    let head = Head {
        bytes: input.head(),
        whole: input.is_whole(),
        named: named(&input.place().input),
        asked: options.fields.text.as_deref(),
        table: &options.table,
    };
    head.format()
}

/// What the ending of `name` says, past that of a packer.
fn named(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let name = [".gz", ".zst"].iter().find_map(|packer| name.strip_suffix(packer)).unwrap_or(&name);
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "html" | "htm" | "xhtml" => Format::Html,
        "txt" | "text" => Format::Text,
        "jsonl" | "ndjson" => Format::JsonLines,
        "json" => Format::Json,
        "csv" => Format::Csv,
        "tsv" | "tab" => Format::Tsv,
        _ => return None,
    })
}

/// The beginning of an input, and what else may tell its format.
struct Head<'h> {
    bytes: &'h [u8],
    whole: bool,
    named: Option<Format>,
    asked: Option<&'h str>,
    table: &'h TableOptions,
}

impl Head<'_> {
    fn format(&self) -> Format {
        let text = self.bytes.trim_ascii_start();
        if text.starts_with(b"WARC/") {
            return Format::Warc;
        }
        if export::is_export(text) {
            return Format::Export;
        }
        match text.first() {
            // A way through arrays leads through one document.
            Some(b'{' | b'[') if self.asked.is_some_and(|asked| asked.contains("[]")) => return Format::Json,
            Some(b'{') => {
                if let Some(format) = self.json_object(text) {
                    return format;
                }
            }
            Some(b'[') if matches!(text[1..].trim_ascii_start().first(), Some(b'{' | b']' | b'"')) => {
                return Format::Json;
            }
            Some(b'<') if text.get(1).is_some_and(|b| b.is_ascii_alphabetic() || b"!?".contains(b)) => {
                return Format::Html;
            }
            _ => {}
        }
        self.table().or(self.named).unwrap_or_else(|| match text {
            text if has_markup(text) => Format::Html,
            // One line is no page: it is a comment.
            text if self.whole && !text.trim_ascii_end().contains(&b'\n') => Format::Lines,
            _ => Format::Text,
        })
    }

    /// JSON lines or one document, if `text`, which begins with a brace, is either.
    fn json_object(&self, text: &[u8]) -> Option<Format> {
        let line_end = memchr::memchr(b'\n', text);
        let line = &text[..line_end.unwrap_or(text.len())];
        let second = text[line.len()..].trim_ascii_start().first();
        // A document over several lines breaks where one may: `{"comments": [` and then `{`.
        let goes_on = matches!(line.trim_ascii_end().last(), Some(b'[' | b'{' | b',' | b':'));
        if second == Some(&b'{') && !goes_on || self.named == Some(Format::JsonLines) {
            return Some(Format::JsonLines);
        }
        let (keys, complete) = top_level_keys(line);
        if complete && second.is_none() || line_end.is_none() && !keys.is_empty() {
            // One object, or the beginning of one that is long: a comment, or a document with comments in it?
            let usual = |key: &String| TEXT_FIELDS.iter().any(|t| t.eq_ignore_ascii_case(key));
            let asked = |key: &String| self.asked.is_some_and(|a| a.split('.').next() == Some(key));
            let is_comment = keys.iter().any(|key| usual(key) || asked(key));
            return Some(if is_comment { Format::JsonLines } else { Format::Json });
        }
        if complete {
            return Some(Format::JsonLines);
        }
        // A document over several lines has a quote next, whether or not a key stood on the first.
        (second == Some(&b'"') || goes_on && second == Some(&b'{') || self.named == Some(Format::Json))
            .then_some(Format::Json)
    }

    fn table(&self) -> Option<Format> {
        let is_named = matches!(self.named, Some(Format::Csv | Format::Tsv));
        let delimiters: &[u8] = b"\t,;";
        let dialect = Dialect::of(self.bytes, self.whole, delimiters, self.table);
        let fit = dialect.fit(self.bytes, self.whole);
        let asked = self.asked.is_some_and(|name| self.names_column(name, dialect));
        let fits = if is_named || fit.names_text || asked {
            fit.is_nearly_even()
        } else {
            // Tabs do not stand in prose, at least not one a line throughout; commas may.
            dialect.delimiter == b'\t' && 1 < fit.n_rows && fit.is_even()
        };
        let format = if dialect.delimiter == b'\t' { Format::Tsv } else { Format::Csv };
        fits.then_some(format)
    }

    fn names_column(&self, name: &str, dialect: Dialect) -> bool {
        let line = self.bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        line.split(|&b| b == dialect.delimiter).any(|column| column.trim_ascii() == name.as_bytes())
    }
}

/// Whether text that does not begin with markup has some nevertheless.
fn has_markup(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"</").take(3).count() == 3
}

/// The keys of the object that `json` begins with, as far as it goes, and whether it is complete.
fn top_level_keys(json: &[u8]) -> (Vec<String>, bool) {
    struct Keys<'k>(&'k mut Vec<String>);
    impl<'de> DeserializeSeed<'de> for Keys<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_map(self)
        }
    }
    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key()? {
                self.0.push(key);
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut keys = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = Keys(&mut keys).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    (keys, read.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, content: &str, expected: Format) {
        let head = Head {
            bytes: content.as_bytes(),
            whole: true,
            named: named(name),
            asked: None,
            table: &TableOptions::default(),
        };
        assert_eq!(head.format(), expected, "{name}: {content}");
    }

    #[test]
    fn content_tells_the_format() {
        check("-", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", Format::JsonLines);
        check("-", "\n {\"text\":\"a\"}", Format::JsonLines);
        check("-", "{\"version\":1,\"comments\":[{\"html\":\"a\"}]}", Format::Json);
        check("-", "{\n  \"version\": 1,\n  \"comments\": []\n}", Format::Json);
        check("-", "{\"comments\": [\n{\"html\": \"a\"}", Format::Json);
        check("-", "{\"text\": \"cut sho\n{\"text\": \"b\"}\n", Format::JsonLines);
        check("-", "[\n  {\"text\": \"a\"}\n]", Format::Json);
        check("-", "[]", Format::Json);
        check("-", "[Update, 5 pm] The council met.\n", Format::Lines);
        check("-", "{sighs} not again\n", Format::Lines);
        check("-", "<!DOCTYPE html>\n<html><body>", Format::Html);
        check("-", "\n<p>Only a piece</p>", Format::Html);
        check("-", "Loose <b>text</b> <i>with</i> <u>marks</u>", Format::Html);
        check("-", "<3 this\nso much\n", Format::Text);
        check("-", "id,text\n1,a\n2,b\n", Format::Csv);
        check("-", "id;Comment\n1;<p>a</p><p>b</p><p>c</p>\n", Format::Csv);
        check("-", "id\tphrase\n1\ta\n", Format::Tsv);
        check("-", "Well, yes\nBut, no\n", Format::Text);
        check("-", "text\nonly one column\n", Format::Text);
        check("-", "Three readers replied.\n\nPat\nI agree.\n", Format::Text);
    }

    #[test]
    fn the_name_decides_where_content_does_not() {
        check("a.csv", "text\nonly one column\n", Format::Csv);
        check("a.csv.gz", "1,2\n3,4\n", Format::Csv);
        check("a.TSV", "one\ntwo\n", Format::Tsv);
        check("a.ndjson", "not yet\n", Format::JsonLines);
        check("page.htm", "no tags at all", Format::Html);
        check("notes.txt", "a </b> </c> </d>", Format::Text);
        check("a.json", "{\"text\": \"a\"\n", Format::Json);
    }

    #[test]
    fn content_goes_before_the_name() {
        check("a.csv", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", Format::JsonLines);
        check("a.json", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", Format::JsonLines);
        check("a.csv", "id\ttext\n1\ta, b\n2\tc\n", Format::Tsv);
        check("a.jsonl", "id,text\n1,a\n", Format::Csv);
        check("a.txt", "<!doctype html><title>x</title>", Format::Html);
    }

    #[test]
    fn names_are_the_same_everywhere() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }

    #[test]
    fn a_field_asked_for_tells_a_table_too() {
        let bytes = b"id,phrase\n1,a\n";
        let table = TableOptions::default();
        let head = Head { bytes, whole: true, named: None, asked: Some("phrase"), table: &table };
        assert_eq!(head.format(), Format::Csv);
    }
}
