//! The names of what is measured, and a value with its interval.

use super::bootstrap::Interval;
use super::confusion::{ConfusionMatrix, ratio};
use super::ranking::RankFigures;
use crate::label::HeadKind;

/// A figure of a whole head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Figure {
    /// The share of comments decided rightly; of yes-or-no-each heads, with every label right.
    Accuracy,
    /// The mean recall of the classes.
    BalancedAccuracy,
    /// The mean precision of the classes where it is defined.
    MacroPrecision,
    /// The mean recall of the classes where it is defined.
    MacroRecall,
    /// The mean F1 of the classes where it is defined.
    MacroF1,
    /// The precision of all (comment, label) pairs pooled.
    MicroPrecision,
    /// The recall of all (comment, label) pairs pooled.
    MicroRecall,
    /// The F1 of all (comment, label) pairs pooled.
    MicroF1,
    /// The mean F1 of the classes weighted by support.
    WeightedF1,
    /// Matthews' correlation coefficient.
    MatthewsCorrelation,
    /// Cohen's kappa.
    CohensKappa,
    /// Of two classes, the area under the ROC curve of the second; of more, the mean of each against the rest.
    Auc,
    /// Average precision of the second class of two; of more, the mean of each against the rest.
    AveragePrecision,
    /// The mean of −ln of the probability given to the truth; of yes-or-no-each heads, the labels' mean.
    LogLoss,
    /// The mean squared error of the probability: of two classes that of the second (0 to 1), of more the sum
    /// over all (0 to 2), of yes-or-no-each heads the labels' mean, as scikit-learn 1.9.
    Brier,
    /// How far probabilities are from shares, over fifteen bins of equally many comments.
    ExpectedCalibrationError,
}

impl Figure {
    /// Every figure, in the order reports print them.
    pub const ALL: [Self; 16] = [
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::MacroPrecision,
        Self::MacroRecall,
        Self::MacroF1,
        Self::MicroPrecision,
        Self::MicroRecall,
        Self::MicroF1,
        Self::WeightedF1,
        Self::MatthewsCorrelation,
        Self::CohensKappa,
        Self::Auc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::Brier,
        Self::ExpectedCalibrationError,
    ];

    /// Its key in `report.json` and on the command line: `macro_f1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::MacroPrecision => "macro_precision",
            Self::MacroRecall => "macro_recall",
            Self::MacroF1 => "macro_f1",
            Self::MicroPrecision => "micro_precision",
            Self::MicroRecall => "micro_recall",
            Self::MicroF1 => "micro_f1",
            Self::WeightedF1 => "weighted_f1",
            Self::MatthewsCorrelation => "matthews_correlation",
            Self::CohensKappa => "cohens_kappa",
            Self::Auc => "auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
            Self::ExpectedCalibrationError => "ece",
        }
    }

    /// The figure with this [`name`](Self::name).
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.name() == name)
    }

    /// Whether more of it is better; log loss, Brier score and calibration error are better small.
    pub fn higher_is_better(self) -> bool {
        !matches!(self, Self::LogLoss | Self::Brier | Self::ExpectedCalibrationError)
    }

    /// Whether heads of this kind have it.
    pub fn applies_to(self, kind: HeadKind) -> bool {
        match self {
            Self::BalancedAccuracy | Self::MatthewsCorrelation | Self::CohensKappa => kind == HeadKind::OneOf,
            Self::MacroPrecision
            | Self::MacroRecall
            | Self::MicroPrecision
            | Self::MicroRecall
            | Self::MicroF1 => kind == HeadKind::Each,
            _ => true,
        }
    }
}

/// A figure of one class against the rest, or of one label of a yes-or-no-each head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClassFigure {
    /// Of the comments given the class, the share that have it.
    Precision,
    /// Of the comments that have the class, the share given it.
    Recall,
    /// The harmonic mean of precision and recall.
    F1,
    /// The share of (has it, has it not) pairs in which the one that has it is more probable.
    Auc,
    /// Σ (Rₙ − Rₙ₋₁) · Pₙ over the thresholds.
    AveragePrecision,
    /// The mean of −ln of the probability given to the truth, yes or no.
    LogLoss,
    /// The mean squared error of the probability, 0 to 1.
    Brier,
}

impl ClassFigure {
    /// Every figure, in the order reports print them.
    pub const ALL: [Self; 7] = [
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::Auc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::Brier,
    ];

    /// Its key in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::Auc => "auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
        }
    }
}

/// A value, and how far it would move with other comments.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// `None` where it is undefined: printed as a dash, never as zero.
    pub value: Option<f64>,
    /// The 95 % interval; `None` if it was not asked for or the value is too often undefined.
    pub interval: Option<Interval>,
}

