//! What may be wrong with a call, in the words and the envelope its clients read.

use serde::Serialize;
use serde_json::{Value, json};

/// The longest text of a call, in bytes.
pub const MAX_TEXT_BYTES: usize = 20_480;

const ERROR_TYPE: &str = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const SERVICE: &str = "commentanalyzer.googleapis.com";

/// Why a call is not answered. Messages are the contract's, word for word, since clients compare them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No text, or nothing but blanks.
    #[error("Comment must be non-empty.")]
    CommentEmpty,
    /// More than [`MAX_TEXT_BYTES`].
    #[error("Comment text too long.")]
    CommentTooLong,
    /// Nothing is asked.
    #[error("Missing requested_attributes")]
    NoRequestedAttributes,
    /// A language no model here knows.
    #[error("Attribute {attribute} does not support request languages: {}", .languages.join(", "))]
    LanguageNotSupported {
        /// As it was asked for.
        attribute: String,
        /// Which of them are not known.
        languages: Vec<String>,
        /// Whether the caller named them, or we found them.
        requested: bool,
    },
    /// No language could be told.
    #[error("Unable to detect language")]
    LanguageDetectionFailed,
    /// A name that nothing answers to.
    #[error("Unknown requested attribute: {0}")]
    UnknownAttribute(String),
    /// Only probabilities are computed.
    #[error("Requested score type {score_type} is not supported by attribute {attribute}")]
    ScoreType {
        /// What was asked for.
        score_type: String,
        /// Of which attribute.
        attribute: String,
    },
    /// HTML.
    #[error("Currently, only 'PLAIN_TEXT' comments are supported")]
    NotPlainText,
    /// A type that there is not.
    #[error("Unknown text type")]
    UnknownTextType,
    /// Two contexts at once.
    #[error("Context can have either entries or article_and_parent_comment, but both fields were populated.")]
    BothContexts,
    /// The body is not a call: not JSON, wrong types, values out of range.
    #[error("{0}")]
    Invalid(String),
    /// No key, where keys are asked for.
    #[error("The request is missing a valid API key.")]
    KeyMissing,
    /// A key that is not known.
    #[error("API key not valid. Please pass a valid API key.")]
    KeyInvalid,
    /// A key without the right to do this.
    #[error("The caller does not have permission")]
    Forbidden,
    /// More calls than the key may make.
    #[error(
        "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit 'Analysis requests \
         (AnalyzeComment) per minute' of service 'commentanalyzer.googleapis.com' for consumer '{consumer}'."
    )]
    QuotaExceeded {
        /// Whose key it is.
        consumer: String,
        /// After how many seconds it is worth to ask again.
        retry_after: u64,
    },
    /// No such address.
    #[error("Method not found.")]
    NotFound,
    /// An address, but not by this verb.
    #[error("Request method is not allowed for this address.")]
    MethodNotAllowed,
    /// More bytes than are read.
    #[error("Request payload size exceeds the limit: {limit} bytes.")]
    TooLarge {
        /// How many would have been.
        limit: usize,
    },
    /// The body did not come in time.
    #[error("The request body did not arrive in time.")]
    TooSlow,
    /// We could not do it now: the disk is full, the server stops.
    #[error("The service is currently unavailable.")]
    Unavailable,
    /// We are at fault.
    #[error("Internal error encountered.")]
    Internal,
}

impl CallError {
    /// The code of HTTP.
    pub fn code(&self) -> u16 {
        match self {
            Self::KeyMissing | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooSlow => 408,
            Self::TooLarge { .. } => 413,
            Self::QuotaExceeded { .. } => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
            _ => 400,
        }
    }

