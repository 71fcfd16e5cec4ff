//! Terms and their hashes.
//!
//! A term is hashed while it is read: words by their characters, word n-grams by their words' hashes,
//! character n-grams by extending the shorter one. The functions here are part of the model file's format:
//! changing one of them makes every model written before unreadable, so the file carries a version.

use std::ops::Range;

/// What a term is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// Characters in a row, within the bounds of a chunk of text; a space stands for the bound.
    Characters,
    /// One or more words in a row.
    Words,
}

impl TermKind {
    /// The byte that a vocabulary writes before the term's text; sorts character n-grams before words.
    pub fn tag(self) -> u8 {
        match self {
            Self::Characters => b'c',
            Self::Words => b'w',
        }
    }
}

/// An occurrence of a term in a comment.
#[derive(Debug, Clone)]
pub struct Term<'a> {
    /// Identifies the term; equal texts of one kind have equal hashes.
    pub hash: u64,
    /// Words or characters.
    pub kind: TermKind,
    /// Bytes of the original text that were read as this term.
    pub span: Range<u32>,
    pub(crate) normalised: &'a str,
    pub(crate) range: Range<u32>,
}

impl<'a> Term<'a> {
    /// The normalised text: words with one space between, or characters with a space for a bound.
    pub fn text(&self) -> &'a str {
        &self.normalised[self.range.start as usize..self.range.end as usize]
    }
}

const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;
const WORDS_SEED: u64 = 0x6d6f_6465_7261_746f;
const CHARACTERS_SEED: u64 = 0x636f_6d6d_656e_7473;

/// One step of hashing: a multiply and a rotation, as in Firefox's hash.
#[inline]
fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(MULTIPLIER)
}

/// Spreads what a number says over all of its bits: the finaliser of `SplitMix64` (Steele, Lea and Flood 2014).
#[inline]
pub(crate) fn finish(mut hash: u64) -> u64 {
    hash ^= hash >> 30;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^= hash >> 27;
    hash = hash.wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The hash of a single word while its characters are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordHash(u64);

impl WordHash {
    pub(crate) fn new() -> Self {
        Self(WORDS_SEED)
    }

    #[inline]
    pub(crate) fn push(&mut self, c: char) {
        self.0 = step(self.0, u64::from(u32::from(c)));
    }

    pub(crate) fn of(word: &str) -> u64 {
        let mut hash = Self::new();
        word.chars().for_each(|c| hash.push(c));
        hash.finish()
    }

    #[inline]
    pub(crate) fn finish(self) -> u64 {
        finish(self.0)
    }
}

/// The hash of words in a row while they are read, from the hashes of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunHash(u64);

impl RunHash {
    #[inline]
    pub(crate) fn of(word: u64) -> Self {
        Self(step(WORDS_SEED, word))
    }

    #[inline]
    pub(crate) fn followed_by(self, word: u64) -> Self {
        Self(step(self.0, word))
    }

    #[inline]
    pub(crate) fn finish(self) -> u64 {
        finish(self.0)
    }
}

/// The hash of words in a row, from the hashes of each.
#[inline]
pub(crate) fn words_hash(words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(RunHash(WORDS_SEED), RunHash::followed_by).finish()
}

/// The hash of characters in a row: extend it by a character, then ask for the term's hash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CharactersHash(u64);

impl CharactersHash {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(CHARACTERS_SEED)
    }

    #[inline]
    pub(crate) fn push(&mut self, c: char) {
        self.0 = step(self.0, u64::from(u32::from(c)));
    }

    #[inline]
    pub(crate) fn term(self) -> u64 {
        finish(self.0)
    }
}

/// The hash an occurrence of this term would carry; how a vocabulary's index is made again from its texts.
pub fn term_hash(kind: TermKind, text: &str) -> u64 {
    match kind {
        TermKind::Words => words_hash(text.split(' ').map(WordHash::of)),
        TermKind::Characters => {
            let mut hash = CharactersHash::new();
            text.chars().for_each(|c| hash.push(c));
            hash.term()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn kinds_and_orders_have_hashes_of_their_own() {
        let hashes: HashSet<u64> = [
            term_hash(TermKind::Words, "no"),
            term_hash(TermKind::Words, "no no"),
            term_hash(TermKind::Words, "no way"),
            term_hash(TermKind::Words, "way no"),
            term_hash(TermKind::Words, "noway"),
            term_hash(TermKind::Characters, "no"),
            term_hash(TermKind::Characters, "no "),
            term_hash(TermKind::Characters, " no"),
        ]
        .into();
        assert_eq!(hashes.len(), 8);
    }

    #[test]
    fn short_strings_do_not_collide() {
        let mut hashes = HashSet::new();
        for a in 'a'..='z' {
            for b in 'a'..='z' {
                for c in 'a'..='z' {
                    hashes.insert(term_hash(TermKind::Characters, &format!("{a}{b}{c}")));
                    hashes.insert(term_hash(TermKind::Words, &format!("{a}{b} {c}")));
                }
            }
        }
        assert_eq!(hashes.len(), 2 * 26 * 26 * 26);
    }
}
