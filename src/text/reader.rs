//! A comment's terms without their texts and spans, as fast as they can be read.
//!
//! People use the same chunks again and again: after a few hundred comments nineteen of twenty have been seen
//! before. A [`TermReader`] remembers what each chunk of at most sixteen bytes holds, already looked up, so that
//! reading it again is one probe and a copy:
//!
//! ```text
//! chunk ─16 bytes─▶ slot (the chunk, where its terms lie) ─┬▶ terms   characters …, beside … | the next entry's …
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
use super::ngrams::{TermKind, WordHash, words_hash};
use super::{Analyzer, Scratch};

/// Buffers of one thread, and what it remembers of chunks: good for one analyser and one way to resolve hashes.
#[derive(Debug)]
pub struct TermReader<T> {
    scratch: Scratch,
    memory: Memory<T>,
    /// Hashes of a text's runs of words, until all are known: looked up one after the other, the waits for memory
    /// overlap.
    runs: Vec<u64>,
}

/// The slots, and what they point into.
#[derive(Debug)]
struct Memory<T> {
    slots: Box<[Slot]>,
    /// Slots of another epoch are empty.
    epoch: u16,
    terms: Vec<T>,
    words: Vec<(u64, Option<T>)>,
    apart: Vec<Apart>,
    /// Of the chunk that is read, until its characters are all known.
    beside: Vec<T>,
}

/// A chunk that was seen, and where what it holds lies.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    chunk: Key,
    terms: u32,
    words: u32,
    apart: u32,
    epoch: u16,
    n_characters: u16,
    n_beside: u16,
    n_words: u8,
    n_apart: u8,
    /// Whether one of `apart` is a letter.
    has_letter: bool,
}

/// A chunk of at most sixteen bytes, the rest filled with zeros, and whether it begins a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    low: u64,
    high: u64,
    /// Length, times two, and one if it begins a line.
    shape: u8,
}

/// How many chunks are remembered at most.
const N_SLOTS: usize = 1 << 15;
/// How many of their terms; then all is forgotten.
const N_TERMS: usize = 1 << 20;
/// The longest chunk that is remembered, in bytes.
const LONGEST: usize = 16;

impl Key {
    /// The chunk at `start..end` of `text`, if it is short enough.
    #[inline]
    fn of(text: &[u8], start: usize, end: usize, line_starts: bool) -> Option<Self> {
        let len = end - start;
        if len > LONGEST || len == 0 {
            return None;
        }
        let bytes = match text.get(start..start + LONGEST).and_then(|sixteen| sixteen.try_into().ok()) {
            Some(sixteen) => u128::from_le_bytes(sixteen) & (u128::MAX >> (8 * (LONGEST - len))),
            None => {
                let mut sixteen = [0; LONGEST];
                sixteen[..len].copy_from_slice(&text[start..end]);
                u128::from_le_bytes(sixteen)
            }
        };
        let shape = 2 * len as u8 + u8::from(line_starts);
        Some(Self { low: bytes as u64, high: (bytes >> 64) as u64, shape })
    }

