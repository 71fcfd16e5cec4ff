//! Comments cut into slices: by source, by what a column says, by kind of case.

use crate::evaluate::{Options, Predictions, Slice, Subgroup};
use crate::label::{Head, Truth};
use crate::report::SlicedHead;
use anyhow::Result;

/// Comments of one head with truths and answers, cut into slices.
pub(super) struct Cut<'a> {
    pub(super) head: &'a Head,
    pub(super) truths: &'a [Truth],
    pub(super) predictions: &'a Predictions,
    /// What each comment's slice is called, if it is in one.
    pub(super) names: &'a [Option<&'a str>],
}

impl Cut<'_> {
    /// The slices that `order` names, in that order; without an order all of them, by name.
    pub(super) fn by(&self, by: &str, order: Option<&[&str]>, options: &Options) -> Result<SlicedHead> {
        let mut found: Vec<&str> = self.names.iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let names: Vec<&str> = match order {
            Some(order) => order.iter().copied().filter(|name| found.binary_search(name).is_ok()).collect(),
            None => found,
        };
        let subgroup = |name: &&str| Subgroup {
            name: (*name).to_owned(),
            members: self.names.iter().map(|own| *own == Some(*name)).collect(),
        };
        let groups: Vec<Subgroup> = names.iter().map(subgroup).collect();
        let slices = Slice::all(self.head, self.truths, (self.predictions, &groups), options)?;
        Ok(SlicedHead { head: self.head.clone(), by: by.to_owned(), slices })
    }
}
