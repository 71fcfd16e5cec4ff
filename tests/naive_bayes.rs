//! What holds of naive Bayes whatever the counts, and at its edges.

use linfa::DatasetBase;
use linfa::prelude::ParamGuard;
use linfa::traits::{Fit, FitWith, Predict};
use moderato::counts::matrix::{CountMatrix, CountMatrixBuilder};
use moderato::counts::weighting::Norm;
use moderato::label::LabelId;
use moderato::naive_bayes::{
    Algorithm, ClassCounts, LabelledCounts, NaiveBayes, NaiveBayesError, NaiveBayesParams,
    NaiveBayesSettings, Priors,
};
use ndarray::{Array1, array};
use proptest::collection::vec;
use proptest::prelude::*;

const N_TERMS: usize = 6;

fn matrix(rows: &[Vec<u32>]) -> CountMatrix {
    let mut builder = CountMatrixBuilder::new();
    rows.iter().for_each(|row| builder.push_row((0..).zip(row.iter().copied())));
    builder.finish(N_TERMS).expect("rows are counts of six terms")
}

fn labels(labels: &[u16]) -> Array1<LabelId> {
    labels.iter().copied().map(LabelId).collect()
}

fn fit(params: &NaiveBayesParams, rows: &[Vec<u32>], ids: &[u16]) -> Result<NaiveBayes, NaiveBayesError> {
    params.fit(&DatasetBase::new(matrix(rows), labels(ids)))
}

fn params() -> impl Strategy<Value = NaiveBayesParams> {
    (0usize..3, 0.01f64..3.0, any::<[bool; 4]>()).prop_map(|(algorithm, alpha, flags)| {
        NaiveBayesSettings {
            algorithm: Algorithm::ALL[algorithm],
            alpha,
            priors: if flags[0] { Priors::Uniform } else { Priors::Learned },
            binary: flags[1],
            length_normalisation: flags[2],
            complement_norm: flags[3],
            n_classes: Some(3),
        }
        .into()
    })
}

fn documents() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<u16>)> {
    (1usize..8).prop_flat_map(|n| (vec(vec(0u32..4, N_TERMS), n), vec(0u16..3, n)))
}

