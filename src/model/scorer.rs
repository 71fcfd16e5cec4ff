//! The flat scoring loop: one pass over a comment's text answers every head.
//!
//! A term is hashed while it is read and looked up; the ids of the terms found, and how often each occurred, lie
//! in two arrays that are reused from comment to comment. Then each group of columns that share a weighting adds
//! one row of weights a term. Nothing is allocated per comment.

use super::{Model, Prediction};
use crate::text::Scratch;

/// A model at work in one thread.
#[derive(Debug)]
pub struct Scorer<'m> {
    model: &'m Model,
    workspace: Workspace,
}

/// What scoring needs besides a model, kept from text to text: of one thread, and for any model.
///
/// It is for those who hold models that come and go; whoever has one model takes a [`Scorer`].
#[derive(Debug, Default)]
pub struct Workspace {
    scratch: Scratch,
    found: Found,
    log_odds: Vec<f64>,
    prediction: Prediction,
}

/// The known terms of a comment: ids in order of first occurrence, and the count of every term of the vocabulary.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) ids: Vec<u32>,
    pub(super) counts: Vec<u32>,
}

impl Found {
    pub(super) fn new(n_terms: usize) -> Self {
        Self { ids: Vec::new(), counts: vec![0; n_terms] }
    }

    #[inline]
    pub(super) fn add(&mut self, id: u32) {
        let count = &mut self.counts[id as usize];
        if *count == 0 {
            self.ids.push(id);
        }
        *count = count.saturating_add(1);
    }

    pub(super) fn clear(&mut self) {
        self.ids.drain(..).for_each(|id| self.counts[id as usize] = 0);
    }

    /// Room for the terms of a larger vocabulary.
    fn reserve(&mut self, n_terms: usize) {
        if self.counts.len() < n_terms {
            self.counts.resize(n_terms, 0);
        }
    }
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
        let vocabulary = model.vocabulary();
        self.found.clear();
        self.found.reserve(vocabulary.len());
        let found = &mut self.found;
        model.analyzer().analyze(text, &mut self.scratch, |term| {
            if let Some(id) = vocabulary.id(term.hash) {
                found.add(id);
            }
        });
        self.log_odds.clear();
        for group in model.groups() {
            group.add(&self.found, &mut self.log_odds);
        }
        self.prediction.fill(model, &self.log_odds);
        &self.prediction
    }
}
