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
    /// In how many documents.
    pub(super) n_documents: u32,
    /// The first of them.
    pub(super) first: u32,
    /// The last so far.
    last: u32,
    /// Of a run the numbers of its words, then [`NONE`]; of any other term [`NONE`].
    words: [u32; MAX_WORDS],
}

/// The terms that were met, by number and by hash.
#[derive(Debug)]
pub(super) struct Terms {
    /// The shortest and the longest run of words that is counted.
    lengths: [usize; 2],
    numbers: ByHash<u32>,
    met: Vec<Met>,
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
            document: 0,
            words: Vec::new(),
            runs: Vec::new(),
        };
        Self { terms: RefCell::new(terms) }
    }

    /// Reads a document, counts that its terms are in it, and calls `each` with their numbers, as often as they occur.
    pub(super) fn read(
        &self,
        analyzer: &Analyzer,
        (document, text): (u32, &str),
        reader: &mut TermReader<u32>,
        mut each: impl FnMut(&[u32]),
    ) {
        self.terms.borrow_mut().begin(document);
        analyzer.read_terms(text, reader, self, |_, numbers| {
            self.terms.borrow_mut().occur(numbers);
            each(numbers);
        });
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
        self.terms.borrow_mut().words.extend(word);
    }

    #[inline]
    fn find_runs(&self, hashes: &mut Vec<u64>, each: impl FnMut(u32)) {
        let mut terms = self.terms.borrow_mut();
        terms.number_runs(hashes);
        let runs = std::mem::take(&mut terms.runs);
        // What is done with them may ask for them.
        drop(terms);
        runs.iter().copied().for_each(each);
        self.terms.borrow_mut().runs = runs;
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
        let Self { met, document, .. } = self;
        *self.numbers.entry(hash).or_insert_with(|| {
            met.push(Met { hash, n_documents: 0, first: *document, last: NONE, words });
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
            let met = &mut self.met[number as usize];
            met.n_documents += u32::from(met.last != self.document);
            met.last = self.document;
        }
    }

    /// All terms, by number.
    pub(super) fn met(&self) -> &[Met] {
        &self.met
    }

    /// The term with this hash, if it was met.
    pub(super) fn find(&self, hash: u64) -> Option<&Met> {
        self.numbers.get(&hash).map(|&number| &self.met[number as usize])
    }

    /// The words of a run; none of any other term.
    pub(super) fn words(&self, run: &Met) -> impl Iterator<Item = &Met> + Clone {
        let of_run = run.words.into_iter().take_while(|&number| number != NONE);
        of_run.map(|number| &self.met[number as usize])
    }

    /// Forgets the terms of at most so many documents, but for words of runs that stay. The others have new numbers.
    pub(super) fn forget(&mut self, n_documents: u32) {
        let mut stays: Vec<bool> = self.met.iter().map(|met| n_documents < met.n_documents).collect();
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
        let mut stays = stays.into_iter();
        self.met.retain(|_| stays.next() == Some(true));
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
        let (numbering, mut reader) = (Numbering::new(&analyzer), TermReader::default());
        for document in (0..).zip(texts) {
            numbering.read(&analyzer, (document.0, document.1), &mut reader, |_| ());
        }
        numbering
    }

    fn run<'t>(terms: &'t Terms, text: &str) -> (u32, Vec<&'t Met>) {
        let met = terms.find(term_hash(Words, text)).unwrap();
        (met.n_documents, terms.words(met).collect())
    }

    #[test]
    fn runs_know_their_words() {
        for words in [[1, 2], [1, 3], [2, 3], [3, 3]] {
            let mut numbering = read(words, &["so be it", "be it so be it"]);
            let terms = numbering.terms();
            let n = usize::from(words[1]);
            let text = ["so be", "so be it"][n - 2];
            let (n_documents, found) = run(terms, text);
            assert_eq!(n_documents, 2, "{words:?}");
            let hashes: Vec<u64> = text.split(' ').map(|word| term_hash(Words, word)).collect();
            assert_eq!(found.iter().map(|met| met.hash).collect::<Vec<_>>(), hashes, "{words:?}");
        }
    }

    #[test]
    fn the_words_of_a_run_that_stays_stay() {
        let mut numbering = read([2, 2], &["no way", "no way", "all in", "no all"]);
        let terms = numbering.terms();
        terms.forget(1);
        assert_eq!(terms.met().len(), 3);
        let (n_documents, words) = run(terms, "no way");
        assert_eq!((n_documents, words.len()), (2, 2));
        assert_eq!(words[1].hash, term_hash(Words, "way"));
        assert!(terms.find(term_hash(Words, "no all")).is_none());
    }
}
