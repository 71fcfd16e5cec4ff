//! Heads of naive Bayes need no comment twice: what is counted of some comments adds up with what is counted of others.
//!
//! So neither a matrix of all comments is held, nor are they visited in any order.

use super::fit::{FittedHead, Labels};
use super::settings::HeadSettings;
use super::{Parts, Plan, Support, TrainError};
use crate::counts::bag::Bag;
use crate::counts::vectorizer::{Documents, Vectorizer};
use crate::label::{Head, LabelId, Truth};
use crate::model::derive;
use crate::naive_bayes::{ClassCounts, NaiveBayesError, NaiveBayesSettings};

/// One head on its way: its counts so far.
pub(super) struct Counting {
    settings: NaiveBayesSettings,
    /// Of each classifier.
    counts: Vec<ClassCounts>,
    /// For each classifier the class of each document that is to be counted, and how many times it counts.
    expected: Vec<Vec<Option<(LabelId, u32)>>>,
    support: Vec<u64>,
    n_documents: u64,
}

/// Comments that are counted, with the truths of each head.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) documents: Documents<'a>,
    pub(super) truths: &'a [Vec<Option<Truth>>],
    pub(super) weights: &'a [f32],
}

/// Counts comments in shares, on all cores.
pub(super) fn count(
    plan: &Plan,
    vectorizer: &Vectorizer,
    comments: Counted<'_>,
) -> Result<Vec<Counting>, TrainError> {
    let n_terms = vectorizer.vocabulary().len();
    let shares = vectorizer.in_shares(comments.documents, |share| {
        let documents = share.documents();
        let mut heads = Counting::all(plan, n_terms)?;
        for (h, ((head, _), counting)) in plan.heads.iter().zip(&mut heads).enumerate() {
            let truths = &comments.truths[h][documents.clone()];
            counting.expect(head, &Labels { truths, weights: &comments.weights[documents.clone()] })?;
        }
        let mut counted = Ok(());
        let mut document = 0;
        share.each_bag(|bag| {
            if counted.is_ok() {
                counted = heads.iter_mut().try_for_each(|counting| counting.add(document, bag));
            }
            document += 1;
        });
        counted.map(|()| heads)
    });
    let mut all = Counting::all(plan, n_terms)?;
    for share in shares {
        all.iter_mut().zip(&share?).try_for_each(|(sum, share)| sum.merge(share))?;
    }
    Ok(all)
}

/// The heads that the counts make.
pub(super) fn parts(plan: &Plan, heads: Vec<Counting>) -> Result<Parts, TrainError> {
    let mut parts = Parts::default();
    for ((head, settings), counting) in plan.heads.iter().zip(heads) {
        super::check_support(head, &counting.support)?;
        let support = Support { labels: counting.support.clone(), n_documents: counting.n_documents };
        parts.add(head, settings, support, counting.fitted(head)?, None);
    }
    Ok(parts)
}

impl Counting {
    /// Nothing counted yet, for each head of a plan.
    ///
    /// # Errors
    /// If a head is not one of naive Bayes.
    pub(super) fn all(plan: &Plan, n_terms: usize) -> Result<Vec<Self>, TrainError> {
        plan.heads.iter().map(|head| Self::new(head, n_terms)).collect()
    }

    fn new((head, settings): &(Head, HeadSettings), n_terms: usize) -> Result<Self, TrainError> {
        let settings = settings
            .naive_bayes()
            .ok_or_else(|| TrainError::Streamed { head: head.name.clone(), algorithm: settings.algorithm })?;
        let (n_classifiers, n_classes) = derive::shape(head);
        Ok(Self {
            settings,
            counts: vec![ClassCounts::zeros(n_terms, n_classes); n_classifiers],
            expected: Vec::new(),
            support: vec![0; head.labels.len()],
            n_documents: 0,
        })
    }

    /// Says what the labels of the next documents are.
    fn expect(&mut self, head: &Head, labels: &Labels<'_>) -> Result<(), TrainError> {
        self.n_documents += labels.truths.iter().flatten().count() as u64;
        let support = super::support(head, labels.truths.iter().flatten());
        self.support.iter_mut().zip(support).for_each(|(sum, n)| *sum += n);
        let classes = |i| labels.classes_and_times(head, i);
        self.expected = (0..self.counts.len()).map(classes).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Counts one of the documents whose labels are known.
    fn add(&mut self, document: usize, bag: &Bag) -> Result<(), TrainError> {
        let binary = self.settings.counts_are_binary();
        for (counts, expected) in self.counts.iter_mut().zip(&self.expected) {
            if let Some((class, times)) = expected[document] {
                counts
                    .add_document(bag.iter(), class, u64::from(times), binary)
                    .map_err(NaiveBayesError::from)?;
            }
        }
        Ok(())
    }

    /// Adds what another counted.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), TrainError> {
        self.n_documents += other.n_documents;
        self.support.iter_mut().zip(&other.support).for_each(|(sum, n)| *sum += n);
        for (sum, counts) in self.counts.iter_mut().zip(&other.counts) {
            sum.merge(counts).map_err(NaiveBayesError::from)?;
        }
        Ok(())
    }

    fn fitted(self, head: &Head) -> Result<FittedHead, TrainError> {
        let derive = |counts| Ok(self.settings.derive(counts)?);
        let classifiers = self.counts.into_iter().map(derive).collect::<Result<Vec<_>, TrainError>>()?;
        FittedHead::of_naive_bayes(head, classifiers)
    }
}
