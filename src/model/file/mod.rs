//! The model file: safetensors, that is a JSON header and flat little-endian arrays.
//!
//! | tensor | type, shape | what |
//! | :-- | :-- | :-- |
//! | `vocabulary.text` | u8 | the texts of all terms in a row |
//! | `vocabulary.ends` | u32, `n_terms` | where each ends |
//! | `vocabulary.index` | u64 | the hash table that leads from a term's hash to its id |
//! | `group.G.cells` | i16, `n_terms × width` | factor and weights of heads that keep no counts |
//! | `group.G.scales` | f32, `width` | what one in each column of `cells` stands for |
//! | `head.H.I.documents` | u64, `n_classes` | naive Bayes: comments of each class |
//! | `head.H.I.terms`, `.classes`, `.counts` | u32, u16, u32 | naive Bayes: occurrences, where there are any |
//!
//! Everything else is in the header's `moderato` entry, checksum included. A file is untrusted: each length and
//! index is checked on reading, the checksum before anything is made of it, and nothing in it is run.

mod arrays;
mod read;
mod write;

use super::{About, GroupError, ModelHead};
use crate::counts::vocabulary::VocabularyError;
use crate::counts::weighting::Weighting;
use crate::naive_bayes::{NaiveBayesError, NaiveBayesSettings};
use crate::text::{Analysis, AnalysisError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version this program writes and reads.
pub const FORMAT: u32 = 2;

/// Why a file is not a model this program can use. The caller knows the path and puts it in front.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// Not safetensors, or without our entry.
    #[error("not a moderato model: {0}")]
    NotAModel(String),
    /// Shorter than its header says.
    #[error("model file is cut short: found {found} bytes, expected {expected}")]
    CutShort {
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: u64,
    },
    /// Written by a newer program.
    #[error("model file has format {found}, expected at most {FORMAT}: it was written by a newer moderato")]
    Newer {
        /// Its format.
        found: u32,
    },
    /// Written by an older program.
    #[error(
        "model file has format {found}, expected {FORMAT}: it was written by an older moderato, train it again"
    )]
    Older {
        /// Its format.
        found: u32,
    },
    /// The checksum does not match.
    #[error("model file was altered: found checksum {found}, expected {expected}")]
    Altered {
        /// Of what it holds.
        found: String,
        /// What it says of itself.
        expected: String,
    },
    /// An array is missing, or of the wrong type or length.
    #[error("model file: array `{name}`: {problem}")]
    Array {
        /// Its name.
        name: String,
        /// Found and expected.
        problem: String,
    },
    /// A head that does not fit the arrays.
    #[error("model file: head `{head}`: {problem}")]
    Head {
        /// Its name.
        head: String,
        /// Found and expected.
        problem: String,
    },
    /// Settings no analyser can have.
    #[error("model file: {0}")]
    Analysis(#[from] AnalysisError),
    /// Texts that are no vocabulary.
    #[error("model file: {0}")]
    Vocabulary(#[from] VocabularyError),
    /// Weights of the wrong number.
    #[error("model file: {0}")]
    Group(#[from] GroupError),
    /// Counts that no comments could have given.
    #[error("model file: {0}")]
    NaiveBayes(#[from] NaiveBayesError),
}

/// The `moderato` entry of the header.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Header {
    format: u32,
    /// SHA-256 of the entry with this field empty, and of all arrays in order of their names.
    sha256: String,
    about: About,
    analysis: Analysis,
    n_characters: u32,
    groups: Vec<GroupHeader>,
    heads: Vec<HeadHeader>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct GroupHeader {
    weighting: Weighting,
    /// Whether characters and words are normed each on their own.
    apart: bool,
    n_columns: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct HeadHeader {
    #[serde(flatten)]
    head: ModelHead,
    /// Settings of a head that keeps its counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    naive_bayes: Option<NaiveBayesSettings>,
}

/// Our entry in the header.
const ENTRY: &str = "moderato";

fn checksum<'a>(header: &Header, arrays: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    // Serializing plain data to memory cannot fail; an empty text would only fail the check.
    hash.update(serde_json::to_vec(header).unwrap_or_default());
    for (name, bytes) in arrays {
        hash.update(name.as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
