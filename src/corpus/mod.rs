//! Labelled comments: a [`Recipe`] and the files it names in, [`LabelledComment`]s and their folds out.
//!
//! A recipe says which heads a model has and which columns of which files answer them; [`Mapping`]s turn what
//! stands in a column into labels. [`Corpus::read`] reads all sources, [`SourceReader`] one of them row by row, and
//! [`Folds`] and [`Shares`] divide what was read so that no comment, nor its copy, stands on both sides. [`Swaps`] puts
//! like words in each other's place.
//!
//! Files are opened by the caller; text is never analysed here; and how a head is fitted or texts are analysed
//! passes through as the tables the recipe has for it.

mod error;
mod labeller;
mod learned_labels;
mod mapping;
mod recipe;
mod simple;
mod source;
mod split;
mod swaps;
mod validate;

pub use error::{CorpusError, MappingError};
pub use labeller::{LabelledComment, Labeller, Row};
pub use learned_labels::learn_labels;
pub use mapping::Mapping;
pub use recipe::{AllowedValues, HeadRecipe, HeadSource, Recipe, SourceBalance, SourceRecipe};
pub use simple::SimpleRecipe;
pub use source::{Corpus, SourceCounts, SourceReader, unknown_column};
pub use split::{Folds, Shares};
pub use swaps::{SwapSet, Swaps, SwapsError, replaced};
