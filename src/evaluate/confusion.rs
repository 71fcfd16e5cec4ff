//! The confusion matrix and what follows from its counts alone.
//!
//! Every ratio is an `Option`: nothing divided by nothing is undefined, not zero.

use crate::label::LabelId;

/// How many comments of each true label were given each label: rows are the truth, columns the prediction.
///
/// ```
/// use moderato::evaluate::ConfusionMatrix;
/// use moderato::label::LabelId;
///
/// let (civil, uncivil) = (LabelId(0), LabelId(1));
/// let matrix = ConfusionMatrix::from_rows(&[&[90, 5], &[2, 3]]);
/// assert_eq!(matrix.count(civil, uncivil), 5);
/// assert_eq!(matrix.precision(uncivil), Some(3.0 / 8.0));
/// assert_eq!(matrix.recall(uncivil), Some(3.0 / 5.0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    n_classes: usize,
    /// Row after row.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// An empty matrix of `n_classes` rows and columns.
    pub fn new(n_classes: usize) -> Self {
        Self { n_classes, counts: vec![0; n_classes * n_classes] }
    }

    /// The matrix with these rows.
    ///
    /// # Panics
    /// If there are not as many numbers in each row as there are rows.
    pub fn from_rows(rows: &[&[u64]]) -> Self {
        assert!(rows.iter().all(|row| row.len() == rows.len()), "a confusion matrix is square");
        Self { n_classes: rows.len(), counts: rows.concat() }
    }

    /// Counts `weight` comments of `cell`, a position in row-after-row order.
    pub(crate) fn add(&mut self, cell: usize, weight: u64) {
        self.counts[cell] += weight;
    }

    /// The number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The rows, in the order of the labels.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.counts.chunks_exact(self.n_classes)
    }

    /// The comments whose truth is `truth` and whose prediction is `predicted`.
    pub fn count(&self, truth: LabelId, predicted: LabelId) -> u64 {
        self.counts[truth.index() * self.n_classes + predicted.index()]
    }

    /// The comments both given and having `class`: the true positives.
    pub fn both(&self, class: LabelId) -> u64 {
        self.count(class, class)
    }

    /// The comments whose truth is `class`: its support, the sum of its row.
    pub fn support(&self, class: LabelId) -> u64 {
        self.classes().map(|predicted| self.count(class, predicted)).sum()
    }

    /// The comments given `class`: the sum of its column.
    pub fn predicted(&self, class: LabelId) -> u64 {
        self.classes().map(|truth| self.count(truth, class)).sum()
    }

    /// All comments counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Of the comments whose truth is `truth`, the share given `predicted`; `None` without such comments.
    pub fn row_share(&self, truth: LabelId, predicted: LabelId) -> Option<f64> {
        ratio(self.count(truth, predicted), self.support(truth))
    }

    /// Of the comments given `predicted`, the share whose truth is `truth`; `None` without such comments.
    pub fn column_share(&self, truth: LabelId, predicted: LabelId) -> Option<f64> {
        ratio(self.count(truth, predicted), self.predicted(predicted))
    }

    /// Of the comments given `class`, the share that have it; `None` if none was given it.
    pub fn precision(&self, class: LabelId) -> Option<f64> {
        ratio(self.both(class), self.predicted(class))
    }

    /// Of the comments that have `class`, the share given it; `None` if none has it.
    pub fn recall(&self, class: LabelId) -> Option<f64> {
        ratio(self.both(class), self.support(class))
    }

    /// 2 · both / (truth + predicted), the harmonic mean of precision and recall; `None` if `class` occurs
    /// on neither side.
    ///
    /// A class that occurs but is never hit has F1 0, also where its precision or recall is undefined.
    pub fn f1(&self, class: LabelId) -> Option<f64> {
        ratio(2 * self.both(class), self.support(class) + self.predicted(class))
    }

    /// The share of comments given their true label.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.hits(), self.total())
    }

    /// The mean recall of the classes that have comments.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        mean(self.classes().map(|class| self.recall(class)))
    }

    /// The mean of the classes' F1, as scikit-learn's `f1_score(average="macro")`.
    ///
    /// Classes that occur neither in the truth nor in the predictions are left out. scikit-learn does the
    /// same unless it is handed `labels=`, when it counts them as `zero_division` says.
    pub fn macro_f1(&self) -> Option<f64> {
        mean(self.classes().map(|class| self.f1(class)))
    }

    /// The mean of the classes' F1, each weighted by its support.
    pub fn weighted_f1(&self) -> Option<f64> {
        let weighted = |class| self.f1(class).map_or(0.0, |f1| f1 * self.support(class) as f64);
        let total = self.total();
        (total > 0).then(|| self.classes().map(weighted).sum::<f64>() / total as f64)
    }

    /// Matthews' correlation coefficient for any number of classes (Gorodkin 2004): 1 is perfect, 0 chance;
    /// `None` if all truths or all predictions are one class.
    ///
    /// scikit-learn says 0 where we say `None`.
    pub fn matthews_correlation(&self) -> Option<f64> {
        let n = i128::from(self.total());
        let (mut by_chance, mut truths, mut predictions) = (0, 0, 0);
        for class in self.classes() {
            let (truth, predicted) = (i128::from(self.support(class)), i128::from(self.predicted(class)));
            by_chance += truth * predicted;
            truths += truth * truth;
            predictions += predicted * predicted;
        }
        let covariance = n * i128::from(self.hits()) - by_chance;
        let (of_truth, of_predictions) = (n * n - truths, n * n - predictions);
        // Two roots are rounded before they are multiplied, which may lead past 1 by a bit.
        (of_truth > 0 && of_predictions > 0).then(|| {
            (covariance as f64 / ((of_truth as f64).sqrt() * (of_predictions as f64).sqrt())).clamp(-1.0, 1.0)
        })
    }

    /// Cohen's kappa: agreement beyond what the two sides' label shares would give by chance (Cohen 1960);
    /// `None` if chance alone agrees always.
    pub fn cohens_kappa(&self) -> Option<f64> {
        let n = i128::from(self.total());
        let by_chance: i128 = self
            .classes()
            .map(|class| i128::from(self.support(class)) * i128::from(self.predicted(class)))
            .sum();
        let beyond = n * n - by_chance;
        (beyond > 0).then(|| (n * i128::from(self.hits()) - by_chance) as f64 / beyond as f64)
    }

    /// The class with the most comments, the first of several.
    pub fn majority(&self) -> LabelId {
        let mut majority = LabelId(0);
        for class in self.classes() {
            if self.support(majority) < self.support(class) {
                majority = class;
            }
        }
        majority
    }

    /// The matrix of a model that gives every comment the most frequent true label.
    pub(crate) fn of_majority(&self) -> Self {
        let mut matrix = Self::new(self.n_classes);
        let majority = self.majority().index();
        for class in self.classes() {
            matrix.add(class.index() * self.n_classes + majority, self.support(class));
        }
        matrix
    }

    /// The classes, in order.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = LabelId> + use<> {
        (0..self.n_classes).map(LabelId::from)
    }

    fn hits(&self) -> u64 {
        self.classes().map(|class| self.both(class)).sum()
    }
}

