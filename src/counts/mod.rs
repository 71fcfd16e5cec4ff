//! From terms to numbers: how often each document has each term, and what a count is worth.

pub mod bag;
mod builder;
pub mod matrix;
pub mod vectorizer;
pub mod vocabulary;
pub mod weighted;
pub mod weighting;
