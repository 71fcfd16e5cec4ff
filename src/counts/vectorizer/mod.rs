//! Counts the terms of texts: texts in, [`CountMatrix`] out.
//!
//! Terms outside the vocabulary are dropped, not mapped to an "unknown" term: naive Bayes would learn the rarity
//! of a comment instead of its content.
//! How a vocabulary is learned stands in [`learn`].

pub mod learn;
mod met;
mod read;
mod shares;

pub use read::ReadDocuments;
pub use shares::{Documents, Share};

use super::matrix::{CountMatrix, CountMatrixError};
use super::vocabulary::{Vocabulary, VocabularyError};
use crate::text::{Analyzer, TermKind};
use learn::TermFrequencies;
use serde::{Deserialize, Serialize};

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

impl Vectorizer {
    /// Puts together what a model file holds.
    pub fn new(analyzer: Analyzer, vocabulary: Vocabulary) -> Self {
        Self { analyzer, vocabulary }
    }

    /// Learns the vocabulary of `texts`, and keeps what was read of them: a number for each occurrence of a term.
    ///
    /// # Errors
    /// If no term is left after pruning, or there are too many.
    pub fn fit<T: AsRef<str> + Sync>(
        analyzer: Analyzer,
        texts: &[T],
        pruning: Pruning,
    ) -> Result<(Self, ReadDocuments), VectorizerError> {
        let mut frequencies = TermFrequencies::new(analyzer, None);
        let documents = frequencies.count_and_keep(texts);
        let mut terms = frequencies.prune(pruning);
        terms.read(texts);
        Ok((Self { analyzer, vocabulary: terms.vocabulary()? }, documents))
    }

    /// How texts become terms.
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The terms that are counted.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Counts the known terms of each document, shape `(n_documents, n_terms)`.
    ///
    /// # Errors
    /// If the counts make no matrix.
    pub fn counts<'t>(&self, documents: impl Into<Documents<'t>>) -> Result<CountMatrix, VectorizerError> {
        let parts = self.in_shares(documents, |share| share.counts());
        let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Ok(CountMatrix::empty(self.vocabulary.len()));
        }
        Ok(CountMatrix::concat(parts)?)
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
    use crate::text::{Analysis, Scratch};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn fit(texts: &[&str], analysis: Analysis, pruning: Pruning) -> Result<Vectorizer, VectorizerError> {
        Vectorizer::fit(Analyzer::try_from(analysis).unwrap(), texts, pruning)
            .map(|(vectorizer, _)| vectorizer)
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
        let counts = vectorizer.counts(["no way no how", "how", ""].as_slice()).unwrap();
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
            let counts = whole.counts(corpus.as_slice()).unwrap().select_rows(&part);
            let kept = pruning.keep(whole.vocabulary(), &counts.document_frequencies());
            let selected = whole.vocabulary().select(&kept);
            assert_eq!(texts(&direct), texts(&Vectorizer::new(*whole.analyzer(), selected)));
        }
    }

    proptest! {
        #[test]
        fn what_was_read_is_not_read_otherwise(
            texts in prop::collection::vec("([ab]{1,3}|no|NO|f.o|> |a b c|\u{fdfa})( ([ab]{1,2}|no+|é|4b)){0,6}", 1..40),
            words in 0..4_u8,
            shortest in 1..4_u8,
            characters in 0..4_u8,
            least in 1..3_u32,
        ) {
            let words = [words.min(shortest), words];
            let analysis = Analysis { words, characters: [characters.min(2), characters], ..Analysis::default() };
            let Ok(analyzer) = Analyzer::try_from(analysis) else { return Ok(()) };
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let pruning = Pruning { min_words: least, min_characters: least, max_terms: None };
            let Ok((vectorizer, read)) = Vectorizer::fit(analyzer, &texts, pruning) else { return Ok(()) };
            prop_assert_eq!(vectorizer.counts(&read).unwrap(), vectorizer.counts(texts.as_slice()).unwrap());
            // The vocabulary, found in the plain way.
            let mut plain: BTreeMap<(TermKind, String), BTreeSet<usize>> = BTreeMap::new();
            for (document, text) in texts.iter().enumerate() {
                analyzer.analyze(text, &mut Scratch::default(), |term| {
                    plain.entry((term.kind, term.text().to_owned())).or_default().insert(document);
                });
            }
            plain.retain(|_, documents| least as usize <= documents.len());
            let found = self::texts(&vectorizer);
            prop_assert_eq!(found, plain.keys().map(|(_, text)| text.as_str()).collect::<Vec<_>>());
        }
    }
}
