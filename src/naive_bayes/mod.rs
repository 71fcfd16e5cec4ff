//! Naive Bayes on sparse counts: labelled [`CountMatrix`] in, [`NaiveBayes`] out.
//!
//! The notation of this folder, after Manning, Raghavan and Schütze (2008), chapter 13: class `c`, term `t`,
//! document `d`; `N_c` documents of class `c`, `T_ct` occurrences of `t` in them, `V` terms.
//!
//! 1. [`params`]: the choices, checked once, in linfa's own pattern.
//! 2. [`class_counts`]: the sufficient statistics `N_c` and `T_ct`, as whole numbers, so that models can be
//!    added and subtracted exactly and fitting in parts is fitting at once.
//! 3. [`estimate`](NaiveBayes::from_counts): the statistics become weights; the three algorithms differ only here.
//! 4. [`linear`]: `ln P(c, d)` is a bias plus a sum over the document's terms, whichever the algorithm.
//! 5. [`log_space`]: probabilities from log-likelihoods without overflow.
//!
//! linfa-bayes is dense and has no log-sum-exp, so it is not the estimator here; it gives the parameter check and
//! the error type, and `tests/oracle.rs` holds our arithmetic to its.
//! Deliberately absent: text, vocabularies, calibration. The probabilities of naive Bayes are extreme, for it
//! takes every word as a fresh witness; the `calibration` room mends that.

pub mod class_counts;
mod estimate;
pub mod linear;
pub mod log_space;
pub mod params;
mod settings_fit;

pub use class_counts::{ClassCounts, ClassCountsError, LabelledCounts};
pub use linear::LinearForm;
pub use linfa_bayes::NaiveBayesError;
pub use params::{Algorithm, NaiveBayesParams, NaiveBayesSettings, NaiveBayesValidParams, Priors};

use crate::counts::matrix::CountMatrix;
use crate::label::LabelId;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, FitWith, Predict, PredictInplace};
use ndarray::{Array1, Array2};

/// A fitted naive Bayes classifier: what was counted, and the weights that follow from it.
///
/// ```
/// use linfa::prelude::*;
/// use moderato::counts::matrix::CountMatrixBuilder;
/// use moderato::label::LabelId;
/// use moderato::naive_bayes::NaiveBayes;
/// use ndarray::array;
///
/// let mut builder = CountMatrixBuilder::new();
/// builder.push_row([(0, 2)]);
/// builder.push_row([(0, 1), (1, 3)]);
/// let counts = builder.finish(2)?;
/// let labels = array![LabelId(0), LabelId(1)];
/// let model = NaiveBayes::params().alpha(0.5).fit(&DatasetBase::new(counts.clone(), labels))?;
/// assert_eq!(model.predict(&counts), array![LabelId(0), LabelId(1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayes {
    params: NaiveBayesValidParams,
    counts: ClassCounts,
    linear: LinearForm,
}

impl NaiveBayes {
    /// The default choices: multinomial, `alpha` 1, learned priors.
    pub fn params() -> NaiveBayesParams {
        NaiveBayesParams::default()
    }

    /// Derives the weights from statistics: the last step of fitting, and all there is to loading a model.
    ///
    /// # Errors
    /// If no document was counted, given priors are not one a class, or, for [`Algorithm::Bernoulli`], a term
    /// occurs more often than a class has documents.
    pub fn from_counts(params: NaiveBayesValidParams, counts: ClassCounts) -> Result<Self, NaiveBayesError> {
        let linear = estimate::linear_form(params.settings(), &counts)?;
        Ok(Self { params, counts, linear })
    }

    /// The choices it was fitted with.
    pub fn settings(&self) -> &NaiveBayesSettings {
        self.params.settings()
    }

    /// What was counted.
    pub fn counts(&self) -> &ClassCounts {
        &self.counts
    }

    /// How many classes there are, seen or not.
    pub fn n_classes(&self) -> usize {
        self.counts.n_classes()
    }

    /// How many terms there are.
    pub fn n_terms(&self) -> usize {
        self.counts.n_terms()
    }

    /// The bias and weights whose sum is the joint log likelihood.
    pub fn linear(&self) -> &LinearForm {
        &self.linear
    }

    /// `ln P(c, d)` up to a constant of the document, shape `(n_documents, n_classes)`.
    ///
    /// For [`Algorithm::Complement`] it is a score to compare classes by, not a likelihood.
    ///
    /// # Panics
    /// If `counts` has another number of terms.
    pub fn joint_log_likelihood(&self, counts: &CountMatrix) -> Array2<f64> {
        self.linear.joint_log_likelihood(counts)
    }

