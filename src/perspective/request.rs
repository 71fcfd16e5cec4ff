//! `comments:analyze`: what is asked.

use super::error::{CallError, MAX_TEXT_BYTES};
use super::json;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The most bytes of one entry of a context.
const MAX_CONTEXT_BYTES: usize = 1 << 20;

/// The most attributes of one call: more than Perspective ever had, and few enough for an answer to stay small.
pub(super) const MAX_ATTRIBUTES: usize = 100;

/// A text and what kind of text it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct TextEntry<'a> {
    /// The text.
    #[serde(borrow, deserialize_with = "json::text")]
    pub text: Cow<'a, str>,
    /// `PLAIN_TEXT`, `HTML`, `TEXT_TYPE_UNSPECIFIED`, or nothing.
    #[serde(borrow, rename = "type", deserialize_with = "json::maybe_text")]
    pub text_type: Option<Cow<'a, str>>,
}

impl TextEntry<'_> {
    /// Whether it may be scored.
    ///
    /// # Errors
    /// If there is no text, more than [`MAX_TEXT_BYTES`], or it is not plain.
    pub fn check(&self) -> Result<(), CallError> {
        if self.text.trim().is_empty() {
            return Err(CallError::CommentEmpty);
        }
        self.check_type()?;
        if self.text.len() > MAX_TEXT_BYTES {
            return Err(CallError::CommentTooLong);
        }
        Ok(())
    }

    fn check_type(&self) -> Result<(), CallError> {
        match self.text_type.as_deref() {
            None | Some("PLAIN_TEXT" | "TEXT_TYPE_UNSPECIFIED") => Ok(()),
            Some("HTML") => Err(CallError::NotPlainText),
            Some(_) => Err(CallError::UnknownTextType),
        }
    }
}

/// What a comment was said to: never scored, since it never changed a score, but checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Context<'a> {
    /// Texts before the comment; Coral writes the comment's and the story's identity into the first.
    #[serde(borrow, deserialize_with = "json::list")]
    pub entries: Vec<TextEntry<'a>>,
    /// The other way to give a context.
    #[serde(borrow, alias = "article_and_parent_comment", rename = "articleAndParentComment")]
    pub article_and_parent_comment: Option<ArticleAndParentComment<'a>>,
}

/// The article, and the comment that is replied to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct ArticleAndParentComment<'a> {
    /// The article.
    #[serde(borrow)]
    pub article: Option<TextEntry<'a>>,
    /// The comment.
    #[serde(borrow, alias = "parent_comment", rename = "parentComment")]
    pub parent_comment: Option<TextEntry<'a>>,
}

impl Context<'_> {
    /// # Errors
    /// If both fields are there, or an entry is too long or of no known type.
    pub(super) fn check(&self) -> Result<(), CallError> {
        if !self.entries.is_empty() && self.article_and_parent_comment.is_some() {
            return Err(CallError::BothContexts);
        }
        let pair = self.article_and_parent_comment.iter();
        let pair = pair.flat_map(|pair| pair.article.iter().chain(&pair.parent_comment));
        for entry in self.entries.iter().chain(pair) {
            if entry.text.len() > MAX_CONTEXT_BYTES {
                let message = format!("Context entry too long: expected at most {MAX_CONTEXT_BYTES} bytes.");
                return Err(CallError::Invalid(message));
            }
            match entry.check_type() {
                // What is not scored may be a page.
                Ok(()) | Err(CallError::NotPlainText) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// How one attribute is wanted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct RequestedAttribute<'a> {
    /// `PROBABILITY`, or nothing.
    #[serde(borrow, rename = "scoreType", alias = "score_type", deserialize_with = "json::maybe_text")]
    pub score_type: Option<Cow<'a, str>>,
    /// Below it the attribute is left out of the answer.
    #[serde(rename = "scoreThreshold", alias = "score_threshold", deserialize_with = "json::number")]
    pub score_threshold: Option<f64>,
}

impl RequestedAttribute<'_> {
    fn check(&self, attribute: &str) -> Result<(), CallError> {
        check_score_type(self.score_type.as_deref(), attribute)
    }
}

/// # Errors
/// If it is not the one type there is.
pub(super) fn check_score_type(score_type: Option<&str>, attribute: &str) -> Result<(), CallError> {
    match score_type {
        None | Some("PROBABILITY" | "SCORE_TYPE_UNSPECIFIED") => Ok(()),
        Some(other) => Err(CallError::ScoreType {
            score_type: other.chars().take(100).collect(),
            attribute: attribute.to_owned(),
        }),
    }
}

/// Defines the body of a call: what every call says of a comment, and after that what this one asks or tells.
macro_rules! body {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $access:vis $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(default, expecting = "an object")]
        pub struct $name<'a> {
            /// What it is about.
            #[serde(borrow, deserialize_with = "entry")]
            pub comment: TextEntry<'a>,
            /// What that was said to, or where it stands.
            #[serde(borrow)]
            pub context: Option<Context<'a>>,
            /// The comment's languages; found if there are none.
            #[serde(borrow, deserialize_with = "json::texts")]
            pub languages: Vec<Cow<'a, str>>,
            /// Whether nothing of this call may be kept.
            #[serde(rename = "doNotStore", alias = "do_not_store", deserialize_with = "json::or_default")]
            pub do_not_store: bool,
            /// What the caller knows the comment by; comes back in the answer.
            #[serde(borrow, rename = "clientToken", alias = "client_token", deserialize_with = "json::maybe_text")]
            pub client_token: Option<Cow<'a, str>>,
            /// What calls belong together.
            #[serde(borrow, rename = "sessionId", alias = "session_id", deserialize_with = "json::maybe_text")]
            pub session_id: Option<Cow<'a, str>>,
            /// Whose norms hold.
            #[serde(borrow, rename = "communityId", alias = "community_id", deserialize_with = "json::maybe_text")]
            pub community_id: Option<Cow<'a, str>>,
            $($(#[$field_about])* $access $field: $type,)*
        }
    };
}
pub(super) use body;

