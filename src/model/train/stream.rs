//! Training on more comments than memory holds: three passes over them, and only counts are kept.
//!
//! 1. In how many comments each term stands, at most so many terms followed at once.
//! 2. The texts of the terms that are kept.
//! 3. The counts of naive Bayes, batch by batch; they add up to what counting at once would give.
//!
//! Only naive Bayes can be trained so, and without folds: regression visits its comments many times over.

use super::counting::{self, Counted, Counting};
use super::{Plan, Step, TrainError};
use crate::corpus::LabelledComment;
use crate::counts::vectorizer::Vectorizer;
use crate::counts::vectorizer::learn::TermFrequencies;
use crate::model::Model;
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
pub type Batch<'a> = dyn FnMut(&[LabelledComment]) -> Result<(), TrainError> + Send + 'a;

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
    // Before anything is read, whether all heads are of naive Bayes.
    Counting::all(plan, 0)?;
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
    let mut heads = Counting::all(plan, vectorizer.vocabulary().len())?;
    pass(&mut |comments| {
        let truths = |h: usize| comments.iter().map(|c| c.truths[h].clone()).collect();
        let texts = texts(comments);
        let counted = Counted {
            documents: texts.as_slice().into(),
            truths: &(0..plan.heads.len()).map(truths).collect::<Vec<_>>(),
            weights: &comments.iter().map(|labelled| labelled.weight).collect::<Vec<_>>(),
        };
        let batch = counting::count(plan, &vectorizer, counted)?;
        heads.iter_mut().zip(&batch).try_for_each(|(sum, batch)| sum.merge(batch))
    })?;
    let parts = counting::parts(plan, heads)?;
    Ok(Streamed { model: parts.model(plan.about.clone(), vectorizer)?, n_comments, n_lost })
}

fn texts(comments: &[LabelledComment]) -> Vec<&str> {
    comments.iter().map(|labelled| labelled.text.as_str()).collect()
}
