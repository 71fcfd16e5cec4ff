//! The discriminative step: labelled [`WeightedMatrix`] in, a [`LinearModel`] out.
//!
//! Logistic regression on naive Bayes log-count ratios (Wang and Manning 2012, Baselines and Bigrams): every value
//! is multiplied by the ratio naive Bayes gives its term, and a regularised logistic regression corrects what
//! naive Bayes, which takes terms for independent, counts twice. The ratios are multiplied into the weights
//! afterwards, so the result is linear in the terms and evidence still adds up.
//!
//! 1. `ratios`: what naive Bayes says of each term.
//! 2. `dual`: the minimum, by dual coordinate descent.
//!
//! One model answers one yes/no question. Several labels, folds or settings are independent fits: they share the
//! matrix and are run side by side by the caller, which uses the cores better than one fit could.
//! Deliberately absent: calibration, and the choice of `c`; but see [`LogisticParams::fit_path`].
//! What ratios, norms and weightings are worth, measured by cross-validation, stands in `training/IDEAS.md`.

mod dual;
mod ratios;

use crate::counts::weighted::WeightedMatrix;
use dual::{Problem, Solution, Stop};
use serde::{Deserialize, Serialize};

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
    /// When to stop: when the documents' pulls on the weights differ from what the weights ask of them by less than
    /// this share of the rarer answer, in all.
    pub tolerance: f64,
    /// The most passes over the documents; a fit that needs more is returned as it is, and says so.
    pub max_passes: usize,
    /// Decides in which order the documents are visited.
    pub seed: u64,
}

impl Default for LogisticSettings {
    fn default() -> Self {
        Self {
            c: 1.0,
            ratios: true,
            alpha: 1.0,
            interpolation: 1.0,
            class_weight: ClassWeight::None,
            tolerance: 0.01,
            max_passes: 200,
            seed: 0,
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
    #[error("`{name}`: found `{found:?}`, expected {expected}")]
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
    /// An offset that is no number.
    #[error("document {document}: found offset `{found}`, expected a finite number")]
    Offset {
        /// The row, from 0.
        document: usize,
        /// Its offset.
        found: f64,
    },
}

/// What documents are, what each counts, and what is said of them already.
#[derive(Debug, Clone, Copy)]
pub struct Answers<'a> {
    /// Whether the answer is yes, one a document.
    pub truth: &'a [bool],
    /// One a document; 1 where none are given.
    pub weights: Option<&'a [f64]>,
    /// Log-odds that the fit is added to, one a document; 0 where none are given.
    pub offsets: Option<&'a [f64]>,
}

/// A fitted yes/no answer: `log-odds = bias + Σ value · weight`.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    /// The log-odds of an empty document; not regularised.
    pub bias: f64,
    /// One a term, to be multiplied with the same weighted values the model was fitted on; ratios are included.
    pub weights: Vec<f64>,
    /// Passes over the documents it took.
    pub n_passes: usize,
    /// Whether the stopping rule was met within [`LogisticSettings::max_passes`].
    pub converged: bool,
}

