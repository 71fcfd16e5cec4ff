//! What a query says: `key=K&fields=languages&prettyPrint=true`. What it says of other things is passed over.

use crate::perspective::CallError;
use crate::perspective::fields::Mask;
use serde_json::Value;
use std::borrow::Cow;

/// The parameters that are read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query<'q> {
    /// The caller's key.
    pub(super) key: Option<Cow<'q, str>>,
    /// What of the answer is wanted.
    fields: Option<Cow<'q, str>>,
    /// Whether for people.
    pretty: bool,
}

impl<'q> Query<'q> {
    pub(super) fn parse(query: &'q str) -> Self {
        let mut found = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "key" => found.key = Some(value),
                "access_token" if found.key.is_none() => found.key = Some(value),
                "fields" | "$fields" => found.fields = Some(value),
                "prettyPrint" | "$prettyPrint" | "pp" => found.pretty = matches!(&*value, "true" | "1"),
                _ => {}
            }
        }
        found
    }

    /// What of `answer` was asked for, in the form it was asked for.
    pub(super) fn shape(&self, answer: Vec<u8>) -> Result<Vec<u8>, CallError> {
        let mask = self.fields.as_deref().filter(|fields| !fields.is_empty()).map(Mask::parse).transpose()?;
        if mask.is_none() && !self.pretty {
            return Ok(answer);
        }
        let value: Value = serde_json::from_slice(&answer).map_err(|_| CallError::Internal)?;
        let value = mask.map_or(value.clone(), |mask| mask.apply(value));
        let shaped = if self.pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) };
        shaped.map_err(|_| CallError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_read() {
        let query = Query::parse("alt=json&key=a%20b&quotaUser=x&%24.xgafv=2&prettyPrint=true&key2=&&=");
        assert_eq!(query.key.as_deref(), Some("a b"));
        assert!(query.pretty && query.fields.is_none());
        assert_eq!(Query::parse(""), Query::default());
    }

    #[test]
    fn answers_take_the_form_that_was_asked_for() {
        let answer = || b"{\"a\":1,\"b\":[2]}".to_vec();
        let shape =
            |query| Query::parse(query).shape(answer()).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(shape("key=1").unwrap(), "{\"a\":1,\"b\":[2]}");
        assert_eq!(shape("fields=b&prettyPrint=false").unwrap(), "{\"b\":[2]}");
        assert_eq!(shape("fields=a&pp=1").unwrap(), "{\n  \"a\": 1\n}");
        assert!(matches!(shape("fields=(("), Err(CallError::Invalid(_))));
    }
}
