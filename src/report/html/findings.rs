//! What is known beside the figures: fairness, what the model learned, where it errs, labels that look wrong.

use super::page::Part;
use super::scores::table;
use crate::evaluate::{Estimate, Evaluation, Fairness, Figure, Slice};
use crate::report::escape::visible;
use crate::report::fairness;
use crate::report::number::{UNDEFINED, count, figure, interval, share};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

/// The strongest terms of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTerms {
    /// The label's name.
    pub label: String,
    /// Terms that speak for it, strongest first.
    pub towards: Vec<WeighedTerm>,
    /// Terms that speak against it, strongest first.
    pub against: Vec<WeighedTerm>,
}

/// What the model learned of a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeighedTerm {
    /// The term.
    pub term: String,
    /// One occurrence's contribution to the label's log-odds.
    pub contribution: f64,
    /// How often it was counted in training comments with the label.
    pub n_with: u64,
    /// How often in those without it.
    pub n_without: u64,
    /// Whether it decides alone: a comment of this term only is given the label.
    pub decides: bool,
}

/// How the model does on parts of the comments: by length, by source …
#[derive(Debug, Clone, PartialEq)]
pub struct SliceTable {
    /// What the parts are made by.
    pub by: String,
    /// The parts, in reading order.
    pub slices: Vec<Slice>,
}

/// A sentence that shows one ability, and what the model made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The ability: negation, quotation, masked spelling …
    pub kind: String,
    /// The sentence.
    pub text: String,
    /// The label it should get.
    pub expected: String,
    /// The label it got.
    pub found: String,
}

/// A comment whose label looks wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuspectRow {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Its label.
    pub given: String,
    /// The label suggested.
    pub suggested: String,
    /// The probability of the given label less that of the suggested one.
    pub margin: f64,
}

pub(crate) fn sections(part: Part<'_>) -> Markup {
    let details = part.details;
    html! {
        @if !details.fairness.is_empty() || !details.swaps.is_empty() {
            section {
                h3 { "Fairness" }
                @for fairness in &details.fairness { (fairness_table(part.evaluation, fairness)) }
                @if !details.swaps.is_empty() {
                    h4 { "Swap tests" }
                    p.note {
                        "The same comments with one group's name replaced by another's: a fair model changes \
                         nothing."
                    }
                    (table(&fairness::swaps(&details.swaps)))
                }
            }
        }
        @if !details.terms.is_empty() || details.unknown_terms.is_some() { (learned(part)) }
        @if !details.slices.is_empty() || !details.cases.is_empty() {
            section {
                h3 { "Where it errs" }
                @for table in &details.slices { (slice_table(part.evaluation, table)) }
                @if !details.cases.is_empty() { (cases(part)) }
            }
        }
        @if !details.suspects.is_empty() { (suspects(part)) }
    }
}

fn fairness_table(evaluation: &Evaluation, of: &Fairness) -> Markup {
    html! {
        h4 { (visible(evaluation.head.labels.name(of.label))) }
        (table(&fairness::aucs(of)))
        (table(&fairness::rates(of)))
        ul.notes { @for note in fairness::notes() { li { (note) } } }
    }
}

fn estimate(estimate: Estimate) -> Markup {
    html! {
        td.number {
            (figure(estimate.value))
            @if estimate.interval.is_some() { br; span.interval { (interval(estimate.interval)) } }
        }
    }
}

fn learned(part: Part<'_>) -> Markup {
    html! {
        section {
            h3 { "What it learned" }
            @for label in &part.details.terms {
                details {
                    summary { (visible(&label.label)) }
                    div.columns {
                        (terms("speaks for it", &label.towards))
                        (terms("speaks against it", &label.against))
                    }
                }
            }
            @if let Some((unknown, frequent)) = &part.details.unknown_terms {
                p {
                    "Of the evaluated comments' terms, " (share(Some(*unknown))) " are unknown to the model"
                    @if frequent.is_empty() || !part.options.text { "." }
                    @else {
                        "; most often: "
                        @for (place, term) in frequent.iter().enumerate() {
                            @if 0 < place { ", " }
                            code { (visible(term)) }
                        }
                        "."
                    }
                }
            }
        }
    }
}

