//! `comments:analyze`: a checked request and a model become an answer.

use super::answer::{Answer, Scored};
use super::attribute::{Attributes, Column, Resolved, Unknown};
use super::error::CallError;
use super::request::AnalyzeRequest;
use super::sentences::{Span, sentences, utf16_len};
use super::{detect_language, language};
use crate::model::{Model, Workspace};
use std::borrow::Cow;

/// How questions are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What becomes of names that no label has.
    pub unknown: Unknown,
    /// Whether a comment in a language that is not of `languages`, or in none that can be told, is refused.
    pub strict_language: bool,
    /// The languages the models know, the first of which is named where none can be told.
    pub languages: Vec<String>,
}

impl Default for Rules {
    /// Neighbours answer, no language is refused, and models know English.
    fn default() -> Self {
        Self { unknown: Unknown::Map, strict_language: false, languages: vec!["en".into()] }
    }
}

/// The language of a text that has none anybody could tell.
const UNDETERMINED: &str = "und";

/// Answers `request`.
///
/// # Errors
/// What is wrong with the request, in the contract's words: see [`CallError`].
///
/// ```
/// use moderato::model::{Model, Workspace};
/// use moderato::perspective::{AnalyzeRequest, Attributes, Rules, analyze};
///
/// let model = Model::embedded()?;
/// let attributes = Attributes::of(&model);
/// let body = br#"{"comment":{"text":"you are a fool"},"requestedAttributes":{"TOXICITY":{}},"clientToken":"7"}"#;
/// let request = AnalyzeRequest::parse(body)?;
/// let rules = Rules::default();
/// let answer = analyze(&request, (&model, &attributes), &rules, &mut Workspace::default())?;
/// assert_eq!(answer.scores[0].name, "TOXICITY");
/// assert!(answer.scores[0].values[0] > 0.5);
/// assert!(answer.to_json().ends_with(br#""languages":["en"],"clientToken":"7","detectedLanguages":["en"]}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn analyze<'r>(
    request: &'r AnalyzeRequest<'_>,
    (model, attributes): (&Model, &Attributes),
    rules: &'r Rules,
    workspace: &mut Workspace,
) -> Result<Answer<'r>, CallError> {
    request.check()?;
    let mut asked: Vec<(&'r str, Column, f64)> = Vec::with_capacity(request.requested_attributes.len());
    for (name, wanted) in &request.requested_attributes {
        match attributes.resolve(name, rules.unknown) {
            Resolved::Answered(column) => {
                asked.push((name, column, wanted.score_threshold.unwrap_or(f64::NEG_INFINITY)));
            }
            Resolved::LeftOut => {}
            Resolved::Refused if request.drop_unsupported_attributes => {}
            Resolved::Refused => {
                return Err(CallError::UnknownAttribute(name.chars().take(MAX_NAME).collect()));
            }
        }
    }
    let text = &*request.comment.text;
    let detected = detect_language(text);
    if rules.strict_language && !speaks(request, detected, rules, &asked)? {
        asked.clear();
    }
    let spans = spans(text, request.span_annotations);
    let mut scores: Vec<Scored<'r>> =
        asked.iter().map(|(name, ..)| Scored { name, values: Vec::with_capacity(spans.len()) }).collect();
    for span in &spans {
        let prediction = workspace.score(model, &text[span.bytes.clone()]);
        for ((_, column, _), scored) in asked.iter().zip(&mut scores) {
            scored.values.push(column.probability(prediction));
        }
    }
    let mut thresholds = asked.iter().map(|(.., threshold)| *threshold);
    scores.retain(|scored| thresholds.next().is_some_and(|threshold| scored.values[0] >= threshold));
    let detected = detected.unwrap_or(UNDETERMINED);
    Ok(Answer {
        scores,
        spans,
        languages: effective(request, detected, rules),
        detected,
        client_token: request.client_token.as_deref(),
    })
}

/// The longest part of a name that an error repeats.
const MAX_NAME: usize = 200;

/// The most sentences that are told apart; what follows belongs to the last one.
const MAX_SENTENCES: usize = 500;

/// The whole text, and its sentences if they are wanted and more than one.
fn spans(text: &str, annotated: bool) -> Vec<Span> {
    let mut spans = vec![Span { bytes: 0..text.len(), utf16: 0..utf16_len(text) }];
    if annotated {
        for sentence in sentences(text) {
            let is_full = spans.len() > MAX_SENTENCES;
            match spans.last_mut().filter(|_| is_full) {
                Some(last) => {
                    last.bytes.end = sentence.bytes.end;
                    last.utf16.end = sentence.utf16.end;
                }
                None => spans.push(sentence),
            }
        }
        if spans.len() == 2 {
            spans.pop();
        }
    }
    spans
}

/// Whether the models know the comment's language; where they do not, either the attributes are dropped or the call
/// is refused.
fn speaks(
    request: &AnalyzeRequest<'_>,
    detected: Option<&str>,
    rules: &Rules,
    asked: &[(&str, Column, f64)],
) -> Result<bool, CallError> {
    let foreign: Vec<String> = match (request.languages.is_empty(), detected) {
        (false, _) => {
            let named = request.languages.iter().filter(|l| !language::is_known(l, &rules.languages));
            named.map(|l| l.chars().take(MAX_NAME).collect()).collect()
        }
        (true, None) => return Err(CallError::LanguageDetectionFailed),
        (true, Some(detected)) if language::is_known(detected, &rules.languages) => Vec::new(),
        (true, Some(detected)) => vec![detected.to_owned()],
    };
    match asked.first() {
        Some((attribute, ..)) if !foreign.is_empty() && !request.drop_unsupported_attributes => {
            Err(CallError::LanguageNotSupported {
                attribute: (*attribute).to_owned(),
                languages: foreign,
                requested: !request.languages.is_empty(),
            })
        }
        _ => Ok(foreign.is_empty()),
    }
}

/// The request's languages, else the one that was found, else the models' own.
fn effective<'r>(request: &'r AnalyzeRequest<'_>, detected: &'static str, rules: &'r Rules) -> Vec<&'r str> {
    match (request.languages.is_empty(), detected) {
        (false, _) => request.languages.iter().map(Cow::as_ref).collect(),
        (true, UNDETERMINED) => rules.languages.first().map(String::as_str).into_iter().collect(),
        (true, detected) => vec![detected],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_without_end_are_told_apart_up_to_a_number() {
        let text = "A b. ".repeat(3000);
        let found = spans(&text, true);
        assert_eq!(found.len(), MAX_SENTENCES + 1);
        assert_eq!(found[MAX_SENTENCES].utf16.end, text.trim_end().len());
        assert_eq!(spans("A b.", true).len(), 1);
        assert_eq!(spans(&text, false).len(), 1);
    }
}