/// `part` of `whole`; `None` of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The mean of the values that are defined; `None` if none is.
pub(crate) fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_u32);
    for value in values.into_iter().flatten() {
        sum += value;
        n += 1;
    }
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: Option<f64>, expected: Option<f64>) {
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
            _ => assert_eq!(found, expected),
        }
    }

    /// `[accuracy, balanced accuracy, macro F1, weighted F1, MCC, kappa]`
    fn check(rows: &[&[u64]], expected: [Option<f64>; 6]) {
        let matrix = ConfusionMatrix::from_rows(rows);
        let found = [
            matrix.accuracy(),
            matrix.balanced_accuracy(),
            matrix.macro_f1(),
            matrix.weighted_f1(),
            matrix.matthews_correlation(),
            matrix.cohens_kappa(),
        ];
        for (found, expected) in found.into_iter().zip(expected) {
            close(found, expected);
        }
    }

    #[test]
    fn figures_equal_those_of_scikit_learn() {
        // from sklearn.metrics import *; import numpy as np
        // def f(m):
        //     t = [i for i, r in enumerate(m) for c in r for _ in range(c)]
        //     p = [j for r in m for j, c in enumerate(r) for _ in range(c)]
        //     print([repr(float(x)) for x in (accuracy_score(t, p), balanced_accuracy_score(t, p),
        //         f1_score(t, p, average="macro"), f1_score(t, p, average="weighted"),
        //         matthews_corrcoef(t, p), cohen_kappa_score(t, p))])
        // f([[90, 5], [2, 3]]); f([[7, 2, 1], [3, 9, 4], [0, 5, 11]]); f([[5, 0, 1], [2, 0, 3], [0, 0, 0]])
        check(
            &[&[90, 5], &[2, 3]],
            [
                Some(0.93),
                Some(0.7736842105263158),
                Some(0.7120526532291238),
                Some(0.9375154257507198),
                Some(0.4397315594696299),
                Some(0.42622950819672123),
            ],
        );
        check(
            &[&[7, 2, 1], &[3, 9, 4], &[0, 5, 11]],
            [
                Some(0.6428571428571429),
                Some(0.65),
                Some(0.65),
                Some(0.6428571428571429),
                Some(0.453125),
                Some(0.453125),
            ],
        );
        check(
            &[&[5, 0, 1], &[2, 0, 3], &[0, 0, 0]],
            [
                Some(0.45454545454545453),
                Some(0.4166666666666667),
                Some(0.25641025641025644),
                Some(0.41958041958041964),
                Some(0.22427130678626514),
                Some(0.16455696202531644),
            ],
        );
    }

    #[test]
    fn what_has_nothing_to_divide_by_is_undefined() {
        let matrix = ConfusionMatrix::from_rows(&[&[3, 0, 0], &[2, 0, 0], &[0, 0, 0]]);
        assert_eq!(matrix.precision(LabelId(1)), None, "never predicted");
        assert_eq!(matrix.f1(LabelId(1)), Some(0.0), "but it occurs, and was missed");
        assert_eq!(matrix.recall(LabelId(2)), None, "never true");
        assert_eq!(matrix.f1(LabelId(2)), None, "occurs nowhere");
        assert_eq!(matrix.macro_f1(), Some(0.375), "mean of 0.75 and 0");
        assert_eq!(matrix.matthews_correlation(), None);
        assert_eq!(ConfusionMatrix::new(2).accuracy(), None);
        assert_eq!(ConfusionMatrix::new(2).weighted_f1(), None);
        assert_eq!(ConfusionMatrix::from_rows(&[&[4, 0], &[0, 0]]).cohens_kappa(), None);
    }

    #[test]
    fn rounding_leads_no_correlation_past_one() {
        for n in 1..200 {
            let all_wrong = ConfusionMatrix::from_rows(&[&[0, n], &[1, 0]]);
            assert!(all_wrong.matthews_correlation() >= Some(-1.0), "{n}");
            let all_right = ConfusionMatrix::from_rows(&[&[n, 0], &[0, 1]]);
            assert!(all_right.matthews_correlation() <= Some(1.0), "{n}");
        }
    }

    proptest! {
        #[test]
        fn sums_and_ranges_hold(counts in prop::collection::vec(0_u64..50, 9)) {
            let matrix = ConfusionMatrix::from_rows(&counts.chunks(3).collect::<Vec<_>>());
            prop_assert_eq!(matrix.classes().map(|c| matrix.support(c)).sum::<u64>(), matrix.total());
            prop_assert_eq!(matrix.classes().map(|c| matrix.predicted(c)).sum::<u64>(), matrix.total());
            for class in matrix.classes() {
                for value in [matrix.precision(class), matrix.recall(class), matrix.f1(class)] {
                    prop_assert!(value.is_none_or(|v| (0.0..=1.0).contains(&v)));
                }
                let shares: Option<f64> = matrix.classes().map(|p| matrix.row_share(class, p)).sum();
                prop_assert!(shares.is_none_or(|sum| (sum - 1.0).abs() < 1e-12));
            }
            let correlation = matrix.matthews_correlation();
            prop_assert!(correlation.is_none_or(|c| (-1.0..=1.0).contains(&c)));
        }
    }
}
