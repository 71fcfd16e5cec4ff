//! The answers of a one-of head together: a score a class in, probabilities that sum to 1 out.

use super::softmax;
use super::{Calibration, CalibrationError, LEAST, Method, Scored, folds};
use crate::label::LabelId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// From a score a class to probabilities. Which scores is the caller's choice, as long as it stays with it: joint
/// log likelihoods, or the log-odds of one regression a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum ClassCalibration {
    /// `exp(slope · s_c + offset_c)`, divided by their sum.
    ///
    /// Temperature scaling (Guo et al. 2017) where the offsets are 0, else with bias correction (Alexandari,
    /// Kundaje and Shrikumar 2020).
    Softmax {
        /// From 0; 1 over the temperature.
        slope: f64,
        /// One a class.
        offsets: Vec<f64>,
    },
    /// Each class against the rest on its own, then divided by their sum.
    ///
    /// The order of the classes may then differ from that of the scores.
    OneVsRest {
        /// One a class.
        classes: Vec<Calibration>,
    },
}

/// Which [`ClassCalibration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassMethod {
    /// [`ClassCalibration::Softmax`] without offsets.
    Temperature,
    /// [`ClassCalibration::Softmax`].
    BiasCorrected,
    /// [`ClassCalibration::OneVsRest`] of Platt's curves.
    Platt,
    /// [`ClassCalibration::OneVsRest`] of beta curves.
    Beta,
    /// [`ClassCalibration::OneVsRest`] of isotonic curves.
    Isotonic,
}

impl ClassMethod {
    /// All of them, from the stiffest to the most pliable; of equals, the stiffer is chosen.
    pub const ALL: [Self; 5] =
        [Self::Temperature, Self::BiasCorrected, Self::Platt, Self::Beta, Self::Isotonic];

    /// Its name in recipes and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::BiasCorrected => "bias-corrected",
            Self::Platt => "platt",
            Self::Beta => "beta",
            Self::Isotonic => "isotonic",
        }
    }
}

impl fmt::Display for ClassMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Scores of documents the model was not fitted on, with the class of each.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredClasses {
    pub(super) n_classes: usize,
    /// One row of scores a document.
    scores: Vec<f64>,
    truth: Vec<LabelId>,
    weights: Vec<f64>,
}

impl ScoredClasses {
    /// Takes a row of `n_classes` scores and a label a document; weights are 1, if not given.
    ///
    /// # Errors
    /// If the lengths differ, a score is not finite, a label is not below `n_classes`, or a weight is not a number
    /// from 0.
    pub fn new(
        n_classes: usize,
        scores: &[f64],
        truth: &[LabelId],
        weights: Option<&[f64]>,
    ) -> Result<Self, CalibrationError> {
        let expected = truth.len() * n_classes;
        if scores.len() != expected {
            return Err(CalibrationError::Length { what: "scores", found: scores.len(), expected });
        }
        if let Some(document) = truth.iter().position(|label| label.index() >= n_classes) {
            let label = truth[document].0;
            return Err(CalibrationError::UnknownLabel { document, label, n_classes });
        }
        if let Some(cell) = scores.iter().position(|score| !score.is_finite()) {
            return Err(CalibrationError::LogOdds { document: cell / n_classes, found: scores[cell] });
        }
        let first_scores: Vec<f64> = scores.chunks(n_classes.max(1)).map(|row| row[0]).collect();
        let checked = Scored::new(&first_scores, &vec![false; truth.len()], weights)?;
        Ok(Self { n_classes, scores: scores.to_vec(), truth: truth.to_vec(), weights: checked.weights })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&[f64], LabelId, f64)> {
        let rows = self.scores.chunks(self.n_classes.max(1)).zip(&self.truth).zip(&self.weights);
        rows.map(|((scores, &truth), &weight)| (scores, truth, weight))
    }

    fn select(&self, documents: impl Fn(usize) -> bool) -> Self {
        let mut selected =
            Self { n_classes: self.n_classes, scores: Vec::new(), truth: Vec::new(), weights: Vec::new() };
        for (_, (scores, truth, weight)) in self.rows().enumerate().filter(|row| documents(row.0)) {
            selected.scores.extend_from_slice(scores);
            selected.truth.push(truth);
            selected.weights.push(weight);
        }
        selected
    }

    fn against_the_rest(&self, class: usize) -> Scored {
        Scored {
            log_odds: self.rows().map(|row| row.0[class]).collect(),
            truth: self.rows().map(|row| row.1.index() == class).collect(),
            weights: self.weights.clone(),
        }
    }

