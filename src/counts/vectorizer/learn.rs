//! Learning a vocabulary from documents, which need not be held in memory.
//!
//! 1. [`TermFrequencies`]: for each term, by its hash, how many documents have it and which had it first; of a run of
//!    words, which words.
//! 2. [`KeptTerms`]: the texts of the terms that are kept: of words and characters from the documents that had one
//!    first, of runs from their words.
//!
//! So no n-gram that is pruned is ever an allocation of its own. With a bound on how many terms are followed at once,
//! the rarest are forgotten when there are too many (lossy counting; Manku and Motwani 2002, section 4.2): a count is
//! then at most [`TermFrequencies::n_lost`] too small, and the bound is all the memory it takes.

use super::met::{ByHash, Met, Numbering, Terms};
use super::read::{ReadDocuments, ReadPart};
use super::{Pruning, VectorizerError};
use crate::counts::vocabulary::Vocabulary;
use crate::text::analyzer::MAX_WORDS;
use crate::text::{Analysis, Analyzer, Scratch, TermKind, TermReader};
use rayon::prelude::*;
use std::collections::hash_map::Entry;

/// In how many documents each term stands, while documents are read.
#[derive(Debug)]
pub struct TermFrequencies {
    analyzer: Analyzer,
    counters: Vec<Counter>,
    n_documents: u32,
}

/// The counts of one share of the documents.
#[derive(Debug)]
struct Counter {
    numbering: Numbering,
    reader: TermReader<u32>,
    /// The documents themselves, where they will be asked for.
    read: Option<ReadPart>,
    /// The terms of the document that is read, where they will not.
    numbers: Vec<u32>,
    /// The most terms that are followed; 0 for all.
    most: usize,
    /// How many documents of a forgotten term were counted, at most.
    n_lost: u32,
}

/// Terms that are kept, while their texts are found.
#[derive(Debug)]
pub struct KeptTerms {
    /// Reads no runs.
    analyzer: Analyzer,
    pruning: Pruning,
    /// Terms whose texts must be found.
    wanted: ByHash<Wanted>,
    runs: Vec<Run>,
    /// The documents that have a text to be found, ascending.
    first: Vec<u32>,
    texts: Texts,
    n_documents: u32,
}

type Texts = ByHash<(TermKind, String)>;

/// A word, or characters: a term that stands within a chunk.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    n_documents: u32,
    /// A document that has it.
    first: u32,
}

/// A run of words that is kept.
#[derive(Debug)]
struct Run {
    n_documents: u32,
    /// The hashes of its words.
    words: [Option<u64>; MAX_WORDS],
}

impl TermFrequencies {
    /// In how many shares documents are counted when there is a bound: what is counted does not depend on it, unless
    /// terms are forgotten. A term that stands in several shares is followed in each.
    pub const N_SHARES: usize = 4;

    /// Nothing counted yet. With `most`, at most so many terms are followed at once.
    pub fn new(analyzer: Analyzer, most: Option<usize>) -> Self {
        let n = if most.is_some() { Self::N_SHARES } else { rayon::current_num_threads() };
        let most = most.map_or(0, |most| (most / n).max(1));
        let counter = |_| Counter {
            numbering: Numbering::new(&analyzer),
            reader: TermReader::default(),
            read: None,
            numbers: Vec::new(),
            most,
            n_lost: 0,
        };
        Self { analyzer, counters: (0..n).map(counter).collect(), n_documents: 0 }
    }

