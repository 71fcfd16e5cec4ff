//! Beta calibration: `σ(a · ln s - b · ln (1 - s) + c)` with `s = σ(x)`.

use super::newton::{self, Slopes};
use super::{Calibration, Scored, softplus};

/// Maximum likelihood over rising curves: a logistic regression on `ln s` and `-ln (1 - s)`; a slope that comes out
/// negative is left out and the other fitted again, as in Kull, Silva Filho and Flach (2017), Beyond Sigmoids,
/// section 4. Targets are Platt's smoothed ones instead of 0 and 1, so that data a threshold divides have a minimum.
pub(super) fn fit(scored: &Scored) -> Calibration {
    let both = fit_slopes(scored, [true, true]);
    let [a, b, c] = match both {
        [a, b, _] if a >= 0.0 && b >= 0.0 => both,
        [a, b, _] if a < 0.0 && b < 0.0 => fit_slopes(scored, [false, false]),
        [a, ..] => fit_slopes(scored, [a >= 0.0, a < 0.0]),
    };
    if a < 0.0 || b < 0.0 {
        return Calibration::Beta { a: 0.0, b: 0.0, c: scored.base_log_odds() };
    }
    Calibration::Beta { a, b, c }
}

/// `a`, `b` and `c`, where the slopes not `used` are 0.
fn fit_slopes(scored: &Scored, used: [bool; 2]) -> [f64; 3] {
    let (yes, no) = scored.targets();
    let mask = used.map(|used| if used { 1.0 } else { 0.0 });
    let slopes = |point: &[f64]| {
        let mut slopes = Slopes::zero(3);
        for ((&x, &truth), &weight) in scored.log_odds.iter().zip(&scored.truth).zip(&scored.weights) {
            let features = [-softplus(-x) * mask[0], softplus(x) * mask[1], 1.0];
            let z = features.iter().zip(point).map(|(f, p)| f * p).sum();
            let (value, slope, bend) = newton::cross_entropy(z, if truth { yes } else { no });
            slopes.add(&features, (weight * value, weight * slope, weight * bend));
        }
        slopes
    };
    let point = newton::minimise(vec![0.0, 0.0, scored.base_log_odds()], slopes);
    [point[0] * mask[0], point[1] * mask[1], point[2]]
}
