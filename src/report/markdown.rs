//! A report in Markdown, as GitHub and most editors show it.

use super::escape::markdown as escape;
use super::matrix::most_frequent;
use super::number::{count, share};
use super::table::Table;
use super::{ComparedHead, Findings, Provenance, Report, SlicedHead, fairness, tables, thresholds, words};
use crate::evaluate::{Comparison, Confusion, ConfusionMatrix, Evaluation, Fairness};
use crate::label::{Head, HeadKind, LabelId};

/// Beyond so many labels the matrix is left to `report.json` and the confusions are listed instead.
const WIDEST_MATRIX: usize = 30;

/// Of the comments that changed sides so many are listed.
const CHANGED: usize = 50;

/// The report as one Markdown document.
pub fn render(report: &Report) -> String {
    let mut text = String::from("# Evaluation\n");
    let elsewhere: Vec<&str> = report.slices.iter().map(|sliced| sliced.by.as_str()).collect();
    for (place, evaluation) in report.evaluations.iter().enumerate() {
        text.push_str(&render_evaluation(evaluation));
        if let Some(findings) = report.findings.get(place) {
            text.push_str(&render_findings(evaluation, findings, &elsewhere));
        }
    }
    report.slices.iter().for_each(|sliced| text.push_str(&render_slices(sliced)));
    text.push_str(&render_provenance(&report.provenance));
    text
}

/// Where figures come from, as a section; nothing if nothing is known.
pub fn render_provenance(provenance: &Provenance) -> String {
    let mut text = String::new();
    let entries = provenance.entries();
    if !entries.is_empty() {
        text.push_str("\n## Provenance\n\n| | |\n| :-- | :-- |\n");
        for (name, value) in entries {
            text.push_str(&format!("| {name} | {} |\n", escape(&value)));
        }
    }
    text
}

/// One head's evaluation as a section.
pub fn render_evaluation(evaluation: &Evaluation) -> String {
    let names = evaluation.head.labels.names();
    let mut text = format!("\n## {}\n", escape(&words::headline(evaluation)));
    let mut section = |title: &str, body: &str| {
        text.push_str(&format!("\n### {title}\n\n{body}"));
    };
    match &evaluation.confusion {
        Confusion::OneOf(matrix) if names.len() <= WIDEST_MATRIX => {
            section("Confusion matrix", &matrix_table(matrix, names));
        }
        Confusion::OneOf(matrix) => section("Most frequent confusions", &confusions_table(matrix, names)),
        Confusion::Each { .. } => {
            section(
                "Confusion matrices",
                &format!("Columns: truth, prediction.\n\n{}", Table::of_matrices(evaluation).to_markdown()),
            );
        }
    }
    section("Figures", &Table::of_scores(evaluation).to_markdown());
    section("Labels", &Table::of_decisions(evaluation).to_markdown());
    if names.len() != 2 || evaluation.head.kind == HeadKind::Each {
        section("Labels by probability", &Table::of_probabilities(evaluation).to_markdown());
    }
    if evaluation.head.kind == HeadKind::Each && names.len() <= WIDEST_MATRIX {
        section("Labels together", &Table::of_cooccurrence(evaluation).to_markdown());
    }
    if let [_] = evaluation.reliability.as_slice() {
        let of = match names {
            [_, positive] => escape(positive),
            _ => "the most probable label".into(),
        };
        section(
            "Reliability",
            &format!("Probability of {of}.\n\n{}", Table::of_reliability(evaluation, 0).to_markdown()),
        );
    }
    if let [question] = evaluation.questions.as_slice() {
        let answers = thresholds::answers(&question.curve).to_markdown();
        section("Thresholds", &format!("Of 1,000 comments like these.\n\n{answers}"));
    }
    text.push('\n');
    for note in words::notes(evaluation) {
        text.push_str(&format!("- {}\n", escape(&note)));
    }
    text
}

/// What is known of a head beside its figures, as sections; without comments' texts.
fn render_findings(evaluation: &Evaluation, findings: &Findings, elsewhere: &[&str]) -> String {
    let mut text = String::new();
    for section in tables::sections(evaluation, findings, elsewhere, false) {
        let title = format!("{}, {}", evaluation.head.name, section.title);
        text.push_str(&format!("\n### {}\n", escape(&title)));
        for table in section.tables {
            text.push_str(&format!("\n{}", table.to_markdown()));
        }
        text.push('\n');
        for note in section.notes {
            text.push_str(&format!("- {}\n", escape(&note)));
        }
    }
    text
}

