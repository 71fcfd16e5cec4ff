//! Where the records of a frame lie.

use crate::comment::Place;
use crate::extract::frames::Frame;
use crate::extract::lines::is_blank;

/// The records of a frame: their line, where they start and where they end.
pub(super) struct Slices<'f> {
    frame: &'f Frame,
    at: usize,
    line: u64,
    ends: std::slice::Iter<'f, usize>,
}

impl<'f> Slices<'f> {
    pub(super) fn of(frame: &'f Frame) -> Self {
        Self { frame, at: 0, line: frame.place.line.unwrap_or(1), ends: frame.ends.iter() }
    }
}

impl Iterator for Slices<'_> {
    type Item = (u64, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = &self.frame.bytes;
        if !self.frame.ends.is_empty() {
            let end = *self.ends.next()?;
            let start = end - bytes[self.at..end].trim_ascii_start().len();
            self.line += memchr::memchr_iter(b'\n', &bytes[self.at..start]).count() as u64;
            let line = self.line;
            self.line += memchr::memchr_iter(b'\n', &bytes[start..end]).count() as u64;
            // One byte, the comma, sets records apart.
            self.at = end + 1;
            return Some((line, start, end));
        }
        while self.at < bytes.len() {
            let start = self.at;
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
            let line = self.line;
            self.at = end + 1;
            self.line += 1;
            if !is_blank(&bytes[start..end]) {
                return Some((line, start, end));
            }
        }
        None
    }
}

/// The records of `frame` with their places, for a look at the first ones.
pub(super) fn slices(frame: &Frame) -> impl Iterator<Item = (Place, &[u8])> {
    Slices::of(frame).map(|(line, start, end)| (frame.place.at_line(line), &frame.bytes[start..end]))
}
