//! Swap tests: comments with the name of one group put in place of another's, and what the model makes of them.

use super::Problem;
use super::evaluated::Labelled;
use super::identity::text;
use crate::evaluate::{Bootstrap, Predictions, Swap, Swapped};
use crate::label::{Decision, LabelId, Truth};
use crate::model::{HeadPrediction, Model, ModelHead, Scorer};
use crate::report::SwapTest;
use crate::text::Phrases;
use anyhow::Result;
use rayon::prelude::*;
use std::path::Path;

/// The sets that are used where the user has none.
const BUILT_IN: &str = include_str!("swap_lists.txt");

/// Words that may stand for each other.
struct SwapSet {
    /// What the columns are called.
    names: Vec<String>,
    /// Words for the same thing, one a column.
    rows: Vec<Vec<String>>,
}

/// The swaps of a file; the built-in ones for none.
pub(super) struct Swaps(Vec<SwapSet>);

impl Swaps {
    pub(super) fn read(path: Option<&Path>) -> Result<Self> {
        match path {
            None => Self::parse(BUILT_IN, "built in"),
            Some(path) => Self::parse(&text(path)?, &path.display().to_string()),
        }
    }

    fn parse(text: &str, file: &str) -> Result<Self> {
        let mut sets: Vec<SwapSet> = Vec::new();
        let mut open = false;
        for (place, line) in (1..).zip(text.lines().map(str::trim)) {
            let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            if line.starts_with('#') {
                continue;
            }
            if line.is_empty() {
                open = false;
                continue;
            }
            let heading = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let row = cells(heading.unwrap_or(line));
            let width =
                sets.last().filter(|_| open && heading.is_none()).map_or(row.len(), |set| set.names.len());
            if row.len() < 2 || row.len() != width || row.iter().any(String::is_empty) {
                let expected = if width < 2 {
                    "`word | other word`".to_owned()
                } else {
                    format!("{width} words between `|`")
                };
                return Err(
                    Problem::new(format!("{file}:{place}: found `{line}`, expected {expected}")).into()
                );
            }
            match (heading, sets.last_mut().filter(|_| open)) {
                (Some(_), _) => {
                    sets.push(SwapSet { names: row, rows: Vec::new() });
                    open = true;
                }
                (None, Some(set)) => set.rows.push(row),
                (None, None) => sets.push(SwapSet { names: row.clone(), rows: vec![row] }),
            }
        }
        match sets.is_empty() {
            true => {
                Err(Problem::new(format!("{file}: found no swap, expected lines of `word | other word`"))
                    .into())
            }
            false => Ok(Self(sets)),
        }
    }

    /// What the swaps do to the answers of one head, for each of `labels`; without those that no comment allows.
    pub(super) fn tests(
        &self,
        (labelled, model, head): (&Labelled, &Model, &ModelHead),
        predictions: &Predictions,
        labels: &[LabelId],
        bootstrap: Option<&Bootstrap>,
    ) -> Vec<SwapTest> {
        let position = model.heads().iter().position(|h| h.head.name == head.head.name).unwrap_or_default();
        let mut tests: Vec<SwapTest> = labels
            .iter()
            .map(|&label| SwapTest { label: head.head.labels.name(label).to_owned(), swaps: Vec::new() })
            .collect();
        for set in &self.0 {
            for (from, to) in set.ways() {
                let answers = set.answers((labelled, model, position), (from, to));
                if answers.is_empty() {
                    continue;
                }
                let name = format!("{} → {}", set.names[from], set.names[to]);
                for (test, &label) in tests.iter_mut().zip(labels) {
                    let column = if head.is_two_way() { 0 } else { label.index() };
                    let swapped: Vec<Swapped> = answers
                        .iter()
                        .map(|(comment, before, after)| Swapped {
                            comment: *comment,
                            probability: [before, after].map(|answer| answer.probabilities[label.index()]),
                            log_odds: [before, after].map(|answer| answer.log_odds[column]),
                            held: [before, after].map(|answer| holds(&answer.decision, label)),
                        })
                        .collect();
                    let known = known(&labelled.truths, predictions, label);
                    test.swaps.push(Swap::of(name.clone(), &swapped, bootstrap).with_auc(&swapped, &known));
                }
            }
        }
        tests.retain(|test| !test.swaps.is_empty());
        tests
    }
}

