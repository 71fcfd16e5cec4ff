//! What is known beside the figures: fairness, what the model learned, where it errs, labels that look wrong.

use super::page::Part;
use super::scores::table;
use crate::evaluate::{Estimate, Evaluation, Fairness, Figure, Slice};
use crate::report::escape::visible;
use crate::report::number::{UNDEFINED, count, figure, interval, share};
use crate::report::{Case, LabelTerms, SuspectRow, WeighedTerm, fairness, tables};
use maud::{Markup, html};

pub(crate) fn sections(part: Part<'_>) -> Markup {
    let found = part.findings;
    let own = |by: &str| found.slices.iter().all(|table| table.by != by);
    let sliced: Vec<_> =
        part.slices.iter().filter(|s| s.head == part.evaluation.head && own(&s.by)).collect();
    html! {
        @if !found.fairness.is_empty() || !found.swaps.is_empty() {
            section {
                h3 { "Fairness" }
                @if !found.fairness.is_empty() {
                    ul.notes { @for note in fairness::notes() { li { (note) } } }
                }
                @for (place, fairness) in found.fairness.iter().enumerate() {
                    @if 1 < found.fairness.len() {
                        details open[place == 0] {
                            summary { (visible(part.evaluation.head.labels.name(fairness.label))) }
                            (fairness_table(part.evaluation, fairness))
                        }
                    } @else { (fairness_table(part.evaluation, fairness)) }
                }
                @if !found.swaps.is_empty() {
                    h4 { "Swap tests" }
                    p.note { (fairness::SWAPS) }
                    @for (place, test) in found.swaps.iter().enumerate() {
                        @if 1 < found.swaps.len() {
                            details open[place == 0] {
                                summary { (visible(&test.label)) }
                                (table(&fairness::swaps(&test.swaps)))
                            }
                        } @else { (table(&fairness::swaps(&test.swaps))) }
                    }
                }
            }
        }
        @if !found.terms.is_empty() || found.unknown_terms.is_some() { (learned(part)) }
        @if !found.slices.is_empty() || !sliced.is_empty() || !found.cases.is_empty() {
            section {
                h3 { "Where it errs" }
                @if !found.slices.is_empty() { p.note { (tables::SLICES) } }
                @for sliced in sliced { (slice_table(part.evaluation, &sliced.by, &sliced.slices)) }
                @for table in &found.slices { (slice_table(part.evaluation, &table.by, &table.slices)) }
                @if !found.cases.is_empty() { (cases(part, &found.cases)) }
            }
        }
        @if !found.suspects.is_empty() { (suspects(part, &found.suspects)) }
    }
}

fn fairness_table(evaluation: &Evaluation, of: &Fairness) -> Markup {
    html! {
        h4 { (visible(evaluation.head.labels.name(of.label))) }
        (table(&fairness::aucs(of)))
        (table(&fairness::rates(of)))
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
            @for label in &part.findings.terms { (label_terms(label)) }
            @if let Some(unknown) = &part.findings.unknown_terms {
                p {
                    "Of the evaluated comments' words, " (share(Some(unknown.share)))
                    " are unknown to the model"
                    @if unknown.frequent.is_empty() || !part.options.text { "." }
                    @else {
                        "; in most comments: "
                        @for (place, (term, n)) in unknown.frequent.iter().enumerate() {
                            @if 0 < place { ", " }
                            code { (visible(term)) } " (" (count(*n)) ")"
                        }
                        "."
                    }
                }
            }
        }
    }
}

fn label_terms(label: &LabelTerms) -> Markup {
    html! {
        details {
            summary { (visible(&label.label)) }
            div.columns {
                (terms("speaks for it", &label.towards))
                (terms("speaks against it", &label.against))
            }
            @if 0 < label.n_deciding {
                p {
                    "A comment of one of these alone is given the label (" (count(label.n_deciding)) " in all): "
                    @for (place, term) in label.deciding.iter().enumerate() {
                        @if 0 < place { ", " }
                        code { (visible(term)) }
                    }
                    "."
                }
            }
        }
    }
}

fn terms(caption: &str, terms: &[WeighedTerm]) -> Markup {
    let trained = terms.iter().any(|term| term.trained.is_some());
    html! {
        div.scroll {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { "term" }
                        th.number scope="col" { "log-odds" }
                        @if trained {
                            th.number scope="col" { "trained with" }
                            th.number scope="col" { "without" }
                        }
                        th.number scope="col" { "here with" }
                        th.number scope="col" { "without" }
                        th scope="col" { "" }
                    }
                }
                tbody {
                    @for term in terms {
                        tr {
                            th scope="row" { code { (visible(&term.term)) } }
                            td.number { (format!("{:+.2}", term.contribution)) }
                            @if trained {
                                @for side in 0..2 {
                                    td.number {
                                        @match term.trained {
                                            Some(counts) => (count(counts[side])),
                                            None => (UNDEFINED),
                                        }
                                    }
                                }
                            }
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

fn slice_table(evaluation: &Evaluation, by: &str, slices: &[Slice]) -> Markup {
    html! {
        h4 { "By " (visible(by)) }
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
                    @for slice in slices {
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

fn cases(part: Part<'_>, cases: &[Case]) -> Markup {
    let passed = cases.iter().filter(|case| case.passed()).count();
    html! {
        h4 { "Functional cases: " (passed) " of " (cases.len()) " pass" }
        (table(&tables::cases(cases)))
        details { summary { "Case by case" } div.scroll {
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
                            td { @if case.passed() { "✓ pass" } @else { strong { "✗ fail" } } }
                        }
                    }
                }
            }
        } }
    }
}

fn suspects(part: Part<'_>, suspects: &[SuspectRow]) -> Markup {
    html! {
        section {
            h3 { "Labels that look wrong" }
            p.note {
                (tables::SUSPECTS)
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
                        @for suspect in suspects {
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
