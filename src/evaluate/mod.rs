//! Says how well a head did: true labels and predictions in, an [`Evaluation`] out.
//!
//! Numbers only: no text comes in here, so a model that is not ours can be measured as well.
//! What is undefined (a precision where nothing was predicted) is `None`, never 0.
//! Nothing is rounded and nothing printed; [`report`](crate::report) does both.
//!
//! The figures are scikit-learn's (1.9) to the last digits but one, with its names; where we say `None` it
//! says 0 and warns. Averages over classes leave out those where the figure is undefined.

mod bootstrap;
mod confusion;
mod each;
mod figures;
mod input;
mod one_of;
#[cfg(test)]
mod oracle;
mod random;
mod ranking;
mod reliability;

pub use bootstrap::{Bootstrap, Groups, Interval};
pub use confusion::ConfusionMatrix;
pub use each::Cooccurrence;
pub use figures::{ClassFigure, Estimate, Figure, Score};
pub use input::{EvaluateError, Predictions};
pub use reliability::{BrierParts, RELIABILITY_BINS, Reliability, ReliabilityBin, wilson};

use crate::label::{Head, HeadKind, LabelId, Truth};
use bootstrap::Sampler;
use each::Each;
use figures::Measurement;
use one_of::OneOf;
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
    /// How the intervals were made, if they were.
    pub intervals: Option<IntervalBasis>,
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
    estimates: [Estimate; ClassFigure::ALL.len()],
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
        let weights = vec![1; truths.len()];
        Ok(match head.kind {
            HeadKind::OneOf => {
                let measured = OneOf::new(truths, predictions);
                let matrix = measured.confusion(&weights);
                let measurements = Measurements {
                    itself: measured.measurement(&weights),
                    baselines: measured.baselines(&matrix),
                    intervals: bootstrap
                        .map(|b| intervals(b, &measured.strata(), |w| measured.measurement(w))),
                    reliability: vec![measured.reliability(predictions)],
                };
                let sides =
                    matrix.classes().map(|class| (matrix.support(class), matrix.predicted(class))).collect();
                measurements.evaluation(head, Confusion::OneOf(matrix), sides, truths.len() as u64)
            }
            HeadKind::Each => {
                let measured = Each::new(truths, predictions);
                let matrices = measured.confusions(&weights);
                let measurements = Measurements {
                    itself: measured.measurement(&weights),
                    baselines: measured.baselines(&matrices),
                    intervals: bootstrap
                        .map(|b| intervals(b, &measured.strata(), |w| measured.measurement(w))),
                    reliability: measured.reliabilities(),
                };
                let yes = LabelId(1);
                let sides = matrices.iter().map(|m| (m.support(yes), m.predicted(yes))).collect();
                let together = Cooccurrence::of(truths, predictions);
                let n = truths.iter().filter(|truth| is_known(truth)).count() as u64;
                measurements.evaluation(head, Confusion::Each { matrices, together }, sides, n)
            }
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

fn intervals(
    bootstrap: &Bootstrap,
    strata: &[u32],
    measurement: impl Fn(&[u32]) -> Measurement + Sync,
) -> (IntervalBasis, Vec<Option<Interval>>) {
    let basis = IntervalBasis {
        resamples: bootstrap.resamples,
        seed: bootstrap.seed,
        n_groups: bootstrap.groups.as_ref().map(Groups::n_groups),
    };
    (basis, Sampler::new(bootstrap, strata).intervals(|weights| measurement(weights).row()))
}

/// What the two kinds of heads are measured as.
struct Measurements {
    itself: Measurement,
    /// Majority and prior.
    baselines: (Measurement, Measurement),
    /// In the order of [`Measurement::row`].
    intervals: Option<(IntervalBasis, Vec<Option<Interval>>)>,
    reliability: Vec<Reliability>,
}

impl Measurements {
    /// `sides`: how many comments have each label, and how many were given it.
    fn evaluation(self, head: &Head, confusion: Confusion, sides: Vec<(u64, u64)>, n: u64) -> Evaluation {
        let (basis, intervals) = match self.intervals {
            Some((basis, intervals)) => (Some(basis), intervals),
            None => (None, Vec::new()),
        };
        let estimate = |place: usize, value: Option<f64>| Estimate {
            value,
            interval: value.and_then(|_| intervals.get(place).copied().flatten()),
        };
        let mut itself = self.itself;
        let calibration = confusion::mean(self.reliability.iter().map(|table| table.ece));
        itself.set(Figure::ExpectedCalibrationError, calibration);
        let (majority, prior) = self.baselines;
        let scores = Figure::ALL
            .into_iter()
            .enumerate()
            .filter(|(_, figure)| figure.applies_to(head.kind))
            .map(|(place, figure)| Score {
                figure,
                estimate: estimate(place, itself.figure(figure)),
                majority: majority.figure(figure),
                prior: prior.figure(figure),
            })
            .collect();
        let classes = head
            .labels
            .ids()
            .zip(sides)
            .zip(&itself.classes)
            .map(|((label, (support, predicted)), values)| {
                let start = Figure::ALL.len() + label.index() * ClassFigure::ALL.len();
                let estimates = std::array::from_fn(|i| estimate(start + i, values[i]));
                ClassScores { label, support, predicted, estimates }
            })
            .collect();
        Evaluation {
            head: head.clone(),
            n,
            confusion,
            scores,
            classes,
            reliability: self.reliability,
            intervals: basis,
        }
    }
}
