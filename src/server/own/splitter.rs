//! Bytes as they come → lines, however they were cut; a line that is too long is told once and passed over.

/// A line, or that one was too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line<'b> {
    Whole(&'b [u8]),
    TooLong,
}

/// What of a line came so far.
#[derive(Debug)]
pub(super) struct Splitter {
    begun: Vec<u8>,
    /// Whether the line that is open was too long already.
    passing: bool,
    most: usize,
}

impl Splitter {
    /// For lines of at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { begun: Vec::new(), passing: false, most }
    }

    /// Calls `each` with every line that `bytes` ends.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            bytes = rest;
            if std::mem::take(&mut self.passing) {
                continue;
            }
            if self.begun.len() + line.len() > self.most {
                each(Line::TooLong);
            } else if self.begun.is_empty() {
                each(Line::Whole(line));
            } else {
                self.begun.extend_from_slice(line);
                each(Line::Whole(&self.begun));
            }
            self.begun.clear();
        }
        if self.passing {
            return;
        }
        if self.begun.len() + bytes.len() > self.most {
            each(Line::TooLong);
            self.begun.clear();
            self.passing = true;
        } else {
            self.begun.extend_from_slice(bytes);
        }
    }

    /// The last line, if it had no end.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        let last = std::mem::take(&mut self.begun);
        (!last.is_empty()).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(pieces: &[&[u8]], most: usize) -> Vec<Option<Vec<u8>>> {
        let mut splitter = Splitter::new(most);
        let mut found = Vec::new();
        for piece in pieces {
            splitter.feed(piece, |line| {
                found.push(match line {
                    Line::Whole(line) => Some(line.to_vec()),
                    Line::TooLong => None,
                });
            });
        }
        found.extend(splitter.finish().map(Some));
        found
    }

    #[test]
    fn long_lines_are_told_once() {
        let found = lines(&[b"ab\nabc", b"de", b"f\nok\nabcd\nx"], 3);
        let expected: Vec<Option<Vec<u8>>> =
            vec![Some(b"ab".to_vec()), None, Some(b"ok".to_vec()), None, Some(b"x".to_vec())];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn how_bytes_are_cut_does_not_matter(bytes in "[ab\n]{0,60}", cut in 1usize..9, most in 0usize..6) {
            let whole = lines(&[bytes.as_bytes()], most);
            let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(cut).collect();
            prop_assert_eq!(lines(&pieces, most), whole);
        }
    }
}
