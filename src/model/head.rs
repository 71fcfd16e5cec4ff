//! A head that has been fitted: which columns of weights answer it, and how they become probabilities.

use super::Group;
use crate::calibration::{Calibration, largest_product};
use crate::label::{Decision, Head, HeadKind, LabelId};
use serde::{Deserialize, Serialize};

/// How a head's log-odds become probabilities where no calibration is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// `1 / (1 + exp(-z))` for each column; a one-of head's are divided by their sum.
    Logistic,
    /// `exp(z) / Σ exp(z)` over the columns: naive Bayes' own posterior.
    Softmax,
}

/// How the log-odds of a head's columns become probabilities and labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Readout {
    /// How log-odds become probabilities where there is no calibration.
    pub link: Link,
    /// What each column's log-odds mean; as many as columns.
    pub calibrations: Vec<Calibration>,
    /// Of several one-of labels that one is decided for whose probability times its factor is the largest; empty
    /// for the most probable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<f64>,
    /// A label holds from this probability on: of a yes/no-each head one a label, of two one-of labels one, for
    /// the second; none for more.
    pub thresholds: Vec<f64>,
}

/// One question, fitted.
///
/// A one-of head of two labels has one column, the log-odds of its second label; every other head has one column a
/// label. Columns are the linear part: `bias + Σ value · weight`, before calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelHead {
    /// The question and its labels.
    pub head: Head,
    /// Name of the algorithm that fitted it.
    pub algorithm: String,
    /// How its log-odds become an answer.
    #[serde(flatten)]
    pub readout: Readout,
    /// The group of columns that share its weighting.
    pub group: usize,
    /// Its first column in that group.
    pub first_column: usize,
    /// The constant of each column.
    pub bias: Vec<f64>,
    /// How many comments it was fitted on, by label (for a yes/no-each head, those that have it).
    pub support: Vec<u64>,
    /// How many comments it was fitted on.
    pub n_documents: u64,
}

impl ModelHead {
    /// How many columns a head needs.
    pub fn columns_of(head: &Head) -> usize {
        match (head.kind, head.labels.len()) {
            (HeadKind::OneOf, 2) => 1,
            (_, n_labels) => n_labels,
        }
    }

    /// How many columns it has.
    pub fn n_columns(&self) -> usize {
        self.bias.len()
    }

    /// Whether its numbers fit one another and the group they name.
    pub(super) fn check(&self, group: Option<&Group>) -> Result<(), String> {
        let n = Self::columns_of(&self.head);
        let thresholds = if self.head.kind == HeadKind::OneOf && n > 1 { 0 } else { n };
        for (what, found, expected) in [
            ("biases", self.bias.len(), n),
            ("calibrations", self.readout.calibrations.len(), n),
            ("thresholds", self.readout.thresholds.len(), thresholds),
            ("factors", self.readout.factors.len(), if self.readout.factors.is_empty() { 0 } else { n }),
        ] {
            if found != expected {
                return Err(format!("found {found} {what}, expected {expected}"));
            }
        }
        if let Some(factor) = self.readout.factors.iter().find(|f| !(f.is_finite() && **f > 0.0)) {
            return Err(format!("found factor {factor}, expected a positive number"));
        }
        let group = group.ok_or_else(|| format!("found no group {}", self.group))?;
        match self.first_column.checked_add(n) {
            Some(end) if end <= group.n_columns() => Ok(()),
            _ => Err(format!(
                "found columns from {}, expected {n} of {}",
                self.first_column,
                group.n_columns()
            )),
        }
    }

    /// Whether its one column speaks for both labels.
    pub fn is_two_way(&self) -> bool {
        is_two_way(&self.head)
    }

    /// Writes the probability of each label, given the log-odds of each column.
    ///
    /// Probabilities of a one-of head sum to 1.
    pub fn probabilities(&self, log_odds: &[f64], out: &mut Vec<f64>) {
        self.readout.probabilities(&self.head, log_odds, out);
    }

    /// The labels that hold at the stored thresholds; of several one-of labels the most probable, the first of
    /// equals.
    pub fn decide(&self, probabilities: &[f64]) -> Decision {
        self.readout.decide(&self.head, probabilities)
    }
}

impl Readout {
    /// No calibration, and even thresholds.
    pub(super) fn plain(head: &Head, link: Link) -> Self {
        let n = ModelHead::columns_of(head);
        let several = head.kind == HeadKind::OneOf && n > 1;
        Self {
            link,
            calibrations: vec![Calibration::Identity; n],
            factors: Vec::new(),
            thresholds: if several { Vec::new() } else { vec![0.5; n] },
        }
    }

