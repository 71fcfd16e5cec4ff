//! Calibration held to scikit-learn and SciPy, and what holds of it whatever the scores.

use moderato::calibration::{Calibration, CalibrationError, Method, Scored, ThresholdFor, choose_threshold};
use proptest::collection::vec;
use proptest::prelude::*;

const LOG_ODDS: [f64; 20] = [
    -6.0, -4.5, -4.0, -3.0, -3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 3.5, 5.0, 8.0,
    9.0,
];
const TRUTH: [u8; 20] = [0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1];
const WEIGHTS: [f64; 20] =
    [1.0, 2.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.25];

fn twenty(weights: Option<&[f64]>) -> Scored {
    Scored::new(&LOG_ODDS, &TRUTH.map(|yes| yes == 1), weights).expect("twenty of each")
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance, "{found:?} is not {expected:?}");
    }
}

// s = sklearn.calibration._SigmoidCalibration().fit(x, y, sample_weight=w); -s.a_, -s.b_
#[test]
fn platts_sigmoid_equals_scikit_learn() {
    let check = |weights: Option<&[f64]>, expected: [f64; 2]| {
        let Calibration::Platt { slope, offset } = Calibration::fit(Method::Platt, &twenty(weights)) else {
            panic!("Platt was asked for");
        };
        assert_close(&[slope, offset], &expected, 1e-6);
    };
    check(None, [0.23158963160955265, -0.0696708472481983]);
    check(Some(&WEIGHTS), [0.21011701983908782, -0.32893985650524293]);
}

// t = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
// z = lambda p: -p[0] * np.logaddexp(0, -x) + p[1] * np.logaddexp(0, x) + p[2]
// minimize(lambda p: (w * (np.logaddexp(0, z(p)) - t * z(p))).sum(), [0, 0, 0], method="Nelder-Mead", …).x
#[test]
fn the_beta_curve_is_the_minimum_scipy_finds() {
    let check = |weights: Option<&[f64]>, expected: [f64; 3]| {
        let Calibration::Beta { a, b, c } = Calibration::fit(Method::Beta, &twenty(weights)) else {
            panic!("Beta was asked for");
        };
        assert_close(&[a, b, c], &expected, 1e-6);
    };
    check(None, [0.3089475633740123, 0.18001469490966382, 0.11629253435424966]);
    check(Some(&WEIGHTS), [0.24806365090723426, 0.1796210544709413, -0.2325156645945134]);
}

// iso = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=w)
// iso.X_thresholds_, iso.y_thresholds_.clip(t.min(), t.max())      with Platt's targets t as above
#[test]
fn isotonic_knots_are_those_of_scikit_learn() {
    let check = |weights: Option<&[f64]>, (lowest, highest): (f64, f64), expected: &[(f64, f64)]| {
        let Calibration::Isotonic(isotonic) = Calibration::fit(Method::Isotonic, &twenty(weights)) else {
            panic!("Isotonic was asked for");
        };
        let (x, p): (Vec<f64>, Vec<f64>) = isotonic.knots().unzip();
        assert_eq!(x, expected.iter().map(|knot| knot.0).collect::<Vec<_>>());
        let expected: Vec<f64> = expected.iter().map(|knot| knot.1.clamp(lowest, highest)).collect();
        assert_close(&p, &expected, 1e-12);
    };
    let third = 1.0 / 3.0;
    let expected = [
        (-6.0, 0.0),
        (-4.5, 0.0),
        (-4.0, 0.25),
        (-2.0, 0.25),
        (-1.5, third),
        (-0.5, third),
        (0.0, 0.5),
        (0.25, 0.5),
        (0.5, 2.0 * third),
        (1.5, 2.0 * third),
        (2.0, 0.75),
        (5.0, 0.75),
        (8.0, 1.0),
        (9.0, 1.0),
    ];
    check(None, (1.0 / 12.0, 11.0 / 12.0), &expected);
    let expected = [
        (-6.0, 0.0),
        (-4.5, 0.0),
        (-4.0, 2.0 / 7.0),
        (-2.0, 2.0 / 7.0),
        (-1.5, third),
        (-0.5, third),
        (0.0, 3.0 / 7.0),
        (1.5, 3.0 / 7.0),
        (2.0, 0.75),
        (5.0, 0.75),
        (8.0, 1.0),
        (9.0, 1.0),
    ];
    check(Some(&WEIGHTS), (0.06896551724137931, 0.9111111111111111), &expected);
}