impl LinearModel {
    /// The mean of models of the same terms: linear again, so evidence adds up as before.
    ///
    /// # Panics
    /// If there is none, or they differ in the number of terms.
    pub fn mean(models: &[Self]) -> Self {
        let mut mean = models.first().expect("a mean of at least one model").clone();
        for other in &models[1..] {
            assert_eq!(mean.weights.len(), other.weights.len(), "models of the same terms");
            mean.bias += other.bias;
            mean.weights.iter_mut().zip(&other.weights).for_each(|(sum, weight)| *sum += weight);
            mean.n_passes = mean.n_passes.max(other.n_passes);
            mean.converged &= other.converged;
        }
        let n = models.len() as f64;
        mean.bias /= n;
        mean.weights.iter_mut().for_each(|weight| *weight /= n);
        mean
    }
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
            ("c", self.c, (1e-9..=1e9).contains(&self.c), "a number from 1e-9 to 1e9"),
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
    /// use moderato::logistic::LogisticSettings;
    ///
    /// let mut builder = CountMatrixBuilder::new();
    /// builder.push_row([(0, 2), (1, 1)]);
    /// builder.push_row([(1, 1), (2, 1)]);
    /// let counts = builder.finish(3)?;
    /// let matrix = Weighting::default().fit(&counts).weigh(counts);
    /// let model = LogisticSettings::default().check()?.fit(&matrix, &[true, false], None)?;
    /// assert!(model.weights[0] > 0.0 && model.weights[2] < 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there is not one answer (and weight) a document, or a weight is negative or not finite.
    pub fn fit(
        &self,
        matrix: &WeightedMatrix,
        truth: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<LinearModel, LogisticError> {
        let mut path = self.fit_path(matrix, truth, weights, &[self.0.c])?;
        Ok(path.remove(0))
    }

    /// As [`fit`](Self::fit) for each of `path` instead of [`c`](LogisticSettings::c), each starting where the last
    /// one ended; in ascending order that takes
    /// fewer passes than as many fits from the start.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), or if a value of the path is not positive.
    pub fn fit_path(
        &self,
        matrix: &WeightedMatrix,
        truth: &[bool],
        weights: Option<&[f64]>,
        path: &[f64],
    ) -> Result<Vec<LinearModel>, LogisticError> {
        self.fit_path_onto(matrix, &Answers { truth, weights, offsets: None }, path)
    }

    /// As [`fit_path`](Self::fit_path), on top of what is said of each document already: `f = offset + bias + …`.
    ///
    /// What is learned is the difference, and regularisation draws it to none. Without both answers there is no
    /// difference to learn.
    ///
    /// # Errors
    /// As [`fit_path`](Self::fit_path), or if there is not one finite offset a document.
    pub fn fit_path_onto(
        &self,
        matrix: &WeightedMatrix,
        answers: &Answers<'_>,
        path: &[f64],
    ) -> Result<Vec<LinearModel>, LogisticError> {
        path.iter().try_for_each(|&c| LogisticSettings { c, ..self.0 }.check().map(|_| ()))?;
        let Answers { truth, weights, offsets } = *answers;
        let weights = document_weights(matrix.n_documents(), truth, weights)?;
        check_offsets(matrix.n_documents(), offsets)?;
        let sums = ClassSums::of(truth, &weights);
        if sums.yes == 0.0 || sums.no == 0.0 {
            let bias = match offsets {
                None => libm::log((sums.yes + 0.5) / (sums.no + 0.5)),
                Some(_) => 0.0,
            };
            let weights = vec![0.0; matrix.n_terms()];
            return Ok(vec![LinearModel { bias, weights, n_passes: 0, converged: true }; path.len()]);
        }
        let problem = Problem { matrix, truth, costs: &weights, offsets };
        let ratios = self.0.ratios.then(|| ratios::log_count_ratios(&problem, self.0.alpha));
        let costs = self.costs(truth, &weights, sums);
        let problem = Problem { costs: &costs, ..problem };
        let log_odds = match offsets {
            None => ClassSums::of(truth, &costs).log_odds(),
            Some(_) => 0.0,
        };
        let mut solution = Solution::start(&problem, ratios.as_deref(), log_odds, self.0.seed);
        let stop = Stop { tolerance: self.0.tolerance, max_passes: self.0.max_passes };
        let fit_one = |&c: &f64| {
            let (n_passes, converged) = solution.minimise(&problem, c, &stop);
            let weights = self.interpolated(solution.weights().collect(), ratios.as_deref());
            LinearModel { bias: solution.bias, weights, n_passes, converged }
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

    /// `ratio · ((1 - β) · mean |w| + β · w)`, from weights that are `ratio · w`; the mean is over terms with a ratio.
    fn interpolated(&self, mut weights: Vec<f64>, ratios: Option<&[f64]>) -> Vec<f64> {
        let beta = self.0.interpolation;
        let Some(ratios) = ratios.filter(|_| beta < 1.0) else { return weights };
        let magnitudes = weights.iter().zip(ratios).filter(|pair| *pair.1 != 0.0).map(|(u, r)| (u / r).abs());
        let (n, sum) = magnitudes.fold((0u32, 0.0), |(n, sum), magnitude| (n + 1, sum + magnitude));
        let mean = if n == 0 { 0.0 } else { sum / f64::from(n) };
        weights.iter_mut().zip(ratios).for_each(|(u, r)| *u = (1.0 - beta) * mean * r + beta * *u);
        weights
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

/// Whether there is one finite offset a document, if any.
fn check_offsets(n_documents: usize, offsets: Option<&[f64]>) -> Result<(), LogisticError> {
    let Some(offsets) = offsets else { return Ok(()) };
    if offsets.len() != n_documents {
        let what = "offsets";
        return Err(LogisticError::Length { what, found: offsets.len(), expected: n_documents });
    }
    match offsets.iter().position(|offset| !offset.is_finite()) {
        Some(document) => Err(LogisticError::Offset { document, found: offsets[document] }),
        None => Ok(()),
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
