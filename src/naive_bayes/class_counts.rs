//! The sufficient statistics of naive Bayes: labelled documents in, whole numbers by class out.
//!
//! They are kept as integers: exact, in whatever order or on however many threads they are added, so that
//! `count(a) + count(b)` is `count(a and b)` and subtracting a document leaves no trace of it.

use super::NaiveBayesError;
use crate::counts::matrix::CountMatrix;
use crate::label::LabelId;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use std::ops::Range;

/// Documents with their labels.
#[derive(Debug, Clone, Copy)]
pub struct LabelledCounts<'a> {
    /// The documents.
    pub counts: &'a CountMatrix,
    /// The class of each document.
    pub labels: &'a [LabelId],
    /// How many times each document counts; once, if not given. Whole numbers, so that the statistics are, too.
    pub multiplicities: Option<&'a [u32]>,
}

/// `N_c` and `T_ct`: documents of each class, and occurrences of each term in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassCounts {
    /// `N_c`, length `n_classes`.
    n_documents: Vec<u64>,
    /// `T_ct`, shape `(n_terms, n_classes)`.
    term_counts: Array2<u64>,
}

/// Why documents cannot be counted, or counts not be added or subtracted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassCountsError {
    /// Labels or multiplicities for another number of documents.
    #[error("found {found} {what}, expected {expected}, one a document")]
    Length {
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many documents there are.
        expected: usize,
    },
    /// A label beyond the classes.
    #[error("document {document}: found label {label}, expected one below {n_classes}")]
    UnknownLabel {
        /// The row, from 0.
        document: usize,
        /// Its label.
        label: u16,
        /// How many classes there are.
        n_classes: usize,
    },
    /// Counts of another number of terms or classes.
    #[error("found counts of {found:?} terms and classes, expected {expected:?}")]
    Shape {
        /// Terms and classes found.
        found: (usize, usize),
        /// Terms and classes expected.
        expected: (usize, usize),
    },
    /// More is subtracted than was ever added.
    #[error("{of} of class {class} would be negative, expected counts that were added before")]
    Negative {
        /// A term, or the documents.
        of: String,
        /// The class.
        class: usize,
    },
    /// More occurrences than a `u64` can number.
    #[error("counts do not fit 64 bits")]
    Overflow,
}

impl From<ClassCountsError> for NaiveBayesError {
    fn from(error: ClassCountsError) -> Self {
        let error = match error {
            ClassCountsError::Length { found, expected, .. } => {
                linfa::Error::MismatchedShapes(expected, found)
            }
            other => linfa::Error::Parameters(other.to_string()),
        };
        error.into()
    }
}

impl ClassCounts {
    /// Nothing counted yet.
    pub fn zeros(n_terms: usize, n_classes: usize) -> Self {
        Self { n_documents: vec![0; n_classes], term_counts: Array2::zeros((n_terms, n_classes)) }
    }

    /// Takes statistics that a model file holds: `N_c` of length `n_classes` and `T_ct` of shape
    /// `(n_terms, n_classes)`.
    ///
    /// # Errors
    /// If they speak of different numbers of classes, or their sums do not fit 64 bits.
    pub fn from_parts(n_documents: Vec<u64>, term_counts: Array2<u64>) -> Result<Self, ClassCountsError> {
        if n_documents.len() != term_counts.ncols() {
            let expected = (term_counts.nrows(), n_documents.len());
            return Err(ClassCountsError::Shape { found: term_counts.dim(), expected });
        }
        let counts = Self { n_documents, term_counts };
        checked_sum(&counts.n_documents)
            .and(checked_sum(&counts.term_counts))
            .ok_or(ClassCountsError::Overflow)?;
        Ok(counts)
    }

    /// Counts documents on all cores; of `binary` counts, only that a term occurs.
    ///
    /// # Errors
    /// If there is not one label (and multiplicity) a document, a label is not below `n_classes`, or the counts do
    /// not fit 64 bits.
    pub fn of(
        documents: &LabelledCounts<'_>,
        n_classes: usize,
        binary: bool,
    ) -> Result<Self, ClassCountsError> {
        documents.check(n_classes)?;
        let n_documents = documents.counts.n_documents();
        let rows_per_part = n_documents.div_ceil(rayon::current_num_threads()).max(1);
        let parts: Vec<Self> = (0..n_documents.div_ceil(rows_per_part))
            .into_par_iter()
            .map(|part| {
                let rows = part * rows_per_part..n_documents.min((part + 1) * rows_per_part);
                documents.count_rows(rows, n_classes, binary)
            })
            .collect::<Result<_, _>>()?;
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(|| Self::zeros(documents.counts.n_terms(), n_classes));
        parts.try_for_each(|part| all.merge(&part))?;
        Ok(all)
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.n_documents.len()
    }

