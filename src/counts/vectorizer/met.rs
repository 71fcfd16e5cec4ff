//! The terms of the documents read so far, numbered in the order in which they were met.
//!
//! A [`TermReader`] that is given these remembers numbers instead of hashes, so a term within a chunk it has seen
//! before costs no look-up at all; only runs of words, which cross chunks, are looked up each time.

use crate::text::analyzer::MAX_WORDS;
use crate::text::{Analyzer, Lookup, TermReader};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Terms by their hashes, which are spread already: they serve as they are.
pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Identity>>;

/// No term.
pub(super) const NONE: u32 = u32::MAX;

/// A term that was met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    pub(super) hash: u64,
    /// The first document that has it.
    pub(super) first: u32,
    /// Of a run the numbers of its words, then [`NONE`]; of any other term [`NONE`].
    words: [u32; MAX_WORDS],
}

/// How often a term was met. Apart from the rest, for it changes with every occurrence: the frequent terms, which have
/// the first numbers, then share few cache lines.
#[derive(Debug, Clone, Copy)]
struct Occurrences {
    /// In how many documents.
    n_documents: u32,
    /// The last of them.
    last: u32,
}

/// The terms that were met, by number and by hash.
#[derive(Debug)]
pub(super) struct Terms {
    /// The shortest and the longest run of words that is counted.
    lengths: [usize; 2],
    numbers: ByHash<u32>,
    met: Vec<Met>,
    occurrences: Vec<Occurrences>,
    /// The document that is read.
    document: u32,
    /// Its words so far, and the numbers of its runs.
    words: Vec<u32>,
    runs: Vec<u32>,
}

/// Numbers the terms of one document after the other.
#[derive(Debug)]
pub(super) struct Numbering {
    terms: RefCell<Terms>,
}

impl Numbering {
    pub(super) fn new(analyzer: &Analyzer) -> Self {
        let terms = Terms {
            lengths: analyzer.analysis().words.map(usize::from),
            numbers: ByHash::default(),
            met: Vec::new(),
            occurrences: Vec::new(),
            document: 0,
            words: Vec::new(),
            runs: Vec::new(),
        };
        Self { terms: RefCell::new(terms) }
    }

    /// Reads a document, counts that its terms are in it, and appends their numbers to `numbers`, as often as they
    /// occur.
    pub(super) fn read(
        &mut self,
        analyzer: &Analyzer,
        (document, text): (u32, &str),
        reader: &mut TermReader<u32>,
        numbers: &mut Vec<u32>,
    ) {
        let start = numbers.len();
        self.terms().begin(document);
        analyzer.read_terms(text, reader, self, |_, some| numbers.extend_from_slice(some));
        // All at once, so that the waits for memory overlap.
        self.terms().occur(&numbers[start..]);
    }

    /// How many terms there are.
    pub(super) fn len(&self) -> usize {
        self.terms.borrow().met.len()
    }

    /// What was met.
    pub(super) fn terms(&mut self) -> &mut Terms {
        self.terms.get_mut()
    }
}

impl Lookup for Numbering {
    type Term = u32;

    #[inline]
    fn find(&self, hash: u64) -> Option<u32> {
        Some(self.terms.borrow_mut().number(hash, [NONE; MAX_WORDS]))
    }

    #[inline]
    fn follow(&self, word: Option<u32>) {
        if let Some(word) = word {
            self.terms.borrow_mut().words.push(word);
        }
    }

    #[inline]
    fn find_runs(&self, hashes: &mut Vec<u64>, each: impl FnMut(u32)) {
        let terms = &mut *self.terms.borrow_mut();
        terms.number_runs(hashes);
        terms.runs.iter().copied().for_each(each);
    }
}

impl Terms {
    fn begin(&mut self, document: u32) {
        self.document = document;
        self.words.clear();
    }

    /// The number of a term, a new one if it was never met.
    #[inline]
    fn number(&mut self, hash: u64, words: [u32; MAX_WORDS]) -> u32 {
        let Self { numbers, met, occurrences, document, .. } = self;
        *numbers.entry(hash).or_insert_with(|| {
            met.push(Met { hash, first: *document, words });
            occurrences.push(Occurrences { n_documents: 0, last: NONE });
            (met.len() - 1) as u32
        })
    }

    /// The numbers of all runs of the document's words, given their hashes in the reader's order.
    #[inline]
    fn number_runs(&mut self, hashes: &mut Vec<u64>) {
        self.runs.clear();
        let [min, max] = self.lengths;
        let mut hashes = hashes.drain(..);
        for end in 1..=self.words.len() {
            for n in (min.max(2)..=max.min(end)).rev() {
                let Some(hash) = hashes.next() else { return };
                let mut words = [NONE; MAX_WORDS];
                words[..n].copy_from_slice(&self.words[end - n..end]);
                let number = self.number(hash, words);
                self.runs.push(number);
            }
        }
    }

