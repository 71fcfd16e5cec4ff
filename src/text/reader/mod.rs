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
//! A text is read some dozens of chunks at a time, in steps that wait for memory together rather than in turn:
//!
//! 1. where each chunk ends, and in which pair of slots it may be (`chunk::next`, `memory::Key`);
//! 2. the pairs are fetched, then what the slots point to (`Memory::look_ahead`);
//! 3. a chunk that is remembered is replayed, any other is analysed, looked up and remembered.
//!
//! Only runs of words, which cross a space, are hashed each time: from the hashes of their words, and looked up
//! together at the end of the text (`find_all`).
//! When the arrays are full, everything is forgotten at once; so memory is bounded whatever is read, and a stream
//! of chunks that never come again costs little more than without memory.
//! [`Analyzer::analyze`] is the plain way to the same terms; a property test holds the two together.

mod memory;

use super::analyzer::MAX_WORDS;
use super::chunk::{Apart, LettersApart, Part};
use super::ngrams::{RunHash, TermKind, WordHash, words_hash};
use super::{Analyzer, Scratch};
use memory::{Ahead, Memory, Place};

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

    /// Told of each word that runs are made of, in the order of the text.
    #[inline]
    fn follow(&self, _word: Option<Self::Term>) {}

    /// Calls `each` with the terms among the runs of words of a text, all of whose words [`follow`](Self::follow) was
    /// told of: `hashes` has, for each word, those that end in it, longest first. Empties `hashes`.
    #[inline]
    fn find_runs(&self, hashes: &mut Vec<u64>, each: impl FnMut(Self::Term))
    where
        Self: Sized,
    {
        find_all(self, hashes, each);
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

impl<T: Copy> Default for TermReader<T> {
    fn default() -> Self {
        Self { scratch: Scratch::default(), memory: Memory::default(), ahead: Vec::new(), runs: Vec::new() }
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
    /// let mut hashes: Vec<u64> = Vec::new();
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
            for Ahead { slot, is_known, line_starts, pair, start, end } in ahead.drain(..) {
                let chunk = &text[start as usize..end as usize];
                // A chunk that stands twice may have been learned meanwhile.
                let slot =
                    is_known.then_some(slot).or_else(|| memory.recall(slot.chunk, pair)).or_else(|| {
                        let parts = |each: &mut dyn FnMut(Part)| {
                            self.chunk_parts(chunk, line_starts, scratch, each);
                        };
                        memory.learn((slot.chunk, pair), lookup, parts)
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
                            let word = (hash, lookup.find(words_hash([hash])));
                            lookup.follow(word.1);
                            across.word(word, &mut emit);
                        }
                        Part::Apart(event) => across.apart(event, lookup, &mut emit),
                    }),
                }
            }
        }
        across.apart(Apart::End, lookup, &mut emit);
        lookup.find_runs(across.runs, |term| emit(TermKind::Words, &[term]));
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
            hashes.extend(some.iter().map(|&hash| (kind, hash)));
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
            n_terms += some.len();
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
        assert!(reader.memory.n_terms() <= memory::N_TERMS + 32 * 255);
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
