//! Recipes: which heads a model has, and which columns of which files answer them.

use super::error::CorpusError;
use super::mapping::Mapping;
use super::validate;
use crate::comment::Place;
use crate::extract::{ExtractOptions, FieldOptions, Format, Keep, NamedFields, Quoting, TableOptions};
use crate::label::{HeadKind, LabelSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a model is made from, read from a TOML file.
///
/// ```
/// use moderato::corpus::Recipe;
///
/// let recipe = Recipe::from_toml("tiny.toml", r#"
///     name = "tiny"
///     version = "1"
///
///     [[head]]
///     name = "incivility"
///     kind = "one-of"
///     labels = ["civil", "uncivil"]
///
///     [[source]]
///     name = "talk"
///     file = "talk.csv"
///     licence = "CC0"
///     text = "comment_text"
///     heads.incivility = { column = "toxic", labels = "0=civil,1=uncivil" }
/// "#)?;
/// assert_eq!(recipe.heads[0].labels.as_ref().map(|l| l.len()), Some(2));
/// # Ok::<(), moderato::corpus::CorpusError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipe {
    /// The model's name.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub description: String,
    /// Where everything drawn by lot begins.
    #[serde(default = "one")]
    pub seed: u64,
    /// How many folds cross-validation has.
    #[serde(default = "five")]
    pub folds: u16,
    /// What a source weighs beside the others.
    #[serde(default, skip_serializing_if = "SourceBalance::is_default")]
    pub balance_sources: SourceBalance,
    /// Whether a comment that names a group of people is also learned from as if it named others of its kind, all of
    /// them together at its weight; [`Swaps::like_terms`](super::Swaps::like_terms) are the names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub swap_identities: bool,
    /// A Markdown file that the model's card ends with: what its maker measured beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_notes: Option<String>,
    /// How texts become terms; not read here.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub analysis: toml::Table,
    /// Which terms are kept; not read here.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub vocabulary: toml::Table,
    /// The questions it answers, `[[head]]` each.
    #[serde(rename = "head")]
    pub heads: Vec<HeadRecipe>,
    /// The files it learns from, `[[source]]` each.
    #[serde(rename = "source")]
    pub sources: Vec<SourceRecipe>,
}

/// What a source weighs beside the others, on top of its own `weight` and those of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceBalance {
    /// As many as its comments.
    #[default]
    Size,
    /// As the root of their number: small sources are heard, and large ones more.
    Root,
    /// As much as any other.
    Equal,
}

impl SourceBalance {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The factor of each source's comments, given how many it has; the mean over all comments is 1.
    pub(crate) fn factors(self, sizes: &[u64]) -> Vec<f32> {
        let share = |n: u64| match self {
            Self::Size => n as f64,
            Self::Root => (n as f64).sqrt(),
            Self::Equal => f64::from(u8::from(n > 0)),
        };
        let total: u64 = sizes.iter().sum();
        let shares: f64 = sizes.iter().map(|&n| share(n)).sum();
        sizes.iter().map(|&n| (share(n) / shares * total as f64 / n.max(1) as f64) as f32).collect()
    }
}

/// One head of a recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HeadRecipe {
    /// `incivility`, `tone` …
    pub name: String,
    /// `one-of` or `each`.
    pub kind: HeadKind,
    /// The possible answers; if they are left out, whatever stands in the data (see
    /// [`learn_labels`](super::learn_labels)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSet>,
    /// What a stance is taken toward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How it is fitted; not read here.
    #[serde(default, skip_serializing_if = "toml::Table::is_empty")]
    pub fit: toml::Table,
}

/// One source of a recipe: a file, and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceRecipe {
    /// A short name, for reports.
    pub name: String,
    /// The file; where it is looked for is the caller's matter.
    pub file: String,
    /// The licence of the data.
    #[serde(default)]
    pub licence: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub citation: String,
    /// What it is written in; by default recognised.
    #[serde(default)]
    pub format: Format,
    /// Whether a table's first row names its columns; otherwise they are called 1, 2, 3 …
    #[serde(default = "yes")]
    pub header: bool,
    /// Whether quotes in a table enclose fields.
    #[serde(default)]
    pub quoting: Quoting,
    /// What stands between the fields of a table; by default what the content shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The column, or JSON path, of the text; by default the usual names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A column whose equal values must not be divided between folds: the article, the debate, the author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A column by whose values figures are also given apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<String>,
    /// The column, or JSON path, of the comments' ids, where it has no usual name; for lists and reports, so no recipe
    /// names it.
    #[serde(skip)]
    pub id: Option<String>,
    /// Columns that comments carry along among their other fields; for reports, so no recipe names them.
    #[serde(skip)]
    pub carry: Vec<String>,
    /// And those they carry along where there are such.
    #[serde(skip)]
    pub carry_if_there: Vec<String>,
    /// Which rows are used: those whose columns have one of these values.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, AllowedValues>,
    /// The weight of each row.
    #[serde(default = "unit")]
    pub weight: f32,
    /// A column that multiplies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_column: Option<String>,
    /// Whether its labels are only guesses at what the heads ask: its rows are learned from, but no calibration,
    /// threshold or figure is made of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weak: bool,
    /// For each head it has labels for: where they stand.
    pub heads: BTreeMap<String, HeadSource>,
}

