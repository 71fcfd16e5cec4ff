//! Our arithmetic held to that of others: a textbook, linfa-bayes, scikit-learn.

use linfa::DatasetBase;
use linfa::traits::Fit;
use moderato::counts::matrix::{CountMatrix, CountMatrixBuilder};
use moderato::label::LabelId;
use moderato::naive_bayes::{Algorithm, NaiveBayes, NaiveBayesParams, Priors};
use ndarray::{Array1, Array2};
use proptest::collection::vec;
use proptest::prelude::*;
use std::f64::consts::LN_2;

fn counts(n_terms: usize, rows: &[Vec<u32>]) -> CountMatrix {
    let mut builder = CountMatrixBuilder::new();
    rows.iter()
        .for_each(|row| builder.push_sorted_row((0..).zip(row.iter().copied()).filter(|cell| cell.1 > 0)));
    builder.finish(n_terms).expect("terms are below `n_terms`")
}

fn fit(params: &NaiveBayesParams, counts: &CountMatrix, labels: &[u16]) -> NaiveBayes {
    let labels: Array1<LabelId> = labels.iter().copied().map(LabelId).collect();
    params.fit(&DatasetBase::new(counts.clone(), labels)).expect("documents fit their labels")
}

#[track_caller]
fn assert_close(found: &Array2<f64>, expected: &Array2<f64>, tolerance: f64) {
    assert_eq!(found.dim(), expected.dim());
    for (cell, expected) in expected.indexed_iter() {
        let error = (found[cell] - expected).abs() / expected.abs().max(1.0);
        assert!(error <= tolerance, "at {cell:?}: {} is not {expected}", found[cell]);
    }
}

/// Terms: Chinese, Beijing, Shanghai, Macao, Tokyo, Japan. Classes: not China, China.
fn china() -> (CountMatrix, [u16; 4], CountMatrix) {
    let training =
        [vec![2, 1, 0, 0, 0, 0], vec![2, 0, 1, 0, 0, 0], vec![1, 0, 0, 1, 0, 0], vec![1, 0, 0, 0, 1, 1]];
    (counts(6, &training), [1, 1, 1, 0], counts(6, &[vec![3, 0, 0, 0, 1, 1]]))
}

/// Manning, Raghavan and Schütze (2008), table 13.1 and example 13.1.
#[test]
fn the_multinomial_example_of_the_textbook() {
    let (training, labels, test) = china();
    let model = fit(&NaiveBayes::params(), &training, &labels);
    let likelihood = model.joint_log_likelihood(&test).mapv(f64::exp);
    let china = 3.0 / 4.0 * (3.0f64 / 7.0).powi(3) / 14.0 / 14.0;
    let not_china = 1.0 / 4.0 * (2.0f64 / 9.0).powi(5);
    assert_close(&likelihood, &ndarray::array![[not_china, china]], 1e-12);
    assert!((china - 0.0003).abs() < 5e-5 && (not_china - 0.0001).abs() < 5e-5, "the book's rounded values");
}

/// Ibid., example 13.2: the same documents, and the other answer.
#[test]
fn the_bernoulli_example_of_the_textbook() {
    let (training, labels, test) = china();
    let model = fit(&NaiveBayes::params().algorithm(Algorithm::Bernoulli), &training, &labels);
    let likelihood = model.joint_log_likelihood(&test).mapv(f64::exp);
    let china = 3.0 / 4.0 * 4.0 / 5.0 * (1.0 / 5.0) * (1.0 / 5.0) * (3.0f64 / 5.0).powi(3);
    let not_china = 1.0 / 4.0 * (2.0f64 / 3.0).powi(6);
    assert_close(&likelihood, &ndarray::array![[not_china, china]], 1e-12);
    assert!((china - 0.005).abs() < 5e-4 && (not_china - 0.022).abs() < 5e-4, "the book's rounded values");
}

/// Log-probabilities of three documents, one of them empty.
///
/// ```python
/// X = np.array([[2,1,0,0,3],[0,1,0,4,0],[1,0,5,0,0],[0,0,0,0,0],[0,2,1,1,1],[3,0,0,2,7]])
/// y = [0,1,2,0,1,2]
/// Z = np.array([[1,0,0,2,0],[0,0,0,0,0],[40,3,0,0,1]])
/// print(MODEL.fit(X, y).predict_log_proba(Z).tolist())   # scikit-learn 1.9.1
/// ```
#[track_caller]
fn check_scikit_learn(params: &NaiveBayesParams, expected: [[f64; 3]; 3]) {
    let rows = [
        vec![2, 1, 0, 0, 3],
        vec![0, 1, 0, 4, 0],
        vec![1, 0, 5, 0, 0],
        vec![0; 5],
        vec![0, 2, 1, 1, 1],
        vec![3, 0, 0, 2, 7],
    ];
    let model = fit(params, &counts(5, &rows), &[0, 1, 2, 0, 1, 2]);
    let test = counts(5, &[vec![1, 0, 0, 2, 0], vec![0; 5], vec![40, 3, 0, 0, 1]]);
    assert_close(&model.log_probabilities(&test), &ndarray::arr2(&expected), 1e-9);
}