    /// How many terms there are.
    pub fn n_terms(&self) -> usize {
        self.term_counts.nrows()
    }

    /// `N_c`: documents of each class.
    pub fn n_documents(&self) -> &[u64] {
        &self.n_documents
    }

    /// `T_ct`: occurrences of each term in each class, shape `(n_terms, n_classes)`.
    pub fn term_counts(&self) -> ArrayView2<'_, u64> {
        self.term_counts.view()
    }

    /// Occurrences of all terms in each class.
    pub fn n_tokens(&self) -> Vec<u64> {
        self.term_counts.columns().into_iter().map(|column| column.sum()).collect()
    }

    /// Mean number of counted occurrences in a document; 0 without documents.
    pub fn mean_length(&self) -> f64 {
        let n_documents: u64 = self.n_documents.iter().sum();
        let n_tokens: u64 = self.n_tokens().iter().sum();
        if n_documents == 0 { 0.0 } else { n_tokens as f64 / n_documents as f64 }
    }

    /// Adds what `other` counted.
    ///
    /// # Errors
    /// If it has another shape or a sum does not fit 64 bits; then nothing is changed.
    pub fn merge(&mut self, other: &Self) -> Result<(), ClassCountsError> {
        self.check_shape(other)?;
        let both = |a: &Self, b: &Self| {
            checked_sum(&a.n_documents)?.checked_add(checked_sum(&b.n_documents)?)?;
            checked_sum(&a.term_counts)?.checked_add(checked_sum(&b.term_counts)?)
        };
        both(self, other).ok_or(ClassCountsError::Overflow)?;
        self.n_documents.iter_mut().zip(&other.n_documents).for_each(|(sum, n)| *sum += n);
        self.term_counts += &other.term_counts;
        Ok(())
    }

    /// Takes away what `other` counted, as if its documents had never been seen.
    ///
    /// # Errors
    /// If it has another shape or counted what this did not; then nothing is changed.
    pub fn subtract(&mut self, other: &Self) -> Result<(), ClassCountsError> {
        self.check_shape(other)?;
        if let Some(class) = (0..self.n_classes()).find(|&c| self.n_documents[c] < other.n_documents[c]) {
            return Err(ClassCountsError::Negative { of: "documents".to_owned(), class });
        }
        let negative = other.term_counts.indexed_iter().find(|(cell, n)| self.term_counts[*cell] < **n);
        if let Some(((term, class), _)) = negative {
            return Err(ClassCountsError::Negative { of: format!("term {term}"), class });
        }
        self.n_documents.iter_mut().zip(&other.n_documents).for_each(|(rest, n)| *rest -= n);
        self.term_counts -= &other.term_counts;
        Ok(())
    }

    fn check_shape(&self, other: &Self) -> Result<(), ClassCountsError> {
        let (found, expected) = (other.term_counts.dim(), self.term_counts.dim());
        if found == expected { Ok(()) } else { Err(ClassCountsError::Shape { found, expected }) }
    }

    /// Adds one document, given the terms it has and how often it has each, that counts `times` times.
    ///
    /// # Errors
    /// If a sum does not fit 64 bits; then some of the document is counted.
    ///
    /// # Panics
    /// If there is no such class or term.
    pub fn add_document(
        &mut self,
        terms: impl Iterator<Item = (u32, u32)>,
        class: LabelId,
        times: u64,
        binary: bool,
    ) -> Result<(), ClassCountsError> {
        self.add(terms, class.index(), times, binary).ok_or(ClassCountsError::Overflow)
    }

    fn add(
        &mut self,
        terms: impl Iterator<Item = (u32, u32)>,
        class: usize,
        times: u64,
        binary: bool,
    ) -> Option<()> {
        self.n_documents[class] = self.n_documents[class].checked_add(times)?;
        for (term, count) in terms {
            let count = if binary { 1 } else { u64::from(count) };
            let cell = &mut self.term_counts[(term as usize, class)];
            *cell = cell.checked_add(count.checked_mul(times)?)?;
        }
        Some(())
    }
}

fn checked_sum<'a>(numbers: impl IntoIterator<Item = &'a u64>) -> Option<u64> {
    numbers.into_iter().try_fold(0, |sum: u64, &n| sum.checked_add(n))
}