    pub(super) fn probabilities(&self, head: &Head, log_odds: &[f64], out: &mut Vec<f64>) {
        out.clear();
        if is_two_way(head) {
            let second = self.calibrations[0].probability(log_odds[0]);
            out.extend([1.0 - second, second]);
            return;
        }
        let plain = self.calibrations.iter().all(|c| *c == Calibration::Identity);
        if self.link == Link::Softmax && head.kind == HeadKind::OneOf && plain {
            softmax(log_odds, out);
            return;
        }
        out.extend(self.calibrations.iter().zip(log_odds).map(|(c, &z)| c.probability(z)));
        if head.kind == HeadKind::OneOf {
            let sum: f64 = out.iter().sum();
            let n = out.len() as f64;
            out.iter_mut().for_each(|p| *p = if sum > 0.0 { *p / sum } else { 1.0 / n });
        }
    }

    pub(super) fn decide(&self, head: &Head, probabilities: &[f64]) -> Decision {
        let mut decision = Decision::Each(Vec::new());
        self.decide_into(head, probabilities, &mut decision);
        decision
    }

    /// As [`decide`](Self::decide), into a decision that is used again.
    pub(super) fn decide_into(&self, head: &Head, probabilities: &[f64], decision: &mut Decision) {
        if head.kind == HeadKind::OneOf {
            let best = if is_two_way(head) {
                usize::from(probabilities[1] >= self.thresholds[0])
            } else if self.factors.is_empty() {
                first_largest(probabilities)
            } else {
                largest_product(probabilities, &self.factors)
            };
            *decision = Decision::OneOf(LabelId::from(best));
            return;
        }
        if !matches!(decision, Decision::Each(_)) {
            *decision = Decision::Each(Vec::new());
        }
        if let Decision::Each(holds) = decision {
            holds.clear();
            holds.extend(probabilities.iter().zip(&self.thresholds).map(|(p, t)| p >= t));
        }
    }
}

fn is_two_way(head: &Head) -> bool {
    head.kind == HeadKind::OneOf && head.labels.len() == 2
}

fn first_largest(probabilities: &[f64]) -> usize {
    (1..probabilities.len()).fold(0, |best, i| if probabilities[i] > probabilities[best] { i } else { best })
}

/// `exp(z_i) / Σ exp(z_j)`, shifted by the largest so that nothing overflows.
fn softmax(log_odds: &[f64], out: &mut Vec<f64>) {
    let largest = log_odds.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    out.extend(log_odds.iter().map(|z| libm::exp(z - largest)));
    let sum: f64 = out.iter().sum();
    out.iter_mut().for_each(|p| *p /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelSet;

    fn head(kind: HeadKind, labels: &[&str], link: Link) -> ModelHead {
        let head = Head {
            name: "h".into(),
            kind,
            labels: LabelSet::new(labels.iter().copied()).unwrap(),
            target: None,
        };
        let n = ModelHead::columns_of(&head);
        let readout = Readout::plain(&head, link);
        ModelHead {
            head,
            algorithm: "multinomial".into(),
            readout,
            group: 0,
            first_column: 0,
            bias: vec![0.0; n],
            support: Vec::new(),
            n_documents: 0,
        }
    }

    fn probabilities(head: &ModelHead, log_odds: &[f64]) -> Vec<f64> {
        let mut out = Vec::new();
        head.probabilities(log_odds, &mut out);
        out
    }

    #[test]
    fn one_column_speaks_for_two_labels() {
        let head = head(HeadKind::OneOf, &["civil", "uncivil"], Link::Logistic);
        assert_eq!(head.n_columns(), 1);
        let p = probabilities(&head, &[libm::log(3.0)]);
        assert!((p[1] - 0.75).abs() < 1e-12 && (p[0] - 0.25).abs() < 1e-12);
        assert_eq!(head.decide(&p), Decision::OneOf(LabelId(1)));
        let lenient =
            ModelHead { readout: Readout { thresholds: vec![0.8], ..head.readout.clone() }, ..head };
        assert_eq!(lenient.decide(&p), Decision::OneOf(LabelId(0)));
    }

    #[test]
    fn softmax_of_long_comments_stays_finite() {
        let head = head(HeadKind::OneOf, &["favor", "against", "none"], Link::Softmax);
        let p = probabilities(&head, &[-4000.0, -3999.0, -4100.0]);
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(head.decide(&p), Decision::OneOf(LabelId(1)));
    }

    #[test]
    fn the_first_of_equals_wins() {
        let head = head(HeadKind::OneOf, &["favor", "against", "none"], Link::Logistic);
        assert_eq!(head.decide(&probabilities(&head, &[1.0, 1.0, 1.0])), Decision::OneOf(LabelId(0)));
    }

    #[test]
    fn each_label_answers_for_itself() {
        let head = head(HeadKind::Each, &["insult", "threat"], Link::Logistic);
        let p = probabilities(&head, &[2.0, -2.0]);
        assert_eq!(head.decide(&p), Decision::Each(vec![true, false]));
        assert!(p.iter().sum::<f64>() - 1.0 < 1e-12);
    }
}
