//! `moderato spans`: the words that carried a label, against the characters that people marked.

use super::input::{self, ReadArgs};
use super::named::unknown_field;
use super::output::Output;
use super::rendering::TextOr;
use super::talk::{self, Talk};
use super::{Outcome, Problem, models};
use crate::comment::Comment;
use crate::evaluate::{Bootstrap, Characters, Estimate, mean_score, span_f1};
use crate::extract::{Comments, Keep};
use crate::label::{HeadKind, LabelId};
use crate::model::{Model, ModelHead, WordWeight, byte_weights, carrying, word_weights};
use anyhow::Result;
use clap::Args;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Measure the words that carry a label against the characters that people marked
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato spans --data trial.csv --choose-on train.csv --spans-column spans
  moderato spans --data marked.jsonl --spans-column spans --share 0.4 --to json

Spans are lists of character positions, as [4, 5, 6]. A word is taken to carry the label if it weighs at least \
some share of the heaviest word of its comment. That share is the one thing that --choose-on chooses, by the \
mean character F1; nothing else is learned from spans.")]
pub(super) struct SpansArgs {
    /// Comments with the characters that people marked
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The column that lists the marked characters
    #[arg(long, default_value = "spans", value_name = "NAME")]
    spans_column: String,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The head
    #[arg(long, default_value = "attributes", value_name = "NAME")]
    head: String,
    /// The label
    #[arg(long, default_value = "toxicity", value_name = "NAME")]
    label: String,
    /// Marked comments to choose the share on; never those that are measured
    #[arg(long, value_name = "FILE", conflicts_with = "share")]
    choose_on: Option<PathBuf>,
    /// From which share of the heaviest word's weight on a word carries the label
    #[arg(long, value_name = "SHARE")]
    share: Option<f64>,
    /// Resamples for the interval; 0 for none
    #[arg(long, default_value_t = 1000, value_name = "N")]
    resamples: u32,
    /// Where everything drawn by lot begins
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    #[command(flatten)]
    read: ReadArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t = TextOr::Text, value_name = "FORMAT")]
    to: TextOr,
}

/// The share where neither a file to choose it on nor the share itself is given.
const SHARE: f64 = 0.5;

/// The shares to choose from.
fn shares() -> impl Iterator<Item = f64> {
    (1..=20).map(|n| f64::from(n) / 20.0)
}

