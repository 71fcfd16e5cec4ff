//! `report.json`: the contract other programs read.
//!
//! One head's report is one object; several heads are `{"heads": [object, …], "provenance": …}`.
//!
//! | key | value |
//! | :-- | :-- |
//! | `head`, `kind`, `target`, `labels`, `n` | the question; `kind` is `one-of` or `each`; comments evaluated |
//! | `confusion` | one-of: rows are the truth, columns the prediction; each: label → `[[no no, no yes], [yes no, yes yes]]` |
//! | `accuracy`, `macro_f1`, `weighted_f1`, `auc`, `average_precision`, `log_loss`, `brier`, … | the figures, by [`crate::evaluate::Figure::name`] |
//! | `per_class` | label → `precision`, `recall`, `f1`, `support`, `predicted`, `auc`, `average_precision`, `log_loss`, `brier` |
//! | `intervals` | `resamples`, `seed`, `groups`, figure → `[low, high]`, and `per_class` likewise; `null` if not asked for |
//! | `baselines` | `majority` and `prior`, each figure → value |
//! | `calibration` | one-of: a table; each: label → table |
//! | `threshold` | label → `positives`, `negatives`; `thresholds` with how many comments each holds rightly and wrongly, in steps of a hundredth; `histogram` of probabilities by truth, in twentieths |
//! | `together` | each only: how often labels hold together, in the `truth` and as `predicted` |
//! | `by_source`, `by_slice` | where asked for: head → the slices, each its `name`, `n`, the figures and their `intervals` |
//! | `findings` | where known: `fairness`, `swaps`, `terms`, `unknown_terms`, `slices`, `cases`, `suspects`; no text of a comment |
//! | `provenance` | what is known of `model`, `data`, `recipe`, `command`, `seed`, `version`, `time` |
//!
//! What is undefined is `null`. Numbers are not rounded. Keys may be added, never renamed.

mod details;
mod findings;
mod layout;
mod read;
mod slices;
mod write;

pub use details::{read_details, render_details};
pub use read::{ReadError, read};
pub use slices::slices;
pub(crate) use write::CURVE_STEPS;
pub use write::{comparison, fairness, provenance, render, value};
