//! Cuts an input into batches of whole lines.

use super::error::ExtractError;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::Limits;

/// Frames of whole lines; a blank line is no record.
///
/// A line over [`Limits::record`] is passed over without being held, and reported.
pub(crate) struct Lines {
    limits: Limits,
    // The beginning of a line whose end has not been read yet.
    rest: Vec<u8>,
    next_line: u64,
    next_record: u64,
    ended: bool,
    failed: Option<ExtractError>,
}

impl Lines {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, rest: Vec::new(), next_line: 1, next_record: 1, ended: false, failed: None }
    }

    fn frame(&mut self, bytes: Vec<u8>, input: &Input<'_>) -> Frame {
        let place = input.place().at_line(self.next_line);
        let frame =
            Frame { place, first_record: self.next_record, bytes, utf8: input.is_utf8(), ..Frame::default() };
        let (n_lines, n_records) = count_lines(&frame.bytes);
        self.next_line += n_lines;
        self.next_record += n_records;
        frame
    }

    /// Passes over the rest of a line of which `n_held` bytes were held.
    fn skip_line(&mut self, n_held: usize, input: &mut Input<'_>) -> ExtractError {
        let place = input.place().at_line(self.next_line);
        let mut found = n_held as u64;
        let mut chunk = Vec::new();
        loop {
            chunk.clear();
            match input.read_some(&mut chunk, self.limits.frame.max(1)) {
                Ok(0) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error);
                }
                Ok(_) => {}
            }
            if let Some(end) = memchr::memchr(b'\n', &chunk) {
                found += end as u64;
                self.rest = chunk.split_off(end + 1);
                break;
            }
            found += chunk.len() as u64;
            if self.ended {
                break;
            }
        }
        self.next_line += 1;
        self.next_record += 1;
        ExtractError::LongRecord { place, found, limit: self.limits.record as u64 }
    }
}

impl Split for Lines {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut end = memchr::memrchr(b'\n', &bytes);
        while !self.ended && (end.is_none() || bytes.len() < self.limits.frame) {
            let before = bytes.len();
            let wanted = self.limits.frame.saturating_sub(before).max(16 << 10);
            match input.read_some(&mut bytes, wanted) {
                Ok(0) => self.ended = true,
                Ok(_) => end = memchr::memrchr(b'\n', &bytes[before..]).map(|i| before + i).or(end),
                Err(error) => {
                    // The last line is cut short: only whole ones come out.
                    bytes.truncate(end.map_or(0, |end| end + 1));
                    self.ended = true;
                    self.failed = Some(error);
                }
            }
            if end.is_none() && self.limits.record < bytes.len() {
                let n_held = bytes.len();
                drop(bytes);
                return Some(Err(self.skip_line(n_held, input)));
            }
        }
        if !self.ended
            && let Some(end) = end
        {
            self.rest = bytes.split_off(end + 1);
        }
        if bytes.is_empty() {
            return self.failed.take().map(Err);
        }
        Some(Ok(self.frame(bytes, input)))
    }
}

/// How many lines begin in `bytes`, and how many of them are not blank.
fn count_lines(bytes: &[u8]) -> (u64, u64) {
    let (mut n_lines, mut n_records, mut start) = (0, 0, 0);
    for end in memchr::memchr_iter(b'\n', bytes) {
        n_lines += 1;
        n_records += u64::from(!is_blank(&bytes[start..end]));
        start = end + 1;
    }
    if start < bytes.len() {
        n_lines += 1;
        n_records += u64::from(!is_blank(&bytes[start..]));
    }
    (n_lines, n_records)
}

/// Whether a line holds nothing to read.
pub(crate) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
