//! Measures heads whose labels hold or not, each on its own.
//!
//! A label whose truth is not known for a comment is left out for that label only; the share of comments
//! decided rightly as a whole is of those whose every label is known.

use super::Question;
use super::confusion::{ConfusionMatrix, mean, ratio};
use super::figures::{Baseline, ClassFigure, Figure, Measurement, decided};
use super::input::Predictions;
use super::ranking::{RankFigures, Ranking};
use super::reliability::Reliability;
use crate::label::{Decision, LabelId, Truth};

/// `yes` in the two-by-two matrix of a label.
const YES: LabelId = LabelId(1);

/// Everything about the comments that does not change from resample to resample.
pub(crate) struct Each {
    labels: Vec<Label>,
    /// Whether each comment with all labels known has all of them right, and all at their majority.
    wholes: Vec<Whole>,
    n_comments: usize,
    strata: Vec<u32>,
}

struct Label {
    /// The comments whose truth is known, with their cell of the two-by-two matrix.
    cells: Vec<(u32, u8)>,
    ranking: Ranking,
}

struct Whole {
    comment: u32,
    right: bool,
    majority_right: bool,
}

/// How often labels hold together: entry `(i, j)` counts comments with both, `(i, i)` those with label `i`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooccurrence {
    /// In the truth.
    pub truth: Vec<Vec<u64>>,
    /// In the decisions, over the same comments and labels: where the truth is known.
    pub predicted: Vec<Vec<u64>>,
}

impl Each {
    /// Of checked input.
    pub(crate) fn new(truths: &[Truth], predictions: &Predictions) -> Self {
        let Predictions { probabilities, .. } = predictions;
        let answers: Vec<(&[Option<bool>], &[bool])> = answers(truths, predictions).collect();
        let labels: Vec<Label> = (0..probabilities.ncols())
            .map(|label| {
                let known = || {
                    answers.iter().enumerate().filter_map(move |(i, (truth, decided))| {
                        truth[label].map(|truth| (i, truth, decided[label]))
                    })
                };
                Label {
                    cells: known().map(|(i, t, d)| (i as u32, 2 * u8::from(t) + u8::from(d))).collect(),
                    ranking: Ranking::new(known().map(|(i, t, _)| (i, probabilities[[i, label]], t))),
                }
            })
            .collect();
        let ones = vec![1; truths.len()];
        let majorities: Vec<bool> =
            labels.iter().map(|label| label.confusion(&ones).majority() == YES).collect();
        let wholes = (0_u32..)
            .zip(&answers)
            .filter(|(_, (truth, _))| truth.iter().all(Option::is_some))
            .map(|(comment, (truth, decided))| {
                let agrees = |answers: &[bool]| truth.iter().zip(answers).all(|(t, a)| *t == Some(*a));
                Whole { comment, right: agrees(decided), majority_right: agrees(&majorities) }
            })
            .collect();
        let strata = answers.iter().map(|(truth, _)| u32::from(truth.contains(&Some(true)))).collect();
        Self { labels, wholes, n_comments: truths.len(), strata }
    }

    /// One two-by-two matrix a label: no and yes, the truth in rows.
    pub(crate) fn confusions(&self, weights: &[u32]) -> Vec<ConfusionMatrix> {
        self.labels.iter().map(|label| label.confusion(weights)).collect()
    }

    /// Resamples keep the number of comments with any label and with none: there are too many combinations
    /// to keep each.
    pub(crate) fn strata(&self) -> Vec<u32> {
        self.strata.clone()
    }

    pub(crate) fn measurement(&self, weights: &[u32]) -> Measurement {
        let matrices = self.confusions(weights);
        let ranks: Vec<_> = self.labels.iter().map(|label| label.ranking.figures(weights)).collect();
        measurement(&matrices, &ranks, self.share(weights, |whole| whole.right))
    }

    /// What always giving each label its more frequent answer reaches, and what the labels' shares reach.
    pub(crate) fn baselines(&self, matrices: &[ConfusionMatrix]) -> (Measurement, Measurement) {
        let of = |matrix: &ConfusionMatrix| Baseline { positives: matrix.support(YES), n: matrix.total() };
        let certain: Vec<_> = matrices.iter().map(|m| of(m).certain(m.majority() == YES)).collect();
        let prior: Vec<_> = matrices.iter().map(|matrix| of(matrix).prior()).collect();
        let hits: Vec<_> = matrices.iter().map(ConfusionMatrix::of_majority).collect();
        let wholes = self.share(&vec![1; self.n_comments], |whole| whole.majority_right);
        let mut always = measurement(&hits, &certain, wholes);
        let mut shares = measurement(&hits, &prior, wholes);
        // Certainty is off by the share it is wrong in, which is also its squared error.
        always.set(Figure::ExpectedCalibrationError, mean(certain.iter().map(|rank| rank.brier)));
        shares.set(Figure::ExpectedCalibrationError, mean(prior.iter().map(|rank| rank.brier.map(|_| 0.0))));
        (always, shares)
    }

