//! Tables before they have a format: what the terminal, Markdown and HTML all print.

use super::escape;
use super::number::{self, UNDEFINED};
use super::words;
use crate::evaluate::{ClassFigure, Confusion, Estimate, Evaluation};
use unicode_width::UnicodeWidthStr;

/// Cells as text, not yet escaped for any format.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    /// The first column holds names and is flush left; the others hold numbers and are flush right.
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Whether the rows are labels in order, which get their number where their names must be cut.
    pub(crate) numbered: bool,
}

/// A column of names is cut to no less than this.
const LEAST_NAMES: usize = 8;

impl Table {
    fn new<const N: usize>(header: [&str; N]) -> Self {
        Self { header: header.map(String::from).to_vec(), rows: Vec::new(), numbered: false }
    }

    /// Every figure of the head with its interval, beside the baselines.
    pub(crate) fn of_scores(evaluation: &Evaluation) -> Self {
        let mut table = Self::new(["", "value", "95% interval", "majority", "prior"]);
        for score in &evaluation.scores {
            table.rows.push(vec![
                words::title(score.figure, evaluation).into(),
                number::figure(score.estimate.value),
                number::interval(score.estimate.interval),
                number::figure(score.majority),
                number::figure(score.prior),
            ]);
        }
        table
    }

    /// Precision, recall and F1 of each label.
    pub(crate) fn of_decisions(evaluation: &Evaluation) -> Self {
        use ClassFigure::{F1, Precision, Recall};
        let mut table = Self::of_classes(evaluation, &[Precision, Recall, F1]);
        table.header.push("support".into());
        for (row, class) in table.rows.iter_mut().zip(&evaluation.classes) {
            row.push(number::count(class.support));
        }
        table
    }

    /// The figures of each label that need no threshold.
    pub(crate) fn of_probabilities(evaluation: &Evaluation) -> Self {
        use ClassFigure::{Auc, AveragePrecision, Brier, LogLoss};
        let mut table = Self::of_classes(evaluation, &[Auc, AveragePrecision]);
        for figure in [LogLoss, Brier] {
            table.header.push(words::class_title(figure).into());
            for (row, class) in table.rows.iter_mut().zip(&evaluation.classes) {
                row.push(number::figure(class[figure].value));
            }
        }
        table
    }

    fn of_classes(evaluation: &Evaluation, figures: &[ClassFigure]) -> Self {
        let mut table = Self { numbered: true, ..Self::new(["label"]) };
        for &figure in figures {
            table.header.extend([words::class_title(figure).into(), "95%".into()]);
        }
        for class in &evaluation.classes {
            let mut row = vec![evaluation.head.labels.name(class.label).to_owned()];
            for &figure in figures {
                let Estimate { value, interval } = class[figure];
                row.extend([number::figure(value), number::interval(interval)]);
            }
            table.rows.push(row);
        }
        table
    }

    /// The four counts of each label of a yes-or-no-each head; nothing for others.
    pub(crate) fn of_matrices(evaluation: &Evaluation) -> Self {
        let header = ["label", "no, no", "no, yes", "yes, no", "yes, yes"];
        let mut table = Self { numbered: true, ..Self::new(header) };
        if let Confusion::Each { matrices, .. } = &evaluation.confusion {
            for (name, matrix) in evaluation.head.labels.names().iter().zip(matrices) {
                let counts = matrix.rows().flatten().map(|&n| number::count(n));
                table.rows.push(std::iter::once(name.clone()).chain(counts).collect());
            }
        }
        table
    }

    /// For each label of a yes-or-no-each head, of the comments that have it the share that have another;
    /// nothing for other heads.
    pub(crate) fn of_cooccurrence(evaluation: &Evaluation) -> Self {
        let Confusion::Each { together, .. } = &evaluation.confusion else {
            return Self::default();
        };
        let names = evaluation.head.labels.names();
        let header = std::iter::once("of those with".to_owned()).chain(names.iter().cloned()).collect();
        let rows = (0..names.len())
            .map(|row| {
                let own = together.truth[row][row];
                let share = |other: usize| match own {
                    0 => UNDEFINED.into(),
                    _ if other == row => number::count(own),
                    _ => number::share(Some(together.truth[row][other] as f64 / own as f64)),
                };
                std::iter::once(names[row].clone()).chain((0..names.len()).map(share)).collect()
            })
            .collect();
        Self { header, rows, numbered: true }
    }

