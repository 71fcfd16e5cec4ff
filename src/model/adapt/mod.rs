//! A model of a community's own: a base model and what the community decided in, a model out.
//!
//! A head of naive Bayes adds the decisions' counts to its own, exactly, so that subtracting them gives the model
//! before, byte for byte (`counts`). A head that keeps weights only is changed in three steps, each of which is drawn
//! to no change at all: its column becomes a mixture of the columns of all heads, for what one community calls toxic
//! another calls an insult (`mixture`); a logistic regression with the mixture's log-odds as offset adds weights of
//! the community's own (`difference`); and the calibration is bent, since communities differ less in which comment is
//! worse than in how much they bear (`readout`). Each column stays a sum of weights, so evidence adds up as before.
//! Words that only this community uses join the vocabulary first (`widen`).
//!
//! How strongly decisions count is chosen by cross-validation among strengths that include none at all, and a change
//! must lower the loss by more than chance would: what decisions do not improve stays as it is.
//! Deliberately absent: where decisions are kept ([`crate::server`]), and reading them.

mod counts;
mod difference;
mod folds;
mod mixture;
mod readout;
mod widen;

use super::GroupError;
use super::{Model, Prediction, SourceAbout};
use crate::counts::vectorizer::VectorizerError;
use crate::counts::weighting::WeightingError;
use crate::logistic::LogisticError;
use crate::naive_bayes::NaiveBayesError;

/// A label of a head: a yes/no answer. Of a head with two labels only the second can be learned, which says what the
/// first is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// The head's position in the model.
    pub head: usize,
    /// The label that it speaks for.
    pub label: usize,
}

impl Column {
    /// What the model says of it.
    ///
    /// # Panics
    /// If the prediction is of a model that has no such column.
    pub fn probability(self, prediction: &Prediction) -> f64 {
        prediction.heads[self.head].probabilities[self.label]
    }
}

/// A comment, and what was decided of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lesson<'a> {
    /// Its text.
    pub text: &'a str,
    /// From 0, the label does not hold, to 1, it does; between them for answers that are shares.
    pub truth: f64,
    /// How much it counts; a whole number for a head of naive Bayes.
    pub weight: f64,
}

/// How to learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptSettings {
    /// How strongly a lesson counts: for a head of naive Bayes how many times, a whole number; else what its loss
    /// weighs against the difference to the base. Chosen by cross-validation where it is not given.
    pub strength: Option<f64>,
    /// Parts of cross-validation, at least 2.
    pub n_folds: u16,
    /// Where what is drawn by lot begins.
    pub seed: u64,
    /// Terms that the base does not know join the vocabulary if at least so many lessons have them; 0 for none.
    pub min_new: u32,
}

impl Default for AdaptSettings {
    fn default() -> Self {
        Self { strength: None, n_folds: 5, seed: 1, min_new: 3 }
    }
}

/// What was learned of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// Which column.
    pub column: Column,
    /// The strength that was used; 0 for nothing learned.
    pub strength: f64,
    /// Each strength that was tried, with its cross-validated log loss.
    pub trials: Vec<(f64, f64)>,
    /// What the base says of each lesson: log-odds before calibration.
    pub before: Vec<f64>,
    /// What a model says of each lesson that did not learn from it.
    pub out_of_fold: Vec<f64>,
    /// Whether the column is now a mixture of columns.
    pub is_mixed: bool,
    /// Whether the threshold was chosen anew.
    pub has_new_threshold: bool,
}

/// A base model with what it learned.
#[derive(Debug)]
pub struct Adapted {
    /// The model.
    pub model: Model,
    /// For each task what was learned.
    pub learned: Vec<Learned>,
    /// How many terms joined the vocabulary.
    pub n_new_terms: usize,
}

