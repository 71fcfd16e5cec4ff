//! How a table is written: what stands between its fields, and what quotes mean.

use crate::extract::fields::TEXT_FIELDS;
use csv::{ByteRecord, ReaderBuilder};
use serde::{Deserialize, Serialize};

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// What stands between fields; by default what the content shows.
    pub delimiter: Option<u8>,
    /// Whether quotes enclose fields.
    pub quoting: Quoting,
    /// Whether the first row names the columns; otherwise they are called 1, 2, 3 …
    pub header: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { delimiter: None, quoting: Quoting::Auto, header: true }
    }
}

/// Whether quotes enclose fields, which may then hold delimiters and line breaks.
///
/// The row `1⇥"no"⇥he said "no` has, with [`On`](Self::On) and with [`Auto`](Self::Auto), the fields `1`, `no` and
/// `he said "no`, and with [`Off`](Self::Off) the second is `"no"`. The row `1⇥"no⇥he` followed by other rows is
/// with [`On`](Self::On) an open quote that runs on, and else three fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quoting {
    /// Commas and semicolons: as [`On`](Self::On). Tabs: quotes that enclose a whole field are taken off, any other
    /// is a character, and each line is a row; unless the first rows only come out even with quoting on.
    #[default]
    Auto,
    /// A field that begins with a quote goes on to the closing one; two quotes within stand for one.
    On,
    /// A quote is a character like any other, and each line a row.
    Off,
}

/// How one table is written, decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// Whether quotes may enclose delimiters and line breaks; otherwise each line is a row.
    pub(crate) quoting: bool,
    /// Whether quotes around a whole field are taken off when they are not enclosing anything else.
    pub(crate) unquoting: bool,
}

/// How well the beginning of an input fits a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fit {
    /// Fields of the first row.
    pub(crate) n_fields: usize,
    /// Rows looked at.
    pub(crate) n_rows: usize,
    /// Rows with as many fields as the first.
    pub(crate) n_even: usize,
    /// Whether a field of the first row has a usual name for a text.
    pub(crate) names_text: bool,
}

impl Fit {
    /// Whether every row has as many fields as the first, and that is more than one.
    pub(crate) fn is_even(&self) -> bool {
        1 < self.n_fields && self.n_even == self.n_rows
    }

    /// Whether nine rows in ten do.
    pub(crate) fn is_nearly_even(&self) -> bool {
        1 < self.n_fields && self.n_rows * 9 <= self.n_even * 10
    }
}

impl Dialect {
    /// Of `delimiters` the one that fits `head` best, and quoting as `options` say or as fits.
    pub(crate) fn of(head: &[u8], whole: bool, delimiters: &[u8], options: &TableOptions) -> Self {
        let quoted = |delimiter| Self { delimiter, quoting: true, unquoting: false };
        let delimiter = options.delimiter.unwrap_or_else(|| {
            let strength = |&&delimiter: &&u8| {
                let fit = quoted(delimiter).fit(head, whole);
                let share = if 1 < fit.n_fields { fit.n_even * 1000 / fit.n_rows } else { 0 };
                // Of equals `max_by_key` takes the last, and the first is meant.
                (share, fit.n_fields, std::cmp::Reverse(delimiters.iter().position(|d| *d == delimiter)))
            };
            delimiters.iter().max_by_key(strength).copied().unwrap_or(b',')
        });
        let plain = Self { delimiter, quoting: false, unquoting: false };
        match options.quoting {
            Quoting::On => quoted(delimiter),
            Quoting::Off => plain,
            Quoting::Auto if delimiter != b'\t' => quoted(delimiter),
            Quoting::Auto => {
                let needs_quotes =
                    quoted(delimiter).fit(head, whole).is_even() && !plain.fit(head, whole).is_even();
                if needs_quotes { quoted(delimiter) } else { Self { unquoting: true, ..plain } }
            }
        }
    }

    /// How well `head` fits; its last row counts only if the input is `whole` or there is no other.
    pub(crate) fn fit(&self, head: &[u8], whole: bool) -> Fit {
        const ROWS: usize = 200;
        let mut reader = self.reader().from_reader(head);
        let mut row = ByteRecord::new();
        let mut widths = Vec::new();
        let mut names_text = false;
        while widths.len() < ROWS && reader.read_byte_record(&mut row).unwrap_or(false) {
            if widths.is_empty() {
                names_text = row.iter().any(|name| {
                    TEXT_FIELDS.iter().any(|t| t.as_bytes().eq_ignore_ascii_case(name.trim_ascii()))
                });
            }
            widths.push(row.len());
        }
        if !whole && 1 < widths.len() && widths.len() < ROWS {
            widths.pop();
        }
        let n_fields = widths.first().copied().unwrap_or(0);
        let n_even = widths.iter().filter(|w| **w == n_fields).count();
        Fit { n_fields, n_rows: widths.len(), n_even, names_text }
    }

    /// The settings with which the csv crate reads such rows.
    pub(crate) fn reader(&self) -> ReaderBuilder {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(self.delimiter).quoting(self.quoting).flexible(true).has_headers(false);
        builder
    }
}
