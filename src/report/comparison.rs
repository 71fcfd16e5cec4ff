//! Two models on the same comments, before the comparison has a format.

use super::number::{count, figure, signed};
use super::table::Table;
use super::words;
use crate::evaluate::{Comparison, Estimate, Figure, McNemar};
use crate::label::HeadKind;

/// A comparison, and what to call the two.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedHead {
    /// The figures.
    pub comparison: Comparison,
    /// The first model.
    pub before: String,
    /// The second model.
    pub after: String,
    /// Comments that changed sides, to be read.
    pub changed: Vec<ChangedComment>,
}

/// A comment that the models decided differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedComment {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its true answer.
    pub truth: String,
    /// What the first model decided.
    pub before: String,
    /// What the second model decided.
    pub after: String,
}

impl ComparedHead {
    /// Each figure of both, and whether they differ by more than chance.
    pub(crate) fn differences(&self) -> Table {
        let header = ["figure", "before", "after", "difference", "95% interval", "verdict"];
        let Comparison { before, after, differences, .. } = &self.comparison;
        let rows = differences
            .iter()
            .map(|&(what, difference)| {
                let interval = difference.interval.map_or_else(String::new, |interval| {
                    format!("{} to {}", signed(Some(interval.low)), signed(Some(interval.high)))
                });
                vec![
                    words::title(what, before).to_owned(),
                    figure(before.value(what)),
                    figure(after.value(what)),
                    signed(difference.value),
                    interval,
                    verdict(what, difference).to_owned(),
                ]
            })
            .collect();
        Table { header: header.map(String::from).to_vec(), rows, numbered: false }
    }

    /// The comments that changed sides, at most so many, without their texts.
    pub(crate) fn changed_comments(&self, most: usize) -> Table {
        let header = ["comment", "truth", "before", "after"].map(String::from).to_vec();
        let row = |changed: &ChangedComment| {
            [&changed.id, &changed.truth, &changed.before, &changed.after].map(String::clone).to_vec()
        };
        Table { header, rows: self.changed.iter().take(most).map(row).collect(), numbered: false }
    }

    /// McNemar's tests, a sentence each.
    pub(crate) fn tests(&self) -> Vec<String> {
        let head = &self.comparison.before.head;
        let sentence = |label: usize, test: &McNemar| {
            let McNemar { only_before, only_after, p_value } = *test;
            let of = match head.kind {
                HeadKind::OneOf => String::new(),
                HeadKind::Each => format!("{}: ", head.labels.names()[label]),
            };
            format!(
                "{of}only the first is right on {}, only the second on {}; if they erred equally often, so uneven \
                 a split would happen with probability {} (McNemar).",
                count(only_before),
                count(only_after),
                if p_value < 0.0005 { "below 0.001".to_owned() } else { figure(Some(p_value)) },
            )
        };
        self.comparison.tests.iter().enumerate().map(|(label, test)| sentence(label, test)).collect()
    }
}

/// What the interval of a difference says; nothing without one.
fn verdict(what: Figure, difference: Estimate) -> &'static str {
    match difference.interval {
        None => "",
        Some(interval) if interval.low <= 0.0 && 0.0 <= interval.high => "could be chance",
        Some(interval) if (0.0 < interval.low) == what.higher_is_better() => "better",
        Some(_) => "worse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Interval;

    fn check(what: Figure, low: f64, high: f64, expected: &str) {
        let interval = Some(Interval { low, high });
        assert_eq!(verdict(what, Estimate { value: Some(low), interval }), expected);
    }

    #[test]
    fn less_loss_is_better_and_zero_inside_is_chance() {
        check(Figure::Accuracy, 0.01, 0.02, "better");
        check(Figure::Accuracy, -0.02, -0.01, "worse");
        check(Figure::LogLoss, -0.02, -0.01, "better");
        check(Figure::Brier, 0.01, 0.02, "worse");
        check(Figure::Auc, -0.01, 0.02, "could be chance");
        check(Figure::Auc, 0.0, 0.0, "could be chance");
    }
}
