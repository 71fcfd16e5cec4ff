//! One JSON document with its records somewhere within: `{"data": {"items": [{"body": …}, …]}}`.
//!
//! The way to them is given, as `data.items[].body` gives it (`[]` stands for each of an array, as in jq), or is
//! found: of the arrays whose first object has a text field by a usual name the outermost, and of those the one whose
//! name speaks of comments. The document is held whole, but only cut, never built: the objects go to the parser of
//! JSON lines as the bytes they are. Absent: records within records.

use super::learn_fields;
use crate::extract::error::ExtractError;
use crate::extract::fields::TEXT_FIELDS;
use crate::extract::format::Format;
use crate::extract::frames::{Frame, Split};
use crate::extract::input::Input;
use crate::extract::options::ExtractOptions;
use crate::extract::page::{Meaning, meaning};
use crate::extract::parser::{Parser, Records};
use std::collections::VecDeque;
use std::ops::Range;

/// A splitter of the document that begins in `bytes`, and the parser of its records.
///
/// # Errors
/// If there are no records on the way, or the text field cannot be told.
pub(super) fn open(
    mut bytes: Vec<u8>,
    input: &mut Input<'_>,
    options: &ExtractOptions,
    ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    let limit = options.limits.whole;
    while bytes.len() <= limit && input.read_some(&mut bytes, 64 << 10)? > 0 {}
    if bytes.len() > limit {
        let (place, limit) = (input.place().clone(), limit as u64);
        return Err(ExtractError::TooLarge { place, what: "document", limit });
    }
    let mut options = options.clone();
    let asked = options.fields.text.take();
    let (way, text) = match asked.as_deref().and_then(|asked| asked.rsplit_once("[]")) {
        Some((way, text)) => (Some(way.to_owned() + "[]"), Some(text.trim_start_matches('.').to_owned())),
        None => (None, asked),
    };
    options.fields.text = text.filter(|text| !text.is_empty());
    let mut reader = Reader { bytes: &bytes, cut: None };
    let runs = match &way {
        Some(way) => reader.at_way(way),
        None => reader.found(options.fields.text.as_deref()),
    };
    let cut = reader.cut;
    if runs.iter().all(|run| run.is_empty()) {
        return Err(ExtractError::Malformed {
            place: input.place().at_line(1),
            found: match way {
                Some(way) => format!("no objects at `{way}`"),
                None => "a JSON document without an array of objects that have a text".into(),
            },
            expected:
                "`[`, an array of JSON objects, or the way to one such as `--text-field data.items[].body`"
                    .into(),
        });
    }
    let mut document = Document { frame: options.limits.frame, bytes, runs: runs.into(), n_records: 0, cut };
    let records = learn_fields(&mut document, input, &options, ahead)?;
    Ok((Box::new(document), Parser::new(Format::Json, Records::Json(records))))
}

/// Runs of records that lie side by side, cut into frames.
struct Document {
    frame: usize,
    bytes: Vec<u8>,
    runs: VecDeque<Vec<Range<usize>>>,
    n_records: u64,
    /// Where the document breaks off.
    cut: Option<usize>,
}

impl Split for Document {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        let line = |at: usize| memchr::memchr_iter(b'\n', &self.bytes[..at]).count() as u64 + 1;
        let Some(run) = self.runs.iter_mut().find(|run| !run.is_empty()) else {
            let place = input.place().at_line(line(self.cut.take()?));
            let (found, expected) = ("the end of the input".into(), "the rest of a JSON document".into());
            return Some(Err(ExtractError::Malformed { place, found, expected }));
        };
        let start = run[0].start;
        let n = run.iter().take_while(|record| record.start - start < self.frame).count();
        let taken: Vec<Range<usize>> = run.drain(..n).collect();
        let end = taken.last().map_or(start, |record| record.end);
        let first_record = self.n_records + 1;
        self.n_records += n as u64;
        Some(Ok(Frame {
            place: input.place().at_line(line(start)),
            first_record,
            bytes: self.bytes[start..end].to_vec(),
            ends: taken.iter().map(|record| record.end - start).collect(),
            utf8: input.is_utf8(),
            ..Frame::default()
        }))
    }
}

