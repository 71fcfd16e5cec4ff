//! Heads of both kinds behind one face, so that resampling and comparing need not know which it is.

use super::bootstrap::{Bootstrap, Groups, Interval, Sampler};
use super::each::Each;
use super::figures::Measurement;
use super::input::Predictions;
use super::one_of::OneOf;
use super::ranking::Ranking;
use super::{Confusion, Cooccurrence, Histogram, IntervalBasis, Question, ThresholdCurve};
use crate::evaluate::ConfusionMatrix;
use crate::label::{Head, HeadKind, LabelId, Truth};

/// The comments of one head, ready to be measured under any weights.
pub(crate) enum Measured {
    OneOf(OneOf),
    Each(Each),
}

impl Measured {
    /// Of checked input.
    pub(crate) fn new(head: &Head, truths: &[Truth], predictions: &Predictions) -> Self {
        match head.kind {
            HeadKind::OneOf => Self::OneOf(OneOf::new(truths, predictions)),
            HeadKind::Each => Self::Each(Each::new(truths, predictions)),
        }
    }

    pub(crate) fn measurement(&self, weights: &[u32]) -> Measurement {
        match self {
            Self::OneOf(one_of) => one_of.measurement(weights),
            Self::Each(each) => each.measurement(weights),
        }
    }

    /// Which comments are drawn apart from the others.
    pub(crate) fn strata(&self) -> Vec<u32> {
        match self {
            Self::OneOf(one_of) => one_of.strata(),
            Self::Each(each) => each.strata(),
        }
    }

    /// Majority and prior.
    pub(crate) fn baselines(&self, confusion: &Confusion) -> (Measurement, Measurement) {
        match (self, confusion) {
            (Self::OneOf(one_of), Confusion::OneOf(matrix)) => one_of.baselines(matrix),
            (Self::Each(each), Confusion::Each { matrices, .. }) => each.baselines(matrices),
            _ => unreachable!("the confusion is of the same head"),
        }
    }

    pub(crate) fn confusion(&self, truths: &[Truth], predictions: &Predictions) -> Confusion {
        let weights = vec![1; truths.len()];
        match self {
            Self::OneOf(one_of) => Confusion::OneOf(one_of.confusion(&weights)),
            Self::Each(each) => Confusion::Each {
                matrices: each.confusions(&weights),
                together: Cooccurrence::of(truths, predictions),
            },
        }
    }

    /// The yes-or-no questions in the head: of two classes the second, of more each against the rest.
    pub(crate) fn questions(&self) -> Vec<Question> {
        match self {
            Self::OneOf(one_of) => one_of.questions(),
            Self::Each(each) => each.questions(),
        }
    }
}

impl Question {
    pub(crate) fn of(label: LabelId, ranking: &Ranking) -> Self {
        Self { label, curve: ThresholdCurve::of_ranking(ranking), histogram: Histogram::of(ranking) }
    }
}

/// The intervals of what `statistics` computes from weights, and how they were made.
pub(crate) fn intervals(
    bootstrap: &Bootstrap,
    strata: &[u32],
    statistics: impl Fn(&[u32]) -> Vec<f64> + Sync,
) -> (IntervalBasis, Vec<Option<Interval>>) {
    let basis = IntervalBasis {
        resamples: bootstrap.resamples,
        seed: bootstrap.seed,
        n_groups: bootstrap.groups.as_ref().map(Groups::n_groups),
    };
    (basis, Sampler::new(bootstrap, strata).intervals(statistics))
}

impl Confusion {
    /// How many comments have each label, and how many were given it.
    pub(crate) fn sides(&self) -> Vec<(u64, u64)> {
        let sides = |matrix: &ConfusionMatrix, class| (matrix.support(class), matrix.predicted(class));
        match self {
            Self::OneOf(matrix) => matrix.classes().map(|class| sides(matrix, class)).collect(),
            Self::Each { matrices, .. } => matrices.iter().map(|matrix| sides(matrix, LabelId(1))).collect(),
        }
    }
}
