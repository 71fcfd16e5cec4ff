//! Functional cases: comments of our own that each test one difficulty, and how a model does on them.

use super::slices::Cut;
use super::{Problem, evaluated, input};
use crate::comment::Place;
use crate::corpus::{Corpus, HeadRecipe, HeadSource, LabelledComment, SimpleRecipe};
use crate::evaluate::{Options, Predictions};
use crate::label::{Decision, HeadKind, Truth};
use crate::model::Model;
use crate::report::{Case, SlicedHead};
use anyhow::Result;
use ndarray::Axis;
use std::path::Path;

/// The column of a file of functional cases that says what a comment tests.
const CASE: &str = "case";

/// The cases of a file, with what is right for each one-of head of a model.
struct Cases {
    /// The positions of the heads.
    positions: Vec<usize>,
    corpus: Corpus,
}

impl Cases {
    fn read(model: &Model, path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        let positions: Vec<usize> =
            (0..model.heads().len()).filter(|&h| model.heads()[h].head.kind == HeadKind::OneOf).collect();
        let Some(&first) = positions.first() else {
            return Err(Problem::new(format!(
                "{file}: no head of the model is one-of, expected one that is"
            ))
            .into());
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
        drop(input::open_file(path)?);
        let corpus = Corpus::read(&recipe, |_| Ok(Box::new(std::fs::File::open(path)?)))?;
        if let Some(error) = corpus.errors.first() {
            return Err(Problem::new(error.to_string()).into());
        }
        if corpus.comments.iter().all(|c| c.slice.is_none()) {
            let place = Place::input(file);
            return Err(Problem::new(format!(
                "{place}: no comment has a `{CASE}`, expected what each tests"
            ))
            .into());
        }
        Ok(Self { positions, corpus })
    }
}

/// How `model` does on a file of functional cases: comments whose field `case` says what they test, and whose
/// fields named as heads say what is right.
pub(super) fn of(model: &Model, path: &Path) -> Result<Vec<SlicedHead>> {
    let Cases { positions, corpus } = Cases::read(model, path)?;
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

/// What `model`'s head of this name makes of each case that has an answer for it.
pub(super) fn each(model: &Model, head: &str, path: &Path) -> Result<Vec<Case>> {
    let Cases { positions, corpus } = Cases::read(model, path)?;
    let own = positions.iter().position(|&h| model.heads()[h].head.name == head);
    let own = own.ok_or_else(|| {
        Problem::new(format!("{}: head `{head}` is not one-of, expected one that is", path.display()))
    })?;
    let head = &model.heads()[positions[own]];
    let predictions = evaluated::predictions(model, &[positions[own]], &corpus.comments)?.remove(0);
    let name = |decision: &Decision| match decision {
        Decision::OneOf(label) => head.head.labels.name(*label).to_owned(),
        Decision::Each(_) => String::new(),
    };
    let answers = corpus.comments.iter().zip(&predictions.decisions);
    let case = |(comment, found): (&LabelledComment, &Decision)| {
        let Some(Truth::OneOf(expected)) = comment.truths[own] else { return None };
        Some(Case {
            kind: comment.slice.as_deref().unwrap_or("other").to_owned(),
            text: comment.text.clone(),
            expected: head.head.labels.name(expected).to_owned(),
            found: name(found),
        })
    };
    let cases: Vec<Case> = answers.filter_map(case).collect();
    match cases.is_empty() {
        true => Err(Problem::new(format!(
            "{}: no case has an answer for head `{}`",
            path.display(),
            head.head.name
        ))
        .into()),
        false => Ok(cases),
    }
}

/// Those of the comments at `rows`.
fn select(predictions: &Predictions, rows: &[usize]) -> Predictions {
    Predictions {
        probabilities: predictions.probabilities.select(Axis(0), rows),
        decisions: rows.iter().map(|&i| predictions.decisions[i].clone()).collect(),
    }
}