    /// Counts that the document has these.
    #[inline]
    fn occur(&mut self, numbers: &[u32]) {
        for &number in numbers {
            let occurrences = &mut self.occurrences[number as usize];
            occurrences.n_documents += u32::from(occurrences.last != self.document);
            occurrences.last = self.document;
        }
    }

    /// All terms, by number, and in how many documents each is.
    pub(super) fn met(&self) -> impl ExactSizeIterator<Item = (&Met, u32)> {
        self.met.iter().zip(self.occurrences.iter().map(|occurrences| occurrences.n_documents))
    }

    /// In how many documents the term with this hash is; none if it was never met.
    pub(super) fn n_documents(&self, hash: u64) -> Option<u32> {
        self.numbers.get(&hash).map(|&number| self.occurrences[number as usize].n_documents)
    }

    /// The words of a run; none of any other term.
    pub(super) fn words(&self, run: &Met) -> impl Iterator<Item = &Met> + Clone {
        let of_run = run.words.into_iter().take_while(|&number| number != NONE);
        of_run.map(|number| &self.met[number as usize])
    }

    /// Forgets the terms of at most so many documents, but for words of runs that stay. The others have new numbers.
    pub(super) fn forget(&mut self, n_documents: u32) {
        let mut stays: Vec<bool> = self.occurrences.iter().map(|met| n_documents < met.n_documents).collect();
        for (number, met) in self.met.iter().enumerate().filter(|(_, met)| met.words[0] != NONE) {
            if stays[number] {
                met.words.iter().filter(|&&word| word != NONE).for_each(|&word| stays[word as usize] = true);
            }
        }
        let mut n = 0;
        let new_number = |&stays: &bool| {
            n += u32::from(stays);
            if stays { n - 1 } else { NONE }
        };
        let new_numbers: Vec<u32> = stays.iter().map(new_number).collect();
        let mut stay = stays.iter();
        self.met.retain(|_| stay.next() == Some(&true));
        let mut stay = stays.iter();
        self.occurrences.retain(|_| stay.next() == Some(&true));
        for word in self.met.iter_mut().flat_map(|met| &mut met.words).filter(|word| **word != NONE) {
            *word = new_numbers[*word as usize];
        }
        self.numbers.retain(|_, number| {
            *number = new_numbers[*number as usize];
            *number != NONE
        });
    }
}

/// Takes a hash for what it is.
#[derive(Debug, Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.0 = self.0.rotate_left(8) ^ u64::from(b));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Analysis;
    use crate::text::TermKind::Words;
    use crate::text::ngrams::term_hash;

    fn read(words: [u8; 2], texts: &[&str]) -> Numbering {
        let analysis = Analysis { words, characters: [0, 0], ..Analysis::default() };
        let analyzer = Analyzer::try_from(analysis).unwrap();
        let (mut numbering, mut reader) = (Numbering::new(&analyzer), TermReader::default());
        for (document, text) in (0..).zip(texts) {
            numbering.read(&analyzer, (document, text), &mut reader, &mut Vec::new());
        }
        numbering
    }

    /// In how many documents a run is, and the hashes of its words.
    fn run(terms: &Terms, text: &str) -> (u32, Vec<u64>) {
        let hash = term_hash(Words, text);
        let met = &terms.met[terms.numbers[&hash] as usize];
        (terms.n_documents(hash).unwrap(), terms.words(met).map(|word| word.hash).collect())
    }

    #[test]
    fn runs_know_their_words() {
        for words in [[1, 2], [1, 3], [2, 3], [3, 3]] {
            let mut numbering = read(words, &["so be it", "be it so be it"]);
            let terms = numbering.terms();
            let n = usize::from(words[1]);
            let text = ["so be", "so be it"][n - 2];
            let hashes: Vec<u64> = text.split(' ').map(|word| term_hash(Words, word)).collect();
            assert_eq!(run(terms, text), (2, hashes), "{words:?}");
        }
    }

    #[test]
    fn the_words_of_a_run_that_stays_stay() {
        let mut numbering = read([2, 2], &["no way", "no way", "all in", "no all"]);
        let terms = numbering.terms();
        terms.forget(1);
        assert_eq!(terms.met().len(), 3);
        assert_eq!(run(terms, "no way"), (2, vec![term_hash(Words, "no"), term_hash(Words, "way")]));
        assert_eq!(terms.n_documents(term_hash(Words, "no all")), None);
    }
}
