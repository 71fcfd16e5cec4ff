//! Isotonic regression: the rising curve nearest to the data.

use super::{CalibrationError, Scored};
use serde::{Deserialize, Serialize};

/// Straight lines between knots; before the first and after the last, a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Knots", into = "Knots")]
pub struct Isotonic {
    /// Ascending.
    log_odds: Vec<f64>,
    /// One a knot, between 0 and 1, never falling.
    probabilities: Vec<f64>,
}

/// What is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Knots {
    log_odds: Vec<f64>,
    probabilities: Vec<f64>,
}

impl From<Isotonic> for Knots {
    fn from(isotonic: Isotonic) -> Self {
        Self { log_odds: isotonic.log_odds, probabilities: isotonic.probabilities }
    }
}

impl TryFrom<Knots> for Isotonic {
    type Error = CalibrationError;

    fn try_from(knots: Knots) -> Result<Self, CalibrationError> {
        let Knots { log_odds, probabilities } = knots;
        let shares = probabilities.iter().all(|p| (0.0..=1.0).contains(p));
        let finite = log_odds.iter().all(|x| x.is_finite());
        let rises = log_odds.is_sorted_by(|a, b| a < b) && probabilities.is_sorted();
        if log_odds.is_empty() || log_odds.len() != probabilities.len() || !shares || !finite || !rises {
            return Err(CalibrationError::Knots);
        }
        Ok(Self { log_odds, probabilities })
    }
}

/// Neighbouring log-odds that are given the same probability.
#[derive(Debug, Clone, Copy)]
struct Block {
    first: f64,
    last: f64,
    weight: f64,
    weight_true: f64,
}

impl Block {
    fn share(&self) -> f64 {
        self.weight_true / self.weight
    }
}

impl Isotonic {
    /// Weighted least squares over rising curves, by pooling adjacent violators (Ayer et al. 1955).
    ///
    /// No probability is 0 or 1: it stays as far from them as Platt's targets, for what so many documents never
    /// showed may still be.
    pub(super) fn fit(scored: &Scored) -> Self {
        let (highest, lowest) = scored.targets();
        let mut order: Vec<usize> =
            (0..scored.n_documents()).filter(|&document| scored.weights[document] > 0.0).collect();
        order.sort_by(|&i, &j| scored.log_odds[i].total_cmp(&scored.log_odds[j]));
        let mut blocks: Vec<Block> = Vec::new();
        for document in order {
            let (x, weight) = (scored.log_odds[document], scored.weights[document]);
            let weight_true = if scored.truth[document] { weight } else { 0.0 };
            match blocks.last_mut() {
                // Equal log-odds are one point. Blocks are pooled only once their point is complete.
                Some(block) if block.first == x && block.last == x => {
                    block.weight += weight;
                    block.weight_true += weight_true;
                }
                _ => {
                    pool(&mut blocks);
                    blocks.push(Block { first: x, last: x, weight, weight_true });
                }
            }
        }
        pool(&mut blocks);
        let mut isotonic = Self { log_odds: Vec::new(), probabilities: Vec::new() };
        for block in &blocks {
            isotonic.push(block.first, block.share().clamp(lowest, highest));
            if block.first < block.last {
                isotonic.push(block.last, block.share().clamp(lowest, highest));
            }
        }
        if blocks.is_empty() {
            isotonic.push(0.0, 0.5);
        }
        isotonic
    }

    fn push(&mut self, log_odds: f64, probability: f64) {
        self.log_odds.push(log_odds);
        self.probabilities.push(probability);
    }

    /// The curve through knots: log-odds that ascend, and probabilities that never fall.
    ///
    /// # Errors
    /// If they do not, or there are none.
    pub fn from_knots(knots: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, CalibrationError> {
        let (log_odds, probabilities) = knots.into_iter().unzip();
        Self::try_from(Knots { log_odds, probabilities })
    }

    /// The same knots, each probability changed by a rising function.
    pub(super) fn with(&self, moved: impl Fn(&f64) -> f64) -> Self {
        Self {
            log_odds: self.log_odds.clone(),
            probabilities: self.probabilities.iter().map(moved).collect(),
        }
    }

    /// Knots, ascending in both.
    pub fn knots(&self) -> impl ExactSizeIterator<Item = (f64, f64)> {
        self.log_odds.iter().copied().zip(self.probabilities.iter().copied())
    }

    pub(super) fn probability(&self, x: f64) -> f64 {
        let after = self.log_odds.partition_point(|&knot| knot <= x);
        let last = self.log_odds.len() - 1;
        if after == 0 {
            return self.probabilities[0];
        }
        if after > last {
            return self.probabilities[last];
        }
        let (x0, x1) = (self.log_odds[after - 1], self.log_odds[after]);
        let (p0, p1) = (self.probabilities[after - 1], self.probabilities[after]);
        // Halved, so that knots at both ends of the doubles do not overflow.
        let share = (x / 2.0 - x0 / 2.0) / (x1 / 2.0 - x0 / 2.0);
        (p0 + share * (p1 - p0)).clamp(p0, p1)
    }
}

/// Joins the last block with those before it as long as it does not lie above them.
fn pool(blocks: &mut Vec<Block>) {
    while let [.., before, last] = &blocks[..] {
        if before.share() < last.share() {
            break;
        }
        let joined = Block {
            first: before.first,
            last: last.last,
            weight: before.weight + last.weight,
            weight_true: before.weight_true + last.weight_true,
        };
        blocks.truncate(blocks.len() - 2);
        blocks.push(joined);
    }
}
