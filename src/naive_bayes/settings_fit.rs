//! Fitting from settings alone: for rooms that know recipes and model files, and nothing of linfa.

use super::{ClassCounts, LabelledCounts, NaiveBayes, NaiveBayesError, NaiveBayesParams, NaiveBayesSettings};
use linfa::ParamGuard;

impl NaiveBayesSettings {
    /// Checks the settings, counts the documents and derives the weights.
    ///
    /// # Errors
    /// If a setting is out of its range, the documents and labels do not fit, or there is no document.
    pub fn fit(
        &self,
        documents: &LabelledCounts<'_>,
        n_classes: usize,
    ) -> Result<NaiveBayes, NaiveBayesError> {
        let counts = ClassCounts::of(documents, n_classes, self.counts_are_binary())?;
        self.derive(counts)
    }

    /// Checks the settings and derives the weights from statistics.
    ///
    /// # Errors
    /// If a setting is out of its range or the statistics are none that documents could have given.
    pub fn derive(&self, counts: ClassCounts) -> Result<NaiveBayes, NaiveBayesError> {
        let settings = Self { n_classes: Some(counts.n_classes()), ..self.clone() };
        NaiveBayes::from_counts(NaiveBayesParams::from(settings).check()?, counts)
    }
}