/// A figure of a head, beside what a model that looks at no comment reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// What is measured.
    pub figure: Figure,
    /// What the model reaches.
    pub estimate: Estimate,
    /// What always answering the most frequent true label, with certainty, reaches; its log loss is infinite,
    /// so `None`.
    pub majority: Option<f64>,
    /// What answering every comment with the labels' true shares as probabilities reaches.
    pub prior: Option<f64>,
}

/// What one set of weights gives: every figure of the head and of its classes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measurement {
    figures: [Option<f64>; Figure::ALL.len()],
    pub(crate) classes: Vec<[Option<f64>; ClassFigure::ALL.len()]>,
}

impl Measurement {
    /// With no figure of the head yet.
    pub(crate) fn new(matrices: &[(Option<f64>, Option<f64>, Option<f64>)], ranks: &[RankFigures]) -> Self {
        let classes = matrices
            .iter()
            .zip(ranks)
            .map(|(&(precision, recall, f1), rank)| {
                [precision, recall, f1, rank.auc, rank.average_precision, rank.log_loss, rank.brier]
            })
            .collect();
        Self { figures: [None; Figure::ALL.len()], classes }
    }

    pub(crate) fn set(&mut self, figure: Figure, value: Option<f64>) {
        self.figures[figure as usize] = value;
    }

    pub(crate) fn figure(&self, figure: Figure) -> Option<f64> {
        self.figures[figure as usize]
    }

    /// The values of `figure` for each class.
    pub(crate) fn of_classes(&self, figure: ClassFigure) -> impl Iterator<Item = Option<f64>> {
        self.classes.iter().map(move |class| class[figure as usize])
    }

    /// All values in one row, NaN where undefined: those of the head, then those of each class.
    pub(crate) fn row(&self) -> Vec<f64> {
        let values = self.figures.iter().chain(self.classes.iter().flatten());
        values.map(|value| value.unwrap_or(f64::NAN)).collect()
    }
}

/// Precision, recall and F1 of class 1 of a two-by-two matrix or of `class` of a larger one.
pub(crate) fn decided(
    matrix: &ConfusionMatrix,
    class: crate::label::LabelId,
) -> (Option<f64>, Option<f64>, Option<f64>) {
    (matrix.precision(class), matrix.recall(class), matrix.f1(class))
}

/// What the baselines' probabilities of one class reach, `positives` of `n` comments having it.
pub(crate) struct Baseline {
    pub(crate) positives: u64,
    pub(crate) n: u64,
}

impl Baseline {
    /// Every comment is given the share as its probability.
    pub(crate) fn prior(&self) -> RankFigures {
        let share = ratio(self.positives, self.n);
        RankFigures {
            log_loss: share.map(|p| entropy(p) + entropy(1.0 - p)),
            brier: share.map(|p| p * (1.0 - p)),
            ..self.unordered()
        }
    }

    /// Every comment is given the class with certainty, or refused it.
    pub(crate) fn certain(&self, given: bool) -> RankFigures {
        let wrong = if given { self.n - self.positives } else { self.positives };
        RankFigures {
            log_loss: (self.n > 0 && wrong == 0).then_some(0.0),
            brier: ratio(wrong, self.n),
            ..self.unordered()
        }
    }

    fn unordered(&self) -> RankFigures {
        RankFigures {
            auc: (0 < self.positives && self.positives < self.n).then_some(0.5),
            average_precision: ratio(self.positives, self.n).filter(|&share| 0.0 < share),
            ..RankFigures::default()
        }
    }
}

/// −p ln p, which tends to 0 with p.
pub(crate) fn entropy(share: f64) -> f64 {
    if share > 0.0 { -share * libm::log(share) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_stored_at_their_place_in_the_list() {
        for (place, figure) in Figure::ALL.into_iter().enumerate() {
            assert_eq!(figure as usize, place);
            assert_eq!(Figure::by_name(figure.name()), Some(figure));
        }
        for (place, figure) in ClassFigure::ALL.into_iter().enumerate() {
            assert_eq!(figure as usize, place);
        }
    }

    #[test]
    fn baselines_are_those_of_a_model_that_looks_at_nothing() {
        let baseline = Baseline { positives: 1, n: 4 };
        let prior = baseline.prior();
        assert_eq!((prior.auc, prior.average_precision), (Some(0.5), Some(0.25)));
        assert_eq!(prior.brier, Some(0.1875));
        // sklearn.metrics.log_loss([0, 0, 0, 1], [.25] * 4)
        assert!((prior.log_loss.unwrap() - 0.5623351446188083).abs() < 1e-12);
        assert_eq!(baseline.certain(false).brier, Some(0.25));
        assert_eq!(baseline.certain(true).brier, Some(0.75));
        assert_eq!(baseline.certain(false).log_loss, None, "infinite");
        assert_eq!(Baseline { positives: 0, n: 4 }.certain(false).log_loss, Some(0.0));
    }
}
