//! The confusion matrix drawn in characters.
//!
//! Three drawings, the first that fits: counts over row shares in a frame; one line of short counts a label;
//! shading alone. Shading shows the share of the row, so a rare label is as visible as a frequent one.

use super::escape::visible;
use super::number::{count, share, short_count};
use super::table::{pad_left, pad_right, shorten};
use super::terminal::Style;
use crate::evaluate::ConfusionMatrix;
use crate::label::LabelId;
use unicode_width::UnicodeWidthStr;

/// The widest a label's name gets beside a matrix.
const NAME_WIDTH: usize = 16;

/// The matrix as lines that fit the style's width; none if not even shading does.
pub(crate) fn lines(matrix: &ConfusionMatrix, names: &[String], style: &Style) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| visible(name).into_owned()).collect();
    let drawing = Drawing { matrix, names, style };
    drawing
        .framed(2, 2)
        .or_else(|| drawing.framed(1, 1))
        .or_else(|| drawing.compact())
        .or_else(|| drawing.shades())
        .unwrap_or_default()
}

/// The confusions with the most comments: truth, predicted, how many.
pub(crate) fn most_frequent(matrix: &ConfusionMatrix, n: usize) -> Vec<(LabelId, LabelId, u64)> {
    let mut confusions: Vec<_> = matrix
        .classes()
        .flat_map(|truth| matrix.classes().map(move |predicted| (truth, predicted)))
        .filter(|(truth, predicted)| truth != predicted)
        .map(|(truth, predicted)| (truth, predicted, matrix.count(truth, predicted)))
        .filter(|(_, _, count)| 0 < *count)
        .collect();
    confusions.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
    confusions.truncate(n);
    confusions
}

struct Drawing<'a> {
    matrix: &'a ConfusionMatrix,
    /// Harmless to print.
    names: Vec<String>,
    style: &'a Style,
}

