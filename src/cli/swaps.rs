//! Swap tests: comments with the name of one group put in place of another's, and what the model makes of them.

use super::Problem;
use super::evaluated::Labelled;
use super::identity::text;
use crate::corpus::{SwapSet, Swaps, replaced};
use crate::evaluate::{Bootstrap, Predictions, Swap, Swapped};
use crate::label::{Decision, LabelId, Truth};
use crate::model::{HeadPrediction, Model, ModelHead, Scorer};
use crate::report::SwapTest;
use crate::text::{FoundPhrase, Phrases, TextWords};
use anyhow::Result;
use rayon::prelude::*;
use std::path::Path;

/// The sets that are used where the user has none.
const BUILT_IN: &str = include_str!("swap_lists.txt");

/// The swaps of a file; the built-in ones for none.
pub(super) fn read(path: Option<&Path>) -> Result<Swaps> {
    let swaps = match path {
        None => Swaps::parse(BUILT_IN, "built in"),
        Some(path) => Swaps::parse(&text(path)?, &path.display().to_string()),
    };
    Ok(swaps.map_err(|error| Problem::new(error.to_string()))?)
}

/// What swaps do to the answers of a model.
pub(super) struct SwapTests<'s>(pub(super) &'s Swaps);

impl SwapTests<'_> {
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
        for (way, answers) in self.answers((labelled, model, position)) {
            let name = way.name();
            for (test, &label) in tests.iter_mut().zip(labels) {
                let column = if head.is_two_way() { 0 } else { label.index() };
                let swapped: Vec<Swapped> = answers
                    .iter()
                    .map(|Answers { comment, before, after }| Swapped {
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
        tests.retain(|test| !test.swaps.is_empty());
        tests
    }
}

/// One column of a set in place of another.
struct Way<'s> {
    set: &'s SwapSet,
    to: usize,
    from: usize,
    /// The words to be replaced; positions are rows.
    phrases: Phrases,
}

/// What a head says of a comment as it is, and swapped.
struct Answers {
    comment: usize,
    before: HeadPrediction,
    after: HeadPrediction,
}

impl SwapTests<'_> {
    /// Every way that at least one comment allows, with the answers to those that do, in order.
    fn answers(
        &self,
        (labelled, model, position): (&Labelled, &Model, usize),
    ) -> Vec<(Way<'_>, Vec<Answers>)> {
        let Swaps(sets) = self.0;
        let ways: Vec<Way<'_>> = sets.iter().flat_map(ways).collect();
        // Most comments hold no word of any set; they are taken apart once and passed over.
        let any = Phrases::new(sets.iter().flat_map(|set| set.rows.iter().flatten()));
        let swap = |scorer: &mut Scorer<'_>, comment: usize, text: &str| -> Vec<(usize, Answers)> {
            let words = TextWords::of(text);
            if any.find_in(&words).is_empty() {
                return Vec::new();
            }
            let mut answer = |text: &str| scorer.score(text).heads[position].clone();
            let before = answer(text);
            let swapped =
                ways.iter().enumerate().filter_map(|(w, way)| Some((w, way.replaced(text, &words)?)));
            let answers = swapped.map(|(w, swapped)| {
                (w, Answers { comment, before: before.clone(), after: answer(&swapped) })
            });
            answers.collect()
        };
        let all: Vec<(usize, Answers)> = labelled
            .corpus
            .comments
            .par_iter()
            .enumerate()
            .map_init(|| Scorer::new(model), |scorer, (i, c)| swap(scorer, i, &c.text))
            .flatten_iter()
            .collect();
        let mut by_way: Vec<Vec<Answers>> = ways.iter().map(|_| Vec::new()).collect();
        all.into_iter().for_each(|(w, answers)| by_way[w].push(answers));
        ways.into_iter().zip(by_way).filter(|(_, answers)| !answers.is_empty()).collect()
    }
}

/// Each column for each other.
fn ways(set: &SwapSet) -> Vec<Way<'_>> {
    let columns = || 0..set.names.len();
    let phrases = |from: usize| Phrases::new(set.rows.iter().map(|row| &row[from]));
    let way = |from: usize, to: usize| Way { set, from, to, phrases: phrases(from) };
    columns().flat_map(|from| columns().filter(move |&to| to != from).map(move |to| way(from, to))).collect()
}

impl Way<'_> {
    fn name(&self) -> String {
        format!("{} → {}", self.set.names[self.from], self.set.names[self.to])
    }

    /// The text with the other words; nothing if there is none to replace.
    fn replaced(&self, text: &str, words: &TextWords<'_>) -> Option<String> {
        let found = self.phrases.find_in(words);
        let other = |found: &FoundPhrase| self.set.rows[found.phrase][self.to].as_str();
        let replacements = found.iter().map(|found| (found.span.clone(), other(found)));
        (!found.is_empty()).then(|| replaced(text, replacements))
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
        let ways = ways(&sets[0]);
        let way = ways.iter().find(|way| (way.from, way.to) == (from, to)).unwrap();
        assert_eq!(way.replaced(text, &TextWords::of(text)).as_deref(), expected, "{text}");
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
    fn the_built_in_sets_are_read() {
        let Swaps(sets) = read(None).unwrap();
        assert!(sets.len() > 5 && sets.iter().all(|set| !set.rows.is_empty()));
    }
}
