//! Learning a vocabulary in two passes over the documents, which need not be held in memory.
//!
//! 1. [`TermFrequencies`]: for each term, by its hash, how many documents have it and which had it first.
//! 2. [`KeptTerms`]: the texts of the terms that are kept, from the documents that had one first.
//!
//! So no n-gram that is pruned is ever an allocation of its own. With a bound on how many terms are followed at once,
//! the rarest are forgotten when there are too many (lossy counting; Manku and Motwani 2002, section 4.2): a count is
//! then at most [`TermFrequencies::n_lost`] too small, and the bound is all the memory it takes.

use super::{Pruning, VectorizerError};
use crate::counts::vocabulary::Vocabulary;
use crate::text::{Analyzer, Scratch, TermKind, TermReader};
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// Where a term was met.
#[derive(Debug, Clone, Copy)]
struct Met {
    n_documents: u32,
    first: u32,
    last: u32,
}

type Frequencies = HashMap<u64, Met, BuildHasherDefault<Identity>>;
type Texts = HashMap<u64, (TermKind, String), BuildHasherDefault<Identity>>;

/// In how many documents each term stands, while documents are read.
#[derive(Debug)]
pub struct TermFrequencies {
    analyzer: Analyzer,
    counters: Vec<Counter>,
    n_documents: u32,
}

/// The counts of one share of the documents.
#[derive(Debug, Default)]
struct Counter {
    frequencies: Frequencies,
    reader: TermReader<u64>,
    /// The most terms that are followed; 0 for all.
    most: usize,
    /// How many documents of a forgotten term were counted, at most.
    n_lost: u32,
}

/// Terms that are kept, while their texts are found.
#[derive(Debug)]
pub struct KeptTerms {
    analyzer: Analyzer,
    pruning: Pruning,
    kept: Frequencies,
    /// The documents that have a text to be found, ascending.
    first: Vec<u32>,
    texts: Texts,
    n_documents: u32,
}

impl TermFrequencies {
    /// Nothing counted yet. With `most`, at most so many terms are followed at once.
    pub fn new(analyzer: Analyzer, most: Option<usize>) -> Self {
        // What is counted does not depend on the number of counters, unless terms are forgotten.
        const BOUNDED: usize = 4;
        let n = if most.is_some() { BOUNDED } else { rayon::current_num_threads() };
        let most = most.map_or(0, |most| (most / n).max(1));
        let counters = (0..n).map(|_| Counter { most, ..Counter::default() }).collect();
        Self { analyzer, counters, n_documents: 0 }
    }

    /// Counts the next documents.
    pub fn count<T: AsRef<str> + Sync>(&mut self, texts: &[T]) {
        let (analyzer, begun) = (self.analyzer, self.n_documents);
        let share = texts.len().div_ceil(self.counters.len()).max(1);
        self.counters.par_iter_mut().zip(texts.par_chunks(share)).enumerate().for_each(
            |(part, (counter, texts))| {
                let start = begun + (part * share) as u32;
                (start..)
                    .zip(texts)
                    .for_each(|(document, text)| counter.add(&analyzer, document, text.as_ref()));
            },
        );
        self.n_documents = begun.saturating_add(texts.len() as u32);
    }

    /// How many documents of a term may have been missed; 0 unless there were too many terms to follow.
    pub fn n_lost(&self) -> u32 {
        self.counters.iter().map(|counter| counter.n_lost).sum()
    }

    /// The terms that are frequent enough; how many documents have a term of either kind is decided when its text
    /// is known.
    pub fn prune(self, pruning: Pruning) -> KeptTerms {
        let least = pruning.min_words.min(pruning.min_characters);
        let mut kept = self.counters.into_par_iter().map(|counter| counter.frequencies).reduce(
            Frequencies::default,
            |a, b| {
                let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
                for (hash, met) in small {
                    let sum = large.entry(hash).or_insert(Met { n_documents: 0, ..met });
                    sum.n_documents += met.n_documents;
                    sum.first = sum.first.min(met.first);
                }
                large
            },
        );
        kept.retain(|_, met| met.n_documents >= least);
        let mut first: Vec<u32> = kept.values().map(|met| met.first).collect();
        first.sort_unstable();
        first.dedup();
        KeptTerms { analyzer: self.analyzer, pruning, kept, first, texts: Texts::default(), n_documents: 0 }
    }
}

impl Counter {
    fn add(&mut self, analyzer: &Analyzer, document: u32, text: &str) {
        let Self { frequencies, reader, .. } = self;
        analyzer.read_terms(text, reader, &Some, |_, hashes: &[u64]| {
            for &hash in hashes {
                let new = Met { n_documents: 0, first: document, last: u32::MAX };
                let met = frequencies.entry(hash).or_insert(new);
                met.n_documents += u32::from(met.last != document);
                met.last = document;
            }
        });
        if self.most > 0 {
            while self.frequencies.len() > self.most {
                self.n_lost += 1;
                let n_lost = self.n_lost;
                self.frequencies.retain(|_, met| met.n_documents > n_lost);
            }
        }
    }
}

