//! What a count is worth: a [`CountMatrix`] in, a [`WeightedMatrix`] out.
//!
//! The value of a term in a document is
//!
//! ```text
//! value(t, d) = tf(count of t in d) · idf(t) · 1 / norm of all such products in d
//! ```
//!
//! with the same formulas as scikit-learn's `TfidfVectorizer`.
//! Training weighs whole matrices, scoring weighs one comment term by term; both go through the three factors
//! here, so that what training counts, scoring counts.
//! Deliberately absent: weights learned from labels; those are the business of naive Bayes and of logistic
//! regression.

use super::matrix::CountMatrix;
use super::weighted::WeightedMatrix;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How counts become values. The default leaves them as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Weighting {
    /// What a count becomes.
    pub term_frequency: TermFrequency,
    /// Whether terms that few documents have weigh more: `ln((1 + n) / (1 + df)) + 1`.
    pub inverse_document_frequency: bool,
    /// What makes long and short documents comparable.
    pub norm: Norm,
}

/// What a count becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermFrequency {
    /// The count itself.
    #[default]
    Raw,
    /// 1, however often the term occurs.
    Binary,
    /// `1 + ln(count)`.
    Sublinear,
}

impl TermFrequency {
    /// The value of a count of at least 1; 0 for 0.
    pub fn value(self, count: u32) -> f32 {
        match (self, count) {
            (_, 0) => 0.0,
            (_, 1) | (Self::Binary, _) => 1.0,
            (Self::Raw, _) => count as f32,
            (Self::Sublinear, _) => (1.0 + libm::log(f64::from(count))) as f32,
        }
    }
}

/// What a document's values are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// 1.
    #[default]
    None,
    /// Their sum.
    Length,
    /// The root of the sum of their squares.
    Euclidean,
}

impl Norm {
    /// What a value adds to its document's total.
    pub fn part(self, value: f64) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Length => value.abs(),
            Self::Euclidean => value * value,
        }
    }

    /// The factor of a document's values, from the total of their [`part`](Self::part)s.
    ///
    /// A document without values has nothing to scale; its factor is 1.
    pub fn scale(self, total: f64) -> f64 {
        match self {
            _ if total == 0.0 => 1.0,
            Self::None => 1.0,
            Self::Length => 1.0 / total,
            Self::Euclidean => 1.0 / total.sqrt(),
        }
    }
}

/// Why parts do not make a [`FittedWeighting`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightingError {
    /// Blocks that overlap or leave terms out.
    #[error("blocks do not divide {0} terms: expected ranges that follow one another from 0 to {0}")]
    Blocks(usize),
    /// Factors for another number of terms, or factors where the weighting asks for none.
    #[error("found {found} inverse document frequencies, expected {expected}")]
    Frequencies {
        /// How many there are.
        found: usize,
        /// How many the weighting needs.
        expected: usize,
    },
    /// A factor that is not a positive number.
    #[error("inverse document frequency of term {term} is `{found}`, expected a positive number")]
    Frequency {
        /// The term.
        term: usize,
        /// Its factor.
        found: f32,
    },
}

/// A [`Weighting`] that has seen its training documents.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedWeighting {
    weighting: Weighting,
    /// One factor a term, where the weighting asks for them.
    idf: Option<Vec<f32>>,
    /// Terms that are normed together, in order, from 0 to `n_terms`.
    blocks: Vec<Range<u32>>,
}

impl Weighting {
    /// Learns the document frequencies of `counts`, all terms in one block.
    pub fn fit(self, counts: &CountMatrix) -> FittedWeighting {
        let frequencies = counts.document_frequencies();
        FittedWeighting {
            weighting: self,
            idf: self.idf(&frequencies, counts.n_documents() as u64),
            blocks: one_block(counts.n_terms() as u32),
        }
    }

