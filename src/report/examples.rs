//! Evaluations made by formula, for the tests of the formats.

use super::html::{CommentRow, Details, Mark};
use super::{
    Case, ChangedComment, ComparedHead, DataSource, Findings, LabelTerms, Provenance, Report, SliceTable,
    SuspectRow, SwapTest, UnknownTerms, WeighedTerm,
};
use crate::evaluate::{
    Bootstrap, Comparison, Evaluation, Fairness, Options, Predictions, Slice, Subgroup, Swap, Swapped,
};
use crate::label::{Decision, Head, HeadKind, LabelSet, Truth};
use ndarray::{Array2, ArrayView1, Axis};

fn evaluate(head: &Head, truths: &[Truth], predictions: &Predictions) -> Evaluation {
    let options = Options { bootstrap: Some(Bootstrap { resamples: 200, seed: 7, groups: None }) };
    Evaluation::of(head, truths, predictions, &options).unwrap()
}

fn head<S: AsRef<str>>(name: &str, kind: HeadKind, labels: &[S]) -> Head {
    let labels = LabelSet::new(labels.iter().map(AsRef::as_ref)).unwrap();
    Head { name: name.into(), kind, labels, target: None }
}

fn best(row: ArrayView1<'_, f64>) -> usize {
    (0..row.len()).rev().max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap()
}

/// A number that looks random, below `n`.
fn scatter(i: usize, j: usize, n: usize) -> usize {
    (i * 7919 + j * 104_729 + i * i * 31 + i * j * 17) % 10_007 % n
}

/// `n` comments whose truth is `truth`, with probabilities that lean towards it.
fn leaning(n: usize, k: usize, truth: impl Fn(usize) -> usize) -> (Vec<Truth>, Predictions) {
    let weights = Array2::from_shape_fn((n, k), |(i, j)| {
        (1 + scatter(i, j, 20) + if j == truth(i) { 14 } else { 0 }) as f64
    });
    let probabilities = &weights / &weights.sum_axis(Axis(1)).insert_axis(Axis(1));
    let decisions = probabilities.rows().into_iter().map(|row| Decision::OneOf(best(row).into())).collect();
    ((0..n).map(|i| Truth::OneOf(truth(i).into())).collect(), Predictions { probabilities, decisions })
}

/// Civil and uncivil, 1,400 comments, a tenth uncivil.
pub(crate) fn two_labels() -> Evaluation {
    let (truths, predictions) = leaning(1400, 2, |i| usize::from(scatter(i, 9, 10) == 0));
    evaluate(&head("incivility", HeadKind::OneOf, &["civil", "uncivil"]), &truths, &predictions)
}

/// As many labels as names, the later the rarer.
pub(crate) fn one_of<S: AsRef<str>>(names: &[S]) -> Evaluation {
    let k = names.len();
    let (truths, predictions) = leaning(900, k, |i| scatter(i, 9, k).min(scatter(i, 5, k)));
    let mut head = head("tone", HeadKind::OneOf, names);
    head.target = Some("immigration enforcement".into());
    evaluate(&head, &truths, &predictions)
}

/// Labels each on their own; every seventh truth of the last is unknown.
pub(crate) fn each<S: AsRef<str>>(names: &[S]) -> Evaluation {
    let (n, k) = (800, names.len());
    let holds = |i: usize, j: usize| scatter(i, j, 4 + j) == 0;
    let probabilities = Array2::from_shape_fn((n, k), |(i, j)| {
        (scatter(i, j + 50, 61) + if holds(i, j) { 39 } else { 0 }) as f64 / 100.0
    });
    let truth = |i: usize, j: usize| (j + 1 < k || !i.is_multiple_of(7)).then(|| holds(i, j));
    let truths: Vec<Truth> = (0..n).map(|i| Truth::Each((0..k).map(|j| truth(i, j)).collect())).collect();
    let decisions = probabilities
        .rows()
        .into_iter()
        .map(|row| Decision::Each(row.iter().map(|&p| p >= 0.5).collect()))
        .collect();
    evaluate(&head("attributes", HeadKind::Each, names), &truths, &Predictions { probabilities, decisions })
}

/// Only civil comments, all found to be so: half the figures are undefined.
pub(crate) fn one_sided() -> Evaluation {
    let (truths, mut predictions) = leaning(3, 2, |_| 0);
    predictions.decisions = vec![Decision::OneOf(0.into()); 3];
    evaluate(&head("incivility", HeadKind::OneOf, &["civil", "uncivil"]), &truths, &predictions)
}

/// Two heads, and everything known of where they come from.
pub(crate) fn report() -> Report {
    Report {
        evaluations: vec![two_labels(), each(&["toxicity", "insult", "threat"])],
        slices: Vec::new(),
        findings: vec![findings(), Findings::default()],
        provenance: Provenance {
            model: Some("example@0123456789ab".into()),
            data: vec![DataSource {
                name: "comments.csv".into(),
                hash: Some("sha256:0123456789abcdef".into()),
                n_comments: Some(1400),
            }],
            recipe: Some("training/example.toml".into()),
            command: Some("moderato evaluate --data comments.csv --head incivility".into()),
            seed: Some(7),
            version: Some("0.1.0".into()),
            time: Some("2026-11-22T04:22:04Z".into()),
        },
    }
}

