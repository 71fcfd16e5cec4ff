//! New terms for a model: those that a community uses and the base never saw.

use super::AdaptError;
use crate::counts::vectorizer::{Pruning, Vectorizer, VectorizerError};
use crate::counts::vocabulary::{Vocabulary, VocabularyError};
use crate::model::{Group, Model};
use crate::text::TermKind;
use crate::text::ngrams::term_hash;
use ndarray::Array2;

/// The most terms of the community's texts that are looked at.
const MOST_TERMS: usize = 200_000;

impl Model {
    /// The same model with terms that at least `least` of `texts` have and it does not know; they weigh nothing yet,
    /// and are as rare as its rarest.
    ///
    /// A comment with such terms may be answered a little differently, for they have a share in its length. A model
    /// with a head of naive Bayes keeps its vocabulary: its smoothing counts the terms there are, and what is
    /// subtracted from it must leave it as it was.
    pub(super) fn widened(&self, texts: &[&str], least: u32) -> Result<Self, AdaptError> {
        let keeps_counts = self.classifiers.iter().any(|classifiers| !classifiers.is_empty());
        if least == 0 || keeps_counts {
            return Ok(self.clone());
        }
        let pruning = Pruning { min_words: least, min_characters: least, max_terms: Some(MOST_TERMS) };
        let theirs = match Vectorizer::fit(*self.analyzer(), texts, pruning) {
            Ok((vectorizer, _)) => vectorizer,
            Err(VectorizerError::NoTerms { .. }) => return Ok(self.clone()),
            Err(error) => return Err(error.into()),
        };
        let old = self.vocabulary();
        let terms = |vocabulary: &Vocabulary| -> Vec<(TermKind, String)> {
            (0..vocabulary.len() as u32)
                .map(|id| (vocabulary.kind(id), vocabulary.text(id).to_owned()))
                .collect()
        };
        let is_new = |(kind, text): &(TermKind, String)| old.id(term_hash(*kind, text)).is_none();
        let mut new: Vec<(TermKind, String)> =
            terms(theirs.vocabulary()).into_iter().filter(is_new).collect();
        let vocabulary = loop {
            if new.is_empty() {
                return Ok(self.clone());
            }
            match Vocabulary::from_terms(terms(old).into_iter().chain(new.iter().cloned()).collect()) {
                // A new term that the index takes for another one stays outside.
                Err(VocabularyError::Collision(a, b)) => {
                    let before = new.len();
                    new.retain(|(_, text)| *text != a && *text != b);
                    if new.len() == before {
                        return Err(VectorizerError::from(VocabularyError::Collision(a, b)).into());
                    }
                }
                other => break other.map_err(VectorizerError::from)?,
            }
        };
        let places: Vec<u32> =
            terms(old).iter().filter_map(|(kind, text)| vocabulary.id(term_hash(*kind, text))).collect();
        debug_assert_eq!(places.len(), old.len());
        let wide = Wide { old, new: &vocabulary, places: &places };
        let groups = self.groups.iter().map(|group| wide.group(group)).collect::<Result<Vec<_>, _>>()?;
        let vectorizer = Vectorizer::new(*self.analyzer(), vocabulary);
        Self::assemble(self.about.clone(), vectorizer, groups, self.heads.clone(), self.classifiers.clone())
            .map_err(|(head, problem)| AdaptError::Head(head, problem))
    }
}

/// Two vocabularies, and where each term of the old one lies in the new one.
struct Wide<'a> {
    old: &'a Vocabulary,
    new: &'a Vocabulary,
    places: &'a [u32],
}

impl Wide<'_> {
    fn group(&self, group: &Group) -> Result<Group, AdaptError> {
        let old = group.columns();
        let mut columns = Array2::zeros((self.new.len(), group.n_columns()));
        for (row, &place) in old.rows().into_iter().zip(self.places) {
            columns.row_mut(place as usize).assign(&row);
        }
        let idf = self.idf(&group.idf());
        Ok(Group::fitted(group.weighting(), group.is_apart(), Some(&idf), &columns)?)
    }

    /// The factors of the old terms, and for new ones that of the rarest old one of their kind.
    fn idf(&self, old: &[f32]) -> Vec<f32> {
        let split = self.old.n_characters() as usize;
        let rarest = |part: &[f32]| part.iter().copied().fold(1.0, f32::max);
        let of_kind = [rarest(&old[..split]), rarest(&old[split..])];
        let n_characters = self.new.n_characters() as usize;
        let mut new: Vec<f32> =
            (0..self.new.len()).map(|id| of_kind[usize::from(id >= n_characters)]).collect();
        old.iter().zip(self.places).for_each(|(&idf, &place)| new[place as usize] = idf);
        new
    }
}
