//! What cross-validation says of a model, head by head, and where that comes from.

use crate::cli::findings;
use crate::cli::slices::Cut;
use crate::corpus::{Corpus, LabelledComment, Recipe};
use crate::evaluate::{Bootstrap, Evaluation, Options, Predictions};
use crate::label::{Head, Truth};
use crate::model::train::{OutOfFold, Trial};
use crate::report::{DataSource, Findings, Provenance, SlicedHead};
use anyhow::Result;
use std::io::Write;

/// A head's out-of-fold answers beside what is true.
pub(super) struct Scored<'a> {
    head: &'a Head,
    /// Which comments of the corpus these are.
    documents: &'a [usize],
    truths: Vec<Truth>,
    predictions: Predictions,
    options: Options,
}

impl<'a> Scored<'a> {
    pub(super) fn new(
        head: &'a Head,
        out_of_fold: &'a OutOfFold,
        truths: &[Option<Truth>],
        seed: u64,
    ) -> Self {
        Self {
            head,
            documents: &out_of_fold.documents,
            truths: out_of_fold.documents.iter().filter_map(|&i| truths[i].clone()).collect(),
            predictions: Predictions {
                probabilities: out_of_fold.probabilities.clone(),
                decisions: out_of_fold.decisions.clone(),
            },
            options: Options { bootstrap: Some(Bootstrap { seed, ..Bootstrap::default() }) },
        }
    }

    pub(super) fn evaluation(&self) -> Result<Evaluation> {
        Ok(Evaluation::of(self.head, &self.truths, &self.predictions, &self.options)?)
    }

    /// The labels that look wrong to fits that had not seen them.
    pub(super) fn findings(&self, corpus: &Corpus) -> Result<Findings> {
        let comments: Vec<&LabelledComment> = self.documents.iter().map(|&i| &corpus.comments[i]).collect();
        let suspects = findings::suspects(self.head, &comments, (&self.truths, &self.predictions))?;
        Ok(Findings { suspects, ..Findings::default() })
    }

    /// How the head does on the comments of each source, where several sources answer it.
    pub(super) fn by_source(&self, recipe: &Recipe, corpus: &Corpus) -> Result<Option<SlicedHead>> {
        let answers =
            recipe.sources.iter().filter(|source| !source.weak && source.heads.contains_key(&self.head.name));
        let order: Vec<&str> = answers.map(|source| source.name.as_str()).collect();
        if order.len() < 2 {
            return Ok(None);
        }
        let name = |&i: &usize| {
            let source = recipe.sources.get(usize::from(corpus.comments[i].source_idx));
            source.map(|source| source.name.as_str())
        };
        let names: Vec<Option<&str>> = self.documents.iter().map(name).collect();
        let cut =
            Cut { head: self.head, truths: &self.truths, predictions: &self.predictions, names: &names };
        Ok(Some(cut.by(SlicedHead::SOURCE, Some(&order), &self.options)?))
    }
}

/// Where the figures come from.
pub(super) fn provenance(recipe: &Recipe, model: &str, corpus: &Corpus) -> Provenance {
    let data = recipe.sources.iter().zip(&corpus.counts).map(|(source, counts)| DataSource {
        name: source.name.clone(),
        hash: None,
        n_comments: Some(counts.n_labelled),
    });
    Provenance {
        model: Some(model.to_owned()),
        data: data.collect(),
        recipe: Some(recipe.name.clone()),
        seed: Some(recipe.seed),
        version: Some(env!("CARGO_PKG_VERSION").into()),
        ..Provenance::default()
    }
}

/// The table that `auto` chose from, the best first.
pub(super) fn write_trials(trials: &[Trial], out: &mut impl Write) -> Result<()> {
    let mut heads: Vec<&str> = trials.iter().map(|trial| trial.head.as_str()).collect();
    heads.sort_unstable();
    heads.dedup();
    for head in heads {
        let mut rows: Vec<&Trial> = trials.iter().filter(|trial| trial.head == head).collect();
        rows.sort_by(|a, b| a.log_loss.total_cmp(&b.log_loss));
        writeln!(out, "{head}: what auto chose from\n\n  log loss  settings")?;
        for trial in rows {
            let mark = if trial.chosen { '*' } else { ' ' };
            writeln!(out, "{mark} {:>8.4}  {trial}", trial.log_loss)?;
        }
        writeln!(out)?;
    }
    Ok(())
}
