//! Whatever the comments, an evaluation adds up and every format renders it.
#![cfg(test)]

use moderato::evaluate::{
    Bootstrap, ClassFigure, Comparison, Confusion, Evaluation, Fairness, Figure, Groups, LabelErrors,
    Options, Predictions, Slice, Subgroup,
};
use moderato::label::{Decision, Head, HeadKind, LabelId, LabelSet, Truth};
use moderato::report::html::{Details, Page, PageOptions, shown_comments};
use moderato::report::terminal::Style;
use moderato::report::{ComparedHead, Findings, Report, SliceTable, html, json, markdown, terminal};
use ndarray::Array2;
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Comments {
    head: Head,
    truths: Vec<Truth>,
    predictions: Predictions,
    groups: Vec<u8>,
}

fn comments() -> impl Strategy<Value = Comments> {
    (1..5_usize, 1..25_usize, any::<bool>()).prop_flat_map(|(k, n, each)| {
        // Few distinct probabilities, so that ties and certainties are frequent.
        let probabilities = prop::collection::vec(0..=4_u8, n * k);
        let truths = prop::collection::vec((0..k, prop::collection::vec(any::<Option<bool>>(), k)), n);
        let decisions = prop::collection::vec((0..k, prop::collection::vec(any::<bool>(), k)), n);
        let groups = prop::collection::vec(0..4_u8, n);
        (probabilities, truths, decisions, groups).prop_map(move |(weights, truths, decisions, groups)| {
            let labels = LabelSet::new((0..k).map(|label| format!("label {label}"))).unwrap();
            let kind = if each { HeadKind::Each } else { HeadKind::OneOf };
            let weight = |i: usize, j: usize| f64::from(weights[i * k + j]);
            let sum = |i: usize| (0..k).map(|j| weight(i, j)).sum::<f64>();
            let probabilities = Array2::from_shape_fn((n, k), |(i, j)| match (each, sum(i) == 0.0) {
                (true, _) => weight(i, j) / 4.0,
                (false, true) => 1.0 / k as f64,
                (false, false) => weight(i, j) / sum(i),
            });
            let truth = |(label, answers): (usize, Vec<Option<bool>>)| {
                if each { Truth::Each(answers) } else { Truth::OneOf(label.into()) }
            };
            let decision = |(label, answers): (usize, Vec<bool>)| {
                if each { Decision::Each(answers) } else { Decision::OneOf(label.into()) }
            };
            Comments {
                head: Head { name: "head".into(), kind, labels, target: None },
                truths: truths.into_iter().map(truth).collect(),
                predictions: Predictions {
                    probabilities,
                    decisions: decisions.into_iter().map(decision).collect(),
                },
                groups,
            }
        })
    })
}

fn options(comments: &Comments, grouped: bool) -> Options {
    let groups = grouped.then(|| Groups::by_name(comments.groups.iter().map(Some)));
    Options { bootstrap: Some(Bootstrap { resamples: 20, seed: 1, groups }) }
}

proptest! {
    #[test]
    fn evaluations_add_up(comments in comments(), grouped in any::<bool>()) {
        let Comments { head, truths, predictions, .. } = &comments;
        let Ok(evaluation) = Evaluation::of(head, truths, predictions, &options(&comments, grouped)) else {
            prop_assert!(truths.iter().all(|t| matches!(t, Truth::Each(a) if a.iter().all(Option::is_none))));
            return Ok(());
        };
        match &evaluation.confusion {
            Confusion::OneOf(matrix) => prop_assert_eq!(matrix.total(), evaluation.n),
            Confusion::Each { matrices, .. } => {
                for (label, matrix) in matrices.iter().enumerate() {
                    let known = truths.iter().filter(|t| matches!(t, Truth::Each(a) if a[label].is_some()));
                    prop_assert_eq!(matrix.total(), known.count() as u64);
                }
            }
        }
        for score in &evaluation.scores {
            for value in [score.estimate.value, score.majority, score.prior].into_iter().flatten() {
                let range = match score.figure {
                    Figure::MatthewsCorrelation | Figure::CohensKappa => -1.0..=1.0 + 1e-9,
                    Figure::LogLoss => 0.0..=37.0,
                    Figure::Brier => 0.0..=2.0,
                    _ => 0.0..=1.0 + 1e-9,
                };
                prop_assert!(range.contains(&value), "{:?}", score);
            }
            if let Some(interval) = score.estimate.interval {
                prop_assert!(interval.low <= interval.high);
            }
        }
        for class in &evaluation.classes {
            for figure in ClassFigure::ALL {
                prop_assert!(class[figure].value.is_none_or(f64::is_finite));
            }
        }
        for question in &evaluation.questions {
            let spread = question.histogram.negatives.iter().chain(&question.histogram.positives).sum::<u64>();
            prop_assert_eq!(spread, question.curve.n());
        }
    }

    #[test]
    fn every_format_renders_every_evaluation(comments in comments()) {
        let Comments { head, truths, predictions, groups } = &comments;
        let options = options(&comments, false);
        let Ok(evaluation) = Evaluation::of(head, truths, predictions, &options) else { return Ok(()) };
        terminal::render_thresholds(&evaluation, &Style::default());
        let members = groups.iter().map(|&group| group == 0).collect();
        let subgroups = [Subgroup { name: "zeroth".into(), members }];
        let last = LabelId::from(head.labels.len() - 1);
        let fairness = Fairness::of((head, last), truths, predictions, &subgroups, &options).unwrap();
        terminal::render_fairness(head, &fairness, &Style::default());
        let slices = Slice::all(head, truths, (predictions, &subgroups), &options).unwrap();
        let findings = Findings {
            fairness: vec![fairness],
            slices: vec![SliceTable { by: "group".into(), slices }],
            ..Findings::default()
        };
        let report = Report { evaluations: vec![evaluation], findings: vec![findings], ..Report::default() };
        for width in [0, 20, 80] {
            terminal::render(&report, &Style { width, color: true });
        }
        markdown::render(&report);
        let text = json::render(&report);
        prop_assert_eq!(json::render(&json::read(&text).unwrap()), text);
        prop_assert!(shown_comments(truths, predictions).len() <= truths.len());
        for errors in LabelErrors::of(head, truths, &predictions.probabilities).unwrap() {
            prop_assert!(errors.suspects.iter().all(|suspect| suspect.given != suspect.suggested));
        }
        let mut after = predictions.clone();
        after.decisions.rotate_left(1);
        let compared = ComparedHead {
            comparison: Comparison::of(head, truths, [predictions, &after], &options).unwrap(),
            before: "a".into(),
            after: "b".into(),
            changed: Vec::new(),
        };
        terminal::render_comparison(&compared, &Style::default());
        markdown::render_comparison(&compared);
        let details = [Details::default()];
        let options = PageOptions::default();
        html::render(&Page { report: &report, details: &details, comparisons: &[compared], options: &options });
    }
}
