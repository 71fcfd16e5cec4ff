//! From which probability on a label is given.

use crate::label::LabelId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a threshold is chosen for; spelled `f1`, `macro-f1`, `mean-f1=favor,against`, `precision=0.9`, `recall=0.8`,
/// `flag-rate=0.05`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ThresholdFor {
    /// The highest F1.
    #[default]
    F1,
    /// The highest mean of the F1 of the label and of its absence; of several one-of labels, of all labels.
    MacroF1,
    /// Of three one-of labels or more: the highest mean of the F1 of those named. Where a label means no answer, as
    /// `none` does, a mean without it is what is asked of stances (SemEval-2016 task 6).
    MeanF1(Vec<String>),
    /// Of the comments flagged, at least this share rightly; as many flagged as that allows.
    Precision(f64),
    /// Of the comments to flag, at least this share flagged; as few others as that allows.
    Recall(f64),
    /// At most this share of all comments flagged; as many as that allows.
    FlagRate(f64),
}

/// Text that is no [`ThresholdFor`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown aim `{0}`, expected f1, macro-f1, mean-f1=LABEL,LABEL, precision=SHARE, recall=SHARE or flag-rate=SHARE, with a share from 0 to 1"
)]
pub struct UnknownAim(pub String);

impl FromStr for ThresholdFor {
    type Err = UnknownAim;

    fn from_str(text: &str) -> Result<Self, UnknownAim> {
        let share = |text: &str| text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        let aim = match text.split_once('=') {
            None if text == "f1" => Some(Self::F1),
            None if text == "macro-f1" => Some(Self::MacroF1),
            Some(("mean-f1", names)) => {
                let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
                names.iter().all(|name| !name.is_empty()).then_some(Self::MeanF1(names))
            }
            Some(("precision", text)) => share(text).map(Self::Precision),
            Some(("recall", text)) => share(text).map(Self::Recall),
            Some(("flag-rate", text)) => share(text).map(Self::FlagRate),
            _ => None,
        };
        aim.ok_or_else(|| UnknownAim(text.to_owned()))
    }
}

impl fmt::Display for ThresholdFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::F1 => f.write_str("f1"),
            Self::MacroF1 => f.write_str("macro-f1"),
            Self::MeanF1(names) => write!(f, "mean-f1={}", names.join(",")),
            Self::Precision(share) => write!(f, "precision={share}"),
            Self::Recall(share) => write!(f, "recall={share}"),
            Self::FlagRate(share) => write!(f, "flag-rate={share}"),
        }
    }
}

impl TryFrom<String> for ThresholdFor {
    type Error = UnknownAim;

    fn try_from(text: String) -> Result<Self, UnknownAim> {
        text.parse()
    }
}

impl From<ThresholdFor> for String {
    fn from(aim: ThresholdFor) -> Self {
        aim.to_string()
    }
}

/// The comments above a possible threshold.
#[derive(Debug, Clone, Copy)]
struct Cut {
    n_flagged: usize,
    /// Of them, how many rightly.
    n_right: usize,
}

