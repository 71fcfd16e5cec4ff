//! What went wrong, as it is printed: `error: …`, and a hint where there is a cure.

use super::talk::say;
use crate::corpus::CorpusError;
use crate::extract::ExtractError;

/// An error of the command line itself, with its cure where there is one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(super) struct Problem {
    message: String,
    hint: Option<String>,
}

impl Problem {
    /// Place, found, expected.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// And what to do about it.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Prints the error with its causes, and the first hint among them.
pub(super) fn print(error: &anyhow::Error) {
    say(&format!("error: {}", message(error)));
    let hint = error.chain().find_map(|cause| {
        let ours = cause.downcast_ref::<Problem>().and_then(|p| p.hint.clone());
        let extract = || cause.downcast_ref::<ExtractError>().and_then(ExtractError::hint);
        let corpus = || cause.downcast_ref::<CorpusError>().and_then(CorpusError::hint);
        ours.or_else(|| extract().or_else(corpus).map(str::to_owned))
    });
    if let Some(hint) = hint {
        say(&format!("\nhint: {hint}"));
    }
}

/// The error and its causes, outermost first. Some errors have their cause in their own words already: it is said
/// once.
pub(super) fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if message.is_empty() {
            message = cause;
        } else if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn a_cause_is_said_once() {
        let plain = anyhow!("not there").context("a.csv: cannot read");
        assert_eq!(message(&plain), "a.csv: cannot read: not there");
        let doubled = anyhow!("not there").context("a.csv: cannot read: not there");
        assert_eq!(message(&doubled), "a.csv: cannot read: not there");
    }
}
