//! Counts the terms of texts: texts in, [`CountMatrix`] out.
//!
//! Terms outside the vocabulary are dropped, not mapped to an "unknown" term: naive Bayes would learn the rarity
//! of a comment instead of its content.
//! How a vocabulary is learned stands in [`learn`].

pub mod learn;

use super::bag::Bag;
use super::matrix::{CountMatrix, CountMatrixBuilder, CountMatrixError};
use super::vocabulary::{Vocabulary, VocabularyError};
use crate::text::{Analyzer, TermKind, TermReader};
use learn::TermFrequencies;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Which terms a vocabulary keeps.
///
/// | name | default | meaning | range |
/// | :-- | :-- | :-- | :-- |
/// | `min-words` | 2 | words and their runs that fewer documents have are dropped | `≥ 1` |
/// | `min-characters` | 3 | the same for character n-grams | `≥ 1` |
/// | `max-terms` | none | the most terms; those that most documents have are kept | `≥ 1` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Pruning {
    /// Words and their runs that fewer documents have are dropped.
    pub min_words: u32,
    /// Character n-grams that fewer documents have are dropped.
    pub min_characters: u32,
    /// The most terms; those that most documents have are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_terms: Option<usize>,
}

impl Default for Pruning {
    fn default() -> Self {
        Self { min_words: 2, min_characters: 3, max_terms: None }
    }
}

/// Why texts could not be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorizerError {
    /// Nothing is left after pruning.
    #[error(
        "no term stands in enough of {n_texts} texts, expected at least one: use more texts, or a smaller \
         `min-words` or `min-characters`"
    )]
    NoTerms {
        /// How many texts there were.
        n_texts: usize,
    },
    /// The terms make no vocabulary.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The counts make no matrix.
    #[error(transparent)]
    Matrix(#[from] CountMatrixError),
}

/// An analyser and the vocabulary learned with it.
#[derive(Debug, Clone)]
pub struct Vectorizer {
    analyzer: Analyzer,
    vocabulary: Vocabulary,
}

/// How many of so many texts are handed to a thread at once, if each thread is handed so many shares. Nothing that is
/// returned may depend on it.
fn share(n_texts: usize, n_shares: usize) -> usize {
    /// Fewer are not worth the hand-over.
    const FEWEST: usize = 256;
    n_texts.div_ceil(n_shares * rayon::current_num_threads()).max(FEWEST)
}

impl Vectorizer {
    /// Puts together what a model file holds.
    pub fn new(analyzer: Analyzer, vocabulary: Vocabulary) -> Self {
        Self { analyzer, vocabulary }
    }

    /// Learns the vocabulary of `texts`.
    ///
    /// # Errors
    /// If no term is left after pruning, or there are too many.
    pub fn fit<T: AsRef<str> + Sync>(
        analyzer: Analyzer,
        texts: &[T],
        pruning: Pruning,
    ) -> Result<Self, VectorizerError> {
        let mut frequencies = TermFrequencies::new(analyzer, None);
        frequencies.count(texts);
        let mut terms = frequencies.prune(pruning);
        terms.read(texts);
        Ok(Self { analyzer, vocabulary: terms.vocabulary()? })
    }

    /// How texts become terms.
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The terms that are counted.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Counts the known terms of `texts`, shape `(n_documents, n_terms)`.
    ///
    /// # Errors
    /// If the counts make no matrix.
    pub fn counts<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Result<CountMatrix, VectorizerError> {
        let parts = self.in_shares(texts, |share| share.counts());
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Ok(CountMatrix::empty(self.vocabulary.len()));
        }
        Ok(CountMatrix::concat(parts)?)
    }

    /// What `each` makes of some of `texts` at a time, on all cores; in order.
    pub fn in_shares<'t, T: AsRef<str> + Sync, R: Send>(
        &'t self,
        texts: &'t [T],
        each: impl Fn(Share<'t, T>) -> R + Sync,
    ) -> Vec<R> {
        // A few shares a thread, so that all end together; what a reader learns of one share serves the whole of it.
        let size = share(texts.len(), 4);
        let shares = texts.par_chunks(size).enumerate();
        shares.map(|(i, texts)| each(Share { vectorizer: self, texts, start: i * size })).collect()
    }

    fn bag(&self) -> Bag {
        Bag::new(self.vocabulary.len())
    }
}

/// Some of the texts that are counted.
#[derive(Debug, Clone, Copy)]
pub struct Share<'t, T> {
    vectorizer: &'t Vectorizer,
    texts: &'t [T],
    start: usize,
}

