//! From the fields of a row to the answers it gives.

use super::error::CorpusError;
use super::mapping::{Mapping, number};
use super::recipe::{AllowedValues, HeadRecipe, HeadSource, Recipe};
use crate::comment::{Comment, Place};
use crate::label::{HeadKind, LabelId, LabelSet, Truth};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A comment whose true labels are known: what is left of a [`Comment`], and its labels. There may be millions of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelledComment {
    /// The id the source gave, or the comment's number in its input, from 1.
    pub id: String,
    /// The commenter's own words.
    pub text: String,
    /// The fields that the source carries along.
    pub fields: Map<String, Value>,
    /// Where it stands in the input.
    pub place: Place,
    /// For each head of the recipe, in order, the true answer where the row has one.
    pub truths: Vec<Option<Truth>>,
    /// How much the row counts.
    pub weight: f32,
    /// The position of its source in the recipe.
    pub source_idx: u16,
    /// What it must not be separated from: rows of the same source and group fall into one fold.
    pub group: Option<Box<str>>,
    /// What its figures are also given under.
    pub slice: Option<Box<str>>,
}

/// What became of one row.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every row is a labelled one, and it is taken apart at once"
)]
pub enum Row {
    /// It answers at least one head.
    Labelled(LabelledComment),
    /// Its label fields are empty.
    Unlabelled,
    /// Its labels are not named, and such rows are left out.
    Dropped,
    /// It is not among the rows that the recipe's `where` takes.
    NotWanted,
}

/// Gives the rows of one source their labels.
///
/// Holds nothing that changes, so that rows may be labelled on any number of threads.
#[derive(Debug, Clone)]
pub struct Labeller {
    heads: Vec<Option<HeadReader>>,
    only: Vec<(String, AllowedValues)>,
    group: Option<String>,
    slice: Option<String>,
    carry: Vec<String>,
    weight: f32,
    weight_column: Option<String>,
    source_idx: u16,
}

/// Reads the answers to one head.
#[derive(Debug, Clone)]
struct HeadReader {
    name: String,
    mapping: Mapping,
    place: AnswerPlace,
    labels: LabelSet,
    drop_unnamed: bool,
}

/// Where the answers stand.
#[derive(Debug, Clone)]
enum AnswerPlace {
    /// One column, one label.
    One(String),
    /// One column with those that hold, set apart by this.
    Several(String, Option<String>),
    /// A column for each label, where there is one.
    Columns(Vec<Option<String>>),
}

/// What a field says of a head.
enum Answer {
    Truth(Truth),
    Empty,
    Unnamed,
}

impl Labeller {
    /// For the source at `source_idx` of `recipe`.
    ///
    /// A head whose labels are not given yet is passed over.
    ///
    /// # Panics
    /// If the recipe has no such source.
    pub fn new(recipe: &Recipe, source_idx: usize) -> Self {
        let source = &recipe.sources[source_idx];
        let reader = |head: &HeadRecipe| HeadReader::new(head, source.heads.get(&head.name)?);
        Self {
            heads: recipe.heads.iter().map(reader).collect(),
            only: source.only.iter().map(|(column, values)| (column.clone(), values.clone())).collect(),
            group: source.group.clone(),
            slice: source.slice.clone(),
            carry: source.carry.iter().chain(&source.carry_if_there).cloned().collect(),
            weight: source.weight,
            weight_column: source.weight_column.clone(),
            source_idx: u16::try_from(source_idx).unwrap_or(u16::MAX),
        }
    }

    /// Reads the labels from the fields of `comment`, from which a row that has any takes what it keeps.
    ///
    /// # Errors
    /// If a label is not named and such rows are not left out, or the weight is no number from 0.
    pub fn label(&self, comment: &mut Comment) -> Result<Row, CorpusError> {
        let fields = &comment.other_fields;
        if !self.only.iter().all(|(column, values)| values.allow(&field(fields, column))) {
            return Ok(Row::NotWanted);
        }
        let mut dropped = false;
        let mut truths = Vec::with_capacity(self.heads.len());
        for head in &self.heads {
            let answer =
                head.as_ref().map_or(Ok(Answer::Empty), |head| head.answer(fields, &comment.place))?;
            dropped |= matches!(answer, Answer::Unnamed);
            truths.push(match answer {
                Answer::Truth(truth) => Some(truth),
                Answer::Empty | Answer::Unnamed => None,
            });
        }
        if truths.iter().all(Option::is_none) {
            return Ok(if dropped { Row::Dropped } else { Row::Unlabelled });
        }
        let weight = self.weight(fields, &comment.place)?;
        let value = |column: &Option<String>| {
            let value = field(fields, column.as_ref()?);
            (!value.is_empty()).then(|| value.into_owned().into_boxed_str())
        };
        let (group, slice) = (value(&self.group), value(&self.slice));
        // Without any, the table stays for the next row.
        let carried = match self.carry.is_empty() {
            true => Map::new(),
            false => std::mem::take(&mut comment.other_fields),
        };
        Ok(Row::Labelled(LabelledComment {
            id: std::mem::take(&mut comment.id),
            // What is scored is trained on: the commenter's own words.
            text: match comment.own_words() {
                Cow::Owned(own) => own,
                Cow::Borrowed(_) => std::mem::take(&mut comment.text),
            },
            fields: carried.into_iter().filter(|(name, _)| self.carry.contains(name)).collect(),
            place: comment.place.clone(),
            truths,
            weight,
            source_idx: self.source_idx,
            group,
            slice,
        }))
    }

