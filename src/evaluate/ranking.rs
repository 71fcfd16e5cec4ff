//! One yes-or-no question ordered by probability, and the figures that need no threshold.
//!
//! Weights are how often a resample drew each comment; all ones is the evaluation itself. So the intervals
//! come from the same arithmetic as the values they stand beside.

/// The comments of one class against the rest, by descending probability of the class.
///
/// Sorted once; each resample is then one pass over it.
#[derive(Debug, Clone)]
pub(crate) struct Ranking {
    entries: Vec<Entry>,
}

/// One comment in a [`Ranking`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Which comment it is.
    pub(crate) comment: u32,
    /// Whether it has the class.
    pub(crate) positive: bool,
    /// Whether the next comment has a lower probability: comments of one probability count as one step.
    pub(crate) ends_tie: bool,
    /// Of the class.
    pub(crate) probability: f64,
    /// −ln of the probability given to the truth.
    log_loss: f64,
}

/// The figures of a [`Ranking`] under some weights; `None` where a side is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct RankFigures {
    pub(crate) auc: Option<f64>,
    pub(crate) average_precision: Option<f64>,
    pub(crate) log_loss: Option<f64>,
    pub(crate) brier: Option<f64>,
}

impl Ranking {
    /// Orders `(comment, probability, has the class)`.
    pub(crate) fn new(comments: impl IntoIterator<Item = (usize, f64, bool)>) -> Self {
        let mut entries: Vec<Entry> = comments
            .into_iter()
            .map(|(comment, probability, positive)| Entry {
                comment: u32::try_from(comment).expect("evaluations are limited to u32 comments"),
                positive,
                ends_tie: true,
                probability,
                log_loss: surprise(if positive { probability } else { 1.0 - probability }),
            })
            .collect();
        // By comment among equals: the sums below do not depend on the sorting algorithm.
        entries
            .sort_unstable_by(|a, b| b.probability.total_cmp(&a.probability).then(a.comment.cmp(&b.comment)));
        for i in 1..entries.len() {
            // `==`, not the order above, for which 0 and −0 differ.
            entries[i - 1].ends_tie = entries[i - 1].probability != entries[i].probability;
        }
        Self { entries }
    }

    /// The comments, most probable first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The AUC of [`figures`](Self::figures) alone, for questions that are asked of many groups.
    pub(crate) fn auc(&self, weights: &[u32]) -> Option<f64> {
        let (mut positives, mut negatives) = (0_u64, 0_u64);
        let mut tied = [0_u64; 2];
        let mut twice_ordered_pairs = 0_u64;
        for entry in &self.entries {
            tied[usize::from(entry.positive)] += u64::from(weights[entry.comment as usize]);
            if entry.ends_tie {
                let [tied_negatives, tied_positives] = std::mem::take(&mut tied);
                twice_ordered_pairs += tied_negatives * (2 * positives + tied_positives);
                positives += tied_positives;
                negatives += tied_negatives;
            }
        }
        let pairs = positives * negatives;
        (pairs > 0).then(|| twice_ordered_pairs as f64 / (2.0 * pairs as f64))
    }

    /// The figures with each comment counted as often as its weight says.
    ///
    /// AUC is the share of (positive, negative) pairs in the right order, ties counting half: the
    /// Mann–Whitney statistic (Hanley and McNeil 1982), summed in whole numbers.
    /// Average precision is Σ (Rₙ − Rₙ₋₁) · Pₙ over the distinct probabilities, without interpolation, as
    /// scikit-learn's.
    pub(crate) fn figures(&self, weights: &[u32]) -> RankFigures {
        let (mut positives, mut negatives) = (0_u64, 0_u64);
        let (mut tied_positives, mut tied_negatives) = (0_u64, 0_u64);
        let mut twice_ordered_pairs = 0_u64;
        let (mut precision_steps, mut log_loss, mut squared_error) = (0.0, 0.0, 0.0);
        for entry in &self.entries {
            let weight = weights[entry.comment as usize];
            if entry.positive {
                tied_positives += u64::from(weight);
            } else {
                tied_negatives += u64::from(weight);
            }
            let error = entry.probability - f64::from(u8::from(entry.positive));
            squared_error += f64::from(weight) * error * error;
            log_loss += f64::from(weight) * entry.log_loss;
            if entry.ends_tie {
                twice_ordered_pairs += tied_negatives * (2 * positives + tied_positives);
                positives += tied_positives;
                negatives += tied_negatives;
                if tied_positives > 0 {
                    precision_steps +=
                        tied_positives as f64 * positives as f64 / (positives + negatives) as f64;
                }
                (tied_positives, tied_negatives) = (0, 0);
            }
        }
        let (n, pairs) = (positives + negatives, positives * negatives);
        RankFigures {
            auc: (pairs > 0).then(|| twice_ordered_pairs as f64 / (2.0 * pairs as f64)),
            average_precision: (positives > 0).then(|| precision_steps / positives as f64),
            log_loss: (n > 0).then(|| log_loss / n as f64),
            brier: (n > 0).then(|| squared_error / n as f64),
        }
    }
}

