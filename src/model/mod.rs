//! A model: one vectorizer and the heads that share it; what it says of a comment, and why.
//!
//! Enters: a recipe's labelled comments ([`train`]) or a file ([`file`](mod@file)). Leaves: a [`Prediction`] for a text,
//! [`Evidence`] for it, or the file again.
//! Deliberately absent: reading comments and writing answers; a model sees one text at a time.

pub mod adapt;
mod derive;
mod embedded;
mod evidence;
pub mod file;
mod group;
mod head;
mod json;
mod prediction;
mod scorer;
mod spans;
pub mod train;

pub use evidence::{Evidence, TermEvidence, byte_weights};
pub use group::{Group, GroupError};
pub use head::{Link, ModelHead, Readout};
pub use json::{PredictionJson, write_probability};
pub use prediction::{HeadPrediction, Prediction};
pub use scorer::{Scorer, Workspace};
pub use spans::{WordWeight, carrying, word_weights};

use crate::counts::bag::Bag;
use crate::counts::vectorizer::Vectorizer;
use crate::counts::vocabulary::Vocabulary;
use crate::label::LabelId;
use crate::naive_bayes::NaiveBayes;
use crate::text::Analyzer;
use serde::{Deserialize, Serialize};

/// How many hexadecimal digits of its checksum name a model.
const HASH_DIGITS: usize = 12;

/// Vectorizer and heads.
#[derive(Debug, Clone)]
pub struct Model {
    about: About,
    hash: String,
    vectorizer: Vectorizer,
    groups: Vec<Group>,
    heads: Vec<ModelHead>,
    /// For each head of naive Bayes its classifiers, whose counts are what is kept; empty for other heads.
    classifiers: Vec<Vec<NaiveBayes>>,
    /// Where each group's columns begin among all columns.
    group_starts: Vec<usize>,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// The recipe's name.
    pub name: String,
    /// The recipe's version.
    pub version: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Seed of its folds.
    pub seed: u64,
    /// What it was trained on: each source's name, licence and number of comments.
    pub sources: Vec<SourceAbout>,
}

/// One source a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceAbout {
    /// The source's name in the recipe.
    pub name: String,
    /// Its licence, as the recipe states it.
    pub licence: String,
    /// How many comments it gave.
    pub n_comments: u64,
}

/// A target that no head of a model has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("model {model}: no head has target `{target}`, expected {}", expected(.known))]
pub struct UnknownTarget {
    model: String,
    target: String,
    known: Vec<String>,
}

fn expected(known: &[String]) -> String {
    match known {
        [] => "a model of stances".into(),
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

impl Model {
    /// The model with only those heads whose stance is toward `target`, in any case, and those without a target.
    ///
    /// It is for answering; it is not what was trained, although it goes by the same name.
    ///
    /// # Errors
    /// If no head has this target.
    pub fn toward(mut self, target: &str) -> Result<Self, UnknownTarget> {
        let same = |own: &str| own.to_lowercase() == target.trim().to_lowercase();
        let targets = self.targets();
        if !targets.iter().any(|own| same(own)) {
            let known = targets.into_iter().map(|own| format!("`{own}`")).collect();
            return Err(UnknownTarget { model: self.id(), target: target.to_owned(), known });
        }
        let keep: Vec<bool> = self.heads.iter().map(|h| h.head.target.as_deref().is_none_or(same)).collect();
        let mut kept = keep.iter();
        self.heads.retain(|_| kept.next().copied().unwrap_or_default());
        let mut kept = keep.iter();
        self.classifiers.retain(|_| kept.next().copied().unwrap_or_default());
        Ok(self)
    }

    /// What its heads take a stance toward, in their order, each once.
    pub fn targets(&self) -> Vec<&str> {
        let mut targets: Vec<&str> = Vec::new();
        for target in self.heads.iter().filter_map(|h| h.head.target.as_deref()) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    /// How texts become terms.
    pub fn analyzer(&self) -> &Analyzer {
        self.vectorizer.analyzer()
    }

    /// The terms it knows.
    pub fn vocabulary(&self) -> &Vocabulary {
        self.vectorizer.vocabulary()
    }

    /// Its heads, in the recipe's order.
    pub fn heads(&self) -> &[ModelHead] {
        &self.heads
    }

    /// The head of this name.
    pub fn head(&self, name: &str) -> Option<&ModelHead> {
        self.heads.iter().find(|h| h.head.name == name)
    }

    /// Sets from which probability on `label` holds; of two one-of labels the second has the threshold.
    ///
    /// # Errors
    /// If there is no such head, or its labels have no thresholds, as those of one-of heads of more than two.
    pub fn set_threshold(&mut self, head: &str, label: LabelId, threshold: f64) -> Result<(), String> {
        let known = self.heads.iter_mut().find(|h| h.head.name == head);
        let found = known.ok_or_else(|| format!("model {}: no head `{head}`", self.about.name))?;
        if !(0.0..=1.0).contains(&threshold) {
            return Err(format!("found threshold {threshold}, expected a probability from 0 to 1"));
        }
        let place = if found.is_two_way() { 0 } else { label.index() };
        let stored = found.readout.thresholds.get_mut(place);
        *stored.ok_or_else(|| {
            format!("head `{head}` decides by the most probable label, not by thresholds")
        })? = threshold;
        self.sign();
        Ok(())
    }

    /// Columns by shared weighting.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The first twelve hexadecimal digits of the SHA-256 of all it holds.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// `NAME@HASH`, which every answer carries.
    pub fn id(&self) -> String {
        format!("{}@{}", self.about.name, self.hash)
    }

    /// The statistics of a head of naive Bayes: one set for a one-of head, one a label for a yes/no-each head; none
    /// for a head that keeps no counts.
    pub fn classifiers(&self, head: usize) -> &[NaiveBayes] {
        &self.classifiers[head]
    }

    /// Checks that the parts fit and derives the weights of heads that keep counts.
    ///
    /// # Errors
    /// The name of the head that does not fit, and why.
    fn assemble(
        about: About,
        vectorizer: Vectorizer,
        mut groups: Vec<Group>,
        mut heads: Vec<ModelHead>,
        classifiers: Vec<Vec<NaiveBayes>>,
    ) -> Result<Self, (String, String)> {
        for (head, classifiers) in heads.iter_mut().zip(&classifiers) {
            head.check(groups.get(head.group)).map_err(|problem| (head.head.name.clone(), problem))?;
            if !classifiers.is_empty() {
                let columns = derive::columns(head.head.kind, classifiers);
                groups[head.group].derive(head.first_column, &columns.weights);
                head.bias = columns.bias;
            }
        }
        let group_starts = groups
            .iter()
            .scan(0, |next, group| {
                let start = *next;
                *next += group.n_columns();
                Some(start)
            })
            .collect();
        Ok(Self { about, hash: String::new(), vectorizer, groups, heads, classifiers, group_starts })
    }

    /// Room for the terms of a comment.
    fn bag(&self) -> Bag {
        Bag::new(self.vocabulary().len())
    }

    /// The column of `head` among the columns of all groups.
    fn first_column(&self, head: &ModelHead) -> usize {
        self.group_starts[head.group] + head.first_column
    }
}
