//! A [`CountMatrix`] from one document after another.

use super::matrix::{CountMatrix, CountMatrixError};

/// Takes the documents of a [`CountMatrix`] one by one.
///
/// The vocabulary's size may be unknown until all documents are counted, so it is asked for at the end.
#[derive(Debug, Clone, Default)]
pub struct CountMatrixBuilder {
    /// Ends of the rows so far.
    ends: Vec<usize>,
    terms: Vec<u32>,
    counts: Vec<u32>,
    /// The cells of the row being pushed; kept for its allocation.
    row: Vec<(u32, u32)>,
}

impl CountMatrixBuilder {
    /// Without documents.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many documents were pushed so far.
    pub fn n_documents(&self) -> usize {
        self.ends.len()
    }

    /// Adds a document, its terms in any order.
    ///
    /// Counts of a term that stands twice are added (up to `u32::MAX`); a term counted 0 times is left out.
    pub fn push_row(&mut self, cells: impl IntoIterator<Item = (u32, u32)>) {
        self.row.clear();
        self.row.extend(cells.into_iter().filter(|&(_, count)| count > 0));
        self.row.sort_unstable_by_key(|&(term, _)| term);
        let start = self.terms.len();
        for &(term, count) in &self.row {
            match self.counts.last_mut() {
                Some(last) if self.terms.len() > start && self.terms.last() == Some(&term) => {
                    *last = last.saturating_add(count);
                }
                _ => {
                    self.terms.push(term);
                    self.counts.push(count);
                }
            }
        }
        self.ends.push(self.terms.len());
    }

    /// Adds a document whose terms ascend already; [`finish`](Self::finish) checks that they do.
    pub fn push_sorted_row(&mut self, cells: impl IntoIterator<Item = (u32, u32)>) {
        for (term, count) in cells {
            self.terms.push(term);
            self.counts.push(count);
        }
        self.ends.push(self.terms.len());
    }

    /// The matrix over a vocabulary of `n_terms`.
    ///
    /// # Errors
    /// If a term is not below `n_terms`, or a row pushed as sorted is not.
    pub fn finish(self, n_terms: usize) -> Result<CountMatrix, CountMatrixError> {
        let mut indptr = self.ends;
        indptr.insert(0, 0);
        CountMatrix::new(n_terms, indptr, self.terms, self.counts)
    }
}
