//! From which probability on a label is given.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a threshold is chosen for; spelled `f1`, `precision=0.9`, `recall=0.8`, `flag-rate=0.05`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ThresholdFor {
    /// The highest F1.
    #[default]
    F1,
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
    "unknown aim `{0}`, expected f1, precision=SHARE, recall=SHARE or flag-rate=SHARE, with a share from 0 to 1"
)]
pub struct UnknownAim(pub String);

impl FromStr for ThresholdFor {
    type Err = UnknownAim;

    fn from_str(text: &str) -> Result<Self, UnknownAim> {
        let share = |text: &str| text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        let aim = match text.split_once('=') {
            None if text == "f1" => Some(Self::F1),
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
/// let threshold = choose_threshold(&probabilities, &truth, ThresholdFor::Precision(0.9)).unwrap();
/// assert!((threshold - 0.7).abs() < 1e-12);
/// ```
///
/// # Panics
/// If there is not one truth a probability.
pub fn choose_threshold(probabilities: &[f64], truth: &[bool], aim: ThresholdFor) -> Option<f64> {
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
    let chosen = match aim {
        ThresholdFor::F1 => cuts.into_iter().reduce(|best, cut| {
            // F1 = 2 right / (flagged + true), compared without division; of equals, the higher threshold.
            let better = cut.n_right as f64 * (best.n_flagged as f64 + n_true)
                > best.n_right as f64 * (cut.n_flagged as f64 + n_true);
            if better { cut } else { best }
        }),
        ThresholdFor::Precision(share) => cuts.into_iter().rfind(|cut| precision(cut) >= share),
        ThresholdFor::Recall(share) => cuts.into_iter().find(|cut| cut.n_right as f64 >= share * n_true),
        ThresholdFor::FlagRate(share) => cuts.into_iter().rfind(|cut| cut.n_flagged as f64 <= share * n),
    }?;
    let lowest_flagged = ranked[chosen.n_flagged - 1].0;
    let next = ranked.get(chosen.n_flagged).map_or(0.0, |next| next.0);
    let middle = next + (lowest_flagged - next) / 2.0;
    Some(if middle > next { middle } else { lowest_flagged })
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
