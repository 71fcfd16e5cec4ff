//! The scoring loop: one pass over a comment's text answers every head.
//!
//! 1. [`Analyzer::read_terms`](crate::text::Analyzer::read_terms) gives the ids of the known terms; of chunks that
//!    were read before, from memory.
//! 2. [`Found`] counts them: an id is written down when its count leaves zero, without a branch, and the counts are
//!    set back to zero as they are collected.
//! 3. Each [`Group`](super::Group) of columns adds one row of cells a term, and norms the sums at the end.
//! 4. [`Prediction`] turns sums into probabilities and labels.
//!
//! Nothing is allocated per comment; what a thread holds is in [`Scorer`].

use super::{Model, Prediction};
use crate::text::{TermKind, TermReader};

/// A model at work in one thread.
#[derive(Debug)]
pub struct Scorer<'m> {
    model: &'m Model,
    reader: TermReader<u32>,
    found: Found,
    log_odds: Vec<f64>,
    prediction: Prediction,
}

/// The known terms of a comment.
#[derive(Debug)]
pub(super) struct Found {
    /// How often each term of the vocabulary occurs, while a text is read; zero between texts.
    counts: Vec<u32>,
    pub(super) characters: Terms,
    pub(super) words: Terms,
}

/// The distinct terms of a kind in order of first occurrence, and how often each occurs.
#[derive(Debug)]
pub(super) struct Terms {
    /// As many as there may be, of which the first `n` count.
    ids: Vec<u32>,
    n: usize,
    /// In the order of `ids`, once all are known.
    counts: Vec<u32>,
}

impl Terms {
    fn new(most: usize) -> Self {
        Self { ids: vec![0; most + 1], n: 0, counts: Vec::new() }
    }

    /// Ids and counts.
    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.ids[..self.n].iter().copied().zip(self.counts.iter().copied())
    }

    fn collect(&mut self, counts: &mut [u32]) {
        self.counts.clear();
        self.counts.extend(self.ids[..self.n].iter().map(|&id| std::mem::take(&mut counts[id as usize])));
    }
}

impl Found {
    /// Room for the terms of a vocabulary.
    pub(super) fn new(n_terms: usize, n_characters: usize) -> Self {
        Self {
            counts: vec![0; n_terms],
            characters: Terms::new(n_characters),
            words: Terms::new(n_terms - n_characters),
        }
    }

    /// Begins a new comment.
    pub(super) fn begin(&mut self) {
        (self.characters.n, self.words.n) = (0, 0);
    }

    /// One more occurrence.
    #[inline]
    pub(super) fn add(&mut self, kind: TermKind, id: u32) {
        let terms = match kind {
            TermKind::Characters => &mut self.characters,
            TermKind::Words => &mut self.words,
        };
        let count = &mut self.counts[id as usize];
        // Written in any case and kept if it is the first; there is always room for one more.
        terms.ids[terms.n] = id;
        terms.n += usize::from(*count == 0);
        *count = count.saturating_add(1);
    }

    /// Ends the comment: its terms have their counts.
    pub(super) fn finish(&mut self) {
        self.characters.collect(&mut self.counts);
        self.words.collect(&mut self.counts);
    }
}

impl<'m> Scorer<'m> {
    /// A scorer with buffers of its own.
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            reader: TermReader::default(),
            found: model.room(),
            log_odds: Vec::new(),
            prediction: Prediction::default(),
        }
    }

    /// The answers of all heads to `text`; good until the next call.
    pub fn score(&mut self, text: &str) -> &Prediction {
        let vocabulary = self.model.vocabulary();
        let found = &mut self.found;
        found.begin();
        let resolve = |hash| vocabulary.id(hash);
        self.model.analyzer().read_terms(text, &mut self.reader, &resolve, |kind, id| found.add(kind, id));
        found.finish();
        self.log_odds.clear();
        for group in self.model.groups() {
            group.add(found, &mut self.log_odds);
        }
        self.prediction.fill(self.model, &self.log_odds);
        &self.prediction
    }
}
