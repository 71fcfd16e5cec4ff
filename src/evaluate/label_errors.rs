//! Truths that look wrong: confident learning.
//!
//! Each class has a threshold, the mean probability of the comments labelled so. A comment that reaches the
//! threshold of another class but was not labelled so is suspected of belonging there. The probabilities
//! must come from models that have not seen the comment's label (out of fold), or the model repeats what it
//! was told.
//!
//! Northcutt, Jiang and Chuang (2021), Confident learning: estimating uncertainty in dataset labels, Journal
//! of Artificial Intelligence Research 70, equations 1 and 2; the ranking is their normalised margin.

use super::confusion::{ConfusionMatrix, ratio};
use super::input::EvaluateError;
use crate::label::{Decision, Head, HeadKind, LabelId, Truth};
use ndarray::Array2;

/// The labels of one question that look wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelErrors {
    /// The label asked for, yes or no, of a yes-or-no-each head; `None` of a one-of head.
    pub label: Option<LabelId>,
    /// The comments to look at, the most suspicious first.
    pub suspects: Vec<Suspect>,
    /// The confident joint: rows are the labels given, columns the classes found with confidence; comments
    /// that reach no threshold are not in it.
    pub joint: ConfusionMatrix,
    /// The estimated share of wrong labels: the joint off its diagonal, each row scaled to all comments
    /// given that label. `None` if no comment reaches a threshold.
    pub noise: Option<f64>,
}

/// A comment whose label looks wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suspect {
    /// Which comment, from 0.
    pub comment: usize,
    /// Its label; of a yes-or-no-each head 0 for no and 1 for yes.
    pub given: LabelId,
    /// The label it should have, in the same sense.
    pub suggested: LabelId,
    /// The probability of the given label less that of the suggested one: the lower, the more suspicious.
    pub margin: f64,
}

impl LabelErrors {
    /// The suspects of a head: one entry of a one-of head, one a label of a yes-or-no-each head.
    ///
    /// `probabilities` has shape `(n_comments, n_labels)` and is out of fold.
    ///
    /// # Errors
    /// If the probabilities do not belong to the head or to the truths, or no label is known.
    pub fn of(
        head: &Head,
        truths: &[Truth],
        probabilities: &Array2<f64>,
    ) -> Result<Vec<Self>, EvaluateError> {
        check(head, truths, probabilities)?;
        Ok(match head.kind {
            HeadKind::OneOf => {
                let given = truths.iter().enumerate().filter_map(|(comment, truth)| match truth {
                    Truth::OneOf(label) => Some((comment, label.index())),
                    Truth::Each(_) => None,
                });
                let probability = |comment, class| probabilities[[comment, class]];
                vec![Self::of_question(None, head.labels.len(), &given.collect::<Vec<_>>(), probability)]
            }
            HeadKind::Each => head
                .labels
                .ids()
                .map(|label| {
                    let given = truths.iter().enumerate().filter_map(|(comment, truth)| match truth {
                        Truth::Each(answers) => answers[label.index()].map(|yes| (comment, usize::from(yes))),
                        Truth::OneOf(_) => None,
                    });
                    let probability = |comment, class| {
                        let yes = probabilities[[comment, label.index()]];
                        if class == 1 { yes } else { 1.0 - yes }
                    };
                    Self::of_question(Some(label), 2, &given.collect::<Vec<_>>(), probability)
                })
                .collect(),
        })
    }

    /// `given`: comments and the class each was labelled.
    fn of_question(
        label: Option<LabelId>,
        n_classes: usize,
        given: &[(usize, usize)],
        probability: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let thresholds = thresholds(n_classes, given, &probability);
        let mut joint = ConfusionMatrix::new(n_classes);
        let mut suspects = Vec::new();
        for &(comment, class) in given {
            let Some(found) = confident_class(&thresholds, |class| probability(comment, class)) else {
                continue;
            };
            joint.add(class * n_classes + found, 1);
            if found != class {
                let margin = probability(comment, class) - probability(comment, found);
                suspects.push(Suspect { comment, given: class.into(), suggested: found.into(), margin });
            }
        }
        suspects.sort_by(|a, b| a.margin.total_cmp(&b.margin));
        let noise = noise(&joint, given);
        Self { label, suspects, joint, noise }
    }
}

/// The mean probability of each class over the comments labelled so; `None` of a class without comments.
fn thresholds(
    n_classes: usize,
    given: &[(usize, usize)],
    probability: impl Fn(usize, usize) -> f64,
) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_u64); n_classes];
    for &(comment, class) in given {
        sums[class].0 += probability(comment, class);
        sums[class].1 += 1;
    }
    sums.into_iter().map(|(sum, n)| (n > 0).then(|| sum / n as f64)).collect()
}

/// Of the classes whose threshold is reached, the most probable, the first of several.
fn confident_class(thresholds: &[Option<f64>], probability: impl Fn(usize) -> f64) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (class, threshold) in thresholds.iter().enumerate() {
        let reached = threshold.is_some_and(|threshold| threshold <= probability(class));
        if reached && best.is_none_or(|best| probability(best) < probability(class)) {
            best = Some(class);
        }
    }
    best
}

