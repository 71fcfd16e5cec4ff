//! The terms a model knows: sorted texts, and an index from their hashes.
//!
//! Sorted, so that the same corpus gives the same model file byte for byte; character n-grams come before words,
//! so that each kind is one block of ids.

use crate::text::TermKind;
use crate::text::ngrams::term_hash;

/// Distinct terms in ascending order of kind and text; a term's position is its id.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// All texts, one after the other.
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// How many of them are character n-grams; those come first.
    n_characters: u32,
    index: TermIndex,
}

/// Why texts are not a [`Vocabulary`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// Ends that run backwards, cut a character, or do not reach the end of the text.
    #[error("vocabulary has no term at position {0}: its ends do not divide its text")]
    Ends(usize),
    /// A term before its predecessor, or twice.
    #[error("vocabulary is not sorted: term {0} is not greater than the one before")]
    Order(usize),
    /// Two terms that the index cannot tell apart.
    #[error("terms `{0}` and `{1}` of the vocabulary have the same hash")]
    Collision(String, String),
    /// More terms, or more text, than 32 bits can address.
    #[error("vocabulary has {0} terms, expected at most {max}", max = Vocabulary::MAX)]
    TooMany(usize),
}

impl Vocabulary {
    /// The most terms there can be.
    pub const MAX: usize = 1 << 27;

    /// From (kind, text) pairs in any order; pairs that stand twice count once.
    ///
    /// # Errors
    /// If there are too many, or two of them have the same hash.
    pub fn from_terms(mut terms: Vec<(TermKind, String)>) -> Result<Self, VocabularyError> {
        terms.sort_unstable();
        terms.dedup();
        let n_characters = terms.partition_point(|(kind, _)| *kind == TermKind::Characters);
        let mut text = String::with_capacity(terms.iter().map(|(_, t)| t.len()).sum());
        let mut ends = Vec::with_capacity(terms.len());
        for (_, term) in &terms {
            text.push_str(term);
            ends.push(u32::try_from(text.len()).map_err(|_| VocabularyError::TooMany(terms.len()))?);
        }
        Self::from_parts(text, ends, n_characters as u32)
    }

    /// Puts together what a model file holds: all texts in a row, the end of each, and how many are characters.
    ///
    /// # Errors
    /// If the ends do not divide the text, the terms are not sorted, or two have the same hash.
    pub fn from_parts(text: String, ends: Vec<u32>, n_characters: u32) -> Result<Self, VocabularyError> {
        if ends.len() > Self::MAX {
            return Err(VocabularyError::TooMany(ends.len()));
        }
        if n_characters as usize > ends.len() || ends.last().map_or(0, |&end| end as usize) != text.len() {
            return Err(VocabularyError::Ends(ends.len()));
        }
        let mut start = 0;
        for (id, &end) in ends.iter().enumerate() {
            if end <= start || text.get(start as usize..end as usize).is_none() {
                return Err(VocabularyError::Ends(id));
            }
            start = end;
        }
        let mut vocabulary = Self { text, ends, n_characters, index: TermIndex::default() };
        for id in 1..vocabulary.ends.len() as u32 {
            if id != n_characters && vocabulary.text(id - 1) >= vocabulary.text(id) {
                return Err(VocabularyError::Order(id as usize));
            }
        }
        vocabulary.index = TermIndex::of(&vocabulary).map_err(|(a, b)| {
            VocabularyError::Collision(vocabulary.text(a).to_owned(), vocabulary.text(b).to_owned())
        })?;
        Ok(vocabulary)
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many terms are character n-grams; their ids come first.
    pub fn n_characters(&self) -> u32 {
        self.n_characters
    }

    /// Characters or words.
    pub fn kind(&self, id: u32) -> TermKind {
        if id < self.n_characters { TermKind::Characters } else { TermKind::Words }
    }

    /// The normalised text of term `id`.
    ///
    /// # Panics
    /// If there is no such term.
    pub fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[id] as usize]
    }

    /// All texts in a row, and where each ends: what a model file holds.
    pub fn as_parts(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    /// The id of the term with this hash.
    #[inline]
    pub fn id(&self, hash: u64) -> Option<u32> {
        self.index.id(hash)
    }

    /// The terms with these ids, which must ascend; their new ids are their positions.
    ///
    /// # Panics
    /// If an id is not of this vocabulary.
    #[must_use]
    pub fn select(&self, ids: &[u32]) -> Self {
        let terms = ids.iter().map(|&id| (self.kind(id), self.text(id).to_owned())).collect();
        Self::from_terms(terms).expect("a part of a vocabulary is one")
    }
}

