//! Logistic regression held to scikit-learn's, and what holds of it whatever the documents.

use moderato::counts::matrix::{CountMatrix, CountMatrixBuilder};
use moderato::counts::weighted::WeightedMatrix;
use moderato::counts::weighting::{Norm, TermFrequency, Weighting};
use moderato::logistic::{ClassWeight, LinearModel, LogisticError, LogisticSettings};
use proptest::collection::vec;
use proptest::prelude::*;

const PLAIN: LogisticSettings = LogisticSettings {
    c: 1.0,
    ratios: false,
    alpha: 1.0,
    interpolation: 1.0,
    class_weight: ClassWeight::None,
    tolerance: 1e-9,
    max_passes: 2000,
    seed: 0,
};

fn counts(rows: &[Vec<u32>], n_terms: usize) -> CountMatrix {
    let mut builder = CountMatrixBuilder::new();
    rows.iter().for_each(|row| builder.push_row((0..).zip(row.iter().copied())));
    builder.finish(n_terms).expect("rows are counts of so many terms")
}

fn raw(rows: &[Vec<u32>], n_terms: usize) -> WeightedMatrix {
    let counts = counts(rows, n_terms);
    Weighting::default().fit(&counts).weigh(counts)
}

fn fit(
    settings: LogisticSettings,
    matrix: &WeightedMatrix,
    truth: &[bool],
    weights: Option<&[f64]>,
) -> LinearModel {
    let params = settings.check().expect("the settings are in range");
    params.fit(matrix, truth, weights).expect("one answer a document")
}

/// Ten documents of five terms, one of them empty.
fn ten_documents() -> (Vec<Vec<u32>>, [bool; 10]) {
    let rows = [
        [2, 0, 1, 0, 0],
        [0, 1, 0, 0, 3],
        [1, 1, 0, 2, 0],
        [0, 0, 1, 0, 1],
        [3, 0, 0, 1, 0],
        [0, 2, 0, 0, 1],
        [1, 0, 0, 0, 0],
        [0, 0, 2, 1, 0],
        [0, 1, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ];
    let truth = [1, 0, 1, 0, 1, 0, 0, 1, 0, 0];
    (rows.iter().map(|row| row.to_vec()).collect(), truth.map(|yes| yes == 1))
}

const WEIGHTS: [f64; 10] = [1.0, 2.0, 1.0, 0.5, 1.0, 1.0, 3.0, 1.0, 1.0, 0.25];

#[track_caller]
fn check(settings: LogisticSettings, weights: Option<&[f64]>, bias: f64, expected: [f64; 5]) {
    let (rows, truth) = ten_documents();
    let model = fit(settings, &raw(&rows, 5), &truth, weights);
    assert!(model.converged);
    let found = model.weights.iter().chain([&model.bias]);
    for (found, expected) in found.zip(expected.iter().chain([&bias])) {
        assert!((found - expected).abs() < 1e-6, "{model:?} is not {bias} and {expected:?}");
    }
}

// LogisticRegression(solver="newton-cholesky", tol=1e-12, …).fit(X, y, sample_weight=…): intercept_, coef_[0]
#[test]
fn plain_logistic_regression_equals_scikit_learn() {
    // C=1
    let expected = [
        0.8985957091647693,
        -0.1851085132670358,
        0.6080528021129846,
        0.9863622283927999,
        -0.4122279106735937,
    ];
    check(PLAIN, None, -1.6241002536737819, expected);
    // C=10
    let expected =
        [2.0449897344726433, -0.3015495769491615, 1.8411593796045997, 2.428988234382382, -0.6877459994558567];
    check(LogisticSettings { c: 10.0, ..PLAIN }, None, -3.941098882769414, expected);
    // C=1, sample_weight=WEIGHTS
    let expected = [
        0.8396173803413319,
        -0.12733743323554564,
        0.7786073306562004,
        1.0881623082566434,
        -0.37640401873302043,
    ];
    check(PLAIN, Some(&WEIGHTS), -1.992699511159411, expected);
}

#[test]
fn balanced_answers_weigh_as_in_scikit_learn() {
    let settings = LogisticSettings { class_weight: ClassWeight::Balanced, ..PLAIN };
    // C=1, class_weight="balanced"
    let expected = [
        0.9049772207128784,
        -0.19226823544753918,
        0.6224441280778865,
        0.9960198915067786,
        -0.4229268432215899,
    ];
    check(settings, None, -1.3654845062437808, expected);
    // C=1, class_weight="balanced", sample_weight=WEIGHTS
    let expected = [
        0.8627330550927661,
        -0.13671051643012935,
        0.814007680282191,
        1.1140359537370006,
        -0.39449220143903474,
    ];
    check(settings, Some(&WEIGHTS), -1.5954857900251729, expected);
}

// p = 1 + X[y == 1].sum(0); q = 1 + X[y == 0].sum(0); r = np.log((p / p.sum()) / (q / q.sum()))
// m = LogisticRegression(C=1, …).fit(X * r, y); m.intercept_, m.coef_[0] * r
#[test]
fn ratios_are_multiplied_in_before_and_after() {
    let settings = LogisticSettings { ratios: true, ..PLAIN };
    let expected = [
        0.858264967202395,
        -0.25281420919381087,
        0.030308557345912177,
        1.5092091634923517,
        -0.8253051323122862,
    ];
    check(settings, None, -1.3062281933988975, expected);
    // (0.75 * np.abs(m.coef_[0]).mean() + 0.25 * m.coef_[0]) * r
    let settings = LogisticSettings { interpolation: 0.25, ..settings };
    let expected = [
        0.6615955891610772,
        -0.4655819568427251,
        0.07667799457389271,
        0.9640065859954123,
        -0.9515407971810796,
    ];
    check(settings, None, -1.3062281933988975, expected);
}

fn documents() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<bool>)> {
    (2usize..12).prop_flat_map(|n| (vec(vec(0u32..3, 6), n), vec(any::<bool>(), n)))
}

