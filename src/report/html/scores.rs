//! Figures with their intervals and baselines, and the labels' own.

use super::chart::gauge;
use crate::evaluate::{Evaluation, Figure};
use crate::label::HeadKind;
use crate::report::escape::visible;
use crate::report::number::{figure, interval};
use crate::report::table::Table;
use crate::report::words;
use maud::{Markup, html};

pub(crate) fn section(evaluation: &Evaluation) -> Markup {
    html! {
        section {
            h3 { "How well" }
            div.scroll {
                table {
                    thead {
                        tr {
                            th scope="col" { "figure" }
                            th.number scope="col" { "value" }
                            th.number scope="col" { "95% interval" }
                            th scope="col" { "0 to 1" }
                            th.number scope="col" { "majority" }
                            th.number scope="col" { "prior" }
                        }
                    }
                    tbody {
                        @for score in &evaluation.scores {
                            tr {
                                th scope="row" title=(meaning(score.figure)) { (words::title(score.figure, evaluation)) }
                                td.number { (figure(score.estimate.value)) }
                                td.number { (interval(score.estimate.interval)) }
                                td {
                                    @if let Some(value) = score.estimate.value.filter(|_| score.figure.higher_is_better()) {
                                        (gauge(value, score.estimate.interval.map(|i| (i.low, i.high)), score.majority))
                                    }
                                }
                                td.number { (figure(score.majority)) }
                                td.number { (figure(score.prior)) }
                            }
                        }
                    }
                }
            }
            ul.notes { @for note in words::notes(evaluation) { li { (visible(&note)) } } }
            details {
                summary { "What the figures mean" }
                dl {
                    @for score in &evaluation.scores {
                        dt { (words::title(score.figure, evaluation)) }
                        dd { (meaning(score.figure)) }
                    }
                }
            }
            h4 { "Each label" }
            (table(&Table::of_decisions(evaluation)))
            @if evaluation.head.labels.len() != 2 || evaluation.head.kind == HeadKind::Each {
                (table(&Table::of_probabilities(evaluation)))
            }
        }
    }
}

/// A table whose first column names its rows.
pub(crate) fn table(table: &Table) -> Markup {
    html! {
        div.scroll {
            table {
                thead {
                    tr {
                        @for (column, name) in table.header.iter().enumerate() {
                            th.number[0 < column] scope="col" { (visible(name)) }
                        }
                    }
                }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (column, cell) in row.iter().enumerate() {
                                @if column == 0 { th scope="row" { (visible(cell)) } }
                                @else { td.number { (visible(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One sentence for readers who are no statisticians.
fn meaning(figure: Figure) -> &'static str {
    match figure {
        Figure::Accuracy => "The share of comments decided rightly.",
        Figure::BalancedAccuracy => "The same, if every label had equally many comments.",
        Figure::MacroPrecision => {
            "Precision (of those given a label, the share that have it), averaged over labels."
        }
        Figure::MacroRecall => {
            "Recall (of those that have a label, the share given it), averaged over labels."
        }
        Figure::MacroF1 => "F1 (between precision and recall, near the lower), each label counting the same.",
        Figure::MicroPrecision => "Precision over all labels together, frequent ones counting more.",
        Figure::MicroRecall => "Recall over all labels together, frequent ones counting more.",
        Figure::MicroF1 => "F1 over all labels together, frequent ones counting more.",
        Figure::WeightedF1 => "F1 averaged over labels, each counting by its comments.",
        Figure::MatthewsCorrelation => {
            "Agreement of truth and prediction: 1 perfect, 0 none, even if one label is rare."
        }
        Figure::CohensKappa => "Agreement beyond chance: 1 perfect, 0 chance.",
        Figure::Auc => {
            "Of a comment with the label and one without, how often the one with it is found more probable."
        }
        Figure::AveragePrecision => {
            "Precision averaged over all thresholds; compare it with the label's share."
        }
        Figure::LogLoss => "How surprised the probabilities are by the truth; certainty in error costs most.",
        Figure::Brier => "The squared error of the probabilities.",
        Figure::ExpectedCalibrationError => {
            "How far probabilities are, on average, from the shares that come true."
        }
    }
}