/// A run of records; each begins one byte, the comma, behind the one before.
type Run = Vec<Range<usize>>;

/// Cuts a document, and notes where it breaks off.
struct Reader<'b> {
    bytes: &'b [u8],
    cut: Option<usize>,
}

impl Reader<'_> {
    /// The runs of objects at a way such as `data.items[]`.
    fn at_way(&mut self, way: &str) -> Vec<Run> {
        // What is on the way, from the outermost inward.
        let mut values: Vec<Range<usize>> = std::iter::once(0..self.bytes.len()).collect();
        let mut runs = Vec::new();
        let pieces: Vec<&str> = way.split("[]").collect();
        for (i, keys) in pieces.iter().take(pieces.len() - 1).enumerate() {
            for key in keys.split('.').filter(|key| !key.is_empty()) {
                let member = |reader: &mut Self, value: Range<usize>| {
                    reader.members(value).into_iter().find(|(name, _)| name == key).map(|(_, value)| value)
                };
                values = values.into_iter().filter_map(|value| member(self, value)).collect();
            }
            let arrays: Vec<Run> = values.into_iter().map(|value| self.elements(value)).collect();
            values = arrays.iter().flatten().cloned().collect();
            if i + 2 == pieces.len() {
                runs = arrays;
            }
        }
        runs
    }

    /// The run of the array that is most like one of comments.
    fn found(&mut self, text: Option<&str>) -> Vec<Run> {
        /// Records stand no deeper in any document without a way of its own.
        const DEEPEST: usize = 4;
        let mut level: Vec<Range<usize>> = std::iter::once(0..self.bytes.len()).collect();
        for _ in 0..DEEPEST {
            let mut inner = Vec::new();
            let mut best: Option<Run> = None;
            for (key, value) in level.into_iter().flat_map(|value| self.members(value)).collect::<Vec<_>>() {
                if self.first(&value) == Some(b'{') {
                    inner.push(value);
                    continue;
                }
                let run = self.elements(value);
                let has_text = run.first().is_some_and(|first| self.has_text(first.clone(), text));
                let named = meaning(&key).any(Meaning::COMMENT);
                if has_text && (best.is_none() || named) {
                    best = Some(run);
                    if named {
                        break;
                    }
                }
            }
            if let Some(best) = best {
                return vec![best];
            }
            level = inner;
        }
        Vec::new()
    }

    fn has_text(&mut self, object: Range<usize>, asked: Option<&str>) -> bool {
        let first = asked.and_then(|asked| asked.split('.').next());
        self.members(object).iter().any(|(key, _)| match first {
            Some(first) => key == first,
            None => TEXT_FIELDS.iter().any(|usual| usual.eq_ignore_ascii_case(key)),
        })
    }

    fn first(&self, value: &Range<usize>) -> Option<u8> {
        self.bytes[value.clone()].trim_ascii_start().first().copied()
    }

    /// The fields of an object; none if it is something else.
    fn members(&mut self, value: Range<usize>) -> Vec<(String, Range<usize>)> {
        let member = |part: Range<usize>| {
            let key = part.start + self.bytes[part.clone()].iter().position(|b| *b == b'"')?;
            let end = end_of_string(&self.bytes[..part.end], key)?;
            let name = serde_json::from_slice(&self.bytes[key..end]).ok()?;
            let colon = end + self.bytes[end..part.end].iter().position(|b| *b == b':')?;
            Some((name, colon + 1..part.end))
        };
        let (parts, cut) = parts(self.bytes, value, b'{');
        let members = parts.into_iter().filter_map(member).collect();
        self.cut = self.cut.or(cut);
        members
    }

    /// The elements of an array; none if it is something else. One that breaks off is none.
    fn elements(&mut self, value: Range<usize>) -> Run {
        let (mut parts, cut) = parts(self.bytes, value, b'[');
        if let Some(cut) = cut {
            self.cut = self.cut.or(Some(cut));
            parts.pop();
        }
        parts
    }
}

