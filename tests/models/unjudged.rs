//! Comments that teach and are not judged.

use crate::tiny::TEXTS;
use moderato::calibration::ThresholdFor;
use moderato::counts::vectorizer::Pruning;
use moderato::label::{Head, HeadKind, LabelId, LabelSet, Truth};
use moderato::model::About;
use moderato::model::train::{Algorithm, HeadSettings, Plan, TrainError, Trained, TrainingSet, train};
use moderato::text::Analysis;

fn trained(labels: &[&str], unjudged: &[bool], aim: ThresholdFor) -> Result<Trained, TrainError> {
    let labels = LabelSet::new(labels.iter().copied()).expect("names of labels");
    let n_labels = labels.len();
    let head = Head { name: "head".into(), kind: HeadKind::OneOf, labels, target: None };
    let settings =
        HeadSettings { algorithm: Algorithm::Logistic, threshold_for: aim, ..HeadSettings::default() };
    let plan = Plan {
        about: About { name: "tiny".into(), ..About::default() },
        analysis: Analysis::default(),
        search_analysis: false,
        pruning: Pruning { min_words: 1, min_characters: 2, max_terms: None },
        heads: vec![(head, settings)],
    };
    // Every fold has every label.
    let folds: Vec<u16> = (0..TEXTS.len()).map(|i| u16::from(i >= TEXTS.len() / 2)).collect();
    let truth = |i: usize| Some(Truth::OneOf(LabelId::from(i % n_labels)));
    let truths = [(0..TEXTS.len()).map(truth).collect()];
    let weights = [1.0; TEXTS.len()];
    let set = TrainingSet { texts: &TEXTS, truths: &truths, weights: &weights, folds: &folds, unjudged };
    train(&plan, &set, |_| ())
}

#[test]
fn what_is_not_judged_is_learned_from_and_answered_for_nowhere() {
    let mut unjudged = [false; TEXTS.len()];
    unjudged[8] = true;
    let trained = trained(&["civil", "uncivil"], &unjudged, ThresholdFor::F1).expect("the plan is sound");
    assert!(!trained.out_of_fold[0].documents.contains(&8));
    assert_eq!(trained.out_of_fold[0].documents.len(), TEXTS.len() - 1);
    assert_eq!(trained.model.heads()[0].n_documents, TEXTS.len() as u64 - 1);
    // Its words are terms, with a weight.
    let why = &trained.model.evidence(&trained.model.heads()[0], "café")[0];
    assert!(why.terms.iter().any(|term| term.text.contains("café") && term.contribution != 0.0));
}

#[test]
fn a_mean_is_over_labels_that_there_are() {
    let aim = |labels: &str| format!("mean-f1={labels}").parse::<ThresholdFor>().expect("an aim");
    let stance = ["favor", "against", "none"];
    assert!(trained(&stance, &[], aim("favor,against")).is_ok());
    for (labels, names, expected) in [
        (
            &stance[..],
            "favour",
            "head `head`: `threshold-for` names `favour`, expected one of favor, against, none",
        ),
        (
            &stance[..2],
            "favor",
            "head `head`: `threshold-for` is a mean over some labels, expected a head with three of which one holds",
        ),
    ] {
        assert_eq!(trained(labels, &[], aim(names)).unwrap_err().to_string(), expected);
    }
}