/// The threshold that reaches `aim` on documents with these probabilities: flag from it on.
///
/// It lies in the middle between two neighbouring probabilities, since the comments to come will fall on neither.
/// `None` where no threshold reaches the aim: there are no documents, none is true (unless only the flag rate
/// matters), or the probabilities do not allow it.
///
/// ```
/// use moderato::calibration::{ThresholdFor, choose_threshold};
///
/// let probabilities = [0.9, 0.8, 0.6, 0.3];
/// let truth = [true, true, false, true];
/// let threshold = choose_threshold(&probabilities, &truth, &ThresholdFor::Precision(0.9)).unwrap();
/// assert!((threshold - 0.7).abs() < 1e-12);
/// ```
///
/// # Panics
/// If there is not one truth a probability.
pub fn choose_threshold(probabilities: &[f64], truth: &[bool], aim: &ThresholdFor) -> Option<f64> {
    assert_eq!(probabilities.len(), truth.len(), "one truth a probability");
    let n_true = truth.iter().filter(|&&truth| truth).count();
    if n_true == 0 && !matches!(aim, ThresholdFor::FlagRate(_)) {
        return None;
    }
    let mut ranked: Vec<(f64, bool)> = probabilities.iter().copied().zip(truth.iter().copied()).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let cuts = cuts(&ranked);
    let (n, n_true) = (ranked.len() as f64, n_true as f64);
    let precision = |cut: &Cut| cut.n_right as f64 / cut.n_flagged as f64;
    let chosen = match *aim {
        ThresholdFor::F1 => cuts.into_iter().reduce(|best, cut| {
            // F1 = 2 right / (flagged + true), compared without division; of equals, the higher threshold.
            let better = cut.n_right as f64 * (best.n_flagged as f64 + n_true)
                > best.n_right as f64 * (cut.n_flagged as f64 + n_true);
            if better { cut } else { best }
        }),
        // Of a yes and a no, all labels are two.
        ThresholdFor::MacroF1 | ThresholdFor::MeanF1(_) => {
            // F1 of the others: those not flagged and not true, of those not flagged and those not true.
            let macro_f1 = |cut: &Cut| {
                let (flagged, right) = (cut.n_flagged as f64, cut.n_right as f64);
                let wrong = flagged - right + n_true - right;
                let passed = n - flagged - (n_true - right);
                right / (2.0 * right + wrong)
                    + if passed > 0.0 { passed / (2.0 * passed + wrong) } else { 0.0 }
            };
            cuts.into_iter().reduce(|best, cut| if macro_f1(&cut) > macro_f1(&best) { cut } else { best })
        }
        ThresholdFor::Precision(share) => cuts.into_iter().rfind(|cut| precision(cut) >= share),
        ThresholdFor::Recall(share) => cuts.into_iter().find(|cut| cut.n_right as f64 >= share * n_true),
        ThresholdFor::FlagRate(share) => cuts.into_iter().rfind(|cut| cut.n_flagged as f64 <= share * n),
    }?;
    let lowest_flagged = ranked[chosen.n_flagged - 1].0;
    let next = ranked.get(chosen.n_flagged).map_or(0.0, |next| next.0);
    let middle = next + (lowest_flagged - next) / 2.0;
    Some(if middle > next { middle } else { lowest_flagged })
}

/// What each of several one-of labels' probabilities are multiplied by, so that deciding for the largest product
/// gives the highest mean F1 of `sought` labels on documents with these probabilities, a row each; 1 where nothing is
/// gained.
///
/// Found by coordinate ascent from 1 on, each factor between a quarter and four in steps of a twelfth of a doubling.
///
/// # Panics
/// If there is not one truth a row, or a row does not have `n_labels` probabilities.
pub fn choose_label_factors(
    n_labels: usize,
    probabilities: &[Vec<f64>],
    truth: &[LabelId],
    sought: &[LabelId],
) -> Vec<f64> {
    /// Beyond, small corpora are fitted, not problems.
    const ROUNDS: usize = 3;
    assert_eq!(probabilities.len(), truth.len(), "one truth a row");
    let mut factors = vec![1.0; n_labels];
    let mut best = mean_f1(probabilities, truth, &factors, sought);
    for _ in 0..ROUNDS {
        let before = best;
        for label in 0..n_labels {
            let kept = factors[label];
            let mut choice = kept;
            for step in -24..=24 {
                factors[label] = libm::exp2(f64::from(step) / 12.0);
                let reached = mean_f1(probabilities, truth, &factors, sought);
                if reached > best {
                    (best, choice) = (reached, factors[label]);
                }
            }
            factors[label] = choice;
        }
        if best <= before {
            break;
        }
    }
    factors
}

