//! Moving from one score to another: what an old threshold held, and what the new score holds there.
//!
//! Enters: for each comment the old score, the new one, and what was decided of it where that is known. Leaves a
//! [`Migration`]. A comment is held where its score is *above* the threshold, as Coral and Discourse hold it.

use super::bootstrap::{Bootstrap, Interval, Sampler};

/// How the new score stands to the old one.
#[derive(Debug, Clone, PartialEq)]
pub struct Migration {
    /// Comments.
    pub n_comments: usize,
    /// Comments with a decision.
    pub n_decided: usize,
    /// Spearman's rank correlation of both scores; none where either is always the same.
    pub rank_correlation: Moved,
    /// One row a threshold, as asked for.
    pub thresholds: Vec<OldThreshold>,
}

/// A figure with its 95 % interval, where both are defined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// The figure.
    pub value: Option<f64>,
    /// Where it would lie with other comments.
    pub interval: Option<Interval>,
}

/// What one threshold holds.
#[derive(Debug, Clone, PartialEq)]
pub struct OldThreshold {
    /// The threshold.
    pub at: f64,
    /// The share of comments whose old score is above it.
    pub old_share: f64,
    /// The share whose new score is above it.
    pub new_share: Moved,
    /// Where the new score holds the share that the old one held.
    pub same_share_at: Moved,
    /// Of what the old score held, the share that the new one holds as well.
    pub also_held: Moved,
    /// Of what was decided yes, the share that the old score held.
    pub old_recall: Option<f64>,
    /// Of what was decided yes, the share that the new one holds.
    pub new_recall: Option<f64>,
    /// Of what the old score held and was decided, the share that was decided yes.
    pub old_precision: Option<f64>,
    /// The same of the new score.
    pub new_precision: Option<f64>,
}

/// One comment under both scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The score it had.
    pub old: f64,
    /// The score it has.
    pub new: f64,
    /// Whether it was removed, if somebody decided.
    pub decided: Option<bool>,
}

/// Figures of each threshold that get an interval, after the one of the whole.
const FIGURES: usize = 3;

impl Migration {
    /// The figures of some comments at some thresholds.
    pub fn of(pairs: &[Pair], thresholds: &[f64], bootstrap: Option<&Bootstrap>) -> Self {
        let ordered = Ordered::of(pairs);
        let ones = vec![1; pairs.len()];
        let values = ordered.statistics(&ones, thresholds);
        let intervals = match bootstrap {
            Some(bootstrap) => Sampler::new(bootstrap, &vec![0; pairs.len()])
                .intervals(|weights| ordered.statistics(weights, thresholds)),
            None => vec![None; values.len()],
        };
        let figure = |i: usize| Moved {
            value: values.get(i).copied().filter(|value| !value.is_nan()),
            interval: intervals.get(i).copied().flatten(),
        };
        let rows = thresholds.iter().enumerate().map(|(t, &at)| {
            let first = 1 + t * FIGURES;
            let held = |score: fn(&Pair) -> f64| Held::of(pairs, score, at);
            let (old, new) = (held(|pair| pair.old), held(|pair| pair.new));
            OldThreshold {
                at,
                old_share: old.share,
                new_share: figure(first),
                same_share_at: figure(first + 1),
                also_held: figure(first + 2),
                old_recall: old.recall,
                new_recall: new.recall,
                old_precision: old.precision,
                new_precision: new.precision,
            }
        });
        Self {
            n_comments: pairs.len(),
            n_decided: pairs.iter().filter(|pair| pair.decided.is_some()).count(),
            rank_correlation: figure(0),
            thresholds: rows.collect(),
        }
    }
}

/// What one score holds.
struct Held {
    share: f64,
    recall: Option<f64>,
    precision: Option<f64>,
}

impl Held {
    fn of(pairs: &[Pair], score: fn(&Pair) -> f64, at: f64) -> Self {
        let held = |pair: &&Pair| score(pair) > at;
        let count = |decided: bool| pairs.iter().filter(move |pair| pair.decided == Some(decided));
        let (yes, no) = (count(true).filter(held).count(), count(false).filter(held).count());
        Self {
            share: ratio(pairs.iter().filter(held).count() as f64, pairs.len() as f64).unwrap_or_default(),
            recall: ratio(yes as f64, count(true).count() as f64),
            precision: ratio(yes as f64, (yes + no) as f64),
        }
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Comments in the order of either score, sorted once for all resamples.
struct Ordered<'a> {
    pairs: &'a [Pair],
    by_old: Vec<usize>,
    by_new: Vec<usize>,
}

impl<'a> Ordered<'a> {
    fn of(pairs: &'a [Pair]) -> Self {
        let by = |score: fn(&Pair) -> f64| {
            let mut order: Vec<usize> = (0..pairs.len()).collect();
            order.sort_by(|&i, &j| score(&pairs[i]).total_cmp(&score(&pairs[j])));
            order
        };
        Self { pairs, by_old: by(|pair| pair.old), by_new: by(|pair| pair.new) }
    }

