//! Probabilities that mean what they say: out-of-fold log-odds and the truth in, a [`Calibration`] out.
//!
//! Of the comments given 0.8, eight in ten should be what they are said to be. The log-odds of naive Bayes are far
//! too large, those of a class-balanced regression are shifted; a rising curve fitted to comments the model had not
//! seen mends both and leaves the order as it is.
//!
//! 1. [`Calibration`]: one yes/no answer; three curves and none, chosen by cross-validation.
//! 2. [`classes`]: the answers of a one-of head together.
//! 3. [`threshold`]: from which probability on a label is given.
//!
//! Deliberately absent: the model. Whoever calls gives log-odds of documents the model was not fitted on; of those
//! it was fitted on, every curve comes out too steep.

mod beta;
pub mod classes;
mod folds;
mod isotonic;
mod newton;
mod platt;
pub mod threshold;

pub use classes::{ClassCalibration, ClassMethod};
pub use isotonic::Isotonic;
pub use threshold::{ThresholdFor, choose_threshold};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A rising curve from log-odds to probabilities.
///
/// ```
/// use moderato::calibration::{Calibration, Method, Scored};
///
/// let log_odds = [-30.0, -10.0, -5.0, 5.0, 10.0, 40.0];
/// let truth = [false, false, true, false, true, true];
/// let scored = Scored::new(&log_odds, &truth, None)?;
/// let calibration = Calibration::fit(Method::Platt, &scored);
/// assert!(calibration.probability(5.0) < 0.9);
/// # Ok::<(), moderato::calibration::CalibrationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", try_from = "Stored")]
pub enum Calibration {
    /// `σ(x)`: the log-odds are right as they are.
    Identity,
    /// `σ(slope · x + offset)`, slope from 0. Platt (1999); Lin, Lin and Weng (2007).
    Platt {
        /// Below 1 where the log-odds are too large.
        slope: f64,
        /// The log-odds of a comment with log-odds 0.
        offset: f64,
    },
    /// `σ(a · ln s - b · ln (1 - s) + c)` with `s = σ(x)`, `a` and `b` from 0. Kull, Silva Filho and Flach (2017).
    Beta {
        /// Slope far below 0.
        a: f64,
        /// Slope far above 0.
        b: f64,
        /// Offset.
        c: f64,
    },
    /// Straight lines between knots that rise as the data do. Zadrozny and Elkan (2002).
    Isotonic(Isotonic),
}

/// A [`Calibration`] as it is read, before it is checked.
#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
enum Stored {
    Identity,
    Platt { slope: f64, offset: f64 },
    Beta { a: f64, b: f64, c: f64 },
    Isotonic(Isotonic),
}

impl TryFrom<Stored> for Calibration {
    type Error = CalibrationError;

    fn try_from(stored: Stored) -> Result<Self, CalibrationError> {
        let finite = |name, found: f64| match found.is_finite() {
            true => Ok(found),
            false => Err(CalibrationError::Parameter { name, found, expected: "a number" }),
        };
        let from_zero = |name, found: f64| match found.is_finite() && found >= 0.0 {
            true => Ok(found),
            false => Err(CalibrationError::Parameter { name, found, expected: "a number from 0" }),
        };
        Ok(match stored {
            Stored::Identity => Self::Identity,
            Stored::Platt { slope, offset } => {
                Self::Platt { slope: from_zero("slope", slope)?, offset: finite("offset", offset)? }
            }
            Stored::Beta { a, b, c } => {
                Self::Beta { a: from_zero("a", a)?, b: from_zero("b", b)?, c: finite("c", c)? }
            }
            Stored::Isotonic(isotonic) => Self::Isotonic(isotonic),
        })
    }
}

/// Which curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// [`Calibration::Identity`].
    Identity,
    /// [`Calibration::Platt`].
    Platt,
    /// [`Calibration::Beta`].
    Beta,
    /// [`Calibration::Isotonic`].
    Isotonic,
}

impl Method {
    /// All of them, from the stiffest to the most pliable; of equals, the stiffer is chosen.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Platt, Self::Beta, Self::Isotonic];

    /// Its name in recipes, tables and model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Platt => "platt",
            Self::Beta => "beta",
            Self::Isotonic => "isotonic",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong with scores or with a stored calibration.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// Truth or weights for another number of documents.
    #[error("found {found} {what}, expected {expected}, one a document")]
    Length {
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many documents there are.
        expected: usize,
    },
    /// Log-odds that are no number.
    #[error("document {document}: found log-odds `{found}`, expected a finite number")]
    LogOdds {
        /// The document, from 0.
        document: usize,
        /// What it was given.
        found: f64,
    },
    /// A weight that is not a number from 0.
    #[error("document {document}: found weight `{found}`, expected a number from 0")]
    Weight {
        /// The document, from 0.
        document: usize,
        /// Its weight.
        found: f64,
    },
    /// A label beyond the classes.
    #[error("document {document}: found label {label}, expected one below {n_classes}")]
    UnknownLabel {
        /// The document, from 0.
        document: usize,
        /// Its label.
        label: u16,
        /// How many classes there are.
        n_classes: usize,
    },
    /// A stored parameter out of its range.
    #[error("calibration: `{name}` is `{found}`, expected {expected}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: f64,
        /// Its range.
        expected: &'static str,
    },
    /// Stored knots that do not rise.
    #[error("calibration: knots do not rise, expected as many log-odds as probabilities, both ascending")]
    Knots,
}

