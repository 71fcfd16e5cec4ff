//! What linfa 0.8.1 and linfa-bayes 0.8.1 get wrong or leave open, one test each, beside what we do instead.
//!
//! When one of these fails after an upgrade, upstream has mended it: see whether our own code can go.

use linfa::dataset::DatasetBase;
use linfa::prelude::{ParamGuard, ToConfusionMatrix};
use linfa::traits::{Fit, FitWith, Predict};
use linfa_bayes::{BernoulliNbParams, MultinomialNbParams, NaiveBayes as _};
use moderato::counts::matrix::CountMatrixBuilder;
use moderato::label::LabelId;
use moderato::naive_bayes::{Algorithm, ClassCounts, LabelledCounts, NaiveBayes};
use ndarray::{Array1, array};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Probabilities are exponentials of likelihoods, summed without shifting: at 20,000 terms 76 words suffice for a
/// sum of 0 and a probability of infinity; at two terms it takes some more.
#[test]
fn probabilities_of_long_comments_are_infinite() {
    let training = DatasetBase::new(array![[1.0, 0.0], [0.0, 1.0]], array![0usize, 1]);
    let theirs = MultinomialNbParams::new().fit(&training).unwrap();
    let (probabilities, _) = theirs.predict_proba(array![[800.0, 700.0]].view());
    assert!(probabilities.iter().all(|p: &f64| p.is_infinite()));

    let mut builder = CountMatrixBuilder::new();
    [[(0, 1)], [(1, 1)]].into_iter().for_each(|row| builder.push_row(row));
    let training = builder.finish(2).unwrap();
    let ours = NaiveBayes::params().fit(&DatasetBase::new(training, array![LabelId(0), LabelId(1)])).unwrap();
    let mut builder = CountMatrixBuilder::new();
    builder.push_row([(0, 800), (1, 700)]);
    let probabilities = ours.probabilities(&builder.finish(2).unwrap());
    assert!((probabilities[(0, 0)] - 1.0).abs() < 1e-12 && (probabilities.sum() - 1.0).abs() < 1e-12);
}

/// Rows of the matrix are predictions, and precision divides by a column.
#[test]
fn precision_and_recall_are_exchanged() {
    let predicted = array![true, true, true, true];
    let truth = array![true, false, false, false];
    let matrix = predicted.confusion_matrix(&truth).unwrap();
    assert_eq!((matrix.precision(), matrix.recall()), (1.0, 0.25)); // one in four is right, none is missed

    let predicted = array![0usize, 0, 0, 0, 1, 2];
    let truth = array![0usize, 0, 1, 2, 1, 2];
    let matrix = predicted.confusion_matrix(&truth).unwrap();
    let (precision, recall) = ((0.5 + 1.0 + 1.0) / 3.0, (1.0 + 0.5 + 0.5) / 3.0);
    assert!((matrix.precision() - recall).abs() < 1e-6);
    assert!((matrix.recall() - precision).abs() < 1e-6);
}

/// 0 / 0 in one class is NaN in the mean over all.
#[test]
fn a_class_that_is_never_predicted_makes_averages_nan() {
    let matrix = array![0usize, 0, 1, 1].confusion_matrix(&array![0usize, 0, 1, 2]).unwrap();
    assert!(matrix.recall().is_nan() && matrix.f1_score().is_nan());
}

/// The F1 of mean precision and mean recall instead of the mean F1.
#[test]
fn macro_f1_is_the_f1_of_averages() {
    let predicted = array![0usize, 0, 0, 0, 1, 2];
    let truth = array![0usize, 0, 1, 2, 1, 2];
    let theirs = predicted.confusion_matrix(&truth).unwrap().f1_score();
    let (precision, recall) = (2.5f32 / 3.0, 2.0f32 / 3.0);
    assert!((theirs - 2.0 * precision * recall / (precision + recall)).abs() < 1e-6);
    assert!((theirs - 2.0 / 3.0).abs() > 0.05, "each class has an F1 of 2/3, and so has their mean");
}