body! {
    /// The body of `comments:analyze`.
    AnalyzeRequest {
        /// The questions, in the order they were asked.
        #[serde(
            borrow,
            rename = "requestedAttributes",
            alias = "requested_attributes",
            deserialize_with = "json::pairs"
        )]
        pub requested_attributes: Vec<(Cow<'a, str>, RequestedAttribute<'a>)>,
        /// Whether sentences are scored as well.
        #[serde(rename = "spanAnnotations", alias = "span_annotations", deserialize_with = "json::or_default")]
        pub span_annotations: bool,
        /// Whether what cannot be answered is left out instead of refused.
        #[serde(
            rename = "dropUnsupportedAttributes",
            alias = "drop_unsupported_attributes",
            deserialize_with = "json::or_default"
        )]
        pub drop_unsupported_attributes: bool,
    }
}

/// `null` is an empty entry.
pub(super) fn entry<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TextEntry<'de>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl<'a> AnalyzeRequest<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// If it is not JSON, not UTF-8, or a field is of the wrong type.
    ///
    /// ```
    /// use moderato::perspective::AnalyzeRequest;
    /// let body = br#"{"comment":{"text":"you fool"},"requestedAttributes":{"TOXICITY":{}},"languages":"en"}"#;
    /// let request = AnalyzeRequest::parse(body)?;
    /// assert_eq!(request.comment.text, "you fool");
    /// assert_eq!(request.languages, ["en"]);
    /// # Ok::<(), moderato::perspective::CallError>(())
    /// ```
    pub fn parse(body: &'a [u8]) -> Result<Self, CallError> {
        parse(body)
    }

    /// # Errors
    /// What is wrong with it whatever the model: text, context, types.
    pub fn check(&self) -> Result<(), CallError> {
        self.comment.check()?;
        if self.requested_attributes.is_empty() {
            return Err(CallError::NoRequestedAttributes);
        }
        if self.requested_attributes.len() > MAX_ATTRIBUTES {
            let message = format!("Too many requested_attributes: expected at most {MAX_ATTRIBUTES}.");
            return Err(CallError::Invalid(message));
        }
        if let Some(context) = &self.context {
            context.check()?;
        }
        self.requested_attributes.iter().try_for_each(|(name, attribute)| attribute.check(name))
    }
}

/// The longest part of a reader's complaint that is told.
const MAX_COMPLAINT: usize = 300;