impl SwapSet {
    /// Each column for each other.
    fn ways(&self) -> Vec<(usize, usize)> {
        let columns = 0..self.names.len();
        columns
            .clone()
            .flat_map(|from| columns.clone().filter(move |&to| to != from).map(move |to| (from, to)))
            .collect()
    }

    /// The comments that hold words of column `from`, answered as they are and with those of column `to`.
    fn answers(
        &self,
        (labelled, model, position): (&Labelled, &Model, usize),
        (from, to): (usize, usize),
    ) -> Vec<(usize, HeadPrediction, HeadPrediction)> {
        let phrases = Phrases::new(self.rows.iter().map(|row| &row[from]));
        let comments = labelled.corpus.comments.par_iter().enumerate();
        comments
            .map_init(
                || Scorer::new(model),
                |scorer, (comment, labelled)| {
                    let text = &labelled.comment.text;
                    let swapped = self.replaced(&phrases, text, to)?;
                    let mut answer = |text: &str| scorer.score(text).heads[position].clone();
                    Some((comment, answer(text), answer(&swapped)))
                },
            )
            .flatten_iter()
            .collect()
    }

    /// The text with words of column `to`; nothing if there is none to replace.
    fn replaced(&self, phrases: &Phrases, text: &str, to: usize) -> Option<String> {
        let found = phrases.find(text);
        let mut swapped = String::with_capacity(text.len());
        let mut end = 0;
        for found in &found {
            swapped.push_str(&text[end..found.span.start]);
            swapped.push_str(&in_case_of(&text[found.span.clone()], &self.rows[found.phrase][to]));
            end = found.span.end;
        }
        swapped.push_str(&text[end..]);
        (!found.is_empty()).then_some(swapped)
    }
}

/// `word` in capitals where `model` is, or with its first letter as a capital; else as the list has it.
fn in_case_of(model: &str, word: &str) -> String {
    let shouted =
        model.chars().filter(|c| c.is_alphabetic()).count() > 1 && !model.chars().any(char::is_lowercase);
    if shouted {
        return word.to_uppercase();
    }
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if model.starts_with(char::is_uppercase) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

fn holds(decision: &Decision, label: LabelId) -> bool {
    match decision {
        Decision::OneOf(decided) => *decided == label,
        Decision::Each(holds) => holds[label.index()],
    }
}

/// The comments whose answer to "is it `label`?" is known, with its probability and the answer.
fn known(truths: &[Truth], predictions: &Predictions, label: LabelId) -> Vec<(usize, f64, bool)> {
    let answer = |(comment, truth): (usize, &Truth)| {
        let truth = match truth {
            Truth::OneOf(own) => *own == label,
            Truth::Each(holds) => holds[label.index()]?,
        };
        Some((comment, predictions.probabilities[[comment, label.index()]], truth))
    };
    truths.iter().enumerate().filter_map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, text: &str, (from, to): (usize, usize), expected: Option<&str>) {
        let Swaps(sets) = Swaps::parse(list, "list").unwrap();
        let phrases = Phrases::new(sets[0].rows.iter().map(|row| &row[from]));
        assert_eq!(sets[0].replaced(&phrases, text, to).as_deref(), expected, "{text}");
    }

    #[test]
    fn a_set_is_swapped_together_and_keeps_the_case() {
        let list = "[cats | dogs]\ncat | dog\nkitten's | puppy's\npurrs | barks";
        check(list, "Cat! The cat's PURRS.", (0, 1), Some("Dog! The dog's BARKS."));
        check(list, "Dog barks", (1, 0), Some("Cat purrs"));
        check(list, "concatenated", (0, 1), None);
        check("Finn | Dane", "a finn, FINNS", (0, 1), Some("a Dane, FINNS"));
    }

    #[test]
    fn lists_that_do_not_fit_are_told_with_their_line() {
        for (list, expected) in [
            ("cat", "list:1: found `cat`, expected `word | other word`"),
            ("[a | b]\nc | d | e", "list:2: found `c | d | e`, expected 2 words between `|`"),
            ("# nothing\n", "list: found no swap, expected lines of `word | other word`"),
            ("a | ", "list:1: found `a |`, expected 2 words between `|`"),
        ] {
            let error = Swaps::parse(list, "list").map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn the_built_in_sets_are_read() {
        let Swaps(sets) = Swaps::read(None).unwrap();
        assert!(sets.len() > 5 && sets.iter().all(|set| !set.rows.is_empty()));
    }
}