    /// Learns the document frequencies of `counts`; each of `blocks` is normed on its own.
    ///
    /// So words and characters that share a vocabulary weigh as two of scikit-learn's vectorizers side by side.
    ///
    /// # Errors
    /// If the blocks do not follow one another from the first term to the last.
    pub fn fit_blocks(
        self,
        counts: &CountMatrix,
        blocks: Vec<Range<u32>>,
    ) -> Result<FittedWeighting, WeightingError> {
        check_blocks(&blocks, counts.n_terms())?;
        Ok(FittedWeighting { blocks, ..self.fit(counts) })
    }

    fn idf(self, frequencies: &[u32], n_documents: u64) -> Option<Vec<f32>> {
        self.inverse_document_frequency
            .then(|| frequencies.iter().map(|&frequency| idf(frequency, n_documents) as f32).collect())
    }
}

/// `ln((1 + n) / (1 + df)) + 1`, as if one more document had every term.
fn idf(frequency: u32, n_documents: u64) -> f64 {
    libm::log((1.0 + n_documents as f64) / (1.0 + f64::from(frequency))) + 1.0
}

impl FittedWeighting {
    /// Puts together what a model file holds: `idf` of length `n_terms` where the weighting asks for it.
    ///
    /// # Errors
    /// If `idf` or `blocks` do not fit the number of terms, or a factor is not a positive number.
    pub fn from_parts(
        weighting: Weighting,
        idf: Option<Vec<f32>>,
        n_terms: usize,
        blocks: Vec<Range<u32>>,
    ) -> Result<Self, WeightingError> {
        check_blocks(&blocks, n_terms)?;
        let expected = if weighting.inverse_document_frequency { n_terms } else { 0 };
        let factors = idf.as_deref().unwrap_or_default();
        if factors.len() != expected || idf.is_some() != weighting.inverse_document_frequency {
            return Err(WeightingError::Frequencies { found: factors.len(), expected });
        }
        match factors.iter().position(|factor| !(factor.is_finite() && *factor > 0.0)) {
            Some(term) => Err(WeightingError::Frequency { term, found: factors[term] }),
            None => Ok(Self { weighting, idf, blocks }),
        }
    }

    /// How counts become values.
    pub fn weighting(&self) -> Weighting {
        self.weighting
    }

    /// The factor of each term; none where the weighting has no inverse document frequencies.
    pub fn idf(&self) -> Option<&[f32]> {
        self.idf.as_deref()
    }

    /// Terms that are normed together, in order, covering all terms.
    pub fn blocks(&self) -> &[Range<u32>] {
        &self.blocks
    }

    /// The block `term` is normed with.
    pub fn block_of(&self, term: u32) -> usize {
        self.blocks.partition_point(|block| block.end <= term)
    }

    /// The first factor of a value: what a count becomes.
    pub fn tf_value(&self, count: u32) -> f32 {
        self.weighting.term_frequency.value(count)
    }

    /// The second factor of a value: the inverse document frequency of `term`, or 1.
    ///
    /// # Panics
    /// If there is no such term.
    pub fn term_scale(&self, term: u32) -> f32 {
        self.idf.as_ref().map_or(1.0, |idf| idf[term as usize])
    }

    /// The value of a term before its document is normed.
    ///
    /// # Panics
    /// If there is no such term.
    pub fn value(&self, term: u32, count: u32) -> f64 {
        f64::from(self.tf_value(count)) * f64::from(self.term_scale(term))
    }

    /// Weighs every document, giving up the counts, since a large corpus should not be held twice.
    ///
    /// # Panics
    /// If `counts` has terms this weighting was not fitted for.
    pub fn weigh(&self, counts: CountMatrix) -> WeightedMatrix {
        let mut values = Vec::with_capacity(counts.n_cells());
        for row in counts.rows() {
            let mut start = 0;
            for block in &self.blocks {
                let end = start + row.terms[start..].partition_point(|&term| term < block.end);
                let cells = || row.terms[start..end].iter().zip(&row.counts[start..end]);
                let total =
                    cells().map(|(&term, &count)| self.weighting.norm.part(self.value(term, count))).sum();
                let scale = self.weighting.norm.scale(total);
                values.extend(cells().map(|(&term, &count)| (self.value(term, count) * scale) as f32));
                start = end;
            }
            assert_eq!(start, row.terms.len(), "counts have terms beyond the last block");
        }
        WeightedMatrix::from_counts(counts, values)
    }
}