fn noise(joint: &ConfusionMatrix, given: &[(usize, usize)]) -> Option<f64> {
    let mut wrong = 0.0;
    let mut counted = 0;
    for class in joint.classes() {
        let labelled = given.iter().filter(|(_, given)| *given == class.index()).count() as u64;
        if let Some(right) = ratio(joint.both(class), joint.support(class)) {
            wrong += (1.0 - right) * labelled as f64;
            counted += labelled;
        }
    }
    (counted > 0).then(|| wrong / counted as f64)
}

/// The same checks as an evaluation's, with the truths standing in for decisions.
fn check(head: &Head, truths: &[Truth], probabilities: &Array2<f64>) -> Result<(), EvaluateError> {
    let decisions = truths
        .iter()
        .map(|truth| match truth {
            Truth::OneOf(label) => Decision::OneOf(*label),
            Truth::Each(answers) => Decision::Each(vec![false; answers.len()]),
        })
        .collect();
    let predictions = super::Predictions { probabilities: probabilities.clone(), decisions };
    super::input::check(head, truths, &predictions, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::random::SplitMix64;
    use crate::label::LabelSet;

    fn head(kind: HeadKind, labels: &[&str]) -> Head {
        let labels = LabelSet::new(labels.iter().copied()).unwrap();
        Head { name: "head".into(), kind, labels, target: None }
    }

    #[test]
    fn a_small_case_by_hand() {
        let head = head(HeadKind::OneOf, &["civil", "uncivil"]);
        let truths: Vec<Truth> = [0, 0, 0, 1, 1].map(|label| Truth::OneOf(LabelId(label))).to_vec();
        let uncivil = [0.1, 0.2, 0.9, 0.8, 0.5];
        let probabilities = Array2::from_shape_fn((5, 2), |(i, j)| [1.0 - uncivil[i], uncivil[i]][j]);
        // Thresholds: civil (0.9 + 0.8 + 0.1) / 3 = 0.6, uncivil (0.8 + 0.5) / 2 = 0.65. The third comment
        // reaches uncivil's, the fifth neither.
        let errors = &LabelErrors::of(&head, &truths, &probabilities).unwrap()[0];
        let third = errors.suspects[0];
        assert_eq!((third.comment, third.given, third.suggested), (2, LabelId(0), LabelId(1)));
        assert!((third.margin + 0.8).abs() < 1e-12);
        assert_eq!(errors.joint.count(LabelId(0), LabelId(0)), 2);
        assert_eq!(errors.joint.count(LabelId(1), LabelId(1)), 1);
    }

    #[test]
    fn labels_each_on_their_own_are_asked_separately() {
        let head = head(HeadKind::Each, &["insult", "threat"]);
        let truths: Vec<Truth> = [(true, true), (false, true), (true, false), (false, false)]
            .map(|(a, b)| Truth::Each(vec![Some(a), Some(b)]))
            .to_vec();
        let probabilities = ndarray::array![[0.9, 0.1], [0.2, 0.8], [0.1, 0.3], [0.2, 0.2]];
        let errors = LabelErrors::of(&head, &truths, &probabilities).unwrap();
        assert_eq!((errors[0].label, errors[1].label), (Some(LabelId(0)), Some(LabelId(1))));
        assert_eq!(errors[0].suspects.iter().map(|s| s.comment).collect::<Vec<_>>(), [2]);
        assert_eq!(errors[1].suspects.iter().map(|s| s.comment).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn flipped_labels_are_found_first() {
        // Two thousand comments whose true class the probabilities follow with noise; a tenth is flipped.
        let head = head(HeadKind::OneOf, &["a", "b", "c"]);
        let mut random = SplitMix64::new(11, 0);
        let mut uniform = || f64::from(random.below(1 << 20)) / f64::from(1 << 20);
        let n = 2000;
        let mut flipped = vec![false; n];
        let mut truths = Vec::new();
        let mut probabilities = Array2::zeros((n, 3));
        for i in 0..n {
            let class = i % 3;
            flipped[i] = uniform() < 0.1;
            truths.push(Truth::OneOf(if flipped[i] { (class + 1) % 3 } else { class }.into()));
            for j in 0..3 {
                probabilities[[i, j]] = 0.05 + uniform() + if j == class { 1.5 } else { 0.0 };
            }
            let sum = probabilities.row(i).sum();
            probabilities.row_mut(i).mapv_inplace(|p| p / sum);
        }
        let errors = &LabelErrors::of(&head, &truths, &probabilities).unwrap()[0];
        let first = &errors.suspects[..100];
        let found = first.iter().filter(|suspect| flipped[suspect.comment]).count();
        assert!(found >= 98, "precision at 100: {found}");
        assert!((errors.noise.unwrap() - 0.1).abs() < 0.03, "{:?}", errors.noise);
    }
}
