//! Tables: comma-, semicolon- and tab-separated values, with a header row or without.

mod dialect;
mod rows;

pub(crate) use dialect::Dialect;
pub use dialect::{Quoting, TableOptions};

use self::rows::{Rows, Scan, is_line_break, n_lines};
use crate::comment::Place;
use crate::extract::error::ExtractError;
use crate::extract::fields::{self, Claim, Keep, Role};
use crate::extract::format::Format;
use crate::extract::frames::{Frame, Split};
use crate::extract::input::{HEAD, Input};
use crate::extract::options::ExtractOptions;
use crate::extract::parser::{Parser, Records};
use crate::extract::record::Record;
use crate::extract::sink::Sink;
use csv::ByteRecord;
use serde_json::Value;
use std::borrow::Cow;

/// A splitter at the ends of rows, and the parser of the rows between them.
///
/// # Errors
/// If the header is too long or no text field can be told from it, or a field asked for is not in it.
pub(crate) fn open(
    input: &mut Input<'_>,
    format: Format,
    options: &ExtractOptions,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    let delimiters: &[u8] = if format == Format::Tsv { b"\t" } else { b",;\t" };
    if let Some(delimiter @ (b'"' | b'\n' | b'\r' | 0x80..)) = options.table.delimiter {
        let found = format!("the delimiter `{}`", char::from(delimiter).escape_default());
        let expected = "an ASCII character that is no quote and no line break".into();
        return Err(ExtractError::Malformed { place: input.place().clone(), found, expected });
    }
    let dialect = Dialect::of(input.head(), input.is_whole(), delimiters, &options.table);
    let header_length = first_row(input, dialect)?;
    let names = column_names(&input.head()[..header_length], dialect, options.table.header);
    let table = Table::new(names, dialect, options, &input.place().at_line(1))?;
    let mut line = 1;
    if options.table.header {
        let mut header = Vec::new();
        input.read_some(&mut header, header_length)?;
        line += n_lines(&header);
    }
    let rows = Rows::new(dialect, options.limits, table.columns.len(), line);
    Ok((Box::new(rows), Parser::new(format, Records::Table(table))))
}

/// The length of what stands before the second row.
fn first_row(input: &Input<'_>, dialect: Dialect) -> Result<usize, ExtractError> {
    let head = input.head();
    let mut scan = Scan::new(dialect);
    let mut start = 0;
    while let Some(end) = scan.row_end(head) {
        if !is_line_break(&head[start..end]) {
            return Ok(end);
        }
        start = end;
    }
    if input.is_whole() {
        return Ok(head.len());
    }
    Err(ExtractError::Malformed {
        place: input.place().at_line(1),
        found: format!("a first row of over {HEAD} bytes"),
        expected: "a header".into(),
    })
}

/// The names in the first row, or numbers for want of names; none stands twice.
fn column_names(first_row: &[u8], dialect: Dialect, header: bool) -> Vec<String> {
    let mut row = ByteRecord::new();
    dialect.reader().from_reader(first_row).read_byte_record(&mut row).unwrap_or(false);
    let mut names: Vec<String> = Vec::with_capacity(row.len());
    let mut known = std::collections::HashSet::new();
    for (i, field) in row.iter().enumerate() {
        let mut name = String::from_utf8_lossy(&unquoted(field, dialect)).trim().to_owned();
        if !header || name.is_empty() {
            name = (i + 1).to_string();
        }
        let base = name.clone();
        // Bounded by the number of columns before this one.
        let mut n = 1;
        while !known.insert(name.clone()) {
            n += 1;
            name = format!("{base}.{n}");
        }
        names.push(name);
    }
    names
}

/// The rows of one table.
pub(crate) struct Table {
    columns: Vec<Column>,
    text: usize,
    dialect: Dialect,
    keep: Keep,
    max_length: usize,
}

/// What is done with the fields of a column.
struct Column {
    name: String,
    claim: Option<Claim>,
    named: bool,
}

