//! How well marked characters are the characters that people marked.

use super::bootstrap::{Bootstrap, Sampler};
use super::{Estimate, Interval};
use std::collections::BTreeSet;

/// The characters of one comment that are marked, as positions from 0.
pub type Characters = BTreeSet<u32>;

/// The character F1 of one comment: of the characters marked by people and by us, twice the common ones over all.
///
/// 1 if neither marked any, 0 if only one did. Pavlopoulos et al. (2021), *SemEval-2021 task 5*, section 3.
///
/// ```
/// use moderato::evaluate::span_f1;
///
/// let characters = |range: std::ops::Range<u32>| range.collect();
/// assert_eq!(span_f1(&characters(0..4), &characters(2..6)), 0.5);
/// assert_eq!(span_f1(&characters(0..0), &characters(0..0)), 1.0);
/// ```
pub fn span_f1(truth: &Characters, predicted: &Characters) -> f64 {
    match truth.len() + predicted.len() {
        0 => 1.0,
        both => 2.0 * truth.intersection(predicted).count() as f64 / both as f64,
    }
}

/// The mean of what comments scored, with the interval of `bootstrap`; no comments have no mean.
pub fn mean_score(scores: &[f64], bootstrap: Option<&Bootstrap>) -> Estimate {
    let mean = |weights: &[u32]| {
        let total: u32 = weights.iter().sum();
        let sum: f64 = scores.iter().zip(weights).map(|(score, &weight)| score * f64::from(weight)).sum();
        sum / f64::from(total)
    };
    let value = (!scores.is_empty()).then(|| mean(&vec![1; scores.len()]));
    let interval = bootstrap.filter(|_| !scores.is_empty()).and_then(|bootstrap| -> Option<Interval> {
        let sampler = Sampler::new(bootstrap, &vec![0; scores.len()]);
        sampler.intervals(|weights| vec![mean(weights)]).into_iter().next().flatten()
    });
    Estimate { value, interval }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_is_that_of_the_task() {
        // The scorer of the task: f1(predictions, gold) with both empty 1 and one empty 0.
        let set = |positions: &[u32]| positions.iter().copied().collect::<Characters>();
        for (truth, predicted, f1) in [
            (&[1, 2, 3][..], &[1, 2, 3][..], 1.0),
            (&[1, 2, 3], &[3, 4, 5], 1.0 / 3.0),
            (&[1, 2], &[], 0.0),
            (&[], &[7], 0.0),
            (&[], &[], 1.0),
        ] {
            assert_eq!(span_f1(&set(truth), &set(predicted)), f1);
        }
    }

    #[test]
    fn the_mean_lies_in_its_interval() {
        let scores: Vec<f64> = (0..100).map(|i| f64::from(i % 4) / 3.0).collect();
        let estimate = mean_score(&scores, Some(&Bootstrap::default()));
        let interval = estimate.interval.unwrap();
        assert_eq!(estimate.value, Some(0.5));
        assert!(interval.low < 0.5 && 0.5 < interval.high);
        assert_eq!(mean_score(&[], Some(&Bootstrap::default())).value, None);
    }
}