    fn weight(&self, fields: &Map<String, Value>, place: &Place) -> Result<f32, CorpusError> {
        let Some(column) = &self.weight_column else { return Ok(self.weight) };
        let found = field(fields, column);
        match number(&found).map(|factor| self.weight * factor as f32) {
            Some(weight) if weight.is_finite() && 0.0 <= weight => Ok(weight),
            _ => Err(CorpusError::Weight { place: place.clone(), found: found.into_owned() }),
        }
    }
}

impl HeadReader {
    fn new(head: &HeadRecipe, source: &HeadSource) -> Option<Self> {
        let labels = head.labels.clone()?;
        let place = match (&source.column, head.kind) {
            (Some(column), HeadKind::OneOf) => AnswerPlace::One(column.clone()),
            (Some(column), HeadKind::Each) => AnswerPlace::Several(column.clone(), source.split.clone()),
            (None, _) => AnswerPlace::Columns(
                labels.names().iter().map(|name| source.columns.get(name).cloned()).collect(),
            ),
        };
        let mapping = source.labels.clone().unwrap_or_else(|| match place {
            AnswerPlace::Columns(_) => Mapping::yes_or_no(),
            _ => Mapping::identity(labels.names().iter().map(String::as_str)),
        });
        Some(Self { name: head.name.clone(), mapping, place, labels, drop_unnamed: source.drop_unnamed })
    }

    fn answer(&self, fields: &Map<String, Value>, place: &Place) -> Result<Answer, CorpusError> {
        match &self.place {
            AnswerPlace::One(column) => {
                let value = field(fields, column);
                if value.is_empty() {
                    return Ok(Answer::Empty);
                }
                let label = self.label(&value, place)?;
                Ok(label.map_or(Answer::Unnamed, |label| Answer::Truth(Truth::OneOf(label))))
            }
            AnswerPlace::Several(column, split) => self.several(fields.get(column), split.as_deref(), place),
            AnswerPlace::Columns(columns) => {
                let mut unnamed = false;
                let mut holds = Vec::with_capacity(columns.len());
                for column in columns {
                    let value = column.as_ref().map(|column| field(fields, column)).unwrap_or_default();
                    let named = if value.is_empty() { None } else { self.named(&value, place)? };
                    unnamed |= !value.is_empty() && named.is_none();
                    holds.push(named.map(|name| name == "yes"));
                }
                Ok(match (holds.iter().any(Option::is_some), unnamed) {
                    (true, _) => Answer::Truth(Truth::Each(holds)),
                    (false, true) => Answer::Unnamed,
                    (false, false) => Answer::Empty,
                })
            }
        }
    }

    /// The labels that hold, from one field; those that are not named do not hold.
    fn several(
        &self,
        value: Option<&Value>,
        split: Option<&str>,
        place: &Place,
    ) -> Result<Answer, CorpusError> {
        let mut holds = vec![Some(false); self.labels.len()];
        let (mut named, mut unnamed) = (false, false);
        let mut enter = |word: &str| -> Result<(), CorpusError> {
            match self.label(word, place)? {
                Some(label) => {
                    named = true;
                    holds[label.index()] = Some(true);
                }
                None => unnamed = true,
            }
            Ok(())
        };
        match value {
            Some(Value::Array(items)) => {
                for item in items {
                    enter(&word(item))?;
                }
                if items.is_empty() && self.mapping.rule("[]").is_some() {
                    enter("[]")?;
                }
            }
            _ => {
                let whole = value.map(word).unwrap_or_default();
                if whole.is_empty() {
                    return Ok(Answer::Empty);
                }
                match split {
                    Some(split) => {
                        for part in whole.split(split).map(str::trim).filter(|part| !part.is_empty()) {
                            enter(part)?;
                        }
                    }
                    None => enter(&whole)?,
                }
            }
        }
        Ok(if unnamed && !named { Answer::Unnamed } else { Answer::Truth(Truth::Each(holds)) })
    }

    fn label(&self, value: &str, place: &Place) -> Result<Option<LabelId>, CorpusError> {
        let name = self.named(value, place)?;
        Ok(name.and_then(|name| self.labels.id(name)))
    }

    /// The label that the mapping has for `value`.
    fn named(&self, value: &str, place: &Place) -> Result<Option<&str>, CorpusError> {
        match self.mapping.label(value) {
            None if !self.drop_unnamed => Err(CorpusError::UnknownLabel {
                place: place.clone(),
                found: crate::extract::excerpt(value),
                head: self.name.as_str().into(),
                expected: self.mapping.values().into(),
            }),
            label => Ok(label),
        }
    }
}

impl AllowedValues {
    fn allow(&self, value: &str) -> bool {
        match self {
            Self::Text(text) => text.trim() == value,
            Self::Number(one) => number(value) == Some(*one),
            Self::List(any) => any.iter().any(|one| one.allow(value)),
        }
    }
}

/// The field `column` as a trimmed word; empty if there is none.
pub(crate) fn field<'f>(fields: &'f Map<String, Value>, column: &str) -> Cow<'f, str> {
    fields.get(column).map(word).unwrap_or_default()
}

pub(crate) fn word(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(word) => Cow::Borrowed(word.trim()),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}
