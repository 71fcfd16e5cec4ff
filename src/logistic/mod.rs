//! The discriminative step: labelled [`WeightedMatrix`] in, a [`LinearModel`] out.
//!
//! Logistic regression on naive Bayes log-count ratios (Wang and Manning 2012, Baselines and Bigrams): every value
//! is multiplied by the ratio naive Bayes gives its term, and a regularised logistic regression corrects what
//! naive Bayes, which takes terms for independent, counts twice. The ratios are multiplied into the weights
//! afterwards, so the result is linear in the terms and evidence still adds up.
//!
//! 1. [`DesignMatrix`]: the documents laid out for the solver, once for all labels.
//! 2. [`ratios`](LogisticSettings::ratios): what naive Bayes says of each term.
//! 3. [`newton`]: the minimum, by truncated Newton steps.
//!
//! One model answers one yes/no question; several labels are several independent fits, in parallel by the caller.
//! Deliberately absent: randomness (the solver has none), calibration, the choice of `c`; but a whole path of
//! values of `c` is fitted at little more than the cost of one, see [`LogisticParams::fit_path`].

mod design;
mod newton;
mod ratios;

pub use design::DesignMatrix;

use newton::{Objective, Point, Stop};
use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::counts::weighted::WeightedMatrix;

/// The choices of logistic regression, as a recipe spells them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct LogisticSettings {
    /// What the losses weigh against the regularisation, positive: the larger, the closer to the training labels.
    pub c: f64,
    /// Whether values are multiplied by naive Bayes log-count ratios; if not, it is plain logistic regression.
    pub ratios: bool,
    /// Additive smoothing of the ratios, positive, in units of the weighted values.
    pub alpha: f64,
    /// How much of the learned weights is kept, 0 to 1; the rest is their mean magnitude, which is naive Bayes.
    /// The `β` of Wang and Manning (2012), equation 5.
    pub interpolation: f64,
    /// Whether both answers weigh the same in all, however rare one of them is.
    pub class_weight: ClassWeight,
    /// When to stop: at a gradient of this share of the first one, less for rare labels, as LIBLINEAR.
    pub tolerance: f64,
    /// The most Newton steps; a fit that needs more is returned as it is, and says so.
    pub max_iterations: usize,
}

impl Default for LogisticSettings {
    fn default() -> Self {
        Self {
            c: 1.0,
            ratios: true,
            alpha: 1.0,
            interpolation: 1.0,
            class_weight: ClassWeight::None,
            tolerance: 1e-3,
            max_iterations: 100,
        }
    }
}

/// What a document of either answer weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeight {
    /// 1.
    #[default]
    None,
    /// `n / (2 · number of documents with its answer)`.
    Balanced,
}

/// Checked [`LogisticSettings`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticParams(LogisticSettings);

/// What is wrong with the settings or the training data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LogisticError {
    /// A setting out of its range.
    #[error("`{name}`: found `{found}`, expected {expected}")]
    Setting {
        /// Its name in a recipe.
        name: &'static str,
        /// Its value.
        found: f64,
        /// Its range.
        expected: &'static str,
    },
    /// Answers or weights for another number of documents.
    #[error("found {found} {what}, expected {expected}, one a document")]
    Length {
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many documents there are.
        expected: usize,
    },
    /// A weight that is not a number from 0.
    #[error("document {document}: found weight `{found}`, expected a number from 0")]
    Weight {
        /// The row, from 0.
        document: usize,
        /// Its weight.
        found: f64,
    },
}

/// A fitted yes/no answer: `log-odds = bias + Σ value · weight`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    /// The log-odds of an empty document; not regularised.
    pub bias: f64,
    /// One a term, to be multiplied with the same weighted values the model was fitted on; ratios are included.
    pub weights: Vec<f64>,
    /// Newton steps it took.
    pub n_iterations: usize,
    /// Whether the stopping rule was met within [`LogisticSettings::max_iterations`].
    pub converged: bool,
}

impl LogisticSettings {
    /// Checks the range of each setting.
    ///
    /// # Errors
    /// If one is out of its range.
    pub fn check(self) -> Result<LogisticParams, LogisticError> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let checks = [
            ("c", self.c, positive(self.c), "a positive number"),
            ("alpha", self.alpha, positive(self.alpha), "a positive number"),
            ("interpolation", self.interpolation, share(self.interpolation), "a number from 0 to 1"),
            ("tolerance", self.tolerance, positive(self.tolerance), "a positive number"),
        ];
        match checks.into_iter().find(|check| !check.2) {
            Some((name, found, _, expected)) => Err(LogisticError::Setting { name, found, expected }),
            None => Ok(LogisticParams(self)),
        }
    }
}

impl LogisticParams {
    /// The choices.
    pub fn settings(&self) -> &LogisticSettings {
        &self.0
    }

