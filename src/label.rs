//! The questions asked of a comment, and the labels that answer them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A label's position in its head's [`LabelSet`]; its class column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabelId(pub u16);

impl LabelId {
    /// The class column this label counts in.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl From<usize> for LabelId {
    /// # Panics
    /// If `index` is not below 65,536; a [`LabelSet`] holds at most [`LabelSet::MAX`] labels.
    fn from(index: usize) -> Self {
        Self(u16::try_from(index).expect("label sets hold at most LabelSet::MAX labels"))
    }
}

/// The distinct label names of one head, in the order the head declares them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct LabelSet {
    names: Vec<String>,
}

/// Why a list of names is not a [`LabelSet`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelSetError {
    /// No name was given.
    #[error("a head needs at least one label, found none")]
    Empty,
    /// An empty name, or one with a comma, `=` or control character, which flags and files could not spell.
    #[error("label `{0}` is not a name: expected text without commas, `=` and control characters")]
    BadName(String),
    /// The same name twice.
    #[error("label `{0}` stands twice")]
    Twice(String),
    /// More names than a head may have.
    #[error("found {0} labels, expected at most {max}", max = LabelSet::MAX)]
    TooMany(usize),
}

impl LabelSet {
    /// The most labels one head may have.
    pub const MAX: usize = 1024;

    /// Names in the order of their ids.
    ///
    /// # Errors
    /// If there is none, one is no name, one stands twice, or there are more than [`LabelSet::MAX`].
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self, LabelSetError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            return Err(LabelSetError::Empty);
        }
        if names.len() > Self::MAX {
            return Err(LabelSetError::TooMany(names.len()));
        }
        for (i, name) in names.iter().enumerate() {
            if name.trim().is_empty() || name.contains([',', '=']) || name.contains(char::is_control) {
                return Err(LabelSetError::BadName(name.clone()));
            }
            if names[..i].contains(name) {
                return Err(LabelSetError::Twice(name.clone()));
            }
        }
        Ok(Self { names })
    }

    /// How many labels there are.
    #[expect(clippy::len_without_is_empty, reason = "a label set is never empty")]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The name of `id`.
    ///
    /// # Panics
    /// If `id` belongs to a larger set.
    pub fn name(&self, id: LabelId) -> &str {
        &self.names[id.index()]
    }

    /// The id of `name`, if the set has it.
    pub fn id(&self, name: &str) -> Option<LabelId> {
        self.names.iter().position(|n| n == name).map(LabelId::from)
    }

    /// All names, in the order of their ids.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = LabelId> + use<> {
        (0..self.names.len()).map(LabelId::from)
    }
}

impl fmt::Display for LabelSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))
    }
}

impl TryFrom<Vec<String>> for LabelSet {
    type Error = LabelSetError;
    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        Self::new(names)
    }
}

impl From<LabelSet> for Vec<String> {
    fn from(labels: LabelSet) -> Self {
        labels.names
    }
}

/// How the labels of a head answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeadKind {
    /// Exactly one label holds: `civil` or `uncivil`.
    OneOf,
    /// Each label holds or not, whatever the others do: `insult` yes, `threat` no.
    Each,
}

/// One question asked of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Head {
    /// `incivility`, `attributes`, `tone`, `stance` …
    pub name: String,
    /// Whether exactly one label holds, or each on its own.
    pub kind: HeadKind,
    /// The possible answers. Of two one-of labels the second is the positive one.
    pub labels: LabelSet,
    /// What a stance is taken toward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// The true answer to one head for one comment; in JSON a label's number, or a list of `true`, `false`, `null`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Truth {
    /// The label that holds, of a [`HeadKind::OneOf`] head.
    OneOf(LabelId),
    /// For each label of a [`HeadKind::Each`] head, in order: yes, no, or not known.
    Each(Vec<Option<bool>>),
}

/// The answer a model gives to one head for one comment; in JSON a label's number, or a list of `true`, `false`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Decision {
    /// The one label chosen, of a [`HeadKind::OneOf`] head.
    OneOf(LabelId),
    /// For each label of a [`HeadKind::Each`] head, in order: whether it reached its threshold.
    Each(Vec<bool>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_sets_refuse_what_flags_and_files_could_not_spell() {
        assert_eq!(LabelSet::new(Vec::<String>::new()), Err(LabelSetError::Empty));
        assert_eq!(LabelSet::new(["a", "b", "a"]), Err(LabelSetError::Twice("a".into())));
        for bad in ["", " ", "a,b", "a=b", "a\nb"] {
            assert_eq!(LabelSet::new([bad]), Err(LabelSetError::BadName(bad.into())));
        }
        assert_eq!(LabelSet::new((0..2000).map(|i| i.to_string())), Err(LabelSetError::TooMany(2000)));
    }

    #[test]
    fn ids_are_positions() {
        let labels = LabelSet::new(["favor", "against", "none"]).unwrap();
        assert_eq!(labels.id("against"), Some(LabelId(1)));
        assert_eq!(labels.name(LabelId(2)), "none");
        assert_eq!(labels.id("favour"), None);
    }
}
