//! The figures beside scikit-learn 1.9.1, on comments made by formula. The constants come from:
//!
//! ```python
//! import numpy as np, warnings; warnings.simplefilter("ignore")
//! from sklearn.metrics import *
//! def show(*v): print(", ".join(repr(float(x)) for x in v))
//! def one_of(n, k):
//!     w = np.array([[(i * 7 + j * 13 + i * j) % 11 + 1 for j in range(k)] for i in range(n)])
//!     return np.array([(i * i + i // 3) % k for i in range(n)]), w / w.sum(1, keepdims=True)
//! for k in (2, 4):
//!     t, p = one_of(40, k); d = p.argmax(1); a = p[:, 1] if k == 2 else p; y = t if k == 2 else np.eye(k)[t]
//!     show(accuracy_score(t, d), balanced_accuracy_score(t, d), f1_score(t, d, average="macro"),
//!          f1_score(t, d, average="weighted"), matthews_corrcoef(t, d), cohen_kappa_score(t, d),
//!          roc_auc_score(t, a, multi_class="ovr"), average_precision_score(y, a), log_loss(t, p),
//!          brier_score_loss(t, a))
//!     for c in range(k):
//!         show(precision_score(t, d, labels=[c], average="macro"), recall_score(t, d, labels=[c], average="macro"), f1_score(t, d, labels=[c], average="macro"),
//!              roc_auc_score(t == c, p[:, c]), average_precision_score(t == c, p[:, c]), log_loss(t == c, p[:, c]), brier_score_loss(t == c, p[:, c]))
//! n, k = 40, 3
//! p = np.array([[(i * 7 + j * 13 + i * j) % 17 / 16 for j in range(k)] for i in range(n)])
//! t = np.array([[(i * (j + 3) + i // 4) % 5 < 2 for j in range(k)] for i in range(n)]); d = p >= .5
//! show(accuracy_score(t, d), *[s(t, d, average=a) for a in ("macro", "micro") for s in (precision_score, recall_score, f1_score)],
//!      f1_score(t, d, average="weighted"), roc_auc_score(t, p, average="macro"), average_precision_score(t, p, average="macro"),
//!      np.mean([log_loss(t[:, j], p[:, j]) for j in range(k)]), np.mean([brier_score_loss(t[:, j], p[:, j]) for j in range(k)]))
//! print(multilabel_confusion_matrix(t, d).tolist())
//! ```

use super::*;
use crate::label::{Decision, HeadKind, LabelSet};
use ndarray::Array2;

fn head(kind: HeadKind, n_labels: usize) -> Head {
    let labels = LabelSet::new((0..n_labels).map(|label| format!("label {label}"))).unwrap();
    Head { name: "head".into(), kind, labels, target: None }
}

fn without_intervals() -> Options {
    Options { bootstrap: None }
}

fn close(found: Option<f64>, expected: f64) {
    assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
}

/// The truth and the probabilities of the comments above, each decided for its most probable label.
fn one_of(n: usize, k: usize) -> (Vec<Truth>, Predictions) {
    let truths = (0..n).map(|i| Truth::OneOf(((i * i + i / 3) % k).into())).collect();
    let weights = Array2::from_shape_fn((n, k), |(i, j)| ((i * 7 + j * 13 + i * j) % 11 + 1) as f64);
    let sums = weights.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
    let probabilities = weights / sums;
    let first_best =
        |row: ndarray::ArrayView1<'_, f64>| (0..k).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let decisions =
        probabilities.rows().into_iter().map(|row| Decision::OneOf(first_best(row).into())).collect();
    (truths, Predictions { probabilities, decisions })
}

fn check_one_of(k: usize, expected: [f64; 10], of_classes: &[[f64; 7]]) {
    let (truths, predictions) = one_of(40, k);
    let head = head(HeadKind::OneOf, k);
    let evaluation = Evaluation::of(&head, &truths, &predictions, &without_intervals()).unwrap();
    for (figure, expected) in [
        Figure::Accuracy,
        Figure::BalancedAccuracy,
        Figure::MacroF1,
        Figure::WeightedF1,
        Figure::MatthewsCorrelation,
        Figure::CohensKappa,
        Figure::Auc,
        Figure::AveragePrecision,
        Figure::LogLoss,
        Figure::Brier,
    ]
    .into_iter()
    .zip(expected)
    {
        close(evaluation.value(figure), expected);
    }
    check_classes(&evaluation, of_classes);
}

fn check_classes(evaluation: &Evaluation, expected: &[[f64; 7]]) {
    assert_eq!(evaluation.classes.len(), expected.len());
    for (class, expected) in evaluation.classes.iter().zip(expected) {
        for (figure, expected) in ClassFigure::ALL.into_iter().zip(*expected) {
            close(class[figure].value, expected);
        }
    }
}

