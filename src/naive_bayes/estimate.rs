//! The estimates: counts by class in, bias and weights out. This is all that the three algorithms differ in.
//!
//! In the formulas, `a` is `alpha`, `N_c` the documents of class `c`, `N` all documents, `T_ct` the occurrences of
//! `t` in class `c`, `T_c` their sum over the terms, `V` the number of terms.

use super::params::{Algorithm, NaiveBayesSettings, Priors};
use super::{ClassCounts, LinearForm, NaiveBayesError};
use crate::counts::weighting::{Norm, TermFrequency, Weighting};
use libm::log;
use ndarray::{Array2, Axis};

/// `ln P(c, d)` as a linear form over the terms of `d`.
pub(super) fn linear_form(
    settings: &NaiveBayesSettings,
    counts: &ClassCounts,
) -> Result<LinearForm, NaiveBayesError> {
    let mut bias = log_priors(&settings.priors, counts.n_documents())?;
    let mut weights = match settings.algorithm {
        Algorithm::Multinomial => multinomial(counts, settings.alpha),
        Algorithm::Bernoulli => bernoulli(counts, settings.alpha, &mut bias)?,
        Algorithm::Complement => complement(counts, settings, &mut bias),
    };
    let norm = if settings.length_normalisation { Norm::Length } else { Norm::None };
    if settings.length_normalisation {
        weights *= counts.mean_length();
    }
    let term_frequency =
        if settings.counts_are_binary() { TermFrequency::Binary } else { TermFrequency::Raw };
    let weighting = Weighting { term_frequency, inverse_document_frequency: false, norm };
    Ok(LinearForm { weighting, bias, weights })
}

/// `ln P(c)`, length `n_classes`.
fn log_priors(priors: &Priors, n_documents: &[u64]) -> Result<Vec<f64>, linfa::Error> {
    let n: u64 = n_documents.iter().sum();
    if n == 0 {
        return Err(linfa::Error::NotEnoughSamples);
    }
    let n_classes = n_documents.len();
    match priors {
        // ln N_c - ln N
        Priors::Learned => Ok(n_documents.iter().map(|&n_c| log(n_c as f64) - log(n as f64)).collect()),
        Priors::Uniform => Ok(vec![-log(n_classes as f64); n_classes]),
        Priors::Given(priors) if priors.len() == n_classes => Ok(priors.iter().copied().map(log).collect()),
        Priors::Given(priors) => {
            let message = format!("found {} for {n_classes} classes, expected one a class", priors.len());
            Err(linfa::Error::Priors(message))
        }
    }
}

/// `ln P(t | c) = ln (T_ct + a) - ln (T_c + a V)`, shape `(n_terms, n_classes)`.
///
/// Manning, Raghavan and Schütze (2008), equation 13.7, with `a` for 1.
fn multinomial(counts: &ClassCounts, alpha: f64) -> Array2<f64> {
    let n_terms = counts.n_terms() as f64;
    let log_totals: Vec<f64> =
        counts.n_tokens().into_iter().map(|n_tokens| log(n_tokens as f64 + alpha * n_terms)).collect();
    let mut weights = counts.term_counts().mapv(|n| log(n as f64 + alpha));
    for mut row in weights.rows_mut() {
        row.iter_mut().zip(&log_totals).for_each(|(weight, total)| *weight -= total);
    }
    weights
}

/// With `p = P(t in d | c) = (T_ct + a) / (N_c + 2 a)`: the weights are `ln p - ln (1 - p)`, and each term's
/// `ln (1 - p)`, due to documents that lack it, goes to the bias.
///
/// Both logarithms are taken of whole numbers plus `a`; `1 - p` is never computed. Manning, Raghavan and Schütze
/// (2008), figure 13.3.
fn bernoulli(counts: &ClassCounts, alpha: f64, bias: &mut [f64]) -> Result<Array2<f64>, linfa::Error> {
    let mut weights = Array2::zeros(counts.term_counts().raw_dim());
    for (class, &n_documents) in counts.n_documents().iter().enumerate() {
        let log_total = log(n_documents as f64 + 2.0 * alpha);
        let column = counts.term_counts().index_axis_move(Axis(1), class);
        for (term, &with) in column.iter().enumerate() {
            let without = n_documents.checked_sub(with).ok_or_else(|| {
                let message = format!("term {term} is in {with} of {n_documents} documents of class {class}");
                linfa::Error::Parameters(message)
            })?;
            let log_without = log(without as f64 + alpha);
            weights[(term, class)] = log(with as f64 + alpha) - log_without;
            bias[class] += log_without - log_total;
        }
    }
    Ok(weights)
}

/// `-ln q` with `q = (Σ T_kt over k ≠ c + a) / (Σ T_k over k ≠ c + a V)`: a term speaks for a class as far as it
/// is rare in the others, shape `(n_terms, n_classes)`.
///
/// Rennie et al. (2003), equation 6 and table 4; as in scikit-learn, whose `ComplementNB` knows no priors unless
/// there is only one class, and whose `norm` divides by the sum of the logarithms. A class that learned priors
/// exclude stays excluded.
fn complement(counts: &ClassCounts, settings: &NaiveBayesSettings, bias: &mut [f64]) -> Array2<f64> {
    let NaiveBayesSettings { alpha, complement_norm, .. } = *settings;
    let n_terms = counts.n_terms() as f64;
    let n_tokens = counts.n_tokens();
    let all_tokens: u64 = n_tokens.iter().sum();
    let log_totals: Vec<f64> =
        n_tokens.iter().map(|n| log((all_tokens - n) as f64 + alpha * n_terms)).collect();
    let mut weights = Array2::zeros(counts.term_counts().raw_dim());
    for (mut row, counts) in weights.rows_mut().into_iter().zip(counts.term_counts().rows()) {
        let all = counts.sum();
        for (class, &n) in counts.iter().enumerate() {
            row[class] = log_totals[class] - log((all - n) as f64 + alpha);
        }
    }
    if complement_norm {
        for mut column in weights.columns_mut() {
            let sum = column.sum();
            // One term alone has ln q = 0: nothing to divide, nothing to divide by.
            if sum > 0.0 {
                column /= sum;
            }
        }
    }
    if bias.len() > 1 {
        bias.iter_mut().filter(|bias| bias.is_finite()).for_each(|bias| *bias = 0.0);
    }
    weights
}
