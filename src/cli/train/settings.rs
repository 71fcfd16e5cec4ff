//! What flags and recipes say of a fit, read into what is trained.

use super::TrainArgs;
use crate::cli::Problem;
use crate::cli::problem::in_words;
use crate::corpus::{Corpus, Recipe};
use crate::counts::vectorizer::Pruning;
use crate::label::Head;
use crate::model::train::{Algorithm, HeadSettings, Plan};
use crate::model::{About, SourceAbout};
use crate::text::{Analysis, Analyzer};
use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

impl TrainArgs {
    /// What flags change about the recipe.
    pub(super) fn change(&self, recipe: &mut Recipe) -> Result<()> {
        if self.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Problem::new("`--name` is empty, expected the model's name").into());
        }
        recipe.name = self.name.clone().unwrap_or_else(|| recipe.name.clone());
        recipe.seed = self.seed.unwrap_or(recipe.seed);
        recipe.folds = self.folds.unwrap_or(recipe.folds);
        if recipe.folds == 1 {
            return Err(Problem::new("found 1 fold, expected 0 for none, or at least 2").into());
        }
        // Plain naive Bayes takes terms for independent, which the characters of one word are least of all.
        if self.algorithm.is_some_and(|a| a.naive_bayes().is_some()) && recipe.analysis.is_empty() {
            recipe.analysis.insert("characters".into(), toml::Value::Array(vec![0.into(), 0.into()]));
        }
        set_all(&mut recipe.analysis, &self.analysis, "--analysis")?;
        set_all(&mut recipe.vocabulary, &self.vocabulary, "--vocabulary")?;
        for head in &mut recipe.heads {
            let unsaid = self.recipe.is_none().then_some(Algorithm::Nblr);
            if let Some(algorithm) = self.algorithm.or(unsaid) {
                head.fit.insert("algorithm".into(), algorithm.name().into());
            }
            if let Some(wish) = &self.threshold_for {
                head.fit.insert("threshold-for".into(), wish.as_str().into());
            }
            set_all(&mut head.fit, &self.fit, "--fit")?;
        }
        Ok(())
    }
}

/// Sets NAME=VALUE pairs, the values as TOML has them; a bare word is a text.
fn set_all(table: &mut toml::Table, pairs: &[String], flag: &str) -> Result<()> {
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Problem::new(format!("`{flag}` is `{pair}`, expected NAME=VALUE")))?;
        let parsed = toml::from_str::<toml::Table>(&format!("value = {value}")).ok();
        // What has a line break in it may be more than a value.
        let parsed = parsed.filter(|table| table.len() == 1);
        let value = parsed.and_then(|mut t| t.remove("value")).unwrap_or_else(|| value.into());
        table.insert(name.to_owned(), value);
    }
    Ok(())
}

/// The parts of a recipe that corpus rooms pass through, read; `part` names them in errors.
fn settings<T: DeserializeOwned>(table: &toml::Table, part: &str) -> Result<T> {
    let value = toml::Value::Table(table.clone());
    serde_path_to_error::deserialize(value).map_err(|error| {
        let message = error.inner().message().trim_end();
        let name = match error.path().to_string() {
            path if path == "." || message.starts_with("unknown field") => String::new(),
            path => format!(" `{path}`:"),
        };
        Problem::new(format!("{part}:{name} {}", in_words(message))).into()
    })
}

/// How the recipe's texts are read.
pub(in crate::cli) fn analyzer(recipe: &Recipe) -> Result<Analyzer> {
    Ok(Analyzer::try_from(settings::<Analysis>(&recipe.analysis, "`analysis`")?)?)
}

/// What the recipe says to train.
pub(in crate::cli) fn plan(recipe: &Recipe, corpus: &Corpus) -> Result<Plan> {
    let mut heads = Vec::new();
    for head in &recipe.heads {
        let part = format!("`fit` of head `{}`", head.name);
        let settings: HeadSettings = settings(&head.fit, &part)?;
        let labels = head.labels.clone().with_context(|| format!("head `{}` has no labels", head.name))?;
        let head = Head { name: head.name.clone(), kind: head.kind, labels, target: head.target.clone() };
        heads.push((head, settings));
    }
    let sources = recipe.sources.iter().zip(&corpus.counts).map(|(source, counts)| SourceAbout {
        name: source.name.clone(),
        licence: source.licence.clone(),
        n_comments: counts.n_labelled,
    });
    Ok(Plan {
        about: About {
            name: recipe.name.clone(),
            version: recipe.version.clone(),
            description: recipe.description.clone(),
            seed: recipe.seed,
            sources: sources.collect(),
        },
        analysis: settings::<Analysis>(&recipe.analysis, "`analysis`")?,
        // n-grams that the recipe names are not for `auto` to change.
        search_analysis: !recipe.analysis.contains_key("words")
            && !recipe.analysis.contains_key("characters"),
        pruning: pruning(recipe)?,
        heads,
    })
}

fn pruning(recipe: &Recipe) -> Result<Pruning> {
    let pruning: Pruning = settings(&recipe.vocabulary, "`vocabulary`")?;
    if pruning.max_terms == Some(0) {
        return Err(Problem::new("`vocabulary`: `max-terms` is 0, expected at least 1").into());
    }
    Ok(pruning)
}