    /// One question a label.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let labels = self.labels.iter().enumerate();
        labels.map(|(label, measured)| Question::of(label.into(), &measured.ranking)).collect()
    }

    /// One table a label.
    pub(crate) fn reliabilities(&self) -> Vec<Reliability> {
        self.labels.iter().map(|label| Reliability::of(&label.ranking)).collect()
    }

    fn share(&self, weights: &[u32], counts: impl Fn(&Whole) -> bool) -> Option<f64> {
        let (mut part, mut all) = (0_u64, 0_u64);
        for whole in &self.wholes {
            let weight = u64::from(weights[whole.comment as usize]);
            all += weight;
            part += if counts(whole) { weight } else { 0 };
        }
        ratio(part, all)
    }
}

impl Label {
    fn confusion(&self, weights: &[u32]) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(2);
        for &(comment, cell) in &self.cells {
            matrix.add(usize::from(cell), u64::from(weights[comment as usize]));
        }
        matrix
    }
}

impl Cooccurrence {
    /// Of checked input.
    pub(crate) fn of(truths: &[Truth], predictions: &Predictions) -> Self {
        let n_labels = predictions.probabilities.ncols();
        let mut truth = vec![vec![0; n_labels]; n_labels];
        let mut predicted = truth.clone();
        for (truths, decided) in answers(truths, predictions) {
            // Over the labels that hold, which are few, not over all pairs.
            count_pairs(&mut truth, (0..n_labels).filter(|&label| truths[label] == Some(true)));
            count_pairs(
                &mut predicted,
                (0..n_labels).filter(|&label| truths[label].is_some() && decided[label]),
            );
        }
        Self { truth, predicted }
    }
}

fn count_pairs(counts: &mut [Vec<u64>], labels: impl Iterator<Item = usize>) {
    let labels: Vec<usize> = labels.collect();
    for &row in &labels {
        for &column in &labels {
            counts[row][column] += 1;
        }
    }
}

fn answers<'a>(
    truths: &'a [Truth],
    predictions: &'a Predictions,
) -> impl Iterator<Item = (&'a [Option<bool>], &'a [bool])> {
    truths.iter().zip(&predictions.decisions).filter_map(|pair| match pair {
        (Truth::Each(truth), Decision::Each(decided)) => Some((truth.as_slice(), decided.as_slice())),
        _ => None,
    })
}

fn measurement(matrices: &[ConfusionMatrix], ranks: &[RankFigures], accuracy: Option<f64>) -> Measurement {
    let classes: Vec<_> = matrices.iter().map(|matrix| decided(matrix, YES)).collect();
    let mut measurement = Measurement::new(&classes, ranks);
    measurement.set(Figure::Accuracy, accuracy);
    for (figure, of_class) in [
        (Figure::MacroPrecision, ClassFigure::Precision),
        (Figure::MacroRecall, ClassFigure::Recall),
        (Figure::MacroF1, ClassFigure::F1),
        (Figure::Auc, ClassFigure::Auc),
        (Figure::AveragePrecision, ClassFigure::AveragePrecision),
        (Figure::LogLoss, ClassFigure::LogLoss),
        (Figure::Brier, ClassFigure::Brier),
    ] {
        measurement.set(figure, mean(measurement.of_classes(of_class)));
    }
    let sum = |count: fn(&ConfusionMatrix) -> u64| matrices.iter().map(count).sum::<u64>();
    let (both, support, predicted) =
        (sum(|m| m.both(YES)), sum(|m| m.support(YES)), sum(|m| m.predicted(YES)));
    measurement.set(Figure::MicroPrecision, ratio(both, predicted));
    measurement.set(Figure::MicroRecall, ratio(both, support));
    measurement.set(Figure::MicroF1, ratio(2 * both, support + predicted));
    let weighted: f64 = matrices.iter().map(|m| m.f1(YES).map_or(0.0, |f1| f1 * m.support(YES) as f64)).sum();
    measurement.set(Figure::WeightedF1, (support > 0).then(|| weighted / support as f64));
    measurement
}
