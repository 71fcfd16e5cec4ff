//! `comments:suggestscore`: what somebody decided about a comment.

use super::error::CallError;
use super::json;
use super::request::{Context, MAX_ATTRIBUTES, TextEntry, body, check_score_type, entry, parse};
use super::{detect_language, utf16_len};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

body! {
    /// The body of `comments:suggestscore`.
    SuggestRequest {
        /// The decisions.
        #[serde(
            borrow,
            rename = "attributeScores",
            alias = "attribute_scores",
            deserialize_with = "json::pairs"
        )]
        attribute_scores: Vec<(Cow<'a, str>, AttributeScores<'a>)>,
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, expecting = "an object")]
struct AttributeScores<'a> {
    #[serde(borrow, rename = "summaryScore", alias = "summary_score")]
    summary: Option<Score<'a>>,
    #[serde(borrow, rename = "spanScores", alias = "span_scores", deserialize_with = "json::list")]
    spans: Vec<SpanScore<'a>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, expecting = "an object")]
struct Score<'a> {
    /// Absent is 0: writers of protocol buffers leave zeros out.
    #[serde(deserialize_with = "json::number")]
    value: Option<f64>,
    #[serde(borrow, rename = "type", deserialize_with = "json::maybe_text")]
    score_type: Option<Cow<'a, str>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, expecting = "an object")]
struct SpanScore<'a> {
    #[serde(deserialize_with = "json::number")]
    begin: Option<f64>,
    #[serde(deserialize_with = "json::number")]
    end: Option<f64>,
    #[serde(borrow)]
    score: Option<Score<'a>>,
}

/// One decision on a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion<'r> {
    /// The attribute, as it was named.
    pub attribute: &'r str,
    /// From 0, no, to 1, yes.
    pub value: f64,
}

/// The longest name of an attribute.
const MAX_NAME: usize = 200;

/// The longest token, session or community, in bytes.
const MAX_TOKEN: usize = 1024;

impl<'a> SuggestRequest<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// If it is not JSON, not UTF-8, or a field is of the wrong type.
    pub fn parse(body: &'a [u8]) -> Result<Self, CallError> {
        parse(body)
    }

    /// The decisions in it, one an attribute: its summary, or where there are only spans the highest of them, since
    /// what holds of a part of a comment holds of the comment.
    ///
    /// # Errors
    /// If the text may not be scored, or there are no scores, or one of them has no value from 0 to 1.
    ///
    /// ```
    /// use moderato::perspective::SuggestRequest;
    /// let body = br#"{"comment":{"text":"you fool"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":1}}}}"#;
    /// let request = SuggestRequest::parse(body)?;
    /// let decisions = request.check()?;
    /// assert_eq!((decisions[0].attribute, decisions[0].value), ("TOXICITY", 1.0));
    /// # Ok::<(), moderato::perspective::CallError>(())
    /// ```
    pub fn check(&self) -> Result<Vec<Suggestion<'_>>, CallError> {
        self.comment.check()?;
        if let Some(context) = &self.context {
            context.check()?;
        }
        if self.attribute_scores.is_empty() {
            return Err(CallError::Invalid("Missing attribute_scores".into()));
        }
        if self.attribute_scores.len() > MAX_ATTRIBUTES {
            let message = format!("Too many attribute_scores: expected at most {MAX_ATTRIBUTES}.");
            return Err(CallError::Invalid(message));
        }
        self.check_names()?;
        let mut decisions = Vec::new();
        for (name, scores) in &self.attribute_scores {
            if name.trim().is_empty() || name.len() > MAX_NAME {
                let name: String = name.chars().take(MAX_NAME).collect();
                return Err(CallError::UnknownAttribute(name));
            }
            if scores.summary.is_none() && scores.spans.is_empty() {
                return Err(CallError::Invalid(format!("Missing score of attribute {name}")));
            }
            let mut highest = 0.0_f64;
            for span in &scores.spans {
                highest = highest.max(span.check(&self.comment.text, name)?);
            }
            let value = match &scores.summary {
                Some(summary) => summary.check(name)?,
                None => highest,
            };
            decisions.push(Suggestion { attribute: name, value });
        }
        Ok(decisions)
    }

    /// # Errors
    /// If what the comment is known by is longer than anybody's name for it: it is kept once an attribute.
    fn check_names(&self) -> Result<(), CallError> {
        let names = [
            ("clientToken", &self.client_token),
            ("sessionId", &self.session_id),
            ("communityId", &self.community_id),
        ];
        match names.iter().find(|(_, name)| name.as_ref().is_some_and(|name| name.len() > MAX_TOKEN)) {
            Some((field, _)) => {
                Err(CallError::Invalid(format!("{field} too long: expected at most {MAX_TOKEN} bytes.")))
            }
            None => Ok(()),
        }
    }

    /// The body of the answer: `clientToken`, `detectedLanguages`, `requestedLanguages`.
    pub fn write_answer(&self) -> Vec<u8> {
        let mut answer = Map::new();
        if let Some(token) = &self.client_token {
            answer.insert("clientToken".into(), Value::from(token.as_ref()));
        }
        if let Some(language) = detect_language(&self.comment.text) {
            answer.insert("detectedLanguages".into(), Value::from(vec![language]));
        }
        if !self.languages.is_empty() {
            let languages: Vec<&str> = self.languages.iter().map(Cow::as_ref).collect();
            answer.insert("requestedLanguages".into(), Value::from(languages));
        }
        Value::Object(answer).to_string().into_bytes()
    }
}

