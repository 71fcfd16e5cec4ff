//! The terms a model knows: sorted texts, and an index from their hashes.
//!
//! Sorted, so that the same corpus gives the same model file byte for byte; character n-grams come before words,
//! so that each kind is one block of ids.

use crate::text::ngrams::term_hash;
use crate::text::{Lookup, TermKind};
use rayon::prelude::*;
use std::borrow::Cow;

/// Distinct terms in ascending order of kind and text; a term's position is its id.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// All texts, one after the other.
    text: Cow<'static, str>,
    /// Where each text ends.
    ends: Cow<'static, [u32]>,
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
    /// An index with a wrong number of slots, or one that leads nowhere.
    #[error("vocabulary has an index that is not of its {0} terms")]
    Index(usize),
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
        terms.par_sort_unstable();
        terms.dedup();
        let n_characters = terms.partition_point(|(kind, _)| *kind == TermKind::Characters);
        let mut text = String::with_capacity(terms.iter().map(|(_, t)| t.len()).sum());
        let mut ends = Vec::with_capacity(terms.len());
        for (_, term) in &terms {
            text.push_str(term);
            ends.push(u32::try_from(text.len()).map_err(|_| VocabularyError::TooMany(terms.len()))?);
        }
        let mut vocabulary = Self {
            text: text.into(),
            ends: ends.into(),
            n_characters: n_characters as u32,
            index: TermIndex::default(),
        };
        vocabulary.check()?;
        vocabulary.index = TermIndex::of(&vocabulary).map_err(|(a, b)| {
            VocabularyError::Collision(vocabulary.text(a).to_owned(), vocabulary.text(b).to_owned())
        })?;
        Ok(vocabulary)
    }

    /// Puts together what a model file holds.
    ///
    /// Every term is found again by its text, or the parts are refused; so reading takes a step for each character
    /// of the vocabulary.
    ///
    /// # Errors
    /// If the ends do not divide the text, the terms are not sorted, or the index is not theirs.
    pub fn from_parts(parts: VocabularyParts) -> Result<Self, VocabularyError> {
        let vocabulary = Self::trusted(parts)?;
        vocabulary.check()?;
        vocabulary.index.check(&vocabulary)?;
        Ok(vocabulary)
    }

    /// Puts together parts that were checked when they became part of the program: whether texts are in order, and each
    /// is found by its hash, is not asked again.
    ///
    /// # Errors
    /// If the ends do not divide the text, or the index leads beyond the terms.
    pub(crate) fn trusted(parts: VocabularyParts) -> Result<Self, VocabularyError> {
        let VocabularyParts { text, ends, n_characters, index } = parts;
        let index = TermIndex::from_slots(index, ends.len())?;
        let vocabulary = Self { text, ends, n_characters, index };
        vocabulary.check_ends()?;
        Ok(vocabulary)
    }

    /// Whether the ends divide the text, and the texts are in order.
    fn check(&self) -> Result<(), VocabularyError> {
        self.check_ends()?;
        for id in 1..self.ends.len() as u32 {
            if id != self.n_characters && self.text(id - 1) >= self.text(id) {
                return Err(VocabularyError::Order(id as usize));
            }
        }
        Ok(())
    }

    fn check_ends(&self) -> Result<(), VocabularyError> {
        let n_terms = self.ends.len();
        if n_terms > Self::MAX {
            return Err(VocabularyError::TooMany(n_terms));
        }
        if self.n_characters as usize > n_terms
            || self.ends.last().map_or(0, |&end| end as usize) != self.text.len()
        {
            return Err(VocabularyError::Ends(n_terms));
        }
        let mut start = 0;
        for (id, &end) in self.ends.iter().enumerate() {
            if end <= start || !self.text.is_char_boundary(end as usize) {
                return Err(VocabularyError::Ends(id));
            }
            start = end;
        }
        Ok(())
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

    /// All texts in a row, where each ends, and the slots of the index: what a model file holds.
    pub fn as_parts(&self) -> (&str, &[u32], &[u64]) {
        (&self.text, &self.ends, &self.index.slots)
    }

    /// The id of the term with this hash.
    pub fn id(&self, hash: u64) -> Option<u32> {
        self.index.id(hash)
    }

    /// To look up many terms.
    pub fn lookup(&self) -> TermLookup<'_> {
        self.index.lookup()
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

/// What a model file holds of a vocabulary: part of the program, or our own.
#[derive(Debug, Clone)]
pub struct VocabularyParts {
    /// All texts in a row.
    pub text: Cow<'static, str>,
    /// Where each ends.
    pub ends: Cow<'static, [u32]>,
    /// How many are characters.
    pub n_characters: u32,
    /// The slots of the index.
    pub index: Cow<'static, [u64]>,
}

/// The index, wherever it lies, as the scoring loop reads it.
#[derive(Debug, Clone, Copy)]
pub struct TermLookup<'v> {
    slots: &'v [u64],
    shift: u32,
    filter: &'v [u64],
    /// The filter's length in bits, less one.
    filter_mask: usize,
}