/// A body read as `T`; what is wrong is told with the field it is in.
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|_| {
        // Read a second time to know where: it costs, and only here.
        let mut reader = serde_json::Deserializer::from_slice(body);
        let complaint = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Ok(_) => "Expected one object and nothing after it.".to_owned(),
            Err(error) if error.path().iter().next().is_none() => error.inner().to_string(),
            Err(error) => format!("Invalid value at '{}': {}", error.path(), error.inner()),
        };
        let complaint: String = complaint.chars().take(MAX_COMPLAINT).collect();
        CallError::Invalid(format!("Invalid JSON payload received. {complaint}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(body: &str) -> String {
        AnalyzeRequest::parse(body.as_bytes()).and_then(|request| request.check()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        for (body, expected) in [
            ("", "Invalid JSON payload received. EOF while parsing a value at line 1 column 0"),
            ("{\"comment\":", "EOF while parsing"),
            ("[]", "Comment must be non-empty."),
            ("7", "invalid type: integer `7`"),
            ("{} {}", "Expected one object and nothing after it."),
            ("{\"comment\":{\"text\":5}}", "Invalid value at 'comment.text': invalid type: integer `5`"),
            ("{\"comment\":\"a\"}", "Invalid value at 'comment'"),
            ("{\"requestedAttributes\":[]}", "Invalid value at 'requestedAttributes'"),
            ("{\"requestedAttributes\":{\"X\":{\"scoreThreshold\":\"a\"}}}", "scoreThreshold"),
            ("{\"languages\":[1]}", "Invalid value at 'languages[0]'"),
            ("{\"spanAnnotations\":\"yes\"}", "Invalid value at 'spanAnnotations'"),
        ] {
            let found = message(body);
            assert!(found.contains(expected), "{body}: found {found:?}, expected {expected:?}");
        }
    }

    #[test]
    fn checks_come_in_the_contracts_order() {
        for (body, expected) in [
            ("{}", "Comment must be non-empty."),
            ("{\"comment\":null}", "Comment must be non-empty."),
            ("{\"comment\":{\"text\":\" \\n\"}}", "Comment must be non-empty."),
            ("{\"comment\":{\"text\":\"a\"}}", "Missing requested_attributes"),
            ("{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":{}}", "Missing requested_attributes"),
            (
                "{\"comment\":{\"text\":\"a\",\"type\":\"HTML\"}}",
                "Currently, only 'PLAIN_TEXT' comments are supported",
            ),
            ("{\"comment\":{\"text\":\"a\",\"type\":\"RTF\"}}", "Unknown text type"),
            (
                "{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":{\"X\":{\"scoreType\":\"RAW\"}}}",
                "Requested score type RAW is not supported by attribute X",
            ),
            (
                "{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":{\"X\":{}},\
                 \"context\":{\"entries\":[{\"text\":\"a\"}],\"articleAndParentComment\":{}}}",
                "Context can have either entries or article_and_parent_comment, but both fields were populated.",
            ),
        ] {
            assert_eq!(message(body), expected, "{body}");
        }
        let long = |n: usize| format!("{{\"comment\":{{\"text\":\"{}\"}}}}", "a".repeat(n));
        assert_eq!(message(&long(MAX_TEXT_BYTES + 1)), "Comment text too long.");
        assert_eq!(message(&long(MAX_TEXT_BYTES)), "Missing requested_attributes");
    }

    #[test]
    fn nulls_and_unknown_fields_are_passed_over() {
        let body = br#"{"comment":{"text":"a","type":null,"x":1},"context":null,"languages":null,"doNotStore":null,
            "requested_attributes":{"A":null,"B":{"scoreThreshold":"0.5"},"A":{"scoreThreshold":1}},"later":[{}]}"#;
        let request = AnalyzeRequest::parse(body).unwrap();
        let thresholds: Vec<_> =
            request.requested_attributes.iter().map(|(n, a)| (&**n, a.score_threshold)).collect();
        assert_eq!(thresholds, [("A", Some(1.0)), ("B", Some(0.5))]);
        assert_eq!(request.check(), Ok(()));
    }

    #[test]
    fn depth_is_an_error_and_no_overflow() {
        for open in ["[", "{\"a\":"] {
            let deep = open.repeat(200_000);
            assert!(AnalyzeRequest::parse(deep.as_bytes()).is_err());
            let inside = format!("{{\"comment\":{{\"text\":{deep}");
            assert!(AnalyzeRequest::parse(inside.as_bytes()).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(request) = AnalyzeRequest::parse(&bytes) {
                let _ = request.check();
            }
        }

        #[test]
        fn any_text_arrives_as_it_was_sent(text in "\\PC{0,200}", token in "\\PC{0,20}") {
            let body = serde_json::json!({"comment": {"text": text}, "clientToken": token}).to_string();
            let request = AnalyzeRequest::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(&request.comment.text, &text);
            prop_assert_eq!(request.client_token.as_deref(), Some(token.as_str()));
        }
    }
}
