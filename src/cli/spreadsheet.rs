//! Rows of tables that spreadsheets open: in come texts, out come cells that none of them takes for a formula.

/// Appends one row of a comma-separated table.
pub(super) fn write_row<S: AsRef<[u8]>>(cells: impl IntoIterator<Item = S>, out: &mut Vec<u8>) {
    let mut row = csv::Writer::from_writer(out);
    // Writing to memory cannot fail, and a single row has no other row to differ from in length.
    let _ = row.write_record(cells).and_then(|()| Ok(row.flush()?));
}

/// A cell that no spreadsheet takes for a formula; a number is none.
///
/// It can be undone: a cell that begins with apostrophes and then what could be a formula has one more than it had.
pub(super) fn guarded(cell: &str) -> String {
    let begins = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    match begins && cell.parse::<f64>().is_err() {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_texts() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@you", "'@you"),
            ("-1", "-1"),
            ("-cmd", "'-cmd"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("'tis", "'tis"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), expected);
        }
    }
}
