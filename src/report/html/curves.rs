//! ROC, precision–recall, reliability and histogram of each question, and the numbers they are drawn from.

use super::chart::{Frame, bar, chart, line, steps, whisker};
use super::scores::table;
use crate::evaluate::{ClassFigure, Evaluation, Histogram, Question, Reliability};
use crate::label::HeadKind;
use crate::report::escape::visible;
use crate::report::json::CURVE_STEPS;
use crate::report::number::{count, figure};
use crate::report::table::Table;
use maud::{Markup, html};

pub(crate) fn section(evaluation: &Evaluation) -> Markup {
    let several = 1 < evaluation.questions.len();
    html! {
        section {
            h3 { "How it orders comments, and whether its probabilities hold" }
            @if evaluation.head.kind == HeadKind::OneOf && evaluation.head.labels.len() != 2 {
                (reliability_figure(evaluation, 0, "the most probable label being right"))
            }
            @for (place, question) in evaluation.questions.iter().enumerate() {
                @if several {
                    details open[place == 0] {
                        summary { (visible(evaluation.head.labels.name(question.label))) }
                        (charts(evaluation, place, question))
                    }
                } @else {
                    (charts(evaluation, place, question))
                }
            }
        }
    }
}

fn charts(evaluation: &Evaluation, place: usize, question: &Question) -> Markup {
    let name = evaluation.head.labels.name(question.label);
    let has_reliability = evaluation.head.kind == HeadKind::Each || evaluation.head.labels.len() == 2;
    html! {
        div.charts {
            (roc(evaluation, question))
            (precision_recall(evaluation, question))
            @if !has_reliability { (histogram(&question.histogram, name)) }
        }
        @if has_reliability {
            div.charts {
                (reliability_chart(&evaluation.reliability[place], name))
                (histogram(&question.histogram, name))
            }
            (reliability_numbers(evaluation, place))
        }
    }
}

fn roc(evaluation: &Evaluation, question: &Question) -> Markup {
    let auc = evaluation.classes[question.label.index()][ClassFigure::Auc].value;
    let curve = question.curve.thinned(CURVE_STEPS);
    let points = curve.outcomes().filter_map(|o| Some((o.false_positive_rate()?, o.recall()?)));
    let frame = Frame {
        title: "ROC",
        description: &format!("AUC {}; the diagonal is chance.", figure(auc)),
        x: "false positive rate",
        y: "recall",
        top: 1.0,
    };
    chart(
        &frame,
        &html! {
            (line("chance", [(0.0, 0.0), (1.0, 1.0)]))
            (line("curve", std::iter::once((0.0, 0.0)).chain(points)))
        },
    )
}

fn precision_recall(evaluation: &Evaluation, question: &Question) -> Markup {
    let precision = evaluation.classes[question.label.index()][ClassFigure::AveragePrecision].value;
    let curve = question.curve.thinned(CURVE_STEPS);
    let share = curve.positives() as f64 / curve.n().max(1) as f64;
    let frame = Frame {
        title: "Precision and recall",
        description: &format!(
            "Average precision {}; the dashed line is the label's share, {}.",
            figure(precision),
            figure(Some(share))
        ),
        x: "recall",
        y: "precision",
        top: 1.0,
    };
    let points = curve.outcomes().filter_map(|outcome| Some((outcome.recall()?, outcome.precision()?)));
    chart(
        &frame,
        &html! {
            (line("chance", [(0.0, share), (1.0, share)]))
            (steps("curve", points))
        },
    )
}

fn reliability_figure(evaluation: &Evaluation, place: usize, of: &str) -> Markup {
    html! {
        div.charts { (reliability_chart(&evaluation.reliability[place], of)) }
        (reliability_numbers(evaluation, place))
    }
}

fn reliability_chart(reliability: &Reliability, of: &str) -> Markup {
    let description = format!(
        "Probability of {}; calibration error {}. On the diagonal, probabilities come true.",
        visible(of),
        figure(reliability.ece)
    );
    let frame =
        Frame { title: "Reliability", description: &description, x: "probability", y: "came true", top: 1.0 };
    chart(
        &frame,
        &html! {
            (line("chance", [(0.0, 0.0), (1.0, 1.0)]))
            @for bin in &reliability.bins {
                @let interval = bin.interval();
                (whisker((bin.mean_probability, bin.share()), (interval.low, interval.high)))
            }
        },
    )
}

fn reliability_numbers(evaluation: &Evaluation, place: usize) -> Markup {
    html! {
        details {
            summary { "Reliability in numbers" }
            (table(&Table::of_reliability(evaluation, place)))
            @if let Some(parts) = evaluation.reliability[place].brier_parts {
                p.note {
                    "Brier score of the bins = reliability " (figure(Some(parts.reliability)))
                    " − resolution " (figure(Some(parts.resolution)))
                    " + uncertainty " (figure(Some(parts.uncertainty))) "."
                }
            }
        }
    }
}

/// The least height at or above `tallest` whose quarters are round: 4, 8, 12, 20, 40, 80 …
fn round_top(tallest: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for steps in [4, 8, 12, 20] {
            match unit.checked_mul(steps) {
                Some(top) if tallest <= top => return top,
                Some(_) => {}
                None => return tallest,
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Both sides to the same scale: those without the label left, those with it right of each bin's middle.
fn histogram(histogram: &Histogram, of: &str) -> Markup {
    let tallest = histogram.negatives.iter().chain(&histogram.positives).copied().max().unwrap_or(0).max(1);
    let width = 1.0 / Histogram::BINS as f64;
    let top = round_top(tallest);
    let height = |count: u64| count as f64 / top as f64;
    let description = format!(
        "How many comments have which probability of {}: wide bars without the label, narrow bars with it.",
        visible(of)
    );
    let frame = Frame {
        title: "Spread",
        description: &description,
        x: "probability",
        y: "comments",
        top: top as f64,
    };
    let bins = || histogram.negatives.iter().zip(&histogram.positives).enumerate();
    html! {
        (chart(&frame, &html! {
            @for (bin, (&negatives, &positives)) in bins() {
                @let left = bin as f64 * width;
                @if 0 < negatives { (bar("negatives", (left + width * 0.08, left + width * 0.92), height(negatives))) }
                @if 0 < positives { (bar("positives", (left + width * 0.3, left + width * 0.7), height(positives))) }
            }
        }))
        table.heard {
            caption { "Comments by probability" }
            thead { tr { th scope="col" { "from" } th scope="col" { "without" } th scope="col" { "with" } } }
            tbody {
                @for (bin, (&negatives, &positives)) in bins() {
                    tr {
                        th scope="row" { (figure(Some(bin as f64 * width))) }
                        td { (count(negatives)) }
                        td { (count(positives)) }
                    }
                }
            }
        }
    }
}
