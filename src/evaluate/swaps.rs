//! Swap tests: what becomes of a comment when one group's name in it is replaced by another's.
//!
//! A model that treats groups alike gives both the same probability. The texts are the caller's; here are
//! only the probabilities before and after.

use super::bootstrap::Bootstrap;
use super::confusion::{mean, ratio};
use super::figures::Estimate;
use super::measured::intervals;

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
    /// How many comments are held only after the swap.
    pub newly_held: u64,
    /// How many comments are held only before it.
    pub newly_passed: u64,
}

impl Swap {
    /// Of `(probability before, probability after)`, comments being held from `threshold`.
    ///
    /// ```
    /// use moderato::evaluate::Swap;
    ///
    /// let swap = Swap::of("cats → dogs", &[(0.25, 0.75), (0.5, 0.5)], 0.6, None);
    /// assert_eq!(swap.mean_change.value, Some(0.25));
    /// assert_eq!((swap.newly_held, swap.newly_passed), (1, 0));
    /// ```
    pub fn of(
        name: impl Into<String>,
        probabilities: &[(f64, f64)],
        threshold: f64,
        bootstrap: Option<&Bootstrap>,
    ) -> Self {
        let changes: Vec<f64> = probabilities.iter().map(|(before, after)| after - before).collect();
        let crossing = |from: fn(&(f64, f64)) -> (f64, f64)| {
            probabilities.iter().map(from).filter(|&(low, high)| low < threshold && threshold <= high).count()
                as u64
        };
        let interval = bootstrap.filter(|_| !changes.is_empty()).and_then(|bootstrap| {
            let (_, intervals) = intervals(bootstrap, &vec![0; changes.len()], |weights| {
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
            newly_held: crossing(|&(before, after)| (before, after)),
            newly_passed: crossing(|&(before, after)| (after, before)),
        }
    }

    /// The share of comments whose decision changed; `None` without comments.
    pub fn flip_rate(&self) -> Option<f64> {
        ratio(self.newly_held + self.newly_passed, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_and_flips_are_told_apart() {
        let probabilities = [(0.2, 0.8), (0.8, 0.2), (0.5, 0.6), (0.4, 0.4)];
        let swap = Swap::of("a → b", &probabilities, 0.5, Some(&Bootstrap::default()));
        let mean = swap.mean_change.value.unwrap();
        assert!((mean - 0.025).abs() < 1e-12);
        let interval = swap.mean_change.interval.unwrap();
        assert!(interval.low < mean && mean < interval.high);
        assert!((swap.mean_size.unwrap() - 0.325).abs() < 1e-12);
        assert_eq!((swap.newly_held, swap.newly_passed, swap.flip_rate()), (1, 1, Some(0.5)));
    }

    #[test]
    fn a_swap_that_was_possible_nowhere_has_no_figures() {
        let swap = Swap::of("a → b", &[], 0.5, Some(&Bootstrap::default()));
        assert_eq!((swap.n, swap.mean_change, swap.mean_size), (0, Estimate::default(), None));
        assert_eq!(swap.flip_rate(), None);
    }
}