    /// The reliability table of the head's `table`th question.
    pub(crate) fn of_reliability(evaluation: &Evaluation, table: usize) -> Self {
        let mut rows = Self::new(["probability", "comments", "mean", "came true", "95% interval"]);
        for bin in &evaluation.reliability[table].bins {
            rows.rows.push(vec![
                format!("{}–{}", number::figure(Some(bin.lowest)), number::figure(Some(bin.highest))),
                number::count(bin.n),
                number::figure(Some(bin.mean_probability)),
                number::figure(Some(bin.share())),
                number::interval(Some(bin.interval())),
            ]);
        }
        rows
    }

    /// Lines of at most `width` columns, if the numbers leave the names at least eight; where they do not, intervals
    /// go first, from the right.
    pub(crate) fn to_text(&self, width: usize) -> Vec<String> {
        let mut lines: Vec<Vec<String>> = std::iter::once(&self.header)
            .chain(&self.rows)
            .map(|row| row.iter().map(|cell| escape::visible(cell).into_owned()).collect())
            .collect();
        let mut widths = vec![0; self.header.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.width());
            }
        }
        // A column of intervals stands close to its value.
        let gap = |column: usize| if self.header[column].starts_with("95%") { 1 } else { 2 };
        let numbers: usize = (1..widths.len()).map(|column| gap(column) + widths[column]).sum();
        if width.saturating_sub(numbers) < LEAST_NAMES.min(widths.first().copied().unwrap_or_default())
            && let Some(interval) = self.header.iter().rposition(|name| name == "95%")
        {
            return self.without_column(interval).to_text(width);
        }
        let names = width.saturating_sub(numbers).max(LEAST_NAMES);
        if names < widths[0] && self.numbered {
            let digits = self.rows.len().to_string().len();
            for (n, line) in lines.iter_mut().enumerate().skip(1) {
                line[0] = format!("{n:>digits$} {}", line[0]);
            }
            widths[0] = names;
        }
        widths[0] = widths[0].min(names);
        lines
            .iter()
            .map(|line| {
                let mut text = pad_right(&shorten(&line[0], widths[0]), widths[0]);
                for column in 1..line.len() {
                    text.push_str(&" ".repeat(gap(column)));
                    text.push_str(&pad_left(&line[column], widths[column]));
                }
                text.truncate(text.trim_end().len());
                text
            })
            .collect()
    }

    fn without_column(&self, column: usize) -> Self {
        let mut table = self.clone();
        table.header.remove(column);
        table.rows.iter_mut().for_each(|row| {
            row.remove(column);
        });
        table
    }

    /// A pipe table.
    pub(crate) fn to_markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| escape::markdown(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let mut text = line(&self.header);
        text.push_str("| :-- |");
        text.push_str(&" --: |".repeat(self.header.len() - 1));
        text.push('\n');
        for row in &self.rows {
            text.push_str(&line(row));
        }
        text
    }
}

/// `text`, already visible, cut to `width` columns with `…` at its end.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if short.width() + 1 > width {
            short.pop();
            break;
        }
    }
    short.push('…');
    short
}

/// `text` with spaces after it to fill `width` columns.
pub(crate) fn pad_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// `text` with spaces before it to fill `width` columns.
pub(crate) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_by_the_columns_they_take() {
        assert_eq!(shorten("uncivil", 7), "uncivil");
        assert_eq!(shorten("uncivil", 4), "unc…");
        assert_eq!(shorten("非礼貌", 4), "非…", "wide characters take two columns");
        assert_eq!(shorten("x", 0), "…");
    }

    #[test]
    fn long_names_give_way_to_numbers() {
        let table = Table {
            header: vec!["label".into(), "n".into()],
            rows: vec![vec!["a name that goes on and on".into(), "12,345".into()]],
            numbered: false,
        };
        assert_eq!(table.to_text(20), ["label              n", "a name that…  12,345"]);
        let numbered = Table { numbered: true, ..table.clone() };
        assert_eq!(numbered.to_text(20), ["label              n", "1 a name th…  12,345"]);
        assert!(table.to_markdown().starts_with("| label | n |\n| :-- | --: |\n| a name"));
    }
}
