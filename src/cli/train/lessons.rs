//! What is learned from: the comments of a corpus, and those that follow from them.

use crate::corpus::{Corpus, LabelledComment, Recipe, Swaps};
use crate::label::Truth;
use crate::model::train::TrainingSet;
use std::borrow::Cow;

/// Texts with their labels, as training wants them.
pub(in crate::cli) struct Lessons<'a> {
    texts: Vec<Cow<'a, str>>,
    /// Of each head, those of each comment.
    pub(in crate::cli) truths: Vec<Vec<Option<Truth>>>,
    weights: Vec<f32>,
    folds: Vec<u16>,
    unjudged: Vec<bool>,
}

impl<'a> Lessons<'a> {
    pub(in crate::cli) fn new(recipe: &Recipe, corpus: &'a Corpus, folds: &[u16]) -> Self {
        let comments = &corpus.comments;
        let is_weak = |c: &LabelledComment| recipe.sources[usize::from(c.source_idx)].weak;
        let truths = |h: usize| comments.iter().map(|c| c.truths[h].clone()).collect();
        let mut lessons = Self {
            texts: comments.iter().map(|c| Cow::Borrowed(c.text.as_str())).collect(),
            truths: (0..recipe.heads.len()).map(truths).collect(),
            weights: comments.iter().map(|c| c.weight).collect(),
            folds: folds.to_vec(),
            unjudged: comments.iter().map(is_weak).collect(),
        };
        if recipe.swap_identities {
            lessons.swap_identities(comments);
        }
        lessons
    }

    /// Each comment that names a group again, naming others: they share its weight, and fall into its fold.
    fn swap_identities(&mut self, comments: &[LabelledComment]) {
        for (i, copies) in Swaps::like_terms().copies(comments) {
            self.weights[i] /= (1 + copies.len()) as f32;
            for text in copies {
                self.texts.push(Cow::Owned(text));
                self.truths.iter_mut().for_each(|truths| truths.push(truths[i].clone()));
                self.weights.push(self.weights[i]);
                self.folds.extend(self.folds.get(i).copied());
                self.unjudged.push(true);
            }
        }
    }

    pub(in crate::cli) fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(AsRef::as_ref).collect()
    }

    /// With its own [`texts`](Self::texts).
    pub(in crate::cli) fn set<'s>(&'s self, texts: &'s [&'s str]) -> TrainingSet<'s> {
        let Self { truths, weights, folds, unjudged, .. } = self;
        TrainingSet { texts, truths, weights, folds, unjudged }
    }
}