/// Classes stand in a `HashMap`, and of equal likelihoods the first in its order wins.
#[test]
fn ties_fall_at_random() {
    let training = DatasetBase::new(array![[1.0], [1.0]], array![0usize, 1]);
    let predicted: BTreeSet<usize> = (0..200)
        .map(|_| BernoulliNbParams::new().fit(&training).unwrap().predict(&array![[1.0]])[0])
        .collect();
    assert_eq!(predicted, BTreeSet::from([0, 1]));

    let mut builder = CountMatrixBuilder::new();
    [[(0, 1)], [(0, 1)]].into_iter().for_each(|row| builder.push_row(row));
    let counts = builder.finish(1).unwrap();
    let labels = array![LabelId(1), LabelId(0)];
    let ours = NaiveBayes::params().fit(&DatasetBase::new(counts.clone(), labels)).unwrap();
    assert_eq!(ours.predict(&counts), array![LabelId(0), LabelId(0)]);
}

/// Occurrences are added as floats: from 2²⁴ on, an `f32` plus 1 is the same.
#[test]
fn counts_stop_growing() {
    let likelihood = |last: f32| {
        let training = DatasetBase::new(array![[16_777_216.0, 1.0], [last, 0.0]], array![0usize, 0]);
        let model = MultinomialNbParams::new().alpha(1e-9).fit(&training).unwrap();
        model.joint_log_likelihood(array![[0.0f32, 1.0]].view())[&0][0].to_bits()
    };
    assert_eq!(likelihood(0.0), likelihood(1.0));

    let mut builder = CountMatrixBuilder::new();
    [[(0, 16_777_216)], [(0, 1)]].into_iter().for_each(|row| builder.push_row(row));
    let counts = builder.finish(1).unwrap();
    let documents = LabelledCounts { counts: &counts, labels: &[LabelId(0); 2], multiplicities: None };
    assert_eq!(ClassCounts::of(&documents, 1, false).unwrap().n_tokens(), [16_777_217]);
}

/// Only negative smoothing is refused; 0 and NaN reach the logarithms, and prediction panics.
#[test]
fn smoothing_of_zero_nan_and_infinity_is_accepted() {
    for alpha in [0.0, f64::NAN, f64::INFINITY] {
        assert!(MultinomialNbParams::<f64, usize>::new().alpha(alpha).check().is_ok());
        let error = NaiveBayes::params().alpha(alpha).check().unwrap_err();
        assert_eq!(error.to_string(), format!("invalid smoothing parameter {alpha}"));
    }
    let training = DatasetBase::new(array![[1.0, 0.0], [0.0, 1.0]], array![0usize, 1]);
    let theirs = BernoulliNbParams::new().alpha(f64::NAN).fit(&training).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| theirs.predict(&array![[1.0, 1.0]]))).is_err());
}

/// Bernoulli predictions make 0 and 1 of the counts; Bernoulli probabilities do not.
#[test]
fn bernoulli_probabilities_are_of_raw_counts() {
    let training = DatasetBase::new(array![[1.0, 0.0], [0.0, 1.0]], array![0usize, 1]);
    let theirs = BernoulliNbParams::new().fit(&training).unwrap();
    let (once, _) = theirs.predict_proba(array![[1.0, 0.0]].view());
    let (thrice, _) = theirs.predict_proba(array![[3.0, 0.0]].view());
    assert!(once[(0, 0)] < thrice[(0, 0)]);
}

/// The divisor is the size of the last batch, so the probability of a term can pass 1.
#[test]
fn bernoulli_in_parts_is_not_bernoulli_at_once() {
    let part = DatasetBase::new(array![[1.0], [1.0], [1.0]], array![0usize, 0, 0]);
    let params = BernoulliNbParams::<f64, usize>::new().check().unwrap();
    let theirs = params.fit_with(None, &part).unwrap();
    let theirs = params.fit_with(Some(theirs), &part).unwrap();
    let likelihood = theirs.joint_log_likelihood(array![[1.0]].view())[&0][0];
    assert!(likelihood.is_nan(), "with ln (1 - 7/5), it is {likelihood}");

    let mut builder = CountMatrixBuilder::new();
    (0..3).for_each(|_| builder.push_row([(0, 1)]));
    let counts = builder.finish(1).unwrap();
    let part = DatasetBase::new(counts.clone(), Array1::from_elem(3, LabelId(0)));
    let params = NaiveBayes::params().algorithm(Algorithm::Bernoulli).check().unwrap();
    let ours = params.fit_with(None, &part).unwrap();
    let ours = params.fit_with(Some(ours), &part).unwrap();
    let likelihood = ours.joint_log_likelihood(&counts)[(0, 0)];
    assert!((likelihood - (7.0f64 / 8.0).ln()).abs() < 1e-12);
}