pub(super) fn run(args: &SpansArgs) -> Result<Outcome> {
    if let Some(share) = args.share.filter(|share| !(0.0..=1.0).contains(share)) {
        return Err(Problem::new(format!("`--share` is {share}, expected 0 to 1")).into());
    }
    let model = models::load(args.model.as_deref())?;
    let head = models::head(&model, &args.head)?;
    let column = column(head, &args.label)?;
    let talk = Talk::steps();
    let read = |path: &Path| {
        talk.step(format!("reading {}", path.display()));
        Marked::read(path, args, &talk, |text| {
            word_weights(text, &byte_weights(&model.evidence(head, text)[column.at].terms, text.len()))
                .into_iter()
                .map(|word| WordWeight { weight: column.sign * word.weight, ..word })
                .collect()
        })
    };
    let chosen_on = args.choose_on.as_deref().map(read).transpose()?;
    let share = match &chosen_on {
        Some((marked, _)) => best_share(marked),
        None => args.share.unwrap_or(SHARE),
    };
    let (marked, n_trouble) = read(&args.data)?;
    talk.end();
    let scores = scores(&marked, share);
    let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed, groups: None };
    let f1 = mean_score(&scores, (args.resamples > 0).then_some(&bootstrap));
    let n_chosen = chosen_on.as_ref().map(|(marked, _)| marked.len());
    let mut out = Output::open(None)?;
    match args.to {
        TextOr::Json => {
            let interval = f1.interval.map(|i| [i.low, i.high]);
            let value = json!({
                "head": args.head, "label": args.label, "n": marked.len(), "share": share,
                "chosen_on": n_chosen, "character_f1": f1.value, "interval": interval, "model": model.id(),
            });
            writeln!(out, "{value:#}")?;
        }
        TextOr::Text => write_text(args, &model, (f1, share), (marked.len(), n_chosen), &mut out)?,
    }
    out.finish()?;
    let n_trouble = n_trouble + chosen_on.map_or(0, |(_, n)| n);
    Ok(if n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

fn write_text(
    args: &SpansArgs,
    model: &Model,
    (f1, share): (Estimate, f64),
    (n, n_chosen): (usize, Option<usize>),
    out: &mut impl Write,
) -> Result<()> {
    let value = f1.value.map_or_else(|| "undefined".into(), |value| format!("{value:.3}"));
    let interval =
        f1.interval.map_or_else(String::new, |i| format!(", 95% interval {:.3}–{:.3}", i.low, i.high));
    writeln!(out, "character F1 {value}{interval}")?;
    writeln!(
        out,
        "  mean over {}; words that weigh at least {share} of the heaviest for {} {}",
        talk::plural(n as u64, "comment"),
        args.head,
        args.label
    )?;
    if let Some(n) = n_chosen {
        writeln!(out, "  share chosen on {}", talk::plural(n as u64, "other comment"))?;
    }
    writeln!(out, "model {}", model.id())?;
    Ok(())
}

/// The column that speaks for a label, and whether for or against.
struct Column {
    at: usize,
    sign: f64,
}

fn column(head: &ModelHead, label: &str) -> Result<Column> {
    let labels = &head.head.labels;
    let id: LabelId = labels.id(label).ok_or_else(|| {
        Problem::new(format!("head `{}` has no label `{label}`, expected one of {labels}", head.head.name))
    })?;
    Ok(match (head.head.kind, labels.len()) {
        (HeadKind::OneOf, 2) => Column { at: 0, sign: if id.index() == 1 { 1.0 } else { -1.0 } },
        _ => Column { at: id.index(), sign: 1.0 },
    })
}

/// A comment as people marked it, and what its words weigh.
struct Marked {
    text: String,
    truth: Characters,
    words: Vec<WordWeight>,
}

impl Marked {
    /// The comments of a file, and how many records could not be read.
    fn read(
        path: &Path,
        args: &SpansArgs,
        talk: &Talk,
        weigh: impl Fn(&str) -> Vec<WordWeight> + Sync,
    ) -> Result<(Vec<Self>, u64)> {
        let options = args.read.options(Keep::Named(vec![args.spans_column.clone()]))?;
        /// Troubles beyond this many are only counted.
        const TOLD: usize = 20;
        let mut read: Vec<(String, Characters)> = Vec::new();
        let (mut n_trouble, mut told) = (0, Vec::new());
        let mut has_column = false;
        for comment in Comments::open(path.display().to_string(), input::open_file(path)?, &options)? {
            let comment = comment.map_err(anyhow::Error::from).and_then(|comment| {
                has_column |= comment.other_fields.contains_key(&args.spans_column);
                marked(comment, &args.spans_column)
            });
            match comment {
                Ok(comment) => read.push(comment),
                Err(error) => {
                    n_trouble += 1;
                    if told.len() < TOLD {
                        told.push(format!("warning: {error}"));
                    }
                }
            }
        }
        if let Some(error) = unknown_field(path, &options, &args.spans_column).filter(|_| !has_column) {
            return Err(error.into());
        }
        told.iter().for_each(|line| talk.say(line));
        if n_trouble > TOLD as u64 {
            talk.say(&format!("warning: {n_trouble} records in all were left out"));
        }
        if read.is_empty() {
            return Err(Problem::new(format!("{}: found no marked comment", path.display())).into());
        }
        talk.step(talk::plural(read.len() as u64, "comment"));
        let weighed = |(text, truth): (String, Characters)| {
            let words = weigh(&text);
            Self { text, truth, words }
        };
        Ok((read.into_par_iter().map(weighed).collect(), n_trouble))
    }

    fn f1(&self, share: f64) -> f64 {
        span_f1(&self.truth, &characters(&self.text, &carrying(&self.words, share)))
    }
}

fn marked(comment: Comment, column: &str) -> Result<(String, Characters)> {
    let found = comment.other_fields.get(column);
    let list = match found {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(value) => Some(value.clone()),
        None => None,
    };
    let positions = list.and_then(|list| serde_json::from_value::<Characters>(list).ok());
    let positions = positions.ok_or_else(|| {
        let found = found.map_or_else(|| "nothing".into(), |value| format!("`{value}`"));
        Problem::new(format!("{}: `{column}` is {found}, expected positions as [4, 5, 6]", comment.place))
    })?;
    Ok((comment.text, positions))
}

/// Positions of characters from those of bytes.
fn characters(text: &str, spans: &[Range<usize>]) -> Characters {
    let within = |at: usize| spans.iter().any(|span| span.contains(&at));
    (0..).zip(text.char_indices()).filter(|(_, (at, _))| within(*at)).map(|(n, _)| n).collect()
}

fn scores(marked: &[Marked], share: f64) -> Vec<f64> {
    marked.par_iter().map(|comment| comment.f1(share)).collect()
}

/// The share with the best mean; of equals the smallest.
fn best_share(marked: &[Marked]) -> f64 {
    let mean = |share: f64| scores(marked, share).iter().sum::<f64>();
    let mut best = (SHARE, f64::NEG_INFINITY);
    for share in shares() {
        let sum = mean(share);
        if sum > best.1 {
            best = (share, sum);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_of_characters_not_bytes() {
        let found: Vec<u32> = characters("äö üx", &[2..4, 5..8]).into_iter().collect();
        assert_eq!(found, [1, 3, 4]);
    }

    #[test]
    fn the_share_is_the_best_of_its_file() {
        let word = |span, weight| WordWeight { span, weight };
        let comment = Marked {
            text: "mad bad sad".into(),
            truth: (0..3).chain(4..7).collect(),
            words: vec![word(0..3, 2.0), word(4..7, 1.0), word(8..11, 0.5)],
        };
        assert_eq!(best_share(&[comment]), 0.3);
    }
}
