//! The curve under which log-odds have a given distribution.

use super::{CalibrationError, Isotonic};

/// Knots of a curve; more would be noise in a file.
const MOST_KNOTS: usize = 500;

impl Isotonic {
    /// The rising curve that gives log-odds the distribution of `scores`: the comment at each rank gets the score of
    /// that rank, so that any threshold holds the same share as it did of the scores.
    ///
    /// That is not the curve nearest to the scores, which is [`Method::Isotonic`](super::Method::Isotonic)'s: means
    /// lie nearer to the middle than what they are means of, and hold less at a high threshold.
    ///
    /// # Errors
    /// If there are none, not as many of both, or log-odds or scores out of their range.
    pub fn carrying(log_odds: &[f64], scores: &[f64]) -> Result<Self, CalibrationError> {
        let (found, expected) = (scores.len(), log_odds.len());
        if found != expected {
            return Err(CalibrationError::Length { what: "scores", found, expected });
        }
        if let Some(document) = log_odds.iter().position(|x| !x.is_finite()) {
            return Err(CalibrationError::LogOdds { document, found: log_odds[document] });
        }
        let (mut x, mut y) = (log_odds.to_vec(), scores.to_vec());
        x.sort_unstable_by(f64::total_cmp);
        y.sort_unstable_by(f64::total_cmp);
        let n = x.len();
        let rank = |knot: usize, n_knots: usize| match n_knots {
            1 => 0,
            _ => knot * (n - 1) / (n_knots - 1),
        };
        let n_knots = n.min(MOST_KNOTS);
        let mut knots: Vec<(f64, f64)> =
            (0..n_knots).map(|k| rank(k, n_knots)).map(|i| (x[i], y[i])).collect();
        // Of equal log-odds the one in the middle speaks.
        let mut merged: Vec<(f64, f64)> = Vec::with_capacity(knots.len());
        while let Some(&(first, _)) = knots.first() {
            let n_equal = knots.partition_point(|knot| knot.0 <= first);
            merged.push((first, knots[n_equal / 2].1));
            knots.drain(..n_equal);
        }
        Self::from_knots(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Calibration;
    use super::*;

    #[test]
    fn every_threshold_holds_the_share_it_held() {
        let log_odds: Vec<f64> = (0..2000).map(|i| f64::from(i * 7919 % 2000) / 100.0 - 10.0).collect();
        let scores: Vec<f64> = (0..2000).map(|i| (f64::from(i) / 2000.0).powi(3)).collect();
        let curve = Calibration::Isotonic(Isotonic::carrying(&log_odds, &scores).unwrap());
        for threshold in [0.1, 0.5, 0.8, 0.95] {
            let share = |values: &[f64]| values.iter().filter(|v| **v > threshold).count() as f64 / 2000.0;
            let ours: Vec<f64> = log_odds.iter().map(|&x| curve.probability(x)).collect();
            assert!((share(&ours) - share(&scores)).abs() < 0.002, "{threshold}");
        }
    }

    #[test]
    fn odd_numbers_of_odd_scores_are_curves_too() {
        let probability = |x: &[f64], y: &[f64], at: f64| {
            Calibration::Isotonic(Isotonic::carrying(x, y).unwrap()).probability(at)
        };
        assert_eq!(probability(&[1.0], &[0.3], 5.0), 0.3);
        assert_eq!(probability(&[1.0, 1.0, 1.0], &[0.1, 0.2, 0.9], 1.0), 0.2);
        assert!(Isotonic::carrying(&[], &[]).is_err());
        assert!(Isotonic::carrying(&[1.0], &[1.5]).is_err());
        assert!(Isotonic::carrying(&[f64::NAN], &[0.5]).is_err());
        assert!(Isotonic::carrying(&[1.0], &[0.5, 0.5]).is_err());
    }
}
