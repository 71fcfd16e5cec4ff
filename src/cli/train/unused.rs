//! Flags that have no part in what `train` is asked to do: refused, since passing over them would train something else
//! than was meant.

use super::TrainArgs;
use crate::cli::{Problem, given::given};
use anyhow::Result;

impl TrainArgs {
    /// Refuses flags that nothing would come of.
    pub(super) fn check_unused(&self) -> Result<()> {
        let community = self.community.flags();
        if self.community.from_decisions.is_some() {
            let unused = self.data.flags().into_iter().chain(self.of_fit());
            let why = "the base model has its settings, and decisions their labels";
            return refuse(unused, "with `--from-decisions`", "it without", why);
        }
        let why = "these are about what a community decided";
        refuse(community, "without `--from-decisions`", "both or neither", why)?;
        if self.recipe.is_some() {
            let why = "a recipe says this of each of its sources";
            refuse(self.data.flags(), "with a recipe", "it with `--data`", why)?;
        }
        if self.folds == Some(0) {
            let why = "thresholds and calibration are chosen on folds, and figures come from them";
            refuse(self.of_folds(), "with `--folds 0`", "it with folds", why)?;
        }
        Ok(())
    }

    /// The flags given that say how to fit, and what to make of it.
    fn of_fit(&self) -> impl Iterator<Item = &'static str> {
        given([
            (self.data_dir.is_some(), "--data-dir"),
            (self.algorithm.is_some(), "--algorithm"),
            (!self.fit.is_empty(), "--fit"),
            (!self.analysis.is_empty(), "--analysis"),
            (!self.vocabulary.is_empty(), "--vocabulary"),
            (self.threshold_for.is_some(), "--threshold-for"),
            (self.folds_by_hash, "--folds-by-hash"),
            (self.memory.is_some(), "--memory"),
            (self.card.is_some(), "--card"),
            (self.report.is_some(), "--report"),
        ])
    }

    /// The flags given that need folds.
    fn of_folds(&self) -> impl Iterator<Item = &'static str> {
        let fits = |name: &str| {
            let value =
                |pair: &String| pair.split_once('=').filter(|(n, _)| *n == name).map(|(_, v)| v.to_owned());
            // Without folds there is no calibration, so to ask for none is fair.
            self.fit.iter().filter_map(value).any(|value| value.trim_matches('"') != "none")
        };
        given([
            (self.threshold_for.is_some(), "--threshold-for"),
            (fits("threshold-for"), "--fit threshold-for"),
            (fits("calibration"), "--fit calibration"),
            (self.folds_by_hash, "--folds-by-hash"),
            (self.report.is_some(), "--report"),
        ])
    }
}

/// Refuses the first of `flags`, if there is one.
fn refuse(
    flags: impl IntoIterator<Item = &'static str>,
    found: &str,
    expected: &str,
    why: &str,
) -> Result<()> {
    match flags.into_iter().next() {
        Some(flag) => {
            Err(Problem::new(format!("found `{flag}` {found}, expected {expected}")).hint(why).into())
        }
        None => Ok(()),
    }
}
