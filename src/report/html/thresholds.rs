//! Where to put the threshold: a table of the questions desks ask, and sliders for the rest.

use super::page::Part;
use super::scores::table;
use crate::evaluate::{Outcome, Question};
use crate::report::escape::visible;
use crate::report::json::CURVE_STEPS;
use crate::report::thresholds::answers;
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
                        (table(&answers(&question.curve)))
                        (sliders(part, question))
                    }
                } @else {
                    (table(&answers(&question.curve)))
                    (sliders(part, question))
                }
            }
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
