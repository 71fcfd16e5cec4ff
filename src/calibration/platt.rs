//! Platt's sigmoid: `σ(slope · x + offset)`.

use super::newton::{self, Slopes};
use super::{Calibration, Scored};

/// Maximum likelihood with Platt's smoothed targets, by the Newton method of Lin, Lin and Weng (2007), A Note on
/// Platt's Probabilistic Outputs for Support Vector Machines.
///
/// Where higher log-odds are the less true, the best rising curve says the same of all.
pub(super) fn fit(scored: &Scored) -> Calibration {
    let (yes, no) = scored.targets();
    let slopes = |point: &[f64]| {
        let mut slopes = Slopes::zero(2);
        for ((&x, &truth), &weight) in scored.log_odds.iter().zip(&scored.truth).zip(&scored.weights) {
            let target = if truth { yes } else { no };
            let (value, slope, bend) = newton::cross_entropy(point[0] * x + point[1], target);
            slopes.add(&[x, 1.0], (weight * value, weight * slope, weight * bend));
        }
        slopes
    };
    let point = newton::minimise(vec![0.0, scored.base_log_odds()], slopes);
    match point[..] {
        [slope, offset] if slope > 0.0 => Calibration::Platt { slope, offset },
        _ => Calibration::Platt { slope: 0.0, offset: scored.base_log_odds() },
    }
}
