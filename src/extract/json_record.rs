//! One JSON object, read into a comment without building what nobody keeps.

use super::error::{ExtractError, excerpt};
use super::fields::{self, FieldOptions, Keep, Role};
use super::frames::Frame;
use super::lines::is_blank;
use super::record::Record;
use super::sink::Sink;
use crate::comment::Place;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// How the JSON objects of one input are read.
pub(crate) struct JsonRecords {
    text: Path,
    keep: Keep,
    named: Vec<Path>,
    max_length: usize,
}

/// The way to a field: the name of one, or names of nested ones.
#[derive(Debug, Clone)]
struct Path {
    name: String,
    // From the outermost object inward; one if the name has no dots.
    steps: Vec<String>,
}

impl Path {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), steps: name.split('.').map(str::to_owned).collect() }
    }

    /// What the path finds in `value`, the field `key` of a record.
    fn find<'v>(&self, key: &str, value: &'v Value) -> Option<&'v Value> {
        if key == self.name {
            return Some(value);
        }
        let (first, rest) = self.steps.split_first()?;
        if key != first {
            return None;
        }
        rest.iter().try_fold(value, |inner, step| match inner {
            Value::Object(fields) => fields.get(step),
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    fn begins_with(&self, key: &str) -> bool {
        key == self.name || self.steps.first().is_some_and(|first| first == key)
    }
}

/// What a record has for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Missing,
    Read,
    IsNot(&'static str),
}

impl JsonRecords {
    /// Finds the text field in `records`, the first of an input.
    ///
    /// # Errors
    /// If the field asked for is in none of them, or none or several have a usual name in the first that has any.
    pub(crate) fn new<'a>(
        options: &FieldOptions,
        max_length: usize,
        records: impl Iterator<Item = (Place, &'a [u8])>,
    ) -> Result<Self, ExtractError> {
        let asked = options.text.as_deref();
        let mut refused = None;
        let mut text = None;
        for (place, record) in records {
            let Ok(Value::Object(first)) = serde_json::from_slice(record) else { continue };
            if let Some(name) = asked
                && first.iter().any(|(key, value)| Path::new(name).find(key, value).is_some())
            {
                text = Some(name.to_owned());
                break;
            }
            let columns: Vec<&String> = first.keys().collect();
            match fields::text_field(&columns, asked, &place) {
                Ok(i) => {
                    text = Some(columns[i].clone());
                    break;
                }
                Err(error @ ExtractError::SeveralTextFields { .. }) => return Err(error),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        let text = match (text, refused) {
            (Some(text), _) => text,
            (None, Some(error)) => return Err(error),
            // Not one object so far: each record will say so itself.
            (None, None) => asked.unwrap_or(fields::TEXT_FIELDS[0]).to_owned(),
        };
        let named = match &options.keep {
            Keep::Named(names) => names.iter().map(|name| Path::new(name)).collect(),
            _ => Vec::new(),
        };
        Ok(Self { text: Path::new(&text), keep: options.keep.clone(), named, max_length })
    }

    /// Reads every record of `frame`.
    pub(crate) fn parse(&self, frame: &Frame, sink: &mut Sink<'_>) {
        let all_utf8 = std::str::from_utf8(&frame.bytes).ok();
        let mut record = Record::new(frame, &self.keep);
        let mut number = frame.first_record;
        for (line, start, end) in Slices::of(frame) {
            record.begin(line);
            let bytes = &frame.bytes[start..end];
            if self.max_length < bytes.len() {
                let (found, limit) = (bytes.len() as u64, self.max_length as u64);
                sink.unreadable(ExtractError::LongRecord { place: record.place().clone(), found, limit });
            } else {
                let json = all_utf8
                    .and_then(|all| all.get(start..end))
                    .map_or_else(|| String::from_utf8_lossy(bytes), Cow::Borrowed);
                let replaced = matches!(json, Cow::Owned(_));
                self.parse_record(&json, number, replaced, (&mut record, sink));
            }
            number += 1;
        }
    }

    fn parse_record(
        &self,
        json: &str,
        number: u64,
        replaced: bool,
        (record, sink): (&mut Record<'_>, &mut Sink<'_>),
    ) {
        let mut text = Text::Missing;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let seed = Fields { records: self, record, text: &mut text };
        let read = seed.deserialize(&mut deserializer).and_then(|()| deserializer.end());
        match (read, text) {
            (Ok(()), Text::Read) => record.finish(number, replaced, sink),
            (Ok(()), text) => sink.unreadable(self.without_text(json, text, record.place())),
            (Err(error), _) => match mend_surrogates(json) {
                Some(mended) => {
                    let line = record.place().line.unwrap_or(1);
                    record.begin(line);
                    self.parse_record(&mended, number, true, (record, sink));
                }
                None => sink.unreadable(malformed(json, &error, record.place())),
            },
        }
    }

    fn without_text(&self, json: &str, text: Text, place: &Place) -> ExtractError {
        let found = match text {
            Text::IsNot(what) => format!("{what} in field `{}`", self.text.name),
            _ => match serde_json::from_str(json) {
                Ok(Value::Object(fields)) if !fields.is_empty() => {
                    let keys: Vec<String> =
                        fields.keys().take(20).map(|key| format!("`{}`", excerpt(key))).collect();
                    format!("only {}", keys.join(", "))
                }
                _ => "an empty object".into(),
            },
        };
        let expected = format!("a text in field `{}`", self.text.name);
        ExtractError::Malformed { place: place.clone(), found, expected }
    }
}

/// An error of serde_json, said in our way.
fn malformed(json: &str, error: &serde_json::Error, place: &Place) -> ExtractError {
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    // The record may begin on an earlier line than the one it is broken on.
    let line = place.line.map(|first| first + (error.line() as u64).saturating_sub(1));
    let column = (0 < error.column()).then_some(error.column() as u64);
    let expected = match reason.split_once(", expected ") {
        Some((_, expected)) => expected.to_owned(),
        None => format!("a JSON object ({reason})"),
    };
    let place = Place { line, column, ..place.clone() };
    ExtractError::Malformed { place, found: format!("`{}`", excerpt(json)), expected }
}

/// `json` with each lone `\ud800`…`\udfff` replaced by `\ufffd`, if there is one.
///
/// Programs that cut text at UTF-16 units leave such halves of characters behind; they are no reason to lose the
/// comment.
fn mend_surrogates(json: &str) -> Option<String> {
    let mut mended = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        let escape = at + found;
        at = (escape + 2).min(json.len());
        let Some(unit) = surrogate(json, escape) else { continue };
        at = escape + 6;
        if unit < 0xdc00 && surrogate(json, at).is_some_and(|second| 0xdc00 <= second) {
            at += 6;
        } else {
            mended.push_str(&json[done..escape]);
            mended.push_str("\\ufffd");
            done = at;
        }
    }
    (0 < done).then(|| mended + &json[done..])
}

/// The surrogate that the escape at `at` stands for, if it is one.
fn surrogate(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..=0xdfff).contains(unit))
}

