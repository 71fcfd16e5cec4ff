//! What a reader remembers of chunks, and how it is fetched: many chunks at once, so that the waits for memory overlap.

use super::{Across, Lookup, find_all};
use crate::text::chunk::{self, Apart, Next, Part};
use crate::text::ngrams::{TermKind, words_hash};
use std::hint::black_box;

/// The slots, and what they point into.
#[derive(Debug)]
pub(super) struct Memory<T> {
    /// Pairs of slots; a chunk is in one of its pair, the one used last in front.
    slots: Box<[[Slot; 2]]>,
    terms: Vec<T>,
    words: Vec<(u64, Option<T>)>,
    /// The first is an end, and stands for all chunks that hold that alone.
    apart: Vec<Apart>,
    /// Of the chunk that is read, until all are known: hashes of its characters, and what stands beside.
    characters: Vec<u64>,
    beside: Vec<T>,
}

/// A chunk that was seen, and where what it holds lies: half a cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
pub(super) struct Slot {
    pub(super) chunk: Key,
    terms: u32,
    words: u32,
    /// 0 without a letter.
    apart: u32,
    n_characters: u8,
    n_beside: u8,
    n_words: u8,
    n_apart: u8,
}

/// A chunk of at most fifteen bytes, the rest filled with zeros but for the last, which holds its length times two, and
/// one if it begins a line. No chunk is all zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Key {
    low: u64,
    high: u64,
}

/// How many pairs of chunks are remembered at most.
const N_PAIRS: usize = 1 << 15;
/// How many of their terms; then all is forgotten.
pub(super) const N_TERMS: usize = 1 << 20;
/// How many chunks are looked for at once.
const AHEAD: usize = 32;
/// The longest chunk that is remembered, in bytes.
const LONGEST: usize = 15;

impl Key {
    /// The chunk at `start..end` of `text`; all zeros if it is too long.
    #[inline]
    fn of(text: &[u8], start: usize, end: usize, line_starts: bool) -> Self {
        let len = end - start;
        if len > LONGEST || len == 0 {
            return Self::default();
        }
        let bytes = match text.get(start..start + 16).and_then(|sixteen| sixteen.try_into().ok()) {
            Some(sixteen) => u128::from_le_bytes(sixteen) & (u128::MAX >> (8 * (16 - len))),
            None => {
                let mut sixteen = [0; 16];
                sixteen[..len].copy_from_slice(&text[start..end]);
                u128::from_le_bytes(sixteen)
            }
        };
        let shape = 2 * len as u64 + u64::from(line_starts);
        Self { low: bytes as u64, high: (bytes >> 64) as u64 | shape << 56 }
    }

    /// Which pair it may be in: the high bits of a product, which depend on all bits of the chunk.
    #[inline]
    fn pair(self) -> u32 {
        let high = self.high.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.low ^ high.rotate_left(32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (mixed >> (64 - N_PAIRS.trailing_zeros())) as u32
    }
}

/// A chunk ahead, and what is remembered of it.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// With the key, unless the chunk is too long to have one; with the rest, if it is remembered.
    pub(super) slot: Slot,
    pub(super) is_known: bool,
    pub(super) line_starts: bool,
    /// Where it is remembered, if it is.
    pub(super) pair: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// How far a text is read.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) at: usize,
    /// Whether nothing of the line was read yet.
    pub(super) line_starts: bool,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self {
            slots: vec![[Slot::default(); 2]; N_PAIRS].into_boxed_slice(),
            terms: Vec::new(),
            words: Vec::new(),
            apart: vec![Apart::End],
            characters: Vec::new(),
            beside: Vec::new(),
        }
    }
}

impl<T: Copy> Memory<T> {
    /// What a chunk holds, if it is remembered.
    #[inline]
    pub(super) fn recall(&mut self, key: Key, pair: u32) -> Option<Slot> {
        if key == Key::default() {
            return None;
        }
        let pair = &mut self.slots[pair as usize];
        if pair[0].chunk == key {
            return Some(pair[0]);
        }
        (pair[1].chunk == key).then(|| {
            pair.swap(0, 1);
            pair[0]
        })
    }

