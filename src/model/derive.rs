//! From counts to columns: what a head of naive Bayes says, as one linear form.
//!
//! A one-of head of two labels becomes one column, the difference of its two classes' weights; of more labels one
//! column each, less their mean, which leaves the posterior as it is and makes a contribution comparable between
//! labels. A yes/no-each head is one two-class naive Bayes a label.

use crate::counts::weighting::Weighting;
use crate::label::{Head, HeadKind};
use crate::naive_bayes::NaiveBayes;
use ndarray::Array2;

/// Bias and weights of a head's columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    pub(super) weighting: Weighting,
    /// One a column.
    pub(super) bias: Vec<f64>,
    /// Shape `(n_terms, n_columns)`.
    pub(super) weights: Array2<f64>,
}

/// A class that was never seen has a prior of 0, of which evidence cannot be told; this is close enough to it.
const LEAST_BIAS: f64 = -1e4;

/// The columns of a head, from its classifiers: one for a one-of head, one a label for a yes/no-each head.
///
/// # Panics
/// If there is no classifier.
pub(super) fn columns(kind: HeadKind, classifiers: &[NaiveBayes]) -> Columns {
    let first = classifiers[0].linear();
    let n_terms = first.weights.nrows();
    let bias = |nb: &NaiveBayes, class: usize| nb.linear().bias[class].max(LEAST_BIAS);
    let difference = |nb: &NaiveBayes| {
        let weights = &nb.linear().weights;
        (bias(nb, 1) - bias(nb, 0), &weights.column(1) - &weights.column(0))
    };
    if kind == HeadKind::OneOf && first.bias.len() != 2 {
        let n = first.bias.len() as f64;
        let mean = first.weights.sum_axis(ndarray::Axis(1)) / n;
        let weights = &first.weights - &mean.insert_axis(ndarray::Axis(1));
        let biases: Vec<f64> = (0..first.bias.len()).map(|class| bias(&classifiers[0], class)).collect();
        let mean_bias = biases.iter().sum::<f64>() / n;
        let bias = biases.iter().map(|b| b - mean_bias).collect();
        return Columns { weighting: first.weighting, bias, weights };
    }
    let mut weights = Array2::zeros((n_terms, classifiers.len()));
    let mut biases = Vec::with_capacity(classifiers.len());
    for (i, classifier) in classifiers.iter().enumerate() {
        let (bias, column) = difference(classifier);
        biases.push(bias);
        weights.column_mut(i).assign(&column);
    }
    Columns { weighting: first.weighting, bias: biases, weights }
}

/// How many classifiers a head of naive Bayes needs, and of how many classes each.
pub(super) fn shape(head: &Head) -> (usize, usize) {
    match head.kind {
        HeadKind::OneOf => (1, head.labels.len()),
        HeadKind::Each => (head.labels.len(), 2),
    }
}
