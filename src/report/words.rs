//! What things are called in reports that people read.

use super::number;
use crate::evaluate::{ClassFigure, Confusion, Evaluation, Figure, IntervalBasis};
use crate::label::HeadKind;

/// The name of `figure` of this evaluation's head.
pub(crate) fn title(figure: Figure, evaluation: &Evaluation) -> &'static str {
    let averaged = evaluation.head.kind == HeadKind::Each || evaluation.head.labels.len() != 2;
    match figure {
        Figure::Accuracy if evaluation.head.kind == HeadKind::Each => "all labels right",
        Figure::Accuracy => "accuracy",
        Figure::BalancedAccuracy => "balanced accuracy",
        Figure::MacroPrecision => "macro precision",
        Figure::MacroRecall => "macro recall",
        Figure::MacroF1 => "macro F1",
        Figure::MicroPrecision => "micro precision",
        Figure::MicroRecall => "micro recall",
        Figure::MicroF1 => "micro F1",
        Figure::WeightedF1 => "weighted F1",
        Figure::MatthewsCorrelation => "Matthews correlation",
        Figure::CohensKappa => "Cohen's kappa",
        Figure::Auc if averaged => "AUC, mean of labels",
        Figure::Auc => "AUC",
        Figure::AveragePrecision if averaged => "average precision, mean",
        Figure::AveragePrecision => "average precision",
        Figure::LogLoss => "log loss ↓",
        Figure::Brier => "Brier score ↓",
        Figure::ExpectedCalibrationError => "calibration error ↓",
    }
}

/// The name of `figure` of one label.
pub(crate) fn class_title(figure: ClassFigure) -> &'static str {
    match figure {
        ClassFigure::Precision => "precision",
        ClassFigure::Recall => "recall",
        ClassFigure::F1 => "F1",
        ClassFigure::Auc => "AUC",
        ClassFigure::AveragePrecision => "avg. precision",
        ClassFigure::LogLoss => "log loss ↓",
        ClassFigure::Brier => "Brier ↓",
    }
}

/// What the head asked, of how many comments.
pub(crate) fn headline(evaluation: &Evaluation) -> String {
    let head = &evaluation.head;
    let target = head.target.as_ref().map(|target| format!(" toward {target}")).unwrap_or_default();
    let kind = match head.kind {
        HeadKind::OneOf => format!("one of {} labels", head.labels.len()),
        HeadKind::Each if head.labels.len() == 1 => "one label, yes or no".into(),
        HeadKind::Each => format!("{} labels, each yes or no", head.labels.len()),
    };
    let comments = if evaluation.n == 1 { "comment" } else { "comments" };
    format!("{}{target}: {} {comments}, {kind}", head.name, number::count(evaluation.n))
}

/// What the reader of the figures must know, a sentence each.
pub(crate) fn notes(evaluation: &Evaluation) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(basis) = evaluation.intervals {
        notes.push(basis_note(basis, evaluation.head.kind));
    }
    notes.push(match &evaluation.confusion {
        Confusion::OneOf(matrix) => format!(
            "Majority: always {}; prior: each label's true share as its probability; ↓: less is better.",
            evaluation.head.labels.name(matrix.majority()),
        ),
        Confusion::Each { .. } => "Majority: each label's more frequent answer; prior: its true share as \
                                   probability; ↓: less is better."
            .into(),
    });
    let undefined = ClassFigure::ALL.into_iter().map(|figure| (figure, evaluation.n_undefined(figure)));
    let undefined: Vec<String> = undefined
        .filter(|(_, n)| 0 < *n)
        .map(|(figure, n)| format!("{} of {n}", class_title(figure).trim_end_matches(" ↓")))
        .collect();
    if !undefined.is_empty() {
        notes.push(format!(
            "Undefined (–), so left out of means over the {} labels: {}.",
            evaluation.classes.len(),
            undefined.join(", ")
        ));
    }
    notes
}

fn basis_note(basis: IntervalBasis, kind: HeadKind) -> String {
    let IntervalBasis { resamples, seed, n_groups } = basis;
    let resamples = number::count(resamples.into());
    let units = match n_groups {
        None if kind == HeadKind::Each => "comments, with and without any label apart".to_owned(),
        None => "comments within their true labels".to_owned(),
        Some(n) => format!("{} whole groups", number::count(n.into())),
    };
    let warning = match n_groups {
        Some(n) if n < 20 => " Fewer than 20 groups: the intervals are too short.",
        _ => "",
    };
    format!("Intervals: 95%, {resamples} bootstrap resamples of {units}, seed {seed}.{warning}")
}