    /// The word for it, in `status`.
    pub fn status(&self) -> &'static str {
        match self.code() {
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            405 => "UNIMPLEMENTED",
            408 => "DEADLINE_EXCEEDED",
            429 => "RESOURCE_EXHAUSTED",
            500 => "INTERNAL",
            503 => "UNAVAILABLE",
            _ => "INVALID_ARGUMENT",
        }
    }

    /// What `details` calls it, of errors about the comment and the question; none for those about the caller.
    pub fn error_type(&self) -> Option<&'static str> {
        match self {
            Self::CommentEmpty => Some("COMMENT_EMPTY"),
            Self::CommentTooLong => Some("COMMENT_TOO_LONG"),
            Self::NoRequestedAttributes => Some("NO_REQUESTED_ATTRIBUTES"),
            Self::LanguageNotSupported { .. } => Some("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"),
            Self::LanguageDetectionFailed => Some("LANGUAGE_DETECTION_FAILED"),
            Self::KeyInvalid => None,
            other if other.code() == 400 => Some("INVALID_REQUEST"),
            _ => None,
        }
    }

    /// The envelope: `{"error":{"code":…,"message":…,"status":…,"details":[…]}}`.
    pub fn to_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Envelope {
            error: Body,
        }
        #[derive(Serialize)]
        struct Body {
            code: u16,
            message: String,
            status: &'static str,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            details: Vec<Value>,
        }
        let error = Body {
            code: self.code(),
            message: self.to_string(),
            status: self.status(),
            details: self.details(),
        };
        // Plain data serialises to memory.
        serde_json::to_vec(&Envelope { error }).unwrap_or_default()
    }

    fn details(&self) -> Vec<Value> {
        let info = |reason: &str, metadata: Value| {
            vec![
                json!({"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com", "metadata": metadata}),
            ]
        };
        match self {
            Self::LanguageNotSupported { attribute, languages, requested } => {
                let which = if *requested { "requestedLanguages" } else { "detectedLanguages" };
                vec![json!({
                    "@type": ERROR_TYPE,
                    "errorType": self.error_type(),
                    "languageNotSupportedByAttributeError": {which: languages, "attribute": attribute},
                })]
            }
            Self::KeyInvalid => info("API_KEY_INVALID", json!({"service": SERVICE})),
            Self::QuotaExceeded { consumer, .. } => {
                info("RATE_LIMIT_EXCEEDED", json!({"service": SERVICE, "consumer": consumer}))
            }
            _ => match self.error_type() {
                Some(error_type) => vec![json!({"@type": ERROR_TYPE, "errorType": error_type})],
                None => Vec::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(error: &CallError) -> Value {
        serde_json::from_slice(&error.to_json()).unwrap()
    }

    #[test]
    fn the_envelope_is_the_contracts() {
        assert_eq!(
            envelope(&CallError::CommentEmpty),
            json!({"error": {
                "code": 400,
                "message": "Comment must be non-empty.",
                "status": "INVALID_ARGUMENT",
                "details": [{"@type": ERROR_TYPE, "errorType": "COMMENT_EMPTY"}],
            }})
        );
        let error = CallError::LanguageNotSupported {
            attribute: "SEXUALLY_EXPLICIT".into(),
            languages: vec!["om".into()],
            requested: false,
        };
        assert_eq!(
            envelope(&error),
            json!({"error": {
                "code": 400,
                "message": "Attribute SEXUALLY_EXPLICIT does not support request languages: om",
                "status": "INVALID_ARGUMENT",
                "details": [{
                    "@type": ERROR_TYPE,
                    "errorType": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
                    "languageNotSupportedByAttributeError":
                        {"detectedLanguages": ["om"], "attribute": "SEXUALLY_EXPLICIT"},
                }],
            }})
        );
    }

    #[test]
    fn too_many_calls_are_told_so() {
        let error = CallError::QuotaExceeded { consumer: "coral".into(), retry_after: 1 };
        let found = envelope(&error);
        assert_eq!(found["error"]["code"], 429);
        assert_eq!(found["error"]["status"], "RESOURCE_EXHAUSTED");
        assert_eq!(found["error"]["details"][0]["reason"], "RATE_LIMIT_EXCEEDED");
        let message = "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)'";
        assert!(found["error"]["message"].as_str().unwrap().starts_with(message));
    }
}