impl Score<'_> {
    fn check(&self, attribute: &str) -> Result<f64, CallError> {
        check_score_type(self.score_type.as_deref(), attribute)?;
        let value = self.value.unwrap_or_default();
        if !(0.0..=1.0).contains(&value) {
            let message =
                format!("Score of attribute {attribute} out of range: expected a probability from 0 to 1");
            return Err(CallError::Invalid(message));
        }
        Ok(value)
    }
}

impl SpanScore<'_> {
    /// Its value, if both offsets are there and within `text`.
    fn check(&self, text: &str, attribute: &str) -> Result<f64, CallError> {
        let length = utf16_len(text) as f64;
        let sound = |begin: f64, end: f64| {
            0.0 <= begin && begin < end && end <= length && begin.fract() == 0.0 && end.fract() == 0.0
        };
        if !self.begin.zip(self.end).is_some_and(|(begin, end)| sound(begin, end)) {
            return Err(CallError::Invalid(format!(
                "Span of attribute {attribute} needs both begin and end, within the text and in order"
            )));
        }
        let missing = || CallError::Invalid(format!("Missing score of a span of attribute {attribute}"));
        self.score.as_ref().ok_or_else(missing)?.check(attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(scores: &str) -> Result<Vec<(String, f64)>, String> {
        let body = format!("{{\"comment\":{{\"text\":\"So 😀. You fool.\"}},\"attributeScores\":{scores}}}");
        let request = SuggestRequest::parse(body.as_bytes()).map_err(|e| e.to_string())?;
        let decisions = request.check().map_err(|e| e.to_string())?;
        Ok(decisions.iter().map(|d| (d.attribute.to_owned(), d.value)).collect())
    }

    #[test]
    fn each_attribute_is_a_decision() {
        let found = check(
            "{\"A\":{\"summaryScore\":{\"value\":1,\"type\":\"PROBABILITY\"}},\"B\":{\"summaryScore\":{}}}",
        );
        assert_eq!(found, Ok(vec![("A".into(), 1.0), ("B".into(), 0.0)]));
        let spans = "\"spanScores\":[{\"begin\":0,\"end\":16,\"score\":{}},{\"begin\":7,\"end\":16,\"score\":{\"value\":1}}]";
        assert_eq!(check(&format!("{{\"A\":{{{spans}}}}}")), Ok(vec![("A".into(), 1.0)]));
        let summary = format!("{{\"A\":{{\"summaryScore\":{{}},{spans}}}}}");
        assert_eq!(check(&summary), Ok(vec![("A".into(), 0.0)]));
    }

    #[test]
    fn what_is_no_decision_is_refused() {
        for (scores, expected) in [
            ("{}", "Missing attribute_scores"),
            ("null", "Missing attribute_scores"),
            ("{\"A\":{}}", "Missing score of attribute A"),
            ("{\"\":{\"summaryScore\":{}}}", "Unknown requested attribute: "),
            ("{\"A\":{\"summaryScore\":{\"value\":1.5}}}", "out of range"),
            ("{\"A\":{\"summaryScore\":{\"value\":\"NaN\"}}}", "out of range"),
            (
                "{\"A\":{\"summaryScore\":{\"type\":\"RAW\"}}}",
                "Requested score type RAW is not supported by attribute A",
            ),
            ("{\"A\":{\"spanScores\":[{\"score\":{\"value\":1}}]}}", "needs both begin and end"),
            ("{\"A\":{\"spanScores\":[{\"begin\":0,\"end\":1}]}}", "Missing score of a span"),
            ("{\"A\":{\"spanScores\":[{\"begin\":5,\"end\":500,\"score\":{}}]}}", "within the text"),
        ] {
            let found = check(scores).unwrap_err();
            assert!(found.contains(expected), "{scores}: found {found:?}, expected {expected:?}");
        }
    }

    #[test]
    fn the_answer_says_back_what_was_said() {
        let body =
            br#"{"comment":{"text":"They are what they are"},"clientToken":"comment:7","languages":["en"],
            "attributeScores":{"TOXICITY":{"summaryScore":{"value":0}}}}"#;
        let answer = SuggestRequest::parse(body).unwrap().write_answer();
        let expected: &[u8] =
            br#"{"clientToken":"comment:7","detectedLanguages":["en"],"requestedLanguages":["en"]}"#;
        assert_eq!(answer, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(request) = SuggestRequest::parse(&bytes) {
                let _ = request.check();
            }
        }
    }
}
