//! `moderato explain`: each head's answer to one text, and the terms that made it, in place.

use super::output::{self, Output};
use super::{Outcome, Problem, models, score, table};
use crate::label::HeadKind;
use crate::model::{Evidence, HeadPrediction, Model, ModelHead, Scorer, TermEvidence, byte_weights};
use crate::report::escape::visible;
use crate::text::TermKind;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::PathBuf;

/// Say which words made the labels of a text
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato explain \"Get lost, you fool\"
  moderato explain --head stance \"Thank you, ICE agents\"
  moderato explain --to json - < comment.txt

Contributions are natural log-odds: +0.7 doubles the odds of the label, -0.7 halves them. The bias and all \
contributions of a label add up to its log-odds before calibration. Characters of one word that weigh as \
parts are written between dots, with _ for the bound of a word.")]
pub(super) struct ExplainArgs {
    /// The text, or `-` to read it from standard input
    text: String,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Of stances, only that toward this target; heads without a target are asked as well
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only this head
    #[arg(long, value_name = "NAME")]
    head: Option<String>,
    /// How many terms to list for each label
    #[arg(long, default_value_t = 8, value_name = "N")]
    terms: usize,
    /// What to write
    #[arg(long, value_enum, default_value_t = To::Text, value_name = "FORMAT")]
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// For people
    Text,
    /// Every label, every term, every span
    Json,
}

