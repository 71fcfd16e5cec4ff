//! A comment's terms without their texts and spans, as fast as they can be read.
//!
//! People use the same chunks again and again: after a few hundred comments nineteen of twenty have been seen
//! before. A [`TermReader`] remembers what each chunk of at most fifteen bytes holds, already looked up, so that
//! reading it again is one probe and a copy:
//!
//! ```text
//! chunk ─15 bytes─▶ slot (the chunk, where its terms lie) ─┬▶ terms   characters …, beside … | the next entry's …
//!                                                          ├▶ words   (hash, term) …
//!                                                          └▶ apart   letter, end …
//! ```
//!
//! Only runs of words, which cross a space, are hashed and looked up each time.
//! When the arrays are full, everything is forgotten at once; so memory is bounded whatever is read, and a stream
//! of chunks that never come again costs little more than without memory.
//! [`Analyzer::analyze`] is the plain way to the same terms; a property test holds the two together.

use super::analyzer::MAX_WORDS;
use super::chunk::{self, Apart, LettersApart, Next, Part};
use super::ngrams::{RunHash, TermKind, WordHash, words_hash};
use super::{Analyzer, Scratch};
use std::hint::black_box;

/// What knows terms by their hashes.
pub trait Lookup {
    /// What it says of a term.
    type Term: Copy;

    /// The term with this hash, if it is known.
    fn find(&self, hash: u64) -> Option<Self::Term>;

    /// Whether asking is worth while: never false for a term that is known, and quicker than [`find`](Self::find).
    #[inline]
    fn may_know(&self, _hash: u64) -> bool {
        true
    }
}

impl<T: Copy, F: Fn(u64) -> Option<T>> Lookup for F {
    type Term = T;

    #[inline]
    fn find(&self, hash: u64) -> Option<T> {
        self(hash)
    }
}

/// Buffers of one thread, and what it remembers of chunks: good for one analyser and one [`Lookup`].
#[derive(Debug)]
pub struct TermReader<T> {
    scratch: Scratch,
    memory: Memory<T>,
    /// The next chunks.
    ahead: Vec<Ahead>,
    /// Hashes of a text's runs of words, until all are known.
    runs: Vec<u64>,
}

/// A chunk ahead, and what is remembered of it.
#[derive(Debug, Default)]
struct Ahead {
    /// With the key, unless the chunk is too long to have one; with the rest, if it is remembered.
    slot: Slot,
    is_known: bool,
    line_starts: bool,
    pair: u32,
    start: u32,
    end: u32,
}

/// How far a text is read.
#[derive(Debug)]
struct Place {
    at: usize,
    /// Whether nothing of the line was read yet.
    line_starts: bool,
}

/// The slots, and what they point into.
#[derive(Debug)]
struct Memory<T> {
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
struct Slot {
    chunk: Key,
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
struct Key {
    low: u64,
    high: u64,
}

/// How many pairs of chunks are remembered at most.
const N_PAIRS: usize = 1 << 15;
/// How many of their terms; then all is forgotten.
const N_TERMS: usize = 1 << 20;
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
    fn pair(self) -> usize {
        let high = self.high.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.low ^ high.rotate_left(32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (mixed >> (64 - N_PAIRS.trailing_zeros())) as usize
    }
}

impl<T: Copy> Default for TermReader<T> {
    fn default() -> Self {
        let memory = Memory {
            slots: vec![[Slot::default(); 2]; N_PAIRS].into_boxed_slice(),
            terms: Vec::new(),
            words: Vec::new(),
            apart: vec![Apart::End],
            characters: Vec::new(),
            beside: Vec::new(),
        };
        Self { scratch: Scratch::default(), memory, ahead: Vec::new(), runs: Vec::new() }
    }
}

/// Calls `each` with every term that is known, and forgets the hashes.
///
/// First the hashes that may be known are moved to the front without a branch, which nothing could foresee; then the
/// waits for memory overlap.
#[inline]
fn find_all<L: Lookup>(lookup: &L, hashes: &mut Vec<u64>, each: impl FnMut(L::Term)) {
    let mut n = 0;
    for at in 0..hashes.len() {
        let hash = hashes[at];
        hashes[n] = hash;
        n += usize::from(lookup.may_know(hash));
    }
    hashes[..n].iter().filter_map(|&hash| lookup.find(hash)).for_each(each);
    hashes.clear();
}

impl<T: Copy> Memory<T> {
    /// What a chunk holds, if it is remembered.
    #[inline]
    fn recall(&mut self, key: Key) -> Option<Slot> {
        if key == Key::default() {
            return None;
        }
        let pair = &mut self.slots[key.pair()];
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
    fn learn<L: Lookup<Term = T>>(
        &mut self,
        key: Key,
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
        let pair = &mut self.slots[key.pair()];
        *pair = [slot, pair[0]];
        Some(slot)
    }

    /// Finds the next chunks of a text, and what is remembered of them: none of it is needed at once, so the waits for
    /// memory overlap.
    #[inline]
    fn look_ahead(&mut self, text: &str, place: &mut Place, ahead: &mut Vec<Ahead>) {
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
            let (start, pair) = (chunk.start as u32, key.pair() as u32);
            ahead.push(Ahead { slot, is_known: false, line_starts, pair, start, end });
        }
        // Every load of the next two loops is known before the first has come; the values do not matter to these.
        for Ahead { pair, .. } in &*ahead {
            black_box(self.slots[*pair as usize][0].chunk.low);
        }
        for Ahead { slot, is_known, .. } in ahead {
            if let Some(found) = self.recall(slot.chunk) {
                (*slot, *is_known) = (found, true);
                let [first, last] = [slot.terms, slot.terms + u32::from(slot.n_characters)];
                black_box(self.terms.get(first as usize).copied());
                black_box(self.terms.get(last as usize).copied());
                black_box(self.words.get(slot.words as usize).copied());
            }
        }
    }

