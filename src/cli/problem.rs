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
        let extract = match cause.downcast_ref::<CorpusError>() {
            Some(CorpusError::Extract(error)) => Some(error),
            _ => cause.downcast_ref::<ExtractError>(),
        };
        let corpus = || cause.downcast_ref::<CorpusError>().and_then(CorpusError::hint);
        let theirs = || extract.and_then(ExtractError::hint).or_else(corpus).map(str::to_owned);
        ours.or_else(|| extract.and_then(meant)).or_else(theirs)
    });
    if let Some(hint) = hint {
        say(&format!("\nhint: {hint}"));
    }
}

/// Prints what is wrong with a command line, numbers in the words that our own errors have for them.
pub(super) fn print_usage(error: &clap::Error) {
    const WORDS: [(&str, &str); 5] = [
        ("invalid digit found in string", "expected a whole number from 0"),
        ("cannot parse integer from empty string", "expected a whole number from 0"),
        ("number too large to fit in target type", "expected a smaller number"),
        ("invalid float literal", "expected a number"),
        ("cannot parse float from empty string", "expected a number"),
    ];
    let text = error.to_string();
    match WORDS.iter().find(|(theirs, _)| text.contains(theirs)) {
        Some((theirs, ours)) => say(text.replacen(theirs, ours, 1).trim_end()),
        // In colour where there is any; that standard error cannot be written to is nobody's concern.
        None => drop(error.print()),
    }
}

/// What a reader of TOML says, without the names of types.
pub(super) fn in_words(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.into() };
    let expected = match expected {
        "f32" | "f64" => "a number",
        "u8" => "a whole number from 0 to 255",
        "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "a nonzero u32" => "a whole number from 1",
        other => other,
    };
    format!("{found}, expected {expected}")
}

/// Which of the fields there are was meant, perhaps.
fn meant(error: &ExtractError) -> Option<String> {
    let ExtractError::UnknownField { name, columns, .. } = error else { return None };
    let nearest = nearest(name, columns)?;
    Some(format!("there is a field `{nearest}`"))
}

/// The one of `names` that is most like `name`, if one is like it.
pub(super) fn nearest<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    const LIKE: f64 = 0.75;
    let likeness = |other: &String| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let ranked = names.iter().map(|other| (likeness(other), other));
    ranked.filter(|(like, _)| *like >= LIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| &**other)
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
    fn a_slip_of_the_pen_is_told_from_another_word() {
        let names = ["text", "toxicity", "toxicity_annotator_count", "created_date"].map(String::from);
        let check =
            |name: &str, expected: Option<&str>| assert_eq!(nearest(name, &names), expected, "{name}");
        check("toxcity", Some("toxicity"));
        check("Text", Some("text"));
        check("created", Some("created_date"));
        check("label", None);
    }

    #[test]
    fn a_cause_is_said_once() {
        let plain = anyhow!("not there").context("a.csv: cannot read");
        assert_eq!(message(&plain), "a.csv: cannot read: not there");
        let doubled = anyhow!("not there").context("a.csv: cannot read: not there");
        assert_eq!(message(&doubled), "a.csv: cannot read: not there");
    }
}
