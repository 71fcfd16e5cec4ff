//! How far the figures would move with other comments: percentile bootstrap intervals.
//!
//! A resample is a vector of weights (how often each comment was drawn), so that figures that need an order
//! are computed over comments sorted once. Each resample has a random stream of its own: the intervals
//! depend on the seed, not on the number of threads.
//!
//! Comments are drawn within the strata of their truth, which keeps every class in every resample: intervals
//! are for comments like these *with these class shares*. With groups (an article's or an author's
//! comments), whole groups are drawn instead and the shares move with them.

use super::random::SplitMix64;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How to resample.
#[derive(Debug, Clone, PartialEq)]
pub struct Bootstrap {
    /// How often; 1,000 make the ends of a 95 % interval steady to about a tenth of its length.
    pub resamples: u32,
    /// The same seed and comments give the same intervals.
    pub seed: u64,
    /// The group of each comment, if comments of a group stand or fall together.
    pub groups: Option<Groups>,
}

impl Default for Bootstrap {
    /// 1,000 resamples of single comments, seed 0.
    fn default() -> Self {
        Self { resamples: 1000, seed: 0, groups: None }
    }
}

/// Which comments belong together: those on one article, or of one author.
///
/// ```
/// let groups = moderato::evaluate::Groups::by_name([Some("a"), Some("b"), Some("a"), None, None]);
/// assert_eq!(groups.n_groups(), 4, "a, b, and the two unnamed comments each alone");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The group of each comment, numbered in order of appearance.
    of_comment: Vec<u32>,
    n_groups: u32,
}

impl Groups {
    /// Puts comments of one name together; a comment without a name is a group of its own.
    ///
    /// # Panics
    /// With more than `u32::MAX` comments.
    pub fn by_name<S: Ord>(names: impl IntoIterator<Item = Option<S>>) -> Self {
        let mut numbers = BTreeMap::new();
        let mut n_groups = 0_u32;
        let mut next = || {
            let number = n_groups;
            n_groups = n_groups.checked_add(1).expect("groups are limited to u32 comments");
            number
        };
        let of_comment = names
            .into_iter()
            .map(|name| match name {
                Some(name) => *numbers.entry(name).or_insert_with(&mut next),
                None => next(),
            })
            .collect();
        Self { of_comment, n_groups }
    }

    /// The groups of some of the comments, in the order given.
    pub(crate) fn of_comments(&self, comments: &[usize]) -> Self {
        Self::by_name(comments.iter().map(|&comment| Some(self.of_comment[comment])))
    }

    /// How many groups there are.
    pub fn n_groups(&self) -> u32 {
        self.n_groups
    }

    /// How many comments they hold together.
    pub fn n_comments(&self) -> usize {
        self.of_comment.len()
    }
}

/// A 95 % interval: from the 2.5th to the 97.5th percentile of the resamples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Draws the weights of resamples.
#[derive(Debug)]
pub(crate) struct Sampler {
    n_comments: usize,
    /// Sets of units, drawn within the set as many times as it has units.
    strata: Vec<Vec<u32>>,
    /// The comments of unit `u` are `members[starts[u]..starts[u + 1]]`; without it, a unit is a comment.
    groups: Option<GroupMembers>,
    resamples: u32,
    seed: u64,
}

#[derive(Debug)]
struct GroupMembers {
    of_comment: Vec<u32>,
    n_groups: u32,
}

impl Sampler {
    /// Draws comments within strata, comment `i` lying in stratum `strata[i]`, or whole groups if there are
    /// any.
    pub(crate) fn new(bootstrap: &Bootstrap, strata: &[u32]) -> Self {
        let (strata, groups) = match &bootstrap.groups {
            Some(groups) => {
                let all = (0..groups.n_groups).collect();
                (
                    vec![all],
                    Some(GroupMembers { of_comment: groups.of_comment.clone(), n_groups: groups.n_groups }),
                )
            }
            None => {
                let mut by_stratum: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
                for (comment, &stratum) in (0_u32..).zip(strata) {
                    by_stratum.entry(stratum).or_default().push(comment);
                }
                (by_stratum.into_values().collect(), None)
            }
        };
        let n_comments = groups.as_ref().map_or(strata.iter().map(Vec::len).sum(), |g| g.of_comment.len());
        Self { n_comments, strata, groups, resamples: bootstrap.resamples, seed: bootstrap.seed }
    }

    /// The intervals of the statistics that `statistics` computes from weights, NaN where undefined.
    ///
    /// A statistic undefined in more than one resample of twenty has no interval: what is left would be an
    /// interval on the condition that it is defined.
    pub(crate) fn intervals<F>(&self, statistics: F) -> Vec<Option<Interval>>
    where
        F: Fn(&[u32]) -> Vec<f64> + Sync,
    {
        let resamples: Vec<Vec<f64>> = (0..self.resamples)
            .into_par_iter()
            .map_init(Vec::new, |weights, resample| {
                self.draw(resample, weights);
                statistics(weights)
            })
            .collect();
        let n_statistics = resamples.first().map_or(0, Vec::len);
        (0..n_statistics).map(|i| percentiles(resamples.iter().map(|values| values[i]).collect())).collect()
    }

    fn draw(&self, resample: u32, weights: &mut Vec<u32>) {
        let mut random = SplitMix64::new(self.seed, u64::from(resample));
        let n_units = self.groups.as_ref().map_or(self.n_comments, |groups| groups.n_groups as usize);
        weights.clear();
        weights.resize(n_units, 0);
        for units in &self.strata {
            let n = units.len() as u32;
            for _ in 0..n {
                weights[units[random.below(n) as usize] as usize] += 1;
            }
        }
        if let Some(groups) = &self.groups {
            *weights = groups.of_comment.iter().map(|&group| weights[group as usize]).collect();
        }
    }
}