#[test]
fn two_classes_agree_with_scikit_learn() {
    check_one_of(
        2,
        [
            0.5,
            0.49002849002849,
            0.4791666666666667,
            0.515625,
            -0.018705013842817628,
            -0.01781170483460559,
            0.45441595441595445,
            0.299620306361546,
            0.8004876048795506,
            0.2968758843511224,
        ],
        &[
            [
                0.6666666666666666,
                0.5185185185185185,
                0.5833333333333334,
                0.4544159544159544,
                0.6436878707712042,
                0.8004876048795506,
                0.29687588435112244,
            ],
            [
                0.3157894736842105,
                0.46153846153846156,
                0.375,
                0.45441595441595445,
                0.299620306361546,
                0.8004876048795504,
                0.2968758843511224,
            ],
        ],
    );
}

#[test]
fn four_classes_agree_with_scikit_learn() {
    check_one_of(
        4,
        [
            0.3,
            0.3434065934065934,
            0.3076973684210526,
            0.29301315789473686,
            0.07792021238739635,
            0.07514450867052014,
            0.5591720371132136,
            0.3064806704994999,
            1.4681339588029787,
            0.7832937768041799,
        ],
        &[
            [
                0.2727272727272727,
                0.21428571428571427,
                0.24,
                0.40384615384615385,
                0.3153106950520744,
                0.7906215273451959,
                0.2702698811037988,
            ],
            [
                0.25,
                0.42857142857142855,
                0.3157894736842105,
                0.5303030303030303,
                0.21855621855621854,
                0.5079414306890327,
                0.1614430613289516,
            ],
            [
                0.42857142857142855,
                0.23076923076923078,
                0.3,
                0.5427350427350428,
                0.40426578059971885,
                0.6622032560639541,
                0.22824724783692557,
            ],
            [
                0.3,
                0.5,
                0.375,
                0.7598039215686274,
                0.28778998778998777,
                0.39488209218002146,
                0.12333358653450388,
            ],
        ],
    );
}

/// Labels of a yes-or-no-each head, decided at one half.
fn each() -> (Vec<Truth>, Predictions) {
    let (n, k) = (40, 3);
    let truth = |i: usize, j: usize| Some((i * (j + 3) + i / 4) % 5 < 2);
    let truths = (0..n).map(|i| Truth::Each((0..k).map(|j| truth(i, j)).collect())).collect();
    let probabilities = Array2::from_shape_fn((n, k), |(i, j)| ((i * 7 + j * 13 + i * j) % 17) as f64 / 16.0);
    let decisions = probabilities
        .rows()
        .into_iter()
        .map(|row| Decision::Each(row.iter().map(|&p| p >= 0.5).collect()))
        .collect();
    (truths, Predictions { probabilities, decisions })
}

#[test]
fn labels_each_on_their_own_agree_with_scikit_learn() {
    let (truths, predictions) = each();
    let head = head(HeadKind::Each, 3);
    let evaluation = Evaluation::of(&head, &truths, &predictions, &without_intervals()).unwrap();
    let expected = [
        0.075,
        0.353968253968254,
        0.4583333333333333,
        0.3993993993993994,
        0.3548387096774194,
        0.4583333333333333,
        0.4,
        0.3993993993993994,
        0.4322916666666667,
        0.38835741884185254,
        3.5608981933588897,
        0.3779296875,
    ];
    for (figure, expected) in [
        Figure::Accuracy,
        Figure::MacroPrecision,
        Figure::MacroRecall,
        Figure::MacroF1,
        Figure::MicroPrecision,
        Figure::MicroRecall,
        Figure::MicroF1,
        Figure::WeightedF1,
        Figure::Auc,
        Figure::AveragePrecision,
        Figure::LogLoss,
        Figure::Brier,
    ]
    .into_iter()
    .zip(expected)
    {
        close(evaluation.value(figure), expected);
    }
    let Confusion::Each { matrices, together } = &evaluation.confusion else {
        panic!("each label on its own")
    };
    let expected: [[[u64; 2]; 2]; 3] = [[[10, 14], [10, 6]], [[11, 13], [8, 8]], [[11, 13], [8, 8]]];
    for (label, (matrix, expected)) in matrices.iter().zip(expected).enumerate() {
        assert_eq!(
            matrix.rows().collect::<Vec<_>>(),
            expected.iter().map(|row| &row[..]).collect::<Vec<_>>()
        );
        assert_eq!(together.truth[label][label], matrix.support(LabelId(1)));
        assert_eq!(together.predicted[label][label], matrix.predicted(LabelId(1)));
    }
}