proptest! {
    #[test]
    fn probabilities_sum_to_one(
        params in params(),
        (rows, ids) in documents(),
        test in vec(vec(prop_oneof![0u32..3, Just(1_000_000)], N_TERMS), 1..4),
    ) {
        let probabilities = fit(&params, &rows, &ids).unwrap().probabilities(&matrix(&test));
        for row in probabilities.rows() {
            prop_assert!(row.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{}", row);
            prop_assert!((row.sum() - 1.0).abs() < 1e-9, "{}", row);
        }
    }

    #[test]
    fn fitting_in_parts_is_fitting_at_once(params in params(), (rows, ids) in documents(), split in 0usize..8) {
        let split = split.min(rows.len() - 1).max(1).min(rows.len());
        let at_once = fit(&params, &rows, &ids).unwrap();
        let params = params.check().unwrap();
        let part = DatasetBase::new(matrix(&rows[..split]), labels(&ids[..split]));
        let model = params.fit_with(None, &part).unwrap();
        let part = DatasetBase::new(matrix(&rows[split..]), labels(&ids[split..]));
        prop_assert_eq!(params.fit_with(Some(model), &part).unwrap(), at_once);
    }

    #[test]
    fn what_was_merged_can_be_subtracted((rows, ids) in documents(), (other_rows, other_ids) in documents()) {
        let count = |rows: &[Vec<u32>], ids: &[u16]| {
            let (counts, labels) = (matrix(rows), labels(ids).to_vec());
            ClassCounts::of(&LabelledCounts { counts: &counts, labels: &labels, multiplicities: None }, 3, false)
        };
        let before = count(&rows, &ids).unwrap();
        let other = count(&other_rows, &other_ids).unwrap();
        let mut counts = before.clone();
        counts.merge(&other).unwrap();
        prop_assert_eq!(counts.n_documents().iter().sum::<u64>() as usize, rows.len() + other_rows.len());
        counts.subtract(&other).unwrap();
        prop_assert_eq!(&counts, &before);
        if counts.subtract(&other).is_err() {
            prop_assert_eq!(&counts, &before, "a refused subtraction changes nothing");
        }
    }

    #[test]
    fn a_multiplicity_is_so_many_documents(params in params(), (rows, ids) in documents(), times in vec(1u16..4, 8)) {
        let weights: Array1<f32> = times[..rows.len()].iter().map(|&times| f32::from(times)).collect();
        let weighted = DatasetBase::new(matrix(&rows), labels(&ids)).with_weights(weights);
        let repeat = |i: usize| std::iter::repeat_n(i, usize::from(times[i]));
        let repeated: Vec<usize> = (0..rows.len()).flat_map(repeat).collect();
        let repeated_rows: Vec<_> = repeated.iter().map(|&i| rows[i].clone()).collect();
        let repeated_ids: Vec<_> = repeated.iter().map(|&i| ids[i]).collect();
        prop_assert_eq!(params.fit(&weighted).unwrap(), fit(&params, &repeated_rows, &repeated_ids).unwrap());
    }

    #[test]
    fn evidence_adds_up(params in params(), (rows, ids) in documents(), test in vec(0u32..4, N_TERMS)) {
        let model = fit(&params, &rows, &ids).unwrap();
        let linear = model.linear();
        let values: Vec<f64> = test.iter().map(|&n| f64::from(linear.weighting.term_frequency.value(n))).collect();
        let scale = linear.weighting.norm.scale(values.iter().map(|&v| linear.weighting.norm.part(v)).sum());
        let scores = model.joint_log_likelihood(&matrix(&[test]));
        for class in 0..3 {
            let contributions = values.iter().zip(linear.weights.column(class)).map(|(v, w)| v * scale * w);
            let score = linear.bias[class] + contributions.sum::<f64>();
            prop_assert!(score == scores[(0, class)] || (score - scores[(0, class)]).abs() < 1e-9);
        }
    }

    #[test]
    fn normalised_documents_may_be_repeated((rows, ids) in documents(), test in vec(0u32..4, N_TERMS), times in 2u32..9) {
        let model = fit(&NaiveBayes::params().length_normalisation(true), &rows, &ids).unwrap();
        let repeated = test.iter().map(|n| n * times).collect();
        let scores = model.joint_log_likelihood(&matrix(&[test, repeated]));
        for column in scores.columns() {
            prop_assert!(column[0] == column[1] || (column[0] - column[1]).abs() < 1e-9);
        }
    }

    #[test]
    fn the_number_of_threads_does_not_matter(params in params(), (rows, ids) in documents()) {
        let on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| fit(&params, &rows, &ids).unwrap())
        };
        prop_assert_eq!(on(1), on(3));
    }
}

#[test]
fn a_document_of_mean_length_keeps_its_evidence_when_normalised() {
    let rows = [vec![2, 0, 0, 0, 0, 0], vec![0, 1, 3, 0, 0, 0]]; // mean length 3
    let plain = fit(&NaiveBayes::params(), &rows, &[0, 1]).unwrap();
    let normalised = fit(&NaiveBayes::params().length_normalisation(true), &rows, &[0, 1]).unwrap();
    assert_eq!(normalised.linear().weighting.norm, Norm::Length);
    let test = matrix(&[vec![1, 2, 0, 0, 0, 0]]);
    let difference = plain.joint_log_likelihood(&test) - normalised.joint_log_likelihood(&test);
    assert!(difference.iter().all(|d| d.abs() < 1e-12));
}

