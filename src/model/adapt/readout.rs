//! Which of several answers is believed, and the calibration and threshold that follow: the base's, bent, and from
//! enough lessons on the community's own.

use super::{AdaptError, Column, Lesson};
use crate::calibration::newton::{self, Slopes};
use crate::calibration::{Calibration, Method, Scored};
use crate::model::Model;

/// From so many lessons on a threshold is chosen anew.
const ENOUGH: usize = 50;
/// From so many on the calibration may be any curve, not only the base's, bent.
const PLENTY: usize = 1000;
/// Parts of cross-validation to choose a curve by.
const FOLDS: usize = 5;
/// How far communities are thought to differ before one is known: standard deviations of the slope and the offset of
/// the base's calibrated log-odds.
const SPREAD_OF_SLOPES: f64 = 0.5;
const SPREAD_OF_OFFSETS: f64 = 1.5;

/// Lessons as a curve is fitted to them: a lesson that is neither yes nor no is both, each in its share.
pub(super) fn scored(log_odds: &[f64], lessons: &[Lesson<'_>]) -> Option<Scored> {
    let (mut x, mut truth, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (&z, lesson) in log_odds.iter().zip(lessons) {
        for (yes, share) in [(true, lesson.truth), (false, 1.0 - lesson.truth)] {
            if share > 0.0 {
                x.push(z);
                truth.push(yes);
                weights.push(share * lesson.weight);
            }
        }
    }
    Scored::new(&x, &truth, Some(&weights)).ok()
}

/// Log loss of each lesson after the best curve of two numbers: what is judged is the order and its spread, not where
/// the base happened to draw its zero.
fn losses(log_odds: &[f64], lessons: &[Lesson<'_>]) -> Vec<f64> {
    let Some(scored) = scored(log_odds, lessons) else { return vec![f64::INFINITY; lessons.len()] };
    let curve = Calibration::fit(Method::Platt, &scored);
    let loss = |(&z, lesson): (&f64, &Lesson<'_>)| {
        let p = curve.probability(z).clamp(1e-15, 1.0 - 1e-15);
        -lesson.weight * (lesson.truth * libm::log(p) + (1.0 - lesson.truth) * libm::log(1.0 - p))
    };
    log_odds.iter().zip(lessons).map(loss).collect()
}

/// The mean of the lessons' losses.
pub(super) fn log_loss(log_odds: &[f64], lessons: &[Lesson<'_>]) -> f64 {
    let total: f64 = lessons.iter().map(|lesson| lesson.weight).sum();
    losses(log_odds, lessons).iter().sum::<f64>() / total.max(f64::MIN_POSITIVE)
}

/// Which of several answers to the lessons is believed: 0 for `before`, else one of `tried`, counted from 1, which go
/// from little change to much.
///
/// The least change whose loss is within one standard error of the lowest (Breiman and others 1984, section 3.4.3): what
/// is best by chance of several is not taken for better.
pub(super) fn choose(before: &[f64], tried: &[Vec<f64>], lessons: &[Lesson<'_>]) -> usize {
    let total = |losses: &[f64]| losses.iter().sum::<f64>();
    let all: Vec<Vec<f64>> =
        std::iter::once(before).chain(tried.iter().map(Vec::as_slice)).map(|z| losses(z, lessons)).collect();
    let Some(best) = all.iter().min_by(|a, b| total(a).total_cmp(&total(b))) else { return 0 };
    let is_as_good = |losses: &Vec<f64>| {
        let n = losses.len() as f64;
        let excess: Vec<f64> = losses.iter().zip(best).map(|(loss, best)| loss - best).collect();
        let mean = total(&excess) / n;
        let variance = excess.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / n;
        mean <= (variance / n).sqrt()
    };
    all.iter().position(is_as_good).unwrap_or(0)
}

/// Slope and offset that bend the base's calibrated log-odds to the lessons; a prior keeps both near no change.
fn bend(log_odds: &[f64], lessons: &[Lesson<'_>]) -> (f64, f64) {
    let (a, b) = (SPREAD_OF_SLOPES.powi(-2), SPREAD_OF_OFFSETS.powi(-2));
    let slopes = |point: &[f64]| {
        let mut slopes = Slopes::zero(2);
        for (&z, lesson) in log_odds.iter().zip(lessons) {
            let (value, slope, bend) = newton::cross_entropy(point[0] * z + point[1], lesson.truth);
            slopes.add(&[z, 1.0], (lesson.weight * value, lesson.weight * slope, lesson.weight * bend));
        }
        let (x, y) = (point[0] - 1.0, point[1]);
        slopes.value += (a * x * x + b * y * y) / 2.0;
        slopes.gradient[0] += a * x;
        slopes.gradient[1] += b * y;
        slopes.hessian[0] += a;
        slopes.hessian[3] += b;
        slopes
    };
    let point = newton::minimise(vec![1.0, 0.0], slopes);
    // Where what is worse is the more readily approved there is nothing to bend.
    if point[0] > 0.0 { (point[0], point[1]) } else { (1.0, 0.0) }
}

/// The threshold with the best F1 to be expected of calibrated probabilities (Lipton, Elkan and Naryanaswamy 2014):
/// what is held rightly is the sum of the probabilities held. It moves less from sample to sample than one that is
/// chosen by counting answers.
fn expected_f1_threshold(probabilities: &[f64]) -> Option<f64> {
    let mut falling = probabilities.to_vec();
    falling.sort_unstable_by(|a, b| b.total_cmp(a));
    let all: f64 = falling.iter().sum();
    let mut right = 0.0;
    let mut best = None;
    for (i, &p) in falling.iter().enumerate() {
        right += p;
        let f1 = 2.0 * right / ((i + 1) as f64 + all);
        if best.is_none_or(|(f, _)| f1 > f) {
            best = Some((f1, p));
        }
    }
    best.map(|(_, threshold)| threshold)
}

impl Model {
    /// Fits calibration and threshold of a column to answers given out of fold; says whether the threshold is new.
    pub(super) fn recalibrate(&mut self, column: Column, log_odds: &[f64], lessons: &[Lesson<'_>]) -> bool {
        let base = &self.heads[column.head].readout.calibrations[self.place(column)];
        let curve = match scored(log_odds, lessons) {
            Some(scored) if lessons.len() >= PLENTY => Calibration::choose(&scored, FOLDS).calibration,
            _ => {
                let logit = |p: f64| libm::log(p.max(1e-12)) - libm::log((1.0 - p).max(1e-12));
                let calibrated: Vec<f64> = log_odds.iter().map(|&z| logit(base.probability(z))).collect();
                let (slope, offset) = bend(&calibrated, lessons);
                base.shifted(slope, offset)
            }
        };
        let probabilities: Vec<f64> = log_odds.iter().map(|&z| curve.probability(z)).collect();
        let threshold = expected_f1_threshold(&probabilities).filter(|_| lessons.len() >= ENOUGH);
        self.set_readout(column, curve, threshold);
        threshold.is_some()
    }

    fn set_readout(&mut self, column: Column, calibration: Calibration, threshold: Option<f64>) {
        let place = self.place(column);
        let readout = &mut self.heads[column.head].readout;
        readout.calibrations[place] = calibration;
        if let (Some(stored), Some(threshold)) = (readout.thresholds.get_mut(place), threshold) {
            *stored = threshold;
        }
    }

    /// The same model, with another curve from a column's log-odds to its probability.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn with_calibration(mut self, column: Column, calibration: Calibration) -> Result<Self, AdaptError> {
        let Column { head, label } = column;
        if self.heads.get(head).is_none_or(|h| label >= h.head.labels.len() || (h.is_two_way() && label != 1))
        {
            return Err(AdaptError::NoColumn { model: self.id(), head, label });
        }
        self.set_readout(column, calibration, None);
        self.sign();
        Ok(self)
    }
}
