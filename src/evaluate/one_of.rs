//! Measures heads of which exactly one label holds.

use super::Question;
use super::confusion::{ConfusionMatrix, mean};
use super::figures::{Baseline, ClassFigure, Figure, Measurement, decided, entropy};
use super::input::Predictions;
use super::ranking::{RankFigures, Ranking, surprise};
use super::reliability::Reliability;
use crate::label::{Decision, LabelId, Truth};

/// Everything about the comments that does not change from resample to resample.
pub(crate) struct OneOf {
    n_classes: usize,
    truths: Vec<LabelId>,
    /// Each comment's cell in the confusion matrix, row after row.
    cells: Vec<u32>,
    /// Each class against the rest.
    rankings: Vec<Ranking>,
    /// −ln of the probability of each comment's truth.
    surprises: Vec<f64>,
}

impl OneOf {
    /// Of checked input.
    pub(crate) fn new(truths: &[Truth], predictions: &Predictions) -> Self {
        let Predictions { probabilities, decisions } = predictions;
        let n_classes = probabilities.ncols();
        let truths: Vec<LabelId> = truths
            .iter()
            .filter_map(|truth| if let Truth::OneOf(label) = truth { Some(*label) } else { None })
            .collect();
        let decided = decisions
            .iter()
            .filter_map(|decision| if let Decision::OneOf(label) = decision { Some(*label) } else { None });
        let cells = truths
            .iter()
            .zip(decided)
            .map(|(truth, decided)| (truth.index() * n_classes + decided.index()) as u32)
            .collect();
        let rankings = (0..n_classes)
            .map(|class| {
                Ranking::new(
                    (0..truths.len()).map(|i| (i, probabilities[[i, class]], truths[i].index() == class)),
                )
            })
            .collect();
        let surprises =
            truths.iter().enumerate().map(|(i, t)| surprise(probabilities[[i, t.index()]])).collect();
        Self { n_classes, truths, cells, rankings, surprises }
    }

    /// The confusion matrix of the comments, each counted as often as its weight says.
    pub(crate) fn confusion(&self, weights: &[u32]) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(self.n_classes);
        for (&cell, &weight) in self.cells.iter().zip(weights) {
            matrix.add(cell as usize, u64::from(weight));
        }
        matrix
    }

    /// Resamples keep the number of comments of each true label.
    pub(crate) fn strata(&self) -> Vec<u32> {
        self.truths.iter().map(|truth| u32::from(truth.0)).collect()
    }

    pub(crate) fn measurement(&self, weights: &[u32]) -> Measurement {
        let matrix = self.confusion(weights);
        let ranks: Vec<RankFigures> = self.rankings.iter().map(|ranking| ranking.figures(weights)).collect();
        let surprise: f64 = self.surprises.iter().zip(weights).map(|(s, &w)| s * f64::from(w)).sum();
        let n = matrix.total();
        measurement(&matrix, &ranks, (n > 0).then(|| surprise / n as f64))
    }

    /// What always answering the most frequent label reaches, and what the labels' shares reach.
    pub(crate) fn baselines(&self, matrix: &ConfusionMatrix) -> (Measurement, Measurement) {
        let (majority, n) = (matrix.majority(), matrix.total());
        let of = |class| Baseline { positives: matrix.support(class), n };
        let certain: Vec<_> = matrix.classes().map(|class| of(class).certain(class == majority)).collect();
        let prior: Vec<_> = matrix.classes().map(|class| of(class).prior()).collect();
        let entropy = matrix.classes().map(|class| entropy(matrix.support(class) as f64 / n as f64)).sum();
        let hits = matrix.of_majority();
        let no_loss = (matrix.support(majority) == n).then_some(0.0);
        let mut always = measurement(&hits, &certain, no_loss);
        let mut shares = measurement(&hits, &prior, Some(entropy));
        always.set(Figure::ExpectedCalibrationError, hits.accuracy().map(|accuracy| 1.0 - accuracy));
        shares.set(Figure::ExpectedCalibrationError, Some(0.0));
        (always, shares)
    }

    /// The second of two classes; of more, each against the rest.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let first = if self.n_classes == 2 { 1 } else { 0 };
        let rankings = self.rankings.iter().enumerate().skip(first);
        rankings.map(|(class, ranking)| Question::of(class.into(), ranking)).collect()
    }

    /// Of the second of two classes; of more, of the most probable class being right.
    pub(crate) fn reliability(&self, predictions: &Predictions) -> Reliability {
        if self.n_classes == 2 {
            return Reliability::of(&self.rankings[1]);
        }
        let rows = predictions.probabilities.rows();
        Reliability::of(&Ranking::new(rows.into_iter().zip(&self.truths).enumerate().map(
            |(i, (row, truth))| {
                let mut best = 0;
                for class in 1..row.len() {
                    if row[best] < row[class] {
                        best = class;
                    }
                }
                (i, row[best], best == truth.index())
            },
        )))
    }
}

fn measurement(matrix: &ConfusionMatrix, ranks: &[RankFigures], log_loss: Option<f64>) -> Measurement {
    let classes: Vec<_> = matrix.classes().map(|class| decided(matrix, class)).collect();
    let mut measurement = Measurement::new(&classes, ranks);
    measurement.set(Figure::Accuracy, matrix.accuracy());
    measurement.set(Figure::BalancedAccuracy, matrix.balanced_accuracy());
    measurement.set(Figure::MacroF1, matrix.macro_f1());
    measurement.set(Figure::WeightedF1, matrix.weighted_f1());
    measurement.set(Figure::MatthewsCorrelation, matrix.matthews_correlation());
    measurement.set(Figure::CohensKappa, matrix.cohens_kappa());
    measurement.set(Figure::LogLoss, log_loss);
    if let [_, positive] = ranks {
        measurement.set(Figure::Auc, positive.auc);
        measurement.set(Figure::AveragePrecision, positive.average_precision);
        measurement.set(Figure::Brier, positive.brier);
    } else {
        measurement.set(Figure::Auc, mean(measurement.of_classes(ClassFigure::Auc)));
        measurement
            .set(Figure::AveragePrecision, mean(measurement.of_classes(ClassFigure::AveragePrecision)));
        measurement.set(Figure::Brier, ranks.iter().map(|rank| rank.brier).sum());
    }
    measurement
}
