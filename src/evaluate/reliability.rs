//! Whether probabilities mean what they say: bins of equally many comments, each with its mean probability
//! beside the share that came true.
//!
//! The calibration error has no bootstrap interval: it is a mean of absolute differences, so noise only
//! adds to it and a resample's is always larger. The bins carry Wilson intervals of their shares instead.

use super::bootstrap::Interval;
use super::ranking::{Entry, Ranking};

/// How many bins there are at most; comments of one probability are never split over two.
pub const RELIABILITY_BINS: usize = 15;

/// A reliability table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reliability {
    /// By ascending probability.
    pub bins: Vec<ReliabilityBin>,
    /// The mean over comments of |mean probability − share| of their bin: the expected calibration error;
    /// `None` without comments.
    pub ece: Option<f64>,
    /// What the Brier score is made of; `None` without comments.
    pub brier_parts: Option<BrierParts>,
}

/// Comments of similar probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// The lowest probability in it.
    pub lowest: f64,
    /// The highest probability in it.
    pub highest: f64,
    /// How many comments.
    pub n: u64,
    /// How many of them have the class.
    pub positives: u64,
    /// Their mean probability.
    pub mean_probability: f64,
}

/// Brier score = reliability − resolution + uncertainty, but for what varies inside the bins (Murphy 1973).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrierParts {
    /// The mean squared distance of the bins' probability from their share: small is good.
    pub reliability: f64,
    /// The mean squared distance of the bins' share from the overall share: large is good.
    pub resolution: f64,
    /// The Brier score of the overall share: a property of the comments.
    pub uncertainty: f64,
}

impl ReliabilityBin {
    /// The share that has the class.
    pub fn share(&self) -> f64 {
        self.positives as f64 / self.n as f64
    }

    /// The 95 % interval of the share.
    pub fn interval(&self) -> Interval {
        wilson(self.positives, self.n)
    }
}

/// The 95 % score interval of a share of `positives` in `n` (Wilson 1927); 0 to 1 of nothing.
///
/// ```
/// // scipy.stats.binomtest(8, 10).proportion_ci(method="wilson")
/// let interval = moderato::evaluate::wilson(8, 10);
/// assert!((interval.low - 0.4901624715).abs() < 1e-9 && (interval.high - 0.9433178485).abs() < 1e-9);
/// ```
pub fn wilson(positives: u64, n: u64) -> Interval {
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    const Z: f64 = 1.959_963_984_540_054;
    let (n, share) = (n as f64, positives as f64 / n as f64);
    let centre = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval { low: ((centre - half) / scale).max(0.0), high: ((centre + half) / scale).min(1.0) }
}

impl Reliability {
    pub(crate) fn of(ranking: &Ranking) -> Self {
        let entries = ranking.entries();
        let n = entries.len();
        let (mut bins, mut bin) = (Vec::new(), Vec::new());
        let mut boundary = 1;
        // Ascending: an entry ends a tie there where its neighbour below ends one in the ranking's order.
        for (place, entry) in (1..).zip(entries.iter().rev()) {
            bin.push(*entry);
            let ends_tie = place == n || entries[n - 1 - place].ends_tie;
            if ends_tie && place * RELIABILITY_BINS >= n * boundary {
                bins.push(ReliabilityBin::of(&bin));
                bin.clear();
                boundary = place * RELIABILITY_BINS / n + 1;
            }
        }
        let mean = |value: &dyn Fn(&ReliabilityBin) -> f64| {
            (n > 0).then(|| bins.iter().map(|bin| bin.n as f64 * value(bin)).sum::<f64>() / n as f64)
        };
        let ece = mean(&|bin| (bin.mean_probability - bin.share()).abs());
        let brier_parts = mean(&ReliabilityBin::share).and_then(|overall| {
            Some(BrierParts {
                reliability: mean(&|bin| (bin.mean_probability - bin.share()).powi(2))?,
                resolution: mean(&|bin| (bin.share() - overall).powi(2))?,
                uncertainty: overall * (1.0 - overall),
            })
        });
        Self { bins, ece, brier_parts }
    }
}

impl ReliabilityBin {
    /// Of entries in ascending order, at least one.
    fn of(entries: &[Entry]) -> Self {
        Self {
            lowest: entries[0].probability,
            highest: entries[entries.len() - 1].probability,
            n: entries.len() as u64,
            positives: entries.iter().filter(|entry| entry.positive).count() as u64,
            mean_probability: entries.iter().map(|entry| entry.probability).sum::<f64>()
                / entries.len() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reliability(comments: &[(f64, bool)]) -> Reliability {
        Reliability::of(&Ranking::new(
            comments.iter().enumerate().map(|(i, &(p, positive))| (i, p, positive)),
        ))
    }

    #[test]
    fn bins_hold_equally_many_comments() {
        let comments: Vec<_> = (0..30).map(|i| (f64::from(i) / 30.0, i % 2 == 0)).collect();
        let reliability = reliability(&comments);
        assert_eq!(reliability.bins.len(), 15);
        assert!(reliability.bins.iter().all(|bin| bin.n == 2 && bin.positives == 1));
        assert_eq!((reliability.bins[0].lowest, reliability.bins[0].highest), (0.0, 1.0 / 30.0));
        // numpy: p = np.arange(30) / 30; np.abs(p.reshape(15, 2).mean(1) - .5).mean()
        assert!((reliability.ece.unwrap() - 0.24999999999999994).abs() < 1e-12);
    }

    #[test]
    fn comments_of_one_probability_stay_together() {
        let mut comments = vec![(0.5, true); 20];
        comments.extend([(0.1, false), (0.9, true)]);
        let reliability = reliability(&comments);
        let sizes: Vec<u64> = reliability.bins.iter().map(|bin| bin.n).collect();
        assert_eq!(sizes, [21, 1], "the first boundary falls among the ties, which belong to no later bin");
    }

    #[test]
    fn nothing_has_no_reliability() {
        assert_eq!(reliability(&[]), Reliability::default());
    }

    proptest! {
        #[test]
        fn bins_cover_every_comment_once(
            comments in prop::collection::vec(((0..=20_u8).prop_map(|p| f64::from(p) / 20.0), any::<bool>()), 1..200),
        ) {
            let reliability = reliability(&comments);
            prop_assert!(reliability.bins.len() <= RELIABILITY_BINS);
            prop_assert_eq!(reliability.bins.iter().map(|bin| bin.n).sum::<u64>(), comments.len() as u64);
            prop_assert!(reliability.bins.windows(2).all(|pair| pair[0].highest < pair[1].lowest));
            prop_assert!((0.0..=1.0).contains(&reliability.ece.unwrap()));
        }

        #[test]
        fn the_parts_add_up_to_the_brier_score_of_the_bins(
            comments in prop::collection::vec(((0..10_u8).prop_map(|p| f64::from(p) / 10.0), any::<bool>()), 1..200),
        ) {
            let n = comments.len() as f64;
            let reliability = reliability(&comments);
            let parts = reliability.brier_parts.unwrap();
            let of_bins: f64 = reliability.bins.iter().map(|bin| {
                let (p, positives, n) = (bin.mean_probability, bin.positives as f64, bin.n as f64);
                positives * (1.0 - p).powi(2) + (n - positives) * p * p
            }).sum::<f64>() / n;
            prop_assert!((parts.reliability - parts.resolution + parts.uncertainty - of_bins).abs() < 1e-12);
        }
    }
}
