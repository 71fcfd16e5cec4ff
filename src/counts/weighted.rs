//! A [`CountMatrix`] after weighting: the values logistic regression learns from.
//!
//! Values are `f32`: learning is bound by memory, and seven digits of a tf-idf value are more than it means.
//! All sums over them are taken in `f64`.

use super::matrix::CountMatrix;

/// The value of each term in each document, shape `(n_documents, n_terms)`, by compressed rows.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedMatrix {
    n_terms: usize,
    indptr: Vec<usize>,
    terms: Vec<u32>,
    values: Vec<f32>,
}

/// One document of a [`WeightedMatrix`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedRow<'a> {
    /// The terms that occur, ascending.
    pub terms: &'a [u32],
    /// The value of each of them.
    pub values: &'a [f32],
}

impl<'a> WeightedRow<'a> {
    /// Terms with their values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, f32)> + use<'a> {
        self.terms.iter().copied().zip(self.values.iter().copied())
    }
}

impl WeightedMatrix {
    /// The cells of `counts` with other values; as many values as cells.
    pub(super) fn from_counts(counts: CountMatrix, values: Vec<f32>) -> Self {
        let n_terms = counts.n_terms();
        let (indptr, terms, _) = counts.into_parts();
        debug_assert_eq!(terms.len(), values.len());
        Self { n_terms, indptr, terms, values }
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.indptr.len() - 1
    }

    /// How many terms the vocabulary has.
    pub fn n_terms(&self) -> usize {
        self.n_terms
    }

    /// How many cells are not zero.
    pub fn n_cells(&self) -> usize {
        self.terms.len()
    }

    /// The terms of one document.
    ///
    /// # Panics
    /// If there are not that many documents.
    pub fn row(&self, document: usize) -> WeightedRow<'_> {
        let cells = self.indptr[document]..self.indptr[document + 1];
        WeightedRow { terms: &self.terms[cells.clone()], values: &self.values[cells] }
    }

    /// All documents in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = WeightedRow<'_>> {
        (0..self.n_documents()).map(|document| self.row(document))
    }

    /// The documents named, in the order named; a document may be named twice.
    ///
    /// # Panics
    /// If there are not that many documents.
    pub fn select_rows(&self, documents: &[usize]) -> Self {
        let mut selected =
            Self { n_terms: self.n_terms, indptr: vec![0], terms: Vec::new(), values: Vec::new() };
        for row in documents.iter().map(|&document| self.row(document)) {
            selected.terms.extend_from_slice(row.terms);
            selected.values.extend_from_slice(row.values);
            selected.indptr.push(selected.terms.len());
        }
        selected
    }
}
