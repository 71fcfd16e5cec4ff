//! How probabilities are spread, by truth.

use super::ranking::Ranking;

/// How many comments of each truth have a probability in each twentieth of 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Histogram {
    /// Comments without the class, by ascending probability; 1 lies in the last bin.
    pub negatives: [u64; Self::BINS],
    /// Comments with the class.
    pub positives: [u64; Self::BINS],
}

impl Histogram {
    /// How many bins there are.
    pub const BINS: usize = 20;

    pub(crate) fn of(ranking: &Ranking) -> Self {
        let mut histogram = Self::default();
        for entry in ranking.entries() {
            let bin = ((entry.probability * Self::BINS as f64) as usize).min(Self::BINS - 1);
            if entry.positive {
                histogram.positives[bin] += 1;
            } else {
                histogram.negatives[bin] += 1;
            }
        }
        histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_have_a_bin() {
        let ranking = Ranking::new([(0, 0.0, false), (1, 1.0, true), (2, 0.05, false), (3, 0.049, true)]);
        let histogram = Histogram::of(&ranking);
        assert_eq!((histogram.negatives[0], histogram.negatives[1], histogram.positives[0]), (1, 1, 1));
        assert_eq!(histogram.positives[Histogram::BINS - 1], 1);
    }
}
