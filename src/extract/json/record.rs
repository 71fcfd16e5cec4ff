//! JSON objects, each read into a comment.

use super::fields::{Fields, Text};
use super::path::Path;
use super::slices::Slices;
use super::surrogates::mend_surrogates;
use crate::comment::Place;
use crate::extract::error::{ExtractError, excerpt};
use crate::extract::fields::{self, Claim, FieldOptions, Keep, NamedFields, Role};
use crate::extract::frames::Frame;
use crate::extract::record::Record;
use crate::extract::sink::Sink;
use serde::de::DeserializeSeed;
use serde_json::Value;
use std::borrow::Cow;

/// How the JSON objects of one input are read.
pub(crate) struct JsonRecords {
    pub(super) text: Path,
    pub(super) keep: Keep,
    pub(super) named: Vec<Path>,
    /// Fields that are said to have a role, on the way to where they are.
    pub(super) roles: Vec<(Claim, Path)>,
    max_length: usize,
    fields: NamedFields,
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
            Keep::Named(names) => {
                names.iter().chain(&options.keep_if_there).map(|name| Path::new(name)).collect()
            }
            _ => Vec::new(),
        };
        let roles = options.named.roles().map(|(claim, name)| (claim, Path::new(name))).collect();
        let fields = options.named.clone();
        Ok(Self { text: Path::new(&text), keep: options.keep.clone(), named, roles, max_length, fields })
    }

    /// The role of a field called `name`.
    pub(super) fn role_of(&self, name: &str) -> Option<Claim> {
        if self.roles.is_empty() { Role::of(name) } else { self.fields.role_of(name) }
    }

    /// Reads every record of `frame`.
    pub(crate) fn parse(&self, frame: &Frame, sink: &mut Sink<'_>) {
        let all_utf8 = std::str::from_utf8(&frame.bytes).ok();
        let mut record = Record::new(frame, &self.keep);
        for (number, (line, start, end)) in (frame.first_record..).zip(Slices::of(frame)) {
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
