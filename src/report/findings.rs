//! What is known of a head beside its figures: fairness, what it learned, where it errs, labels that look wrong.
//!
//! Filled in by whoever has the model and the comments; here it only has a shape. Texts of comments are in two
//! places, [`Case::text`] and [`SuspectRow::text`], and words of theirs in a third, [`UnknownTerms::frequent`]:
//! what leaves texts out leaves out these three.

use crate::evaluate::{Fairness, Slice, Swap};
use serde::{Deserialize, Serialize};

/// What is known of a head beside its figures. What is empty gets no section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// One for each label asked for.
    pub fairness: Vec<Fairness>,
    /// Swap tests, of each label asked for.
    pub swaps: Vec<SwapTest>,
    /// What the model learned of each label.
    pub terms: Vec<LabelTerms>,
    /// What the model does not know of the evaluated comments.
    pub unknown_terms: Option<UnknownTerms>,
    /// Where it errs.
    pub slices: Vec<SliceTable>,
    /// Functional cases.
    pub cases: Vec<Case>,
    /// Labels that look wrong, the most suspicious first.
    pub suspects: Vec<SuspectRow>,
}

/// What becomes of one label's probability when groups' names are swapped.
#[derive(Debug, Clone, PartialEq)]
pub struct SwapTest {
    /// The label's name.
    pub label: String,
    /// The swaps.
    pub swaps: Vec<Swap>,
}

/// The strongest terms of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelTerms {
    /// The label's name.
    pub label: String,
    /// Terms that speak for it, strongest first.
    pub towards: Vec<WeighedTerm>,
    /// Terms that speak against it, strongest first.
    pub against: Vec<WeighedTerm>,
    /// How many terms decide alone: a comment of one of them only is given the label.
    pub n_deciding: u64,
    /// The strongest of these.
    pub deciding: Vec<String>,
}

/// What the model learned of a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeighedTerm {
    /// The term.
    pub term: String,
    /// What it adds to the label's log-odds where it stands alone.
    pub contribution: f64,
    /// How often it was counted in training comments with the label and without; `None` where the model keeps no
    /// counts.
    pub trained: Option<[u64; 2]>,
    /// How many of the evaluated comments with the label have it.
    pub n_with: u64,
    /// How many of those without.
    pub n_without: u64,
    /// Whether it decides alone.
    pub decides: bool,
}

/// Words of the evaluated comments that the model has never counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UnknownTerms {
    /// Their share of all words.
    pub share: f64,
    /// The most frequent, and how many comments have each.
    #[serde(default)]
    pub frequent: Vec<(String, u64)>,
}

/// How the model does on parts of the comments: by length, by source …
#[derive(Debug, Clone, PartialEq)]
pub struct SliceTable {
    /// What the parts are made by.
    pub by: String,
    /// The parts, in reading order.
    pub slices: Vec<Slice>,
}

/// A sentence that shows one ability, and what the model made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The ability: negation, quotation, masked spelling …
    pub kind: String,
    /// The sentence.
    #[serde(default)]
    pub text: String,
    /// The label it should get.
    pub expected: String,
    /// The label it got.
    pub found: String,
}

/// A comment whose label looks wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuspectRow {
    /// Its id.
    pub id: String,
    /// Its text.
    #[serde(default)]
    pub text: String,
    /// Its label; of a yes-or-no-each head `LABEL: yes` or `LABEL: no`.
    pub given: String,
    /// The label suggested, likewise.
    pub suggested: String,
    /// The probability of the given label less that of the suggested one.
    pub margin: f64,
}

impl Case {
    /// Whether the model was right.
    pub fn passed(&self) -> bool {
        self.expected == self.found
    }
}

impl Findings {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same without comments' texts and words, for reports that travel.
    #[must_use]
    pub fn without_text(mut self) -> Self {
        self.cases.iter_mut().for_each(|case| case.text.clear());
        self.suspects.iter_mut().for_each(|suspect| suspect.text.clear());
        if let Some(unknown) = &mut self.unknown_terms {
            unknown.frequent.clear();
        }
        self
    }
}
