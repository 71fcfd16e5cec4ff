//! Columns of weights that share a weighting.

use super::scorer::Found;
use crate::counts::weighting::FittedWeighting;
use ndarray::Array2;
use std::borrow::Cow;

/// The linear part of one or more heads: a weighting and one row of weights a term.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    weighting: FittedWeighting,
    n_columns: usize,
    /// Shape `(n_terms, n_columns)`, row by row; part of the program, or our own.
    weights: Cow<'static, [f32]>,
}

/// Weights of the wrong number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {found} weights, expected {expected}: one for each of {n_terms} terms and {n_columns} columns"
)]
pub struct GroupError {
    found: usize,
    expected: usize,
    n_terms: usize,
    n_columns: usize,
}

impl Group {
    /// Weights of shape `(n_terms, n_columns)`, row by row.
    ///
    /// # Errors
    /// If there are more or fewer weights.
    pub fn new(
        weighting: FittedWeighting,
        n_terms: usize,
        n_columns: usize,
        weights: Cow<'static, [f32]>,
    ) -> Result<Self, GroupError> {
        let expected = n_terms.saturating_mul(n_columns);
        if weights.len() != expected {
            return Err(GroupError { found: weights.len(), expected, n_terms, n_columns });
        }
        Ok(Self { weighting, n_columns, weights })
    }

    /// How counts become values.
    pub fn weighting(&self) -> &FittedWeighting {
        &self.weighting
    }

    /// How many columns there are.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// All weights, row by row.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The weights of one term, one a column.
    pub fn row(&self, id: u32) -> &[f32] {
        let start = id as usize * self.n_columns;
        &self.weights[start..start + self.n_columns]
    }

    /// Overwrites the columns from `first` on.
    pub(super) fn set_columns(&mut self, first: usize, columns: &Array2<f64>) {
        let n_columns = self.n_columns;
        let rows = self.weights.to_mut().chunks_mut(n_columns.max(1));
        for (row, weights) in rows.zip(columns.rows()) {
            row[first..].iter_mut().zip(weights).for_each(|(cell, weight)| *cell = *weight as f32);
        }
    }

    /// Appends the sum of `value · weight` for each column.
    pub(super) fn add(&self, found: &Found, log_odds: &mut Vec<f64>) {
        let first = log_odds.len();
        log_odds.resize(first + self.n_columns, 0.0);
        let sums = &mut log_odds[first..];
        self.values(found, |id, value| {
            sums.iter_mut().zip(self.row(id)).for_each(|(sum, weight)| *sum += value * f64::from(*weight));
        });
    }

    /// Calls `each` with every term found and its value, normed.
    pub(super) fn values(&self, found: &Found, mut each: impl FnMut(u32, f64)) {
        /// Words and characters; a vocabulary has no other blocks.
        const BLOCKS: usize = 2;
        let norm = self.weighting.weighting().norm;
        let split = self.weighting.blocks()[0].end;
        let mut totals = [0.0; BLOCKS];
        let value = |id: u32| self.weighting.value(id, found.counts[id as usize]);
        for &id in &found.ids {
            totals[usize::from(id >= split)] += norm.part(value(id));
        }
        let scales = totals.map(|total| norm.scale(total));
        for &id in &found.ids {
            each(id, value(id) * scales[usize::from(id >= split)]);
        }
    }
}