/// Two models' answers to one head side by side, as a section.
pub fn render_comparison(compared: &ComparedHead) -> String {
    let Comparison { before, after, .. } = &compared.comparison;
    let mut text = format!("\n## {}, two models\n", escape(&words::headline(before)));
    for (which, name, evaluation) in [("Before", &compared.before, before), ("After", &compared.after, after)]
    {
        text.push_str(&format!("\n### {which}: {}\n\n", escape(name)));
        text.push_str(&match &evaluation.confusion {
            Confusion::OneOf(matrix) => matrix_table(matrix, before.head.labels.names()),
            Confusion::Each { .. } => Table::of_matrices(evaluation).to_markdown(),
        });
    }
    text.push_str(&format!("\n### Differences\n\n{}\n", compared.differences().to_markdown()));
    for sentence in compared.tests() {
        text.push_str(&format!("- {}\n", escape(&sentence)));
    }
    if !compared.changed.is_empty() {
        let table = compared.changed_comments(CHANGED);
        text.push_str(&format!("\n### Comments that changed sides\n\n{}", table.to_markdown()));
        if CHANGED < compared.changed.len() {
            let rest = count((compared.changed.len() - CHANGED) as u64);
            text.push_str(&format!("\nAnd {rest} more, in the page and in JSON.\n"));
        }
    }
    text
}

/// One label's fairness over groups, as a section.
pub fn render_fairness(head: &Head, of: &Fairness) -> String {
    let title = format!("{}, {}: fairness", head.name, head.labels.name(of.label));
    let mut text = format!("\n## {}\n", escape(&title));
    for table in [fairness::aucs(of), fairness::rates(of)] {
        text.push_str(&format!("\n{}", table.to_markdown()));
    }
    text.push('\n');
    for note in fairness::notes() {
        text.push_str(&format!("- {}\n", escape(&note)));
    }
    text
}

/// A head's slices, a line each, as a section.
pub fn render_slices(sliced: &SlicedHead) -> String {
    format!("\n## {}\n\n{}", escape(&sliced.title()), sliced.figures().to_markdown())
}

/// What a head decided rightly and wrongly in each slice, as a table.
pub fn render_passes(sliced: &SlicedHead) -> String {
    sliced.passes().to_markdown()
}

/// Counts with row shares; rows are the truth.
fn matrix_table(matrix: &ConfusionMatrix, names: &[String]) -> String {
    let mut header = vec!["truth \\ predicted".to_owned()];
    header.extend(names.iter().cloned());
    header.push("total".into());
    let row = |name: &str, cells: Vec<String>, total: u64| {
        std::iter::once(name.to_owned()).chain(cells).chain([count(total)]).collect()
    };
    let cell = |truth: LabelId, predicted: LabelId| match matrix.row_share(truth, predicted) {
        Some(of_row) => format!("{} ({})", count(matrix.count(truth, predicted)), share(Some(of_row))),
        None => "0".into(),
    };
    let mut rows: Vec<Vec<String>> = matrix
        .classes()
        .zip(names)
        .map(|(truth, name)| {
            row(name, matrix.classes().map(|p| cell(truth, p)).collect(), matrix.support(truth))
        })
        .collect();
    let predicted = matrix.classes().map(|class| count(matrix.predicted(class))).collect();
    rows.push(row("total", predicted, matrix.total()));
    Table { header, rows, numbered: false }.to_markdown()
}

fn confusions_table(matrix: &ConfusionMatrix, names: &[String]) -> String {
    let header = ["truth → predicted", "comments", "of the truth"].map(String::from).to_vec();
    let rows = most_frequent(matrix, 30)
        .into_iter()
        .map(|(truth, predicted, n)| {
            let confusion = format!("{} → {}", names[truth.index()], names[predicted.index()]);
            vec![confusion, count(n), share(matrix.row_share(truth, predicted))]
        })
        .collect();
    Table { header, rows, numbered: false }.to_markdown()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn a_report_of_two_heads() {
        insta::assert_snapshot!(render(&examples::report()));
    }

    #[test]
    fn two_models_and_groups() {
        let fairness =
            render_fairness(&examples::two_labels().head, &examples::report().findings[0].fairness[0]);
        insta::assert_snapshot!(format!("{}{fairness}", render_comparison(&examples::comparison())));
    }

    #[test]
    fn hostile_names_stay_text() {
        let text =
            render_evaluation(&examples::one_of(&["<img src onerror>", "a|b", "[x](http://e.example)"]));
        assert!(!text.contains("<img") && !text.contains("a|b") && !text.contains("[x]("), "{text}");
    }
}
