//! Sums of numbers that are only known by their logarithms.

use ndarray::ArrayViewMut1;

/// `ln Σ exp(x)`, without overflow: the largest term is taken out of the sum first.
///
/// Of no numbers, or if all are `-∞`, it is `-∞`.
///
/// ```
/// use moderato::naive_bayes::log_space::log_sum_exp;
///
/// assert!((log_sum_exp([-1000.0, -1000.0]) - (2f64.ln() - 1000.0)).abs() < 1e-12);
/// ```
pub fn log_sum_exp(logs: impl IntoIterator<Item = f64> + Clone) -> f64 {
    let largest = logs.clone().into_iter().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest + libm::log(logs.into_iter().map(|log| libm::exp(log - largest)).sum())
}

/// Makes log-likelihoods log-probabilities: shifts them so that their exponentials sum to 1.
pub fn normalise(mut logs: ArrayViewMut1<'_, f64>) {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_finite() {
        // Of a long comment they are millions below 0, where a shift would be rounded to a billionth.
        logs.mapv_inplace(|log| log - largest);
    }
    let total = log_sum_exp(logs.iter().copied());
    logs.mapv_inplace(|log| log - total);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_survive_what_exponentials_do_not() {
        let check = |logs: &[f64], expected: f64| {
            let found = log_sum_exp(logs.iter().copied());
            assert!(
                found == expected || (found - expected).abs() < 1e-12,
                "{logs:?}: {found}, not {expected}"
            );
        };
        check(&[], f64::NEG_INFINITY);
        check(&[f64::NEG_INFINITY; 2], f64::NEG_INFINITY);
        check(&[f64::NEG_INFINITY, -3.0], -3.0);
        check(&[0.0, 0.0], std::f64::consts::LN_2);
        check(&[1e4, 1e4], 1e4 + std::f64::consts::LN_2);
        check(&[-1e300, 0.0], 0.0);
    }

    #[test]
    fn probabilities_sum_to_one_however_far_below_zero_they_come_from() {
        for base in [0.0, -1e3, -1.234_567_89e7, -1e12] {
            let mut logs = ndarray::array![base, base, base - 30.0];
            normalise(logs.view_mut());
            let sum: f64 = logs.iter().map(|log| log.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-15, "{base}: {sum}");
        }
    }
}
