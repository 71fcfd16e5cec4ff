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

use crate::counts::bag::{Bag, Terms};
use crate::counts::weighting::{FittedWeighting, Norm, Weighting, WeightingError};
use ndarray::Array2;
use pulp::{Arch, Simd, WithSimd};
use std::borrow::Cow;
use std::hint::black_box;
use std::ops::{AddAssign, Mul};

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

/// What groups add up to, kept from comment to comment.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Of the terms of a block.
    values: Vec<f32>,
    /// Of each column of the groups so far.
    pub(super) log_odds: Vec<f64>,
}

/// [`Group::add`], to be compiled once for each set of vector instructions.
struct Addition<'a> {
    group: &'a Group,
    bag: &'a Bag,
    sums: &'a mut Sums,
}

impl WithSimd for Addition<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.group.add_inlined(self.bag, self.sums);
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

    /// Appends the sum of `value · weight` for each column.
    ///
    /// What is inlined here is compiled once for each set of vector instructions, of which the machine's best is taken;
    /// each column is summed by itself in the order of the terms, so that all give the same bits.
    pub(super) fn add(&self, bag: &Bag, sums: &mut Sums) {
        Arch::new().dispatch(Addition { group: self, bag, sums });
    }

    #[inline(always)]
    fn add_inlined(&self, bag: &Bag, sums: &mut Sums) {
        match self.width() {
            2 => self.add_rows::<2>(bag, sums),
            4 => self.add_rows::<4>(bag, sums),
            8 => self.add_rows::<8>(bag, sums),
            16 => self.add_rows::<16>(bag, sums),
            32 => self.add_rows::<32>(bag, sums),
            48 => self.add_rows::<48>(bag, sums),
            64 => self.add_rows::<64>(bag, sums),
            _ => self.add_plainly(bag, &mut sums.log_odds),
        }
    }

    /// [`add`](Self::add) by way of [`values`](Self::values).
    fn add_plainly(&self, bag: &Bag, log_odds: &mut Vec<f64>) {
        let first = log_odds.len();
        log_odds.resize(first + self.n_columns, 0.0);
        let sums = &mut log_odds[first..];
        self.values(bag, |id, value| {
            sums.iter_mut().enumerate().for_each(|(column, sum)| *sum += value * self.weight(id, column));
        });
    }

    #[inline(always)]
    fn add_rows<const W: usize>(&self, bag: &Bag, sums: &mut Sums) {
        let Sums { values, log_odds } = sums;
        // A norm bounds the sums, so that 32 bits hold them to seven digits; counts as they are have no bound.
        let mut blocks = match (&self.cells, self.weighting.norm) {
            (Cells::Whole(cells), Norm::None) => {
                self.both_sums::<W, _, f64>(cells.as_chunks().0, bag, values)
            }
            (Cells::Whole(cells), _) => {
                let [characters, words] = self.both_sums::<W, _, f32>(cells.as_chunks().0, bag, values);
                [characters.map(f64::from), words.map(f64::from)]
            }
            (Cells::Real(cells), _) => self.both_sums::<W, _, f64>(cells.as_chunks().0, bag, values),
        };
        if !self.apart {
            let total = blocks[0][0] + blocks[1][0];
            (blocks[0][0], blocks[1][0]) = (total, total);
        }
        let [characters, words] = &blocks;
        let norms = [characters[0], words[0]].map(|total| self.weighting.norm.scale(total));
        log_odds.extend(
            (1..=self.n_columns)
                .map(|at| f64::from(self.scales[at]) * (norms[0] * characters[at] + norms[1] * words[at])),
        );
    }

    /// [`sums`](Self::sums) of characters and of words.
    #[inline(always)]
    fn both_sums<const W: usize, C: Copy + Into<f32>, A>(
        &self,
        rows: &[[C; W]],
        bag: &Bag,
        values: &mut Vec<f32>,
    ) -> [[A; W]; 2]
    where
        A: Copy + From<f32> + AddAssign + Mul<Output = A>,
    {
        [self.sums(rows, &bag.characters, values), self.sums(rows, &bag.words, values)]
    }

    /// For each column the sum of `value · cell` before norm and scale, over the terms of a block; in the factor's
    /// place what the norm is made of.
    ///
    /// Values come first: each needs one cell of its row, so that many rows are fetched at once, and then all are near.
    #[inline(always)]
    fn sums<const W: usize, C: Copy + Into<f32>, A>(
        &self,
        rows: &[[C; W]],
        terms: &Terms,
        values: &mut Vec<f32>,
    ) -> [A; W]
    where
        A: Copy + From<f32> + AddAssign + Mul<Output = A>,
    {
        let tf = |count: u32| match self.tf.get(count as usize) {
            Some(tf) => *tf,
            None => self.weighting.term_frequency.value(count),
        };
        values.clear();
        values.extend(
            terms.iter().map(|(id, count)| tf(count) * (rows[id as usize][0].into() * self.scales[0])),
        );
        let mut sums = [[A::from(0.0); W]; 2];
        // Two rows a step, since a sum must wait for the one before.
        let mut pairs = terms.ids().chunks_exact(2).zip(values.chunks_exact(2));
        for (ids, values) in &mut pairs {
            for at in 0..2 {
                add_row(&mut sums[at], values[at], &rows[ids[at] as usize]);
            }
        }
        if let ([.., id], [.., value]) = (terms.ids(), &**values)
            && values.len() % 2 == 1
        {
            add_row(&mut sums[0], *value, &rows[*id as usize]);
        }
        // Nobody reads the factors' sum; were it left out for that, rows would not be whole vectors.
        let [mut sums, odd] = black_box(sums);
        sums.iter_mut().zip(odd).for_each(|(sum, odd)| *sum += odd);
        sums[0] = match self.weighting.norm {
            Norm::Euclidean => sum(values, |value| A::from(value * value)),
            _ => sum(values, A::from),
        };
        sums
    }
}

/// Adds `value · cell` to the sum of each column.
#[inline(always)]
fn add_row<const W: usize, C: Copy + Into<f32>, A>(sums: &mut [A; W], value: f32, row: &[C; W])
where
    A: Copy + From<f32> + AddAssign + Mul<Output = A>,
{
    for (sum, &cell) in sums.iter_mut().zip(row) {
        *sum += A::from(value) * A::from(cell.into());
    }
}

/// The sum of what each value counts, eight at a time.
#[inline(always)]
fn sum<A: Copy + From<f32> + AddAssign>(values: &[f32], part: impl Fn(f32) -> A) -> A {
    let mut sums = [A::from(0.0); 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, &value)| *sum += part(value));
    }
    sums.iter_mut().zip(rest).for_each(|(sum, &value)| *sum += part(value));
    let mut total = A::from(0.0);
    sums.into_iter().for_each(|sum| total += sum);
    total
}