/// Log-odds of documents the model was not fitted on, with what is true of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    log_odds: Vec<f64>,
    truth: Vec<bool>,
    weights: Vec<f64>,
}

impl Scored {
    /// Takes one log-odds and one truth a document; weights are 1, if not given.
    ///
    /// # Errors
    /// If the lengths differ, log-odds are not finite, or weights are not numbers from 0.
    pub fn new(log_odds: &[f64], truth: &[bool], weights: Option<&[f64]>) -> Result<Self, CalibrationError> {
        let expected = log_odds.len();
        let lengths = [("truths", truth.len()), ("weights", weights.map_or(expected, <[f64]>::len))];
        if let Some((what, found)) = lengths.into_iter().find(|length| length.1 != expected) {
            return Err(CalibrationError::Length { what, found, expected });
        }
        if let Some(document) = log_odds.iter().position(|x| !x.is_finite()) {
            return Err(CalibrationError::LogOdds { document, found: log_odds[document] });
        }
        let weights = weights.map_or_else(|| vec![1.0; expected], <[f64]>::to_vec);
        if let Some(document) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
            return Err(CalibrationError::Weight { document, found: weights[document] });
        }
        Ok(Self { log_odds: log_odds.to_vec(), truth: truth.to_vec(), weights })
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.log_odds.len()
    }

    fn select(&self, documents: impl Fn(usize) -> bool) -> Self {
        let chosen: Vec<usize> = (0..self.n_documents()).filter(|&document| documents(document)).collect();
        Self {
            log_odds: chosen.iter().map(|&document| self.log_odds[document]).collect(),
            truth: chosen.iter().map(|&document| self.truth[document]).collect(),
            weights: chosen.iter().map(|&document| self.weights[document]).collect(),
        }
    }

    /// Total weight of the documents of which `answer` is true.
    fn weight_of(&self, answer: bool) -> f64 {
        let pairs = self.truth.iter().zip(&self.weights);
        pairs.filter(|pair| *pair.0 == answer).map(|pair| pair.1).sum()
    }

    /// What a curve should say of a document that is true, and of one that is not: nearly 1 and nearly 0, as far as
    /// so many documents can tell (Platt 1999, equation 10). No curve is then infinitely steep.
    fn targets(&self) -> (f64, f64) {
        let (yes, no) = (self.weight_of(true), self.weight_of(false));
        ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0))
    }

    /// Mean of `-ln P(truth)` under `calibration`.
    fn log_loss(&self, calibration: &Calibration) -> f64 {
        let total: f64 = self.weights.iter().sum();
        let loss = |document: usize| {
            let p = calibration.probability(self.log_odds[document]);
            -self.weights[document] * libm::log(if self.truth[document] { p } else { 1.0 - p }.max(LEAST))
        };
        let sum: f64 = (0..self.n_documents()).map(loss).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    }
}

/// The least probability a loss is taken of, so that one certain error does not outweigh everything.
const LEAST: f64 = 1e-15;

impl Calibration {
    /// The curve of `method` that fits best; none that falls.
    pub fn fit(method: Method, scored: &Scored) -> Self {
        match method {
            Method::Identity => Self::Identity,
            Method::Platt => platt::fit(scored),
            Method::Beta => beta::fit(scored),
            Method::Isotonic => Self::Isotonic(Isotonic::fit(scored)),
        }
    }

    /// The curve of the method with the least log loss on documents it was not fitted on, with the table it was
    /// chosen from.
    ///
    /// Folds are dealt by rank of the log-odds, so each has easy and hard documents of both answers.
    pub fn choose(scored: &Scored, n_folds: usize) -> Choice {
        let folds = folds::by_rank(&scored.log_odds, &scored.truth, n_folds);
        let n_folds = folds.iter().max().map_or(0, |last| last + 1);
        let log_loss = |method: Method| {
            let of_fold = |fold: usize| {
                let kept = scored.select(|document| folds[document] == fold);
                let weight: f64 = kept.weights.iter().sum();
                weight * kept.log_loss(&Self::fit(method, &scored.select(|document| folds[document] != fold)))
            };
            let weight: f64 = scored.weights.iter().sum();
            (0..n_folds).map(of_fold).sum::<f64>() / weight.max(f64::MIN_POSITIVE)
        };
        let table: Vec<(Method, f64)> = Method::ALL.into_iter().map(|m| (m, log_loss(m))).collect();
        let best = table.iter().fold(table[0], |best, row| if row.1 < best.1 { *row } else { best });
        Choice { calibration: Self::fit(best.0, scored), table }
    }

    /// The probability of log-odds; never falls as they rise. Infinite log-odds are as large as they get.
    pub fn probability(&self, log_odds: f64) -> f64 {
        let x = log_odds.clamp(-f64::MAX, f64::MAX);
        match self {
            Self::Identity => sigmoid(x),
            Self::Platt { slope, offset } => sigmoid(slope * x + offset),
            Self::Beta { a, b, c } => sigmoid(c + b * softplus(x) - a * softplus(-x)),
            Self::Isotonic(isotonic) => isotonic.probability(x),
        }
    }
}

/// What [`Calibration::choose`] chose, and from what.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The best curve, fitted to all documents.
    pub calibration: Calibration,
    /// Cross-validated log loss of each method.
    pub table: Vec<(Method, f64)>,
}

/// `1 / (1 + exp(-x))`.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// `ln (1 + exp(x))`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// The log-odds of a share, for curves that say the same of all.
fn base_log_odds(scored: &Scored) -> f64 {
    libm::log((scored.weight_of(true) + 1.0) / (scored.weight_of(false) + 1.0))
}