/// Mean F1 of the labels `sought` when the largest of `probability · factor` is decided for; of a label that neither stands
/// nor is decided for, 0.
fn mean_f1(probabilities: &[Vec<f64>], truth: &[LabelId], factors: &[f64], sought: &[LabelId]) -> f64 {
    let mut right = vec![0.0; factors.len()];
    let mut found = vec![0.0; factors.len()];
    for (row, truth) in probabilities.iter().zip(truth) {
        let decided = largest_product(row, factors);
        found[decided] += 1.0;
        found[truth.index()] += 1.0;
        right[decided] += if decided == truth.index() { 1.0 } else { 0.0 };
    }
    let f1 = |label: &LabelId| match found[label.index()] {
        0.0 => 0.0,
        found => 2.0 * right[label.index()] / found,
    };
    sought.iter().map(f1).sum::<f64>() / sought.len().max(1) as f64
}

/// The label with the largest `probability · factor`; the first of equals.
pub(crate) fn largest_product(probabilities: &[f64], factors: &[f64]) -> usize {
    let product = |label: usize| probabilities[label] * factors[label];
    (1..probabilities.len()).fold(0, |best, label| if product(label) > product(best) { label } else { best })
}

/// Every way to flag the highest, fewest first; equal probabilities are flagged together.
fn cuts(ranked: &[(f64, bool)]) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut n_right = 0;
    for (i, &(probability, truth)) in ranked.iter().enumerate() {
        n_right += usize::from(truth);
        if ranked.get(i + 1).is_none_or(|next| next.0 < probability) {
            cuts.push(Cut { n_flagged: i + 1, n_right });
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macro_f1_minds_the_others_too() {
        // Eight comments, most of them true: F1 flags nearly all, macro F1 leaves the others a chance.
        let probabilities = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
        let truth = [true, true, true, true, false, true, false, true];
        let f1 = choose_threshold(&probabilities, &truth, &ThresholdFor::F1).unwrap();
        let macro_f1 = choose_threshold(&probabilities, &truth, &ThresholdFor::MacroF1).unwrap();
        assert!(f1 < 0.2 && (macro_f1 - 0.55).abs() < 1e-12, "{f1} {macro_f1}");
    }

    #[test]
    fn a_label_that_never_wins_gets_a_factor() {
        let probabilities: Vec<Vec<f64>> =
            (0..30).map(|i| if i % 3 == 0 { vec![0.5, 0.1, 0.4] } else { vec![0.6, 0.2, 0.2] }).collect();
        let truth: Vec<LabelId> = (0..30).map(|i| LabelId(if i % 3 == 0 { 2 } else { 0 })).collect();
        let all = [0, 1, 2].map(LabelId);
        let factors = choose_label_factors(3, &probabilities, &truth, &all);
        assert!(factors[2] / factors[0] > 1.25, "{factors:?}");
        assert_eq!(largest_product(&probabilities[0], &factors), 2);
        assert_eq!(largest_product(&probabilities[1], &factors), 0);
    }

    #[test]
    fn a_label_that_is_not_sought_is_given_up_for_the_others() {
        // Every second comment is of the third label and looks like one of the first; every fourth is of the first.
        let probabilities = vec![vec![0.3, 0.1, 0.6]; 8];
        let truth = [2, 0, 2, 1, 2, 0, 2, 1].map(LabelId);
        let decided = |sought: &[LabelId]| {
            largest_product(&probabilities[0], &choose_label_factors(3, &probabilities, &truth, sought))
        };
        assert_eq!(decided(&[0, 1, 2].map(LabelId)), 2);
        assert_eq!(decided(&[LabelId(0)]), 0);
    }

    #[test]
    fn where_nothing_is_gained_factors_are_one() {
        let labels = [LabelId(0), LabelId(1)];
        let factors = choose_label_factors(2, &[vec![0.9, 0.1], vec![0.2, 0.8]], &labels, &labels);
        assert_eq!(factors, [1.0, 1.0]);
    }

    #[test]
    fn aims_are_read_as_they_are_written() {
        for text in
            ["f1", "macro-f1", "mean-f1=favor,against", "precision=0.9", "recall=0.8", "flag-rate=0.05"]
        {
            assert_eq!(text.parse::<ThresholdFor>().unwrap().to_string(), text);
        }
        for text in ["macro", "mean-f1", "mean-f1=", "mean-f1=favor,,against"] {
            assert!(text.parse::<ThresholdFor>().is_err(), "{text}");
        }
    }
}
