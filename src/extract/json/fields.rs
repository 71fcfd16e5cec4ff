//! The fields of one object, read without building what nobody keeps.

use super::record::JsonRecords;
use crate::extract::fields::{Keep, Role};
use crate::extract::record::Record;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// What a record has for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Missing,
    Read,
    IsNot(&'static str),
}

/// Reads the fields of one object.
pub(super) struct Fields<'a, 'f> {
    pub(super) records: &'a JsonRecords,
    pub(super) record: &'a mut Record<'f>,
    pub(super) text: &'a mut Text,
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
                self.roles_in(&key, &value);
                self.record.keep_other(key.into_owned(), value);
            } else if records.roles.iter().any(|(_, path)| path.name.contains('.') && path.begins_with(&key))
            {
                let value: Value = map.next_value()?;
                self.roles_in(&key, &value);
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
        if let Some(claim) = self.records.role_of(key).filter(|claim| claim.role == Role::Id) {
            self.record.claim(claim, key, value.clone());
        }
        for path in &self.records.named {
            if let Some(found) = path.find(key, value) {
                self.record.keep_named(path.name.clone(), found.clone());
            }
        }
    }

    /// Fields within this one that are said to have a role.
    fn roles_in(&mut self, key: &str, value: &Value) {
        for (claim, path) in &self.records.roles {
            let details = matches!(self.records.keep, Keep::Details | Keep::All) || claim.role == Role::Id;
            if let Some(found) = path.find(key, value).filter(|_| details) {
                self.record.claim(*claim, &path.name, found.clone());
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
        match self.records.role_of(key) {
            // What is quoted is not scored, so it is read whatever else is kept.
            Some(claim) if matches!(keep, Keep::Details | Keep::All) || claim.role == Role::Quoted => {
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
