//! Two models on the same comments: which figures differ by more than chance, and which comments changed
//! sides.
//!
//! Both are resampled together, so what makes a comment hard for both cancels out of the difference.

use super::figures::{Estimate, Figure};
use super::input::{EvaluateError, Predictions, check};
use super::measured::{Measured, intervals};
use super::{Evaluation, IntervalBasis, Options};
use crate::label::{Decision, Head, LabelId, Truth};

/// Two models' answers to one head on the same comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How well the first does.
    pub before: Evaluation,
    /// How well the second does.
    pub after: Evaluation,
    /// Each figure's second value less its first; undefined where either is.
    pub differences: Vec<(Figure, Estimate)>,
    /// Whether one is right more often: of a one-of head one test, of a yes-or-no-each head one a label.
    pub tests: Vec<McNemar>,
    /// The comments whose decision changed, in order.
    pub changes: Vec<Change>,
    /// How the intervals were made, if they were.
    pub intervals: Option<IntervalBasis>,
}

/// A decision on which the models differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which comment, from 0.
    pub comment: usize,
    /// Which label's yes or no changed, of a yes-or-no-each head.
    pub label: Option<LabelId>,
    /// Whether the first model was right.
    pub right_before: bool,
    /// Whether the second model is right.
    pub right_after: bool,
}

/// McNemar's test of whether two models err equally often (McNemar 1947).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// How many decisions only the first got right.
    pub only_before: u64,
    /// How many decisions only the second got right.
    pub only_after: u64,
    /// How likely so uneven a split or a worse one is if they err equally often: of fewer than 25 decisions
    /// from the binomial distribution, of more from χ² with continuity correction (Edwards 1948).
    pub p_value: f64,
}

impl McNemar {
    /// Of the decisions that exactly one model got right.
    ///
    /// ```
    /// let test = moderato::evaluate::McNemar::of(3, 12);
    /// assert!((test.p_value - 0.03515625).abs() < 1e-12);
    /// ```
    pub fn of(only_before: u64, only_after: u64) -> Self {
        let n = only_before + only_after;
        let p_value = if n < 25 {
            let fewer = only_before.min(only_after);
            let (mut ways, mut tail) = (1.0, 0.0);
            for k in 0..=fewer {
                tail += ways;
                ways *= (n - k) as f64 / (k + 1) as f64;
            }
            (2.0 * tail / 2_f64.powi(n as i32)).min(1.0)
        } else {
            let excess = only_before.abs_diff(only_after).saturating_sub(1) as f64;
            // P(χ² with one degree of freedom > x) = erfc(√(x / 2)).
            libm::erfc((excess * excess / n as f64 / 2.0).sqrt())
        };
        Self { only_before, only_after, p_value }
    }
}

impl Comparison {
    /// Compares two models' predictions for the same comments.
    ///
    /// # Errors
    /// If either's predictions do not belong to the head or to the truths, or no label is known.
    pub fn of(
        head: &Head,
        truths: &[Truth],
        [before, after]: [&Predictions; 2],
        options: &Options,
    ) -> Result<Self, EvaluateError> {
        check(head, truths, after, options.bootstrap.as_ref())?;
        let evaluations =
            [Evaluation::of(head, truths, before, options)?, Evaluation::of(head, truths, after, options)?];
        let measured = [before, after].map(|predictions| Measured::new(head, truths, predictions));
        let resampled = options.bootstrap.as_ref().map(|bootstrap| {
            intervals(bootstrap, &measured[0].strata(), |weights| {
                let [before, after] = [0, 1].map(|model| measured[model].measurement(weights));
                Figure::ALL
                    .iter()
                    .map(|&figure| {
                        difference(before.figure(figure), after.figure(figure)).unwrap_or(f64::NAN)
                    })
                    .collect()
            })
        });
        let (basis, ends) = resampled.map_or((None, Vec::new()), |(basis, ends)| (Some(basis), ends));
        let [first, second] = &evaluations;
        let differences = (0..)
            .zip(Figure::ALL)
            .filter(|(_, figure)| figure.applies_to(head.kind))
            .map(|(place, figure): (usize, _)| {
                let value = difference(first.value(figure), second.value(figure));
                let interval = value.and_then(|_| ends.get(place).copied().flatten());
                (figure, Estimate { value, interval })
            })
            .collect();
        let (changes, tests) = changes(head, truths, before, after);
        let [before, after] = evaluations;
        Ok(Self { before, after, differences, tests, changes, intervals: basis })
    }
}

fn difference(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    Some(after? - before?)
}