#[test]
fn an_empty_document_has_the_priors() {
    let rows = [vec![1, 0, 0, 0, 0, 0], vec![0, 2, 0, 0, 0, 0], vec![0, 0, 1, 0, 0, 0]];
    for length_normalisation in [false, true] {
        let params = NaiveBayes::params().length_normalisation(length_normalisation);
        let model = fit(&params, &rows, &[0, 1, 1]).unwrap();
        let probabilities = model.probabilities(&matrix(&[vec![0; N_TERMS]]));
        assert!((probabilities[(0, 0)] - 1.0 / 3.0).abs() < 1e-12);
    }
}

#[test]
fn of_one_class_every_document_is() {
    for algorithm in Algorithm::ALL {
        for complement_norm in [false, true] {
            let params = NaiveBayes::params().algorithm(algorithm).complement_norm(complement_norm);
            let model = fit(&params, &[vec![1, 0, 2, 0, 0, 0]], &[0]).unwrap();
            let test = matrix(&[vec![0; N_TERMS], vec![0, 9, 1, 0, 0, 0]]);
            assert_eq!(model.probabilities(&test), array![[1.0], [1.0]]);
        }
    }
}

#[test]
fn a_class_never_seen_is_never_predicted_where_priors_are_learned() {
    let rows = [vec![1, 0, 0, 0, 0, 0], vec![0, 1, 0, 0, 0, 0]];
    let test = matrix(&[vec![0, 0, 0, 0, 0, 7]]);
    for algorithm in Algorithm::ALL {
        let params = NaiveBayes::params().algorithm(algorithm).n_classes(3);
        let learned = fit(&params, &rows, &[0, 2]).unwrap();
        assert_eq!(learned.probabilities(&test)[(0, 1)], 0.0);
        assert_ne!(learned.predict(&test), array![LabelId(1)]);
        let uniform = fit(&params.priors(Priors::Uniform), &rows, &[0, 2]).unwrap();
        assert!(uniform.probabilities(&test)[(0, 1)] > 0.0);
    }
}

#[test]
fn terms_no_document_has_do_not_decide() {
    let rows = [vec![1, 1, 0, 0, 0, 0], vec![0, 0, 1, 1, 0, 0]];
    let model = fit(&NaiveBayes::params(), &rows, &[0, 1]).unwrap();
    let probabilities = model.probabilities(&matrix(&[vec![0, 0, 0, 0, 5, 5]]));
    assert!((probabilities[(0, 0)] - 0.5).abs() < 1e-12);
}

#[test]
fn bad_data_is_refused() {
    let check = |result: Result<NaiveBayes, NaiveBayesError>, expected: &str| {
        assert_eq!(result.unwrap_err().to_string(), expected);
    };
    let row = vec![1, 0, 0, 0, 0, 0];
    let rows = [row.clone(), row];
    check(fit(&NaiveBayes::params(), &[], &[]), "not enough samples");
    check(fit(&NaiveBayes::params(), &rows, &[0]), "The number of samples do not match: 2 - 1");
    check(
        fit(&NaiveBayes::params().n_classes(2), &rows, &[0, 2]),
        "invalid parameter document 1: found label 2, expected one below 2",
    );
    check(
        fit(&NaiveBayes::params().priors(Priors::Given(vec![0.2, 0.3, 0.5])), &rows, &[0, 1]),
        "invalid prior found 3 for 2 classes, expected one a class",
    );
    let weighted = DatasetBase::new(matrix(&rows), labels(&[0, 1])).with_weights(array![1.0, 0.5]);
    check(
        NaiveBayes::params().fit(&weighted),
        "invalid parameter `weights`: found `0.5`, expected whole numbers",
    );
    let counts = ClassCounts::from_parts(vec![1, 1], array![[1, 0], [2, 1]]).unwrap();
    let bernoulli = NaiveBayes::params().algorithm(Algorithm::Bernoulli).check().unwrap();
    check(
        NaiveBayes::from_counts(bernoulli, counts),
        "invalid parameter term 1 is in 2 of 1 documents of class 0",
    );
}
