//! Softmax calibration: `exp(slope · s_c + offset_c)`, divided by their sum.

use super::classes::{ClassCalibration, ScoredClasses};
use super::newton::{self, Slopes};

/// Numbers become their exponentials, less the largest so that none overflows.
pub(super) fn exponentiate(logs: &mut [f64]) {
    logs.iter_mut().for_each(|log| *log = log.clamp(-f64::MAX, f64::MAX));
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logs.iter_mut().for_each(|log| *log = libm::exp(*log - largest));
}

/// Maximum likelihood of the slope and the offsets of the first `n_offsets` classes; the others have none.
///
/// Targets are smoothed as Platt's: a document of class `c` is taken for `1 - e` of it and `e / (k - 1)` of each
/// other class, `e = 1 / (N_c + 2)`, so that scores which are never wrong have a minimum.
pub(super) fn fit(scored: &ScoredClasses, n_offsets: usize) -> ClassCalibration {
    let k = scored.n_classes;
    let mut n_documents = vec![0.0; k];
    scored.rows().for_each(|(_, truth, weight)| n_documents[truth.index()] += weight);
    let offsets = |point: &[f64]| -> Vec<f64> {
        (0..k).map(|class| if class < n_offsets { point[1 + class] } else { 0.0 }).collect()
    };
    let slopes = |point: &[f64]| {
        let mut slopes = Slopes::zero(1 + n_offsets);
        let offsets = offsets(point);
        for (scores, truth, weight) in scored.rows() {
            let logs = scores.iter().zip(&offsets).map(|(s, offset)| point[0] * s + offset).collect();
            let targets = targets(truth.index(), &n_documents);
            Document { scores, logs, targets, weight }.add_to(&mut slopes);
        }
        slopes
    };
    let mut start = vec![0.0; 1 + n_offsets];
    let last = n_documents.last().map_or(0.0, |n| libm::log(n + 1.0));
    start.iter_mut().skip(1).zip(&n_documents).for_each(|(offset, n)| *offset = libm::log(n + 1.0) - last);
    let point = newton::minimise(start.clone(), slopes);
    // Where higher scores are the less true, what is left are the shares of the classes.
    let point = if point[0] > 0.0 { point } else { start };
    ClassCalibration::Softmax { slope: point[0], offsets: offsets(&point) }
}

/// What the probabilities of a document of class `truth` should be.
fn targets(truth: usize, n_documents: &[f64]) -> Vec<f64> {
    let k = n_documents.len();
    if k == 1 {
        return vec![1.0];
    }
    let e = 1.0 / (n_documents[truth] + 2.0);
    (0..k).map(|class| if class == truth { 1.0 - e } else { e / (k as f64 - 1.0) }).collect()
}

/// One document's part of the likelihood; all but the weight have one entry a class.
struct Document<'a> {
    scores: &'a [f64],
    /// Logarithms of its probabilities, up to a constant.
    logs: Vec<f64>,
    targets: Vec<f64>,
    weight: f64,
}

impl Document<'_> {
    /// Adds its cross entropy, with the derivatives by the slope (0) and the offsets (from 1).
    fn add_to(&self, slopes: &mut Slopes) {
        let n = slopes.gradient.len();
        let largest = self.logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut exponentials = self.logs.clone();
        exponentiate(&mut exponentials);
        let sum: f64 = exponentials.iter().sum();
        let p: Vec<f64> = exponentials.iter().map(|x| x / sum).collect();
        let fitted: f64 = self.targets.iter().zip(&self.logs).map(|(target, log)| target * log).sum();
        slopes.value += self.weight * (largest + libm::log(sum) - fitted);
        let mean: f64 = p.iter().zip(self.scores).map(|(p, s)| p * s).sum();
        for class in 0..p.len() {
            let slope = self.weight * (p[class] - self.targets[class]);
            let deviation = self.scores[class] - mean;
            let bend = self.weight * p[class] * deviation;
            slopes.gradient[0] += slope * self.scores[class];
            slopes.hessian[0] += bend * deviation;
            let own = 1 + class;
            if own < n {
                slopes.gradient[own] += slope;
                slopes.hessian[own] += bend;
                slopes.hessian[own * n] += bend;
                for other in 1..n {
                    let same = if other == own { 1.0 } else { 0.0 };
                    slopes.hessian[own * n + other] += self.weight * p[class] * (same - p[other - 1]);
                }
            }
        }
    }
}