    /// Counts the documents, and keeps them as they were read.
    pub(super) fn count_and_keep<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> ReadDocuments {
        self.counters.iter_mut().for_each(|counter| counter.read = Some(ReadPart::default()));
        self.count(texts);
        let part = |counter: &mut Counter| {
            let part = counter.read.take().unwrap_or_default();
            part.with_hashes(counter.numbering.terms().met().map(|(met, _)| met.hash))
        };
        ReadDocuments::new(self.counters.par_iter_mut().map(part).collect())
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
                    .for_each(|(document, text)| counter.add(&analyzer, (document, text.as_ref())));
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
    pub fn prune(mut self, pruning: Pruning) -> KeptTerms {
        let least = pruning.min_words.min(pruning.min_characters);
        let all: Vec<&Terms> = self.counters.iter_mut().map(|counter| &*counter.numbering.terms()).collect();
        // Each term once: in the first share that has it.
        let kept_of = |(share, terms): (usize, &&Terms)| {
            let mut kept: Vec<(Met, u32)> = Vec::new();
            for (met, own) in terms.met() {
                if all[..share].iter().any(|before| before.n_documents(met.hash).is_some()) {
                    continue;
                }
                let others = all[share + 1..].iter().filter_map(|after| after.n_documents(met.hash));
                let n_documents = own + others.sum::<u32>();
                if least <= n_documents {
                    kept.push((*met, n_documents));
                }
            }
            kept
        };
        let kept: Vec<Vec<(Met, u32)>> = all.par_iter().enumerate().map(kept_of).collect();
        let (mut wanted, mut runs) = (ByHash::default(), Vec::new());
        for (terms, kept) in all.iter().zip(&kept) {
            for (met, n_documents) in kept {
                let mut words = terms.words(met).peekable();
                if words.peek().is_none() {
                    wanted.insert(met.hash, Wanted { n_documents: *n_documents, first: met.first });
                    continue;
                }
                let mut run = Run { n_documents: *n_documents, words: [None; MAX_WORDS] };
                for (place, word) in run.words.iter_mut().zip(words) {
                    *place = Some(word.hash);
                    // If it is kept itself, this is no news of it; else it is only part of others.
                    wanted.entry(word.hash).or_insert(Wanted { n_documents: 0, first: word.first });
                }
                runs.push(run);
            }
        }
        let mut first: Vec<u32> = wanted.values().map(|wanted| wanted.first).collect();
        first.sort_unstable();
        first.dedup();
        let analyzer = without_runs(&self.analyzer);
        KeptTerms { analyzer, pruning, wanted, runs, first, texts: Texts::default(), n_documents: 0 }
    }
}

/// The same analysis, but for runs of words.
fn without_runs(analyzer: &Analyzer) -> Analyzer {
    let analysis = *analyzer.analysis();
    let words = analysis.words.map(|n| n.min(1));
    Analyzer::try_from(Analysis { words, ..analysis }).unwrap_or(*analyzer)
}

impl Counter {
    fn add(&mut self, analyzer: &Analyzer, document: (u32, &str)) {
        let Self { numbering, reader, read, numbers, .. } = self;
        match read {
            Some(read) => {
                numbering.read(analyzer, document, reader, read.numbers());
                read.end_document();
            }
            None => {
                numbers.clear();
                numbering.read(analyzer, document, reader, numbers);
            }
        }
        while self.most > 0 && self.numbering.len() > self.most {
            self.n_lost += 1;
            self.numbering.terms().forget(self.n_lost);
            // It remembers numbers that others have now.
            self.reader = TermReader::default();
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
        let (wanted, analyzer) = (&self.wanted, self.analyzer);
        let read = |(mut found, mut scratch): (Texts, Scratch), &document: &u32| {
            analyzer.analyze(texts[(document - begun) as usize].as_ref(), &mut scratch, |term| {
                if wanted.get(&term.hash).is_some_and(|wanted| wanted.first == document) {
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
        let Self { pruning, wanted, runs, texts, n_documents, .. } = self;
        let of_run = |run: &Run| {
            let words = run.words.iter().flatten().filter_map(|word| texts.get(word));
            let words: Vec<&str> = words.map(|(_, text)| text.as_str()).collect();
            (run.n_documents, TermKind::Words, words.join(" "))
        };
        let is_frequent = |kind: TermKind, n: u32| pruning.least(kind) <= n;
        let frequent = runs.par_iter().filter(|run| is_frequent(TermKind::Words, run.n_documents));
        let mut terms: Vec<(u32, TermKind, String)> = frequent.map(of_run).collect();
        terms.extend(
            texts
                .into_iter()
                .map(|(hash, (kind, text))| (wanted[&hash].n_documents, kind, text))
                .filter(|(n, kind, _)| is_frequent(*kind, *n)),
        );
        if terms.is_empty() {
            return Err(VectorizerError::NoTerms { n_texts: n_documents as usize });
        }
        if let Some(max) = pruning.max_terms {
            terms.par_sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, &a.2).cmp(&(b.1, &b.2))));
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
