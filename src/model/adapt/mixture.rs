//! A column as a mixture of the columns that share its weighting.
//!
//! With `z_k` the log-odds of the columns of a group, each divided by its spread over the lessons, the mixture is
//! `a₀ + Σ a_k z_k`, by logistic regression whose ridge draws it to the column it was. A dozen numbers can be learned
//! from fewer decisions than a hundred thousand weights. A mixture of linear columns is a linear column.

use super::Lesson;
use crate::calibration::newton::{self, Slopes};

/// What the ridge is worth, from the stiffest; the first stands for no mixture.
pub(super) const RIDGES: [f64; 7] = [f64::INFINITY, 100.0, 30.0, 10.0, 3.0, 1.0, 0.1];

/// `a₀ + Σ a_k z_k`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixture {
    pub(super) constant: f64,
    /// One a column.
    pub(super) shares: Vec<f64>,
}

impl Mixture {
    /// The column as it is.
    pub(super) fn own(own: usize, n_columns: usize) -> Self {
        let mut shares = vec![0.0; n_columns];
        shares[own] = 1.0;
        Self { constant: 0.0, shares }
    }

    /// The best mixture for some of the lessons, given all columns' log-odds of each.
    pub(super) fn fit(
        own: usize,
        log_odds: &[Vec<f64>],
        lessons: &[Lesson<'_>],
        rows: &[usize],
        ridge: f64,
    ) -> Self {
        let n_columns = log_odds.first().map_or(0, Vec::len);
        if ridge.is_infinite() || rows.is_empty() {
            return Self::own(own, n_columns);
        }
        let spreads: Vec<f64> =
            (0..n_columns).map(|k| spread(rows.iter().map(|&i| log_odds[i][k]))).collect();
        let features = |i: usize| -> Vec<f64> {
            std::iter::once(1.0).chain(log_odds[i].iter().zip(&spreads).map(|(z, s)| z / s)).collect()
        };
        let features: Vec<Vec<f64>> = rows.iter().map(|&i| features(i)).collect();
        let mut start = vec![0.0; n_columns + 1];
        start[own + 1] = spreads[own];
        let prior = start.clone();
        let slopes = |point: &[f64]| {
            let mut slopes = Slopes::zero(n_columns + 1);
            for (x, &i) in features.iter().zip(rows) {
                let z = x.iter().zip(point).map(|(x, a)| x * a).sum();
                let (value, slope, bend) = newton::cross_entropy(z, lessons[i].truth);
                let weight = lessons[i].weight;
                slopes.add(x, (weight * value, weight * slope, weight * bend));
            }
            for k in 1..=n_columns {
                let away = point[k] - prior[k];
                slopes.value += ridge * away * away / 2.0;
                slopes.gradient[k] += ridge * away;
                slopes.hessian[k * (n_columns + 1) + k] += ridge;
            }
            slopes
        };
        let point = newton::minimise(start, slopes);
        Self { constant: point[0], shares: point[1..].iter().zip(&spreads).map(|(a, s)| a / s).collect() }
    }

    /// Its log-odds, given all columns'.
    pub(super) fn log_odds(&self, columns: &[f64]) -> f64 {
        self.constant + columns.iter().zip(&self.shares).map(|(z, a)| z * a).sum::<f64>()
    }
}

/// Standard deviation; 1 where there is none.
fn spread(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    if variance > 1e-12 { variance.sqrt() } else { 1.0 }
}