#[test]
fn between_knots_the_isotonic_curve_is_straight() {
    let isotonic = Calibration::fit(Method::Isotonic, &twenty(None));
    assert_close(
        &[-3.0, -1.75, 0.1, 0.375, 1.75].map(|x| isotonic.probability(x)),
        &[0.25, 0.25 / 2.0 + 1.0 / 6.0, 0.5, 7.0 / 12.0, 17.0 / 24.0],
        1e-12,
    );
}

fn scored() -> impl Strategy<Value = Scored> {
    (1usize..40).prop_flat_map(|n| {
        let log_odds = vec(prop_oneof![-5.0f64..5.0, -500.0f64..500.0, Just(0.0)], n);
        (log_odds, vec(any::<bool>(), n), vec(0.0f64..3.0, n)).prop_map(|(log_odds, truth, weights)| {
            Scored::new(&log_odds, &truth, Some(&weights)).expect("n of each")
        })
    })
}

proptest! {
    #[test]
    fn no_curve_falls(scored in scored(), mut at in vec(prop_oneof![-9.0f64..9.0, any::<f64>()], 2..9)) {
        at.retain(|x| !x.is_nan());
        at.extend([f64::NEG_INFINITY, f64::INFINITY]);
        at.sort_by(f64::total_cmp);
        for method in Method::ALL {
            let calibration = Calibration::fit(method, &scored);
            let curve: Vec<f64> = at.iter().map(|&x| calibration.probability(x)).collect();
            prop_assert!(curve.is_sorted(), "{calibration:?}: {curve:?} at {at:?}");
            prop_assert!(curve.iter().all(|p| (0.0..=1.0).contains(p)), "{calibration:?}: {curve:?}");
        }
    }

    #[test]
    fn what_is_stored_is_what_is_read(scored in scored()) {
        for method in Method::ALL {
            let calibration = Calibration::fit(method, &scored);
            let json = serde_json::to_string(&calibration).unwrap();
            prop_assert_eq!(serde_json::from_str::<Calibration>(&json).unwrap(), calibration);
        }
    }

    /// Curves with an offset make the mean probability that of Platt's targets.
    #[test]
    fn the_mean_probability_is_the_share_that_is_true(truth in vec(any::<bool>(), 200), slope in 0.1f64..3.0) {
        prop_assume!(truth.contains(&true) && truth.contains(&false));
        let log_odds: Vec<f64> =
            truth.iter().enumerate().map(|(i, &t)| slope * ((i % 17) as f64 / 4.0 - if t { 1.0 } else { 3.0 })).collect();
        let share = truth.iter().filter(|&&t| t).count() as f64 / 200.0;
        let scored = Scored::new(&log_odds, &truth, None).unwrap();
        for method in [Method::Platt, Method::Beta, Method::Isotonic] {
            let calibration = Calibration::fit(method, &scored);
            let mean = log_odds.iter().map(|&x| calibration.probability(x)).sum::<f64>() / 200.0;
            prop_assert!((mean - share).abs() < 0.02, "{calibration:?}: {mean} is not {share}");
        }
    }

    #[test]
    fn no_threshold_does_better(
        scores in vec(0u8..=10, 1..30),
        truth in vec(any::<bool>(), 30),
        share in 0.0f64..=1.0,
    ) {
        let truth = &truth[..scores.len()];
        let probabilities: Vec<f64> = scores.iter().map(|&s| f64::from(s) / 10.0).collect();
        let figures = |threshold: f64| {
            let flagged: Vec<bool> = probabilities.iter().map(|&p| p >= threshold).collect();
            let right = flagged.iter().zip(truth).filter(|(f, t)| **f && **t).count() as f64;
            let n_flagged = flagged.iter().filter(|f| **f).count() as f64;
            let n_true = truth.iter().filter(|t| **t).count() as f64;
            (n_flagged, right / n_flagged, right / n_true, 2.0 * right / (n_flagged + n_true))
        };
        let all: Vec<f64> = (1..=10).map(|s| f64::from(s) / 10.0 - 0.05).collect();
        let n = scores.len() as f64;
        match choose_threshold(&probabilities, truth, &ThresholdFor::F1) {
            Some(threshold) => prop_assert!(all.iter().all(|&t| figures(t).3 <= figures(threshold).3 + 1e-12)),
            None => prop_assert!(!truth.contains(&true)),
        }
        if let Some(threshold) = choose_threshold(&probabilities, truth, &ThresholdFor::Precision(share)) {
            let (n_flagged, precision, ..) = figures(threshold);
            prop_assert!(precision >= share);
            prop_assert!(all.iter().all(|&t| figures(t).0 <= n_flagged || figures(t).1 < share));
        }
        if let Some(threshold) = choose_threshold(&probabilities, truth, &ThresholdFor::Recall(share)) {
            let (n_flagged, _, recall, _) = figures(threshold);
            prop_assert!(recall >= share);
            prop_assert!(all.iter().all(|&t| figures(t).0 == 0.0 || figures(t).0 >= n_flagged || figures(t).2 < share));
        }
        match choose_threshold(&probabilities, truth, &ThresholdFor::FlagRate(share)) {
            Some(threshold) => {
                let n_flagged = figures(threshold).0;
                prop_assert!(n_flagged <= share * n);
                prop_assert!(all.iter().all(|&t| figures(t).0 <= n_flagged || figures(t).0 > share * n));
            }
            None => prop_assert!(all.iter().all(|&t| figures(t).0 == 0.0 || figures(t).0 > share * n)),
        }
    }
}

