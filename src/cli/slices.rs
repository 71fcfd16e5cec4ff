//! Figures by part: which comments make a slice, and what the tables of a model's functional cases are made of.

use super::{Problem, evaluated, output};
use crate::comment::Place;
use crate::corpus::{Corpus, HeadRecipe, HeadSource, LabelledComment, SimpleRecipe};
use crate::evaluate::{Options, Predictions, Slice, Subgroup};
use crate::label::{Head, HeadKind, Truth};
use crate::model::Model;
use crate::report::{Report, SlicedHead, json, markdown, terminal};
use anyhow::{Context, Result};
use serde_json::{Map, Value};
use std::path::Path;

/// Comments of one head with truths and answers, cut into slices.
pub(super) struct Cut<'a> {
    pub(super) head: &'a Head,
    pub(super) truths: &'a [Truth],
    pub(super) predictions: &'a Predictions,
    /// What each comment's slice is called, if it is in one.
    pub(super) names: &'a [Option<&'a str>],
}

impl Cut<'_> {
    /// The slices that `order` names, in that order; without an order all of them, by name.
    pub(super) fn by(&self, by: &str, order: Option<&[&str]>, options: &Options) -> Result<SlicedHead> {
        let mut found: Vec<&str> = self.names.iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let names: Vec<&str> = match order {
            Some(order) => order.iter().copied().filter(|name| found.binary_search(name).is_ok()).collect(),
            None => found,
        };
        let subgroup = |name: &&str| Subgroup {
            name: (*name).to_owned(),
            members: self.names.iter().map(|own| *own == Some(*name)).collect(),
        };
        let groups: Vec<Subgroup> = names.iter().map(subgroup).collect();
        let slices = Slice::all(self.head, self.truths, (self.predictions, &groups), options)?;
        Ok(SlicedHead { head: self.head.clone(), by: by.to_owned(), slices })
    }
}

/// A report with the slices of its heads.
pub(super) struct Written<'a> {
    pub(super) report: &'a Report,
    /// What `report.json` has the slices under.
    pub(super) key: &'a str,
    pub(super) sliced: &'a [SlicedHead],
}

impl Written<'_> {
    pub(super) fn terminal(&self, style: &terminal::Style) -> String {
        let slices = self.sliced.iter().map(|sliced| format!("\n{}", terminal::render_slices(sliced, style)));
        terminal::render(self.report, style) + &slices.collect::<String>()
    }

    pub(super) fn markdown(&self) -> String {
        let slices = self.sliced.iter().map(markdown::render_slices);
        markdown::render(self.report) + &slices.collect::<String>()
    }

    pub(super) fn json(&self) -> String {
        let heads: Map<String, Value> =
            self.sliced.iter().map(|s| (s.head.name.clone(), json::slices(s))).collect();
        let more = (!heads.is_empty()).then(|| (self.key.to_owned(), Value::Object(heads)));
        json::render_with(self.report, more.into_iter().collect())
    }

    /// Writes `report.json` and `report.md`.
    pub(super) fn to_folder(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{}: cannot make folder", folder.display()))?;
        output::write_file(&folder.join("report.json"), self.json().as_bytes())?;
        output::write_file(&folder.join("report.md"), self.markdown().as_bytes())
    }
}

/// The column of a file of functional cases that says what a comment tests.
const CASE: &str = "case";

/// How `model` does on a file of functional cases: comments whose field `case` says what they test, and whose
/// fields named as heads say what is right.
pub(super) fn cases(model: &Model, path: &Path) -> Result<Vec<SlicedHead>> {
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
        let predictions = evaluated::select(predictions, &known);
        let cut =
            Cut { head: &model.heads()[h].head, truths: &truths, predictions: &predictions, names: &names };
        sliced.push(cut.by(CASE, None, &Options { bootstrap: None })?);
    }
    Ok(sliced)
}
