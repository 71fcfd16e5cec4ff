//! Whether the model treats comments that speak of some group as it treats the others.
//!
//! Whose comments these are is never asked: groups are what a comment speaks of (an identity term, a column
//! of the data), given by the caller.
//!
//! Borkan, Dixon, Sorensen, Thain and Vasserman (2019), Nuanced metrics for measuring unintended bias with
//! real data for text classification, section 3.

use super::bootstrap::{Bootstrap, Interval};
use super::confusion::{mean, ratio};
use super::figures::Estimate;
use super::input::{Answer, EvaluateError, Predictions, answers, check};
use super::measured::intervals;
use super::ranking::Ranking;
use super::reliability::wilson;
use super::{IntervalBasis, Options};
use crate::label::{Head, LabelId, Truth};

/// Comments that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subgroup {
    /// What they have in common.
    pub name: String,
    /// Whether each comment belongs to it.
    pub members: Vec<bool>,
}

/// How one label is found in comments of each group.
#[derive(Debug, Clone, PartialEq)]
pub struct Fairness {
    /// The label asked for.
    pub label: LabelId,
    /// Over all comments.
    pub overall: Rates,
    /// In the order given.
    pub groups: Vec<GroupScores>,
    /// How the AUCs' intervals were made, if they were. Those of the rates are Wilson's.
    pub intervals: Option<IntervalBasis>,
}

/// How one label is found in comments of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupScores {
    /// The group.
    pub name: String,
    /// AUC within the group. Low: the model cannot tell the group's comments apart.
    pub subgroup_auc: Estimate,
    /// AUC of the group's negatives against the other comments' positives (background positive, subgroup
    /// negative). Low: the group's harmless comments are taken for the others' bad ones.
    pub bpsn_auc: Estimate,
    /// AUC of the group's positives against the other comments' negatives (background negative, subgroup
    /// positive). Low: the group's bad comments are taken for the others' harmless ones.
    pub bnsp_auc: Estimate,
    /// What was decided of the group.
    pub rates: Rates,
}

/// What was decided of some comments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// How many comments have the label.
    pub positives: u64,
    /// How many do not.
    pub negatives: u64,
    /// Of those that do not, the share given it.
    pub false_positive_rate: Estimate,
    /// Of those that do, the share not given it.
    pub false_negative_rate: Estimate,
}

/// One of the three AUCs of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupAuc {
    /// Within the group.
    Subgroup,
    /// Background positive, subgroup negative.
    Bpsn,
    /// Background negative, subgroup positive.
    Bnsp,
}

impl GroupAuc {
    const ALL: [Self; 3] = [Self::Subgroup, Self::Bpsn, Self::Bnsp];
}

impl Rates {
    /// With fewer comments on either side the figures say next to nothing.
    pub const SMALLEST_SIDE: u64 = 30;

    /// Whether a side has fewer than [`Self::SMALLEST_SIDE`] comments.
    pub fn are_of_too_few(&self) -> bool {
        self.positives.min(self.negatives) < Self::SMALLEST_SIDE
    }

    fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        // Rows: the truth; columns: the decision.
        let mut counts = [[0_u64; 2]; 2];
        for answer in answers {
            counts[usize::from(answer.truth)][usize::from(answer.decided)] += 1;
        }
        let [[passed, wrongly_held], [missed, rightly_held]] = counts;
        let estimate = |part, whole| {
            let value = ratio(part, whole);
            Estimate { value, interval: value.map(|_| wilson(part, whole)) }
        };
        let (positives, negatives) = (missed + rightly_held, passed + wrongly_held);
        Self {
            positives,
            negatives,
            false_positive_rate: estimate(wrongly_held, negatives),
            false_negative_rate: estimate(missed, positives),
        }
    }
}

impl GroupScores {
    /// One of the three AUCs.
    pub fn auc(&self, auc: GroupAuc) -> Estimate {
        match auc {
            GroupAuc::Subgroup => self.subgroup_auc,
            GroupAuc::Bpsn => self.bpsn_auc,
            GroupAuc::Bnsp => self.bnsp_auc,
        }
    }
}

impl Fairness {
    /// Asks of `label` in comments of each group.
    ///
    /// # Errors
    /// If the predictions do not belong to the head or to the truths, or a group is not of as many comments.
    ///
    /// # Panics
    /// If the head does not have `label`.
    pub fn of(
        (head, label): (&Head, LabelId),
        truths: &[Truth],
        predictions: &Predictions,
        groups: &[Subgroup],
        options: &Options,
    ) -> Result<Self, EvaluateError> {
        assert!(label.index() < head.labels.len(), "head `{}` has no label {}", head.name, label.0);
        check(head, truths, predictions, options.bootstrap.as_ref())?;
        for group in groups {
            let (found, expected) = (group.members.len(), truths.len());
            if found != expected {
                return Err(EvaluateError::Lengths { what: "members of a group", found, expected });
            }
        }
        let answers: Vec<Answer> = answers(label, truths, predictions).collect();
        let rankings: Vec<[Ranking; 3]> = groups.iter().map(|group| rankings(&answers, group)).collect();
        let resampled = options
            .bootstrap
            .as_ref()
            .map(|bootstrap| resample(bootstrap, truths.len(), &answers, &rankings));
        let (basis, ends) = resampled.map_or((None, Vec::new()), |(basis, ends)| (Some(basis), ends));
        let ones = vec![1; truths.len()];
        let scores = groups.iter().zip(&rankings).enumerate().map(|(place, (group, rankings))| {
            let [subgroup_auc, bpsn_auc, bnsp_auc] = std::array::from_fn(|i| {
                let value = rankings[i].auc(&ones);
                let interval = value.and_then(|_| ends.get(3 * place + i).copied().flatten());
                Estimate { value, interval }
            });
            let rates = Rates::of(answers.iter().filter(|answer| group.members[answer.comment]));
            GroupScores { name: group.name.clone(), subgroup_auc, bpsn_auc, bnsp_auc, rates }
        });
        Ok(Self { label, groups: scores.collect(), overall: Rates::of(&answers), intervals: basis })
    }

