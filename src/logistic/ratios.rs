//! What naive Bayes says of each term: log-count ratios.

use super::design::{DesignMatrix, PartSums};

/// `r = ln ((p / |p|₁) / (q / |q|₁))` with `p = alpha + Σ weight · value` over the documents that answer yes, and
/// `q` over those that answer no; one for each used term.
///
/// Wang and Manning (2012), section 2.1, where the values are counts; here they are whatever the model will see.
pub(super) fn log_count_ratios(
    design: &DesignMatrix,
    truth: &[bool],
    weights: &[f64],
    alpha: f64,
) -> Vec<f64> {
    let mut sums = PartSums::<2>::default();
    design.sums(&mut sums, |document, row, sums| {
        let side = usize::from(truth[document]);
        for (term, value) in row.iter() {
            sums[term as usize][side] += weights[document] * f64::from(value);
        }
    });
    let norm = |side: usize| sums.total().iter().map(|sums| alpha + sums[side]).sum::<f64>();
    let log_norms = libm::log(norm(1)) - libm::log(norm(0));
    let ratio = |sums: &[f64; 2]| libm::log(alpha + sums[1]) - libm::log(alpha + sums[0]) - log_norms;
    sums.total().iter().map(ratio).collect()
}
