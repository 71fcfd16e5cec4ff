//! What a model says of one comment.

use super::Model;
use crate::label::Decision;

/// The answers of all heads, in the model's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prediction {
    /// One answer a head.
    pub heads: Vec<HeadPrediction>,
}

/// The answer of one head.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadPrediction {
    /// The linear part of each column, before calibration.
    pub log_odds: Vec<f64>,
    /// The probability of each label, calibrated where the model is.
    pub probabilities: Vec<f64>,
    /// The labels that hold.
    pub decision: Decision,
}

impl Prediction {
    /// Overwrites the answers, given the sums of all columns of all groups in a row.
    pub(super) fn fill(&mut self, model: &Model, sums: &[f64]) {
        self.heads.resize_with(model.heads().len(), HeadPrediction::default);
        for (head, answer) in model.heads().iter().zip(&mut self.heads) {
            let first = model.first_column(head);
            answer.log_odds.clear();
            answer.log_odds.extend(head.bias.iter().zip(&sums[first..]).map(|(bias, sum)| bias + sum));
            head.probabilities(&answer.log_odds, &mut answer.probabilities);
            head.readout.decide_into(&head.head, &answer.probabilities, &mut answer.decision);
        }
    }
}

impl Default for HeadPrediction {
    fn default() -> Self {
        Self { log_odds: Vec::new(), probabilities: Vec::new(), decision: Decision::Each(Vec::new()) }
    }
}