    /// The rank correlation, then three figures a threshold; NaN where one is not defined.
    fn statistics(&self, weights: &[u32], thresholds: &[f64]) -> Vec<f64> {
        let mut figures = vec![self.rank_correlation(weights)];
        let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
        for &at in thresholds {
            let (mut old, mut new, mut both) = (0.0, 0.0, 0.0);
            for (pair, &weight) in self.pairs.iter().zip(weights) {
                let weight = f64::from(weight);
                old += if pair.old > at { weight } else { 0.0 };
                new += if pair.new > at { weight } else { 0.0 };
                both += if pair.old > at && pair.new > at { weight } else { 0.0 };
            }
            figures.push(new / total);
            figures.push(self.threshold_of(old, weights));
            figures.push(if old > 0.0 { both / old } else { f64::NAN });
        }
        figures
    }

    /// Halfway between the last new score that is held and the first that is not, if `n` are.
    fn threshold_of(&self, n: f64, weights: &[u32]) -> f64 {
        let (mut held, mut last) = (0.0, 1.0);
        for &i in self.by_new.iter().rev().filter(|&&i| weights[i] > 0) {
            let score = self.pairs[i].new;
            if held >= n {
                return (score + last) / 2.0;
            }
            held += f64::from(weights[i]);
            last = score;
        }
        0.0
    }

    /// Pearson's correlation of ranks, equal scores sharing the mean of theirs (Spearman 1904).
    fn rank_correlation(&self, weights: &[u32]) -> f64 {
        let old = ranks(&self.by_old, |i| self.pairs[i].old, weights);
        let new = ranks(&self.by_new, |i| self.pairs[i].new, weights);
        let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
        let mean = (total - 1.0) / 2.0;
        let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
        for ((x, y), &weight) in old.iter().zip(&new).zip(weights) {
            let (x, y, weight) = (x - mean, y - mean, f64::from(weight));
            xy += weight * x * y;
            xx += weight * x * x;
            yy += weight * y * y;
        }
        xy / (xx * yy).sqrt()
    }
}

/// The rank of each comment, from 0, in a resample that has it `weight` times.
fn ranks(order: &[usize], score: impl Fn(usize) -> f64, weights: &[u32]) -> Vec<f64> {
    let mut ranks = vec![0.0; order.len()];
    let mut before = 0.0;
    for equal in order.chunk_by(|&i, &j| score(i) == score(j)) {
        let n: f64 = equal.iter().map(|&i| f64::from(weights[i])).sum();
        equal.iter().for_each(|&i| ranks[i] = before + (n - 1.0) / 2.0);
        before += n;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(old: &[f64], new: &[f64]) -> Vec<Pair> {
        old.iter().zip(new).map(|(&old, &new)| Pair { old, new, decided: None }).collect()
    }

    #[test]
    fn rank_correlations_are_scipys() {
        // scipy.stats.spearmanr([.1, .4, .4, .8, .9, .95], [.2, .1, .5, .5, .7, .6]).statistic
        let pairs = pairs(&[0.1, 0.4, 0.4, 0.8, 0.9, 0.95], &[0.2, 0.1, 0.5, 0.5, 0.7, 0.6]);
        let found = Migration::of(&pairs, &[], None).rank_correlation.value.unwrap();
        assert!((found - 0.808_823_529_411_764_7).abs() < 1e-12, "{found}");
        // A weight is a repetition.
        let twice: Vec<Pair> = pairs.iter().chain(&pairs[..2]).copied().collect();
        let repeated = Migration::of(&twice, &[], None).rank_correlation.value.unwrap();
        let weighted = Ordered::of(&pairs).rank_correlation(&[2, 2, 1, 1, 1, 1]);
        assert!((repeated - weighted).abs() < 1e-12);
        assert_eq!(
            Migration::of(&self::pairs(&[0.1, 0.2], &[0.5, 0.5]), &[], None).rank_correlation.value,
            None
        );
    }

    #[test]
    fn thresholds_are_told_by_the_share_they_hold() {
        let mut pairs = pairs(&[0.1, 0.5, 0.81, 0.9, 0.95], &[0.05, 0.1, 0.5, 0.3, 0.7]);
        pairs[3].decided = Some(true);
        pairs[2].decided = Some(false);
        let migration = Migration::of(&pairs, &[0.8, 0.99], Some(&Bootstrap::default()));
        let row = &migration.thresholds[0];
        assert_eq!((row.old_share, row.new_share.value), (0.6, Some(0.0)));
        assert_eq!(row.same_share_at.value, Some(0.2));
        let interval = row.same_share_at.interval.unwrap();
        assert!(interval.low < 0.2 && interval.high > 0.2);
        assert_eq!(row.also_held.value, Some(0.0));
        assert_eq!((row.old_recall, row.old_precision), (Some(1.0), Some(0.5)));
        assert_eq!((row.new_recall, row.new_precision), (Some(0.0), None));
        let nothing = &migration.thresholds[1];
        assert_eq!((nothing.old_share, nothing.also_held.value), (0.0, None));
        assert_eq!(nothing.same_share_at.value, Some(0.85), "above all of them");
        assert_eq!((migration.n_comments, migration.n_decided), (5, 2));
    }
}
