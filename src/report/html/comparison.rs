//! Two models on the same comments, side by side.

use super::matrix::drawing;
use super::page::PageOptions;
use crate::evaluate::{Comparison, Confusion, Evaluation, McNemar};
use crate::report::escape::visible;
use crate::report::number::{UNDEFINED, count, figure};
use crate::report::words;
use maud::{Markup, html};

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

pub(crate) fn section(place: usize, compared: &ComparedHead, options: &PageOptions) -> Markup {
    let ComparedHead { comparison, before, after, .. } = compared;
    html! {
        section.head id={ "comparison-" (place) } {
            h2 { (visible(&words::headline(&comparison.before))) ", two models" }
            p { "Before: " code { (visible(before)) } ". After: " code { (visible(after)) } "." }
            (differences(comparison))
            (tests(comparison))
            div.columns {
                @for (title, evaluation) in [("before", &comparison.before), ("after", &comparison.after)] {
                    figure { figcaption { (title) } (matrices(evaluation)) }
                }
            }
            @if options.text && !compared.changed.is_empty() { (changed(&compared.changed)) }
        }
    }
}

fn differences(comparison: &Comparison) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { "figure" }
                        th.number scope="col" { "before" }
                        th.number scope="col" { "after" }
                        th.number scope="col" { "difference" }
                        th.number scope="col" { "95% interval" }
                        th scope="col" { "" }
                    }
                }
                tbody {
                    @for (what, difference) in &comparison.differences {
                        tr {
                            th scope="row" { (words::title(*what, &comparison.before)) }
                            td.number { (figure(comparison.before.value(*what))) }
                            td.number { (figure(comparison.after.value(*what))) }
                            td.number { (signed(difference.value)) }
                            td.number {
                                @if let Some(interval) = difference.interval {
                                    (signed(Some(interval.low))) " to " (signed(Some(interval.high)))
                                }
                            }
                            td {
                                @if let Some(interval) = difference.interval {
                                    @if 0.0 < interval.low || interval.high < 0.0 {
                                        @if (0.0 < interval.low) == what.higher_is_better() { "better" } @else { "worse" }
                                    } @else { "could be chance" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn signed(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_owned(), |value| format!("{value:+.3}"))
}

fn tests(comparison: &Comparison) -> Markup {
    let names = comparison.before.head.labels.names();
    let one = comparison.tests.len() != names.len() || names.len() == 1;
    html! {
        ul.notes {
            @for (label, test) in comparison.tests.iter().enumerate() {
                @let McNemar { only_before, only_after, p_value } = test;
                li {
                    @if !one { (visible(&names[label])) ": " }
                    "Only the first is right on " (count(*only_before)) ", only the second on "
                    (count(*only_after)) "; if they erred equally often, so uneven a split would happen with \
                    probability " (probability(*p_value)) " (McNemar)."
                }
            }
        }
    }
}

fn probability(p: f64) -> String {
    if p < 0.0005 { "below 0.001".into() } else { figure(Some(p)) }
}

fn matrices(evaluation: &Evaluation) -> Markup {
    let names = evaluation.head.labels.names();
    html! {
        @match &evaluation.confusion {
            Confusion::OneOf(matrix) => (drawing(matrix, names, &|_, _| None)),
            Confusion::Each { matrices, .. } => {
                @for (name, matrix) in names.iter().zip(matrices) {
                    h4 { (visible(name)) }
                    (drawing(matrix, &["no".into(), "yes".into()], &|_, _| None))
                }
            }
        }
    }
}

fn changed(comments: &[ChangedComment]) -> Markup {
    html! {
        details {
            summary { "Comments that changed sides (" (count(comments.len() as u64)) ")" }
            div.scroll {
                table {
                    thead {
                        tr {
                            th scope="col" { "comment" }
                            th scope="col" { "text" }
                            th scope="col" { "truth" }
                            th scope="col" { "before" }
                            th scope="col" { "after" }
                        }
                    }
                    tbody {
                        @for comment in comments {
                            tr {
                                th scope="row" { code { (visible(&comment.id)) } }
                                td dir="auto" { (visible(&comment.text)) }
                                td { (visible(&comment.truth)) }
                                td { (visible(&comment.before)) }
                                td { (visible(&comment.after)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