    /// Total weight, and mean of `-ln P(truth)` under `calibration`.
    fn log_loss(&self, calibration: &ClassCalibration) -> (f64, f64) {
        let total: f64 = self.weights.iter().sum();
        let loss = |(scores, truth, weight): (&[f64], LabelId, f64)| {
            -weight * libm::log(calibration.probabilities(scores)[truth.index()].max(LEAST))
        };
        let sum: f64 = self.rows().map(loss).sum();
        (total, if total > 0.0 { sum / total } else { 0.0 })
    }
}

/// What [`ClassCalibration::choose`] chose, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassChoice {
    /// The best calibration, fitted to all documents.
    pub calibration: ClassCalibration,
    /// Cross-validated log loss of each method.
    pub table: Vec<(ClassMethod, f64)>,
}

impl ClassCalibration {
    /// The calibration of `method` that fits best.
    pub fn fit(method: ClassMethod, scored: &ScoredClasses) -> Self {
        let one_vs_rest = |method| {
            let fit = |class| Calibration::fit(method, &scored.against_the_rest(class));
            Self::OneVsRest { classes: (0..scored.n_classes).map(fit).collect() }
        };
        match method {
            ClassMethod::Temperature => softmax::fit(scored, 0),
            ClassMethod::BiasCorrected => softmax::fit(scored, scored.n_classes.saturating_sub(1)),
            ClassMethod::Platt => one_vs_rest(Method::Platt),
            ClassMethod::Beta => one_vs_rest(Method::Beta),
            ClassMethod::Isotonic => one_vs_rest(Method::Isotonic),
        }
    }

    /// The calibration with the least log loss on documents it was not fitted on, with the table it was chosen from.
    pub fn choose(scored: &ScoredClasses, n_folds: usize) -> ClassChoice {
        let own_scores: Vec<f64> = scored.rows().map(|row| row.0[row.1.index()]).collect();
        let folds = folds::by_rank(&own_scores, &scored.truth, n_folds);
        let n_folds = folds.iter().max().map_or(0, |last| last + 1);
        let log_loss = |method: ClassMethod| {
            let of_fold = |fold: usize| {
                let fitted = Self::fit(method, &scored.select(|document| folds[document] != fold));
                let (weight, loss) = scored.select(|document| folds[document] == fold).log_loss(&fitted);
                weight * loss
            };
            let weight: f64 = scored.weights.iter().sum();
            (0..n_folds).map(of_fold).sum::<f64>() / weight.max(f64::MIN_POSITIVE)
        };
        let table: Vec<(ClassMethod, f64)> = ClassMethod::ALL.into_iter().map(|m| (m, log_loss(m))).collect();
        let best = table.iter().fold(table[0], |best, row| if row.1 < best.1 { *row } else { best });
        ClassChoice { calibration: Self::fit(best.0, scored), table }
    }

    /// How many classes it is for.
    pub fn n_classes(&self) -> usize {
        match self {
            Self::Softmax { offsets, .. } => offsets.len(),
            Self::OneVsRest { classes } => classes.len(),
        }
    }

    /// The probability of each class, from its score; they sum to 1.
    ///
    /// # Panics
    /// If there is not one score a class.
    pub fn probabilities(&self, scores: &[f64]) -> Vec<f64> {
        let mut probabilities = Vec::with_capacity(scores.len());
        self.probabilities_into(scores, &mut probabilities);
        probabilities
    }

    /// As [`probabilities`](Self::probabilities), in place of what is in `out`.
    ///
    /// # Panics
    /// If there is not one score a class.
    pub fn probabilities_into(&self, scores: &[f64], out: &mut Vec<f64>) {
        assert_eq!(scores.len(), self.n_classes(), "one score a class");
        out.clear();
        match self {
            Self::Softmax { slope, offsets } => {
                let log = |(s, offset): (&f64, &f64)| slope * s.clamp(-f64::MAX, f64::MAX) + offset;
                out.extend(scores.iter().zip(offsets).map(log));
                softmax::exponentiate(out);
            }
            Self::OneVsRest { classes } => {
                out.extend(classes.iter().zip(scores).map(|(class, &score)| class.probability(score)));
            }
        }
        let sum: f64 = out.iter().sum();
        let n = out.len() as f64;
        out.iter_mut().for_each(|p| *p = if sum > 0.0 { *p / sum } else { 1.0 / n });
    }
}
