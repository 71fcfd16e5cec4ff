//! Two models on the same comments, side by side.

use super::matrix::drawing;
use super::page::PageOptions;
use super::scores::table;
use crate::evaluate::{Confusion, Evaluation};
use crate::report::comparison::{ChangedComment, ComparedHead};
use crate::report::escape::visible;
use crate::report::number::count;
use crate::report::words;
use maud::{Markup, html};

pub(crate) fn section(place: usize, compared: &ComparedHead, options: &PageOptions) -> Markup {
    let ComparedHead { comparison, before, after, .. } = compared;
    html! {
        section.head id={ "comparison-" (place) } {
            h2 { (visible(&words::headline(&comparison.before))) ", two models" }
            p { "Before: " code { (visible(before)) } ". After: " code { (visible(after)) } "." }
            (table(&compared.differences()))
            ul.notes { @for sentence in compared.tests() { li { (visible(&sentence)) } } }
            div.columns {
                @for (title, evaluation) in [("before", &comparison.before), ("after", &comparison.after)] {
                    figure { figcaption { (title) } (matrices(evaluation)) }
                }
            }
            @if options.text && !compared.changed.is_empty() { (changed(&compared.changed)) }
        }
    }
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