#[test]
fn where_higher_is_less_true_every_comment_gets_the_same() {
    let scored = Scored::new(&[-2.0, -1.0, 1.0, 2.0], &[true, true, false, false], None).unwrap();
    for method in [Method::Platt, Method::Beta, Method::Isotonic] {
        let calibration = Calibration::fit(method, &scored);
        for x in [-9.0, 0.0, 9.0] {
            assert!((calibration.probability(x) - 0.5).abs() < 1e-9, "{calibration:?}");
        }
    }
}

#[test]
fn a_beta_slope_below_zero_is_left_out() {
    // Rises below 0 and falls above: only the lower slope can be used.
    let log_odds: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0 - 5.0).collect();
    let truth: Vec<bool> =
        (0..100).map(|i| if i < 50 { i * i % 50 < i } else { i * i % 50 > (i - 50) }).collect();
    let calibration = Calibration::fit(Method::Beta, &Scored::new(&log_odds, &truth, None).unwrap());
    let Calibration::Beta { a, b, .. } = calibration else { panic!("Beta was asked for") };
    assert!(a > 0.0 && b == 0.0, "{a} and {b}");
}

#[test]
fn extreme_log_odds_are_tamed() {
    // As naive Bayes gives them: hundreds where one in five is wrong.
    let log_odds: Vec<f64> =
        (0..1000).map(|i| if i % 2 == 0 { 300.0 } else { -300.0 } + f64::from(i % 7)).collect();
    let truth: Vec<bool> = (0..1000).map(|i| (i % 2 == 0) == (i % 5 != 3)).collect();
    let choice = Calibration::choose(&Scored::new(&log_odds, &truth, None).unwrap(), 5);
    assert!((choice.calibration.probability(303.0) - 0.8).abs() < 0.02, "{choice:?}");
    let identity = choice.table.iter().find(|row| row.0 == Method::Identity).unwrap();
    assert!(choice.table.iter().all(|row| row.1 <= identity.1));
}

#[test]
fn the_right_kind_of_curve_is_chosen() {
    // Log-odds that are right already, each answered as often as it says.
    let mut log_odds = Vec::new();
    let mut truth = Vec::new();
    for tenth in 1..10 {
        let p = f64::from(tenth) / 10.0;
        for i in 0..100 {
            log_odds.push((p / (1.0 - p)).ln());
            truth.push(i < tenth * 10);
        }
    }
    let choice = Calibration::choose(&Scored::new(&log_odds, &truth, None).unwrap(), 5);
    for tenth in 1..10 {
        let p = f64::from(tenth) / 10.0;
        assert!((choice.calibration.probability((p / (1.0 - p)).ln()) - p).abs() < 0.01, "{choice:?}");
    }
    // The same, half as steep: no longer the identity.
    log_odds.iter_mut().for_each(|x| *x *= 2.0);
    let choice = Calibration::choose(&Scored::new(&log_odds, &truth, None).unwrap(), 5);
    assert_ne!(choice.calibration, Calibration::Identity);
}

#[test]
fn of_no_documents_the_log_odds_stay() {
    let choice = Calibration::choose(&Scored::new(&[], &[], None).unwrap(), 5);
    assert_eq!(choice.calibration, Calibration::Identity);
    for method in Method::ALL {
        let calibration = Calibration::fit(method, &Scored::new(&[], &[], None).unwrap());
        assert!((calibration.probability(0.0) - 0.5).abs() < 1e-12);
    }
}