pub(super) fn run(args: &ExplainArgs) -> Result<Outcome> {
    let model = models::toward(models::load(args.model.as_deref())?, args.target.as_deref())?;
    let heads = models::heads(&model, args.head.as_deref())?;
    let text = match args.text.as_str() {
        "-" => read_stdin()?,
        text => text.to_owned(),
    };
    if text.trim().is_empty() {
        return Err(Problem::new("found an empty text, expected a comment").into());
    }
    let prediction = Scorer::new(&model).score(&text).clone();
    let mut out = Output::open(None)?;
    let answers: Vec<Answer<'_>> = model
        .heads()
        .iter()
        .zip(&prediction.heads)
        .filter(|(head, _)| heads.iter().any(|h| h.head.name == head.head.name))
        .map(|(head, prediction)| Answer { head, prediction, evidence: model.evidence(head, &text) })
        .collect();
    match args.to {
        To::Json => writeln!(out, "{:#}", as_json(&model, &text, &answers))?,
        To::Text => {
            for answer in &answers {
                answer.write(&text, args.terms, &mut out)?;
            }
            writeln!(out, "model {}", model.id())?;
        }
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// The most of standard input that is one comment.
const MAX_TEXT: u64 = 16 << 20;

fn read_stdin() -> Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_TEXT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(Problem::new(format!("-: found over {MAX_TEXT} bytes, expected one comment")).into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One head's answer and why.
struct Answer<'a> {
    head: &'a ModelHead,
    prediction: &'a HeadPrediction,
    evidence: Vec<Evidence>,
}

impl Answer<'_> {
    fn write(&self, text: &str, n_terms: usize, out: &mut impl Write) -> Result<()> {
        let labels = &self.head.head.labels;
        let held = score::label_names(self.head, &self.prediction.decision);
        let held = if held.is_empty() { "none".to_owned() } else { held.join(", ") };
        writeln!(out, "{}: {}", visible(&self.head.head.name), visible(&held))?;
        for (name, p) in labels.names().iter().zip(&self.prediction.probabilities) {
            writeln!(out, "  {:<16} {:>5.1} %", visible(name), 100.0 * p)?;
        }
        let (column, _) = table::speaking(self.head, &self.prediction.decision);
        let evidence = &self.evidence[column];
        writeln!(
            out,
            "  why {}: log-odds {:+.2}, of which {:+.2} before any word",
            visible(self.column_name(column)),
            evidence.log_odds,
            evidence.bias
        )?;
        for term in evidence.terms.iter().take(n_terms) {
            writeln!(out, "    {:+6.2}  {}", term.contribution, visible(&shown(term)))?;
        }
        let rest: f64 = evidence.terms.iter().skip(n_terms).map(|t| t.contribution).sum();
        if evidence.terms.len() > n_terms {
            writeln!(out, "    {rest:+6.2}  {} more terms", evidence.terms.len() - n_terms)?;
        }
        if evidence.terms.is_empty() {
            writeln!(out, "    no word of this text is known to the model")?;
        }
        writeln!(out, "  {}\n", in_place(text, &evidence.terms))?;
        Ok(())
    }

    /// The label a column speaks for.
    fn column_name(&self, column: usize) -> &str {
        let names = self.head.head.labels.names();
        if self.head.is_two_way() { &names[1] } else { &names[column] }
    }

    fn to_json(&self) -> Value {
        let labels = &self.head.head.labels;
        let held = score::label_names(self.head, &self.prediction.decision);
        let scores: serde_json::Map<String, Value> = labels
            .names()
            .iter()
            .cloned()
            .zip(self.prediction.probabilities.iter().map(|p| json!(p)))
            .collect();
        let evidence: Vec<Value> = self
            .evidence
            .iter()
            .enumerate()
            .map(|(column, evidence)| {
                json!({
                    "label": self.column_name(column),
                    "bias": evidence.bias,
                    "log_odds": evidence.log_odds,
                    "terms": evidence.terms.iter().map(term_json).collect::<Vec<_>>(),
                })
            })
            .collect();
        let (key, value) = match self.head.head.kind {
            HeadKind::OneOf => ("label", json!(held.first())),
            HeadKind::Each => ("labels", json!(held)),
        };
        json!({ key: value, "scores": scores, "evidence": evidence })
    }
}

fn as_json(model: &Model, text: &str, answers: &[Answer<'_>]) -> Value {
    let heads: serde_json::Map<String, Value> =
        answers.iter().map(|answer| (answer.head.head.name.clone(), answer.to_json())).collect();
    json!({ "text": text, "heads": heads, "model": model.id() })
}

fn term_json(term: &TermEvidence) -> Value {
    json!({
        "term": term.text,
        "kind": match term.kind { TermKind::Words => "words", TermKind::Characters => "characters" },
        "contribution": term.contribution,
        "spans": term.spans.iter().map(|s| [s.start, s.end]).collect::<Vec<_>>(),
    })
}

/// Words as they are; characters between dots, with `_` for a bound.
fn shown(term: &TermEvidence) -> String {
    match term.kind {
        TermKind::Words => term.text.clone(),
        TermKind::Characters => format!("·{}·", term.text.replace(' ', "_")),
    }
}

/// The text with the stretches that weigh for the label marked: `[so]` weighs, `[[so]]` weighs most.
///
/// Marks, not colours, so that nothing is lost on paper or to a screen reader; on a terminal they are also bold.
fn in_place(text: &str, terms: &[TermEvidence]) -> String {
    let weights = byte_weights(terms, text.len());
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let bold = output::stdout_has_color();
    let level = |at: usize| match weights[at] / largest {
        share if share > 0.5 => 2,
        share if share > 0.2 => 1,
        _ => 0,
    };
    let mut marked = String::new();
    let mut current = 0;
    let change = |to: u8, from: u8, marked: &mut String| {
        if from > 0 {
            marked.push_str(&"]".repeat(usize::from(from)));
            marked.push_str(if bold { "\x1b[0m" } else { "" });
        }
        if to > 0 {
            marked.push_str(if bold { "\x1b[1m" } else { "" });
            marked.push_str(&"[".repeat(usize::from(to)));
        }
    };
    for (at, c) in text.char_indices() {
        let next = if c.is_whitespace() && current > 0 && level(at) == 0 { 0 } else { level(at) };
        if next != current {
            change(next, current, &mut marked);
            current = next;
        }
        match c {
            '\n' => marked.push_str("\n  "),
            c => marked.push_str(&visible(c.encode_utf8(&mut [0; 4]))),
        }
    }
    change(0, current, &mut marked);
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_is_marked_in_place() {
        let term = |contribution, span: std::ops::Range<usize>| TermEvidence {
            text: String::new(),
            kind: TermKind::Words,
            contribution,
            spans: vec![span],
        };
        let text = "you fool, go";
        assert_eq!(
            in_place(text, &[term(4.0, 4..8), term(0.9, 0..3), term(-1.0, 10..12)]),
            "[you] [[fool]], go"
        );
        assert_eq!(in_place(text, &[]), text);
    }
}