impl Lookup for TermLookup<'_> {
    type Term = u32;

    #[inline]
    fn find(&self, hash: u64) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (hash >> self.shift) as usize;
        loop {
            let slot = *self.slots.get(at)?;
            if slot >> 32 == hash & u64::from(u32::MAX) && slot != FREE {
                return Some(slot as u32);
            }
            if slot == FREE {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn may_know(&self, hash: u64) -> bool {
        let bit = hash as usize & self.filter_mask;
        self.filter.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }
}

/// Open addressing over slots of eight bytes, at most two thirds full: `fingerprint · 2³² + id`.
///
/// The high bits of a hash choose the slot, the low 32 are the fingerprint.
/// An unknown term is taken for a known one about once in 2³² probes; two known terms never share a fingerprint
/// within reach of each other, since building the index would have failed.
///
/// Most runs of words that are looked up are unknown, and the slots are too many for the nearest caches; so a bit for
/// each eighth of a slot says first whether any term has a fingerprint that ends alike.
#[derive(Debug, Clone, Default)]
struct TermIndex {
    slots: Cow<'static, [u64]>,
    shift: u32,
    /// Bit `fingerprint mod length` is set for every term.
    filter: Box<[u64]>,
}

/// A slot without a term.
const FREE: u64 = u64::MAX;

fn slot(hash: u64, id: u32) -> u64 {
    hash << 32 | u64::from(id)
}

/// How many slots the index of so many terms has.
fn n_slots(n_terms: usize) -> usize {
    (n_terms + n_terms / 2).next_power_of_two().max(2)
}

/// The bits of [`TermIndex::filter`], eight for each slot.
fn filter(slots: &[u64]) -> Box<[u64]> {
    let n_bits = (8 * slots.len()).max(64);
    let mut filter = vec![0; n_bits / 64].into_boxed_slice();
    for slot in slots.iter().filter(|slot| **slot != FREE) {
        let bit = (slot >> 32) as usize & (n_bits - 1);
        filter[bit / 64] |= 1 << (bit % 64);
    }
    filter
}

impl TermIndex {
    fn of(vocabulary: &Vocabulary) -> Result<Self, (u32, u32)> {
        let n_slots = n_slots(vocabulary.len());
        let shift = 64 - n_slots.trailing_zeros();
        let mut slots = vec![FREE; n_slots];
        for id in 0..vocabulary.len() as u32 {
            let hash = term_hash(vocabulary.kind(id), vocabulary.text(id));
            let mut at = (hash >> shift) as usize;
            while slots[at] != FREE {
                if slots[at] >> 32 == hash & u64::from(u32::MAX) {
                    return Err((slots[at] as u32, id));
                }
                at = (at + 1) & (n_slots - 1);
            }
            slots[at] = slot(hash, id);
        }
        Ok(Self { filter: filter(&slots), slots: slots.into(), shift })
    }

    /// An index as it lies in a file.
    fn from_slots(slots: Cow<'static, [u64]>, n_terms: usize) -> Result<Self, VocabularyError> {
        // A search ends at a free slot, and what it finds is a term.
        let taken = slots.iter().filter(|slot| **slot != FREE);
        let (n_taken, beyond) =
            taken.fold((0, 0), |(n, beyond), slot| (n + 1, beyond.max(*slot as u32 as usize + 1)));
        match slots.len() == n_slots(n_terms) && beyond <= n_terms && n_taken < slots.len() {
            true => Ok(Self { shift: 64 - slots.len().trailing_zeros(), filter: filter(&slots), slots }),
            false => Err(VocabularyError::Index(n_terms)),
        }
    }

    /// Whether each term of `vocabulary`, and nothing else, is found.
    fn check(&self, vocabulary: &Vocabulary) -> Result<(), VocabularyError> {
        let wrong = VocabularyError::Index(vocabulary.len());
        // There are more slots than terms, so that a search ends at a free one.
        if self.slots.iter().filter(|slot| **slot != FREE).count() != vocabulary.len() {
            return Err(wrong);
        }
        let found = |id| self.id(term_hash(vocabulary.kind(id), vocabulary.text(id))) == Some(id);
        if (0..vocabulary.len() as u32).all(found) { Ok(()) } else { Err(wrong) }
    }

    fn lookup(&self) -> TermLookup<'_> {
        let filter_mask = (64 * self.filter.len()).wrapping_sub(1);
        TermLookup { slots: &self.slots, shift: self.shift, filter: &self.filter, filter_mask }
    }

    fn id(&self, hash: u64) -> Option<u32> {
        self.lookup().find(hash)
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
        let read = |text: &'static str, ends: &[u32], n_characters, index: &[u64]| {
            let (ends, index) = (ends.to_vec().into(), index.to_vec().into());
            Vocabulary::from_parts(VocabularyParts { text: text.into(), ends, n_characters, index })
        };
        let parts = |text: &'static str, ends: &[u32], n| {
            read(text, ends, n, &vec![FREE; n_slots(ends.len())]).unwrap_err()
        };
        assert_eq!(parts("ab", &[2, 1], 0), VocabularyError::Ends(2));
        assert_eq!(parts("ab", &[0, 2], 0), VocabularyError::Ends(0));
        assert_eq!(parts("é", &[1, 2], 0), VocabularyError::Ends(0));
        assert_eq!(parts("ba", &[1, 2], 0), VocabularyError::Order(1));
        assert_eq!(parts("aa", &[1, 2], 0), VocabularyError::Order(1));
        assert_eq!(parts("a", &[1], 2), VocabularyError::Ends(1));
        // Terms that their own index does not lead to, and an index without an end.
        assert_eq!(parts("aa", &[1, 2], 1), VocabularyError::Index(2));
        assert_eq!(read("aa", &[1, 2], 1, &[7; 4]).unwrap_err(), VocabularyError::Index(2));
        assert_eq!(read("aa", &[1, 2], 1, &[FREE; 3]).unwrap_err(), VocabularyError::Index(2));
        let sound = vocabulary();
        let (text, ends, index) = sound.as_parts();
        assert!(read(text.to_owned().leak(), ends, sound.n_characters(), index).is_ok());
    }

    #[test]
    fn a_part_keeps_its_order() {
        let part = vocabulary().select(&[1, 3]);
        assert_eq!((part.text(0), part.text(1), part.n_characters()), ("or ", "my mayor", 1));
    }
}
