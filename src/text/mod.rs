//! A comment's text in, its terms out: normalise → tokens with spans → word and character n-grams.
//!
//! One [`Analyzer`] serves training and scoring, so what training counts, scoring counts.
//! Terms come out as 64-bit hashes with a view of their text, so that the scoring loop allocates nothing;
//! every term knows the bytes of the *original* text that it was read from, however they were normalised.
//! Deliberately absent: a stop list (function words carry stance and incivility), stemming (character n-grams
//! do its work), and any list of bad words (what is bad is learned from labels).
//!
//! The order of reading: [`normalise`] (characters), [`token`] (segmentation), [`classes`] (links, mentions,
//! emoticons), [`readings`] (what a masked word may have meant), [`ngrams`] (terms and their hashes).
//!
//! What each of these is worth, measured by cross-validation, stands in `training/IDEAS.md`.

pub mod analyzer;
mod chunk;
pub mod classes;
pub mod ngrams;
pub mod normalise;
mod phrases;
pub mod reader;
pub mod readings;
pub mod token;

pub use analyzer::{Analysis, AnalysisError, Analyzer, Scratch};
pub use ngrams::{Term, TermKind};
pub use phrases::{FoundPhrase, Phrases, TextWords};
pub use reader::{Lookup, TermReader};