#[test]
fn multinomial_equals_scikit_learn() {
    // MultinomialNB(alpha=0.5)
    check_scikit_learn(
        &NaiveBayes::params().alpha(0.5),
        [
            [-2.469544041640953, -0.44017885091426656, -1.3039577198149086],
            [-1.0986122886681098, -1.0986122886681098, -1.0986122886681098],
            [-1.9399585937662778e-08, -79.65206995171651, -17.758014033788285],
        ],
    );
    // MultinomialNB(alpha=1, fit_prior=False)
    check_scikit_learn(
        &NaiveBayes::params().priors(Priors::Uniform),
        [
            [-1.997873286534615, -0.44343142165813365, -1.5026199148247414],
            [-1.0986122886681098, -1.0986122886681098, -1.0986122886681098],
            [-1.503637086841536e-06, -56.20501553461053, -13.40762441187163],
        ],
    );
    // MultinomialNB(alpha=2, class_prior=[0.2, 0.3, 0.5])
    check_scikit_learn(
        &NaiveBayes::params().alpha(2.0).priors(Priors::Given(vec![0.2, 0.3, 0.5])),
        [
            [-2.140399498433064, -0.5919862878367379, -1.1111966611371216],
            [-1.6094379124341003, -1.2039728043259361, -LN_2],
            [-0.00029843527174477913, -36.117385559854625, -8.117106707651985],
        ],
    );
}

#[test]
fn bernoulli_equals_scikit_learn() {
    // BernoulliNB(alpha=0.5)
    check_scikit_learn(
        &NaiveBayes::params().algorithm(Algorithm::Bernoulli).alpha(0.5),
        [
            [-1.8458266904983303, -2.9444389791664394, -0.23638877806423064],
            [-0.23638877806423064, -2.94443897916644, -1.8458266904983307],
            [-0.2363887780642302, -2.94443897916644, -1.8458266904983307],
        ],
    );
}

#[test]
fn complement_equals_scikit_learn() {
    let params = NaiveBayes::params().algorithm(Algorithm::Complement).alpha(0.5);
    // ComplementNB(alpha=0.5)
    check_scikit_learn(
        &params,
        [
            [-1.763652356794407, -0.3558984114470727, -2.055423689871869],
            [-1.0986122886681098, -1.0986122886681098, -1.0986122886681098],
            [-1.6167692878921684, -20.180781832742795, -0.22131907720994093],
        ],
    );
    // ComplementNB(alpha=0.5, norm=True)
    check_scikit_learn(
        &params.complement_norm(true),
        [
            [-1.1179008516554179, -1.0155009663139745, -1.1685617347210862],
            [-1.0986122886681098, -1.0986122886681098, -1.0986122886681098],
            [-0.6564134493070295, -3.6118647843464817, -0.7890191313942996],
        ],
    );
}

/// linfa-bayes's joint log likelihood of `test`, its classes in order.
fn linfa_bayes(
    model: &impl linfa_bayes::NaiveBayes<'static, f64, usize>,
    test: &Array2<f64>,
    n_classes: usize,
) -> Array2<f64> {
    let by_class = model.joint_log_likelihood(test.view());
    Array2::from_shape_fn((test.nrows(), n_classes), |(document, class)| by_class[&class][document])
}

fn dense(counts: &CountMatrix) -> Array2<f64> {
    let mut cells = Array2::zeros((counts.n_documents(), counts.n_terms()));
    for (document, row) in counts.rows().enumerate() {
        row.iter().for_each(|(term, count)| cells[(document, term as usize)] = f64::from(count));
    }
    cells
}

proptest! {
    // Few and small cases: each of linfa-bayes's multinomial fits prints its histograms to standard error.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sparse_equals_the_dense_arithmetic_of_linfa_bayes(
        rows in vec(vec(0u32..4, 5), 3..8),
        labels in vec(0u16..3, 8),
        test in vec(vec(0u32..4, 5), 1..4),
        alpha in 0.01f64..3.0,
    ) {
        let mut labels = labels[..rows.len()].to_vec();
        labels[..3].copy_from_slice(&[0, 1, 2]); // linfa-bayes only knows classes it has seen
        let (training, test) = (counts(5, &rows), counts(5, &test));
        let targets: Array1<usize> = labels.iter().map(|&label| usize::from(label)).collect();
        let dataset = DatasetBase::new(dense(&training), targets);

        let theirs = linfa_bayes::MultinomialNbParams::new().alpha(alpha).fit(&dataset).unwrap();
        let ours = fit(&NaiveBayes::params().alpha(alpha), &training, &labels);
        assert_close(&ours.joint_log_likelihood(&test), &linfa_bayes(&theirs, &dense(&test), 3), 1e-9);

        let theirs = linfa_bayes::BernoulliNbParams::new().alpha(alpha).fit(&dataset).unwrap();
        let params = NaiveBayes::params().algorithm(Algorithm::Bernoulli).alpha(alpha);
        let ours = fit(&params, &training, &labels);
        // Its predictions take counts as 0 or 1, its likelihoods take them as they come.
        let likelihood = ours.joint_log_likelihood(&test);
        assert_close(&likelihood, &linfa_bayes(&theirs, &dense(&test.binary()), 3), 1e-9);
    }
}
