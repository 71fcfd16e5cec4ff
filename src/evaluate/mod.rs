//! Says how well a head did: true labels and predictions in, an [`Evaluation`] out.
//!
//! Numbers only: no text comes in here, so a model that is not ours can be measured as well.
//! What is undefined (a precision where nothing was predicted) is `None`, never 0.
//! Nothing is rounded and nothing printed; [`report`](crate::report) does both.
//!
//! The figures are scikit-learn's (1.9) to the last digits but one, with its names; where we say `None` it
//! says 0 and warns. Averages over classes leave out those where the figure is undefined.

mod bootstrap;
mod compare;
mod confusion;
mod each;
mod fairness;
mod figures;
mod flips;
mod histogram;
mod input;
mod label_errors;
mod measured;
mod migration;
mod one_of;
#[cfg(test)]
mod oracle;
mod random;
pub(crate) mod ranking;
mod reliability;
mod slices;
mod spans;
mod swaps;
mod threshold;

pub use bootstrap::{Bootstrap, Groups, Interval};
pub use compare::{Change, Comparison, McNemar};
pub use confusion::ConfusionMatrix;
pub use each::Cooccurrence;
pub use fairness::{Fairness, GroupAuc, GroupScores, Rates, Subgroup};
pub use figures::{ClassFigure, Estimate, Figure, Score};
pub use flips::{Flip, flip_labels, flipped_among, ranked_suspects};
pub use histogram::Histogram;
pub use input::{EvaluateError, Predictions};
pub use label_errors::{LabelErrors, Suspect};
pub use migration::{Migration, Moved, OldThreshold, Pair};
pub use reliability::{BrierParts, RELIABILITY_BINS, Reliability, ReliabilityBin, wilson};
pub use slices::Slice;
pub use spans::{Characters, mean_score, span_f1};
pub use swaps::{Swap, Swapped};
pub use threshold::{Outcome, PerThousand, ThresholdCurve, TwoThresholds};

use crate::label::{Head, LabelId, Truth};
use figures::Measurement;
use measured::Measured;
use std::ops::Index;

/// How to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How to make intervals; `None` makes none.
    pub bootstrap: Option<Bootstrap>,
}

impl Default for Options {
    /// Intervals from 1,000 resamples, seed 0.
    fn default() -> Self {
        Self { bootstrap: Some(Bootstrap::default()) }
    }
}

/// How well one head did on comments whose labels are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The question that was asked.
    pub head: Head,
    /// How many comments have at least one known label.
    pub n: u64,
    /// Who was taken for what.
    pub confusion: Confusion,
    /// The figures of the head, those that apply to its kind, in the order of [`Figure::ALL`].
    pub scores: Vec<Score>,
    /// Each label's figures, in the order of the head's labels.
    pub classes: Vec<ClassScores>,
    /// Whether probabilities mean what they say. One table of a one-of head: for the second of two labels,
    /// of more for the most probable one being right. One table a label of a yes-or-no-each head.
    pub reliability: Vec<Reliability>,
    /// The yes-or-no questions in the head: of two labels the second, of more each against the rest, of a
    /// yes-or-no-each head each label.
    pub questions: Vec<Question>,
    /// How the intervals were made, if they were.
    pub intervals: Option<IntervalBasis>,
}

/// One label against the rest, threshold by threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The label.
    pub label: LabelId,
    /// What each threshold does.
    pub curve: ThresholdCurve,
    /// How the probabilities are spread.
    pub histogram: Histogram,
}

/// Who was taken for what.
#[derive(Debug, Clone, PartialEq)]
pub enum Confusion {
    /// One matrix over all labels.
    OneOf(ConfusionMatrix),
    /// Each label on its own.
    Each {
        /// One two-by-two matrix a label: no and yes, the truth in rows.
        matrices: Vec<ConfusionMatrix>,
        /// Which labels hold together.
        together: Cooccurrence,
    },
}

/// The figures of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassScores {
    /// The label.
    pub label: LabelId,
    /// How many comments have it.
    pub support: u64,
    /// How many comments were given it.
    pub predicted: u64,
    pub(crate) estimates: [Estimate; ClassFigure::ALL.len()],
}

/// How intervals were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalBasis {
    /// How many resamples.
    pub resamples: u32,
    /// Their seed.
    pub seed: u64,
    /// How many groups were resampled whole; `None` if single comments were, within their true labels.
    pub n_groups: Option<u32>,
}