/// The records of a frame: their line, where they start and where they end.
struct Slices<'f> {
    frame: &'f Frame,
    at: usize,
    line: u64,
    ends: std::slice::Iter<'f, usize>,
}

impl<'f> Slices<'f> {
    fn of(frame: &'f Frame) -> Self {
        Self { frame, at: 0, line: frame.place.line.unwrap_or(1), ends: frame.ends.iter() }
    }
}

impl Iterator for Slices<'_> {
    type Item = (u64, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = &self.frame.bytes;
        if !self.frame.ends.is_empty() {
            let end = *self.ends.next()?;
            let start = end - bytes[self.at..end].trim_ascii_start().len();
            self.line += memchr::memchr_iter(b'\n', &bytes[self.at..start]).count() as u64;
            let line = self.line;
            self.line += memchr::memchr_iter(b'\n', &bytes[start..end]).count() as u64;
            // One byte, the comma, sets records apart.
            self.at = end + 1;
            return Some((line, start, end));
        }
        while self.at < bytes.len() {
            let start = self.at;
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
            let line = self.line;
            self.at = end + 1;
            self.line += 1;
            if !is_blank(&bytes[start..end]) {
                return Some((line, start, end));
            }
        }
        None
    }
}

/// The records of `frame` with their places, for a look at the first ones.
pub(crate) fn slices(frame: &Frame) -> impl Iterator<Item = (Place, &[u8])> {
    Slices::of(frame).map(|(line, start, end)| (frame.place.at_line(line), &frame.bytes[start..end]))
}

/// Reads the fields of one object.
struct Fields<'a, 'f> {
    records: &'a JsonRecords,
    record: &'a mut Record<'f>,
    text: &'a mut Text,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let records = self.records;
            if records.named.iter().any(|path| path.begins_with(&key)) {
                let value = map.next_value()?;
                self.named_field(&key, &value);
            } else if key == records.text.name {
                self.record.comment.text.clear();
                *self.text = map.next_value_seed(TextOf(&mut self.record.comment.text))?;
            } else if records.text.begins_with(&key) {
                let value: Value = map.next_value()?;
                self.text_in(&key, &value);
                self.record.keep_other(key.into_owned(), value);
            } else {
                self.other_field(&key, &mut map)?;
            }
        }
        Ok(())
    }
}

impl Fields<'_, '_> {
    /// A field that is asked for by name, or has such fields within; it may be the text or the id as well.
    fn named_field(&mut self, key: &str, value: &Value) {
        self.text_in(key, value);
        if let Some(claim) = Role::of(key).filter(|claim| claim.role == Role::Id) {
            self.record.claim(claim, key, value.clone());
        }
        for path in &self.records.named {
            if let Some(found) = path.find(key, value) {
                self.record.keep_named(path.name.clone(), found.clone());
            }
        }
    }

    fn text_in(&mut self, key: &str, value: &Value) {
        if let Some(found) = self.records.text.find(key, value) {
            let text = &mut self.record.comment.text;
            text.clear();
            *self.text = TextOf(text).deserialize(found).unwrap_or(Text::IsNot("no text"));
        }
    }

    fn other_field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let keep = &self.records.keep;
        match Role::of(key) {
            Some(claim) if matches!(keep, Keep::Details | Keep::All) => {
                let value = map.next_value()?;
                self.record.claim(claim, key, value);
            }
            Some(claim) if claim.role == Role::Id => match self.record.id_buffer(claim) {
                Some(buffer) => {
                    map.next_value_seed(TextOf(buffer))?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            },
            None if *keep == Keep::All => {
                let value = map.next_value()?;
                self.record.keep_other(key.to_owned(), value);
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The name of a field, borrowed from the line unless it has escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(name)))
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// Appends a value's text to a buffer.
struct TextOf<'b>(&'b mut String);

impl<'de> DeserializeSeed<'de> for TextOf<'_> {
    type Value = Text;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextOf<'_> {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        self.0.push_str(text);
        Ok(Text::Read)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Text, E> {
        self.visit_str(if value { "true" } else { "false" })
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Text, E> {
        self.visit_str(&value.to_string())
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Text, E> {
        self.visit_str(&value.to_string())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Text, E> {
        self.visit_str(&Value::from(value).to_string())
    }
    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text::IsNot("null"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text::IsNot("an array"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::IsNot("an object"))
    }
}