    /// The generalised mean of the groups' AUCs with power −5, which the worst groups pull down; groups
    /// without the AUC are left out.
    ///
    /// Borkan et al. (2019), as in the Jigsaw competition on unintended bias.
    pub fn power_mean(&self, auc: GroupAuc) -> Option<f64> {
        const POWER: f64 = -5.0;
        let powers = self.groups.iter().map(|group| Some(libm::pow(group.auc(auc).value?, POWER)));
        mean(powers).map(|mean| libm::pow(mean, 1.0 / POWER))
    }
}

/// The comments each AUC orders, in the order of [`GroupAuc::ALL`].
fn rankings(answers: &[Answer], group: &Subgroup) -> [Ranking; 3] {
    GroupAuc::ALL.map(|auc| {
        let takes_part = |answer: &&Answer| {
            let member = group.members[answer.comment];
            match auc {
                GroupAuc::Subgroup => member,
                GroupAuc::Bpsn => member != answer.truth,
                GroupAuc::Bnsp => member == answer.truth,
            }
        };
        let taking_part = answers.iter().filter(takes_part);
        Ranking::new(taking_part.map(|answer| (answer.comment, answer.probability, answer.truth)))
    })
}

fn resample(
    bootstrap: &Bootstrap,
    n_comments: usize,
    answers: &[Answer],
    rankings: &[[Ranking; 3]],
) -> (IntervalBasis, Vec<Option<Interval>>) {
    let mut strata = vec![2; n_comments];
    for answer in answers {
        strata[answer.comment] = u32::from(answer.truth);
    }
    intervals(bootstrap, &strata, |weights| {
        let aucs = rankings.iter().flatten().map(|ranking| ranking.auc(weights));
        aucs.map(|auc| auc.unwrap_or(f64::NAN)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Decision, HeadKind, LabelSet};
    use ndarray::Array2;

    /// Sixty comments of two groups.
    fn fairness() -> Fairness {
        let n = 60;
        let labels = LabelSet::new(["civil", "uncivil"]).unwrap();
        let head = Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None };
        let probability = |i: usize| (i * 37 % 64) as f64 / 64.0;
        let truths: Vec<Truth> =
            (0..n).map(|i| Truth::OneOf(usize::from((i * 37 % 64 + i * 11 % 40) > 50).into())).collect();
        let predictions = Predictions {
            probabilities: Array2::from_shape_fn((n, 2), |(i, j)| {
                if j == 1 { probability(i) } else { 1.0 - probability(i) }
            }),
            decisions: (0..n).map(|i| Decision::OneOf(usize::from(probability(i) >= 0.5).into())).collect(),
        };
        let group =
            |name: &str, k| Subgroup { name: name.into(), members: (0..n).map(|i| i % k == k - 1).collect() };
        let groups = [group("thirds", 3), group("fifths", 5), group("none", 100)];
        Fairness::of((&head, LabelId(1)), &truths, &predictions, &groups, &Options::default()).unwrap()
    }

    #[test]
    fn aucs_and_rates_are_those_of_the_paper() {
        // import numpy as np; from sklearn.metrics import roc_auc_score as auc
        // i = np.arange(60); p = i * 37 % 64 / 64; t = i * 37 % 64 + i * 11 % 40 > 50; d = p >= .5
        // for k in (3, 5):
        //     g = i % k == k - 1; sub, bpsn, bnsp = g, g & ~t | ~g & t, g & t | ~g & ~t
        //     print([float(auc(t[s], p[s])) for s in (sub, bpsn, bnsp)],
        //           float(d[g & ~t].mean()), float((~d[g & t]).mean()))
        let fairness = fairness();
        let check = |group: usize, aucs: [f64; 3], false_positives: f64, false_negatives: f64| {
            let scores = &fairness.groups[group];
            for (auc, expected) in GroupAuc::ALL.into_iter().zip(aucs) {
                let Estimate { value, interval } = scores.auc(auc);
                assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?} {expected}");
                let interval = interval.unwrap();
                assert!(interval.low <= expected && expected <= interval.high);
            }
            let rates = scores.rates;
            assert!((rates.false_positive_rate.value.unwrap() - false_positives).abs() < 1e-12);
            assert!((rates.false_negative_rate.value.unwrap() - false_negatives).abs() < 1e-12);
        };
        check(0, [0.9797979797979798, 0.959090909090909, 0.95], 0.09090909090909091, 0.0);
        check(1, [1.0, 0.9940476190476191, 0.9500000000000001], 0.0, 0.0);
    }

    #[test]
    fn a_group_without_comments_has_no_figures_and_is_too_small() {
        let none = &fairness().groups[2];
        assert_eq!(none.subgroup_auc, Estimate::default());
        assert_eq!(none.rates.false_positive_rate, Estimate::default());
        assert!(none.rates.are_of_too_few());
    }

    #[test]
    fn the_power_mean_leans_to_the_worst_group() {
        // np.mean(np.array(aucs) ** -5.) ** (1 / -5.)
        let found = fairness().power_mean(GroupAuc::Bpsn).unwrap();
        assert!((found - 0.975632096293056).abs() < 1e-12, "{found}");
    }
}
