//! The labels of a head that names none: whatever stands in the data.

use super::error::CorpusError;
use super::labeller::word;
use super::mapping::number;
use super::recipe::{HeadSource, Recipe, SourceRecipe};
use super::source::{open_error, unknown_column};
use crate::comment::Place;
use crate::extract::Comments;
use crate::label::{HeadKind, LabelSet};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Read};

/// Gives each head of `recipe` that has no labels those that its sources have, whose files `open` opens.
///
/// Where a source has a mapping, its labels in the order of their mention; then the values of the columns without
/// one, numbers first, by value and as they are shortest written, then words by their characters. Rows that cannot
/// be read and empty fields are passed over.
///
/// # Errors
/// If a source cannot be opened or is not what the recipe says, or what stands in it are no labels: one, more than
/// [`LabelSet::MAX`], or none that can be a name.
pub fn learn_labels<'r>(
    recipe: &mut Recipe,
    mut open: impl FnMut(&SourceRecipe) -> io::Result<Box<dyn Read + Send + 'r>>,
) -> Result<(), CorpusError> {
    for head_idx in 0..recipe.heads.len() {
        if recipe.heads[head_idx].labels.is_some() {
            continue;
        }
        let name = &recipe.heads[head_idx].name;
        let mut labels: Vec<String> = Vec::new();
        let mut values = BTreeSet::new();
        let mut place = Place::default();
        for source in &recipe.sources {
            let Some(answers) = source.heads.get(name) else { continue };
            place = Place::input(source.file.as_str());
            if let Some(mapping) = &answers.labels {
                labels.extend(mapping.labels().into_iter().map(str::to_owned));
                continue;
            }
            let reader = open(source).map_err(|error| open_error(source, error))?;
            let kind = recipe.heads[head_idx].kind;
            if let Some(missing) = add_values(source, (kind, answers), reader, &mut values)? {
                return Err(unknown_column(source, missing, open(source).ok()));
            }
        }
        labels.extend(values.into_iter().map(|value| value.label));
        let mut known = BTreeSet::new();
        labels.retain(|label| known.insert(label.clone()));
        let wrong = |found: String| CorpusError::Labels { place: place.clone(), head: name.clone(), found };
        if labels.len() < 2 {
            return Err(wrong(
                labels.first().map_or("no label".into(), |only| format!("only label `{only}`")),
            ));
        }
        let learned = LabelSet::new(labels).map_err(|error| wrong(error.to_string()))?;
        recipe.heads[head_idx].labels = Some(learned);
    }
    Ok(())
}

/// Adds what stands in the column of `answers`; gives the column back if there are rows and none has it.
fn add_values<'a, 'r>(
    source: &SourceRecipe,
    (kind, answers): (HeadKind, &'a HeadSource),
    reader: Box<dyn Read + Send + 'r>,
    values: &mut BTreeSet<LabelValue>,
) -> Result<Option<&'a str>, CorpusError> {
    let Some(column) = &answers.column else { return Ok(None) };
    let (mut n_rows, mut n_with) = (0, 0);
    for comment in Comments::open(source.file.as_str(), reader, &source.extract_options())?.flatten() {
        n_rows += 1;
        let Some(value) = comment.other_fields.get(column) else { continue };
        n_with += 1;
        let value = match kind {
            HeadKind::OneOf => vec![word(value)],
            HeadKind::Each => several(value, answers.split.as_deref()),
        };
        values.extend(value.iter().filter(|part| !part.is_empty()).map(|part| LabelValue::new(part)));
        // One more than can be is enough to know.
        if LabelSet::MAX < values.len() {
            break;
        }
    }
    Ok((n_rows > 0 && n_with == 0).then_some(column))
}

/// The labels that a field says hold.
fn several<'v>(value: &'v Value, split: Option<&'v str>) -> Vec<Cow<'v, str>> {
    match (value, split) {
        (Value::Array(items), _) => items.iter().map(word).collect(),
        (Value::String(words), Some(split)) => words.split(split).map(|part| part.trim().into()).collect(),
        (value, _) => vec![word(value)],
    }
}

/// A value as a label, in its order: numbers by value, then words.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LabelValue {
    is_word: bool,
    rank: u64,
    label: String,
}

impl LabelValue {
    fn new(value: &str) -> Self {
        match number(value) {
            Some(value) => {
                // The bits of floats in the order of floats: all inverted below zero, above them the others.
                let bits = value.to_bits();
                let rank = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
                Self { is_word: false, rank, label: value.to_string() }
            }
            None => Self { is_word: true, rank: 0, label: value.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_by_value_before_words() {
        let values: BTreeSet<LabelValue> =
            ["b", "10", "2.0", "-1", "02", "a", "1.5", "-0.5"].map(LabelValue::new).into();
        let labels: Vec<String> = values.into_iter().map(|value| value.label).collect();
        assert_eq!(labels, ["-1", "-0.5", "1.5", "2", "10", "a", "b"]);
    }
}
