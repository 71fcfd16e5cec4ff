//! What each head says of comments it was not fitted on, and the calibrations and thresholds that follow.

use super::fit::{Documents, Labels};
use super::settings::{CalibrationChoice, HeadSettings};
use super::{Plan, Step, TrainError, TrainingSet};
use crate::calibration::{Calibration, threshold};
use crate::counts::matrix::CountMatrix;
use crate::counts::vectorizer::Vectorizer;
use crate::label::{Decision, Head, HeadKind, LabelId, Truth};
use crate::model::{Link, ModelHead};
use ndarray::{Array2, Axis};

/// One head's answers to the comments of its training set, each given by a fit that had not seen the comment.
#[derive(Debug, Clone)]
pub struct OutOfFold {
    /// The comments that have labels of this head, as positions in the training set, ascending.
    pub documents: Vec<usize>,
    /// Before calibration, shape `(n_documents, n_columns)`.
    pub log_odds: Array2<f64>,
    /// Calibrated on the other folds' answers, shape `(n_documents, n_labels)`.
    pub probabilities: Array2<f64>,
    /// Decided at thresholds chosen on the other folds' answers.
    pub decisions: Vec<Decision>,
    /// What the model carries: chosen on all answers.
    pub calibrations: Vec<Calibration>,
    /// What the model carries: chosen on all answers.
    pub thresholds: Vec<f64>,
}
