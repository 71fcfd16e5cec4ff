//! Where to put the threshold: what holding every comment at or above a probability means.
//!
//! A desk asks in three ways, and gets the threshold: by workload ("we can read 120 a day of 5,000"), by
//! the share it may miss, and by the share of held comments that must be held rightly.
//! Only thresholds that occur as probabilities are considered: others hold the same comments.

mod outcome;

pub use outcome::{Outcome, PerThousand, TwoThresholds};

use super::ranking::Ranking;

/// Every threshold of one yes-or-no question, from the one that holds fewest comments.
///
/// ```
/// use moderato::evaluate::ThresholdCurve;
///
/// let curve = ThresholdCurve::of([(0.9, true), (0.8, false), (0.6, true), (0.1, false)]);
/// let outcome = curve.by_miss_rate(0.0).expect("two comments are to be held");
/// assert_eq!(outcome.threshold, 0.6);
/// assert_eq!((outcome.held(), outcome.wrongly_held(), outcome.missed()), (3, 1, 0));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThresholdCurve {
    positives: u64,
    negatives: u64,
    /// By descending threshold.
    steps: Vec<Step>,
}

/// A threshold, and how many of each side are at or above it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    threshold: f64,
    rightly_held: u64,
    wrongly_held: u64,
}

impl ThresholdCurve {
    /// Of `(probability, whether it should be held)`.
    pub fn of(comments: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let comments = comments.into_iter().enumerate();
        Self::of_ranking(&Ranking::new(
            comments.map(|(i, (probability, positive))| (i, probability, positive)),
        ))
    }

    pub(crate) fn of_ranking(ranking: &Ranking) -> Self {
        let mut curve = Self::default();
        for entry in ranking.entries() {
            if entry.positive {
                curve.positives += 1;
            } else {
                curve.negatives += 1;
            }
            if entry.ends_tie {
                curve.steps.push(Step {
                    threshold: entry.probability,
                    rightly_held: curve.positives,
                    wrongly_held: curve.negatives,
                });
            }
        }
        curve
    }

