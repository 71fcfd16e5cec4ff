//! A recipe for one head, from a few words on the command line.

use super::error::CorpusError;
use super::mapping::Mapping;
use super::recipe::{HeadRecipe, HeadSource, Recipe, SourceBalance, SourceRecipe};
use super::validate;
use crate::comment::Place;
use crate::extract::{Format, Quoting};
use crate::label::{HeadKind, LabelSet};
use std::collections::BTreeMap;

/// What `train --data …` and `evaluate --data …` say, so that they take the same path as a recipe.
#[derive(Debug, Clone)]
pub struct SimpleRecipe {
    /// The files, all of one kind.
    pub files: Vec<String>,
    /// The text column; by default the usual names.
    pub text: Option<String>,
    /// The label column.
    pub label: String,
    /// The head's name.
    pub head: String,
    /// What a stance is taken toward.
    pub target: Option<String>,
    /// The mapping, which also gives the labels and their order; by default the values in the data.
    pub labels: Option<Mapping>,
    /// Whether rows whose label is not named are left out.
    pub drop_unnamed: bool,
    /// What the files are written in.
    pub format: Format,
    /// Whether a table's first row names its columns.
    pub header: bool,
    /// Whether quotes in a table enclose fields.
    pub quoting: Quoting,
    /// How the head is fitted.
    pub fit: toml::Table,
    /// How many folds cross-validation has.
    pub folds: u16,
    /// Where everything drawn by lot begins.
    pub seed: u64,
}

impl SimpleRecipe {
    /// The defaults for `files`, whose column `label` answers `head`.
    pub fn new(files: Vec<String>, label: impl Into<String>, head: impl Into<String>) -> Self {
        Self {
            files,
            text: None,
            label: label.into(),
            head: head.into(),
            target: None,
            labels: None,
            drop_unnamed: false,
            format: Format::Auto,
            header: true,
            quoting: Quoting::Auto,
            fit: toml::Table::new(),
            folds: 5,
            seed: 1,
        }
    }

    /// The recipe: one one-of head, one source a file.
    ///
    /// # Errors
    /// If the mapping has a label that is no name, or only one; if there is no file, or fewer than two folds.
    pub fn recipe(&self) -> Result<Recipe, CorpusError> {
        let place = Place::input("--labels");
        let labels = self.labels.as_ref().map(|mapping| LabelSet::new(mapping.labels())).transpose();
        let labels = labels.map_err(|error| CorpusError::Recipe { place, message: error.to_string() })?;
        let head = HeadRecipe {
            name: self.head.clone(),
            kind: HeadKind::OneOf,
            labels,
            target: self.target.clone(),
            fit: self.fit.clone(),
        };
        let recipe = Recipe {
            name: self.head.clone(),
            version: "1".into(),
            description: String::new(),
            seed: self.seed,
            folds: self.folds,
            balance_sources: SourceBalance::Size,
            swap_identities: false,
            card_notes: None,
            analysis: toml::Table::new(),
            vocabulary: toml::Table::new(),
            heads: vec![head],
            sources: self.files.iter().enumerate().map(|(i, file)| self.source(i, file)).collect(),
        };
        validate::recipe(&recipe, |_| Place::input("command line"))?;
        Ok(recipe)
    }

    fn source(&self, idx: usize, file: &str) -> SourceRecipe {
        // The same file may be given twice, the same name may not.
        let twice = self.files[..idx].iter().any(|before| before == file);
        let labels = HeadSource {
            column: Some(self.label.clone()),
            columns: BTreeMap::new(),
            labels: self.labels.clone(),
            split: None,
            drop_unnamed: self.drop_unnamed,
        };
        SourceRecipe {
            name: if twice { format!("{file} ({})", idx + 1) } else { file.to_owned() },
            file: file.to_owned(),
            licence: String::new(),
            citation: String::new(),
            format: self.format,
            header: self.header,
            quoting: self.quoting,
            delimiter: None,
            text: self.text.clone(),
            group: None,
            slice: None,
            id: None,
            carry: Vec::new(),
            carry_if_there: Vec::new(),
            only: BTreeMap::new(),
            weight: 1.0,
            weight_column: None,
            weak: false,
            heads: BTreeMap::from([(self.head.clone(), labels)]),
        }
    }
}