/// All terms normed together.
fn one_block(n_terms: u32) -> Vec<Range<u32>> {
    std::iter::once(0..n_terms).collect()
}

fn check_blocks(blocks: &[Range<u32>], n_terms: usize) -> Result<(), WeightingError> {
    let mut next = 0;
    for block in blocks {
        if block.start != next || block.end < block.start {
            return Err(WeightingError::Blocks(n_terms));
        }
        next = block.end;
    }
    if next as usize == n_terms { Ok(()) } else { Err(WeightingError::Blocks(n_terms)) }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::CountMatrixBuilder;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The counts of the table tests: an empty document, a term no document has.
    fn counts() -> CountMatrix {
        let mut builder = CountMatrixBuilder::new();
        builder.push_row([(0, 1), (2, 2)]);
        builder.push_row([(1, 3), (2, 1), (4, 7)]);
        builder.push_row([]);
        builder.push_row([(0, 4), (3, 1)]);
        builder.finish(5).unwrap()
    }

    fn check(fitted: &FittedWeighting, expected: &[&[(u32, f64)]]) {
        let weighted = fitted.weigh(counts());
        assert_eq!(weighted.n_documents(), expected.len());
        for (row, &expected) in weighted.rows().zip(expected) {
            assert_eq!(row.terms, expected.iter().map(|cell| cell.0).collect::<Vec<_>>());
            for ((_, found), (_, expected)) in row.iter().zip(expected) {
                assert!(
                    (f64::from(found) - expected).abs() <= 1e-6 * expected,
                    "{row:?} is not {expected:?}"
                );
            }
        }
    }

    const TF_IDF: Weighting = Weighting {
        term_frequency: TermFrequency::Sublinear,
        inverse_document_frequency: true,
        norm: Norm::Euclidean,
    };

    #[test]
    fn values_are_those_of_scikit_learn() {
        // X = np.array([[1,0,2,0,0],[0,3,1,0,7],[0,0,0,0,0],[4,0,0,1,0]])
        // TfidfTransformer(norm="l2", sublinear_tf=True).fit_transform(X).toarray()
        let expected: [&[_]; 4] = [
            &[(0, 0.5085423203783267), (2, 0.8610369959439763)],
            &[(1, 0.5668995538226385), (2, 0.21297412682025932), (4, 0.7957806966626179)],
            &[],
            &[(0, 0.8830153834518794), (3, 0.46934404501104543)],
        ];
        check(&TF_IDF.fit(&counts()), &expected);
        // TfidfTransformer(norm="l1")
        let weighting = Weighting { term_frequency: TermFrequency::Raw, norm: Norm::Length, ..TF_IDF };
        let expected: [&[_]; 4] = [
            &[(0, 0.3333333333333333), (2, 0.6666666666666666)],
            &[(1, 0.2780761564256318), (2, 0.07307947858122718), (4, 0.6488443649931409)],
            &[],
            &[(0, 0.7592476553464139), (3, 0.24075234465358608)],
        ];
        check(&weighting.fit(&counts()), &expected);
        // TfidfTransformer(norm=None, sublinear_tf=True)
        let weighting = Weighting { norm: Norm::None, ..TF_IDF };
        let expected: [&[_]; 4] = [
            &[(0, 1.5108256237659907), (2, 2.558050145197108)],
            &[(1, 4.021551278571908), (2, 1.5108256237659907), (4, 5.645220315568708)],
            &[],
            &[(0, 3.605274666628225), (3, 1.916290731874155)],
        ];
        check(&weighting.fit(&counts()), &expected);
    }

    #[test]
    fn blocks_weigh_as_vectorizers_side_by_side() {
        // np.hstack([TfidfTransformer(sublinear_tf=True).fit_transform(part) for part in (X[:, :2], X[:, 2:])])
        let expected: [&[_]; 4] = [
            &[(0, 1.0), (2, 1.0)],
            &[(1, 1.0), (2, 0.25853059894385144), (4, 0.9660030690477818)],
            &[],
            &[(0, 1.0), (3, 1.0)],
        ];
        check(&TF_IDF.fit_blocks(&counts(), vec![0..2, 2..5]).unwrap(), &expected);
        check(&TF_IDF.fit_blocks(&counts(), vec![0..0, 0..2, 2..5, 5..5]).unwrap(), &expected);
    }

    #[test]
    fn by_default_counts_stay_what_they_are() {
        let weighted = Weighting::default().fit(&counts()).weigh(counts());
        assert_eq!(weighted.row(1).values, [3.0, 1.0, 7.0]);
        let binary = Weighting { term_frequency: TermFrequency::Binary, ..Weighting::default() };
        assert_eq!(binary.fit(&counts()).weigh(counts()).row(1).values, [1.0; 3]);
    }

    #[test]
    fn blocks_must_divide_the_terms() {
        for blocks in
            [vec![], one_block(4), one_block(6), vec![0..2, 3..5], vec![0..3, 2..5], vec![1..2, 2..5]]
        {
            let error = TF_IDF.fit_blocks(&counts(), blocks).unwrap_err();
            assert_eq!(error, WeightingError::Blocks(5));
        }
    }

    #[test]
    fn factors_must_fit_the_weighting() {
        let parts = |weighting, idf| FittedWeighting::from_parts(weighting, idf, 2, one_block(2));
        assert!(parts(TF_IDF, Some(vec![1.0, 2.5])).is_ok());
        assert!(parts(Weighting::default(), None).is_ok());
        assert_eq!(parts(TF_IDF, None), Err(WeightingError::Frequencies { found: 0, expected: 2 }));
        let found = parts(Weighting::default(), Some(vec![]));
        assert_eq!(found, Err(WeightingError::Frequencies { found: 0, expected: 0 }));
        for bad in [0.0, -1.0, f32::INFINITY] {
            let found = parts(TF_IDF, Some(vec![1.0, bad]));
            assert_eq!(found, Err(WeightingError::Frequency { term: 1, found: bad }));
        }
    }

    #[test]
    fn settings_are_words() {
        let json = r#"{"term-frequency":"sublinear","inverse-document-frequency":true,"norm":"euclidean"}"#;
        assert_eq!(serde_json::to_string(&TF_IDF).unwrap(), json);
        assert_eq!(serde_json::from_str::<Weighting>(json).unwrap(), TF_IDF);
        assert_eq!(serde_json::from_str::<Weighting>("{}").unwrap(), Weighting::default());
        assert!(serde_json::from_str::<Weighting>(r#"{"norms":"length"}"#).is_err());
    }

    proptest! {
        /// What scoring does: one term at a time, each block's total kept until the comment's end.
        #[test]
        fn term_by_term_gives_the_values_of_the_matrix(
            rows in vec(vec((0u32..8, 1u32..5), 0..10), 1..6),
            split in 0u32..=8,
        ) {
            let mut builder = CountMatrixBuilder::new();
            rows.iter().for_each(|row| builder.push_row(row.iter().copied()));
            let counts = builder.finish(8).unwrap();
            let fitted = TF_IDF.fit_blocks(&counts, vec![0..split, split..8]).unwrap();
            let norm = fitted.weighting().norm;
            let weighted = fitted.weigh(counts.clone());
            for (document, row) in counts.rows().enumerate() {
                let mut totals = [0.0; 2];
                row.iter().for_each(|(term, count)| {
                    totals[fitted.block_of(term)] += norm.part(fitted.value(term, count));
                });
                let values: Vec<f32> = row
                    .iter()
                    .map(|(term, count)| {
                        let scale = norm.scale(totals[fitted.block_of(term)]);
                        (fitted.value(term, count) * scale) as f32
                    })
                    .collect();
                prop_assert_eq!(&values[..], weighted.row(document).values);
                for total in totals.map(|total| total * norm.scale(total) * norm.scale(total)) {
                    prop_assert!(total == 0.0 || (total - 1.0).abs() < 1e-12);
                }
            }
        }
    }
}