    /// Minimises `½ |w|² + c Σ weight · ln (1 + exp(-y f))` with `f = bias + Σ value · ratio · w` and `y = ±1`.
    ///
    /// Without both answers there is nothing to learn: the weights are 0 and the bias is the log-odds of the
    /// answers, with half a document added to each side.
    ///
    /// ```
    /// use moderato::counts::matrix::CountMatrixBuilder;
    /// use moderato::counts::weighting::Weighting;
    /// use moderato::logistic::{DesignMatrix, LogisticSettings};
    ///
    /// let mut builder = CountMatrixBuilder::new();
    /// builder.push_row([(0, 2), (1, 1)]);
    /// builder.push_row([(1, 1), (2, 1)]);
    /// let counts = builder.finish(3)?;
    /// let design = DesignMatrix::from(Weighting::default().fit(&counts).weigh(counts));
    /// let model = LogisticSettings::default().check()?.fit(&design, &[true, false], None)?;
    /// assert!(model.weights[0] > 0.0 && model.weights[2] < 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there is not one answer (and weight) a document, or a weight is negative or not finite.
    pub fn fit(
        &self,
        design: &DesignMatrix,
        truth: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<LinearModel, LogisticError> {
        let mut path = self.fit_path(design, truth, weights, &[self.0.c])?;
        Ok(path.remove(0))
    }

    /// As [`fit`](Self::fit) for each of `path` instead of [`c`](LogisticSettings::c), each starting where the last
    /// one ended; in ascending order that is fastest.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), or if a value of the path is not positive.
    pub fn fit_path(
        &self,
        design: &DesignMatrix,
        truth: &[bool],
        weights: Option<&[f64]>,
        path: &[f64],
    ) -> Result<Vec<LinearModel>, LogisticError> {
        path.iter().try_for_each(|&c| LogisticSettings { c, ..self.0 }.check().map(|_| ()))?;
        let weights = document_weights(design.n_documents(), truth, weights)?;
        let sums = ClassSums::of(truth, &weights);
        if sums.yes == 0.0 || sums.no == 0.0 {
            let bias = libm::log((sums.yes + 0.5) / (sums.no + 0.5));
            let weights = vec![0.0; design.n_terms()];
            return Ok(vec![LinearModel { bias, weights, n_iterations: 0, converged: true }; path.len()]);
        }
        let scale = self.0.ratios.then(|| ratios::log_count_ratios(design, truth, &weights, self.0.alpha));
        let costs = self.costs(truth, &weights, sums);
        let mut point = Point::at_log_odds(design, ClassSums::of(truth, &costs).log_odds());
        let fit_one = |&c: &f64| {
            let objective = Objective::new(design, scale.as_deref(), truth, &costs, c);
            let stop = Stop { tolerance: self.0.tolerance, max_iterations: self.0.max_iterations };
            let (n_iterations, converged) = objective.minimise(&mut point, &stop);
            let weights = self.term_weights(design, scale.as_deref(), &point);
            LinearModel { bias: point.bias, weights, n_iterations, converged }
        };
        Ok(path.iter().map(fit_one).collect())
    }

    /// What each document's loss is multiplied with, before `c`.
    fn costs(&self, truth: &[bool], weights: &[f64], sums: ClassSums) -> Vec<f64> {
        let (yes, no) = match self.0.class_weight {
            ClassWeight::None => (1.0, 1.0),
            ClassWeight::Balanced => {
                let half = (sums.yes + sums.no) / 2.0;
                (half / sums.yes, half / sums.no)
            }
        };
        truth.iter().zip(weights).map(|(&truth, weight)| weight * if truth { yes } else { no }).collect()
    }

    /// Weights of the terms in the vocabulary's order, ratios multiplied in.
    fn term_weights(&self, design: &DesignMatrix, scale: Option<&[f64]>, point: &Point) -> Vec<f64> {
        let beta = self.0.interpolation;
        let magnitude: f64 = point.weights.iter().map(|w| w.abs()).sum();
        let mean = magnitude / point.weights.len().max(1) as f64;
        let kept = point.weights.iter().map(|w| (1.0 - beta) * mean + beta * w);
        match scale {
            Some(scale) => design.in_vocabulary_order(kept.zip(scale).map(|(w, ratio)| w * ratio)),
            None => design.in_vocabulary_order(point.weights.iter().copied()),
        }
    }
}

/// Total weight of the documents of either answer.
#[derive(Debug, Clone, Copy)]
struct ClassSums {
    yes: f64,
    no: f64,
}

impl ClassSums {
    fn of(truth: &[bool], weights: &[f64]) -> Self {
        let sum =
            |answer| truth.iter().zip(weights).filter(|pair| *pair.0 == answer).map(|pair| pair.1).sum();
        Self { yes: sum(true), no: sum(false) }
    }

    fn log_odds(self) -> f64 {
        libm::log(self.yes / self.no)
    }
}

/// One weight a document: those given, or 1.
fn document_weights(
    n_documents: usize,
    truth: &[bool],
    weights: Option<&[f64]>,
) -> Result<Vec<f64>, LogisticError> {
    let lengths = [("answers", truth.len()), ("weights", weights.map_or(n_documents, <[f64]>::len))];
    if let Some((what, found)) = lengths.into_iter().find(|length| length.1 != n_documents) {
        return Err(LogisticError::Length { what, found, expected: n_documents });
    }
    let weights = weights.map_or_else(|| vec![1.0; n_documents], <[f64]>::to_vec);
    match weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
        Some(document) => Err(LogisticError::Weight { document, found: weights[document] }),
        None => Ok(weights),
    }
}
