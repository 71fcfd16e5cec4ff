//! Writes evaluations for people and programs: [`Report`] in; terminal, Markdown, JSON or HTML text out.
//!
//! No figure is computed here but shares of counts, nothing is written to a file or a screen, and no clock
//! is read: the same report gives the same bytes.
//! Names that others chose are [escaped](escape) in every format.

pub mod escape;
pub mod html;
pub mod json;
pub mod markdown;
pub mod terminal;

mod comparison;
mod fairness;
mod findings;
mod matrix;
mod number;
mod slices;
mod table;
mod tables;
mod thresholds;
mod words;

pub use comparison::{ChangedComment, ComparedHead};
pub use findings::{Case, Findings, LabelTerms, SliceTable, SuspectRow, SwapTest, UnknownTerms, WeighedTerm};
pub use slices::SlicedHead;

use crate::evaluate::Evaluation;

/// The evaluations of a model's heads, and where they come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// One a head, in the model's order.
    pub evaluations: Vec<Evaluation>,
    /// The same by part: by source, by kind of case; not read back from `report.json`.
    pub slices: Vec<SlicedHead>,
    /// What else is known of each head, in the order of the evaluations; may be shorter.
    pub findings: Vec<Findings>,
    /// What an auditor needs to get the same figures again.
    pub provenance: Provenance,
}

/// Where figures come from. What is not known is left out, never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The model, as `NAME@HASH`.
    pub model: Option<String>,
    /// What it was evaluated on.
    pub data: Vec<DataSource>,
    /// The recipe the model was trained from.
    pub recipe: Option<String>,
    /// The command line.
    pub command: Option<String>,
    /// The seed of everything random.
    pub seed: Option<u64>,
    /// moderato's version.
    pub version: Option<String>,
    /// When, as the caller says; left out, the same evaluation gives the same bytes.
    pub time: Option<String>,
}

/// One input of an evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataSource {
    /// Its name as the user gave it.
    pub name: String,
    /// The hash of its bytes, as `sha256:…`.
    pub hash: Option<String>,
    /// How many comments it gave.
    pub n_comments: Option<u64>,
}

impl Provenance {
    /// What is known, as names and values in reading order.
    pub(crate) fn entries(&self) -> Vec<(&'static str, String)> {
        let mut entries = Vec::new();
        let mut push = |name, value: &Option<String>| {
            if let Some(value) = value {
                entries.push((name, value.clone()));
            }
        };
        push("model", &self.model);
        push("recipe", &self.recipe);
        for source in &self.data {
            push("data", &Some(source.description()));
        }
        push("command", &self.command);
        push("seed", &self.seed.map(|seed| seed.to_string()));
        push("moderato", &self.version);
        push("time", &self.time);
        entries
    }
}

impl DataSource {
    fn description(&self) -> String {
        let mut description = self.name.clone();
        if let Some(n) = self.n_comments {
            description.push_str(&format!(", {} comments", number::count(n)));
        }
        if let Some(hash) = &self.hash {
            description.push_str(&format!(", {hash}"));
        }
        description
    }
}

#[cfg(test)]
mod examples;
