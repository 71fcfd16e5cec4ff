//! How often each document has each term: term ids in, a sparse [`CountMatrix`] out.
//!
//! Rows are compressed: eight bytes a cell, since a comment has a few hundred of some hundred thousand terms.
//! The type stands behind linfa's [`Records`], so that linfa's datasets carry it.
//! Deliberately absent: splitting and shuffling of rows for validation. The corpus is split, not the matrix,
//! for a vocabulary learned before the split has seen the test comments.

pub use super::builder::CountMatrixBuilder;

use crate::label::LabelId;
use linfa::dataset::Records;

impl linfa::Label for LabelId {}

/// Occurrences of each term in each document, shape `(n_documents, n_terms)`, by compressed rows.
///
/// Within a row the terms ascend, none stands twice, and every count is at least 1; so equal counts are equal
/// matrices, and the cells of a term are its document frequency.
///
/// ```
/// use moderato::counts::matrix::CountMatrixBuilder;
///
/// let mut builder = CountMatrixBuilder::new();
/// builder.push_row([(2, 1), (0, 1), (2, 1)]);
/// let counts = builder.finish(3)?;
/// assert_eq!(counts.row(0).iter().collect::<Vec<_>>(), [(0, 1), (2, 2)]);
/// # Ok::<(), moderato::counts::matrix::CountMatrixError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountMatrix {
    n_terms: usize,
    /// Row `i` is `indptr[i]..indptr[i + 1]` of `terms` and `counts`.
    indptr: Vec<usize>,
    terms: Vec<u32>,
    counts: Vec<u32>,
}

/// Why arrays are not a [`CountMatrix`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountMatrixError {
    /// More terms than a `u32` can number.
    #[error("found {0} terms, expected at most {max}", max = u32::MAX)]
    TooManyTerms(usize),
    /// Row bounds that do not start at 0, descend, or do not end at the number of cells.
    #[error("row bounds do not divide {0} cells: expected them to ascend from 0 to {0}")]
    RowBounds(usize),
    /// Terms and counts of different length.
    #[error("found {terms} term ids and {counts} counts, expected as many of one as of the other")]
    Cells {
        /// How many term ids there are.
        terms: usize,
        /// How many counts there are.
        counts: usize,
    },
    /// A term id beyond the vocabulary.
    #[error("document {document}: found term {term}, expected one below {n_terms}")]
    UnknownTerm {
        /// The row, from 0.
        document: usize,
        /// The id found.
        term: u32,
        /// How many terms there are.
        n_terms: usize,
    },
    /// Terms of a row that do not ascend.
    #[error("document {document}: found term {term} out of order, expected ascending terms")]
    Unsorted {
        /// The row, from 0.
        document: usize,
        /// The first term that is not above the one before it.
        term: u32,
    },
    /// A cell that says a term does not occur.
    #[error("document {document}: found count 0 for term {term}, expected at least 1")]
    ZeroCount {
        /// The row, from 0.
        document: usize,
        /// The term.
        term: u32,
    },
    /// Parts counted with different vocabularies.
    #[error("found a part of {found} terms, expected {expected}")]
    OtherVocabulary {
        /// Terms of the part.
        found: usize,
        /// Terms of the parts before it.
        expected: usize,
    },
}

/// One document of a [`CountMatrix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRow<'a> {
    /// The terms that occur, ascending.
    pub terms: &'a [u32],
    /// How often each of them occurs.
    pub counts: &'a [u32],
}

impl<'a> CountRow<'a> {
    /// Terms with their counts.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u32)> + use<'a> {
        self.terms.iter().copied().zip(self.counts.iter().copied())
    }

    /// The document's length: the sum of its counts.
    pub fn n_tokens(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
    }
}

impl CountMatrix {
    /// Takes compressed rows, checking each invariant; for counts that come from outside.
    ///
    /// # Errors
    /// If the bounds do not divide the cells, or a row's terms are unknown, unsorted, repeated or counted 0 times.
    pub fn new(
        n_terms: usize,
        indptr: Vec<usize>,
        terms: Vec<u32>,
        counts: Vec<u32>,
    ) -> Result<Self, CountMatrixError> {
        if u32::try_from(n_terms).is_err() {
            return Err(CountMatrixError::TooManyTerms(n_terms));
        }
        if terms.len() != counts.len() {
            return Err(CountMatrixError::Cells { terms: terms.len(), counts: counts.len() });
        }
        let bounded = indptr.first() == Some(&0) && indptr.last() == Some(&terms.len());
        if !bounded || !indptr.is_sorted() {
            return Err(CountMatrixError::RowBounds(terms.len()));
        }
        let matrix = Self { n_terms, indptr, terms, counts };
        matrix.rows().enumerate().try_for_each(|(document, row)| check_row(document, row, n_terms))?;
        Ok(matrix)
    }

