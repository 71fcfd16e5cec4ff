//! What a calibration is fitted to: log-odds, what is true, and what is wrong with either.

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
    pub(super) log_odds: Vec<f64>,
    pub(super) truth: Vec<bool>,
    pub(super) weights: Vec<f64>,
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

    pub(super) fn select(&self, documents: impl Fn(usize) -> bool) -> Self {
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
    pub(super) fn targets(&self) -> (f64, f64) {
        let (yes, no) = (self.weight_of(true), self.weight_of(false));
        ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0))
    }

    /// The log-odds of the share that is true, for curves that say the same of all.
    pub(super) fn base_log_odds(&self) -> f64 {
        libm::log((self.weight_of(true) + 1.0) / (self.weight_of(false) + 1.0))
    }
}