    fn forget(&mut self) {
        self.terms.clear();
        self.words.clear();
        self.apart.truncate(1);
        self.slots.fill([Slot::default(); 2]);
    }

    /// Emits what a chunk holds, and what it makes of what was before it.
    #[inline]
    fn replay<L: Lookup<Term = T>>(
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

/// What crosses from chunk to chunk: the last words, and letters apart.
struct Across<'r> {
    /// The runs so far.
    runs: &'r mut Vec<u64>,
    /// Shortest and longest run of words.
    lengths: [usize; 2],
    /// Runs that end in the last word: of one word, of two …
    begun: [RunHash; MAX_WORDS - 1],
    n_words: usize,
    letters: WordHash,
    n_letters: usize,
}

impl<'r> Across<'r> {
    fn new(analyzer: &Analyzer, runs: &'r mut Vec<u64>) -> Self {
        runs.clear();
        Self {
            runs,
            lengths: analyzer.analysis().words.map(usize::from),
            begun: [RunHash::of(0); MAX_WORDS - 1],
            n_words: 0,
            letters: WordHash::new(),
            n_letters: 0,
        }
    }

    /// Emits a word, looked up already, and writes down the runs of words that end in it.
    #[inline]
    fn word<T>(&mut self, (hash, term): (u64, Option<T>), emit: &mut impl FnMut(TermKind, &[T])) {
        let [min, max] = self.lengths;
        if min <= 1
            && let Some(term) = term
        {
            emit(TermKind::Words, &[term]);
        }
        // Longest first, since each goes on from the run that is a word shorter.
        for n in (2..=max.min(self.n_words + 1)).rev() {
            let run = self.begun[n - 2].followed_by(hash);
            if n >= min {
                self.runs.push(run.finish());
            }
            if let Some(begun) = self.begun.get_mut(n - 1) {
                *begun = run;
            }
        }
        self.begun[0] = RunHash::of(hash);
        self.n_words += 1;
    }

