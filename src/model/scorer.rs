//! The scoring loop: one pass over a comment's text answers every head.
//!
//! 1. [`Analyzer::read_terms`](crate::text::Analyzer::read_terms) gives the ids of the known terms; of chunks that
//!    were read before, from memory.
//! 2. A [`Bag`] counts them: an id is written down when its count leaves zero, without a branch, and the counts are
//!    set back to zero as they are collected.
//! 3. Each [`Group`](super::Group) of columns adds one row of cells a term, and norms the sums at the end.
//! 4. [`Prediction`] turns sums into probabilities and labels.
//!
//! Nothing is allocated per comment; what a thread holds is in [`Workspace`].

use super::group::Sums;
use super::{Model, Prediction};
use crate::counts::bag::Bag;
use crate::text::TermReader;

/// A model at work in one thread.
#[derive(Debug)]
pub struct Scorer<'m> {
    model: &'m Model,
    workspace: Workspace,
}

/// What scoring needs besides a model, kept from text to text: of one thread, and for any model.
///
/// It is for those who hold models that come and go; whoever has one model takes a [`Scorer`]. What it remembers is of
/// the last model it was used with, so it serves best where each model has one of its own.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The hash of the model that reader and bag are for.
    model: String,
    reader: TermReader<u32>,
    bag: Bag,
    sums: Sums,
    prediction: Prediction,
}

impl<'m> Scorer<'m> {
    /// A scorer with buffers of its own.
    pub fn new(model: &'m Model) -> Self {
        Self { model, workspace: Workspace::default() }
    }

    /// The answers of all heads to `text`; good until the next call.
    pub fn score(&mut self, text: &str) -> &Prediction {
        self.workspace.score(self.model, text)
    }
}

impl Workspace {
    /// The answers of all heads of `model` to `text`; good until the next call.
    pub fn score(&mut self, model: &Model, text: &str) -> &Prediction {
        // Models of one hash have one vocabulary and one analyser.
        if self.model != model.hash() {
            model.hash().clone_into(&mut self.model);
            (self.reader, self.bag) = (TermReader::default(), model.bag());
        }
        let lookup = model.vocabulary().lookup();
        let bag = &mut self.bag;
        bag.begin();
        model.analyzer().read_terms(text, &mut self.reader, &lookup, |kind, ids| bag.add(kind, ids));
        bag.complete();
        self.sums.log_odds.clear();
        for group in model.groups() {
            group.add(bag, &mut self.sums);
        }
        self.prediction.fill(model, &self.sums.log_odds);
        &self.prediction
    }
}
