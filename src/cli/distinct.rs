//! How many distinct terms comments have, without holding them: so that it is known before three passes, and not after
//! them, that memory will not do.
//!
//! Adaptive sampling (P. Flajolet, *On adaptive sampling*, 1990; the idea is M. Wegman's): of the terms' hashes those
//! are held that begin with so many zero bits, one bit more whenever there are too many, so that each that is left
//! stands for as many terms as there are such beginnings. The estimate errs by about 1.2/√`MOST`, one in a hundred,
//! and does not depend on the order of what is read, nor on who reads it.

use crate::counts::vectorizer::learn::TermFrequencies;
use crate::text::{Analyzer, TermReader};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Counts the distinct terms of all texts that it is given.
pub(super) struct Distinct {
    analyzer: Analyzer,
    /// One for each share, as [`TermFrequencies`] has them.
    counters: Vec<Counter>,
}

#[derive(Default)]
struct Counter {
    reader: TermReader<u64>,
    sample: Sample,
}

/// The hashes that begin with so many zeros.
#[derive(Default)]
struct Sample {
    n_zeros: u32,
    hashes: FxHashSet<u64>,
}

impl Distinct {
    /// Nothing read so far.
    pub(super) fn new(analyzer: Analyzer) -> Self {
        let counters = (0..TermFrequencies::N_SHARES).map(|_| Counter::default()).collect();
        Self { analyzer, counters }
    }

    /// Reads more texts.
    pub(super) fn add(&mut self, texts: &[&str]) {
        let share = texts.len().div_ceil(self.counters.len()).max(1);
        let analyzer = &self.analyzer;
        self.counters.par_iter_mut().zip(texts.par_chunks(share)).for_each(|(counter, texts)| {
            texts.iter().for_each(|text| counter.add(analyzer, text));
        });
    }

    /// About how many terms must be followed if none is to be missed: in each share as many as in the one that has
    /// most.
    pub(super) fn n_followed(&self) -> f64 {
        let n_terms = self.counters.iter().map(|counter| counter.sample.n_terms());
        n_terms.fold(0.0, f64::max) * self.counters.len() as f64
    }

    /// About how many terms all that was read has; exactly, if they are few.
    pub(super) fn n_terms(self) -> f64 {
        let samples = self.counters.into_iter().map(|counter| counter.sample);
        samples.reduce(Sample::and).unwrap_or_default().n_terms()
    }
}

impl Counter {
    fn add(&mut self, analyzer: &Analyzer, text: &str) {
        let Self { reader, sample } = self;
        let n_zeros = sample.n_zeros;
        let known = |hash: u64| (n_zeros <= hash.leading_zeros()).then_some(hash);
        analyzer.read_terms(text, reader, &known, |_, hashes| {
            hashes.iter().for_each(|&hash| sample.add(hash));
        });
        if n_zeros < sample.n_zeros {
            // It remembers terms that are not looked at any more.
            *reader = TermReader::default();
        }
    }
}

impl Sample {
    /// How many hashes are held at most.
    const MOST: usize = 1 << 14;

    fn add(&mut self, hash: u64) {
        if self.n_zeros <= hash.leading_zeros() && self.hashes.insert(hash) {
            self.thin();
        }
    }

    fn thin(&mut self) {
        while Self::MOST < self.hashes.len() {
            self.n_zeros += 1;
            self.hashes.retain(|hash| self.n_zeros <= hash.leading_zeros());
        }
    }

    /// Of what either has seen.
    fn and(mut self, other: Self) -> Self {
        self.n_zeros = self.n_zeros.max(other.n_zeros);
        self.hashes.extend(other.hashes);
        self.hashes.retain(|hash| self.n_zeros <= hash.leading_zeros());
        self.thin();
        self
    }

    fn n_terms(&self) -> f64 {
        self.hashes.len() as f64 * 2_f64.powi(self.n_zeros as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analysis;

    /// How many terms seem to be in texts of a hundred words, of which there are so many, and that thrice.
    fn estimate(n_words: usize, at_once: usize) -> f64 {
        let analysis = Analysis {
            words: [1, 1],
            characters: [0, 0],
            punctuation: false,
            readings: false,
            markers: false,
        };
        let mut distinct = Distinct::new(Analyzer::try_from(analysis).unwrap());
        // No letter thrice in a row, which would be one word with twice.
        let word = |i: usize| (i % n_words).to_string().chars().flat_map(|digit| [digit, 'x']).collect();
        let words: Vec<String> = (0..3 * n_words).map(word).collect();
        let texts: Vec<String> = words.chunks(100).map(|words| words.join(" ")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        texts.chunks(at_once).for_each(|texts| distinct.add(texts));
        distinct.n_terms()
    }

    #[test]
    fn few_terms_are_counted() {
        assert_eq!(estimate(5_000, 7), 5_000.0);
        assert_eq!(Distinct::new(Analyzer::try_from(Analysis::default()).unwrap()).n_terms(), 0.0);
    }

    #[test]
    fn many_terms_are_estimated() {
        let found = estimate(400_000, 1_000);
        assert!((0.96..1.04).contains(&(found / 400_000.0)), "{found}");
        assert_eq!(estimate(400_000, 13), found, "whoever reads what");
    }
}
