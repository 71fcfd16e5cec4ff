//! Training on more comments than memory holds: three passes over them, and only counts are kept.
//!
//! 1. In how many comments each term stands, at most so many terms followed at once.
//! 2. The texts of the terms that are kept.
//! 3. The counts of naive Bayes, batch by batch; they add up to what counting at once would give.
//!
//! Only naive Bayes can be trained so, and without folds: regression visits its comments many times over.

use super::fit::{FittedHead, Labels};
use super::settings::HeadSettings;
use super::{Parts, Plan, Step, Support, TrainError};
use crate::corpus::LabelledComment;
use crate::counts::matrix::CountMatrix;
use crate::counts::vectorizer::Vectorizer;
use crate::counts::vectorizer::learn::TermFrequencies;
use crate::label::{Head, Truth};
use crate::model::{Model, derive};
use crate::naive_bayes::{ClassCounts, NaiveBayesError, NaiveBayesSettings};
use crate::text::Analyzer;

/// A model trained in passes.
#[derive(Debug)]
pub struct Streamed {
    /// The model.
    pub model: Model,
    /// How many comments it was trained on.
    pub n_comments: u64,
    /// How many comments of a term may have been missed when terms were chosen; 0 if all were followed.
    pub n_lost: u32,
}

/// What a pass is given: the next labelled comments.
pub type Batch<'a> = dyn FnMut(&[LabelledComment]) -> Result<(), TrainError> + 'a;

/// One head on its way: its counts so far.
struct Counting {
    settings: NaiveBayesSettings,
    /// Of each classifier, once something was counted.
    counts: Vec<Option<ClassCounts>>,
    support: Vec<u64>,
    n_documents: u64,
}

/// Trains a model on comments that `pass` runs through from beginning to end, each time the same, handing on a batch
/// at a time; at most `most_terms` are followed at once.
///
/// # Errors
/// If a head is not one of naive Bayes, a label has no comment, or a pass fails.
pub fn train_streamed<E: From<TrainError>>(
    plan: &Plan,
    most_terms: usize,
    mut pass: impl FnMut(&mut Batch<'_>) -> Result<(), E>,
    mut on_step: impl FnMut(Step),
) -> Result<Streamed, E> {
    let mut heads = plan.heads.iter().map(Counting::new).collect::<Result<Vec<_>, TrainError>>()?;
    let analyzer = Analyzer::try_from(plan.analysis).map_err(TrainError::from)?;
    on_step(Step::Pass(1));
    let mut frequencies = TermFrequencies::new(analyzer, Some(most_terms));
    let mut n_comments = 0;
    pass(&mut |comments| {
        n_comments += comments.len() as u64;
        frequencies.count(&texts(comments));
        Ok(())
    })?;
    let n_lost = frequencies.n_lost();
    on_step(Step::Pass(2));
    let mut terms = frequencies.prune(plan.pruning);
    pass(&mut |comments| {
        terms.read(&texts(comments));
        Ok(())
    })?;
    let vocabulary = terms.vocabulary().map_err(TrainError::from)?;
    let vectorizer = Vectorizer::new(analyzer, vocabulary);
    on_step(Step::Pass(3));
    pass(&mut |comments| {
        let counts = vectorizer.counts(&texts(comments))?;
        let weights = comments.iter().map(|labelled| labelled.weight).collect();
        let batch = Batched { comments, weights, counts: &counts };
        let mut named = plan.heads.iter().zip(&mut heads).enumerate();
        named.try_for_each(|(h, ((head, _), counting))| counting.add(head, &batch, h))
    })?;
    let mut parts = Parts::default();
    for ((head, settings), counting) in plan.heads.iter().zip(heads) {
        super::check_support(head, &counting.support)?;
        let support = Support { labels: counting.support.clone(), n_documents: counting.n_documents };
        parts.add(head, settings, support, counting.fitted(head)?, None);
    }
    Ok(Streamed { model: parts.model(plan.about.clone(), vectorizer)?, n_comments, n_lost })
}

fn texts(comments: &[LabelledComment]) -> Vec<&str> {
    comments.iter().map(|labelled| labelled.comment.text.as_str()).collect()
}

impl Counting {
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

    /// Adds a batch of comments.
    fn add(&mut self, head: &Head, batch: &Batched<'_>, h: usize) -> Result<(), TrainError> {
        let truths: Vec<Option<Truth>> = batch.comments.iter().map(|c| c.truths[h].clone()).collect();
        let labels = Labels { truths: &truths, weights: &batch.weights };
        self.n_documents += truths.iter().flatten().count() as u64;
        self.support
            .iter_mut()
            .zip(super::support(head, truths.iter().flatten()))
            .for_each(|(sum, n)| *sum += n);
        for (i, sum) in self.counts.iter_mut().enumerate() {
            let counts = labels.class_counts(head, &self.settings, batch.counts, i)?;
            match sum {
                Some(sum) => sum.merge(&counts).map_err(NaiveBayesError::from)?,
                None => *sum = Some(counts),
            }
        }
        Ok(())
    }

    fn fitted(self, head: &Head) -> Result<FittedHead, TrainError> {
        let derive = |counts| Ok(self.settings.derive(counts)?);
        let classifiers =
            self.counts.into_iter().flatten().map(derive).collect::<Result<Vec<_>, TrainError>>()?;
        FittedHead::of_naive_bayes(head, classifiers)
    }
}

/// A batch, counted.
struct Batched<'a> {
    comments: &'a [LabelledComment],
    weights: Vec<f32>,
    counts: &'a CountMatrix,
}