/// Everything a page can say of the two heads of [`report`].
pub(crate) fn details() -> Vec<Details> {
    let comment = |id: &str, text: &str, (truth, decision): (usize, usize), uncivil: f64| CommentRow {
        id: id.into(),
        text: text.into(),
        truth: Truth::OneOf(truth.into()),
        decision: Decision::OneOf(decision.into()),
        probabilities: vec![1.0 - uncivil, uncivil],
        marks: [("brick", 1.5), ("of a", 0.25), ("library", -0.5), ("town hall", -0.75)]
            .into_iter()
            .filter_map(|(part, contribution)| {
                let start = text.find(part)?;
                Some(Mark { span: start..start + part.len(), label: 1.into(), contribution })
            })
            .collect(),
    };
    let attributes = CommentRow {
        truth: Truth::Each(vec![Some(true), Some(true), None]),
        decision: Decision::Each(vec![true, false, false]),
        probabilities: vec![0.9, 0.4, 0.01],
        marks: vec![Mark { span: 16..21, label: 0.into(), contribution: 2.0 }],
        ..comment("7", "You are thick, a brick knows more.\nReally.", (0, 0), 0.0)
    };
    let incivility = Details {
        comments: vec![
            comment("1", "The library is open again on Sundays.", (0, 0), 0.04),
            comment("2", "You brick of a mayor, resign & go.", (1, 1), 0.97),
            comment("3", "A <b>brick</b> fell off the town hall.", (0, 1), 0.71),
        ],
    };
    vec![incivility, Details { comments: vec![attributes] }]
}

/// What is known of the first head of [`report`] beside its figures.
fn findings() -> Findings {
    let swapped = [([0.25, 0.75], [false, true]), ([0.5, 0.25], [true, false])];
    let swapped = [0, 1].map(|i| {
        let (probability, held) = swapped[i];
        Swapped { comment: i, probability, log_odds: probability.map(|p| 4.0 * p), held }
    });
    Findings {
        fairness: vec![fairness()],
        swaps: vec![SwapTest {
            label: "uncivil".into(),
            swaps: vec![Swap::of("gardeners → anglers", &swapped, None)],
        }],
        terms: vec![LabelTerms {
            label: "uncivil".into(),
            towards: vec![WeighedTerm {
                term: "brick".into(),
                contribution: 2.25,
                trained: Some([310, 30]),
                n_with: 31,
                n_without: 3,
                decides: true,
            }],
            against: vec![WeighedTerm {
                term: "thanks".into(),
                contribution: -1.75,
                trained: None,
                n_with: 2,
                n_without: 88,
                decides: false,
            }],
            n_deciding: 2,
            deciding: vec!["brick".into(), "clod".into()],
        }],
        unknown_terms: Some(UnknownTerms {
            share: 0.125,
            frequent: vec![("zoning".into(), 12), ("tram".into(), 3)],
        }),
        slices: vec![SliceTable {
            by: "length".into(),
            slices: vec![
                Slice { name: "up to 20 words".into(), evaluation: Some(two_labels()) },
                Slice { name: "over 500 words".into(), evaluation: None },
            ],
        }],
        cases: vec![
            Case {
                kind: "negation".into(),
                text: "You are not thick as a brick.".into(),
                expected: "civil".into(),
                found: "uncivil".into(),
            },
            Case {
                kind: "plain".into(),
                text: "Thanks for the update.".into(),
                expected: "civil".into(),
                found: "civil".into(),
            },
        ],
        suspects: vec![SuspectRow {
            id: "4".into(),
            text: "What a brick you are.".into(),
            given: "civil".into(),
            suggested: "uncivil".into(),
            margin: -0.875,
        }],
    }
}

/// One group of many comments and one of few.
fn fairness() -> Fairness {
    let (n, label) = (1400, 1.into());
    let (truths, predictions) = leaning(n, 2, |i| usize::from(scatter(i, 9, 10) == 0));
    let group = |name: &str, every: usize| Subgroup {
        name: name.into(),
        members: (0..n).map(|i| i.is_multiple_of(every)).collect(),
    };
    let head = head("incivility", HeadKind::OneOf, &["civil", "uncivil"]);
    let options = Options { bootstrap: Some(Bootstrap { resamples: 100, ..Bootstrap::default() }) };
    Fairness::of(
        (&head, label),
        &truths,
        &predictions,
        &[group("gardeners", 3), group("anglers", 90)],
        &options,
    )
    .unwrap()
}

/// Two models on the same comments.
pub(crate) fn comparison() -> ComparedHead {
    let (truths, before) = leaning(600, 2, |i| usize::from(scatter(i, 9, 4) == 0));
    let mut after = before.clone();
    for (i, decision) in after.decisions.iter_mut().enumerate().filter(|(i, _)| i.is_multiple_of(40)) {
        *decision = Decision::OneOf(usize::from(scatter(i, 9, 4) != 0).into());
    }
    let head = head("incivility", HeadKind::OneOf, &["civil", "uncivil"]);
    let options = Options { bootstrap: Some(Bootstrap { resamples: 100, ..Bootstrap::default() }) };
    ComparedHead {
        comparison: Comparison::of(&head, &truths, [&before, &after], &options).unwrap(),
        before: "example@0123456789ab".into(),
        after: "example@ba9876543210".into(),
        changed: vec![ChangedComment {
            id: "41".into(),
            text: "As useful as a brick <i>umbrella</i>.".into(),
            truth: "uncivil".into(),
            before: "uncivil".into(),
            after: "civil".into(),
        }],
    }
}