impl Drawing<'_> {
    /// Counts and row shares, `shades` characters of shading before them and `gap` spaces between cells.
    fn framed(&self, shades: usize, gap: usize) -> Option<Vec<String>> {
        let matrix = self.matrix;
        let widest = matrix.rows().flatten().map(|&n| count(n).len()).max().unwrap_or(0).max("100.0%".len());
        let longest = self.names.iter().map(|name| name.width()).max().unwrap_or(0);
        let cell = shades + 1 + widest;
        let numbered = longest > cell;
        let total = count(matrix.total()).len().max("total".len());
        let names = self.row_names(numbered);
        let name = names.iter().map(|name| name.width()).max().unwrap_or(0).max("truth".len());
        let cells = matrix.n_classes() * (cell + gap) - gap;
        if name + 3 + cells + 3 + total > self.style.width {
            return None;
        }
        let spaces = " ".repeat(gap);
        let row = |name_cell: &str, cells: &[String], total_cell: &str| {
            let name_cell = pad_right(name_cell, name);
            let line = format!("{name_cell} │ {} │ {}", cells.join(&spaces), pad_left(total_cell, total));
            line.trim_end().to_owned()
        };
        let header: Vec<String> = (1..)
            .zip(&self.names)
            .map(|(n, name)| pad_left(&if numbered { format!("{n}") } else { name.clone() }, cell))
            .collect();
        let rule = |cross: &str| {
            let dashes = |n| "─".repeat(n);
            format!("{}{cross}{}{cross}{}", dashes(name + 1), dashes(cells + 2), dashes(total + 1))
        };
        let mut lines =
            vec![format!("{} │ predicted", " ".repeat(name)), row("truth", &header, "total"), rule("┼")];
        for (truth, name) in matrix.classes().zip(&names) {
            let draw = |number: &dyn Fn(LabelId) -> String| -> Vec<String> {
                matrix
                    .classes()
                    .map(|predicted| {
                        let shade = self.shade(truth, predicted).to_string().repeat(shades);
                        let shade = self.paint(&shade, truth == predicted);
                        format!("{shade} {}", pad_left(&number(predicted), widest))
                    })
                    .collect()
            };
            let counts = draw(&|predicted| count(matrix.count(truth, predicted)));
            let shares = draw(&|predicted| share(matrix.row_share(truth, predicted)));
            lines.push(row(name, &counts, &count(matrix.support(truth))));
            lines.push(row("", &shares, ""));
        }
        lines.push(rule("┼"));
        let predicted: Vec<String> =
            matrix.classes().map(|class| pad_left(&count(matrix.predicted(class)), cell)).collect();
        lines.push(row("total", &predicted, &count(matrix.total())));
        Some(lines)
    }

    /// One line a label: shading and a short count in each cell.
    fn compact(&self) -> Option<Vec<String>> {
        let matrix = self.matrix;
        let names = self.row_names(true);
        let name = names.iter().map(|name| name.width()).max().unwrap_or(0).max("truth".len());
        if name + 3 + matrix.n_classes() * 6 - 1 + 3 + 5 > self.style.width {
            return None;
        }
        let row = |name_cell: &str, cells: &[String], total: &str| {
            format!("{} │ {} │ {}", pad_right(name_cell, name), cells.join(" "), pad_left(total, 5))
        };
        let header: Vec<String> = (1..=matrix.n_classes()).map(|n| format!("{n:>5}")).collect();
        let mut lines = vec![format!("{} │ predicted", " ".repeat(name)), row("truth", &header, "total")];
        for (truth, name) in matrix.classes().zip(&names) {
            let cells: Vec<String> = matrix
                .classes()
                .map(|predicted| {
                    let shade = self.paint(&self.shade(truth, predicted).to_string(), truth == predicted);
                    format!("{shade}{}", pad_left(&short_count(matrix.count(truth, predicted)), 4))
                })
                .collect();
            lines.push(row(name, &cells, &short_count(matrix.support(truth))));
        }
        Some(lines)
    }

    /// Two characters of shading a cell; column numbers stand upright.
    fn shades(&self) -> Option<Vec<String>> {
        let matrix = self.matrix;
        let names = self.row_names(true);
        let name = names.iter().map(|name| name.width()).max().unwrap_or(0).max("truth".len());
        if name + 3 + matrix.n_classes() * 2 > self.style.width || 99 < matrix.n_classes() {
            return None;
        }
        let digits = |digit: &dyn Fn(usize) -> usize| -> String {
            (1..=matrix.n_classes())
                .map(|n| if digit(n) == 0 && n < 10 { "  ".into() } else { format!("{} ", digit(n)) })
                .collect()
        };
        let header = |name_cell: &str, cells: &str| {
            format!("{} │ {}", pad_right(name_cell, name), cells.trim_end()).trim_end().to_owned()
        };
        let mut lines = vec![header("", "predicted")];
        if matrix.n_classes() > 9 {
            lines.push(header("", &digits(&|n| n / 10)));
        }
        lines.push(header("truth", &digits(&|n| n % 10)));
        for (truth, name_cell) in matrix.classes().zip(&names) {
            let cells: String = matrix
                .classes()
                .map(|predicted| {
                    let shade = self.shade(truth, predicted).to_string().repeat(2);
                    self.paint(&shade, truth == predicted)
                })
                .collect();
            lines.push(format!("{} │ {cells}", pad_right(name_cell, name)).trim_end().to_owned());
        }
        Some(lines)
    }

    /// Names as they stand before rows, numbered from 1 if the columns are.
    fn row_names(&self, numbered: bool) -> Vec<String> {
        let digits = self.names.len().to_string().len();
        (1..)
            .zip(&self.names)
            .map(|(n, name)| {
                let name = shorten(name, NAME_WIDTH);
                if numbered { format!("{n:>digits$} {name}") } else { name }
            })
            .collect()
    }

    /// The denser, the larger the cell's share of its row; blank only where there is no comment.
    fn shade(&self, truth: LabelId, predicted: LabelId) -> char {
        match self.matrix.row_share(truth, predicted) {
            Some(share) if 0.75 < share => '█',
            Some(share) if 0.5 < share => '▓',
            Some(share) if 0.25 < share => '▒',
            Some(share) if 0.0 < share => '░',
            _ => ' ',
        }
    }

    /// Blue where the model is right and orange where it errs: told apart by every eye, and only an addition
    /// to the place in the matrix.
    fn paint(&self, text: &str, right: bool) -> String {
        self.style.paint(text, if right { "34" } else { "38;5;208" })
    }
}