    /// `ln P(c | d)`, shape `(n_documents, n_classes)`.
    ///
    /// # Panics
    /// If `counts` has another number of terms.
    pub fn log_probabilities(&self, counts: &CountMatrix) -> Array2<f64> {
        let mut table = self.joint_log_likelihood(counts);
        table.rows_mut().into_iter().for_each(log_space::normalise);
        table
    }

    /// `P(c | d)`, shape `(n_documents, n_classes)`; each row sums to 1.
    ///
    /// Computed in log space, so long comments neither underflow nor overflow.
    ///
    /// # Panics
    /// If `counts` has another number of terms.
    pub fn probabilities(&self, counts: &CountMatrix) -> Array2<f64> {
        self.log_probabilities(counts).mapv_into(libm::exp)
    }
}

impl Fit<CountMatrix, Array1<LabelId>, NaiveBayesError> for NaiveBayesValidParams {
    type Object = NaiveBayes;

    /// Counts on all cores, then derives the weights.
    ///
    /// The dataset's weights, if any, must be whole numbers: a document of weight 3 counts as three.
    ///
    /// # Errors
    /// If there are not as many labels as documents, no documents, a label beyond
    /// [`n_classes`](NaiveBayesSettings::n_classes), or a weight that is not a whole number.
    fn fit(
        &self,
        dataset: &DatasetBase<CountMatrix, Array1<LabelId>>,
    ) -> Result<NaiveBayes, NaiveBayesError> {
        self.fit_with(None, dataset)
    }
}

impl<'a> FitWith<'a, CountMatrix, Array1<LabelId>, NaiveBayesError> for NaiveBayesValidParams {
    type ObjectIn = Option<NaiveBayes>;
    type ObjectOut = NaiveBayes;

    /// As [`Fit::fit`] on the documents of the model and the dataset together, exactly.
    fn fit_with(
        &self,
        model: Option<NaiveBayes>,
        dataset: &'a DatasetBase<CountMatrix, Array1<LabelId>>,
    ) -> Result<NaiveBayes, NaiveBayesError> {
        let labels = dataset.targets.as_standard_layout();
        let labels = labels.as_slice().unwrap_or_default();
        let multiplicities = dataset.weights().map(whole_numbers).transpose()?;
        let documents =
            LabelledCounts { counts: &dataset.records, labels, multiplicities: multiplicities.as_deref() };
        let n_classes = model
            .as_ref()
            .map(NaiveBayes::n_classes)
            .or(self.settings().n_classes)
            .unwrap_or_else(|| labels.iter().max().map_or(0, |label| label.index() + 1));
        let mut counts = ClassCounts::of(&documents, n_classes, self.settings().counts_are_binary())?;
        if let Some(model) = model {
            counts.merge(&model.counts)?;
        }
        NaiveBayes::from_counts(self.clone(), counts)
    }
}

fn whole_numbers(weights: &[f32]) -> Result<Vec<u32>, NaiveBayesError> {
    let whole = |&weight: &f32| {
        let number = weight as u32;
        if number as f32 == weight {
            Ok(number)
        } else {
            let message = format!("`weights`: found `{weight}`, expected whole numbers");
            Err(linfa::Error::Parameters(message).into())
        }
    };
    weights.iter().map(whole).collect()
}

impl PredictInplace<CountMatrix, Array1<LabelId>> for NaiveBayes {
    /// The most probable class of each document; of equals, the first.
    fn predict_inplace(&self, counts: &CountMatrix, labels: &mut Array1<LabelId>) {
        assert_eq!(counts.n_documents(), labels.len(), "as many labels as documents");
        let table = self.joint_log_likelihood(counts);
        for (label, row) in labels.iter_mut().zip(table.rows()) {
            let best = (0..row.len()).reduce(|best, class| if row[class] > row[best] { class } else { best });
            *label = LabelId::from(best.unwrap_or_default());
        }
    }

    fn default_target(&self, counts: &CountMatrix) -> Array1<LabelId> {
        Array1::default(counts.n_documents())
    }
}

impl Predict<&CountMatrix, Array1<LabelId>> for NaiveBayes {
    fn predict(&self, counts: &CountMatrix) -> Array1<LabelId> {
        let mut labels = self.default_target(counts);
        self.predict_inplace(counts, &mut labels);
        labels
    }
}
