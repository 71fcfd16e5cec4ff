//! Documents, some at a time on each core: texts, or what was read of them before.

use super::read::{NamedPart, ReadDocuments};
use super::{Vectorizer, VectorizerError};
use crate::counts::bag::Bag;
use crate::counts::matrix::{CountMatrix, CountMatrixBuilder};
use crate::text::TermReader;
use rayon::prelude::*;
use std::ops::Range;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub enum Documents<'t> {
    /// Texts, which are read.
    Texts(&'t [&'t str]),
    /// What was read when the vocabulary was learned.
    Read(&'t ReadDocuments),
}

impl<'t> From<&'t [&'t str]> for Documents<'t> {
    fn from(texts: &'t [&'t str]) -> Self {
        Self::Texts(texts)
    }
}

impl<'t> From<&'t ReadDocuments> for Documents<'t> {
    fn from(documents: &'t ReadDocuments) -> Self {
        Self::Read(documents)
    }
}

/// Some of the documents that are counted.
#[derive(Debug)]
pub struct Share<'t> {
    vectorizer: &'t Vectorizer,
    source: Source<'t>,
    start: usize,
}

#[derive(Debug)]
enum Source<'t> {
    Texts(&'t [&'t str]),
    Read(&'t NamedPart<'t>, Range<usize>),
}

impl Share<'_> {
    /// Where they stand among all.
    pub fn documents(&self) -> Range<usize> {
        let n = match &self.source {
            Source::Texts(texts) => texts.len(),
            Source::Read(_, documents) => documents.len(),
        };
        self.start..self.start + n
    }

    /// Calls `each` with the known terms of each document, in order.
    pub fn each_bag(&self, mut each: impl FnMut(&Bag)) {
        let Vectorizer { analyzer, vocabulary } = self.vectorizer;
        let mut bag = Bag::new(vocabulary.len());
        match &self.source {
            Source::Texts(texts) => {
                let (known, mut reader) = (vocabulary.lookup(), TermReader::default());
                for text in *texts {
                    bag.begin();
                    analyzer.read_terms(text, &mut reader, &known, |kind, ids| bag.add(kind, ids));
                    bag.complete();
                    each(&bag);
                }
            }
            Source::Read(part, documents) => {
                let mut known = Default::default();
                for document in documents.clone() {
                    bag.begin();
                    part.count(document, &mut bag, &mut known);
                    bag.complete();
                    each(&bag);
                }
            }
        }
    }

    /// Their rows of a matrix.
    pub(super) fn counts(&self) -> Result<CountMatrix, VectorizerError> {
        let mut builder = CountMatrixBuilder::new();
        let mut row = Vec::new();
        self.each_bag(|bag| {
            row.clear();
            row.extend(bag.iter());
            row.sort_unstable_by_key(|&(id, _)| id);
            builder.push_sorted_row(row.iter().copied());
        });
        Ok(builder.finish(self.vectorizer.vocabulary.len())?)
    }
}

impl Vectorizer {
    /// What `each` makes of some of the documents at a time, on all cores; in order.
    pub fn in_shares<'t, R: Send>(
        &self,
        documents: impl Into<Documents<'t>>,
        each: impl Fn(Share<'_>) -> R + Sync,
    ) -> Vec<R> {
        match documents.into() {
            Documents::Texts(texts) => {
                let size = size(texts.len());
                let shares = texts.par_chunks(size).enumerate();
                let share =
                    |(i, texts)| Share { vectorizer: self, source: Source::Texts(texts), start: i * size };
                shares.map(|found| each(share(found))).collect()
            }
            Documents::Read(read) => {
                let named: Vec<_> =
                    read.parts().par_iter().map(|part| part.named(&self.vocabulary)).collect();
                let mut shares = Vec::new();
                let mut start = 0;
                for part in &named {
                    let (n, size) = (part.n_documents(), size(part.n_documents()));
                    for first in (0..n).step_by(size) {
                        let source = Source::Read(part, first..n.min(first + size));
                        shares.push(Share { vectorizer: self, source, start: start + first });
                    }
                    start += n;
                }
                shares.into_par_iter().map(&each).collect()
            }
        }
    }
}

/// How many of so many documents are handed to a thread at once: a few shares a thread, so that all end together; what
/// a reader learns of one share serves the whole of it. Nothing that is returned may depend on it.
fn size(n_documents: usize) -> usize {
    /// Fewer are not worth the hand-over.
    const FEWEST: usize = 256;
    const A_THREAD: usize = 4;
    n_documents.div_ceil(A_THREAD * rayon::current_num_threads()).max(FEWEST)
}
