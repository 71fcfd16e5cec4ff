//! Slices of a head's comments, side by side: by source, by kind of case, by whatever a column says.

use super::number;
use super::table::Table;
use crate::evaluate::{ClassFigure, Confusion, Estimate, Evaluation, Figure, Slice};
use crate::label::Head;

/// One head's slices, and what they were cut by.
#[derive(Debug, Clone, PartialEq)]
pub struct SlicedHead {
    /// The question.
    pub head: Head,
    /// What the slices were cut by: `source`, `case`, the name of a column.
    pub by: String,
    /// The slices.
    pub slices: Vec<Slice>,
}

impl SlicedHead {
    /// What slices by source are cut by.
    pub const SOURCE: &str = "source";

    /// The heading of its table.
    pub(crate) fn title(&self) -> String {
        let target = self.head.target.as_ref().map(|target| format!(" toward {target}")).unwrap_or_default();
        format!("{}{target}, by {}", self.head.name, self.by)
    }

    /// A line a slice: how many comments it has, and the figures that say most.
    pub(crate) fn figures(&self) -> Table {
        let second = self.head.labels.len() == 2;
        let mut header = vec![self.by.clone(), "comments".into(), "accuracy".into()];
        header.extend(["macro F1", "95%", "AUC", "95%"].map(String::from));
        if second {
            header.push(format!("F1 of {}", self.head.labels.names()[1]));
        }
        let row = |slice: &Slice| {
            let score = |figure| slice.evaluation.as_ref().and_then(|e| e.score(figure)).map(|s| s.estimate);
            let both = |figure| {
                let Estimate { value, interval } =
                    score(figure).unwrap_or(Estimate { value: None, interval: None });
                [number::figure(value), number::interval(interval)]
            };
            let mut row = vec![slice.name.clone(), number::count(slice.n())];
            row.push(number::figure(score(Figure::Accuracy).and_then(|e| e.value)));
            row.extend(both(Figure::MacroF1));
            row.extend(both(Figure::Auc));
            if second {
                let f1 = slice.evaluation.as_ref().and_then(|e| e.classes[1][ClassFigure::F1].value);
                row.push(number::figure(f1));
            }
            row
        };
        Table { header, rows: self.slices.iter().map(row).collect(), numbered: false }
    }

    /// A line a slice: how many comments were decided rightly and wrongly, and a total.
    pub(crate) fn passes(&self) -> Table {
        let header = [self.by.as_str(), "passed", "failed", "share"].map(String::from).to_vec();
        let counts: Vec<(u64, u64)> = self.slices.iter().map(Slice::passes).collect();
        let row = |name: &str, (passed, n): (u64, u64)| {
            let share = (n > 0).then(|| passed as f64 / n as f64);
            vec![name.to_owned(), number::count(passed), number::count(n - passed), number::share(share)]
        };
        let mut rows: Vec<Vec<String>> =
            self.slices.iter().zip(&counts).map(|(slice, &count)| row(&slice.name, count)).collect();
        rows.push(row("all", counts.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))));
        Table { header, rows, numbered: false }
    }
}

impl Slice {
    /// How many comments have at least one known label.
    pub(crate) fn n(&self) -> u64 {
        self.evaluation.as_ref().map_or(0, |evaluation| evaluation.n)
    }

    /// How many comments were decided rightly, of how many.
    fn passes(&self) -> (u64, u64) {
        let right = |e: &Evaluation| match &e.confusion {
            Confusion::OneOf(matrix) => matrix.classes().map(|class| matrix.count(class, class)).sum(),
            Confusion::Each { .. } => (e.value(Figure::Accuracy).unwrap_or(0.0) * e.n as f64).round() as u64,
        };
        self.evaluation.as_ref().map_or((0, 0), |e| (right(e), e.n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    fn sliced() -> SlicedHead {
        let evaluation = examples::two_labels();
        let head = evaluation.head.clone();
        let full = Slice { name: "talk|page".into(), evaluation: Some(evaluation) };
        let empty = Slice { name: "nothing".into(), evaluation: None };
        SlicedHead { head, by: "source".into(), slices: vec![full, empty] }
    }

    #[test]
    fn a_slice_without_labels_has_dashes() {
        let table = sliced().figures();
        assert_eq!(table.rows[1][1..4], ["0", "–", "–"]);
        assert_eq!(table.rows[0].len(), table.header.len());
    }

    #[test]
    fn passes_and_failures_add_up() {
        let sliced = sliced();
        let table = sliced.passes();
        assert_eq!(table.rows[1], ["nothing", "0", "0", "–"]);
        assert_eq!(table.rows[2][1..], table.rows[0][1..]);
        let (passed, n) = sliced.slices[0].passes();
        let accuracy = sliced.slices[0].evaluation.as_ref().and_then(|e| e.value(Figure::Accuracy));
        assert_eq!(accuracy, Some(passed as f64 / n as f64));
    }

    #[test]
    fn names_are_escaped_and_json_has_every_figure() {
        let markdown = crate::report::markdown::render_slices(&sliced());
        assert!(markdown.contains("talk\\|page"), "{markdown}");
        let json = crate::report::json::slices(&sliced());
        assert_eq!(json[1], serde_json::json!({"name": "nothing", "n": 0}));
        assert!(json[0]["macro_f1"].is_number() && json[0]["intervals"].is_object());
    }
}
