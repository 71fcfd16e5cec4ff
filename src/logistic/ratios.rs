//! What naive Bayes says of each term: log-count ratios.

use super::dual::Problem;

/// `r = ln ((p / |p|₁) / (q / |q|₁))` with `p = alpha + Σ weight · value` over the documents that answer yes, and
/// `q` over those that answer no; one a term. A term that no document has gets 0, and is in neither norm.
///
/// Wang and Manning (2012), section 2.1, where the values are counts; here they are whatever the model will see.
pub(super) fn log_count_ratios(problem: &Problem<'_>, alpha: f64) -> Vec<f64> {
    let mut sums = vec![[0.0; 2]; problem.matrix.n_terms()];
    for ((row, &yes), weight) in problem.matrix.rows().zip(problem.truth).zip(problem.costs) {
        for (term, value) in row.iter() {
            sums[term as usize][usize::from(yes)] += weight * f64::from(value);
        }
    }
    let occurs = |sums: &&[f64; 2]| sums[0] + sums[1] > 0.0;
    let norm = |side: usize| sums.iter().filter(occurs).map(|sums| alpha + sums[side]).sum::<f64>();
    let log_norms = libm::log(norm(1)) - libm::log(norm(0));
    let ratio = |sums: &[f64; 2]| libm::log(alpha + sums[1]) - libm::log(alpha + sums[0]) - log_norms;
    sums.iter().map(|sums| if occurs(&sums) { ratio(sums) } else { 0.0 }).collect()
}