fn changes(
    head: &Head,
    truths: &[Truth],
    before: &Predictions,
    after: &Predictions,
) -> (Vec<Change>, Vec<McNemar>) {
    let mut changes = Vec::new();
    for (comment, truth) in truths.iter().enumerate() {
        match (truth, &before.decisions[comment], &after.decisions[comment]) {
            (Truth::OneOf(truth), Decision::OneOf(before), Decision::OneOf(after)) if before != after => {
                let (right_before, right_after) = (before == truth, after == truth);
                changes.push(Change { comment, label: None, right_before, right_after });
            }
            (Truth::Each(truths), Decision::Each(before), Decision::Each(after)) => {
                for label in head.labels.ids() {
                    let (before, after) = (before[label.index()], after[label.index()]);
                    if let Some(truth) = truths[label.index()].filter(|_| before != after) {
                        let (right_before, right_after) = (before == truth, after == truth);
                        changes.push(Change { comment, label: Some(label), right_before, right_after });
                    }
                }
            }
            _ => {}
        }
    }
    let test = |label: Option<LabelId>| {
        let of_label = changes.iter().filter(|change| change.label == label);
        let only = |before| {
            of_label.clone().filter(|c| c.right_before == before && c.right_after != before).count() as u64
        };
        McNemar::of(only(true), only(false))
    };
    let tests = match head.kind {
        crate::label::HeadKind::OneOf => vec![test(None)],
        crate::label::HeadKind::Each => head.labels.ids().map(|label| test(Some(label))).collect(),
    };
    (changes, tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Bootstrap;
    use crate::label::{HeadKind, LabelSet};
    use ndarray::Array2;

    fn check_p(only_before: u64, only_after: u64, expected: f64) {
        for (before, after) in [(only_before, only_after), (only_after, only_before)] {
            let found = McNemar::of(before, after).p_value;
            assert!((found - expected).abs() < 1e-12, "{before} {after}: {found} {expected}");
        }
    }

    #[test]
    fn few_differences_are_counted_out() {
        // scipy.stats.binomtest(3, 15).pvalue …
        check_p(0, 0, 1.0);
        check_p(3, 12, 0.03515625);
        check_p(5, 5, 1.0);
        check_p(0, 1, 1.0);
        check_p(0, 24, 1.1920928955078125e-07);
        check_p(7, 13, 0.26317596435546875);
    }

    #[test]
    fn many_differences_follow_chi_squared() {
        // x = max(abs(b - c) - 1, 0) ** 2 / (b + c); scipy.stats.chi2.sf(x, 1)
        check_p(10, 15, 0.4237107971667936);
        check_p(40, 20, 0.014171388254012323);
        check_p(30, 30, 1.0);
        check_p(100, 300, 2.5218321340413693e-23);
    }

    fn head() -> Head {
        let labels = LabelSet::new(["civil", "uncivil"]).unwrap();
        Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None }
    }

    fn predictions(decided: &[u16]) -> Predictions {
        Predictions {
            probabilities: Array2::from_shape_fn((decided.len(), 2), |(i, j)| {
                if usize::from(decided[i]) == j { 0.75 } else { 0.25 }
            }),
            decisions: decided.iter().map(|&label| Decision::OneOf(LabelId(label))).collect(),
        }
    }

    #[test]
    fn comments_that_change_sides_are_told() {
        let truths: Vec<Truth> = [0, 0, 1, 1].map(|label| Truth::OneOf(LabelId(label))).to_vec();
        let (before, after) = (predictions(&[0, 1, 0, 1]), predictions(&[1, 0, 1, 1]));
        let comparison = Comparison::of(&head(), &truths, [&before, &after], &Options::default()).unwrap();
        let found: Vec<_> =
            comparison.changes.iter().map(|c| (c.comment, c.right_before, c.right_after)).collect();
        assert_eq!(found, [(0, true, false), (1, false, true), (2, false, true)]);
        assert_eq!((comparison.tests[0].only_before, comparison.tests[0].only_after), (1, 2));
        assert_eq!(comparison.differences[0], (Figure::Accuracy, comparison.differences[0].1));
        assert_eq!(comparison.differences[0].1.value, Some(0.25));
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let truths: Vec<Truth> = (0..40).map(|i| Truth::OneOf(LabelId(u16::from(i % 3 == 0)))).collect();
        let same = predictions(&(0..40).map(|i| u16::from(i % 4 == 0)).collect::<Vec<_>>());
        let options = Options { bootstrap: Some(Bootstrap { resamples: 100, ..Bootstrap::default() }) };
        let comparison = Comparison::of(&head(), &truths, [&same, &same], &options).unwrap();
        assert!(comparison.changes.is_empty());
        assert!((comparison.tests[0].p_value - 1.0).abs() < f64::EPSILON);
        for (_, difference) in comparison.differences {
            assert_eq!(difference.value.unwrap_or(0.0), 0.0);
            assert!(difference.interval.is_none_or(|interval| (interval.low, interval.high) == (0.0, 0.0)));
        }
    }
}