    /// Remembers what a chunk holds, in the place of the one of its pair that was used longer ago; not one that
    /// holds more than a slot can say, as few short chunks do.
    pub(super) fn learn<L: Lookup<Term = T>>(
        &mut self,
        (key, pair): (Key, u32),
        lookup: &L,
        parts: impl FnOnce(&mut dyn FnMut(Part)),
    ) -> Option<Slot> {
        if key == Key::default() {
            return None;
        }
        let [terms, words, apart] = [self.terms.len(), self.words.len(), self.apart.len()];
        self.beside.clear();
        self.characters.clear();
        parts(&mut |part| match part {
            Part::Characters(hash) => self.characters.push(hash),
            Part::Beside(hash) => self.beside.extend(lookup.find(hash)),
            Part::Word(hash) => self.words.push((hash, lookup.find(words_hash([hash])))),
            Part::Apart(event) => self.apart.push(event),
        });
        find_all(lookup, &mut self.characters, |term| self.terms.push(term));
        let n_characters = self.terms.len() - terms;
        self.terms.extend_from_slice(&self.beside);
        let n_apart = self.apart.len() - apart;
        let has_letter = self.apart[apart..].iter().any(|event| *event != Apart::End);
        if !has_letter {
            self.apart.truncate(apart);
        }
        let slot = Slot {
            chunk: key,
            terms: terms as u32,
            words: words as u32,
            apart: if has_letter { apart as u32 } else { 0 },
            n_characters: u8::try_from(n_characters).ok()?,
            n_beside: u8::try_from(self.beside.len()).ok()?,
            n_words: u8::try_from(self.words.len() - words).ok()?,
            n_apart: u8::try_from(if has_letter { n_apart } else { n_apart.min(1) }).ok()?,
        };
        let pair = &mut self.slots[pair as usize];
        *pair = [slot, pair[0]];
        Some(slot)
    }

    /// Finds the next chunks of a text, and what is remembered of them: none of it is needed at once, so the waits for
    /// memory overlap.
    #[inline]
    pub(super) fn look_ahead(&mut self, text: &str, place: &mut Place, ahead: &mut Vec<Ahead>) {
        // Only here, since slots that were found point into what would be forgotten.
        if self.terms.len() > N_TERMS || self.words.len() > N_TERMS || self.apart.len() > N_TERMS {
            self.forget();
        }
        while ahead.len() < AHEAD
            && let Some(Next { chunk, line_starts }) = chunk::next(text, place.at)
            && let Ok(end) = u32::try_from(chunk.end)
        {
            place.at = chunk.end;
            let line_starts = line_starts | std::mem::take(&mut place.line_starts);
            let key = Key::of(text.as_bytes(), chunk.start, chunk.end, line_starts);
            let slot = Slot { chunk: key, ..Slot::default() };
            let (start, pair) = (chunk.start as u32, key.pair());
            ahead.push(Ahead { slot, is_known: false, line_starts, pair, start, end });
        }
        // Every load of the next two loops is known before the first has come; the values do not matter to these.
        for Ahead { pair, .. } in &*ahead {
            black_box(self.slots[*pair as usize][0].chunk.low);
        }
        for Ahead { slot, is_known, pair, .. } in ahead {
            if let Some(found) = self.recall(slot.chunk, *pair) {
                (*slot, *is_known) = (found, true);
                let [first, last] = [slot.terms, slot.terms + u32::from(slot.n_characters)];
                black_box(self.terms.get(first as usize).copied());
                black_box(self.terms.get(last as usize).copied());
                black_box(self.words.get(slot.words as usize).copied());
            }
        }
    }

    /// How many terms are remembered of all chunks.
    #[cfg(test)]
    pub(super) fn n_terms(&self) -> usize {
        self.terms.len()
    }

    fn forget(&mut self) {
        self.terms.clear();
        self.words.clear();
        self.apart.truncate(1);
        self.slots.fill([Slot::default(); 2]);
    }

    /// Emits what a chunk holds, and what it makes of what was before it.
    #[inline]
    pub(super) fn replay<L: Lookup<Term = T>>(
        &self,
        slot: &Slot,
        across: &mut Across<'_>,
        lookup: &L,
        emit: &mut impl FnMut(TermKind, &[T]),
    ) {
        let start = slot.terms as usize;
        let middle = start + usize::from(slot.n_characters);
        let end = middle + usize::from(slot.n_beside);
        emit(TermKind::Characters, &self.terms[start..middle]);
        emit(TermKind::Words, &self.terms[middle..end]);
        let start = slot.words as usize;
        for &word in &self.words[start..start + usize::from(slot.n_words)] {
            lookup.follow(word.1);
            across.word(word, emit);
        }
        if slot.apart > 0 || across.n_letters > 0 {
            let start = slot.apart as usize;
            for &event in &self.apart[start..start + usize::from(slot.n_apart)] {
                across.apart(event, lookup, emit);
            }
        }
    }
}