/// The parts between the commas of the object or array, as `opening` says, that `value` is, and where it breaks off.
fn parts(bytes: &[u8], value: Range<usize>, opening: u8) -> (Vec<Range<usize>>, Option<usize>) {
    let mut at = value.end - bytes[value.clone()].trim_ascii_start().len();
    let mut parts = Vec::new();
    if bytes.get(at) != Some(&opening) || at >= value.end {
        return (parts, None);
    }
    at += 1;
    let (mut start, mut depth) = (at, 0_usize);
    while at < value.end {
        match bytes[at] {
            b'"' => match end_of_string(&bytes[..value.end], at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => break,
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => {
                if !bytes[start..at].trim_ascii().is_empty() {
                    parts.push(start..at);
                }
                return (parts, None);
            }
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(start..value.end);
    (parts, Some(value.end))
}

/// One past the string that begins at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    at += 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::{Comments, ExtractOptions, Format};

    /// The texts that come out, errors as they are said.
    fn check(json: &str, way: Option<&str>, expected: &[&str]) {
        let mut options = ExtractOptions { format: Format::Json, ..ExtractOptions::default() };
        options.fields.text = way.map(str::to_owned);
        let found: Vec<String> = match Comments::open("a.json", json.as_bytes(), &options) {
            Ok(comments) => comments.map(|c| c.map_or_else(|e| e.to_string(), |c| c.text)).collect(),
            Err(error) => vec![error.to_string()],
        };
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn records_are_found_where_they_are_said_to_be() {
        let nested = "{\"data\": {\"items\": [{\"body\": {\"plain\": \"a\"}},\n {\"body\": {\"plain\": \"b, ]\\\"}\"}}]}}";
        check(nested, Some("data.items[].body.plain"), &["a", "b, ]\"}"]);
        let threads =
            r#"{"threads": [{"comments": [{"t": "a"}, {"t": "b"}]}, {"x": 1}, {"comments": [{"t": "c"}]}]}"#;
        check(threads, Some("threads[].comments[].t"), &["a", "b", "c"]);
        check(r#"[{"c": [{"t": "a"}]}, {"c": [{"t": "b"}]}]"#, Some("[].c[].t"), &["a", "b"]);
        check(r#"[{"t": {"x": "a"}}]"#, Some("[].t.x"), &["a"]);
    }

    #[test]
    fn records_are_found_by_themselves() {
        check(r#"{"comments":[{"text":"a"},{"text":"b"}]}"#, None, &["a", "b"]);
        check(r#"{"n": 2, "data": {"users": [{"name": "x"}], "list": [{"body": "a"}]}}"#, None, &["a"]);
        check(r#"{"posts": [{"body": "x"}], "comments": [{"body": "a"}]}"#, None, &["a"]);
        check(r#"{"comments": [{"words": {"de": "a"}}]}"#, Some("words.de"), &["a"]);
    }

    #[test]
    fn what_is_whole_comes_out_and_the_rest_is_told() {
        let cut = "{\"comments\": [{\"text\": \"a\"},\n{\"text\": \"b\"},\n{\"text\": \"c";
        let expected = "a.json:3: found the end of the input, expected the rest of a JSON document";
        check(cut, None, &["a", "b", expected]);
        let none = "a.json:1: found a JSON document without an array of objects that have a text, expected `[`, an array \
             of JSON objects, or the way to one such as `--text-field data.items[].body`";
        for json in [r#"{"a": 1}"#, "{", r#"{"a": [1, 2]}"#, r#"{"a": []}"#] {
            check(json, None, &[none]);
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_cut_without_a_panic(json in "[{}\\[\\]\",:a\\\\ ]{0,60}", way in "[a.\\[\\]]{0,9}") {
            for way in [None, Some(format!("{way}[].a"))] {
                let mut options = ExtractOptions { format: Format::Json, ..ExtractOptions::default() };
                options.fields.text = way;
                if let Ok(comments) = Comments::open("a", json.as_bytes(), &options) {
                    let _ = comments.count();
                }
            }
        }
    }
}
