//! A report for the terminal: plain characters, at most as wide as the style says.

use super::escape::visible;
use super::matrix;
use super::number::{count, share};
use super::table::{Table, pad_right};
use super::{ComparedHead, Findings, Report, SlicedHead, fairness, tables, thresholds, words};
use crate::evaluate::{Comparison, Confusion, ConfusionMatrix, Evaluation, Fairness};
use crate::label::Head;
use unicode_width::UnicodeWidthStr;

/// How many labels may have a drawn matrix of their own, and how many a matrix whose confusions one can
/// still find by eye.
const FEW_LABELS: usize = 6;

/// How to write for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// Whether to add colour, which repeats what position and shading say.
    pub color: bool,
}

impl Default for Style {
    /// Eighty columns without colour.
    fn default() -> Self {
        Self { width: 80, color: false }
    }
}

impl Style {
    /// `text` in the colour of an SGR code, if colour is wanted and there is anything to see.
    pub(crate) fn paint(&self, text: &str, code: &str) -> String {
        if self.color && !text.trim().is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The report as text, each line ended.
pub fn render(report: &Report, style: &Style) -> String {
    let elsewhere: Vec<&str> = report.slices.iter().map(|sliced| sliced.by.as_str()).collect();
    let mut heads = Vec::new();
    for (place, evaluation) in report.evaluations.iter().enumerate() {
        heads.push(render_evaluation(evaluation, style));
        if let Some(findings) = report.findings.get(place).filter(|findings| !findings.is_empty()) {
            heads.push(render_findings(evaluation, findings, &elsewhere, style));
        }
    }
    let slices = report.slices.iter().map(|sliced| render_slices(sliced, style));
    heads.into_iter().chain(slices).collect::<Vec<_>>().join("\n")
}

/// One head's evaluation as text, each line ended.
pub fn render_evaluation(evaluation: &Evaluation, style: &Style) -> String {
    let mut lines = vec![style.paint(&visible(&words::headline(evaluation)), "1"), String::new()];
    let names = evaluation.head.labels.names();
    match &evaluation.confusion {
        Confusion::OneOf(matrix) => {
            lines.extend(matrix::lines(matrix, names, style));
            if FEW_LABELS < names.len() {
                lines.push(String::new());
                lines.extend(frequent_confusions(matrix, names));
            }
        }
        Confusion::Each { matrices, .. } if names.len() <= FEW_LABELS => {
            lines.extend(small_matrices(matrices, names, style));
        }
        Confusion::Each { .. } => {
            lines.push("truth, prediction:".into());
            lines.extend(Table::of_matrices(evaluation).to_text(style.width));
        }
    }
    let mut section = |table: &Table| {
        lines.push(String::new());
        lines.extend(table.to_text(style.width));
    };
    section(&Table::of_decisions(evaluation));
    if names.len() != 2 || matches!(evaluation.confusion, Confusion::Each { .. }) {
        section(&Table::of_probabilities(evaluation));
    }
    section(&Table::of_scores(evaluation));
    lines.push(String::new());
    for note in words::notes(evaluation) {
        lines.extend(wrapped(&visible(&note), style.width));
    }
    ended(&lines)
}

/// What is known of a head beside its figures, in short: the page has the rest.
fn render_findings(
    evaluation: &Evaluation,
    findings: &Findings,
    elsewhere: &[&str],
    style: &Style,
) -> String {
    let mut lines = Vec::new();
    for section in tables::sections(evaluation, findings, elsewhere, true) {
        let title = format!("{}, {}", evaluation.head.name, section.title);
        lines.extend([style.paint(&visible(&title), "1"), String::new()]);
        for table in &section.tables {
            lines.extend(table.to_text(style.width));
            lines.push(String::new());
        }
        for note in &section.notes {
            lines.extend(wrapped(&visible(note), style.width));
        }
        if !section.notes.is_empty() {
            lines.push(String::new());
        }
    }
    ended(&lines)
}

/// What thresholds do to the comments of each yes-or-no question in the head, each line ended.
pub fn render_thresholds(evaluation: &Evaluation, style: &Style) -> String {
    let mut lines = Vec::new();
    for question in &evaluation.questions {
        let name = evaluation.head.labels.name(question.label);
        let head = &evaluation.head.name;
        let title = format!("{head}, {name}: what thresholds do to 1,000 such comments");
        let title = wrapped(&visible(&title), style.width);
        lines.extend(title.iter().map(|line| style.paint(line, "1")));
        lines.push(String::new());
        lines.extend(thresholds::answers(&question.curve).to_text(style.width));
        lines.push(String::new());
    }
    ended(&lines)
}

/// Two models' answers to one head side by side, each line ended.
pub fn render_comparison(compared: &ComparedHead, style: &Style) -> String {
    let Comparison { before, after, .. } = &compared.comparison;
    let title = format!("{}, two models", words::headline(before));
    let mut lines = vec![style.paint(&visible(&title), "1")];
    for (which, name, evaluation) in [("before", &compared.before, before), ("after", &compared.after, after)]
    {
        lines.extend([String::new(), visible(&format!("{which}: {name}")).into_owned()]);
        match &evaluation.confusion {
            Confusion::OneOf(matrix) => {
                lines.extend(matrix::lines(matrix, before.head.labels.names(), style));
            }
            Confusion::Each { .. } => lines.extend(Table::of_matrices(evaluation).to_text(style.width)),
        }
    }
    lines.push(String::new());
    lines.extend(compared.differences().to_text(style.width));
    lines.push(String::new());
    for sentence in compared.tests() {
        lines.extend(wrapped(&visible(&sentence), style.width));
    }
    ended(&lines)
}

/// A head's slices, each line ended.
pub fn render_slices(sliced: &SlicedHead, style: &Style) -> String {
    let mut lines = vec![style.paint(&visible(&sliced.title()), "1"), String::new()];
    lines.extend(sliced.figures().to_text(style.width));
    ended(&lines)
}

/// Rows under a header, the first column cut where the width asks for it, each line ended.
pub fn render_list<const N: usize>(header: [&str; N], rows: &[[String; N]], style: &Style) -> String {
    let header = header.map(String::from).to_vec();
    let rows = rows.iter().map(|row| row.to_vec()).collect();
    ended(&Table { header, rows, numbered: false }.to_text(style.width))
}

/// One label's fairness over groups, each line ended.
pub fn render_fairness(head: &Head, of: &Fairness, style: &Style) -> String {
    let title = format!("{}, {}: fairness", head.name, head.labels.name(of.label));
    let mut lines = vec![style.paint(&visible(&title), "1")];
    for table in [fairness::aucs(of), fairness::rates(of)] {
        lines.push(String::new());
        lines.extend(table.to_text(style.width));
    }
    lines.push(String::new());
    for note in fairness::notes() {
        lines.extend(wrapped(&note, style.width));
    }
    ended(&lines)
}

fn ended(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.truncate(text.trim_end_matches('\n').len());
    text.push('\n');
    text
}

fn frequent_confusions(matrix: &ConfusionMatrix, names: &[String]) -> Vec<String> {
    let mut table = Table {
        header: ["most frequent confusions", "comments", "of the truth"].map(String::from).to_vec(),
        ..Table::default()
    };
    for (truth, predicted, n) in matrix::most_frequent(matrix, 10) {
        let confusion = format!("{} → {}", names[truth.index()], names[predicted.index()]);
        table.rows.push(vec![confusion, count(n), share(matrix.row_share(truth, predicted))]);
    }
    table.to_text(80)
}

/// As many two-by-two matrices beside each other as fit.
fn small_matrices(matrices: &[ConfusionMatrix], names: &[String], style: &Style) -> Vec<String> {
    const GAP: &str = "     ";
    let answers = ["no".to_owned(), "yes".to_owned()];
    let drawings: Vec<Vec<String>> = matrices
        .iter()
        .zip(names)
        .map(|(matrix, name)| {
            // Drawn without colour to be measured, then in the style asked for.
            let plain = matrix::lines(matrix, &answers, &Style { color: false, ..style.clone() });
            let width = plain.iter().map(|line| line.width()).max().unwrap_or(0);
            let painted = matrix::lines(matrix, &answers, style);
            let name = super::table::shorten(&visible(name), width);
            let first = pad_right(&name, width).replacen(&name, &style.paint(&name, "1"), 1);
            let rest = painted
                .into_iter()
                .zip(plain)
                .map(|(painted, plain)| format!("{painted}{}", " ".repeat(width - plain.width())));
            std::iter::once(first).chain(rest).collect()
        })
        .collect();
    let width = matrices
        .iter()
        .flat_map(|matrix| matrix::lines(matrix, &answers, &Style { color: false, ..style.clone() }))
        .map(|line| line.width())
        .max()
        .unwrap_or(1);
    let beside = ((style.width + GAP.len()) / (width + GAP.len())).max(1);
    let mut lines = Vec::new();
    for row in drawings.chunks(beside) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        for i in 0..row[0].len() {
            let line: Vec<&str> = row.iter().map(|drawing| drawing[i].as_str()).collect();
            lines.push(line.join(GAP).trim_end().to_owned());
        }
    }
    lines
}

/// Words on lines of at most `width` columns, if the words are no longer.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    fn plain(evaluation: &Evaluation) -> String {
        let text = render_evaluation(evaluation, &Style::default());
        for line in text.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
        }
        text
    }

    #[test]
    fn two_labels() {
        insta::assert_snapshot!(plain(&examples::two_labels()));
    }

    #[test]
    fn four_labels() {
        insta::assert_snapshot!(plain(&examples::one_of(&["positive", "negative", "ambiguous", "neutral"])));
    }

    #[test]
    fn eight_labels_with_long_and_hostile_names() {
        let names = [
            "admiration",
            "a name that is much too long for a column",
            "\u{202e}backwards\u{2066}",
            "<script>alert(1)</script>",
            "非礼貌的评论非礼貌的评论",
            "|*_`",
            "g",
            "h",
        ];
        insta::assert_snapshot!(plain(&examples::one_of(&names)));
    }

    #[test]
    fn twenty_eight_labels() {
        let names: Vec<String> = (0..28).map(|i| format!("emotion {i}")).collect();
        insta::assert_snapshot!(plain(&examples::one_of(&names)));
    }

    #[test]
    fn attributes() {
        insta::assert_snapshot!(plain(&examples::each(&["toxicity", "insult", "threat", "profanity"])));
    }

    #[test]
    fn many_attributes() {
        let names: Vec<String> = (0..9).map(|i| format!("attribute {i}")).collect();
        insta::assert_snapshot!(plain(&examples::each(&names)));
    }

    #[test]
    fn what_is_undefined_is_a_dash() {
        insta::assert_snapshot!(plain(&examples::one_sided()));
    }

    fn fits(text: String) -> String {
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        text
    }

    #[test]
    fn thresholds_of_a_question() {
        insta::assert_snapshot!(fits(render_thresholds(&examples::two_labels(), &Style::default())));
    }

    #[test]
    fn two_models() {
        insta::assert_snapshot!(fits(render_comparison(&examples::comparison(), &Style::default())));
    }

    #[test]
    fn fairness_over_groups() {
        let head = examples::two_labels().head;
        insta::assert_snapshot!(fits(render_fairness(
            &head,
            &examples::report().findings[0].fairness[0],
            &Style::default()
        )));
    }

    #[test]
    fn colour_only_adds() {
        let evaluation = examples::two_labels();
        let mut colored = render_evaluation(&evaluation, &Style { color: true, ..Style::default() });
        assert!(colored.contains("\u{1b}["));
        for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[34m", "\u{1b}[38;5;208m"] {
            colored = colored.replace(code, "");
        }
        assert_eq!(colored, plain(&evaluation));
    }

    #[test]
    fn a_narrow_terminal_gets_no_wider_matrix() {
        let evaluation = examples::two_labels();
        let text = render_evaluation(&evaluation, &Style { width: 40, color: false });
        let matrix: Vec<&str> = text.lines().take_while(|line| !line.starts_with("label")).collect();
        assert!(matrix.iter().skip(1).all(|line| line.width() <= 40), "{text}");
    }
}