/// The 2.5th and 97.5th percentile of the defined values, interpolated linearly as numpy does.
fn percentiles(mut values: Vec<f64>) -> Option<Interval> {
    let n = values.len();
    values.retain(|value| !value.is_nan());
    if values.is_empty() || values.len() * 20 < n * 19 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let position = share * (values.len() - 1) as f64;
        let below = position.floor();
        let (low, high) = (values[below as usize], values[position.ceil() as usize]);
        low + (high - low) * (position - below)
    };
    Some(Interval { low: at(0.025), high: at(0.975) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::ranking::Ranking;

    fn mean_of(values: &[f64]) -> impl Fn(&[u32]) -> Vec<f64> + Sync {
        move |weights| {
            let n: u32 = weights.iter().sum();
            let sum: f64 = weights.iter().zip(values).map(|(&w, v)| f64::from(w) * v).sum();
            vec![sum / f64::from(n)]
        }
    }

    #[test]
    fn percentiles_are_numpys() {
        // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [2.5, 97.5])
        let interval = percentiles(vec![3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]).unwrap();
        assert!((interval.low - 1.0).abs() < 1e-12 && (interval.high - 8.475).abs() < 1e-12, "{interval:?}");
        assert_eq!(percentiles(vec![]), None);
        assert_eq!(percentiles(vec![1.0, f64::NAN, 2.0]), None, "undefined too often");
    }

    #[test]
    fn every_stratum_keeps_its_size() {
        let strata = [0, 1, 0, 2, 0, 1];
        let sampler = Sampler::new(&Bootstrap::default(), &strata);
        let mut weights = Vec::new();
        for resample in 0..50 {
            sampler.draw(resample, &mut weights);
            for (stratum, size) in [(0, 3), (1, 2), (2, 1)] {
                let drawn: u32 =
                    weights.iter().zip(strata).filter(|(_, s)| *s == stratum).map(|(w, _)| w).sum();
                assert_eq!(drawn, size);
            }
        }
    }

    #[test]
    fn groups_are_drawn_whole() {
        let groups = Groups::by_name([Some("a"), Some("b"), Some("a"), None, Some("b")]);
        let sampler = Sampler::new(&Bootstrap { groups: Some(groups), ..Bootstrap::default() }, &[0; 5]);
        let mut weights = Vec::new();
        for resample in 0..50 {
            sampler.draw(resample, &mut weights);
            assert_eq!((weights[0], weights[1]), (weights[2], weights[4]));
            assert_eq!(weights[0] + weights[1] + weights[3], 3, "three groups, three draws");
        }
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let values: Vec<f64> = (0..500).map(|i| f64::from(i * 7919 % 101)).collect();
        let sampler = Sampler::new(&Bootstrap { resamples: 200, ..Bootstrap::default() }, &[0; 500]);
        let with_threads = |n| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| sampler.intervals(mean_of(&values)))
        };
        assert_eq!(with_threads(1), with_threads(3));
    }

    /// The share of 300 drawn samples whose interval holds the true value.
    fn coverage(
        truth: f64,
        sample: impl Fn(&mut SplitMix64) -> (Vec<u32>, Box<dyn Fn(&[u32]) -> Vec<f64> + Sync>),
    ) -> f64 {
        let mut random = SplitMix64::new(20_260_801, 0);
        let mut held = 0;
        for seed in 0..300 {
            let (strata, statistics) = sample(&mut random);
            let bootstrap = Bootstrap { resamples: 400, seed, groups: None };
            let interval = Sampler::new(&bootstrap, &strata).intervals(statistics)[0].unwrap();
            held += u32::from(interval.low <= truth && truth <= interval.high);
        }
        f64::from(held) / 300.0
    }

    #[test]
    fn nineteen_intervals_of_twenty_hold_the_true_mean() {
        // 200 comments, 70 % of them right. 300 trials at 95 %: three standard errors are 3.8 %.
        let held = coverage(0.7, |random| {
            let right: Vec<f64> = (0..200).map(|_| f64::from(u8::from(random.below(1000) < 700))).collect();
            (vec![0; 200], Box::new(move |weights: &[u32]| mean_of(&right)(weights)))
        });
        assert!((0.912..=0.988).contains(&held), "{held}");
    }

    #[test]
    fn nineteen_intervals_of_twenty_hold_the_true_auc() {
        // Positives uniform on (0.3, 1), negatives uniform on (0, 0.7):
        // P(positive > negative) = 1 − (0.4 / 0.7)² / 2.
        let auc = 1.0 - (0.4_f64 / 0.7).powi(2) / 2.0;
        let held = coverage(auc, |random| {
            let strata: Vec<u32> = (0..160).map(|i| u32::from(i < 60)).collect();
            let mut uniform = || 0.7 * f64::from(random.below(1 << 20)) / f64::from(1 << 20);
            let probabilities: Vec<f64> = strata.iter().map(|&s| uniform() + 0.3 * f64::from(s)).collect();
            let ranking = Ranking::new((0..160).map(|i| (i, probabilities[i], strata[i] == 1)));
            (strata, Box::new(move |weights: &[u32]| vec![ranking.figures(weights).auc.unwrap_or(f64::NAN)]))
        });
        assert!((0.912..=0.988).contains(&held), "{held}");
    }
}