impl Table {
    fn new(
        names: Vec<String>,
        dialect: Dialect,
        options: &ExtractOptions,
        header: &Place,
    ) -> Result<Self, ExtractError> {
        let text = match (&options.fields.text, names.len()) {
            (None, 1) => 0,
            (asked, _) => fields::text_field(&names, asked.as_deref(), header)?,
        };
        let keep = options.fields.keep.clone();
        let mut named = vec![false; names.len()];
        if let Keep::Named(asked) = &keep {
            for name in asked {
                named[fields::text_field(&names, Some(name), header)?] = true;
            }
            for (i, name) in names.iter().enumerate().filter(|(i, _)| *i != text) {
                named[i] |= options.fields.keep_if_there.contains(name);
            }
        }
        let details = matches!(keep, Keep::Details | Keep::All);
        let claim = |i: usize, name: &str| {
            options
                .fields
                .named
                .role_of(name)
                .filter(|claim| i != text && (details || matches!(claim.role, Role::Id | Role::Quoted)))
        };
        let columns: Vec<Column> = names
            .into_iter()
            .zip(named)
            .enumerate()
            .map(|(i, (name, named))| Column { claim: claim(i, &name), name, named })
            .collect();
        Ok(Self { columns, text, dialect, keep, max_length: options.limits.record })
    }

    /// Reads every row of `frame`.
    pub(crate) fn parse(&self, frame: &Frame, sink: &mut Sink<'_>) {
        let bytes = &frame.bytes[..];
        let all_utf8 = std::str::from_utf8(bytes).is_ok();
        let mut reader =
            self.dialect.reader().buffer_capacity(bytes.len().clamp(1, 64 << 10)).from_reader(bytes);
        let mut row = ByteRecord::new();
        let mut record = Record::new(frame, &self.keep);
        let mut number = frame.first_record;
        let mut line = frame.place.line.unwrap_or(1);
        let mut counted = 0;
        // Reading from memory, and rows of any width, cannot fail.
        while reader.read_byte_record(&mut row).unwrap_or(false) {
            let start = row.position().map_or(counted, |position| position.byte() as usize);
            // The line breaks of the row before still stand before this one.
            let start = start + bytes[start..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
            line += n_lines(&bytes[counted..start]);
            counted = start;
            record.begin(line);
            let replaced = !all_utf8 && std::str::from_utf8(row.as_slice()).is_err();
            match self.check(&row, record.place()) {
                Ok(()) => {
                    self.read_row(&row, &mut record);
                    record.finish(number, replaced, sink);
                }
                Err(error) => sink.unreadable(error),
            }
            number += 1;
        }
    }

    fn check(&self, row: &ByteRecord, place: &Place) -> Result<(), ExtractError> {
        if row.len() != self.columns.len() {
            let (found, expected) = (row.len(), self.columns.len());
            return Err(ExtractError::FieldCount { place: place.clone(), found, expected });
        }
        if self.max_length < row.as_slice().len() {
            let (found, limit) = (row.as_slice().len() as u64, self.max_length as u64);
            return Err(ExtractError::LongRecord { place: place.clone(), found, limit });
        }
        Ok(())
    }

    fn read_row(&self, row: &ByteRecord, record: &mut Record<'_>) {
        for (i, (column, field)) in self.columns.iter().zip(row).enumerate() {
            if i == self.text {
                let field = unquoted(field, self.dialect);
                record.comment.text.push_str(&String::from_utf8_lossy(&field));
            }
            let wanted = column.claim.is_some() || column.named || (i != self.text && self.keep == Keep::All);
            if !wanted {
                continue;
            }
            let value = String::from_utf8_lossy(&unquoted(field, self.dialect)).into_owned();
            if column.named {
                record.keep_named(column.name.clone(), Value::String(value.clone()));
            }
            match column.claim {
                Some(_) if value.is_empty() => {}
                Some(claim) => record.claim(claim, &column.name, Value::String(value)),
                None => record.keep_other(column.name.clone(), Value::String(value)),
            }
        }
    }
}

/// `field` without the quotes around it, where a line is a row and quotes enclose nothing more.
///
/// `"a ""b"""` is `a "b"`; `"a" b` and `"a` are as they are.
fn unquoted(field: &[u8], dialect: Dialect) -> Cow<'_, [u8]> {
    let inner = field.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let Some(inner) = inner.filter(|_| dialect.unquoting) else { return Cow::Borrowed(field) };
    if memchr::memchr(b'"', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut unquoted = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        if rest.get(quote + 1) != Some(&b'"') {
            return Cow::Borrowed(field);
        }
        unquoted.extend_from_slice(&rest[..=quote]);
        rest = &rest[quote + 2..];
    }
    unquoted.extend_from_slice(rest);
    Cow::Owned(unquoted)
}
