//! The comments behind the cells of a matrix, with the words that weighed marked in place.

use super::page::{Part, shade};
use crate::evaluate::{Confusion, Predictions};
use crate::label::{Decision, HeadKind, LabelId, Truth};
use crate::report::escape::visible;
use crate::report::number::{count, figure};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A page holds about so many comments, shared out among its cells.
const COMMENTS_ON_A_PAGE: usize = 6000;

/// A comment to be read in the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommentRow {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// The true answer.
    pub truth: Truth,
    /// What was decided.
    pub decision: Decision,
    /// Of each label of the head.
    pub probabilities: Vec<f64>,
    /// What weighed.
    pub marks: Vec<Mark>,
}

/// A part of a comment's text that weighed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Where, in bytes of the text; parts may overlap and then add up.
    pub span: Range<usize>,
    /// For which label; of a one-of head with two labels, those of one are enough.
    pub label: LabelId,
    /// How much, in log-odds: positive for the label, negative against it.
    pub contribution: f64,
}

/// A cell of a head's matrix, or of the matrix of one of its labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub(crate) label: Option<LabelId>,
    pub(crate) truth: LabelId,
    pub(crate) predicted: LabelId,
}

impl Cell {
    pub(crate) fn anchor(self, place: usize) -> String {
        let label = self.label.map(|label| format!("l{}-", label.0)).unwrap_or_default();
        format!("cell-{place}-{label}{}-{}", self.truth.0, self.predicted.0)
    }

    /// The label whose marks are shown: the one predicted, or the one asked for.
    fn marked(self) -> LabelId {
        self.label.unwrap_or(self.predicted)
    }
}