    /// No document, over a vocabulary of `n_terms`.
    pub fn empty(n_terms: usize) -> Self {
        Self { n_terms, indptr: vec![0], terms: Vec::new(), counts: Vec::new() }
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.indptr.len() - 1
    }

    /// How many terms the vocabulary has, whether they occur or not.
    pub fn n_terms(&self) -> usize {
        self.n_terms
    }

    /// How many cells are not zero.
    pub fn n_cells(&self) -> usize {
        self.terms.len()
    }

    /// Bounds of the rows, length `n_documents + 1`.
    pub fn indptr(&self) -> &[usize] {
        &self.indptr
    }

    /// Terms of all rows, one row after another.
    pub fn terms(&self) -> &[u32] {
        &self.terms
    }

    /// Counts of all rows, in step with [`terms`](Self::terms).
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The terms of one document.
    ///
    /// # Panics
    /// If there are not that many documents.
    pub fn row(&self, document: usize) -> CountRow<'_> {
        let cells = self.indptr[document]..self.indptr[document + 1];
        CountRow { terms: &self.terms[cells.clone()], counts: &self.counts[cells] }
    }

    /// All documents in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = CountRow<'_>> {
        (0..self.n_documents()).map(|document| self.row(document))
    }

    /// Adds the documents of `other` below.
    ///
    /// # Errors
    /// If `other` has another number of terms.
    pub fn append(&mut self, other: &Self) -> Result<(), CountMatrixError> {
        if self.n_terms != other.n_terms {
            return Err(CountMatrixError::OtherVocabulary { found: other.n_terms, expected: self.n_terms });
        }
        let n_cells = self.n_cells();
        self.indptr.extend(other.indptr[1..].iter().map(|bound| bound + n_cells));
        self.terms.extend_from_slice(&other.terms);
        self.counts.extend_from_slice(&other.counts);
        Ok(())
    }

    /// The documents of all parts, in the order of the parts, as counting in parallel leaves them.
    /// Of no parts, an empty matrix over no terms.
    ///
    /// # Errors
    /// If the parts have different numbers of terms.
    pub fn concat(parts: impl IntoIterator<Item = Self>) -> Result<Self, CountMatrixError> {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(|| Self::empty(0));
        parts.try_for_each(|part| all.append(&part))?;
        Ok(all)
    }

    /// The documents named, in the order named; a document may be named twice.
    ///
    /// # Panics
    /// If there are not that many documents.
    pub fn select_rows(&self, documents: &[usize]) -> Self {
        let mut selected = Self::empty(self.n_terms);
        for row in documents.iter().map(|&document| self.row(document)) {
            selected.terms.extend_from_slice(row.terms);
            selected.counts.extend_from_slice(row.counts);
            selected.indptr.push(selected.terms.len());
        }
        selected
    }

    /// The terms named, which must ascend, renumbered by their position in `kept`: a vocabulary cut down to what
    /// the training documents of one fold have.
    ///
    /// # Panics
    /// If `kept` does not ascend or names a term there is not.
    pub fn select_terms(&self, kept: &[u32]) -> Self {
        assert!(kept.is_sorted_by(|a, b| a < b), "terms to keep must ascend");
        let mut new_ids = vec![None; self.n_terms];
        for (new, &old) in (0u32..).zip(kept) {
            new_ids[old as usize] = Some(new);
        }
        let mut selected = Self::empty(kept.len());
        for row in self.rows() {
            for (term, count) in row.iter() {
                if let Some(new) = new_ids[term as usize] {
                    selected.terms.push(new);
                    selected.counts.push(count);
                }
            }
            selected.indptr.push(selected.terms.len());
        }
        selected
    }

    /// How many documents have each term, length `n_terms`.
    pub fn document_frequencies(&self) -> Vec<u32> {
        let mut frequencies = vec![0; self.n_terms];
        for &term in &self.terms {
            frequencies[term as usize] += 1;
        }
        frequencies
    }

    /// The same cells by term instead of by document.
    pub fn transpose(&self) -> CountColumns {
        let mut indptr = Vec::with_capacity(self.n_terms + 1);
        let mut n_cells = 0;
        indptr.push(0);
        for frequency in self.document_frequencies() {
            n_cells += frequency as usize;
            indptr.push(n_cells);
        }
        let mut next = indptr.clone();
        let mut documents = vec![0; n_cells];
        let mut counts = vec![0; n_cells];
        for (document, row) in (0u32..).zip(self.rows()) {
            for (term, count) in row.iter() {
                let cell = next[term as usize];
                documents[cell] = document;
                counts[cell] = count;
                next[term as usize] += 1;
            }
        }
        CountColumns { indptr, documents, counts }
    }

    /// Whether each term occurs: every count becomes 1.
    #[must_use]
    pub fn binary(mut self) -> Self {
        self.counts.fill(1);
        self
    }

    /// Gives up the bounds of the rows, the terms and the counts.
    pub(super) fn into_parts(self) -> (Vec<usize>, Vec<u32>, Vec<u32>) {
        (self.indptr, self.terms, self.counts)
    }
}

