//! What an evaluation is made from, and the one place where it is checked.

use super::bootstrap::Bootstrap;
use crate::label::{Decision, Head, HeadKind, LabelId, Truth};
use ndarray::Array2;

/// What a model said of comments, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The probability of each label, shape `(n_comments, n_labels)`; rows of one-of heads sum to 1.
    pub probabilities: Array2<f64>,
    /// What was decided from them, one for each comment.
    pub decisions: Vec<Decision>,
}

/// Why there is no evaluation. Comments are numbered from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EvaluateError {
    /// No comment has a known truth.
    #[error("head `{head}`: found no comment whose label is known, expected at least one")]
    Nothing {
        /// The head.
        head: String,
    },
    /// More comments than can be counted.
    #[error("found {found} comments, expected at most {max}", max = u32::MAX)]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// Two things that belong to the same comments differ in number.
    #[error("found {found} {what}, expected {expected}, one for each comment's truth")]
    Lengths {
        /// What there are too many or too few of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many truths there are.
        expected: usize,
    },
    /// As many probabilities as labels are needed.
    #[error("head `{head}`: found {found} probabilities for each comment, expected {expected}")]
    Columns {
        /// The head.
        head: String,
        /// How many columns there are.
        found: usize,
        /// How many labels the head has.
        expected: usize,
    },
    /// A truth or decision that answers another kind of head or names a label beyond its last.
    #[error("comment {comment}: its {what} does not answer head `{head}`, expected {expected}")]
    Answer {
        /// Which comment.
        comment: usize,
        /// `truth` or `decision`.
        what: &'static str,
        /// The head.
        head: String,
        /// What would.
        expected: String,
    },
    /// A number that is no probability.
    #[error("comment {comment}: found probability {found} of label `{label}`, expected 0 to 1")]
    Probability {
        /// Which comment.
        comment: usize,
        /// Of which label.
        label: String,
        /// The number.
        found: f64,
    },
    /// The probabilities of a one-of head do not sum to 1.
    #[error("comment {comment}: its probabilities sum to {found}, expected 1")]
    Sum {
        /// Which comment.
        comment: usize,
        /// Their sum.
        found: f64,
    },
}

/// How far a row of probabilities may sum from 1: single-precision kernels round.
const SUM_TOLERANCE: f64 = 1e-3;

/// Says what is wrong first: in number, in kind, in value.
pub(crate) fn check(
    head: &Head,
    truths: &[Truth],
    predictions: &Predictions,
    bootstrap: Option<&Bootstrap>,
) -> Result<(), EvaluateError> {
    let Predictions { probabilities, decisions } = predictions;
    if u32::try_from(truths.len()).is_err() {
        return Err(EvaluateError::TooMany { found: truths.len() });
    }
    let groups = bootstrap.and_then(|bootstrap| bootstrap.groups.as_ref());
    for (what, found) in [
        ("rows of probabilities", probabilities.nrows()),
        ("decisions", decisions.len()),
        ("comments in groups", groups.map_or(truths.len(), super::Groups::n_comments)),
    ] {
        if found != truths.len() {
            return Err(EvaluateError::Lengths { what, found, expected: truths.len() });
        }
    }
    if probabilities.ncols() != head.labels.len() {
        let (head, expected) = (head.name.clone(), head.labels.len());
        return Err(EvaluateError::Columns { head, found: probabilities.ncols(), expected });
    }
    for (i, (truth, decision)) in truths.iter().zip(decisions).enumerate() {
        check_answers(head, i + 1, truth, decision)?;
        check_probabilities(head, i + 1, probabilities.row(i))?;
    }
    let known = truths.iter().any(|truth| match truth {
        Truth::OneOf(_) => true,
        Truth::Each(answers) => answers.iter().any(Option::is_some),
    });
    if known { Ok(()) } else { Err(EvaluateError::Nothing { head: head.name.clone() }) }
}

fn check_answers(
    head: &Head,
    comment: usize,
    truth: &Truth,
    decision: &Decision,
) -> Result<(), EvaluateError> {
    let n_labels = head.labels.len();
    let answers = |kind, one_of: Option<&LabelId>, n_each: usize| match (head.kind, kind) {
        (HeadKind::OneOf, HeadKind::OneOf) => one_of.is_some_and(|label| label.index() < n_labels),
        (HeadKind::Each, HeadKind::Each) => n_each == n_labels,
        _ => false,
    };
    let truth_answers = match truth {
        Truth::OneOf(label) => answers(HeadKind::OneOf, Some(label), 0),
        Truth::Each(each) => answers(HeadKind::Each, None, each.len()),
    };
    let decision_answers = match decision {
        Decision::OneOf(label) => answers(HeadKind::OneOf, Some(label), 0),
        Decision::Each(each) => answers(HeadKind::Each, None, each.len()),
    };
    let what = match (truth_answers, decision_answers) {
        (true, true) => return Ok(()),
        (false, _) => "truth",
        (true, false) => "decision",
    };
    let expected = match head.kind {
        HeadKind::OneOf => format!("one of {}", head.labels),
        HeadKind::Each => format!("yes or no for each of {}", head.labels),
    };
    Err(EvaluateError::Answer { comment, what, head: head.name.clone(), expected })
}

fn check_probabilities(
    head: &Head,
    comment: usize,
    probabilities: ndarray::ArrayView1<'_, f64>,
) -> Result<(), EvaluateError> {
    for (label, &found) in head.labels.names().iter().zip(probabilities) {
        if !(0.0..=1.0).contains(&found) {
            return Err(EvaluateError::Probability { comment, label: label.clone(), found });
        }
    }
    let sum = probabilities.sum();
    if head.kind == HeadKind::OneOf && (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(EvaluateError::Sum { comment, found: sum });
    }
    Ok(())
}

/// One comment's part in a yes-or-no question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) comment: usize,
    pub(crate) probability: f64,
    pub(crate) truth: bool,
    pub(crate) decided: bool,
}

/// The comments of checked input whose answer to "is it `label`?" is known, in order.
pub(crate) fn answers<'a>(
    label: LabelId,
    truths: &'a [Truth],
    predictions: &'a Predictions,
) -> impl Iterator<Item = Answer> + 'a {
    truths.iter().zip(&predictions.decisions).enumerate().filter_map(move |(comment, pair)| {
        let (truth, decided) = match pair {
            (Truth::OneOf(truth), Decision::OneOf(decided)) => (*truth == label, *decided == label),
            (Truth::Each(truth), Decision::Each(decided)) => (truth[label.index()]?, decided[label.index()]),
            _ => return None,
        };
        Some(Answer {
            comment,
            probability: predictions.probabilities[[comment, label.index()]],
            truth,
            decided,
        })
    })
}