/// Where a source has the labels of one head.
///
/// `column` has one label of a one-of head. Of an each-head it has the labels that hold, and those that it does not
/// name do not: one, or several set apart by `split`, or a JSON list.
/// `columns` has one column for each label of an each-head; a label that is not listed is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HeadSource {
    /// The column, or JSON path, that names the labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// For each label, the column that says whether it holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Which value is which label; in `columns`, which is `yes` and which is `no`. By default the values are the
    /// labels, and in `columns` 0, `no`, `false` and 1, `yes`, `true` are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Mapping>,
    /// What stands between the labels of one field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Whether values that `labels` does not name count as no label; otherwise they are errors.
    #[serde(default)]
    pub drop_unnamed: bool,
}

/// One value or several, of which a column must have one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a text, a number or a list of these")]
pub enum AllowedValues {
    /// This text.
    Text(String),
    /// This number, however written.
    Number(f64),
    /// One of these.
    List(Vec<Self>),
}

fn one() -> u64 {
    1
}

fn five() -> u16 {
    5
}

fn yes() -> bool {
    true
}

fn unit() -> f32 {
    1.0
}

impl Recipe {
    /// Reads and checks a recipe that the user calls `name`.
    ///
    /// # Errors
    /// If it is no TOML, has an unknown key, lacks one, or contradicts itself; with the line.
    pub fn from_toml(name: impl Into<Arc<str>>, text: &str) -> Result<Self, CorpusError> {
        let place = Place::input(name);
        let recipe: Self = toml::from_str(text).map_err(|error| {
            let place = error.span().map_or(place.clone(), |span| place_of(&place, text, span.start));
            CorpusError::Recipe { place, message: error.message().trim_end().replace('\n', ", ") }
        })?;
        validate::recipe(&recipe, |part| {
            validate::line_of(text, part).map_or(place.clone(), |l| place.at_line(l))
        })?;
        Ok(recipe)
    }

    /// The position of the head called `name`.
    pub fn head_idx(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|head| head.name == name)
    }
}

/// The line and column of the byte `at`.
fn place_of(place: &Place, text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = 1 + before.matches('\n').count() as u64;
    Place { column: Some(1 + before[line_start..].chars().count() as u64), ..place.at_line(line) }
}

impl SourceRecipe {
    /// The columns that must be read beside the text, each once.
    pub(crate) fn columns(&self) -> Vec<String> {
        let heads = self.heads.values();
        let labels = heads.flat_map(|head| head.column.iter().chain(head.columns.values()));
        let others = [&self.group, &self.slice, &self.weight_column, &self.id].into_iter().flatten();
        let mut columns: Vec<String> =
            labels.chain(others).chain(self.only.keys()).chain(&self.carry).cloned().collect();
        columns.sort();
        columns.dedup();
        columns
    }

    /// How the file is read, with nothing kept but the columns the recipe needs.
    pub fn extract_options(&self) -> ExtractOptions {
        ExtractOptions {
            format: self.format,
            fields: FieldOptions {
                text: self.text.clone(),
                keep: Keep::Named(self.columns()),
                keep_if_there: self.carry_if_there.clone(),
                named: NamedFields { id: self.id.clone(), ..NamedFields::default() },
            },
            table: TableOptions {
                delimiter: self.delimiter.and_then(|c| u8::try_from(c).ok()),
                quoting: self.quoting,
                header: self.header,
            },
            ..ExtractOptions::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_weigh_what_the_recipe_says() {
        let factors = |balance: SourceBalance| balance.factors(&[900, 100]);
        assert_eq!(factors(SourceBalance::Size), [1.0, 1.0]);
        assert_eq!(factors(SourceBalance::Equal), [1.0 / 1.8, 5.0]);
        // Three to one, of a thousand.
        assert_eq!(factors(SourceBalance::Root), [750.0 / 900.0, 2.5]);
    }
}
