//! `moderato train --memory`: training on more comments than memory holds.

use super::data;
use super::distinct::Distinct;
use super::sources::Opener;
use super::talk::{self, Talk};
use super::train::{self, TrainArgs};
use super::{Outcome, Problem, output};
use crate::corpus::{Corpus, Recipe};
use crate::model::train::{Algorithm, TrainError, train_streamed};
use anyhow::Result;
use std::str::FromStr;

/// An amount of memory: `500MB`, `2GB`, `1.5 GiB`, or bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory(pub(super) u64);

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("found `{text}`, expected a size such as 500MB or 2GB");
        let number_ends = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at(number_ends);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1.0,
            "k" | "kb" => 1e3,
            "m" | "mb" => 1e6,
            "g" | "gb" => 1e9,
            "kib" => 1024.0,
            "mib" => 1024.0 * 1024.0,
            "gib" => 1024.0 * 1024.0 * 1024.0,
            _ => return Err(wrong()),
        };
        match number * unit {
            bytes if (1e6..1e15).contains(&bytes) => Ok(Self(bytes as u64)),
            _ => Err(format!("found `{text}`, expected at least 1MB")),
        }
    }
}

/// What a term takes while it is followed: its entry, and as much again for entries that are free or being moved.
const BYTES_A_TERM: u64 = 96;
/// What training in memory takes for each byte of input, measured on the recipes; characters are many terms a word.
const BYTES_A_BYTE: [u64; 2] = [20, 80];

/// Whether training must run in passes: if every head can, and none is to be cross-validated.
///
/// # Errors
/// If the input is too large to be held and cannot be trained on in passes.
pub(super) fn is_wanted(memory: Memory, recipe: &Recipe, opener: &Opener) -> Result<bool> {
    let algorithm = |fit: &toml::Table| {
        let name = fit.get("algorithm").and_then(toml::Value::as_str);
        name.map_or(Some(Algorithm::default()), |name| name.parse().ok())
    };
    // Copies of comments weigh parts of one, which counts cannot hold: training then says so.
    let countable = |a: Algorithm| a.naive_bayes().is_some() && !recipe.swap_identities;
    if recipe.folds == 0 && recipe.heads.iter().all(|head| algorithm(&head.fit).is_some_and(countable)) {
        return Ok(true);
    }
    let n_bytes: u64 = recipe.sources.iter().map(|source| opener.size(source)).sum();
    let zero = toml::Value::Array(vec![0.into(), 0.into()]);
    let has_characters = recipe.analysis.get("characters") != Some(&zero);
    let needed = n_bytes.saturating_mul(BYTES_A_BYTE[usize::from(has_characters)]);
    if needed <= memory.0 {
        return Ok(false);
    }
    let message = format!(
        "found {} MB of input, which take about {} MB to train on, expected at most {} MB",
        megabytes(n_bytes),
        megabytes(needed),
        megabytes(memory.0)
    );
    Err(Problem::new(message)
        .hint("`--algorithm multinomial --folds 0` reads the input several times instead of holding it")
        .into())
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

/// An estimate as one says it: with two figures.
fn rounded(n: f64) -> u64 {
    let unit = 10_u64.pow((n.max(10.0).log10() as u32).saturating_sub(1));
    (n / unit as f64).round() as u64 * unit
}

/// Trains in passes; the flags are those of `train`.
pub(super) fn run(
    args: &TrainArgs,
    memory: Memory,
    recipe: &Recipe,
    opener: &Opener,
    talk: &Talk,
) -> Result<Outcome> {
    if args.card.is_some() || args.report.is_some() {
        let problem = Problem::new(
            "found `--card` or `--report`, expected neither: without folds there are no figures",
        );
        return Err(problem.hint("`moderato evaluate -o` makes a report on comments kept apart").into());
    }
    let most_terms = (memory.0 / 2 / BYTES_A_TERM) as usize;
    let mut distinct = Distinct::new(train::analyzer(recipe)?);
    let corpus = Corpus::pass(
        recipe,
        |source| opener.open(source),
        |frames| {
            let texts = frames.iter().flatten().map(|labelled| labelled.text.as_str());
            distinct.add(&texts.collect::<Vec<_>>());
            Ok::<(), anyhow::Error>(())
        },
    )?;
    let n_trouble = data::report_trouble(&corpus, talk);
    data::check_columns(recipe, &corpus, opener)?;
    let plan = train::plan(recipe, &corpus)?;
    let (n_followed, n_terms) = (distinct.n_followed(), distinct.n_terms());
    if (most_terms as f64) < n_followed {
        // A little more, for it is an estimate.
        let needed = rounded(1.1 * 2.0 * n_followed * BYTES_A_TERM as f64);
        talk.say(&format!(
            "warning: `--memory`: found {} MB, expected about {} MB to follow each of the {} terms there seem to be: \
             the rarest will be missed",
            megabytes(memory.0),
            megabytes(needed),
            rounded(n_terms),
        ));
    }
    let pass = |each: &mut crate::model::train::Batch<'_>| {
        let batch = |frames: Vec<Vec<_>>| {
            let comments: Vec<_> = frames.into_iter().flatten().collect();
            Ok::<(), anyhow::Error>(each(&comments)?)
        };
        Corpus::pass(recipe, |source| opener.open(source), batch).map(drop)
    };
    let streamed = train_streamed::<Failure>(
        &plan,
        most_terms,
        |each| pass(each).map_err(Failure),
        |step| talk.step(train::step_name(&step)),
    )
    .map_err(|Failure(error)| error)?;
    output::write_file(&args.output, &streamed.model.to_bytes()?)?;
    talk.end();
    let vocabulary = match streamed.n_lost {
        0 => "every term was followed".to_owned(),
        n => format!("terms of up to {n} comments may have been missed"),
    };
    talk::say(&format!(
        "{}: {} · {} terms · {}\nin passes: {vocabulary}",
        args.output.display(),
        streamed.model.id(),
        streamed.model.vocabulary().len(),
        talk::plural(streamed.n_comments, "comment"),
    ));
    Ok(if n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

/// What may end a pass: the corpus, or the training.
struct Failure(anyhow::Error);

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        Self(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [("500MB", 500_000_000), ("2GB", 2_000_000_000), ("1.5 GiB", 1_610_612_736)] {
            assert_eq!(text.parse::<Memory>(), Ok(Memory(bytes)), "{text}");
        }
        for text in ["", "MB", "2 TBs", "-1GB", "10", "1e9"] {
            assert!(text.parse::<Memory>().is_err(), "{text}");
        }
    }
}