impl<T: AsRef<str>> Share<'_, T> {
    /// Where they stand among all.
    pub fn documents(&self) -> Range<usize> {
        self.start..self.start + self.texts.len()
    }

    /// Calls `each` with the known terms of each text, in order.
    pub fn each_bag(&self, mut each: impl FnMut(&Bag)) {
        let Vectorizer { analyzer, vocabulary } = self.vectorizer;
        let known = vocabulary.lookup();
        let (mut reader, mut bag) = (TermReader::default(), self.vectorizer.bag());
        for text in self.texts {
            bag.begin();
            analyzer.read_terms(text.as_ref(), &mut reader, &known, |kind, ids| bag.add(kind, ids));
            bag.complete();
            each(&bag);
        }
    }

    fn counts(&self) -> Result<CountMatrix, VectorizerError> {
        let mut builder = CountMatrixBuilder::new();
        let mut row = Vec::new();
        self.each_bag(|bag| {
            row.clear();
            row.extend(bag.iter());
            row.sort_unstable_by_key(|&(id, _)| id);
            builder.push_sorted_row(row.iter().copied());
        });
        Ok(builder.finish(self.vectorizer.vocabulary.len())?)
    }
}

impl Pruning {
    /// The fewest documents a term of this kind must stand in.
    pub fn least(&self, kind: TermKind) -> u32 {
        match kind {
            TermKind::Words => self.min_words,
            TermKind::Characters => self.min_characters,
        }
    }

    /// The ids of the terms to keep, ascending, of a vocabulary whose terms stand in this many documents each.
    ///
    /// What is kept is what [`Vectorizer::fit`] keeps of the same documents, so a fold's vocabulary can be had
    /// from the counts of the whole corpus without seeing the fold that is held out.
    pub fn keep(&self, vocabulary: &Vocabulary, frequencies: &[u32]) -> Vec<u32> {
        let mut ids: Vec<u32> = (0..vocabulary.len() as u32)
            .filter(|&id| frequencies[id as usize] >= self.least(vocabulary.kind(id)))
            .collect();
        if let Some(max) = self.max_terms
            && ids.len() > max
        {
            ids.sort_by_key(|&id| (std::cmp::Reverse(frequencies[id as usize]), id));
            ids.truncate(max);
            ids.sort_unstable();
        }
        ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analysis;

    fn fit(texts: &[&str], analysis: Analysis, pruning: Pruning) -> Result<Vectorizer, VectorizerError> {
        Vectorizer::fit(Analyzer::try_from(analysis).unwrap(), texts, pruning)
    }

    fn texts(vectorizer: &Vectorizer) -> Vec<&str> {
        let vocabulary = vectorizer.vocabulary();
        (0..vocabulary.len() as u32).map(|id| vocabulary.text(id)).collect()
    }

    const WORDS: Analysis =
        Analysis { words: [1, 1], characters: [0, 0], punctuation: true, readings: true, markers: true };

    #[test]
    fn rare_terms_are_dropped_by_the_documents_they_stand_in() {
        let corpus = ["no no no", "no way", "way out"];
        let all = Pruning { min_words: 1, ..Pruning::default() };
        assert_eq!(texts(&fit(&corpus, WORDS, all).unwrap()), ["no", "out", "way"]);
        assert_eq!(texts(&fit(&corpus, WORDS, Pruning::default()).unwrap()), ["no", "way"]);
        let one = Pruning { max_terms: Some(1), ..all };
        assert_eq!(texts(&fit(&corpus, WORDS, one).unwrap()), ["no"]);
    }

    #[test]
    fn unknown_terms_are_not_counted() {
        let vectorizer = fit(&["no no no", "no way", "way out"], WORDS, Pruning::default()).unwrap();
        let counts = vectorizer.counts(&["no way no how", "how", ""]).unwrap();
        assert_eq!(counts.n_documents(), 3);
        assert_eq!(counts.row(0).iter().collect::<Vec<_>>(), [(0, 2), (1, 1)]);
        assert_eq!(counts.row(1).iter().count(), 0);
    }

    #[test]
    fn when_nothing_is_left_the_error_says_what_to_do() {
        let error = fit(&["one", "two"], WORDS, Pruning::default()).unwrap_err();
        assert!(error.to_string().starts_with("no term stands in enough of 2 texts"), "{error}");
    }

    #[test]
    fn a_folds_vocabulary_can_be_had_from_the_whole() {
        let analysis = Analysis { characters: [2, 4], ..WORDS };
        let corpus = ["stop it now", "stop now", "it is now", "is it", "never stop", "never ever"];
        for max_terms in [None, Some(5)] {
            let pruning = Pruning { max_terms, ..Pruning::default() };
            let part = [0, 2, 3, 5];
            let direct = fit(&part.map(|i| corpus[i]), analysis, pruning).unwrap();
            let whole = fit(&corpus, analysis, Pruning { max_terms: None, ..pruning }).unwrap();
            let counts = whole.counts(&corpus).unwrap().select_rows(&part);
            let kept = pruning.keep(whole.vocabulary(), &counts.document_frequencies());
            let selected = whole.vocabulary().select(&kept);
            assert_eq!(texts(&direct), texts(&Vectorizer::new(*whole.analyzer(), selected)));
        }
    }
}