/// −ln `probability`, with the probability kept off 0 by 2⁻⁵² as scikit-learn does, so that one certain
/// mistake does not make the mean infinite.
pub(crate) fn surprise(probability: f64) -> f64 {
    -libm::log(probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranking(comments: &[(f64, bool)]) -> Ranking {
        Ranking::new(
            comments.iter().enumerate().map(|(i, &(probability, positive))| (i, probability, positive)),
        )
    }

    fn figures(comments: &[(f64, bool)]) -> RankFigures {
        ranking(comments).figures(&vec![1; comments.len()])
    }

    fn check(comments: &[(f64, bool)], expected: [f64; 4]) {
        let found = figures(comments);
        let found = [found.auc, found.average_precision, found.log_loss, found.brier];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
        }
    }

    #[test]
    fn figures_equal_those_of_scikit_learn_with_ties_and_certainties() {
        // from sklearn.metrics import *
        // def f(c):
        //     p, t = zip(*c)
        //     print([repr(float(m(t, p))) for m in (roc_auc_score, average_precision_score, log_loss,
        //         brier_score_loss)])
        check(
            &[(0.9, true), (0.8, true), (0.7, false), (0.6, true), (0.4, false), (0.2, false)],
            [0.888888888888889, 0.9166666666666665, 0.46287861169069383, 0.15],
        );
        check(
            &[
                (0.5, true),
                (0.5, false),
                (0.5, true),
                (0.25, false),
                (0.25, true),
                (0.75, false),
                (0.75, true),
                (0.1, false),
            ],
            [0.625, 0.5678571428571428, 0.6915943655601257, 0.25125],
        );
        check(
            &[(1.0, true), (1.0, false), (0.0, true), (0.0, false), (0.375, true)],
            [0.49999999999999994, 0.5888888888888889, 14.613627206249205, 0.478125],
        );
    }

    #[test]
    fn one_sided_rankings_have_no_auc() {
        assert_eq!(figures(&[]), RankFigures::default());
        let all_negative = figures(&[(0.2, false), (0.4, false)]);
        assert_eq!((all_negative.auc, all_negative.average_precision), (None, None));
        assert!(all_negative.brier.is_some());
        let all_positive = figures(&[(0.2, true), (0.4, true)]);
        assert_eq!((all_positive.auc, all_positive.average_precision), (None, Some(1.0)));
    }

    #[test]
    fn plus_and_minus_zero_tie() {
        assert_eq!(figures(&[(0.0, true), (-0.0, false)]).auc, Some(0.5));
    }

    fn comments() -> impl Strategy<Value = Vec<(f64, bool)>> {
        prop::collection::vec(((0..=20_u8).prop_map(|p| f64::from(p) / 20.0), any::<bool>()), 1..60)
    }

    proptest! {
        #[test]
        fn the_auc_alone_is_that_of_the_figures(
            comments in prop::collection::vec((0_u8..6, any::<bool>(), 0_u32..4), 0..40),
        ) {
            let places = comments.iter().enumerate();
            let ranking = Ranking::new(places.map(|(i, &(p, truth, _))| (i, f64::from(p) / 5.0, truth)));
            let weights: Vec<u32> = comments.iter().map(|&(.., weight)| weight).collect();
            prop_assert_eq!(ranking.auc(&weights), ranking.figures(&weights).auc);
        }

        #[test]
        fn auc_is_the_share_of_pairs_in_order(comments in comments()) {
            let (mut pairs, mut ordered) = (0.0, 0.0);
            for &(p, _) in comments.iter().filter(|c| c.1) {
                for &(q, _) in comments.iter().filter(|c| !c.1) {
                    pairs += 1.0;
                    ordered += if p > q { 1.0 } else if p == q { 0.5 } else { 0.0 };
                }
            }
            let auc = figures(&comments).auc;
            prop_assert_eq!(auc.is_some(), pairs > 0.0);
            prop_assert!(auc.is_none_or(|auc| (auc - ordered / pairs).abs() < 1e-12));
        }

        #[test]
        fn order_is_all_that_auc_and_average_precision_see(comments in comments()) {
            let cubed: Vec<_> = comments.iter().map(|&(p, positive)| (p * p * p, positive)).collect();
            prop_assert_eq!(figures(&comments).auc, figures(&cubed).auc);
            prop_assert_eq!(figures(&comments).average_precision, figures(&cubed).average_precision);
        }

        #[test]
        fn turning_the_question_around_turns_auc_around(comments in comments()) {
            let turned: Vec<_> = comments.iter().map(|&(p, positive)| (p, !positive)).collect();
            let (auc, turned) = (figures(&comments).auc, figures(&turned).auc);
            prop_assert_eq!(auc.is_some(), turned.is_some());
            prop_assert!(auc.zip(turned).is_none_or(|(a, b)| (a + b - 1.0).abs() < 1e-12));
        }

        #[test]
        fn a_weight_is_a_repetition(
            comments in comments(),
            weights in prop::collection::vec(0_u32..4, 60),
        ) {
            let repeated: Vec<_> = comments
                .iter()
                .zip(&weights)
                .flat_map(|(&comment, &weight)| vec![comment; weight as usize])
                .collect();
            let (weighted, repeated) = (ranking(&comments).figures(&weights), figures(&repeated));
            prop_assert_eq!(weighted.auc, repeated.auc);
            prop_assert_eq!(weighted.average_precision, repeated.average_precision);
            let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            prop_assert!(close(weighted.log_loss, repeated.log_loss));
            prop_assert!(close(weighted.brier, repeated.brier));
        }
    }
}
