//! What must hold in a recipe beyond what its types say.

use super::error::CorpusError;
use super::recipe::{HeadRecipe, HeadSource, Recipe, SourceRecipe};
use crate::comment::Place;
use crate::label::HeadKind;

/// A part of a recipe, by its position.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Whole,
    Head(usize),
    Source(usize),
}

/// What is wrong with a part.
struct Wrong {
    found: String,
    expected: String,
}

fn wrong<T>(found: impl Into<String>, expected: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { found: found.into(), expected: expected.into() })
}

/// Checks `recipe`; `place` tells where a part of it begins.
///
/// # Errors
/// [`CorpusError::Contradiction`] for the first thing that cannot be.
pub(crate) fn recipe(recipe: &Recipe, place: impl Fn(Part) -> Place) -> Result<(), CorpusError> {
    let said = |part: Part, name: String| {
        let place = place(part);
        move |Wrong { found, expected }: Wrong| {
            let (part, expected) = (name.into(), expected.into());
            CorpusError::Contradiction { place, part, found, expected }
        }
    };
    whole(recipe).map_err(said(Part::Whole, "recipe".into()))?;
    for (i, one) in recipe.heads.iter().enumerate() {
        let twice = recipe.heads[..i].iter().any(|before| before.name == one.name);
        head(one, twice).map_err(said(Part::Head(i), format!("head `{}`", one.name)))?;
    }
    for (i, one) in recipe.sources.iter().enumerate() {
        let twice = recipe.sources[..i].iter().any(|before| before.name == one.name);
        source(one, twice, recipe).map_err(said(Part::Source(i), format!("source `{}`", one.name)))?;
    }
    Ok(())
}

/// The line on which `part` begins in a recipe's text, from 1.
pub(crate) fn line_of(text: &str, part: Part) -> Option<u64> {
    let (header, idx) = match part {
        Part::Whole => return Some(1),
        Part::Head(idx) => ("[[head]]", idx),
        Part::Source(idx) => ("[[source]]", idx),
    };
    let mut headers = (1..).zip(text.lines()).filter(|(_, line)| line.trim_start().starts_with(header));
    headers.nth(idx).map(|(line, _)| line)
}

fn whole(recipe: &Recipe) -> Result<(), Wrong> {
    if recipe.name.trim().is_empty() {
        return wrong("an empty name", "a name");
    }
    if recipe.heads.is_empty() || recipe.sources.is_empty() {
        let (heads, sources) = (recipe.heads.len(), recipe.sources.len());
        return wrong(format!("{heads} heads and {sources} sources"), "at least one of each");
    }
    if recipe.folds < 2 {
        return wrong(format!("{} folds", recipe.folds), "at least 2");
    }
    if usize::from(u16::MAX) < recipe.sources.len() {
        return wrong(format!("{} sources", recipe.sources.len()), format!("at most {}", u16::MAX));
    }
    Ok(())
}

fn head(head: &HeadRecipe, twice: bool) -> Result<(), Wrong> {
    if twice {
        return wrong("the same name twice", "heads with names of their own");
    }
    if head.name.trim().is_empty()
        || head.name.contains(['=', ',', '/'])
        || head.name.contains(char::is_control)
    {
        return wrong(
            format!("the name `{}`", head.name.escape_default()),
            "a name without `=`, `,` and `/`",
        );
    }
    match (head.kind, &head.labels) {
        (HeadKind::OneOf, Some(labels)) if labels.len() < 2 => {
            wrong("one label", "at least two, since one of them holds")
        }
        (HeadKind::Each, None) => wrong("no labels", "the labels, each of which holds or not"),
        _ => Ok(()),
    }
}

fn source(source: &SourceRecipe, twice: bool, recipe: &Recipe) -> Result<(), Wrong> {
    if twice {
        return wrong("the same name twice", "sources with names of their own");
    }
    if source.heads.is_empty() {
        return wrong("labels for no head", "`heads.NAME = { column = … }` for at least one");
    }
    if !(source.weight.is_finite() && 0.0 <= source.weight) {
        return wrong(format!("weight {}", source.weight), "a number from 0");
    }
    if let Some(delimiter) = source.delimiter.filter(|c| !c.is_ascii()) {
        return wrong(format!("delimiter `{delimiter}`"), "an ASCII character");
    }
    for (name, labels) in &source.heads {
        let Some(head) = recipe.heads.iter().find(|head| head.name == *name) else {
            let names: Vec<&str> = recipe.heads.iter().map(|head| head.name.as_str()).collect();
            return wrong(format!("head `{name}`"), format!("one of {}", names.join(", ")));
        };
        head_source(labels, head)?;
    }
    Ok(())
}

fn head_source(labels: &HeadSource, head: &HeadRecipe) -> Result<(), Wrong> {
    let name = &head.name;
    if labels.column.is_some() != labels.columns.is_empty() {
        return wrong(format!("`column` and `columns`, or neither, for head `{name}`"), "one of them");
    }
    if head.kind == HeadKind::OneOf && (!labels.columns.is_empty() || labels.split.is_some()) {
        return wrong(format!("`columns` or `split` for head `{name}`"), "`column`, since one label holds");
    }
    if labels.split.as_deref() == Some("") {
        return wrong(format!("an empty `split` for head `{name}`"), "what stands between labels");
    }
    let Some(known) = &head.labels else { return Ok(()) };
    if let Some(unknown) = labels.columns.keys().find(|label| known.id(label).is_none()) {
        return wrong(format!("label `{unknown}` for head `{name}`"), format!("one of {known}"));
    }
    let mapped = labels.labels.iter().flat_map(|mapping| mapping.labels());
    for label in mapped {
        if labels.columns.is_empty() && known.id(label).is_none() {
            return wrong(format!("label `{label}` for head `{name}`"), format!("one of {known}"));
        }
        if !labels.columns.is_empty() && !["yes", "no"].contains(&label) {
            return wrong(format!("`{label}` in the labels of columns for head `{name}`"), "`yes` or `no`");
        }
    }
    Ok(())
}
