//! Heads of naive Bayes need no comment twice: what is counted of some comments adds up with what is counted of others.
//!
//! So neither a matrix of all comments is held, nor are they visited in any order.

use super::fit::{FittedHead, Labels};
use super::settings::HeadSettings;
use super::{Parts, Plan, Support, TrainError, TrainingSet};
use crate::counts::matrix::CountMatrix;
use crate::counts::vectorizer::Vectorizer;
use crate::label::Head;
use crate::model::derive;
use crate::naive_bayes::{ClassCounts, NaiveBayesError, NaiveBayesSettings};

/// One head on its way: its counts so far.
pub(super) struct Counting {
    settings: NaiveBayesSettings,
    /// Of each classifier, once something was counted.
    counts: Vec<Option<ClassCounts>>,
    support: Vec<u64>,
    n_documents: u64,
}

/// Counts a training set in shares, on all cores.
pub(super) fn count(
    plan: &Plan,
    set: &TrainingSet<'_>,
    vectorizer: &Vectorizer,
) -> Result<Vec<Counting>, TrainError> {
    let shares = vectorizer.counts_in_shares(set.texts, |documents, counts| {
        let mut heads = Counting::all(plan)?;
        for (h, ((head, _), counting)) in plan.heads.iter().zip(&mut heads).enumerate() {
            let truths = &set.truths[h][documents.clone()];
            let labels = Labels { truths, weights: &set.weights[documents.clone()] };
            counting.add(head, &labels, &counts)?;
        }
        Ok::<_, TrainError>(heads)
    })?;
    let mut all = Counting::all(plan)?;
    for share in shares {
        all.iter_mut().zip(share?).try_for_each(|(sum, share)| sum.merge(share))?;
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
    pub(super) fn all(plan: &Plan) -> Result<Vec<Self>, TrainError> {
        plan.heads.iter().map(Self::new).collect()
    }

    fn new((head, settings): &(Head, HeadSettings)) -> Result<Self, TrainError> {
        let naive_bayes = settings
            .naive_bayes()
            .ok_or_else(|| TrainError::Streamed { head: head.name.clone(), algorithm: settings.algorithm })?;
        let (n_classifiers, _) = derive::shape(head);
        Ok(Self {
            settings: naive_bayes,
            counts: vec![None; n_classifiers],
            support: vec![0; head.labels.len()],
            n_documents: 0,
        })
    }

    /// Adds comments, counted.
    pub(super) fn add(
        &mut self,
        head: &Head,
        labels: &Labels<'_>,
        counts: &CountMatrix,
    ) -> Result<(), TrainError> {
        self.n_documents += labels.truths.iter().flatten().count() as u64;
        self.support.iter_mut().zip(super::support(head, labels.truths)).for_each(|(sum, n)| *sum += n);
        for (i, sum) in self.counts.iter_mut().enumerate() {
            add(sum, labels.class_counts(head, &self.settings, counts, i)?)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), TrainError> {
        self.n_documents += other.n_documents;
        self.support.iter_mut().zip(other.support).for_each(|(sum, n)| *sum += n);
        self.counts.iter_mut().zip(other.counts).try_for_each(|(sum, counts)| match counts {
            Some(counts) => add(sum, counts),
            None => Ok(()),
        })
    }

    fn fitted(self, head: &Head) -> Result<FittedHead, TrainError> {
        let derive = |counts| Ok(self.settings.derive(counts)?);
        let classifiers =
            self.counts.into_iter().flatten().map(derive).collect::<Result<Vec<_>, TrainError>>()?;
        FittedHead::of_naive_bayes(head, classifiers)
    }
}

fn add(sum: &mut Option<ClassCounts>, counts: ClassCounts) -> Result<(), TrainError> {
    match sum {
        Some(sum) => sum.merge(&counts).map_err(NaiveBayesError::from)?,
        None => *sum = Some(counts),
    }
    Ok(())
}
