//! Naive Bayes as a sum: a bias for each class, and a weight for each occurrence of a term.

use crate::counts::matrix::{CountMatrix, CountRow};
use crate::counts::weighting::Weighting;
use ndarray::Array2;
use rayon::prelude::*;

/// `score(c, d) = bias(c) + Σ over t in d of value(t, d) · weight(t, c)`.
///
/// The values are those of [`weighting`](Self::weighting) over all terms as one block: counts, or 1 where counts
/// are binary, divided by the document's length where it is normalised (then the weights carry the mean length).
/// So naive Bayes and logistic heads are scored by one rule, and the summands are the evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearForm {
    /// What a count is worth; never with inverse document frequencies.
    pub weighting: Weighting,
    /// One a class. `-∞` for a class that was never seen, where priors are learned.
    pub bias: Vec<f64>,
    /// Shape `(n_terms, n_classes)`.
    pub weights: Array2<f64>,
}

/// Documents scored by one thread at a time.
const ROWS_PER_TASK: usize = 256;

impl LinearForm {
    /// The scores of each document, shape `(n_documents, n_classes)`; for naive Bayes, `ln P(c, d)`.
    ///
    /// # Panics
    /// If `counts` has another number of terms.
    pub fn joint_log_likelihood(&self, counts: &CountMatrix) -> Array2<f64> {
        assert_eq!(counts.n_terms(), self.weights.nrows(), "counts and weights must be of the same terms");
        let n_classes = self.bias.len().max(1);
        let weights = self.weights.as_standard_layout();
        let weights = weights.as_slice().expect("the layout is standard");
        let mut scores = Array2::zeros((counts.n_documents(), n_classes));
        let cells = scores.as_slice_mut().expect("a new array is in standard layout");
        cells.par_chunks_mut(ROWS_PER_TASK * n_classes).enumerate().for_each(|(task, rows)| {
            for (i, row) in rows.chunks_mut(n_classes).enumerate() {
                self.score(counts.row(task * ROWS_PER_TASK + i), weights, row);
            }
        });
        scores
    }

    /// Adds up the evidence of one document; `weights` are one row a term.
    fn score(&self, document: CountRow<'_>, weights: &[f64], scores: &mut [f64]) {
        let Weighting { term_frequency, norm, .. } = self.weighting;
        let n_classes = scores.len();
        let mut total = 0.0;
        for (term, count) in document.iter() {
            let value = f64::from(term_frequency.value(count));
            let weights = &weights[term as usize * n_classes..][..n_classes];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight);
            total += norm.part(value);
        }
        let scale = norm.scale(total);
        scores.iter_mut().zip(&self.bias).for_each(|(score, bias)| *score = bias + scale * *score);
    }
}
