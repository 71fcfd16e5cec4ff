//! Columns of weights that share a weighting, laid out for the scoring loop.
//!
//! ```text
//! term    factor   column 0   column 1   …   padding
//!    0  [  idf       w          w              0  ]   one row: 2, 4, 8 or a multiple of 16 numbers,
//!    1  [  idf       w          w              0  ]   so that a term costs one or two cache lines
//!    …
//! scale [  s         s          s                 ]   a number is its cell times its column's scale
//! ```
//!
//! Fitted weights are kept as 16-bit whole numbers, each column with a scale of its own: half the memory, half the
//! cache lines, and an error of at most 1/65,534 of the column's largest weight (`training/IDEAS.md` has what that
//! costs: nothing in the fourth digit). The model *is* these numbers: scores and evidence both use them.
//! Weights that follow from counts are made when the model is read and keep 32 bits.

mod sums;

pub(super) use sums::Sums;

use crate::counts::bag::Bag;
use crate::counts::weighting::{FittedWeighting, Weighting, WeightingError};
use ndarray::Array2;
use std::borrow::Cow;

/// The linear part of one or more heads: a weighting, and for each term its factor and one weight a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    weighting: Weighting,
    /// Whether characters and words are normed each on their own.
    apart: bool,
    n_columns: usize,
    cells: Cells,
    /// What one in a cell stands for: of the factor, then of each column, then of the padding.
    scales: Vec<f32>,
    /// What small counts become.
    tf: Vec<f32>,
}

/// Shape `(n_terms, width)`, row by row; part of the program, or our own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cells {
    /// To be multiplied by the scale of their column.
    Whole(Cow<'static, [i16]>),
    /// As they are; all scales are 1.
    Real(Vec<f32>),
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Self::Whole(cells) => cells.len(),
            Self::Real(cells) => cells.len(),
        }
    }
}

/// Parts that make no group.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GroupError {
    /// Weights of the wrong number.
    #[error("found {found} cells, expected {expected}: {n_terms} rows of {width}")]
    Cells {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
        /// The vocabulary's size.
        n_terms: usize,
        /// Cells a row.
        width: usize,
    },
    /// Scales that are too few, or not positive numbers.
    #[error("found scale {found} at position {at}, expected {expected} positive numbers")]
    Scale {
        /// Where.
        at: usize,
        /// What stands there.
        found: f32,
        /// How many there should be.
        expected: usize,
    },
}

/// How counts become values, and how many numbers there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    pub(super) weighting: Weighting,
    /// Whether characters and words are normed each on their own.
    pub(super) apart: bool,
    pub(super) n_terms: usize,
    pub(super) n_columns: usize,
}

/// How many cells a row of one factor and `n_columns` weights has.
pub(super) fn width(n_columns: usize) -> usize {
    match n_columns.saturating_add(1) {
        n @ ..=8 => n.next_power_of_two().max(2),
        n => n.next_multiple_of(16),
    }
}

/// Counts below have their `tf` in a table.
const N_TF: u32 = 64;

impl Group {
    /// What a model file holds of a group.
    ///
    /// # Errors
    /// If the numbers of cells, scales and terms do not fit, or a factor or scale is not positive.
    pub(super) fn from_parts(layout: Layout, cells: Cells, scales: Vec<f32>) -> Result<Self, GroupError> {
        let Layout { weighting, apart, n_terms, n_columns } = layout;
        let width = width(n_columns);
        let expected = n_terms.saturating_mul(width);
        if cells.len() != expected {
            return Err(GroupError::Cells { found: cells.len(), expected, n_terms, width });
        }
        let wrong = |scale: &f32| !(scale.is_finite() && *scale > 0.0);
        if let Some(at) = scales.iter().position(wrong).or((scales.len() != width).then_some(scales.len())) {
            let found = scales.get(at).copied().unwrap_or_default();
            return Err(GroupError::Scale { at, found, expected: width });
        }
        let tf = (0..N_TF).map(|count| weighting.term_frequency.value(count)).collect();
        Ok(Self { weighting, apart, n_columns, cells, scales, tf })
    }