impl Evaluation {
    /// Compares truths with predictions, comment by comment.
    ///
    /// # Errors
    /// If they do not belong to the head or to each other, or no label is known.
    ///
    /// ```
    /// use moderato::evaluate::{Evaluation, Figure, Options, Predictions};
    /// use moderato::label::{Decision, Head, HeadKind, LabelId, LabelSet, Truth};
    ///
    /// let head = Head {
    ///     name: "incivility".into(),
    ///     kind: HeadKind::OneOf,
    ///     labels: LabelSet::new(["civil", "uncivil"])?,
    ///     target: None,
    /// };
    /// let truths = [0, 0, 1, 1].map(|label| Truth::OneOf(LabelId(label)));
    /// let predictions = Predictions {
    ///     probabilities: ndarray::array![[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]],
    ///     decisions: [0, 0, 0, 1].map(|label| Decision::OneOf(LabelId(label))).to_vec(),
    /// };
    /// let evaluation = Evaluation::of(&head, &truths, &predictions, &Options::default())?;
    /// assert_eq!(evaluation.value(Figure::Accuracy), Some(0.75));
    /// assert_eq!(evaluation.value(Figure::Auc), Some(0.75));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(
        head: &Head,
        truths: &[Truth],
        predictions: &Predictions,
        options: &Options,
    ) -> Result<Self, EvaluateError> {
        let bootstrap = options.bootstrap.as_ref();
        input::check(head, truths, predictions, bootstrap)?;
        let measured = Measured::new(head, truths, predictions);
        let confusion = measured.confusion(truths, predictions);
        let intervals = bootstrap.map(|bootstrap| {
            let statistics = |weights: &[u32]| measured.measurement(weights).row();
            measured::intervals(bootstrap, &measured.strata(), statistics)
        });
        let questions = measured.questions();
        let reliability: Vec<Reliability> = match &measured {
            Measured::OneOf(one_of) => vec![one_of.reliability(predictions)],
            Measured::Each(each) => each.reliabilities(),
        };
        let mut itself = measured.measurement(&vec![1; truths.len()]);
        let calibration = confusion::mean(reliability.iter().map(|table| table.ece));
        itself.set(Figure::ExpectedCalibrationError, calibration);
        let baselines = measured.baselines(&confusion);
        let (basis, intervals) = intervals.map_or((None, Vec::new()), |(basis, ends)| (Some(basis), ends));
        Ok(Self {
            head: head.clone(),
            n: truths.iter().filter(|truth| is_known(truth)).count() as u64,
            scores: scores(head, &itself, &baselines, &intervals),
            classes: classes(&confusion, &itself, &intervals),
            confusion,
            reliability,
            questions,
            intervals: basis,
        })
    }

    /// The score of `figure`; `None` if heads of this kind do not have it.
    pub fn score(&self, figure: Figure) -> Option<&Score> {
        self.scores.iter().find(|score| score.figure == figure)
    }

    /// The value of `figure`; `None` if it is undefined or heads of this kind do not have it.
    pub fn value(&self, figure: Figure) -> Option<f64> {
        self.score(figure)?.estimate.value
    }

    /// How many labels have no defined `figure`, and so no part in averages of it.
    pub fn n_undefined(&self, figure: ClassFigure) -> usize {
        self.classes.iter().filter(|class| class[figure].value.is_none()).count()
    }
}

impl Index<ClassFigure> for ClassScores {
    type Output = Estimate;
    fn index(&self, figure: ClassFigure) -> &Estimate {
        &self.estimates[figure as usize]
    }
}

fn is_known(truth: &Truth) -> bool {
    match truth {
        Truth::OneOf(_) => true,
        Truth::Each(answers) => answers.iter().any(Option::is_some),
    }
}

fn estimate(value: Option<f64>, intervals: &[Option<Interval>], place: usize) -> Estimate {
    Estimate { value, interval: value.and_then(|_| intervals.get(place).copied().flatten()) }
}

/// `intervals` in the order of [`Measurement::row`], or none.
fn scores(
    head: &Head,
    itself: &Measurement,
    (majority, prior): &(Measurement, Measurement),
    intervals: &[Option<Interval>],
) -> Vec<Score> {
    (0..)
        .zip(Figure::ALL)
        .filter(|(_, figure)| figure.applies_to(head.kind))
        .map(|(place, figure)| Score {
            figure,
            estimate: estimate(itself.figure(figure), intervals, place),
            majority: majority.figure(figure),
            prior: prior.figure(figure),
        })
        .collect()
}

fn classes(confusion: &Confusion, itself: &Measurement, intervals: &[Option<Interval>]) -> Vec<ClassScores> {
    let sides = confusion.sides().into_iter().zip(&itself.classes).enumerate();
    sides
        .map(|(label, ((support, predicted), values))| {
            let start = Figure::ALL.len() + label * ClassFigure::ALL.len();
            let estimates = std::array::from_fn(|i| estimate(values[i], intervals, start + i));
            ClassScores { label: label.into(), support, predicted, estimates }
        })
        .collect()
}
