//! What is known beside the figures as tables and sentences: the parts that the terminal and Markdown print.

use super::number::{UNDEFINED, count, interval, share, signed};
use super::table::Table;
use super::{Case, Findings, LabelTerms, SliceTable, SuspectRow, WeighedTerm, fairness, number};
use crate::evaluate::{Evaluation, Figure};
use std::collections::BTreeMap;

/// What a list of suspects is.
pub(crate) const SUSPECTS: &str = "Comments whose label a model that was not trained on them finds improbable \
                                   (confident learning, Northcutt et al. 2021). A person decides: the model may be \
                                   the one that is wrong.";

/// What the intervals of slices are.
pub(crate) const SLICES: &str =
    "Intervals of parts are from at most 200 resamples: good for telling large from small.";

/// A heading, and what stands under it.
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) notes: Vec<String>,
}

impl Section {
    fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), tables: Vec::new(), notes: Vec::new() }
    }
}

/// Everything known of a head beside its figures; `brief` for a terminal, which has the page for the rest.
/// Slices that another part of the report prints are named in `elsewhere`.
pub(crate) fn sections(
    evaluation: &Evaluation,
    findings: &Findings,
    elsewhere: &[&str],
    brief: bool,
) -> Vec<Section> {
    let mut sections = Vec::new();
    for of in &findings.fairness {
        let mut section = Section::new(format!("fairness: {}", evaluation.head.labels.name(of.label)));
        section.tables.push(if brief { fairness::brief(of) } else { fairness::aucs(of) });
        if !brief {
            section.tables.push(fairness::rates(of));
        }
        sections.push(section);
    }
    // Once, however many labels there are.
    if let Some(last) = sections.last_mut() {
        last.notes.extend(fairness::notes());
    }
    let n_before = sections.len();
    for test in &findings.swaps {
        let mut section = Section::new(format!("swap tests: {}", test.label));
        section.tables.push(if brief {
            fairness::brief_swaps(&test.swaps)
        } else {
            fairness::swaps(&test.swaps)
        });
        sections.push(section);
    }
    if let Some(last) = sections[n_before..].last_mut() {
        last.notes.push(fairness::SWAPS.into());
    }
    if !brief {
        sections.extend(findings.terms.iter().map(learned));
    }
    if let Some(unknown) = &findings.unknown_terms {
        let mut section = Section::new("vocabulary");
        let mut sentence = format!(
            "{} of the evaluated comments' words are unknown to the model",
            share(Some(unknown.share))
        );
        if !unknown.frequent.is_empty() && !brief {
            let terms = unknown.frequent.iter().map(|(term, n)| format!("{term} ({})", count(*n)));
            sentence.push_str(&format!("; in most comments: {}", terms.collect::<Vec<_>>().join(", ")));
        }
        section.notes.push(format!("{sentence}."));
        sections.push(section);
    }
    for table in findings.slices.iter().filter(|table| !elsewhere.contains(&table.by.as_str())) {
        let mut section = Section::new(format!("by {}", table.by));
        section.tables.push(slices(table));
        sections.push(section);
    }
    if let Some(last) = sections.last_mut().filter(|last| last.title.starts_with("by ")) {
        last.notes.push(SLICES.into());
    }
    if !findings.cases.is_empty() {
        let mut section = Section::new("functional cases");
        section.tables.push(cases(&findings.cases));
        sections.push(section);
    }
    if !findings.suspects.is_empty() {
        let shown = if brief { 5 } else { findings.suspects.len() };
        let mut section =
            Section::new(format!("labels that look wrong: {}", count(findings.suspects.len() as u64)));
        section.tables.push(suspects(&findings.suspects[..shown.min(findings.suspects.len())]));
        section.notes.push(SUSPECTS.into());
        sections.push(section);
    }
    sections
}

fn learned(label: &LabelTerms) -> Section {
    let mut section = Section::new(format!("strongest terms: {}", label.label));
    let header = ["term", "log-odds", "trained with", "without", "here with", "without", "alone"];
    let row = |term: &WeighedTerm| {
        let trained =
            |side: usize| term.trained.map_or_else(|| UNDEFINED.into(), |counts| count(counts[side]));
        vec![
            term.term.clone(),
            format!("{:+.2}", term.contribution),
            trained(0),
            trained(1),
            count(term.n_with),
            count(term.n_without),
            if term.decides { "decides".into() } else { String::new() },
        ]
    };
    let rows = label.towards.iter().chain(&label.against).map(row).collect();
    section.tables.push(Table { header: header.map(String::from).to_vec(), rows, numbered: false });
    if 0 < label.n_deciding {
        section.notes.push(format!(
            "A comment of one term alone is given the label by {} terms, among them: {}.",
            count(label.n_deciding),
            label.deciding.join(", ")
        ));
    }
    section
}

fn slices(table: &SliceTable) -> Table {
    let header = ["", "comments", "accuracy", "macro F1", "95%", "AUC", "95%"].map(String::from).to_vec();
    let row = |slice: &crate::evaluate::Slice| {
        let score = |figure| slice.evaluation.as_ref().and_then(|e| e.score(figure)).map(|s| s.estimate);
        let [accuracy, f1, auc] =
            [Figure::Accuracy, Figure::MacroF1, Figure::Auc].map(|figure| score(figure).unwrap_or_default());
        vec![
            slice.name.clone(),
            count(slice.n()),
            number::figure(accuracy.value),
            number::figure(f1.value),
            interval(f1.interval),
            number::figure(auc.value),
            interval(auc.interval),
        ]
    };
    Table { header, rows: table.slices.iter().map(row).collect(), numbered: false }
}

/// A line a kind of case: how many passed and failed, and a total.
pub(crate) fn cases(cases: &[Case]) -> Table {
    let mut kinds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for case in cases {
        let (passed, failed) = kinds.entry(&case.kind).or_default();
        *(if case.passed() { passed } else { failed }) += 1;
    }
    let row = |name: &str, (passed, failed): (u64, u64)| {
        let of = (0 < passed + failed).then(|| passed as f64 / (passed + failed) as f64);
        vec![name.to_owned(), count(passed), count(failed), share(of)]
    };
    let all = kinds.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    let rows = kinds.iter().map(|(name, &counts)| row(name, counts)).chain([row("all", all)]).collect();
    Table { header: ["case", "passed", "failed", "share"].map(String::from).to_vec(), rows, numbered: false }
}

fn suspects(suspects: &[SuspectRow]) -> Table {
    let header = ["comment", "label", "suggested", "margin"].map(String::from).to_vec();
    let row = |suspect: &SuspectRow| {
        vec![
            suspect.id.clone(),
            suspect.given.clone(),
            suspect.suggested.clone(),
            signed(Some(suspect.margin)),
        ]
    };
    Table { header, rows: suspects.iter().map(row).collect(), numbered: false }
}
