//! Documents as they were read while their vocabulary was learned: numbers of terms, so that no text is read again.

use super::met::NONE;
use crate::counts::bag::Bag;
use crate::counts::vocabulary::Vocabulary;
use crate::text::{Lookup, TermKind};

/// All documents, in the shares in which they were read.
#[derive(Debug)]
pub struct ReadDocuments {
    parts: Vec<ReadPart>,
}

/// One share of the documents.
#[derive(Debug, Default)]
pub(super) struct ReadPart {
    /// The terms of each document, as often as they occur, one document after the other.
    numbers: Vec<u32>,
    /// Where each document ends.
    ends: Vec<usize>,
    /// The hash of each number.
    hashes: Vec<u64>,
}

/// The documents of a share, and what their terms are called in a vocabulary.
#[derive(Debug)]
pub(super) struct NamedPart<'t> {
    part: &'t ReadPart,
    /// The id of each number, [`NONE`] of a term that the vocabulary has not.
    ids: Vec<u32>,
    n_characters: u32,
}

impl ReadDocuments {
    pub(super) fn new(parts: Vec<ReadPart>) -> Self {
        Self { parts }
    }

    pub(super) fn parts(&self) -> &[ReadPart] {
        &self.parts
    }
}

impl ReadPart {
    /// Where the terms of the document that is read are appended.
    pub(super) fn numbers(&mut self) -> &mut Vec<u32> {
        &mut self.numbers
    }

    pub(super) fn end_document(&mut self) {
        self.ends.push(self.numbers.len());
    }

    /// Once all is read: with the hash of each number.
    pub(super) fn with_hashes(self, hashes: impl Iterator<Item = u64>) -> Self {
        Self { hashes: hashes.collect(), ..self }
    }

    /// With the names its terms have in `vocabulary`.
    pub(super) fn named(&self, vocabulary: &Vocabulary) -> NamedPart<'_> {
        let known = vocabulary.lookup();
        let ids = self.hashes.iter().map(|&hash| known.find(hash).unwrap_or(NONE)).collect();
        NamedPart { part: self, ids, n_characters: vocabulary.n_characters() }
    }
}

impl NamedPart<'_> {
    pub(super) fn n_documents(&self) -> usize {
        self.part.ends.len()
    }

    /// Counts the known terms of a document of the share.
    pub(super) fn count(&self, document: usize, bag: &mut Bag, known: &mut [Vec<u32>; 2]) {
        let Self { part, ids, n_characters } = self;
        let start = document.checked_sub(1).map_or(0, |before| part.ends[before]);
        let numbers = &part.numbers[start..part.ends[document]];
        let [characters, words] = known;
        for ids in [&mut *characters, &mut *words] {
            ids.resize(ids.len().max(numbers.len()), 0);
        }
        let (mut n_characters_known, mut n_words_known) = (0, 0);
        for &number in numbers {
            // Written in any case and kept if it is of the kind, which no branch could foresee.
            let id = ids[number as usize];
            characters[n_characters_known] = id;
            n_characters_known += usize::from(id < *n_characters);
            words[n_words_known] = id;
            n_words_known += usize::from(*n_characters <= id && id != NONE);
        }
        bag.add(TermKind::Characters, &characters[..n_characters_known]);
        bag.add(TermKind::Words, &words[..n_words_known]);
    }
}