    /// Collects letters apart, and emits them as a word where they end.
    fn apart<L: Lookup>(&mut self, event: Apart, lookup: &L, emit: &mut impl FnMut(TermKind, &[L::Term])) {
        match event {
            Apart::Letter(c) => {
                self.letters.push(c);
                self.n_letters += 1;
            }
            Apart::End => {
                if self.n_letters >= LettersApart::FEWEST
                    && let Some(term) = lookup.find(words_hash([self.letters.finish()]))
                {
                    emit(TermKind::Words, &[term]);
                }
                (self.letters, self.n_letters) = (WordHash::new(), 0);
            }
        }
    }
}

impl Analyzer {
    /// Calls `emit` with every term of `text` that `lookup` knows, some at a time, as often as it occurs: the terms of
    /// [`analyze`](Self::analyze), in another order within a chunk.
    ///
    /// `reader` must have been used with this analyser and this `lookup` only.
    ///
    /// ```
    /// use moderato::text::{Analysis, Analyzer, TermReader};
    /// let analyzer = Analyzer::try_from(Analysis { words: [1, 1], characters: [0, 0], ..Analysis::default() })?;
    /// let mut hashes = Vec::new();
    /// analyzer.read_terms("no, no", &mut TermReader::default(), &Some, |_, some: &[u64]| hashes.extend(some));
    /// assert_eq!(hashes.len(), 3);
    /// assert_eq!(hashes[0], hashes[2]);
    /// # Ok::<(), moderato::text::AnalysisError>(())
    /// ```
    #[inline]
    pub fn read_terms<L: Lookup>(
        &self,
        text: &str,
        reader: &mut TermReader<L::Term>,
        lookup: &L,
        mut emit: impl FnMut(TermKind, &[L::Term]),
    ) {
        let TermReader { scratch, memory, ahead, runs } = reader;
        let mut across = Across::new(self, runs);
        let mut place = Place { at: 0, line_starts: true };
        loop {
            memory.look_ahead(text, &mut place, ahead);
            if ahead.is_empty() {
                break;
            }
            for Ahead { slot, is_known, line_starts, start, end, .. } in ahead.drain(..) {
                let chunk = &text[start as usize..end as usize];
                // A chunk that stands twice may have been learned meanwhile.
                let slot = is_known.then_some(slot).or_else(|| memory.recall(slot.chunk)).or_else(|| {
                    let parts = |each: &mut dyn FnMut(Part)| {
                        self.chunk_parts(chunk, line_starts, scratch, each);
                    };
                    memory.learn(slot.chunk, lookup, parts)
                });
                match slot {
                    Some(slot) => memory.replay(&slot, &mut across, lookup, &mut emit),
                    None => self.chunk_parts(chunk, line_starts, scratch, &mut |part| match part {
                        Part::Characters(hash) => {
                            lookup
                                .find(hash)
                                .into_iter()
                                .for_each(|term| emit(TermKind::Characters, &[term]));
                        }
                        Part::Beside(hash) => {
                            lookup.find(hash).into_iter().for_each(|term| emit(TermKind::Words, &[term]));
                        }
                        Part::Word(hash) => {
                            across.word((hash, lookup.find(words_hash([hash]))), &mut emit);
                        }
                        Part::Apart(event) => across.apart(event, lookup, &mut emit),
                    }),
                }
            }
        }
        across.apart(Apart::End, lookup, &mut emit);
        find_all(lookup, across.runs, |term| emit(TermKind::Words, &[term]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Analysis;
    use super::*;
    use proptest::prelude::*;

    /// Hashes of all terms, sorted, as the plain way gives them.
    fn plain(analyzer: &Analyzer, text: &str) -> Vec<(TermKind, u64)> {
        let mut hashes = Vec::new();
        analyzer.analyze(text, &mut Scratch::default(), |term| hashes.push((term.kind, term.hash)));
        hashes.sort_unstable();
        hashes
    }

    fn read(analyzer: &Analyzer, text: &str, reader: &mut TermReader<u64>) -> Vec<(TermKind, u64)> {
        let mut hashes = Vec::new();
        analyzer.read_terms(text, reader, &Some, |kind, some| {
            hashes.extend(some.iter().map(|&hash| (kind, hash)))
        });
        hashes.sort_unstable();
        hashes
    }

    fn check(text: &str) {
        let analyzer = Analyzer::try_from(Analysis::default()).unwrap();
        let mut reader = TermReader::default();
        let expected = plain(&analyzer, text);
        for _ in 0..2 {
            assert_eq!(read(&analyzer, text, &mut reader), expected, "{text:?}");
        }
    }

    #[test]
    fn the_odd_chunks_hold_the_same_terms() {
        check("");
        check("you are an i d i o t, f.u.c.k you, a b c");
        check("> quoted\n> again > not\n &gt; entity");
        check(
            "STOOOOPID sh1t f**k a$$hole wing-nuts #MAGA https://example.org/a/long/link someone@example.org",
        );
        check("a_chunk_of_more_than_fifteen_bytes_that_is_not_remembered a b");
        check("\u{fdfa}\u{fdfa}\u{fdfa}\u{fdfa}\u{fdfa} \u{fdfa} 你好 👍🏽👍");
        check("exactly_15_byte exactly_15_byte a_16_bytes_chunk a");
    }

    #[test]
    fn unknown_terms_are_not_emitted() {
        let analyzer = Analyzer::try_from(Analysis::default()).unwrap();
        let mut n_terms = 0_usize;
        analyzer.read_terms("a b c", &mut TermReader::<u32>::default(), &|_| None, |_, some| {
            n_terms += some.len()
        });
        assert_eq!(n_terms, 0);
    }

    #[test]
    fn what_is_forgotten_is_found_again() {
        let analyzer = Analyzer::try_from(Analysis::default()).unwrap();
        let mut reader = TermReader::default();
        let text = "what was read before must be found again";
        let expected = plain(&analyzer, text);
        for round in 0..60_000_u32 {
            analyzer.read_terms(&format!("{round}x"), &mut reader, &Some, |_, _| ());
        }
        assert!(reader.memory.terms.len() <= N_TERMS + 255);
        assert_eq!(read(&analyzer, text, &mut reader), expected);
    }

    proptest! {
        #[test]
        fn a_reader_gives_the_terms_of_the_analyser(
            texts in proptest::collection::vec("([a-dA-D1$*.!>@'é\u{200b}\u{fdfa}-]{0,9}[ \n\t]{0,2}){0,12}|\\PC{0,60}", 1..6),
            words in 0..4u8,
            characters in 0..7u8,
            flags in 0..8u8,
        ) {
            let analysis = Analysis {
                words: [words.min(1), words],
                characters: [characters.min(2), characters],
                punctuation: flags & 1 > 0,
                readings: flags & 2 > 0,
                markers: flags & 4 > 0,
            };
            let Ok(analyzer) = Analyzer::try_from(analysis) else { return Ok(()) };
            let mut reader = TermReader::default();
            for text in texts.iter().chain(&texts) {
                prop_assert_eq!(read(&analyzer, text, &mut reader), plain(&analyzer, text), "{:?}", text);
            }
        }
    }
}