/// The same with both answers among the truths.
fn documents_of_both() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<bool>)> {
    (documents(), any::<proptest::sample::Index>()).prop_map(|((rows, mut truth), at)| {
        let at = at.index(truth.len());
        let next = (at + 1) % truth.len();
        (truth[at], truth[next]) = (true, false);
        (rows, truth)
    })
}

fn settings() -> impl Strategy<Value = LogisticSettings> {
    (0.01f64..20.0, any::<bool>(), any::<bool>()).prop_map(|(c, ratios, balanced)| LogisticSettings {
        c,
        ratios,
        class_weight: if balanced { ClassWeight::Balanced } else { ClassWeight::None },
        ..PLAIN
    })
}

/// `½ |w|² + c Σ ln (1 + exp(-y f))`.
fn objective(c: f64, rows: &[Vec<u32>], truth: &[bool], (bias, weights): (f64, &[f64])) -> f64 {
    let losses = rows.iter().zip(truth).map(|(row, &truth)| {
        let f: f64 = bias + row.iter().zip(weights).map(|(&n, w)| f64::from(n) * w).sum::<f64>();
        (-if truth { f } else { -f }).exp().ln_1p()
    });
    0.5 * weights.iter().map(|w| w * w).sum::<f64>() + c * losses.sum::<f64>()
}

proptest! {
    #[test]
    fn no_step_away_from_the_minimum_lowers_the_objective((rows, truth) in documents_of_both(), c in 0.01f64..20.0) {
        let model = fit(LogisticSettings { c, ..PLAIN }, &raw(&rows, 6), &truth, None);
        prop_assert!(model.converged);
        let lowest = objective(c, &rows, &truth, (model.bias, &model.weights));
        for step in [-1e-3, 1e-3] {
            prop_assert!(objective(c, &rows, &truth, (model.bias + step, &model.weights)) > lowest - 1e-9);
            for term in 0..6 {
                let mut weights = model.weights.clone();
                weights[term] += step;
                prop_assert!(objective(c, &rows, &truth, (model.bias, &weights)) > lowest - 1e-9);
            }
        }
    }

    #[test]
    fn a_path_ends_where_a_single_fit_does(settings in settings(), (rows, truth) in documents()) {
        let design = raw(&rows, 6);
        let params = settings.check().unwrap();
        let single = params.fit(&design, &truth, None).unwrap();
        let path = params.fit_path(&design, &truth, None, &[settings.c / 9.0, settings.c / 3.0, settings.c]).unwrap();
        for (a, b) in single.weights.iter().zip(&path[2].weights) {
            prop_assert!((a - b).abs() < 1e-5, "{single:?} is not {:?}", path[2]);
        }
    }

    #[test]
    fn weight_two_is_two_documents(settings in settings(), (rows, truth) in documents_of_both()) {
        let twice = rows.iter().chain(&rows).cloned().collect::<Vec<_>>();
        let doubled = fit(settings, &raw(&twice, 6), &truth.repeat(2), None);
        let weighted = fit(settings, &raw(&rows, 6), &truth, Some(&vec![2.0; rows.len()]));
        for (a, b) in doubled.weights.iter().zip(&weighted.weights) {
            prop_assert!((a - b).abs() < 1e-5, "{doubled:?} is not {weighted:?}");
        }
    }

    #[test]
    fn the_other_answer_is_the_opposite(settings in settings(), (rows, truth) in documents()) {
        let opposite: Vec<bool> = truth.iter().map(|yes| !yes).collect();
        let (a, b) = (fit(settings, &raw(&rows, 6), &truth, None), fit(settings, &raw(&rows, 6), &opposite, None));
        prop_assert!((a.bias + b.bias).abs() < 1e-5);
        for (a, b) in a.weights.iter().zip(&b.weights) {
            prop_assert!((a + b).abs() < 1e-5);
        }
    }
}

