//! Cuts a table into batches of whole rows.

use super::dialect::Dialect;
use crate::extract::error::ExtractError;
use crate::extract::frames::{Frame, Split};
use crate::extract::input::Input;
use crate::extract::options::Limits;

/// Frames of whole rows; an empty line is no row.
///
/// Knows of quotes exactly what the parser knows (the states of the csv crate), so that a quoted line break never
/// ends a frame, and nothing else of the fields.
pub(crate) struct Rows {
    limits: Limits,
    n_columns: usize,
    scan: Scan,
    // From the beginning of the first row that no frame has had.
    bytes: Vec<u8>,
    next_line: u64,
    next_record: u64,
    n_reopened: usize,
    ended: bool,
    failed: Option<ExtractError>,
}

/// So often a quote that is never closed is passed over: each time the rest is looked at anew.
const TIMES: usize = 100;

/// How far rows have been looked for.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    dialect: Dialect,
    at: usize,
    // The byte before `at`, since a quote opens only at the beginning of a field; `None` is a quote that has just
    // closed, and opens again if it is doubled.
    before: Option<u8>,
    in_quotes: bool,
}

impl Scan {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, at: 0, before: Some(b'\n'), in_quotes: false }
    }

    /// The end of the row that begins in `bytes` before where the scan stands, behind its line break.
    pub(crate) fn row_end(&mut self, bytes: &[u8]) -> Option<usize> {
        while self.at < bytes.len() {
            let rest = &bytes[self.at..];
            let found = if self.in_quotes {
                memchr::memchr(b'"', rest)
            } else if self.dialect.quoting {
                memchr::memchr3(b'"', b'\n', b'\r', rest)
            } else {
                memchr::memchr2(b'\n', b'\r', rest)
            };
            let Some(found) = found else {
                self.at = bytes.len();
                self.before = rest.last().copied();
                return None;
            };
            let before = if 0 < found { Some(rest[found - 1]) } else { self.before };
            let byte = rest[found];
            self.at += found + 1;
            self.before = Some(byte);
            if self.in_quotes {
                self.in_quotes = false;
                self.before = None;
            } else if byte == b'"' {
                let opens = |b| [self.dialect.delimiter, b'\n', b'\r'].contains(&b);
                self.in_quotes = before.is_none_or(opens);
            } else {
                return Some(self.at);
            }
        }
        None
    }
}

impl Rows {
    /// Rows of `n_columns` from where `input` stands, which is line `next_line`.
    pub(crate) fn new(dialect: Dialect, limits: Limits, n_columns: usize, next_line: u64) -> Self {
        Self {
            limits,
            n_columns,
            scan: Scan::new(dialect),
            bytes: Vec::new(),
            next_line,
            next_record: 1,
            n_reopened: 0,
            ended: false,
            failed: None,
        }
    }

    fn read(&mut self, input: &mut Input<'_>) {
        match input.read_some(&mut self.bytes, self.limits.frame.max(16 << 10)) {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    /// The first `used` bytes, as a frame.
    fn frame(&mut self, used: usize, n_records: u64, input: &Input<'_>) -> Frame {
        let place = input.place().at_line(self.next_line);
        let rest = self.bytes.split_off(used);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        self.scan.at -= used;
        self.next_line += n_lines(&bytes);
        let first_record = self.next_record;
        self.next_record += n_records;
        Frame { place, first_record, bytes, utf8: input.is_utf8(), ..Frame::default() }
    }

    /// Passes over a row that is too long to hold.
    fn skip_row(&mut self, input: &mut Input<'_>) -> ExtractError {
        let place = input.place().at_line(self.next_line);
        let mut found = 0;
        let end = loop {
            found += self.bytes.len() as u64;
            self.next_line += n_lines(&self.bytes);
            self.bytes.clear();
            self.scan.at = 0;
            self.read(input);
            if let Some(end) = self.scan.row_end(&self.bytes) {
                break end;
            }
            if self.ended {
                break self.bytes.len();
            }
        };
        found += end as u64;
        self.next_line += n_lines(&self.bytes[..end]);
        self.bytes.drain(..end);
        self.scan.at -= end;
        self.next_record += 1;
        ExtractError::LongRecord { place, found, limit: self.limits.record as u64 }
    }

    /// Whether the lines behind the first one of a row that is too long are rows themselves, most of them: then the
    /// row is no long text but one whose quote is never closed.
    fn swallows_rows(&self) -> bool {
        const LOOKED_AT: usize = 64 << 10;
        let Some(line) = memchr::memchr(b'\n', &self.bytes).filter(|_| self.n_reopened < TIMES) else {
            return false;
        };
        let rest = &self.bytes[line + 1..];
        let rest = &rest[..rest.len().min(LOOKED_AT)];
        // The last one may be cut.
        let end = memchr::memrchr(b'\n', rest).map_or(0, |end| end + 1);
        let mut reader = self.scan.dialect.reader().from_reader(&rest[..end]);
        let mut row = csv::ByteRecord::new();
        let (mut n_rows, mut n_even) = (0, 0);
        while n_rows < 100 && reader.read_byte_record(&mut row).unwrap_or(false) {
            n_rows += 1;
            n_even += usize::from(row.len() == self.n_columns);
        }
        n_rows > 1 && n_even * 4 > n_rows * 3
    }

    /// Passes over the first line of a row whose quotes are never closed, so that the lines behind it are not lost.
    fn reopen(&mut self, input: &Input<'_>) -> ExtractError {
        let place = input.place().at_line(self.next_line);
        let line = memchr::memchr(b'\n', &self.bytes).map_or(self.bytes.len(), |end| end + 1);
        let used = if self.n_reopened < TIMES { line } else { self.bytes.len() };
        self.n_reopened += 1;
        self.bytes.drain(..used);
        self.scan = Scan::new(self.scan.dialect);
        self.next_line += 1;
        self.next_record += 1;
        let (found, expected) = ("a quote that is never closed".into(), "a closing quote".into());
        ExtractError::Malformed { place, found, expected }
    }
}

impl Split for Rows {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        let (mut used, mut n_records) = (0, 0);
        loop {
            while let Some(end) = self.scan.row_end(&self.bytes) {
                n_records += u64::from(!is_line_break(&self.bytes[used..end]));
                used = end;
                if self.limits.frame <= used {
                    break;
                }
            }
            let open = self.bytes.len() - used;
            if self.limits.frame <= used || (0 < used && self.limits.record < open) {
                return Some(Ok(self.frame(used, n_records, input)));
            }
            if self.limits.record < open {
                let unclosed = self.scan.in_quotes && self.swallows_rows();
                return Some(Err(if unclosed { self.reopen(input) } else { self.skip_row(input) }));
            }
            if self.ended {
                break;
            }
            self.read(input);
        }
        if 0 < used && (self.failed.is_some() || self.scan.in_quotes) {
            return Some(Ok(self.frame(used, n_records, input)));
        }
        if let Some(error) = self.failed.take() {
            // The last row is cut short: only whole ones come out.
            self.bytes.clear();
            self.scan = Scan::new(self.scan.dialect);
            return Some(Err(error));
        }
        if self.bytes.is_empty() {
            return None;
        }
        if self.scan.in_quotes {
            return Some(Err(self.reopen(input)));
        }
        let n_records = n_records + u64::from(used < self.bytes.len());
        Some(Ok(self.frame(self.bytes.len(), n_records, input)))
    }
}

/// Whether there is nothing before the line break.
pub(crate) fn is_line_break(row: &[u8]) -> bool {
    matches!(row, b"\n" | b"\r" | b"\r\n")
}

/// How many lines end in `bytes`.
pub(crate) fn n_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
