//! How many terms comments will have, by the first of them: so that it is known before three passes, and not after
//! them, that memory will not do.
//!
//! Distinct terms grow with the length of what is read as `k · n^beta` (H. S. Heaps, *Information Retrieval*, 1978,
//! p. 207); the exponent is that of the last doubling. It is an estimate: comments that are sorted by what they are
//! about have more.

use crate::text::{Analyzer, Scratch};
use rustc_hash::FxHashSet;

/// Bytes of text whose terms are counted; the rest is reckoned.
const SAMPLE: u64 = 2_000_000;

/// Counts the distinct terms of the first texts.
pub(super) struct Growth {
    analyzer: Analyzer,
    scratch: Scratch,
    /// No more terms than this are held.
    most: usize,
    terms: FxHashSet<u64>,
    /// Bytes read, and of those the ones whose terms were counted.
    n_bytes: u64,
    n_counted: u64,
    /// Bytes and terms at about half of what was counted.
    half: [(u64, usize); 2],
}

impl Growth {
    /// Nothing read so far.
    pub(super) fn new(analyzer: Analyzer, most: usize) -> Self {
        Self {
            analyzer,
            scratch: Scratch::default(),
            most,
            terms: FxHashSet::default(),
            n_bytes: 0,
            n_counted: 0,
            half: [(0, 0); 2],
        }
    }

    /// Reads the next text.
    pub(super) fn add(&mut self, text: &str) {
        self.n_bytes += text.len() as u64;
        if SAMPLE <= self.n_counted || self.most <= self.terms.len() {
            return;
        }
        let Self { analyzer, scratch, terms, .. } = self;
        analyzer.analyze(text, scratch, |term| {
            terms.insert(term.hash);
        });
        self.n_counted += text.len() as u64;
        if 2 * self.half[1].0 <= self.n_counted {
            self.half = [self.half[1], (self.n_counted, self.terms.len())];
        }
    }

    /// About how many terms all that was read has.
    pub(super) fn n_terms(&self) -> f64 {
        let counted = (self.n_counted as f64, self.terms.len() as f64);
        if self.n_counted == self.n_bytes || counted.1 == 0.0 {
            return counted.1;
        }
        // The later of the two points that lies far enough back to tell a slope by.
        let far = self.half.iter().rev().find(|(n, _)| 3 * n <= 2 * self.n_counted && 0 < *n);
        let beta = far.map_or(1.0, |&(n, terms)| {
            let terms = (counted.1 / (terms.max(1) as f64)).ln();
            (terms / (counted.0 / n as f64).ln()).clamp(0.0, 1.0)
        });
        counted.1 * (self.n_bytes as f64 / counted.0).powf(beta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analysis;

    /// Reads as many texts of a hundred words; what is reckoned, and how many terms there are.
    fn reckoned(n_texts: u64, is_new: impl Fn(u64) -> bool, most: usize) -> (f64, usize) {
        let analysis = Analysis { words: [1, 1], characters: [0, 0], ..Analysis::default() };
        let analyzer = Analyzer::try_from(analysis).unwrap();
        let mut growth = Growth::new(analyzer, most);
        let (mut all, mut scratch) = (FxHashSet::default(), Scratch::default());
        let mut n_new = 0;
        for text in 0..n_texts {
            let words = (0..100).map(|word| {
                n_new += u64::from(is_new(text * 100 + word));
                format!("word{n_new:07}")
            });
            let text = words.collect::<Vec<_>>().join(" ");
            growth.add(&text);
            analyzer.analyze(&text, &mut scratch, |term| {
                all.insert(term.hash);
            });
        }
        (growth.n_terms(), all.len())
    }

    #[track_caller]
    fn check(n_texts: u64, is_new: impl Fn(u64) -> bool, most: usize) {
        let (found, expected) = reckoned(n_texts, is_new, most);
        let ratio = found / expected as f64;
        assert!((0.8..1.25).contains(&ratio), "{found} of {expected}");
    }

    #[test]
    fn terms_are_counted_or_reckoned() {
        let always = |_| true;
        let squares = |i: u64| i.isqrt() * i.isqrt() == i;
        check(10, always, 1 << 20);
        check(5_000, always, 1 << 20);
        check(5_000, squares, 1 << 20);
        // Held back by memory: reckoned from less.
        check(5_000, always, 1_000);
        assert_eq!(reckoned(0, always, 10).0, 0.0);
    }
}