/// Open addressing over (fingerprint, id) pairs of eight bytes, at most half full.
///
/// The high bits of a hash choose the slot, the low 32 are the fingerprint.
/// An unknown term is taken for a known one about once in 2³² probes; two known terms never share a fingerprint
/// within reach of each other, since building the index would have failed.
#[derive(Debug, Clone, Default)]
struct TermIndex {
    slots: Vec<Slot>,
    shift: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    fingerprint: u32,
    /// `Slot::FREE` where there is none.
    id: u32,
}

impl Slot {
    const FREE: u32 = u32::MAX;
}

impl TermIndex {
    fn of(vocabulary: &Vocabulary) -> Result<Self, (u32, u32)> {
        let n_slots = (2 * vocabulary.len()).next_power_of_two().max(2);
        let mut index = Self {
            slots: vec![Slot { fingerprint: 0, id: Slot::FREE }; n_slots],
            shift: 64 - n_slots.trailing_zeros(),
        };
        for id in 0..vocabulary.len() as u32 {
            let hash = term_hash(vocabulary.kind(id), vocabulary.text(id));
            if let Some(other) = index.id(hash) {
                return Err((other, id));
            }
            let mut at = (hash >> index.shift) as usize;
            while index.slots[at].id != Slot::FREE {
                at = (at + 1) & (n_slots - 1);
            }
            index.slots[at] = Slot { fingerprint: hash as u32, id };
        }
        Ok(index)
    }

    #[inline]
    fn id(&self, hash: u64) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (hash >> self.shift) as usize;
        loop {
            let slot = self.slots.get(at)?;
            if slot.id == Slot::FREE {
                return None;
            }
            if slot.fingerprint == hash as u32 {
                return Some(slot.id);
            }
            at = (at + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TermKind::{Characters, Words};

    fn vocabulary() -> Vocabulary {
        let terms = [
            (Words, "mayor"),
            (Characters, " ma"),
            (Words, "my mayor"),
            (Characters, "or "),
            (Words, "mayor"),
        ];
        Vocabulary::from_terms(terms.map(|(k, t)| (k, t.to_owned())).to_vec()).unwrap()
    }

    #[test]
    fn terms_are_sorted_with_characters_first() {
        let vocabulary = vocabulary();
        let texts: Vec<&str> = (0..vocabulary.len() as u32).map(|id| vocabulary.text(id)).collect();
        assert_eq!(texts, [" ma", "or ", "mayor", "my mayor"]);
        assert_eq!(vocabulary.n_characters(), 2);
        assert_eq!(vocabulary.kind(1), Characters);
        assert_eq!(vocabulary.kind(2), Words);
    }

    #[test]
    fn every_term_is_found_by_its_hash_and_no_other_is() {
        let vocabulary = vocabulary();
        for id in 0..vocabulary.len() as u32 {
            assert_eq!(vocabulary.id(term_hash(vocabulary.kind(id), vocabulary.text(id))), Some(id));
        }
        for n in 0..10_000 {
            assert_eq!(vocabulary.id(term_hash(Words, &format!("unknown{n}"))), None);
        }
        let none = Vocabulary::from_terms(Vec::new()).unwrap();
        assert_eq!(none.id(term_hash(Words, "x")), None);
        assert!(none.is_empty());
    }

    #[test]
    fn parts_that_are_no_vocabulary_are_refused() {
        let parts =
            |text: &str, ends: &[u32], n| Vocabulary::from_parts(text.into(), ends.to_vec(), n).unwrap_err();
        assert_eq!(parts("ab", &[2, 1], 0), VocabularyError::Ends(2));
        assert_eq!(parts("ab", &[0, 2], 0), VocabularyError::Ends(0));
        assert_eq!(parts("é", &[1, 2], 0), VocabularyError::Ends(0));
        assert_eq!(parts("ba", &[1, 2], 0), VocabularyError::Order(1));
        assert_eq!(parts("aa", &[1, 2], 0), VocabularyError::Order(1));
        assert_eq!(parts("a", &[1], 2), VocabularyError::Ends(1));
        assert!(Vocabulary::from_parts("aa".into(), vec![1, 2], 1).is_ok());
    }

    #[test]
    fn a_part_keeps_its_order() {
        let part = vocabulary().select(&[1, 3]);
        assert_eq!((part.text(0), part.text(1), part.n_characters()), ("or ", "my mayor", 1));
    }
}