/// The cells a comment lies in, each with how sure its decision was.
fn cells(truth: &Truth, decision: &Decision, probability: impl Fn(usize) -> f64) -> Vec<(Cell, f64)> {
    match (truth, decision) {
        (Truth::OneOf(truth), Decision::OneOf(predicted)) => {
            let cell = Cell { label: None, truth: *truth, predicted: *predicted };
            vec![(cell, probability(predicted.index()))]
        }
        (Truth::Each(truths), Decision::Each(decided)) => (0..)
            .zip(truths.iter().zip(decided))
            .filter_map(|(label, (truth, &decided))| {
                let yes = probability(label);
                let id = |yes: bool| LabelId(u16::from(yes));
                let cell = Cell { label: Some(label.into()), truth: id((*truth)?), predicted: id(decided) };
                Some((cell, if decided { yes } else { 1.0 - yes }))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The comments a page shows, in ascending order: of each cell the most confident, as many as the page has
/// room for. Only these need their texts and marks.
pub fn shown_comments(truths: &[Truth], predictions: &Predictions) -> Vec<usize> {
    let mut by_cell: BTreeMap<Cell, Vec<(f64, usize)>> = BTreeMap::new();
    for (comment, (truth, decision)) in truths.iter().zip(&predictions.decisions).enumerate() {
        let probabilities = predictions.probabilities.row(comment);
        for (cell, sureness) in cells(truth, decision, |label| probabilities[label]) {
            by_cell.entry(cell).or_default().push((sureness, comment));
        }
    }
    let room = room(by_cell.len());
    let mut shown: Vec<usize> = by_cell
        .into_values()
        .flat_map(|mut comments| {
            comments.sort_by(|a, b| b.0.total_cmp(&a.0));
            comments.truncate(room);
            comments.into_iter().map(|(_, comment)| comment)
        })
        .collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

fn room(n_cells: usize) -> usize {
    (COMMENTS_ON_A_PAGE / n_cells.max(1)).clamp(5, 200)
}

/// The cells that have comments to read.
pub(crate) fn readable_cells(part: Part<'_>) -> BTreeSet<Cell> {
    if part.options.text { by_cell(part).into_keys().collect() } else { BTreeSet::new() }
}

/// The comments of each cell, and how sure their decision was; without those that answer another head.
fn by_cell(part: Part<'_>) -> BTreeMap<Cell, Vec<(f64, &CommentRow)>> {
    let n_labels = part.evaluation.head.labels.len();
    let answers = |row: &&CommentRow| match (part.evaluation.head.kind, &row.truth, &row.decision) {
        (HeadKind::OneOf, Truth::OneOf(truth), Decision::OneOf(decided)) => {
            truth.index() < n_labels && decided.index() < n_labels
        }
        (HeadKind::Each, Truth::Each(truth), Decision::Each(decided)) => {
            truth.len() == n_labels && decided.len() == n_labels
        }
        _ => false,
    };
    let mut by_cell: BTreeMap<Cell, Vec<(f64, &CommentRow)>> = BTreeMap::new();
    for row in part.details.comments.iter().filter(answers) {
        let probability = |label: usize| row.probabilities.get(label).copied().unwrap_or(0.0);
        for (cell, sureness) in cells(&row.truth, &row.decision, probability) {
            by_cell.entry(cell).or_default().push((sureness, row));
        }
    }
    by_cell
}

/// A list for every cell that has comments, closed until it is asked for.
pub(crate) fn section(part: Part<'_>) -> Markup {
    if !part.options.text || part.details.comments.is_empty() {
        return html! {};
    }
    let by_cell = by_cell(part);
    let room = room(by_cell.len());
    html! {
        div.comments {
            p.note {
                mark.for.s20 { "Solid" } " underlined words speak for the label predicted (of a \
                 yes-or-no label: for yes), " mark.against.s20 { "dotted" } " ones against it."
            }
            label.filter hidden { "Search these comments " input type="search"; }
            @for (cell, mut rows) in by_cell {
                @let shown = { rows.sort_by(|a, b| b.0.total_cmp(&a.0)); rows.truncate(room); rows };
                (list(part, cell, &shown))
            }
        }
    }
}

fn list(part: Part<'_>, cell: Cell, rows: &[(f64, &CommentRow)]) -> Markup {
    let names = part.evaluation.head.labels.names();
    let yes_no = ["no".to_owned(), "yes".to_owned()];
    let answers = if cell.label.is_some() { &yes_no[..] } else { names };
    let n = in_cell(&part.evaluation.confusion, cell);
    let name =
        |label: LabelId| answers.get(label.index()).map_or_else(String::new, |n| visible(n).into_owned());
    html! {
        details.cell {
            summary {
                @if let Some(label) = cell.label { (visible(&names[label.index()])) ": " }
                "truth " strong { (name(cell.truth)) } ", predicted " strong { (name(cell.predicted)) }
                " (" (count(n)) ")"
            }
            // Inside the details, so that following a link to it opens them without a script.
            div id=(cell.anchor(part.place)) tabindex="-1" {
                p.note { (count(rows.len() as u64)) " of " (count(n)) ", most confident first." }
                ol {
                    @for (sureness, row) in rows {
                        li {
                            p.about { code { (visible(&row.id)) } " " (figure(Some(*sureness))) }
                            blockquote dir="auto" { (marked(row, cell.marked())) }
                        }
                    }
                }
            }
        }
    }
}

fn in_cell(confusion: &Confusion, cell: Cell) -> u64 {
    match (confusion, cell.label) {
        (Confusion::OneOf(matrix), None) => matrix.count(cell.truth, cell.predicted),
        (Confusion::Each { matrices, .. }, Some(label)) => {
            matrices[label.index()].count(cell.truth, cell.predicted)
        }
        _ => 0,
    }
}

/// The text, the parts that weighed for `label` or against it marked.
fn marked(row: &CommentRow, label: LabelId) -> Markup {
    let segments = segments(row, label);
    let strongest = segments.iter().map(|(_, weight)| weight.abs()).fold(0.0, f64::max);
    html! {
        @for (text, weight) in &segments {
            @if *weight == 0.0 {
                (plain(text))
            } @else {
                @let side = if *weight > 0.0 { "for" } else { "against" };
                mark class={ (side) " " (shade(weight.abs() / strongest)) } title=(format!("{weight:+.2}")) { (plain(text)) }
            }
        }
    }
}

/// Harmless, but with its line breaks.
fn plain(text: &str) -> String {
    let lines: Vec<_> =
        text.split('\n').map(|line| visible(line.strip_suffix('\r').unwrap_or(line))).collect();
    lines.join("\n")
}

/// The text cut at the marks' ends, each part with the sum of the contributions over it. Marks that do not
/// lie in the text are left out.
fn segments(row: &CommentRow, label: LabelId) -> Vec<(&str, f64)> {
    let marks: Vec<(&Range<usize>, f64)> = row
        .marks
        .iter()
        .filter_map(|mark| Some((&mark.span, contribution(row, mark, label)?)))
        .filter(|(span, contribution)| {
            contribution.is_finite() && row.text.get((*span).clone()).is_some_and(|part| !part.is_empty())
        })
        .collect();
    let mut cuts: Vec<usize> = marks.iter().flat_map(|(span, _)| [span.start, span.end]).collect();
    cuts.extend([0, row.text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| {
            let over = marks.iter().filter(|(span, _)| span.start <= cut[0] && cut[1] <= span.end);
            (&row.text[cut[0]..cut[1]], over.map(|(_, contribution)| contribution).sum())
        })
        .collect()
}

/// What a mark says for `label`; of two labels, what speaks for one speaks as much against the other.
fn contribution(row: &CommentRow, mark: &Mark, label: LabelId) -> Option<f64> {
    let one_of_two = row.probabilities.len() == 2 && matches!(row.truth, Truth::OneOf(_));
    if mark.label == label {
        Some(mark.contribution)
    } else if one_of_two && row.marks.iter().all(|mark| mark.label != label) {
        Some(-mark.contribution)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(text: &str, marks: &[(Range<usize>, f64)]) -> CommentRow {
        CommentRow {
            id: "1".into(),
            text: text.into(),
            truth: Truth::OneOf(LabelId(0)),
            decision: Decision::OneOf(LabelId(1)),
            probabilities: vec![0.25, 0.75],
            marks: marks
                .iter()
                .map(|(span, contribution)| Mark {
                    span: span.clone(),
                    label: LabelId(1),
                    contribution: *contribution,
                })
                .collect(),
        }
    }

    #[test]
    fn overlapping_marks_add_up() {
        let row = row("thick as a brick", &[(0..5, 1.0), (0..16, 0.5), (11..16, -2.0)]);
        assert_eq!(segments(&row, LabelId(1)), [("thick", 1.5), (" as a ", 0.5), ("brick", -1.5)]);
        let against = [("thick", -1.5), (" as a ", -0.5), ("brick", 1.5)];
        assert_eq!(segments(&row, LabelId(0)), against, "of two labels the other speaks against");
        let of_three = CommentRow { probabilities: vec![0.2, 0.3, 0.5], ..row };
        assert_eq!(segments(&of_three, LabelId(0)), [("thick as a brick", 0.0)]);
    }

    #[test]
    fn marks_outside_the_text_are_left_out() {
        let row = row("é", &[(0..1, 1.0), (0..9, 1.0), (2..2, 1.0), (0..2, f64::NAN)]);
        assert_eq!(segments(&row, LabelId(1)), [("é", 0.0)]);
    }

    #[test]
    fn the_most_confident_of_each_cell_are_shown() {
        let n = 1000;
        let truths = vec![Truth::OneOf(LabelId(0)); n];
        let probabilities = ndarray::Array2::from_shape_fn((n, 2), |(i, j)| {
            if j == 0 { i as f64 / 1e3 } else { 1.0 - i as f64 / 1e3 }
        });
        let predictions = Predictions { probabilities, decisions: vec![Decision::OneOf(LabelId(0)); n] };
        assert_eq!(shown_comments(&truths, &predictions), (800..1000).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn segments_make_the_text_again(
            text in any::<String>(),
            spans in prop::collection::vec((0..40_usize, 0..40_usize, -1.0..1.0_f64), 0..6),
        ) {
            let marks: Vec<_> = spans.into_iter().map(|(a, b, c)| (a.min(b)..a.max(b), c)).collect();
            let row = row(&text, &marks);
            let whole: String = segments(&row, LabelId(1)).into_iter().map(|(part, _)| part).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