    /// Fitted weights of shape `(n_terms, n_columns)`, and the inverse document frequency of each term, if the
    /// weighting has them.
    pub(super) fn fitted(
        weighting: Weighting,
        apart: bool,
        idf: Option<&[f32]>,
        columns: &Array2<f64>,
    ) -> Result<Self, GroupError> {
        let (n_terms, n_columns) = columns.dim();
        let width = width(n_columns);
        let factor = |term: usize| idf.map_or(1.0, |idf| f64::from(idf[term]));
        let largest =
            |column: usize| columns.column(column).iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let scale = |most: f64| if most > 0.0 { (most / f64::from(i16::MAX)) as f32 } else { 1.0 };
        let mut scales = vec![scale((0..n_terms).map(factor).fold(0.0, f64::max))];
        scales.extend((0..n_columns).map(|column| scale(largest(column))));
        scales.resize(width, 1.0);
        let whole = |value: f64, scale: f32| (value / f64::from(scale)).round() as i16;
        let mut cells = vec![0; n_terms * width];
        for (term, row) in cells.chunks_mut(width).enumerate() {
            // A factor is never 0, or the term would be lost.
            row[0] = whole(factor(term), scales[0]).max(1);
            for (column, cell) in row[1..=n_columns].iter_mut().enumerate() {
                *cell = whole(columns[(term, column)], scales[1 + column]);
            }
        }
        let layout = Layout { weighting, apart, n_terms, n_columns };
        Self::from_parts(layout, Cells::Whole(cells.into()), scales)
    }

    /// Weights yet to be derived from counts.
    pub(super) fn underived(layout: Layout) -> Result<Self, GroupError> {
        let width = width(layout.n_columns);
        let mut cells = vec![0.0; layout.n_terms * width];
        cells.chunks_mut(width).for_each(|row| row[0] = 1.0);
        Self::from_parts(layout, Cells::Real(cells), vec![1.0; width])
    }

    /// Overwrites columns from `first` on by weights derived from counts; does nothing to fitted weights.
    pub(super) fn derive(&mut self, first: usize, columns: &Array2<f64>) {
        let width = self.width();
        if let Cells::Real(cells) = &mut self.cells {
            for (row, weights) in cells.chunks_mut(width).zip(columns.rows()) {
                row[1 + first..].iter_mut().zip(weights).for_each(|(cell, weight)| *cell = *weight as f32);
            }
        }
    }

    /// How counts become values.
    pub fn weighting(&self) -> Weighting {
        self.weighting
    }

    /// Whether characters and words are normed each on their own.
    pub(super) fn is_apart(&self) -> bool {
        self.apart
    }

    /// How many columns there are.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }

    pub(super) fn scales(&self) -> &[f32] {
        &self.scales
    }

    fn width(&self) -> usize {
        self.scales.len()
    }

    /// The factor and the weights of a term.
    fn cell(&self, id: u32, at: usize) -> f64 {
        let index = id as usize * self.width() + at;
        match &self.cells {
            Cells::Whole(cells) => f64::from(cells[index]) * f64::from(self.scales[at]),
            Cells::Real(cells) => f64::from(cells[index]),
        }
    }

    /// How counts became values when this was fitted, of a vocabulary whose first `n_characters` terms are characters.
    ///
    /// # Errors
    /// If there are not so many terms.
    pub(super) fn fitted_weighting(&self, n_characters: u32) -> Result<FittedWeighting, WeightingError> {
        let n_terms = self.n_terms();
        let idf = self.weighting.inverse_document_frequency.then(|| self.idf());
        let first = if self.apart { n_characters } else { 0 };
        FittedWeighting::from_parts(self.weighting, idf, n_terms, vec![0..first, first..n_terms as u32])
    }

    /// The inverse document frequency of each term; 1 where the weighting has none.
    pub(super) fn idf(&self) -> Vec<f32> {
        (0..self.n_terms() as u32).map(|id| self.cell(id, 0) as f32).collect()
    }

    /// All weights, shape `(n_terms, n_columns)`.
    pub(super) fn columns(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.n_terms(), self.n_columns), |(id, column)| self.weight(id as u32, column))
    }

    /// The same terms with other weights.
    pub(super) fn with_columns(&self, columns: &Array2<f64>) -> Result<Self, GroupError> {
        Self::fitted(self.weighting, self.apart, Some(&self.idf()), columns)
    }

    fn n_terms(&self) -> usize {
        self.cells.len() / self.width()
    }

    /// The weight of a term in a column.
    ///
    /// # Panics
    /// If there is no such term.
    pub fn weight(&self, id: u32, column: usize) -> f64 {
        self.cell(id, 1 + column)
    }

    /// The plain way: calls `each` with every term found and its value, normed.
    pub(super) fn values(&self, bag: &Bag, mut each: impl FnMut(u32, f64)) {
        let norm = self.weighting.norm;
        let value = |(id, count): (u32, u32)| {
            f64::from(self.weighting.term_frequency.value(count)) * self.cell(id, 0)
        };
        let blocks = [&bag.characters, &bag.words];
        let mut totals = blocks.map(|terms| terms.iter().map(|term| norm.part(value(term))).sum::<f64>());
        if !self.apart {
            totals = [totals[0] + totals[1]; 2];
        }
        for (terms, total) in blocks.into_iter().zip(totals) {
            let scale = norm.scale(total);
            terms.iter().for_each(|term| each(term.0, value(term) * scale));
        }
    }
}
