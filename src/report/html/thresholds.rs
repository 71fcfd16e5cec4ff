//! Where to put the threshold: a table of the questions desks ask, and sliders for the rest.

use super::page::Part;
use crate::evaluate::{Outcome, Question, ThresholdCurve};
use crate::report::escape::visible;
use crate::report::json::CURVE_STEPS;
use crate::report::number::{UNDEFINED, figure, share};
use maud::{Markup, html};

pub(crate) fn section(part: Part<'_>) -> Markup {
    let evaluation = part.evaluation;
    let several = 1 < evaluation.questions.len();
    html! {
        section {
            h3 { "Where to put the threshold" }
            p.note {
                "What holding every comment at or above a probability does to 1,000 comments like these. \
                 Where fewer of the day's comments are bad than of these, fewer are held, and less of the \
                 held rightly."
            }
            @for (place, question) in evaluation.questions.iter().enumerate() {
                @if several {
                    details open[place == 0] {
                        summary { (visible(evaluation.head.labels.name(question.label))) }
                        (answers(&question.curve))
                        (sliders(part, question))
                    }
                } @else {
                    (answers(&question.curve))
                    (sliders(part, question))
                }
            }
        }
    }
}

fn answers(curve: &ThresholdCurve) -> Markup {
    let workloads = [0.01, 0.02, 0.05, 0.1, 0.2];
    let workloads = workloads
        .map(|part| (format!("hold at most {} of 1,000", part * 1000.0), Some(curve.by_workload(part))));
    let misses = [0.05, 0.1, 0.2, 0.5].map(|rate| {
        (format!("let at most {} of the bad ones pass", percent(rate)), curve.by_miss_rate(rate))
    });
    let precisions = [0.95, 0.9, 0.8, 0.5]
        .map(|part| (format!("of the held, at least {} rightly", percent(part)), curve.by_precision(part)));
    let best = [("the best F1".to_owned(), curve.by_f1())];
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { "asked" }
                        th.number scope="col" { "threshold" }
                        th.number scope="col" { "held of 1,000" }
                        th.number scope="col" { "rightly" }
                        th.number scope="col" { "bad ones pass" }
                        th.number scope="col" { "precision" }
                        th.number scope="col" { "recall" }
                    }
                }
                @for group in [&workloads[..], &misses[..], &precisions[..], &best[..]] {
                    tbody { @for (asked, outcome) in group { (answer(asked, outcome.as_ref())) } }
                }
            }
        }
    }
}

fn answer(asked: &str, outcome: Option<&Outcome>) -> Markup {
    let per_thousand = outcome.and_then(|outcome| outcome.per_thousand(None));
    let mean = |value: Option<f64>| value.map_or_else(|| UNDEFINED.to_owned(), |value| format!("{value:.0}"));
    let threshold = outcome.map_or_else(
        || "none".to_owned(),
        |outcome| if outcome.held() == 0 { "hold none".into() } else { figure(Some(outcome.threshold)) },
    );
    html! {
        tr {
            th scope="row" { (asked) }
            td.number { (threshold) }
            td.number { (mean(per_thousand.map(|n| n.held))) }
            td.number { (mean(per_thousand.map(|n| n.rightly_held))) }
            td.number { (mean(per_thousand.map(|n| n.missed))) }
            td.number { (share(outcome.and_then(Outcome::precision))) }
            td.number { (share(outcome.and_then(Outcome::recall))) }
        }
    }
}

/// Hidden until the script, which moves them, shows them.
fn sliders(part: Part<'_>, question: &Question) -> Markup {
    let curve = question.curve.thinned(CURVE_STEPS);
    if curve.positives() == 0 || curve.positives() == curve.n() {
        return html! {};
    }
    let id = format!("threshold-{}-{}", part.place, question.label.0);
    let column =
        |number: &dyn Fn(Outcome) -> String| curve.outcomes().map(number).collect::<Vec<_>>().join(" ");
    let n_steps = curve.outcomes().len();
    let half = curve.outcomes().take_while(|outcome| 0.5 <= outcome.threshold).count();
    let prevalence = 100.0 * curve.positives() as f64 / curve.n() as f64;
    html! {
        fieldset.threshold hidden id=(id)
            data-positives=(curve.positives()) data-negatives=(curve.n() - curve.positives())
            data-thresholds=(column(&|outcome| format!("{:.6}", outcome.threshold)))
            data-rightly=(column(&|outcome| outcome.rightly_held().to_string()))
            data-wrongly=(column(&|outcome| outcome.wrongly_held().to_string())) {
            legend { "Try a threshold" }
            label { "hold from " input.hold type="range" min="0" max=(n_steps) value=(half); }
            label { "look first from " input.look type="range" min="0" max=(n_steps) value=(half); }
            label {
                "of 100 comments, bad: "
                input.prevalence type="number" min="0" max="100" step="any" value=(format!("{prevalence:.2}"));
            }
            label {
                "we can read "
                input.readable type="number" min="0" step="1" value="120";
                " of "
                input.daily type="number" min="1" step="1" value="5000";
                " a day "
                button.workload type="button" { "find the threshold" }
            }
            output aria-live="polite" {}
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}