fn check_row(document: usize, row: CountRow<'_>, n_terms: usize) -> Result<(), CountMatrixError> {
    let mut lowest = 0;
    for (term, count) in row.iter() {
        if u64::from(term) < lowest {
            return Err(CountMatrixError::Unsorted { document, term });
        }
        if term as usize >= n_terms {
            return Err(CountMatrixError::UnknownTerm { document, term, n_terms });
        }
        if count == 0 {
            return Err(CountMatrixError::ZeroCount { document, term });
        }
        lowest = u64::from(term) + 1;
    }
    Ok(())
}

impl Records for CountMatrix {
    type Elem = u32;

    fn nsamples(&self) -> usize {
        self.n_documents()
    }

    fn nfeatures(&self) -> usize {
        self.n_terms
    }
}

/// The cells of a [`CountMatrix`] by compressed columns: for each term, the documents that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountColumns {
    indptr: Vec<usize>,
    documents: Vec<u32>,
    counts: Vec<u32>,
}

impl CountColumns {
    /// How many terms there are.
    pub fn n_terms(&self) -> usize {
        self.indptr.len() - 1
    }

    /// The documents that have `term`, ascending, and how often each has it.
    ///
    /// # Panics
    /// If there are not that many terms.
    pub fn column(&self, term: usize) -> (&[u32], &[u32]) {
        let cells = self.indptr[term]..self.indptr[term + 1];
        (&self.documents[cells.clone()], &self.counts[cells])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn matrix(n_terms: usize, rows: &[Vec<(u32, u32)>]) -> CountMatrix {
        let mut builder = CountMatrixBuilder::new();
        rows.iter().for_each(|row| builder.push_row(row.iter().copied()));
        builder.finish(n_terms).unwrap()
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<(u32, u32)>>> {
        vec(vec((0u32..9, 0u32..4), 0..12), 0..8)
    }

    #[test]
    fn arrays_that_are_no_matrix_are_refused_with_their_place() {
        let check = |indptr: &[usize], terms: &[u32], counts: &[u32], expected: &str| {
            let error = CountMatrix::new(3, indptr.to_vec(), terms.to_vec(), counts.to_vec()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(&[], &[], &[], "row bounds do not divide 0 cells: expected them to ascend from 0 to 0");
        check(&[0, 2], &[0], &[1], "row bounds do not divide 1 cells: expected them to ascend from 0 to 1");
        check(
            &[0, 2, 1, 2],
            &[0, 1],
            &[1, 1],
            "row bounds do not divide 2 cells: expected them to ascend from 0 to 2",
        );
        check(&[0, 1], &[0], &[], "found 1 term ids and 0 counts, expected as many of one as of the other");
        check(&[0, 1], &[3], &[1], "document 0: found term 3, expected one below 3");
        check(
            &[0, 0, 2],
            &[1, 1],
            &[1, 1],
            "document 1: found term 1 out of order, expected ascending terms",
        );
        check(
            &[0, 0, 2],
            &[1, 0],
            &[1, 1],
            "document 1: found term 0 out of order, expected ascending terms",
        );
        check(&[0, 1], &[2], &[0], "document 0: found count 0 for term 2, expected at least 1");
        assert_eq!(
            CountMatrix::new(1 << 32, vec![0], vec![], vec![]),
            Err(CountMatrixError::TooManyTerms(1 << 32))
        );
    }

    #[test]
    fn parts_over_other_vocabularies_are_refused() {
        let parts = [CountMatrix::empty(3), CountMatrix::empty(4)];
        let expected = CountMatrixError::OtherVocabulary { found: 4, expected: 3 };
        assert_eq!(CountMatrix::concat(parts), Err(expected));
    }

    #[test]
    fn rows_pushed_as_sorted_are_checked() {
        let mut builder = CountMatrixBuilder::new();
        builder.push_sorted_row([(1, 2), (4, 1)]);
        assert_eq!(builder.clone().finish(5).unwrap(), matrix(5, &[vec![(4, 1), (1, 2)]]));
        builder.push_sorted_row([(4, 1), (1, 2)]);
        assert_eq!(builder.finish(5), Err(CountMatrixError::Unsorted { document: 1, term: 1 }));
    }

    #[test]
    fn counts_that_do_not_fit_stay_at_the_largest() {
        let counts = matrix(1, &[vec![(0, u32::MAX), (0, 1)]]);
        assert_eq!(counts.counts(), [u32::MAX]);
        assert_eq!(counts.row(0).n_tokens(), u64::from(u32::MAX));
    }

    #[test]
    fn an_empty_document_is_a_document() {
        let counts = matrix(2, &[vec![], vec![(1, 1)], vec![]]);
        assert_eq!(counts.n_documents(), 3);
        assert_eq!(counts.row(2).terms, [0; 0]);
    }

    proptest! {
        #[test]
        fn the_order_of_a_documents_terms_does_not_matter(rows in rows()) {
            let reversed: Vec<Vec<_>> =
                rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
            prop_assert_eq!(matrix(9, &rows), matrix(9, &reversed));
        }

        #[test]
        fn parts_in_order_are_the_whole(rows in rows(), split in 0usize..8) {
            let split = split.min(rows.len());
            let parts = [matrix(9, &rows[..split]), matrix(9, &rows[split..])];
            prop_assert_eq!(CountMatrix::concat(parts).unwrap(), matrix(9, &rows));
        }

        #[test]
        fn selecting_rows_is_counting_only_those(rows in rows(), picks in vec(0usize..8, 0..10)) {
            let picks: Vec<usize> = picks.into_iter().filter(|&pick| pick < rows.len()).collect();
            let picked: Vec<_> = picks.iter().map(|&pick| rows[pick].clone()).collect();
            prop_assert_eq!(matrix(9, &rows).select_rows(&picks), matrix(9, &picked));
        }

        #[test]
        fn selecting_terms_forgets_the_others(rows in rows(), kept in vec(any::<bool>(), 9)) {
            let kept: Vec<u32> = (0..9).filter(|&term| kept[term as usize]).collect();
            let cut: Vec<Vec<_>> = rows
                .iter()
                .map(|row| {
                    row.iter()
                        .filter_map(|&(term, count)| {
                            Some((u32::try_from(kept.binary_search(&term).ok()?).ok()?, count))
                        })
                        .collect()
                })
                .collect();
            prop_assert_eq!(matrix(9, &rows).select_terms(&kept), matrix(kept.len(), &cut));
        }

        #[test]
        fn columns_hold_the_cells_of_the_rows(rows in rows()) {
            let counts = matrix(9, &rows);
            let columns = counts.transpose();
            prop_assert_eq!(columns.n_terms(), 9);
            let mut by_column: Vec<(u32, u32, u32)> = Vec::new();
            for term in 0..9u32 {
                let (documents, cells) = columns.column(term as usize);
                by_column.extend(documents.iter().zip(cells).map(|(&document, &count)| (document, term, count)));
            }
            by_column.sort_unstable();
            let by_row: Vec<(u32, u32, u32)> = (0u32..)
                .zip(counts.rows())
                .flat_map(|(document, row)| row.iter().map(move |(term, count)| (document, term, count)))
                .collect();
            prop_assert_eq!(by_column, by_row);
        }

        #[test]
        fn arbitrary_arrays_never_panic(
            indptr in vec(0usize..6, 0..6),
            terms in vec(any::<u32>(), 0..6),
            counts in vec(any::<u32>(), 0..6),
        ) {
            if let Ok(matrix) = CountMatrix::new(4, indptr, terms, counts) {
                matrix.transpose();
            }
        }
    }
}
