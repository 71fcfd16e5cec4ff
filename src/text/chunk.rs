//! Chunks: what stands between two spaces, and the terms that a chunk holds whatever stands beside it.
//!
//! Of a comment's terms only two kinds cross a space: runs of words, and letters apart (`i d i o t`). All others
//! are the chunk's own, so they need to be found only once for all places where the chunk stands;
//! [`reader`](super::reader) makes use of that.

use std::ops::Range;

/// Something a chunk holds whatever stands beside it, or what its neighbours need of it; terms as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A character n-gram.
    Characters(u64),
    /// A word that is counted beside the chunk's own: a marker, or what a masked word may mean.
    Beside(u64),
    /// One of the chunk's words, hashed as a single word; runs are made of these.
    Word(u64),
    /// What a token means for letters that stand apart.
    Apart(Apart),
}

/// What a token means for letters that stand apart; separators mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// A single letter: one more.
    Letter(char),
    /// Anything else: they end here.
    End,
}

/// Single letters with a separator between: `f.u.c.k`, `i d i o t`.
#[derive(Debug, Default)]
pub(super) struct LettersApart {
    pub(super) letters: String,
    pub(super) n: usize,
    pub(super) span: Range<u32>,
}

impl LettersApart {
    /// So many letters apart may be a word.
    pub(super) const FEWEST: usize = 3;

    pub(super) fn push(&mut self, c: char, span: &Range<u32>) {
        if self.n == 0 {
            self.span = span.clone();
        }
        self.letters.push(c);
        self.n += 1;
        self.span.end = span.end;
    }

    pub(super) fn clear(&mut self) {
        self.letters.clear();
        self.n = 0;
    }
}

/// The next chunk of `text` from byte `at` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    /// Its bytes.
    pub(super) chunk: Range<usize>,
    /// Whether a line began in the gap before it.
    pub(super) line_starts: bool,
}

/// The next stretch without spaces from byte `at` on, which must be the end of a chunk or the start of the text.
#[inline]
pub(super) fn next(text: &str, at: usize) -> Option<Next> {
    let bytes = text.as_bytes();
    let mut line_starts = false;
    let mut start = at;
    loop {
        let (is_space, len) = space_at(text, *bytes.get(start)?, start);
        if !is_space {
            break;
        }
        line_starts |= bytes[start] == b'\n';
        start += len;
    }
    let mut end = start;
    loop {
        end += n_plain(bytes, end);
        let Some(&byte) = bytes.get(end) else { break };
        let (is_space, len) = space_at(text, byte, end);
        if is_space {
            break;
        }
        end += len;
    }
    Some(Next { chunk: start..end, line_starts })
}

/// How many of the next eight bytes come before the first that may be of white space; 0 near the end.
#[inline]
fn n_plain(bytes: &[u8], at: usize) -> usize {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else { return 0 };
    let eight = u64::from_le_bytes(*eight);
    // A high bit for bytes up to the space, which borrow, and for those of longer characters; above the first of them
    // it may stand for what was borrowed.
    let odd = (eight.wrapping_sub(EACH * 0x21) | eight) & (EACH * 0x80);
    odd.trailing_zeros() as usize / 8
}

/// Whether the character at `at`, whose first byte is `byte`, is white space, and how many bytes it has.
#[inline(always)]
fn space_at(text: &str, byte: u8, at: usize) -> (bool, usize) {
    if byte.is_ascii() {
        // Tab, line feed, vertical tab, form feed, carriage return; unlike `is_ascii_whitespace`, as in Unicode.
        return (byte == b' ' || (0x09..=0x0d).contains(&byte), 1);
    }
    long_space_at(text, at)
}

/// The same for characters of more than one byte.
fn long_space_at(text: &str, at: usize) -> (bool, usize) {
    text[at..].chars().next().map_or((false, 1), |c| (c.is_whitespace(), c.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every chunk and whether a line began before it.
    fn chunks(text: &str) -> Vec<(&str, bool)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(Next { chunk, line_starts }) = next(text, at) {
            at = chunk.end;
            found.push((&text[chunk], line_starts));
        }
        found
    }

    #[test]
    fn spaces_of_every_script_divide() {
        assert_eq!(
            chunks(" a\u{a0}b\u{3000}c\r\n d\n"),
            [("a", false), ("b", false), ("c", false), ("d", true)]
        );
        assert_eq!(chunks("\u{1c}\u{1f}é"), [("\u{1c}\u{1f}é", false)]);
        assert_eq!(chunks(" \n"), []);
        assert_eq!(chunks(""), []);
    }

    proptest! {
        #[test]
        fn chunks_are_what_the_standard_library_splits(text in "([ -~\\s\u{80}-\u{a1}\u{2000}\u{3000}é]|[a-z]{3,9}){0,40}") {
            let found: Vec<&str> = chunks(&text).into_iter().map(|(chunk, _)| chunk).collect();
            prop_assert_eq!(found, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