fn terms(caption: &str, terms: &[WeighedTerm]) -> Markup {
    html! {
        div.scroll {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "term" }
                        th.number scope="col" { "log-odds" }
                        th.number scope="col" { "counted with" }
                        th.number scope="col" { "without" }
                        th scope="col" { "" }
                    }
                }
                tbody {
                    @for term in terms {
                        tr {
                            th scope="row" { code { (visible(&term.term)) } }
                            td.number { (format!("{:+.2}", term.contribution)) }
                            td.number { (count(term.n_with)) }
                            td.number { (count(term.n_without)) }
                            td { @if term.decides { "decides alone" } }
                        }
                    }
                }
            }
        }
    }
}

fn slice_table(evaluation: &Evaluation, table: &SliceTable) -> Markup {
    html! {
        h4 { "By " (visible(&table.by)) }
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { "comments" }
                        th.number scope="col" { "n" }
                        th.number scope="col" { "accuracy" }
                        th.number scope="col" { "macro F1" }
                        th.number scope="col" { "AUC" }
                    }
                }
                tbody {
                    @for slice in &table.slices {
                        tr {
                            th scope="row" { (visible(&slice.name)) }
                            td.number { (count(slice.evaluation.as_ref().map_or(0, |e| e.n))) }
                            @for figure in [Figure::Accuracy, Figure::MacroF1, Figure::Auc] {
                                @match slice.evaluation.as_ref().and_then(|e| e.score(figure)) {
                                    Some(score) => (estimate(score.estimate)),
                                    None => td.number { (UNDEFINED) },
                                }
                            }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { "all" }
                        td.number { (count(evaluation.n)) }
                        @for figure in [Figure::Accuracy, Figure::MacroF1, Figure::Auc] {
                            (estimate(evaluation.score(figure).map(|s| s.estimate).unwrap_or_default()))
                        }
                    }
                }
            }
        }
    }
}

fn cases(part: Part<'_>) -> Markup {
    let cases = &part.details.cases;
    let passed = cases.iter().filter(|case| case.expected == case.found).count();
    html! {
        h4 { "Functional cases: " (passed) " of " (cases.len()) " pass" }
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { "case" }
                        @if part.options.text { th scope="col" { "text" } }
                        th scope="col" { "expected" }
                        th scope="col" { "found" }
                        th scope="col" { "" }
                    }
                }
                tbody {
                    @for case in cases {
                        tr {
                            th scope="row" { (visible(&case.kind)) }
                            @if part.options.text { td dir="auto" { (visible(&case.text)) } }
                            td { (visible(&case.expected)) }
                            td { (visible(&case.found)) }
                            td { @if case.expected == case.found { "✓ pass" } @else { strong { "✗ fail" } } }
                        }
                    }
                }
            }
        }
    }
}

fn suspects(part: Part<'_>) -> Markup {
    html! {
        section {
            h3 { "Labels that look wrong" }
            p.note {
                "Comments whose label models trained without them find improbable (confident learning, Northcutt \
                 et al. 2021). A person decides: the model may be the one that is wrong."
            }
            div.scroll {
                table {
                    thead {
                        tr {
                            th scope="col" { "comment" }
                            @if part.options.text { th scope="col" { "text" } }
                            th scope="col" { "label" }
                            th scope="col" { "suggested" }
                            th.number scope="col" { "margin" }
                        }
                    }
                    tbody {
                        @for suspect in &part.details.suspects {
                            tr {
                                th scope="row" { code { (visible(&suspect.id)) } }
                                @if part.options.text { td dir="auto" { (visible(&suspect.text)) } }
                                td { (visible(&suspect.given)) }
                                td { (visible(&suspect.suggested)) }
                                td.number { (format!("{:+.3}", suspect.margin)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