impl KeptTerms {
    /// Finds texts in the next documents: the same that were counted, in the same order.
    pub fn read<T: AsRef<str> + Sync>(&mut self, texts: &[T]) {
        let begun = self.n_documents;
        self.n_documents = begun.saturating_add(texts.len() as u32);
        let from = self.first.partition_point(|&document| document < begun);
        let to = self.first.partition_point(|&document| document < self.n_documents);
        let (kept, analyzer) = (&self.kept, self.analyzer);
        let read = |(mut found, mut scratch): (Texts, Scratch), &document: &u32| {
            analyzer.analyze(texts[(document - begun) as usize].as_ref(), &mut scratch, |term| {
                if kept.get(&term.hash).is_some_and(|met| met.first == document) {
                    insert_smaller(&mut found, term.hash, term.kind, term.text());
                }
            });
            (found, scratch)
        };
        let found = self.first[from..to].par_iter().fold(Default::default, read).map(|(found, _)| found);
        // A text comes from one document, so that nothing is found twice.
        self.texts.extend(found.reduce(Texts::default, |a, b| {
            let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
            large.extend(small);
            large
        }));
    }

    /// The vocabulary, once all documents are read.
    ///
    /// # Errors
    /// If no term is left after pruning, or there are too many.
    pub fn vocabulary(self) -> Result<Vocabulary, VectorizerError> {
        let Self { pruning, kept, texts, n_documents, .. } = self;
        let mut terms: Vec<(u32, TermKind, String)> = texts
            .into_iter()
            .map(|(hash, (kind, text))| (kept[&hash].n_documents, kind, text))
            .filter(|(n, kind, _)| *n >= pruning.least(*kind))
            .collect();
        if terms.is_empty() {
            return Err(VectorizerError::NoTerms { n_texts: n_documents as usize });
        }
        if let Some(max) = pruning.max_terms {
            terms.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, &a.2).cmp(&(b.1, &b.2))));
            terms.truncate(max);
        }
        Ok(Vocabulary::from_terms(terms.into_iter().map(|(_, kind, text)| (kind, text)).collect())?)
    }
}

fn insert_smaller(found: &mut Texts, hash: u64, kind: TermKind, text: &str) {
    match found.entry(hash) {
        Entry::Vacant(entry) => {
            entry.insert((kind, text.to_owned()));
        }
        Entry::Occupied(mut entry) => {
            let (old_kind, old_text) = entry.get();
            if (kind, text) < (*old_kind, old_text.as_str()) {
                entry.insert((kind, text.to_owned()));
            }
        }
    }
}

/// Term hashes are spread already: they serve as they are.
#[derive(Debug, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.0 = self.0.rotate_left(8) ^ u64::from(b));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analysis;

    const TEXTS: [&str; 6] = [
        "a fair point",
        "a fair fool",
        "no point at all",
        "fair enough, no fool",
        "a point",
        "all in all a fool",
    ];

    fn analyzer() -> Analyzer {
        Analyzer::try_from(Analysis { characters: [0, 0], ..Analysis::default() }).unwrap()
    }

    fn vocabulary(batches: &[&[&str]], most: Option<usize>) -> (Vec<String>, u32) {
        let pruning = Pruning { min_words: 2, ..Pruning::default() };
        let mut frequencies = TermFrequencies::new(analyzer(), most);
        batches.iter().for_each(|texts| frequencies.count(texts));
        let n_lost = frequencies.n_lost();
        let mut terms = frequencies.prune(pruning);
        batches.iter().for_each(|texts| terms.read(texts));
        let vocabulary = terms.vocabulary().unwrap();
        ((0..vocabulary.len() as u32).map(|id| vocabulary.text(id).to_owned()).collect(), n_lost)
    }

    #[test]
    fn batches_do_not_change_what_is_learned() {
        let at_once = vocabulary(&[&TEXTS], None);
        assert_eq!(at_once.0, ["a", "a fair", "all", "fair", "fool", "no", "point"]);
        assert_eq!(vocabulary(&[&TEXTS[..1], &TEXTS[1..4], &[], &TEXTS[4..]], None), at_once);
        assert_eq!(vocabulary(&[&TEXTS], Some(1_000)), at_once);
    }

    #[test]
    fn with_too_little_room_the_rarest_are_forgotten() {
        let many: Vec<String> = (0..400).map(|i| format!("fool rare{i} fool rarer{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let (terms, n_lost) = vocabulary(&[&many], Some(40));
        assert_eq!(terms, ["fool"]);
        assert!(n_lost > 0);
    }
}
