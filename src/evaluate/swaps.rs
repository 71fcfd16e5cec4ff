//! Swap tests: what becomes of a comment when one group's name in it is replaced by another's.
//!
//! A model that treats groups alike gives both the same probability. The texts are the caller's; here are
//! only the answers before and after.

use super::bootstrap::Bootstrap;
use super::confusion::{mean, ratio};
use super::figures::Estimate;
use super::measured::intervals;
use super::ranking::Ranking;

/// What one swap did to the comments it was possible in.
#[derive(Debug, Clone, PartialEq)]
pub struct Swap {
    /// What was swapped: `women → men`.
    pub name: String,
    /// In how many comments.
    pub n: u64,
    /// The mean of the probability after less that before; undefined without comments.
    pub mean_change: Estimate,
    /// The mean of the change without its sign; it has no interval, for noise only adds to it.
    pub mean_size: Option<f64>,
    /// The mean of the log-odds after less those before, before calibration.
    pub mean_log_odds_change: Option<f64>,
    /// How many comments are held only after the swap.
    pub newly_held: u64,
    /// How many comments are held only before it.
    pub newly_passed: u64,
    /// The AUC over all comments less that with these comments swapped; `None` where it is undefined or no
    /// truth was given.
    pub auc_lost: Option<f64>,
}

/// A comment's answer before a swap, and after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swapped {
    /// Which comment, from 0.
    pub comment: usize,
    /// The label's probability.
    pub probability: [f64; 2],
    /// Its log-odds before calibration.
    pub log_odds: [f64; 2],
    /// Whether the label was given.
    pub held: [bool; 2],
}

impl Swap {
    /// Of the comments a swap was possible in.
    ///
    /// ```
    /// use moderato::evaluate::{Swap, Swapped};
    ///
    /// let held = [false, true];
    /// let one = Swapped { comment: 0, probability: [0.25, 0.75], log_odds: [-1.0, 1.0], held };
    /// let other = Swapped { comment: 1, probability: [0.5, 0.5], log_odds: [0.0, 0.0], held: [false; 2] };
    /// let swap = Swap::of("cats → dogs", &[one, other], None);
    /// assert_eq!((swap.mean_change.value, swap.mean_log_odds_change), (Some(0.25), Some(1.0)));
    /// assert_eq!((swap.newly_held, swap.newly_passed), (1, 0));
    /// ```
    pub fn of(name: impl Into<String>, swapped: &[Swapped], bootstrap: Option<&Bootstrap>) -> Self {
        let change = |[before, after]: [f64; 2]| after - before;
        let changes: Vec<f64> = swapped.iter().map(|one| change(one.probability)).collect();
        let crossing = |way: [bool; 2]| swapped.iter().filter(|one| one.held == way).count() as u64;
        let members: Vec<usize> = swapped.iter().map(|one| one.comment).collect();
        let interval = bootstrap.filter(|_| !changes.is_empty()).and_then(|bootstrap| {
            let groups = bootstrap.groups.as_ref().map(|groups| groups.of_comments(&members));
            let bootstrap = Bootstrap { groups, ..*bootstrap };
            let (_, intervals) = intervals(&bootstrap, &vec![0; changes.len()], |weights| {
                let sum: f64 = weights.iter().zip(&changes).map(|(&w, change)| f64::from(w) * change).sum();
                let n: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
                vec![if n == 0 { f64::NAN } else { sum / n as f64 }]
            });
            intervals.first().copied().flatten()
        });
        Self {
            name: name.into(),
            n: changes.len() as u64,
            mean_change: Estimate { value: mean(changes.iter().map(|&change| Some(change))), interval },
            mean_size: mean(changes.iter().map(|change| Some(change.abs()))),
            mean_log_odds_change: mean(swapped.iter().map(|one| Some(change(one.log_odds)))),
            newly_held: crossing([false, true]),
            newly_passed: crossing([true, false]),
            auc_lost: None,
        }
    }

    /// And the AUC it cost: `answers` has the probability and the truth of every comment whose truth is known.
    #[must_use]
    pub fn with_auc(mut self, swapped: &[Swapped], answers: &[(usize, f64, bool)]) -> Self {
        let weights = vec![1; answers.iter().map(|(comment, ..)| comment + 1).max().unwrap_or(0)];
        let auc = |answers: Vec<(usize, f64, bool)>| Ranking::new(answers).auc(&weights);
        let after = answers.iter().map(|&(comment, before, truth)| {
            let found = swapped.binary_search_by_key(&comment, |one| one.comment);
            (comment, found.map_or(before, |place| swapped[place].probability[1]), truth)
        });
        let after = auc(after.collect());
        self.auc_lost = auc(answers.to_vec()).zip(after).map(|(before, after)| before - after);
        self
    }

    /// The share of comments whose decision changed; `None` without comments.
    pub fn flip_rate(&self) -> Option<f64> {
        ratio(self.newly_held + self.newly_passed, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swapped(answers: &[[f64; 2]]) -> Vec<Swapped> {
        let one = |(comment, &probability): (usize, &[f64; 2])| Swapped {
            comment,
            probability,
            log_odds: probability.map(|p| libm::log(p / (1.0 - p))),
            held: probability.map(|p| p >= 0.5),
        };
        answers.iter().enumerate().map(one).collect()
    }

    #[test]
    fn changes_and_flips_are_told_apart() {
        let comments = swapped(&[[0.2, 0.8], [0.8, 0.2], [0.5, 0.6], [0.4, 0.4]]);
        let swap = Swap::of("a → b", &comments, Some(&Bootstrap::default()));
        let mean = swap.mean_change.value.unwrap();
        assert!((mean - 0.025).abs() < 1e-12);
        let interval = swap.mean_change.interval.unwrap();
        assert!(interval.low < mean && mean < interval.high);
        assert!((swap.mean_size.unwrap() - 0.325).abs() < 1e-12);
        // import math; math.log(.6 / .4) / 4, for the first two cancel
        assert!((swap.mean_log_odds_change.unwrap() - 0.101_366_277_027_041_1).abs() < 1e-12);
        assert_eq!((swap.newly_held, swap.newly_passed, swap.flip_rate()), (1, 1, Some(0.5)));
    }

    #[test]
    fn the_auc_lost_is_that_of_the_comments_with_the_swapped_ones_put_in() {
        // from sklearn.metrics import roc_auc_score as auc; t = [0, 0, 1, 1, 1, 0]
        // auc(t, [.2, .4, .3, .8, .6, .1]) - auc(t, [.7, .4, .3, .8, .5, .1]) == 0.2222222222222222
        let [first, fifth] = [[0.2, 0.7], [0.6, 0.5]].map(|pair| swapped(&[pair])[0]);
        let comments = [first, Swapped { comment: 4, ..fifth }];
        let before = [(0.2, false), (0.4, false), (0.3, true), (0.8, true), (0.6, true), (0.1, false)];
        let answers: Vec<_> = (0..).zip(before).map(|(comment, (p, truth))| (comment, p, truth)).collect();
        let lost = Swap::of("a → b", &comments, None).with_auc(&comments, &answers).auc_lost.unwrap();
        assert!((lost - 0.222_222_222_222_222_2).abs() < 1e-12, "{lost}");
    }

    #[test]
    fn without_comments_nothing_is_defined() {
        let swap = Swap::of("a → b", &[], Some(&Bootstrap::default())).with_auc(&[], &[]);
        assert_eq!((swap.n, swap.mean_change, swap.mean_size), (0, Estimate::default(), None));
        assert_eq!((swap.flip_rate(), swap.auc_lost), (None, None));
    }
}
