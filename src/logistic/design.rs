//! The documents laid out for the solver, and the passes it makes over them.
//!
//! Terms that no document has are left out, which in a fold of a cross-validation are many. Sums over documents are
//! taken in fixed parts that depend on the data alone, so the result is the same on any number of threads.

use crate::counts::weighted::{WeightedMatrix, WeightedRow};
use rayon::prelude::*;
use std::ops::Range;

/// The values of a [`WeightedMatrix`], ready to learn several labels from.
#[derive(Debug, Clone)]
pub struct DesignMatrix {
    /// Length of the vocabulary.
    n_terms: usize,
    /// The vocabulary's id of each term that occurs, ascending.
    vocabulary_ids: Vec<u32>,
    /// The documents, their terms numbered without those that do not occur.
    rows: WeightedMatrix,
    /// Documents summed one after another; what the parts sum to is added in their order.
    parts: Vec<Range<usize>>,
}

/// The most parts, and so the most threads one fit uses. Labels and folds are fitted side by side, so few suffice.
const MAX_PARTS: usize = 4;

/// A part has at least so many cells for each term, or adding up the parts would cost more than the pass itself.
const CELLS_PER_TERM: usize = 8;

impl From<WeightedMatrix> for DesignMatrix {
    fn from(mut rows: WeightedMatrix) -> Self {
        let n_terms = rows.n_terms();
        let mut new_ids = vec![u32::MAX; n_terms];
        rows.rows().for_each(|row| row.terms.iter().for_each(|&term| new_ids[term as usize] = 0));
        let vocabulary_ids: Vec<u32> =
            (0u32..).zip(&new_ids).filter(|pair| *pair.1 == 0).map(|pair| pair.0).collect();
        (0u32..).zip(&vocabulary_ids).for_each(|(new, &old)| new_ids[old as usize] = new);
        rows.renumber_terms(&new_ids);
        let parts = parts(&rows, vocabulary_ids.len());
        Self { n_terms, vocabulary_ids, rows, parts }
    }
}

/// Runs of documents with about as many cells each.
fn parts(rows: &WeightedMatrix, n_used_terms: usize) -> Vec<Range<usize>> {
    let n_parts = (rows.n_cells() / (CELLS_PER_TERM * n_used_terms.max(1))).clamp(1, MAX_PARTS);
    let cells_per_part = rows.n_cells().div_ceil(n_parts).max(1);
    let mut parts = Vec::with_capacity(n_parts);
    let (mut start, mut n_cells) = (0, 0);
    for (document, row) in rows.rows().enumerate() {
        n_cells += row.terms.len();
        if n_cells >= cells_per_part {
            parts.push(start..document + 1);
            (start, n_cells) = (document + 1, 0);
        }
    }
    parts.push(start..rows.n_documents());
    parts
}

impl DesignMatrix {
    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.rows.n_documents()
    }

    /// How many terms the vocabulary has.
    pub fn n_terms(&self) -> usize {
        self.n_terms
    }

    /// How many terms occur: the length of the solver's vectors.
    pub(super) fn n_used_terms(&self) -> usize {
        self.vocabulary_ids.len()
    }

    /// Puts numbers of the used terms where the vocabulary has them; 0 for the others.
    pub(super) fn in_vocabulary_order(&self, numbers: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut ordered = vec![0.0; self.n_terms];
        self.vocabulary_ids.iter().zip(numbers).for_each(|(&term, number)| ordered[term as usize] = number);
        ordered
    }

    /// `X v`, length `n_documents`.
    pub(super) fn products(&self, v: &[f64]) -> Vec<f64> {
        let of_part = |part: &Range<usize>| -> Vec<f64> {
            part.clone().map(|document| dot(self.rows.row(document), v)).collect()
        };
        let parts: Vec<Vec<f64>> = self.parts.par_iter().map(of_part).collect();
        parts.concat()
    }

    /// For each used term, the sum of `K` numbers over all documents: `add` is given each document's number, its
    /// row, and the sums of its part so far.
    pub(super) fn sums<const K: usize>(
        &self,
        work: &mut PartSums<K>,
        add: impl Fn(usize, WeightedRow<'_>, &mut [[f64; K]]) + Sync,
    ) {
        work.parts.resize_with(self.parts.len(), Vec::new);
        work.parts.par_iter_mut().zip(&self.parts).for_each(|(sums, part)| {
            sums.clear();
            sums.resize(self.n_used_terms(), [0.0; K]);
            part.clone().for_each(|document| add(document, self.rows.row(document), sums));
        });
        self.add_up(work);
    }

    /// `Xᵀ D (X v + offset)`, where `D` is diagonal with `curvature`; `products` becomes `X v + offset`.
    pub(super) fn curved(
        &self,
        work: &mut PartSums<1>,
        curvature: &[f64],
        (v, offset): (&[f64], f64),
        products: &mut [f64],
    ) {
        work.parts.resize_with(self.parts.len(), Vec::new);
        let mut tasks = Vec::with_capacity(self.parts.len());
        let mut rest = products;
        for (sums, part) in work.parts.iter_mut().zip(&self.parts) {
            let (products, after) = rest.split_at_mut(part.len());
            tasks.push((part, sums, products));
            rest = after;
        }
        tasks.into_par_iter().for_each(|(part, sums, products)| {
            sums.clear();
            sums.resize(self.n_used_terms(), [0.0]);
            for (document, product) in part.clone().zip(products) {
                let row = self.rows.row(document);
                *product = dot(row, v) + offset;
                let factor = curvature[document] * *product;
                row.iter().for_each(|(term, value)| sums[term as usize][0] += factor * f64::from(value));
            }
        });
        self.add_up(work);
    }

    /// Adds the other parts to the first, term by term in the order of the parts.
    fn add_up<const K: usize>(&self, work: &mut PartSums<K>) {
        let Some((total, others)) = work.parts.split_first_mut() else { return };
        if others.is_empty() {
            return;
        }
        total.par_chunks_mut(TERMS_PER_TASK).enumerate().for_each(|(task, total)| {
            for other in others.iter() {
                let other = &other[task * TERMS_PER_TASK..];
                for (sum, part) in total.iter_mut().zip(other) {
                    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                }
            }
        });
    }
}

const TERMS_PER_TASK: usize = 4096;

/// Sums over documents, `K` a term, kept from pass to pass for their allocation.
#[derive(Debug, Default)]
pub(super) struct PartSums<const K: usize> {
    parts: Vec<Vec<[f64; K]>>,
}

impl<const K: usize> PartSums<K> {
    /// The sums over all documents, after a pass.
    pub(super) fn total(&self) -> &[[f64; K]] {
        self.parts.first().map_or(&[], Vec::as_slice)
    }
}

/// `Σ value · v[term]`, in four sums, since one would wait for itself at every step.
fn dot(row: WeightedRow<'_>, v: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (terms, last_terms) = row.terms.as_chunks::<4>();
    let (values, last_values) = row.values.as_chunks::<4>();
    for (terms, values) in terms.iter().zip(values) {
        for i in 0..4 {
            sums[i] += f64::from(values[i]) * v[terms[i] as usize];
        }
    }
    let last = last_terms.iter().zip(last_values).map(|(&term, &value)| f64::from(value) * v[term as usize]);
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + last.sum::<f64>()
}
