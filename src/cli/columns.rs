//! A small table for people: names flush left, figures flush right.

use unicode_width::UnicodeWidthStr;

/// Rows under a header, two spaces apart; the first `n_names` columns are names.
pub(super) fn aligned(n_names: usize, header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column).map(String::as_str));
        cells.chain(header.get(column).copied()).map(UnicodeWidthStr::width).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
            let space = " ".repeat(width.saturating_sub(cell.width()));
            if i < n_names { format!("{cell}{space}") } else { format!("{space}{cell}") }
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    let body = rows.iter().map(|row| line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    std::iter::once(line(header)).chain(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_left_and_figures_right() {
        let rows =
            [vec!["ä".into(), "1".into(), "10".into()], vec!["longer".into(), "22".into(), String::new()]];
        assert_eq!(aligned(1, &["", "n", "m"], &rows), "         n   m\nä        1  10\nlonger  22\n");
    }
}
