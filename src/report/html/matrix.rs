//! The confusion matrix, its cells leading to the comments in them.

use super::comments::{self, Cell};
use super::page::{Part, shade};
use super::scores::table;
use crate::evaluate::{Confusion, ConfusionMatrix};
use crate::label::LabelId;
use crate::report::escape::visible;
use crate::report::number::{count, share};
use crate::report::table::Table;
use maud::{Markup, html};

/// Beyond so many labels a cell holds its count alone; shares are in its title.
const ROOMY: usize = 8;

pub(crate) fn section(part: Part<'_>) -> Markup {
    let names = part.evaluation.head.labels.names();
    let readable = comments::readable_cells(part);
    let anchor = |cell: Cell| readable.contains(&cell).then(|| cell.anchor(part.place));
    let invitation = if readable.is_empty() { "" } else { " Choose a cell to read its comments." };
    html! {
        section {
            h3 { "Who was taken for what" }
            @match &part.evaluation.confusion {
                Confusion::OneOf(matrix) => {
                    p.note {
                        "Rows: the truth; columns: the prediction. Under each count its share of the row (→) \
                         and of the column (↓)."
                        (invitation)
                    }
                    (drawing(matrix, names, &|truth, predicted| anchor(Cell { label: None, truth, predicted })))
                }
                Confusion::Each { matrices, .. } => {
                    p.note {
                        "One matrix a label. Rows: the truth; columns: the prediction."
                        (invitation)
                    }
                    div.small-matrices {
                        @for (label, matrix) in part.evaluation.head.labels.ids().zip(matrices) {
                            figure {
                                figcaption { (visible(&names[label.index()])) }
                                (drawing(matrix, &["no".into(), "yes".into()], &|truth, predicted| {
                                    anchor(Cell { label: Some(label), truth, predicted })
                                }))
                            }
                        }
                    }
                    details {
                        summary { "Which labels hold together" }
                        (table(&Table::of_cooccurrence(part.evaluation)))
                    }
                }
            }
            (comments::section(part))
        }
    }
}

/// The matrix as a table; a cell links to what `anchor` names.
pub(crate) fn drawing(
    matrix: &ConfusionMatrix,
    names: &[String],
    anchor: &dyn Fn(LabelId, LabelId) -> Option<String>,
) -> Markup {
    let roomy = names.len() <= ROOMY;
    html! {
        div.scroll {
            table.matrix {
                thead {
                    tr {
                        td {}
                        th scope="colgroup" colspan=(names.len()) { "predicted" }
                        td {}
                    }
                    tr {
                        th scope="col" { "truth" }
                        @for name in names { th scope="col" { (visible(name)) } }
                        th scope="col" { "total" }
                    }
                }
                tbody {
                    @for (truth, name) in matrix.classes().zip(names) {
                        tr {
                            th scope="row" { (visible(name)) }
                            @for predicted in matrix.classes() {
                                (cell(matrix, (truth, predicted), roomy, anchor(truth, predicted)))
                            }
                            td.total { (count(matrix.support(truth))) }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { "total" }
                        @for class in matrix.classes() { td.total { (count(matrix.predicted(class))) } }
                        td.total { (count(matrix.total())) }
                    }
                }
            }
        }
    }
}

fn cell(
    matrix: &ConfusionMatrix,
    (truth, predicted): (LabelId, LabelId),
    roomy: bool,
    anchor: Option<String>,
) -> Markup {
    let n = matrix.count(truth, predicted);
    let (of_row, of_column) = (matrix.row_share(truth, predicted), matrix.column_share(truth, predicted));
    let title = format!("{} of the row, {} of the column", share(of_row), share(of_column));
    let side = if truth == predicted { "right" } else { "wrong" };
    let content = html! {
        span.count { (count(n)) }
        @if roomy {
            span.shares { (share(of_row)) " →" }
            span.shares { (share(of_column)) " ↓" }
        }
    };
    html! {
        td class={ (side) " " (shade(of_row.unwrap_or(0.0))) } title=(title) {
            @match anchor.filter(|_| n > 0) {
                Some(anchor) => a href={ "#" (anchor) } { (content) },
                None => (content),
            }
        }
    }
}
