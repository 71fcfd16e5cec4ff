//! One document at a time as a bag of terms: ids in, distinct ids with their counts out, nothing allocated.

use crate::text::TermKind;

/// The known terms of a document, counted.
#[derive(Debug)]
pub struct Bag {
    /// How often each term of the vocabulary occurs, while a document is read; zero between documents. In a byte
    /// each, so that the counts of a large vocabulary stay in a near cache.
    counts: Vec<u8>,
    /// A term for each time its count has run full: `FULL - 1` occurrences.
    full: Vec<u32>,
    /// Its character n-grams.
    pub characters: Terms,
    /// Its words and their runs.
    pub words: Terms,
}

/// The distinct terms of a kind in order of first occurrence, and how often each occurs.
#[derive(Debug)]
pub struct Terms {
    /// As many as there may be, of which the first `n` are in use.
    ids: Vec<u32>,
    n: usize,
    /// In the order of `ids`, once the document is complete.
    counts: Vec<u32>,
}

/// So many occurrences fill a count, which then begins anew.
const FULL: u8 = u8::MAX;

impl Terms {
    fn new(most: usize) -> Self {
        Self { ids: vec![0; most + 1], n: 0, counts: Vec::new() }
    }

    /// Ids alone.
    #[inline]
    pub fn ids(&self) -> &[u32] {
        &self.ids[..self.n]
    }

    /// Ids and counts.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.ids().iter().copied().zip(self.counts.iter().copied())
    }

    #[inline]
    fn complete(&mut self, counts: &mut [u8]) {
        self.counts.clear();
        let take = |&id: &u32| u32::from(std::mem::take(&mut counts[id as usize]));
        self.counts.extend(self.ids[..self.n].iter().map(take));
    }

    /// Adds what filled the counts of terms; `full` is sorted.
    fn add_full(&mut self, full: &[u32]) {
        for (id, count) in self.ids[..self.n].iter().zip(&mut self.counts) {
            let first = full.partition_point(|other| other < id);
            let times = full[first..].partition_point(|other| other == id);
            *count = count.saturating_add(times as u32 * u32::from(FULL - 1));
        }
    }
}

impl Default for Bag {
    /// Without room for any term.
    fn default() -> Self {
        Self::new(0)
    }
}

impl Bag {
    /// Room for a vocabulary of `n_terms` terms, all of which may be of either kind; what is not used costs nothing.
    pub fn new(n_terms: usize) -> Self {
        Self {
            counts: vec![0; n_terms],
            full: Vec::new(),
            characters: Terms::new(n_terms),
            words: Terms::new(n_terms),
        }
    }

    /// Begins a document.
    pub fn begin(&mut self) {
        (self.characters.n, self.words.n) = (0, 0);
    }

    /// One more occurrence of each of `ids`.
    ///
    /// # Panics
    /// If there is no such term.
    #[inline]
    pub fn add(&mut self, kind: TermKind, ids: &[u32]) {
        let Terms { ids: written, n: n_written, .. } = match kind {
            TermKind::Characters => &mut self.characters,
            TermKind::Words => &mut self.words,
        };
        // Held here, where no count that is written could change them.
        let (counts, written, mut n) = (&mut *self.counts, &mut **written, *n_written);
        for &id in ids {
            let count = &mut counts[id as usize];
            // Written in any case and kept if it is the first: half of all terms are, which no branch could foresee.
            // There is always room for one more.
            written[n] = id;
            n += usize::from(*count == 0);
            if *count == FULL {
                // Not to zero, which would write the term down anew.
                *count = 1;
                self.full.push(id);
            }
            *count += 1;
        }
        *n_written = n;
    }

    /// Ends the document: its terms have their counts.
    pub fn complete(&mut self) {
        self.characters.complete(&mut self.counts);
        self.words.complete(&mut self.counts);
        if !self.full.is_empty() {
            self.full.sort_unstable();
            self.characters.add_full(&self.full);
            self.words.add_full(&self.full);
            self.full.clear();
        }
    }

    /// All ids and counts, characters first.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.characters.iter().chain(self.words.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TermKind::{Characters, Words};

    #[test]
    fn each_document_is_counted_by_itself() {
        let mut bag = Bag::new(5);
        for _ in 0..2 {
            bag.begin();
            bag.add(Words, &[4]);
            bag.add(Characters, &[1]);
            bag.add(Words, &[2, 4]);
            bag.complete();
            assert_eq!(bag.iter().collect::<Vec<_>>(), [(1, 1), (4, 2), (2, 1)]);
        }
        bag.begin();
        bag.complete();
        assert_eq!(bag.iter().count(), 0);
    }

    #[test]
    fn a_term_may_occur_more_often_than_a_byte_can_count() {
        let mut bag = Bag::new(3);
        for times in [254, 255, 256, 509, 510, 100_000] {
            bag.begin();
            for _ in 0..times {
                bag.add(Words, &[2]);
            }
            bag.add(Characters, &[0; 300]);
            bag.add(Characters, &[1]);
            bag.complete();
            assert_eq!(bag.iter().collect::<Vec<_>>(), [(0, 300), (1, 1), (2, times)]);
        }
    }

    #[test]
    fn every_term_at_once_has_room() {
        let mut bag = Bag::new(2);
        bag.begin();
        bag.add(Characters, &[0, 0]);
        bag.add(Words, &[1, 1]);
        bag.complete();
        assert_eq!(bag.iter().collect::<Vec<_>>(), [(0, 2), (1, 2)]);
    }
}