#[test]
fn an_unknown_answer_leaves_the_comment_out_of_that_label_only() {
    let (mut truths, predictions) = each();
    let Truth::Each(answers) = &mut truths[0] else { panic!("each label on its own") };
    answers[1] = None;
    let Truth::Each(answers) = &mut truths[1] else { panic!("each label on its own") };
    answers.fill(None);
    let head = head(HeadKind::Each, 3);
    let evaluation = Evaluation::of(&head, &truths, &predictions, &without_intervals()).unwrap();
    assert_eq!(evaluation.n, 39);
    let Confusion::Each { matrices, .. } = &evaluation.confusion else { panic!("each label on its own") };
    assert_eq!(matrices.iter().map(ConfusionMatrix::total).collect::<Vec<_>>(), [39, 38, 39]);
}

#[test]
fn the_majority_baseline_is_the_dummy_classifier() {
    // sklearn.dummy.DummyClassifier(strategy="most_frequent" and "prior") on t of one_of(40, 2), which is 1
    // for 13 of 40: f1_score(t, [0] * 40, average="macro"), log_loss(t, [13 / 40] * 40)
    let (truths, predictions) = one_of(40, 2);
    let head = head(HeadKind::OneOf, 2);
    let evaluation = Evaluation::of(&head, &truths, &predictions, &without_intervals()).unwrap();
    let baselines = |figure| {
        let score = evaluation.score(figure).unwrap();
        (score.majority, score.prior)
    };
    assert_eq!(baselines(Figure::Accuracy), (Some(0.675), Some(0.675)));
    close(baselines(Figure::MacroF1).0, 0.40298507462686567);
    assert_eq!(baselines(Figure::Auc), (Some(0.5), Some(0.5)));
    assert_eq!(baselines(Figure::LogLoss).0, None, "infinite");
    close(baselines(Figure::LogLoss).1, 0.6305810283860147);
    assert_eq!(baselines(Figure::MatthewsCorrelation), (None, None));
}

#[test]
fn intervals_hold_the_value_and_do_not_change_it() {
    for (head, (truths, predictions)) in [
        (head(HeadKind::OneOf, 2), one_of(40, 2)),
        (head(HeadKind::OneOf, 4), one_of(40, 4)),
        (head(HeadKind::Each, 3), each()),
    ] {
        let with = Evaluation::of(&head, &truths, &predictions, &Options::default()).unwrap();
        let without = Evaluation::of(&head, &truths, &predictions, &without_intervals()).unwrap();
        for (score, bare) in with.scores.iter().zip(&without.scores) {
            assert_eq!(score.estimate.value, bare.estimate.value);
            assert_eq!(bare.estimate.interval, None);
            assert_eq!(
                score.estimate.interval.is_some(),
                score.figure != Figure::ExpectedCalibrationError,
                "{:?}",
                score.figure
            );
            if let (Some(value), Some(interval)) = (score.estimate.value, score.estimate.interval) {
                assert!(interval.low <= value && value <= interval.high, "{score:?}");
            }
        }
        assert_eq!(with, Evaluation::of(&head, &truths, &predictions, &Options::default()).unwrap());
    }
}

fn check_error(change: impl Fn(&mut Vec<Truth>, &mut Predictions), expected: &str) {
    let (mut truths, mut predictions) = one_of(3, 2);
    change(&mut truths, &mut predictions);
    let head = head(HeadKind::OneOf, 2);
    let error = Evaluation::of(&head, &truths, &predictions, &Options::default()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn input_that_does_not_fit_together_is_an_error_with_its_place() {
    check_error(
        |_, predictions| predictions.probabilities = Array2::zeros((2, 2)),
        "found 2 rows of probabilities, expected 3, one for each comment's truth",
    );
    check_error(
        |_, predictions| predictions.decisions.truncate(1),
        "found 1 decisions, expected 3, one for each comment's truth",
    );
    check_error(
        |_, predictions| predictions.probabilities = Array2::from_elem((3, 3), 0.5),
        "head `head`: found 3 probabilities for each comment, expected 2",
    );
    check_error(
        |truths, _| truths[1] = Truth::OneOf(LabelId(2)),
        "comment 2: its truth does not answer head `head`, expected one of label 0, label 1",
    );
    check_error(
        |_, predictions| predictions.decisions[2] = Decision::Each(vec![true, false]),
        "comment 3: its decision does not answer head `head`, expected one of label 0, label 1",
    );
    check_error(
        |_, predictions| predictions.probabilities[[0, 1]] = f64::NAN,
        "comment 1: found probability NaN of label `label 1`, expected 0 to 1",
    );
    check_error(
        |_, predictions| predictions.probabilities.row_mut(0).fill(0.25),
        "comment 1: its probabilities sum to 0.5, expected 1",
    );
    check_error(
        |truths, predictions| {
            truths.clear();
            *predictions = Predictions { probabilities: Array2::zeros((0, 2)), decisions: Vec::new() };
        },
        "head `head`: found no comment whose label is known, expected at least one",
    );
}
