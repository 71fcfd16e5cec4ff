//! The model a command works with: the one compiled in, or a file.

use super::{Problem, input};
use crate::model::{Model, ModelHead};
use anyhow::{Context, Result};
use std::path::Path;

/// The model file at `path`, or the one inside the program.
pub(super) fn load(path: Option<&Path>) -> Result<Model> {
    match path {
        None => Model::embedded().context("the model inside the program"),
        Some(path) => {
            let bytes = input::read_file(path).map_err(|error| match path.exists() {
                true => error,
                false => Problem::new(format!("{}: no such file, expected a model", path.display()))
                    .hint("`moderato train` writes one: see training/README.md")
                    .into(),
            })?;
            Model::from_bytes(&bytes).with_context(|| path.display().to_string())
        }
    }
}

/// The model with only the stances toward `target`, if one is named.
pub(super) fn toward(model: Model, target: Option<&str>) -> Result<Model> {
    match target {
        None => Ok(model),
        Some(target) => Ok(model.toward(target)?),
    }
}

/// The heads called `name`, or all of them.
pub(super) fn heads<'m>(model: &'m Model, name: Option<&str>) -> Result<Vec<&'m ModelHead>> {
    match name {
        None => Ok(model.heads().iter().collect()),
        Some(name) => Ok(vec![head(model, name)?]),
    }
}

/// The head called `name`.
pub(super) fn head<'m>(model: &'m Model, name: &str) -> Result<&'m ModelHead> {
    model.head(name).ok_or_else(|| {
        let names: Vec<&str> = model.heads().iter().map(|h| h.head.name.as_str()).collect();
        Problem::new(format!("model {}: no head `{name}`, expected one of {}", model.id(), names.join(", ")))
            .into()
    })
}
