//! What a threshold does: how many comments are held, rightly and wrongly, and how many are missed.

use crate::evaluate::confusion::ratio;

/// What a threshold does to the comments of a [`ThresholdCurve`](super::ThresholdCurve).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Comments at least this probable are held; infinite where none is.
    pub threshold: f64,
    pub(super) rightly_held: u64,
    pub(super) wrongly_held: u64,
    pub(super) positives: u64,
    pub(super) negatives: u64,
}

/// What a threshold does to a thousand comments; the numbers are means, not whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerThousand {
    /// So many are held.
    pub held: f64,
    /// So many of them rightly.
    pub rightly_held: f64,
    /// So many that should have been held pass.
    pub missed: f64,
}

/// What two thresholds do: hold from the upper, look first from the lower, let the rest pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoThresholds {
    /// Held without a look.
    pub hold: Outcome,
    /// Held or looked at.
    pub look: Outcome,
}

impl Outcome {
    /// How many comments are held.
    pub fn held(&self) -> u64 {
        self.rightly_held + self.wrongly_held
    }

    /// How many comments are held that should be.
    pub fn rightly_held(&self) -> u64 {
        self.rightly_held
    }

    /// How many comments are held that should not be.
    pub fn wrongly_held(&self) -> u64 {
        self.wrongly_held
    }

    /// How many comments pass that should be held.
    pub fn missed(&self) -> u64 {
        self.positives - self.rightly_held
    }

    /// How many comments there are.
    pub fn n(&self) -> u64 {
        self.positives + self.negatives
    }

    /// Of the held comments, the share held rightly; `None` if none is held.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.rightly_held, self.held())
    }

    /// Of the comments that should be held, the share that is: the true positive rate.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.rightly_held, self.positives)
    }

    /// Of the comments that should be held, the share that passes.
    pub fn miss_rate(&self) -> Option<f64> {
        ratio(self.missed(), self.positives)
    }

    /// Of the comments that should pass, the share held: the false positive rate.
    pub fn false_positive_rate(&self) -> Option<f64> {
        ratio(self.wrongly_held, self.negatives)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        ratio(2 * self.rightly_held, self.positives + self.held())
    }

    /// What happens to a thousand comments of which `prevalence` should be held; the evaluated comments' own
    /// share if `None`.
    ///
    /// Test sets are often richer in what is looked for than the day's comments: recall and false positive
    /// rate carry over, workload and precision do not. `None` where the comments have only one side and so
    /// do not tell a rate that is needed.
    pub fn per_thousand(&self, prevalence: Option<f64>) -> Option<PerThousand> {
        let prevalence = match prevalence {
            Some(prevalence) => prevalence,
            None => ratio(self.positives, self.n())?,
        };
        let part = |share: f64, rate: Option<f64>| {
            if share > 0.0 { Some(1000.0 * share * rate?) } else { Some(0.0) }
        };
        let rightly_held = part(prevalence, self.recall())?;
        let wrongly_held = part(1.0 - prevalence, self.false_positive_rate())?;
        let missed = part(prevalence, self.miss_rate())?;
        Some(PerThousand { held: rightly_held + wrongly_held, rightly_held, missed })
    }
}

impl TwoThresholds {
    /// How many comments lie between the thresholds, to be looked at.
    pub fn looked_at(&self) -> u64 {
        self.look.held() - self.hold.held()
    }
}