    /// Which slot it may be in: the high bits of a product, which depend on all bits of the chunk.
    #[inline]
    fn slot(self) -> usize {
        let high = (self.high ^ u64::from(self.shape)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.low ^ high.rotate_left(32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (mixed >> (64 - N_SLOTS.trailing_zeros())) as usize
    }
}

impl<T: Copy> Default for TermReader<T> {
    fn default() -> Self {
        let memory = Memory {
            slots: vec![Slot::default(); N_SLOTS].into_boxed_slice(),
            epoch: 1,
            terms: Vec::new(),
            words: Vec::new(),
            apart: Vec::new(),
            beside: Vec::new(),
        };
        Self { scratch: Scratch::default(), memory, runs: Vec::new() }
    }
}

impl<T: Copy> Memory<T> {
    /// What a chunk holds, remembered or found and remembered.
    #[inline]
    fn recall(&mut self, key: Key, find: impl FnOnce(&mut Self) -> Slot) -> Slot {
        let at = key.slot();
        let slot = self.slots[at];
        if slot.chunk == key && slot.epoch == self.epoch {
            return slot;
        }
        if self.terms.len() > N_TERMS || self.words.len() > N_TERMS || self.apart.len() > N_TERMS {
            self.forget();
        }
        let slot = Slot { chunk: key, epoch: self.epoch, ..find(self) };
        self.slots[at] = slot;
        slot
    }

    fn forget(&mut self) {
        self.terms.clear();
        self.words.clear();
        self.apart.clear();
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.slots.fill(Slot::default());
            self.epoch = 1;
        }
    }

    /// Appends what a chunk holds. No character of Unicode normalises to more than 18, so one of sixteen bytes has
    /// few enough parts for small numbers.
    fn append(
        &mut self,
        parts: impl FnOnce(&mut dyn FnMut(Part)),
        resolve: impl Fn(u64) -> Option<T>,
    ) -> Slot {
        let mut slot = Slot {
            terms: self.terms.len() as u32,
            words: self.words.len() as u32,
            apart: self.apart.len() as u32,
            ..Slot::default()
        };
        self.beside.clear();
        parts(&mut |part| match part {
            Part::Characters(hash) => {
                if let Some(term) = resolve(hash) {
                    self.terms.push(term);
                    slot.n_characters += 1;
                }
            }
            Part::Beside(hash) => {
                self.beside.extend(resolve(hash));
            }
            Part::Word(hash) => {
                self.words.push((hash, resolve(words_hash([hash]))));
                slot.n_words += 1;
            }
            Part::Apart(event) => {
                self.apart.push(event);
                slot.has_letter |= event != Apart::End;
                slot.n_apart += 1;
            }
        });
        slot.n_beside = self.beside.len() as u16;
        self.terms.append(&mut self.beside);
        slot
    }

    /// Emits what a chunk holds, and what it makes of what was before it.
    #[inline]
    fn replay(
        &self,
        slot: &Slot,
        across: &mut Across<'_>,
        resolve: &impl Fn(u64) -> Option<T>,
        emit: &mut impl FnMut(TermKind, T),
    ) {
        let start = slot.terms as usize;
        let middle = start + usize::from(slot.n_characters);
        let end = middle + usize::from(slot.n_beside);
        self.terms[start..middle].iter().for_each(|&term| emit(TermKind::Characters, term));
        self.terms[middle..end].iter().for_each(|&term| emit(TermKind::Words, term));
        let start = slot.words as usize;
        for &word in &self.words[start..start + usize::from(slot.n_words)] {
            across.word(word, emit);
        }
        if slot.has_letter || across.n_letters > 0 {
            let start = slot.apart as usize;
            for &event in &self.apart[start..start + usize::from(slot.n_apart)] {
                across.apart(event, resolve, emit);
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
    /// The last words' hashes, newest last.
    recent: [u64; MAX_WORDS],
    n_recent: usize,
    letters: WordHash,
    n_letters: usize,
}

impl<'r> Across<'r> {
    fn new(analyzer: &Analyzer, runs: &'r mut Vec<u64>) -> Self {
        runs.clear();
        Self {
            runs,
            lengths: analyzer.analysis().words.map(usize::from),
            recent: [0; MAX_WORDS],
            n_recent: 0,
            letters: WordHash::new(),
            n_letters: 0,
        }
    }

    /// Emits a word, looked up already, and writes down the runs of words that end in it.
    #[inline]
    fn word<T>(&mut self, (hash, term): (u64, Option<T>), emit: &mut impl FnMut(TermKind, T)) {
        let [min, max] = self.lengths;
        self.recent.rotate_left(1);
        self.recent[MAX_WORDS - 1] = hash;
        self.n_recent += 1;
        if min <= 1
            && let Some(term) = term
        {
            emit(TermKind::Words, term);
        }
        for n in min.max(2)..=max.min(self.n_recent) {
            self.runs.push(words_hash(self.recent[MAX_WORDS - n..].iter().copied()));
        }
    }

    /// Collects letters apart, and emits them as a word where they end.
    fn apart<T>(
        &mut self,
        event: Apart,
        resolve: &impl Fn(u64) -> Option<T>,
        emit: &mut impl FnMut(TermKind, T),
    ) {
        match event {
            Apart::Letter(c) => {
                self.letters.push(c);
                self.n_letters += 1;
            }
            Apart::End => {
                if self.n_letters >= LettersApart::FEWEST
                    && let Some(term) = resolve(words_hash([self.letters.finish()]))
                {
                    emit(TermKind::Words, term);
                }
                (self.letters, self.n_letters) = (WordHash::new(), 0);
            }
        }
    }
}

impl Analyzer {
    /// Calls `emit` with every term of `text` that `resolve` knows by its hash, as often as it occurs: the terms
    /// of [`analyze`](Self::analyze), in another order within a chunk.
    ///
    /// `reader` must have been used with this analyser and this `resolve` only.
    ///
    /// ```
    /// use moderato::text::{Analysis, Analyzer, TermReader};
    /// let analyzer = Analyzer::try_from(Analysis { words: [1, 1], characters: [0, 0], ..Analysis::default() })?;
    /// let mut hashes = Vec::new();
    /// analyzer.read_terms("no, no", &mut TermReader::default(), &Some, |_, hash: u64| hashes.push(hash));
    /// assert_eq!(hashes.len(), 3);
    /// assert_eq!(hashes[0], hashes[2]);
    /// # Ok::<(), moderato::text::AnalysisError>(())
    /// ```
    #[inline]
    pub fn read_terms<T: Copy>(
        &self,
        text: &str,
        reader: &mut TermReader<T>,
        resolve: &impl Fn(u64) -> Option<T>,
        mut emit: impl FnMut(TermKind, T),
    ) {
        let TermReader { scratch, memory, runs } = reader;
        let mut across = Across::new(self, runs);
        let mut line_starts = true;
        let mut at = 0;
        while let Some(Next { chunk, line_starts: line_started }) = chunk::next(text, at) {
            if u32::try_from(chunk.end).is_err() {
                break;
            }
            at = chunk.end;
            line_starts |= line_started;
            match Key::of(text.as_bytes(), chunk.start, chunk.end, line_starts) {
                Some(key) => {
                    let slot = memory.recall(key, |memory| {
                        let parts = |each: &mut dyn FnMut(Part)| {
                            self.chunk_parts(&text[chunk], line_starts, scratch, each);
                        };
                        memory.append(parts, resolve)
                    });
                    memory.replay(&slot, &mut across, resolve, &mut emit);
                }
                None => self.chunk_parts(&text[chunk], line_starts, scratch, &mut |part| match part {
                    Part::Characters(hash) => {
                        resolve(hash).into_iter().for_each(|term| emit(TermKind::Characters, term));
                    }
                    Part::Beside(hash) => {
                        resolve(hash).into_iter().for_each(|term| emit(TermKind::Words, term));
                    }
                    Part::Word(hash) => {
                        across.word((hash, resolve(words_hash([hash]))), &mut emit);
                    }
                    Part::Apart(event) => across.apart(event, resolve, &mut emit),
                }),
            }
            line_starts = false;
        }
        across.apart(Apart::End, resolve, &mut emit);
        for &hash in &*across.runs {
            if let Some(term) = resolve(hash) {
                emit(TermKind::Words, term);
            }
        }
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
        analyzer.read_terms(text, reader, &Some, |kind, hash| hashes.push((kind, hash)));
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
        check("a_chunk_of_more_than_sixteen_bytes_that_is_not_remembered a b");
        check("\u{fdfa}\u{fdfa}\u{fdfa}\u{fdfa}\u{fdfa} \u{fdfa} 你好 👍🏽👍");
        check("exactly_16_bytes exactly_16_bytes a");
    }

    #[test]
    fn unknown_terms_are_not_emitted() {
        let analyzer = Analyzer::try_from(Analysis::default()).unwrap();
        let mut n_terms = 0;
        analyzer.read_terms("a b c", &mut TermReader::<u32>::default(), &|_| None, |_, _| n_terms += 1);
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
        assert!(reader.memory.epoch > 1 && reader.memory.terms.len() <= N_TERMS + 200);
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