impl LabelledCounts<'_> {
    fn check(&self, n_classes: usize) -> Result<(), ClassCountsError> {
        let expected = self.counts.n_documents();
        let lengths =
            [("labels", Some(self.labels.len())), ("multiplicities", self.multiplicities.map(<[u32]>::len))];
        for (what, found) in lengths {
            if let Some(found) = found.filter(|&found| found != expected) {
                return Err(ClassCountsError::Length { what, found, expected });
            }
        }
        match self.labels.iter().position(|label| label.index() >= n_classes) {
            Some(document) => {
                let label = self.labels[document].0;
                Err(ClassCountsError::UnknownLabel { document, label, n_classes })
            }
            None => Ok(()),
        }
    }

    fn count_rows(
        &self,
        rows: Range<usize>,
        n_classes: usize,
        binary: bool,
    ) -> Result<ClassCounts, ClassCountsError> {
        let mut part = ClassCounts::zeros(self.counts.n_terms(), n_classes);
        for document in rows {
            let times = self.multiplicities.map_or(1, |times| u64::from(times[document]));
            part.add_document(self.counts.row(document).iter(), self.labels[document], times, binary)?;
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::matrix::CountMatrixBuilder;
    use ndarray::array;

    fn two_documents() -> CountMatrix {
        let mut builder = CountMatrixBuilder::new();
        builder.push_row([(0, 2), (2, 1)]);
        builder.push_row([(1, 3)]);
        builder.finish(3).unwrap()
    }

    #[test]
    fn occurrences_are_counted_by_class() {
        let counts = two_documents();
        let check = |multiplicities: Option<&[u32]>, binary: bool, expected: ClassCounts| {
            let labels = &[LabelId(1), LabelId(0)];
            let found =
                ClassCounts::of(&LabelledCounts { counts: &counts, labels, multiplicities }, 2, binary);
            assert_eq!(found, Ok(expected));
        };
        let once = ClassCounts::from_parts(vec![1, 1], array![[0, 2], [3, 0], [0, 1]]).unwrap();
        assert_eq!((once.n_tokens(), once.mean_length()), (vec![3, 3], 3.0));
        check(None, false, once);
        let binary = ClassCounts::from_parts(vec![1, 1], array![[0, 1], [1, 0], [0, 1]]).unwrap();
        check(None, true, binary);
        let weighted = ClassCounts::from_parts(vec![0, 4], array![[0, 8], [0, 0], [0, 4]]).unwrap();
        check(Some(&[4, 0]), false, weighted);
    }

    #[test]
    fn nothing_counted_has_no_length() {
        assert_eq!(ClassCounts::zeros(3, 2).mean_length(), 0.0);
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let counts = two_documents();
        let check = |labels: &[LabelId], multiplicities: Option<&[u32]>, expected: &str| {
            let found =
                ClassCounts::of(&LabelledCounts { counts: &counts, labels, multiplicities }, 2, false);
            assert_eq!(found.unwrap_err().to_string(), expected);
        };
        let ids = [LabelId(0), LabelId(1)];
        check(&ids[..1], None, "found 1 labels, expected 2, one a document");
        check(&ids, Some(&[1; 3]), "found 3 multiplicities, expected 2, one a document");
        check(&[LabelId(0), LabelId(7)], None, "document 1: found label 7, expected one below 2");
        let full = ClassCounts::from_parts(vec![u64::MAX, 1], Array2::zeros((0, 2)));
        assert_eq!(full, Err(ClassCountsError::Overflow));
        let wide = ClassCounts::from_parts(vec![1], Array2::zeros((3, 2))).unwrap_err();
        assert_eq!(wide.to_string(), "found counts of (3, 2) terms and classes, expected (3, 1)");
    }

    #[test]
    fn counts_never_become_negative() {
        let mut counts = ClassCounts::from_parts(vec![1, 2], array![[3, 4]]).unwrap();
        let before = counts.clone();
        let more = ClassCounts::from_parts(vec![1, 1], array![[3, 5]]).unwrap();
        let error = counts.subtract(&more).unwrap_err().to_string();
        assert_eq!(error, "term 0 of class 1 would be negative, expected counts that were added before");
        let more = ClassCounts::from_parts(vec![2, 1], array![[3, 4]]).unwrap();
        assert!(matches!(counts.subtract(&more), Err(ClassCountsError::Negative { class: 0, .. })));
        assert!(matches!(counts.merge(&ClassCounts::zeros(2, 2)), Err(ClassCountsError::Shape { .. })));
        let full = ClassCounts::from_parts(vec![u64::MAX, 0], array![[0, 0]]).unwrap();
        assert_eq!(counts.merge(&full), Err(ClassCountsError::Overflow));
        assert_eq!(counts, before);
    }
}
