//! Functional cases: comments of our own that each test one difficulty, and how a model does on them.

use super::slices::Cut;
use super::{Problem, evaluated};
use crate::comment::Place;
use crate::corpus::{Corpus, HeadRecipe, HeadSource, LabelledComment, SimpleRecipe};
use crate::evaluate::{Options, Predictions};
use crate::label::{HeadKind, Truth};
use crate::model::Model;
use crate::report::SlicedHead;
use anyhow::Result;
use ndarray::Axis;
use std::path::Path;

/// The column of a file of functional cases that says what a comment tests.
const CASE: &str = "case";

/// How `model` does on a file of functional cases: comments whose field `case` says what they test, and whose
/// fields named as heads say what is right.
pub(super) fn of(model: &Model, path: &Path) -> Result<Vec<SlicedHead>> {
    let file = path.display().to_string();
    let positions: Vec<usize> =
        (0..model.heads().len()).filter(|&h| model.heads()[h].head.kind == HeadKind::OneOf).collect();
    let Some(&first) = positions.first() else {
        return Err(
            Problem::new(format!("{file}: no head of the model is one-of, expected one that is")).into()
        );
    };
    let mut recipe =
        SimpleRecipe::new(vec![file.clone()], CASE, model.heads()[first].head.name.clone()).recipe()?;
    recipe.heads.clear();
    let source = &mut recipe.sources[0];
    source.slice = Some(CASE.into());
    source.heads.clear();
    for &h in &positions {
        let head = &model.heads()[h].head;
        recipe.heads.push(HeadRecipe {
            name: head.name.clone(),
            kind: head.kind,
            labels: Some(head.labels.clone()),
            target: head.target.clone(),
            fit: toml::Table::new(),
        });
        let answers = HeadSource { column: Some(head.name.clone()), ..HeadSource::default() };
        source.heads.insert(head.name.clone(), answers);
    }
    let corpus = Corpus::read(&recipe, |_| {
        let file = std::fs::File::open(path)?;
        Ok(Box::new(file))
    })?;
    if let Some(error) = corpus.errors.first() {
        return Err(Problem::new(error.to_string()).into());
    }
    if corpus.comments.iter().all(|c| c.slice.is_none()) {
        let place = Place::input(file);
        return Err(
            Problem::new(format!("{place}: no comment has a `{CASE}`, expected what each tests")).into()
        );
    }
    let answers = evaluated::predictions(model, &positions, &corpus.comments)?;
    let mut sliced = Vec::new();
    for (i, (&h, predictions)) in positions.iter().zip(&answers).enumerate() {
        let known: Vec<usize> =
            (0..corpus.comments.len()).filter(|&c| corpus.comments[c].truths[i].is_some()).collect();
        if known.is_empty() {
            continue;
        }
        let comments: Vec<&LabelledComment> = known.iter().map(|&c| &corpus.comments[c]).collect();
        let truths: Vec<Truth> = comments.iter().filter_map(|c| c.truths[i].clone()).collect();
        let names: Vec<Option<&str>> = comments.iter().map(|c| c.slice.as_deref()).collect();
        let predictions = select(predictions, &known);
        let cut =
            Cut { head: &model.heads()[h].head, truths: &truths, predictions: &predictions, names: &names };
        sliced.push(cut.by(CASE, None, &Options { bootstrap: None })?);
    }
    Ok(sliced)
}

/// Those of the comments at `rows`.
fn select(predictions: &Predictions, rows: &[usize]) -> Predictions {
    Predictions {
        probabilities: predictions.probabilities.select(Axis(0), rows),
        decisions: rows.iter().map(|&i| predictions.decisions[i].clone()).collect(),
    }
}