/// Why nothing could be learned.
#[derive(Debug, thiserror::Error)]
pub enum AdaptError {
    /// No lessons.
    #[error("column `{0}`: found no decisions to learn from, expected at least one with its text")]
    NoLessons(String),
    /// A column that is not there.
    #[error("model {model}: no label {label} of head {head}")]
    NoColumn {
        /// The model.
        model: String,
        /// The head's position.
        head: usize,
        /// The label's position.
        label: usize,
    },
    /// A lesson that naive Bayes cannot count.
    #[error("found {what} {found}, expected {expected}, since naive Bayes keeps whole counts")]
    NotWhole {
        /// What of the lesson.
        what: &'static str,
        /// Its value.
        found: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// A number out of its range.
    #[error("found {what} {found}, expected {expected}")]
    Range {
        /// Which.
        what: &'static str,
        /// Its value.
        found: f64,
        /// Its range.
        expected: &'static str,
    },
    /// No counts of texts.
    #[error(transparent)]
    Vectorizer(#[from] VectorizerError),
    /// No weighting.
    #[error(transparent)]
    Weighting(#[from] WeightingError),
    /// No weights.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// No difference.
    #[error(transparent)]
    Logistic(#[from] LogisticError),
    /// No sums of counts.
    #[error(transparent)]
    NaiveBayes(#[from] NaiveBayesError),
    /// Parts that do not fit.
    #[error("head `{0}`: {1}")]
    Head(String, String),
}

/// A column and the lessons about it.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The column.
    pub column: Column,
    /// What was decided.
    pub lessons: Vec<Lesson<'a>>,
}

impl Model {
    /// The model of a community: this one, and what each task teaches.
    ///
    /// The same lessons in the same order give the same model. Name and sources are for the caller to set, with
    /// [`renamed`](Self::renamed).
    ///
    /// ```
    /// use moderato::model::Model;
    /// use moderato::model::adapt::{AdaptSettings, Column, Lesson, Task};
    ///
    /// let base = Model::embedded()?;
    /// // The first label of the second head: toxicity.
    /// let column = Column { head: 1, label: 0 };
    /// let lesson = |text, truth| Lesson { text, truth, weight: 1.0 };
    /// let lessons = vec![lesson("a fine goal", 0.0), lesson("a schwalbe if ever there was one", 1.0)];
    /// let settings = AdaptSettings { strength: Some(10.0), min_new: 1, ..AdaptSettings::default() };
    /// let adapted = base.adapt(&[Task { column, lessons }], &settings)?;
    /// let of = |model: &Model| model.log_odds(column, "what a schwalbe");
    /// assert!(of(&adapted.model) > of(&base));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If a task has no lessons or a column that is not there, or a number is out of its range.
    pub fn adapt(&self, tasks: &[Task<'_>], settings: &AdaptSettings) -> Result<Adapted, AdaptError> {
        for task in tasks {
            self.check(task, settings)?;
        }
        let texts: Vec<&str> = tasks.iter().flat_map(|task| task.lessons.iter().map(|l| l.text)).collect();
        let mut model = self.widened(&texts, settings.min_new)?;
        let n_new_terms = model.vocabulary().len() - self.vocabulary().len();
        let mut learned = Vec::new();
        for task in tasks {
            learned.push(match model.classifiers[task.column.head].is_empty() {
                true => model.learn_difference(task, settings)?,
                false => model.learn_counts_of(task, settings)?,
            });
        }
        model.sign();
        Ok(Adapted { model, learned, n_new_terms })
    }

    /// The same model under another name, with one more source.
    #[must_use]
    pub fn renamed(mut self, name: &str, source: SourceAbout) -> Self {
        name.clone_into(&mut self.about.name);
        self.about.sources.push(source);
        self.sign();
        self
    }

    /// The name of a column's label.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column_name(&self, column: Column) -> &str {
        &self.heads[column.head].head.labels.names()[column.label]
    }

    /// The log-odds of a column before calibration.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn log_odds(&self, column: Column, text: &str) -> f64 {
        let head = &self.heads[column.head];
        self.evidence(head, text)[self.place(column)].log_odds
    }

    /// The probability that log-odds of a column stand for, by that column's calibration alone.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column_probability(&self, column: Column, log_odds: f64) -> f64 {
        self.heads[column.head].readout.calibrations[self.place(column)].probability(log_odds)
    }

    /// Where a column lies among those of its head.
    fn place(&self, column: Column) -> usize {
        if self.heads[column.head].is_two_way() { 0 } else { column.label }
    }

    fn check(&self, task: &Task<'_>, settings: &AdaptSettings) -> Result<(), AdaptError> {
        let Column { head, label } = task.column;
        let known = self.heads.get(head).is_some_and(|h| match h.is_two_way() {
            true => label == 1,
            false => label < h.n_columns(),
        });
        if !known {
            return Err(AdaptError::NoColumn { model: self.id(), head, label });
        }
        if task.lessons.is_empty() {
            return Err(AdaptError::NoLessons(self.column_name(task.column).to_owned()));
        }
        let range = |what, found, expected| Err(AdaptError::Range { what, found, expected });
        for lesson in &task.lessons {
            if !(0.0..=1.0).contains(&lesson.truth) {
                return range("truth", lesson.truth, "a number from 0 to 1");
            }
            if !(lesson.weight.is_finite() && lesson.weight >= 0.0) {
                return range("weight", lesson.weight, "a number from 0");
            }
        }
        match settings.strength {
            Some(s) if !(s.is_finite() && s >= 0.0) => range("strength", s, "a number from 0"),
            _ if settings.n_folds < 2 => range("folds", settings.n_folds.into(), "at least 2"),
            _ => Ok(()),
        }
    }
}
