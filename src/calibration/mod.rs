//! Probabilities that mean what they say: out-of-fold log-odds and the truth in, a [`Calibration`] out.
//!
//! Of the comments given 0.8, eight in ten should be what they are said to be. The log-odds of naive Bayes are far
//! too large, those of a class-balanced regression are shifted; a rising curve fitted to comments the model had not
//! seen mends both and leaves the order as it is.
//!
//! 1. [`Calibration`]: one yes/no answer; three curves and none, chosen by cross-validation.
//! 2. [`threshold`]: from which probability on a label is given.
//!
//! Deliberately absent: calibrating the labels of a one-of head together, which did worse than each on its own on every
//! corpus of stances (`training/IDEAS.md`); and the model. Whoever calls gives log-odds of documents the model was not fitted on; of those
//! it was fitted on, every curve comes out too steep.

mod beta;
mod folds;
mod isotonic;
pub(crate) mod newton;
mod platt;
mod quantiles;
mod scored;
pub mod threshold;

pub use isotonic::Isotonic;
pub use scored::{CalibrationError, Scored};
pub(crate) use threshold::largest_product;
pub use threshold::{ThresholdFor, choose_label_factors, choose_threshold};

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

    /// The same curve for somebody who says yes more readily, or less: `σ(slope · logit p + offset)` of its `p`.
    ///
    /// Each kind of curve stays of its kind, but for the identity, which becomes Platt's.
    #[must_use]
    pub fn shifted(&self, slope: f64, offset: f64) -> Self {
        let moved = |p: &f64| sigmoid(slope * (libm::log(*p) - libm::log1p(-p)) + offset);
        match self {
            Self::Identity => Self::Platt { slope, offset },
            Self::Platt { slope: s, offset: o } => {
                Self::Platt { slope: slope * s, offset: slope * o + offset }
            }
            Self::Beta { a, b, c } => Self::Beta { a: slope * a, b: slope * b, c: slope * c + offset },
            Self::Isotonic(isotonic) => Self::Isotonic(isotonic.with(moved)),
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
                weight * Self::fit(method, &scored.select(|document| folds[document] != fold)).log_loss(&kept)
            };
            let weight: f64 = scored.weights.iter().sum();
            (0..n_folds).map(of_fold).sum::<f64>() / weight.max(f64::MIN_POSITIVE)
        };
        let table: Vec<(Method, f64)> = Method::ALL.into_iter().map(|m| (m, log_loss(m))).collect();
        let best = table.iter().fold(table[0], |best, row| if row.1 < best.1 { *row } else { best });
        Choice { calibration: Self::fit(best.0, scored), table }
    }

    /// Mean of `-ln P(truth)`.
    fn log_loss(&self, scored: &Scored) -> f64 {
        let total: f64 = scored.weights.iter().sum();
        let loss = |document: usize| {
            let p = self.probability(scored.log_odds[document]);
            -scored.weights[document] * libm::log(if scored.truth[document] { p } else { 1.0 - p }.max(LEAST))
        };
        let sum: f64 = (0..scored.n_documents()).map(loss).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    }

    /// The probability of log-odds; never falls as they rise. Infinite log-odds are as large as they get.
    pub fn probability(&self, log_odds: f64) -> f64 {
        let x = log_odds.clamp(-f64::MAX, f64::MAX);
        match self {
            Self::Identity => sigmoid(x),
            Self::Platt { slope, offset } => sigmoid(slope * x + offset),
            Self::Beta { a, b, c } => {
                let tail = softplus_tail(x);
                sigmoid(c + b * (x.max(0.0) + tail) - a * ((-x).max(0.0) + tail))
            }
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

/// The least probability a loss is taken of, so that one certain error does not outweigh everything.
const LEAST: f64 = 1e-15;

/// `1 / (1 + exp(-x))`.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// `ln (1 + exp(x))`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + softplus_tail(x)
}

/// What `ln (1 + exp(x))` has above `max(x, 0)`; the same for `x` and `-x`.
fn softplus_tail(x: f64) -> f64 {
    libm::log1p(libm::exp(-x.abs()))
}
