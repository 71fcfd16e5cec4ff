//! How far decisions and the model agree, by week.

use super::Decision;
use std::collections::BTreeMap;

/// One attribute in one week, as one model answered it.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// The day it begins, a Monday, in days since 1970-01-01 (UTC).
    pub monday: i64,
    /// The attribute.
    pub attribute: String,
    /// `NAME@HASH` of the model that answered.
    pub model: String,
    /// Decisions.
    pub n_decisions: u64,
    /// Decisions that it is so: for toxicity, that a comment is removed.
    pub n_yes: u64,
    /// Decisions whose comments the model had answered.
    pub n_answered: u64,
    /// Of those, how many said yes and were answered yes, yes and no, no and yes, no and no.
    pub agreement: Agreement,
}

/// Decisions against answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Decided yes, answered yes.
    pub both: u64,
    /// Decided yes, answered no.
    pub missed: u64,
    /// Decided no, answered yes.
    pub false_alarms: u64,
    /// Decided no, answered no.
    pub neither: u64,
}

impl Agreement {
    fn n(&self) -> u64 {
        self.both + self.missed + self.false_alarms + self.neither
    }

    /// The share of decisions that the model would have made; none without answers.
    pub fn share(&self) -> Option<f64> {
        ratio(self.both + self.neither, self.n())
    }

    /// Of what the model held, the share that was removed.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.both, self.both + self.false_alarms)
    }

    /// Of what was removed, the share that the model held.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.both, self.both + self.missed)
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

const DAY_MS: i64 = 86_400_000;

/// The weeks of some decisions in order, each attribute and model apart; the model answers yes from `threshold` on.
pub fn weeks(decisions: &[Decision], threshold: f64) -> Vec<Week> {
    let mut weeks: BTreeMap<(i64, &str, &str), Week> = BTreeMap::new();
    for d in decisions.iter().map(|d| &d.decision) {
        let day = d.said.time_ms.div_euclid(DAY_MS);
        // 1970-01-01 was a Thursday.
        let monday = day - (day + 3).rem_euclid(7);
        let week = weeks.entry((monday, &d.attribute, &d.model)).or_insert_with(|| Week {
            monday,
            attribute: d.attribute.clone(),
            model: d.model.clone(),
            n_decisions: 0,
            n_yes: 0,
            n_answered: 0,
            agreement: Agreement::default(),
        });
        let yes = d.value >= 0.5;
        week.n_decisions += 1;
        week.n_yes += u64::from(yes);
        let Some(probability) = d.probability else { continue };
        week.n_answered += 1;
        let cell = match (yes, probability >= threshold) {
            (true, true) => &mut week.agreement.both,
            (true, false) => &mut week.agreement.missed,
            (false, true) => &mut week.agreement.false_alarms,
            (false, false) => &mut week.agreement.neither,
        };
        *cell += 1;
    }
    weeks.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{NewDecision, Said};
    use super::*;

    fn decision(day: i64, value: f64, probability: Option<f64>) -> Decision {
        let decision = NewDecision {
            attribute: "TOXICITY".into(),
            model: "tiny@0".into(),
            value,
            probability,
            said: Said { time_ms: day * DAY_MS + 5, ..Said::default() },
            ..NewDecision::default()
        };
        Decision { id: 0, decision }
    }

    #[test]
    fn weeks_begin_on_mondays_and_count_who_agrees() {
        let decisions = [
            decision(3, 1.0, Some(0.9)),
            decision(4, 1.0, Some(0.9)),
            decision(10, 1.0, Some(0.2)),
            decision(7, 0.0, Some(0.8)),
            decision(8, 0.0, Some(0.1)),
            decision(9, 0.0, None),
            decision(-4, 0.0, None),
        ];
        let weeks = weeks(&decisions, 0.8);
        assert_eq!(
            weeks.iter().map(|w| (w.monday, w.n_decisions)).collect::<Vec<_>>(),
            [(-10, 1), (-3, 1), (4, 5)]
        );
        let week = &weeks[2];
        assert_eq!((week.n_yes, week.n_answered), (2, 4));
        assert_eq!(week.agreement, Agreement { both: 1, missed: 1, false_alarms: 1, neither: 1 });
        assert_eq!(week.agreement.share(), Some(0.5));
        assert_eq!(weeks[0].agreement.precision(), None);
    }
}
