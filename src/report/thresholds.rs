//! The answers to what desks ask about a threshold, before they have a format.

use super::number::{UNDEFINED, figure, share};
use super::table::Table;
use crate::evaluate::{Outcome, ThresholdCurve};

/// What a moderator asks, and what the threshold that answers it does to 1,000 comments like these.
pub(crate) fn answers(curve: &ThresholdCurve) -> Table {
    let mut rows = Vec::new();
    let mut answer = |asked: String, outcome: Option<Outcome>| rows.push(row(asked, outcome));
    for part in [0.01, 0.02, 0.05, 0.1, 0.2] {
        answer(format!("at most {} held", part * 1000.0), Some(curve.by_workload(part)));
    }
    for rate in [0.05, 0.1, 0.2, 0.5] {
        answer(format!("at most {} of bad pass", percent(rate)), curve.by_miss_rate(rate));
    }
    for part in [0.95, 0.9, 0.8, 0.5] {
        answer(format!("{} of held rightly", percent(part)), curve.by_precision(part));
    }
    answer("best F1".into(), curve.by_f1());
    let header = ["asked", "threshold", "held", "rightly", "bad pass", "precision", "recall"];
    Table { header: header.map(String::from).to_vec(), rows, numbered: false }
}

fn row(asked: String, outcome: Option<Outcome>) -> Vec<String> {
    let per_thousand = outcome.and_then(|outcome| outcome.per_thousand(None));
    let mean = |value: Option<f64>| value.map_or_else(|| UNDEFINED.to_owned(), |value| format!("{value:.0}"));
    let threshold = match outcome {
        None => "none".to_owned(),
        Some(outcome) if outcome.held() == 0 => "hold none".into(),
        Some(outcome) => figure(Some(outcome.threshold)),
    };
    vec![
        asked,
        threshold,
        mean(per_thousand.map(|n| n.held)),
        mean(per_thousand.map(|n| n.rightly_held)),
        mean(per_thousand.map(|n| n.missed)),
        share(outcome.as_ref().and_then(Outcome::precision)),
        share(outcome.as_ref().and_then(Outcome::recall)),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