#[test]
fn of_one_answer_no_curve_is_certain() {
    for answer in [false, true] {
        let scored = Scored::new(&[-1.0, 0.0, 1.0], &[answer; 3], None).unwrap();
        for method in [Method::Platt, Method::Beta, Method::Isotonic] {
            let p = Calibration::fit(method, &scored).probability(0.5);
            assert!(if answer { 0.6 < p && p < 0.95 } else { 0.05 < p && p < 0.4 }, "{method}: {p}");
        }
    }
}

#[test]
fn thresholds_lie_between_neighbours() {
    let probabilities = [0.9, 0.8, 0.6, 0.6, 0.3, 0.1];
    let truth = [true, true, false, true, false, false];
    let check = |aim: &str, expected: Option<f64>| {
        let found = choose_threshold(&probabilities, &truth, &aim.parse().unwrap());
        match (found, expected) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-12, "{aim}: {found}"),
            _ => assert_eq!(found, expected, "{aim}"),
        }
    };
    check("f1", Some(0.45));
    check("precision=1", Some(0.7));
    check("precision=0.75", Some(0.45));
    check("precision=0", Some(0.05));
    check("recall=0.5", Some(0.7));
    check("recall=1", Some(0.45));
    check("recall=0", Some(0.85));
    check("flag-rate=0.5", Some(0.7));
    check("flag-rate=0.1", None);
    check("flag-rate=1", Some(0.05));
}

#[test]
fn where_nothing_is_true_there_is_no_threshold() {
    for aim in ["f1", "precision=0.5", "recall=0.5"] {
        assert_eq!(choose_threshold(&[0.2, 0.7], &[false, false], &aim.parse().unwrap()), None);
    }
    assert_eq!(choose_threshold(&[0.25, 0.75], &[false; 2], &ThresholdFor::FlagRate(0.5)), Some(0.5));
    assert_eq!(choose_threshold(&[], &[], &ThresholdFor::FlagRate(0.5)), None);
}

#[test]
fn aims_are_spelled_in_words() {
    for aim in ["f1", "precision=0.9", "recall=0.8", "flag-rate=0.05"] {
        let parsed: ThresholdFor = aim.parse().unwrap();
        assert_eq!(parsed.to_string(), aim);
        assert_eq!(serde_json::to_string(&parsed).unwrap(), format!("\"{aim}\""));
    }
    for bad in ["", "f2", "f1=1", "precision", "precision=", "precision=2", "recall=NaN", "flag-rate=-0.1"] {
        let error = bad.parse::<ThresholdFor>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("unknown aim `{bad}`, expected f1, ")), "{error}");
    }
}

#[test]
fn scores_that_cannot_be_meant_are_refused() {
    let check = |result: Result<(), CalibrationError>, expected: &str| {
        assert_eq!(result.unwrap_err().to_string(), expected);
    };
    let scored = |log_odds: &[f64], truth: &[bool], weights: Option<&[f64]>| {
        Scored::new(log_odds, truth, weights).map(|_| ())
    };
    check(scored(&[1.0], &[], None), "found 0 truths, expected 1, one a document");
    check(scored(&[1.0], &[true], Some(&[])), "found 0 weights, expected 1, one a document");
    check(
        scored(&[1.0, f64::INFINITY], &[true; 2], None),
        "document 1: found log-odds `inf`, expected a finite number",
    );
    check(scored(&[1.0], &[true], Some(&[-1.0])), "document 0: found weight `-1`, expected a number from 0");
}

#[test]
fn stored_curves_are_checked() {
    let check = |json: &str, expected: &str| {
        let error = serde_json::from_str::<Calibration>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(
        r#"{"method": "platt", "slope": -1, "offset": 0}"#,
        "calibration: `slope` is `-1`, expected a number from 0",
    );
    check(r#"{"method": "beta", "a": 1, "b": -1, "c": 0}"#, "`b` is `-1`");
    let knots = "calibration: knots do not rise";
    check(r#"{"method": "isotonic", "log-odds": [], "probabilities": []}"#, knots);
    check(r#"{"method": "isotonic", "log-odds": [1, 0], "probabilities": [0, 1]}"#, knots);
    check(r#"{"method": "isotonic", "log-odds": [0, 1], "probabilities": [0.5, 0.1]}"#, knots);
    check(r#"{"method": "isotonic", "log-odds": [0, 1], "probabilities": [0.5]}"#, knots);
    check(r#"{"method": "isotonic", "log-odds": [0, 1], "probabilities": [0.5, 2]}"#, knots);
    check(r#"{"method": "sigmoid"}"#, "unknown variant `sigmoid`");
}
