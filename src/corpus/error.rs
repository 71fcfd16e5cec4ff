//! Why labelled comments cannot be had.

use crate::comment::Place;
use crate::extract::ExtractError;
use std::io;

/// Why a recipe, a source of it, or one row cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// The recipe is no TOML, or has a key or a value that no recipe has.
    #[error("{place}: {message}")]
    Recipe {
        /// The line and column.
        place: Place,
        /// What was found and what was expected.
        message: String,
    },
    /// The recipe contradicts itself.
    #[error("{place}: {part}: found {found}, expected {expected}")]
    Contradiction {
        /// The line on which the part begins.
        place: Place,
        /// The head or source, or `recipe`.
        part: Box<str>,
        /// What it says.
        found: String,
        /// What it could say.
        expected: Box<str>,
    },
    /// A label mapping that cannot be read.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The file of a source could not be opened.
    #[error("{file}: cannot read source `{name}`: {source}")]
    Open {
        /// The file, as the recipe names it.
        file: String,
        /// The source.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// A source, or a row of it, cannot be read.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// A value that the mapping does not name.
    #[error("{place}: unknown label `{found}` for head `{head}`, expected one of {expected}")]
    UnknownLabel {
        /// The row.
        place: Place,
        /// What stands there.
        found: String,
        /// The head it should answer.
        head: Box<str>,
        /// What the mapping names.
        expected: Box<str>,
    },
    /// A column whose values cannot be the labels of a head.
    #[error(
        "{place}: {found} for head `{head}`, expected labels: at least two different values, each a name"
    )]
    Labels {
        /// The file.
        place: Place,
        /// The head.
        head: String,
        /// What is wrong with the values.
        found: String,
    },
    /// A weight that is none.
    #[error("{place}: found weight `{found}`, expected a number from 0")]
    Weight {
        /// The row.
        place: Place,
        /// What stands there.
        found: String,
    },
    /// A source whose rows answer none of its heads.
    #[error(
        "{place}: found no label in {n_rows} rows of source `{name}`{}, expected some in {columns}",
        left_out(*n_not_wanted)
    )]
    NothingLabelled {
        /// The file.
        place: Place,
        /// The source.
        name: String,
        /// Rows read.
        n_rows: u64,
        /// Those of them that were not asked for.
        n_not_wanted: u64,
        /// Where labels were looked for.
        columns: String,
    },
}

impl CorpusError {
    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Extract(error) => error.hint(),
            Self::UnknownLabel { found, expected, .. } if is_list(found, expected) => {
                Some("where a field has several labels, say what stands between them, as in `--split ,`")
            }
            Self::Labels { found, .. } if found.contains(',') => {
                Some("where a field has several labels, say what stands between them, as in `--split ,`")
            }
            Self::UnknownLabel { .. } => Some(
                "name it in `--labels`, as in `0=civil,1=uncivil`, or leave such rows out with `--drop-unnamed`",
            ),
            _ => None,
        }
    }
}

/// Whether `found` is several of the values `expected`.
fn is_list(found: &str, expected: &str) -> bool {
    let known = |part: &str| expected.split(", ").any(|value| value == part.trim());
    found.contains([',', ';', '|']) && found.split([',', ';', '|']).all(known)
}

/// How many rows were not asked for, if any.
fn left_out(n_not_wanted: u64) -> String {
    match n_not_wanted {
        0 => String::new(),
        n => format!(", of which {n} were not asked for"),
    }
}

/// A label mapping that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("label mapping: found {found}, expected {expected}")]
pub struct MappingError {
    /// What stands there.
    pub found: String,
    /// What could.
    pub expected: String,
}