    /// The curve of so many positives and negatives with these `(threshold, rightly held, wrongly held)`;
    /// `None` unless thresholds fall, counts rise, and the last holds no more than there are.
    pub(crate) fn from_steps(
        (positives, negatives): (u64, u64),
        steps: impl IntoIterator<Item = (f64, u64, u64)>,
    ) -> Option<Self> {
        positives.checked_add(negatives)?;
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|(threshold, rightly_held, wrongly_held)| Step { threshold, rightly_held, wrongly_held })
            .collect();
        let rises = steps.windows(2).all(|pair| {
            pair[1].threshold < pair[0].threshold
                && pair[0].rightly_held <= pair[1].rightly_held
                && pair[0].wrongly_held <= pair[1].wrongly_held
        });
        let fits = steps.last().is_none_or(|s| s.rightly_held <= positives && s.wrongly_held <= negatives);
        (rises && fits).then_some(Self { positives, negatives, steps })
    }

    /// How many comments should be held.
    pub fn positives(&self) -> u64 {
        self.positives
    }

    /// How many comments there are.
    pub fn n(&self) -> u64 {
        self.positives + self.negatives
    }

    /// The outcome of every threshold, from the one that holds fewest comments.
    pub fn outcomes(&self) -> impl DoubleEndedIterator<Item = Outcome> + ExactSizeIterator {
        self.steps.iter().map(|step| self.outcome(*step))
    }

    /// What `threshold` does.
    pub fn at(&self, threshold: f64) -> Outcome {
        let held = self.steps.partition_point(|step| threshold <= step.threshold);
        match held.checked_sub(1) {
            Some(last) => Outcome { threshold, ..self.outcome(self.steps[last]) },
            None => Outcome { threshold, ..self.none_held() },
        }
    }

    /// The lowest threshold that holds at most `share` of the comments; holds none if even the most probable
    /// are more.
    pub fn by_workload(&self, share: f64) -> Outcome {
        let n = self.n() as f64;
        let fits =
            self.steps.partition_point(|step| (step.rightly_held + step.wrongly_held) as f64 <= share * n);
        fits.checked_sub(1).map_or_else(|| self.none_held(), |last| self.outcome(self.steps[last]))
    }

    /// The highest threshold that misses at most `rate` of the comments that should be held; `None` if there
    /// are no such comments.
    pub fn by_miss_rate(&self, rate: f64) -> Option<Outcome> {
        if rate >= 1.0 && self.positives > 0 {
            return Some(self.none_held());
        }
        self.outcomes().find(|outcome| outcome.miss_rate().is_some_and(|found| found <= rate))
    }

    /// The lowest threshold at which at least `share` of the held comments are held rightly; `None` if there
    /// is none.
    pub fn by_precision(&self, share: f64) -> Option<Outcome> {
        self.outcomes().rev().find(|outcome| outcome.precision().is_some_and(|found| share <= found))
    }

    /// The threshold with the highest F1, the highest of several; `None` if no comment should be held.
    pub fn by_f1(&self) -> Option<Outcome> {
        let mut best: Option<Outcome> = None;
        for outcome in self.outcomes().filter(|outcome| outcome.f1().is_some()) {
            if best.is_none_or(|best| best.f1() < outcome.f1()) {
                best = Some(outcome);
            }
        }
        best.filter(|_| self.positives > 0)
    }

    /// The lowest threshold that holds at most `share` of comments of which `prevalence` should be held, as
    /// [`Self::by_workload`] does of comments like these; `None` if the comments have only one side and so
    /// do not tell a rate that is needed.
    pub fn by_workload_at(&self, share: f64, prevalence: f64) -> Option<Outcome> {
        let held = |outcome: &Outcome| Some(outcome.per_thousand(Some(prevalence))?.held);
        held(&self.none_held())?;
        let fits = self.outcomes().take_while(|outcome| held(outcome).is_some_and(|n| n <= 1000.0 * share));
        Some(fits.last().unwrap_or_else(|| self.none_held()))
    }

    /// The lowest threshold at which at least `share` of the held comments are held rightly, if `prevalence`
    /// of the comments should be held; `None` if there is none.
    pub fn by_precision_at(&self, share: f64, prevalence: f64) -> Option<Outcome> {
        self.outcomes().rev().find(|outcome| {
            outcome
                .per_thousand(Some(prevalence))
                .is_some_and(|n| 0.0 < n.held && share * n.held <= n.rightly_held)
        })
    }

    /// What holding from one threshold and looking first from a lower one does.
    pub fn two(&self, look: f64, hold: f64) -> TwoThresholds {
        TwoThresholds { hold: self.at(hold.max(look)), look: self.at(look.min(hold)) }
    }

    /// The same curve in at most about `2 · n` steps: each at which another `n`th of the comments, or of
    /// those to be held, is reached. Between the steps kept, nothing moves by more than that.
    pub fn thinned(&self, n: u64) -> Self {
        let mut reached = (0, 0);
        let last = self.steps.len().saturating_sub(1);
        let keeps = |step: &Step, reached: &mut (u64, u64)| {
            let part = |count: u64, whole: u64| {
                (u128::from(count) * u128::from(n) / u128::from(whole.max(1))) as u64
            };
            let now = (
                part(step.rightly_held + step.wrongly_held, self.n()),
                part(step.rightly_held, self.positives),
            );
            std::mem::replace(reached, now) != now
        };
        let steps = self
            .steps
            .iter()
            .enumerate()
            .filter(|(place, step)| keeps(step, &mut reached) || *place == 0 || *place == last)
            .map(|(_, step)| *step)
            .collect();
        Self { steps, ..*self }
    }

    fn outcome(&self, step: Step) -> Outcome {
        let Step { threshold, rightly_held, wrongly_held } = step;
        Outcome {
            threshold,
            rightly_held,
            wrongly_held,
            positives: self.positives,
            negatives: self.negatives,
        }
    }

    fn none_held(&self) -> Outcome {
        self.outcome(Step { threshold: f64::INFINITY, rightly_held: 0, wrongly_held: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMENTS: [(f64, bool); 8] = [
        (0.9, true),
        (0.8, true),
        (0.8, false),
        (0.6, true),
        (0.4, false),
        (0.4, false),
        (0.2, true),
        (0.1, false),
    ];

    #[test]
    fn roc_and_precision_recall_points_equal_those_of_scikit_learn() {
        // from sklearn.metrics import roc_curve, precision_recall_curve
        // p, t = zip(*COMMENTS)
        // roc_curve(t, p, drop_intermediate=False); precision_recall_curve(t, p)
        let curve = ThresholdCurve::of(COMMENTS);
        let found: Vec<_> = curve
            .outcomes()
            .map(|o| {
                (o.threshold, o.false_positive_rate().unwrap(), o.recall().unwrap(), o.precision().unwrap())
            })
            .collect();
        assert_eq!(
            found,
            [
                (0.9, 0.0, 0.25, 1.0),
                (0.8, 0.25, 0.5, 2.0 / 3.0),
                (0.6, 0.25, 0.75, 0.75),
                (0.4, 0.75, 0.75, 0.5),
                (0.2, 0.75, 1.0, 4.0 / 7.0),
                (0.1, 1.0, 1.0, 0.5),
            ]
        );
    }

    #[test]
    fn a_threshold_holds_what_reaches_it() {
        let curve = ThresholdCurve::of(COMMENTS);
        for (threshold, held) in [(1.0, 0), (0.9, 1), (0.85, 1), (0.8, 3), (0.0, 8)] {
            assert_eq!(curve.at(threshold).held(), held, "{threshold}");
        }
    }

    #[test]
    fn the_three_questions_of_a_desk() {
        let curve = ThresholdCurve::of(COMMENTS);
        assert_eq!(curve.by_workload(0.5).threshold, 0.6, "at most four of eight");
        assert_eq!(curve.by_workload(0.2).threshold, 0.9);
        assert_eq!(curve.by_workload(0.1).threshold, f64::INFINITY, "not even one fits");
        assert_eq!(curve.by_workload(1.0).threshold, 0.1);
        assert_eq!(curve.by_miss_rate(0.25).unwrap().threshold, 0.6);
        assert_eq!(curve.by_miss_rate(0.0).unwrap().threshold, 0.2);
        assert_eq!(curve.by_miss_rate(1.0).unwrap().held(), 0);
        assert_eq!(curve.by_precision(0.7).unwrap().threshold, 0.6);
        assert_eq!(curve.by_precision(1.0).unwrap().threshold, 0.9);
        assert_eq!(ThresholdCurve::of([(0.9, false)]).by_precision(0.5), None);
        assert_eq!(ThresholdCurve::of([(0.9, false)]).by_miss_rate(0.5), None);
        assert_eq!(curve.by_f1().unwrap().threshold, 0.6);
        assert_eq!(ThresholdCurve::default().by_f1(), None);
    }

    #[test]
    fn a_thousand_comments_of_another_day() {
        let outcome = ThresholdCurve::of(COMMENTS).at(0.6);
        let here = outcome.per_thousand(None).unwrap();
        assert_eq!((here.held, here.rightly_held, here.missed), (500.0, 375.0, 125.0));
        let rarer = outcome.per_thousand(Some(0.04)).unwrap();
        assert_eq!((rarer.held, rarer.rightly_held, rarer.missed), (270.0, 30.0, 10.0));
        assert_eq!(ThresholdCurve::of([(0.9, true)]).at(0.5).per_thousand(Some(0.5)), None, "no rate known");
    }

    #[test]
    fn answers_hold_for_another_day_too() {
        let curve = ThresholdCurve::of(COMMENTS);
        assert_eq!(curve.by_workload_at(0.5, 0.5), Some(curve.by_workload(0.5)));
        // At 0.6 a quarter of the good and three quarters of the bad are held: of 4 % bad, 27 %.
        assert_eq!(curve.by_workload_at(0.27, 0.04).unwrap().threshold, 0.6);
        assert_eq!(curve.by_workload_at(0.26, 0.04).unwrap().threshold, 0.8);
        assert_eq!(curve.by_workload_at(0.0, 0.04).unwrap().held(), 0);
        assert_eq!(curve.by_precision_at(0.7, 0.5), curve.by_precision(0.7));
        assert_eq!(
            curve.by_precision_at(0.2, 0.04).unwrap().threshold,
            0.9,
            "only none wrong is precise enough"
        );
        assert_eq!(ThresholdCurve::of([(0.9, true)]).by_workload_at(0.5, 0.5), None);
    }

    #[test]
    fn between_two_thresholds_one_looks_first() {
        let two = ThresholdCurve::of(COMMENTS).two(0.4, 0.8);
        assert_eq!((two.hold.held(), two.looked_at(), two.look.missed()), (3, 3, 1));
    }

    proptest! {
        #[test]
        fn thinning_keeps_the_ends_and_moves_little(
            comments in prop::collection::vec((0.0..1.0_f64, any::<bool>()), 1..400),
        ) {
            let curve = ThresholdCurve::of(comments);
            let thin = curve.thinned(20);
            prop_assert!(thin.outcomes().len() <= 42);
            prop_assert_eq!(curve.outcomes().next(), thin.outcomes().next());
            prop_assert_eq!(curve.outcomes().last(), thin.outcomes().last());
            let held: Vec<u64> = thin.outcomes().map(|outcome| outcome.held()).collect();
            let step = curve.n() / 20 + 1;
            prop_assert!(held.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= step));
        }

        #[test]
        fn answers_keep_what_was_asked(
            comments in prop::collection::vec(((0..=20_u8).prop_map(|p| f64::from(p) / 20.0), any::<bool>()), 1..100),
            share in 0.0..1.0_f64,
        ) {
            let curve = ThresholdCurve::of(comments);
            prop_assert!(curve.by_workload(share).held() as f64 <= share * curve.n() as f64);
            if let Some(outcome) = curve.by_miss_rate(share) {
                prop_assert!(outcome.miss_rate().unwrap() <= share);
                prop_assert_eq!(curve.at(outcome.threshold), outcome);
            }
            if let Some(outcome) = curve.by_precision(share) {
                prop_assert!(share <= outcome.precision().unwrap());
            }
        }
    }
}
