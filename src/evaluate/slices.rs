//! How well a head does on parts of the comments: where it errs.

use super::bootstrap::Bootstrap;
use super::input::{EvaluateError, Predictions, check};
use super::{Evaluation, Options, Subgroup, is_known};
use crate::label::{Head, Truth};
use ndarray::Axis;

/// The evaluation of some of the comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What they have in common.
    pub name: String,
    /// How well the head does on them; `None` if no label of theirs is known.
    pub evaluation: Option<Evaluation>,
}

impl Slice {
    /// Evaluates each group of comments on its own. Groups may overlap, and need not hold every comment.
    ///
    /// # Errors
    /// If the predictions do not belong to the head or to the truths, or a group is not of as many comments.
    pub fn all(
        head: &Head,
        truths: &[Truth],
        (predictions, groups): (&Predictions, &[Subgroup]),
        options: &Options,
    ) -> Result<Vec<Self>, EvaluateError> {
        check(head, truths, predictions, options.bootstrap.as_ref())?;
        groups
            .iter()
            .map(|group| {
                let (found, expected) = (group.members.len(), truths.len());
                if found != expected {
                    return Err(EvaluateError::Lengths { what: "members of a group", found, expected });
                }
                let members: Vec<usize> =
                    (0..truths.len()).filter(|&comment| group.members[comment]).collect();
                let truths: Vec<Truth> = members.iter().map(|&comment| truths[comment].clone()).collect();
                let predictions = Predictions {
                    probabilities: predictions.probabilities.select(Axis(0), &members),
                    decisions: members
                        .iter()
                        .map(|&comment| predictions.decisions[comment].clone())
                        .collect(),
                };
                let bootstrap = options.bootstrap.as_ref().map(|bootstrap| Bootstrap {
                    groups: bootstrap.groups.as_ref().map(|groups| groups.of_comments(&members)),
                    ..*bootstrap
                });
                let evaluation = truths
                    .iter()
                    .any(is_known)
                    .then(|| Evaluation::of(head, &truths, &predictions, &Options { bootstrap }))
                    .transpose()?;
                Ok(Self { name: group.name.clone(), evaluation })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Figure, Groups};
    use crate::label::{Decision, HeadKind, LabelId, LabelSet};
    use ndarray::Array2;

    #[test]
    fn each_part_is_measured_alone() {
        let labels = LabelSet::new(["civil", "uncivil"]).unwrap();
        let head = Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None };
        let truths = vec![Truth::OneOf(LabelId(0)); 6];
        let predictions = Predictions {
            probabilities: Array2::from_elem((6, 2), 0.5),
            decisions: [0, 0, 0, 0, 1, 1].map(|label| Decision::OneOf(LabelId(label))).to_vec(),
        };
        let part = |name: &str, members: &[usize]| Subgroup {
            name: name.into(),
            members: (0..6).map(|comment| members.contains(&comment)).collect(),
        };
        let groups = Groups::by_name([Some("a"), Some("a"), Some("b"), None, None, Some("b")]);
        let options = Options { bootstrap: Some(Bootstrap { groups: Some(groups), ..Bootstrap::default() }) };
        let parts = [part("short", &[0, 1, 2, 5]), part("long", &[3, 4]), part("none", &[])];
        let slices = Slice::all(&head, &truths, (&predictions, &parts), &options).unwrap();
        let accuracies: Vec<_> = slices
            .iter()
            .map(|slice| slice.evaluation.as_ref().and_then(|e| e.value(Figure::Accuracy)))
            .collect();
        assert_eq!(accuracies, [Some(0.75), Some(0.5), None]);
        let basis = slices[0].evaluation.as_ref().unwrap().intervals.unwrap();
        assert_eq!(basis.n_groups, Some(2), "only the groups that occur");
    }
}