#[test]
fn the_seed_decides_the_way_but_not_the_end() {
    let rows: Vec<Vec<u32>> = (0..400u32)
        .map(|i| (0..40u32).map(|j| (i.wrapping_mul(2_654_435_761) >> (j % 23)) % 3).collect())
        .collect();
    let truth: Vec<bool> = rows.iter().map(|row| row[3] + row[7] > 2).collect();
    let counts = counts(&rows, 40);
    let weighting = Weighting {
        term_frequency: TermFrequency::Sublinear,
        inverse_document_frequency: true,
        norm: Norm::Euclidean,
    };
    let matrix = weighting.fit(&counts).weigh(counts);
    let with = |seed| fit(LogisticSettings { ratios: true, seed, ..PLAIN }, &matrix, &truth, None);
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).weights, with(2).weights);
    for (a, b) in with(1).weights.iter().zip(&with(2).weights) {
        assert!((a - b).abs() < 1e-6);
    }
}

#[test]
fn terms_no_document_has_weigh_nothing() {
    let (mut rows, truth) = ten_documents();
    rows.iter_mut().for_each(|row| row.insert(2, 0));
    for settings in [PLAIN, LogisticSettings::default()] {
        let model = fit(LogisticSettings { interpolation: 0.5, ..settings }, &raw(&rows, 6), &truth, None);
        assert_eq!((model.weights.len(), model.weights[2]), (6, 0.0));
    }
}

#[test]
fn of_one_answer_only_the_bias_is_learned() {
    let check = |truth: &[bool], weights: Option<&[f64]>, bias: f64| {
        let rows = vec![vec![1, 2]; truth.len()];
        let model = fit(LogisticSettings::default(), &raw(&rows, 2), truth, weights);
        assert_eq!(model, LinearModel { bias, weights: vec![0.0; 2], n_passes: 0, converged: true });
    };
    check(&[true; 3], None, 7f64.ln());
    check(&[false; 3], None, (1f64 / 7.0).ln());
    check(&[], None, 0.0);
    check(&[true, false], Some(&[0.0, 0.0]), 0.0);
}

#[test]
fn documents_without_terms_leave_the_log_odds_of_the_answers() {
    let model =
        fit(PLAIN, &raw(&[vec![0], vec![0], vec![0], vec![0]], 1), &[true, false, false, false], None);
    assert!((model.bias + 3f64.ln()).abs() < 1e-9);
}

#[test]
fn a_fit_cut_short_says_so() {
    let (rows, truth) = ten_documents();
    let model = fit(LogisticSettings { c: 1e6, max_passes: 1, ..PLAIN }, &raw(&rows, 5), &truth, None);
    assert_eq!((model.n_passes, model.converged), (1, false));
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let check = |result: Result<(), LogisticError>, expected: &str| {
        assert_eq!(result.unwrap_err().to_string(), expected);
    };
    let settings = |settings: LogisticSettings| settings.check().map(|_| ());
    check(
        settings(LogisticSettings { c: 0.0, ..PLAIN }),
        "`c`: found `0.0`, expected a number from 1e-9 to 1e9",
    );
    check(
        settings(LogisticSettings { c: 1e300, ..PLAIN }),
        "`c`: found `1e300`, expected a number from 1e-9 to 1e9",
    );
    check(
        settings(LogisticSettings { alpha: -1.0, ..PLAIN }),
        "`alpha`: found `-1.0`, expected a positive number",
    );
    check(
        settings(LogisticSettings { tolerance: f64::NAN, ..PLAIN }),
        "`tolerance`: found `NaN`, expected a positive number",
    );
    check(
        settings(LogisticSettings { interpolation: 1.5, ..PLAIN }),
        "`interpolation`: found `1.5`, expected a number from 0 to 1",
    );
    let design = raw(&[vec![1], vec![2]], 1);
    let fit = |truth: &[bool], weights: Option<&[f64]>| {
        PLAIN.check().unwrap().fit(&design, truth, weights).map(|_| ())
    };
    check(fit(&[true], None), "found 1 answers, expected 2, one a document");
    check(fit(&[true, false], Some(&[1.0])), "found 1 weights, expected 2, one a document");
    check(fit(&[true, false], Some(&[1.0, -1.0])), "document 1: found weight `-1`, expected a number from 0");
}
