//! Small models of every kind, made in memory.

use moderato::counts::vectorizer::Pruning;
use moderato::label::{Head, HeadKind, LabelId, LabelSet, Truth};
use moderato::model::train::{Algorithm, HeadSettings, Plan, TrainingSet, train};
use moderato::model::{About, HeadPrediction, Model, Scorer};
use moderato::text::Analysis;

pub(crate) const TEXTS: [&str; 12] = [
    "Thank you, a fair point and kindly put",
    "I disagree, and here is why: the figures are from 2019",
    "what a fool, what an utter fool you are",
    "you people are vermin, go home you fools",
    "Does anybody know when the library opens?",
    "kindly read the figures again, thank you",
    "stupid stupid stupid",
    "i will come to your house you fool",
    "Déjà vu – the café is shut again",
    "enforce the law, it is that simple, thank you",
    "no human is illegal; let them stay",
    "go and read, you stupid vermin",
];

/// Every algorithm, and every kind of head.
pub(crate) fn all() -> Vec<(String, Model)> {
    let kinds = [
        ("two labels", HeadKind::OneOf, &["civil", "uncivil"][..]),
        ("three labels", HeadKind::OneOf, &["favor", "against", "none"]),
        ("each", HeadKind::Each, &["insult", "threat", "thanks"]),
    ];
    let mut models = Vec::new();
    // `auto` is one of the others, chosen by folds.
    let algorithms = || Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Auto);
    for algorithm in algorithms() {
        for (name, kind, labels) in kinds {
            models.push((format!("{algorithm}, {name}"), one(&[(kind, labels, algorithm)])));
        }
    }
    let mixed: Vec<_> = algorithms().map(|algorithm| (kinds[1].1, kinds[1].2, algorithm)).collect();
    models.push(("all algorithms in one".into(), one(&mixed)));
    models
}

/// A model with these heads; its labels are arbitrary, for no test here asks whether they are right.
pub(crate) fn one(heads: &[(HeadKind, &[&str], Algorithm)]) -> Model {
    let plan = Plan {
        about: About { name: "tiny".into(), version: "1".into(), ..About::default() },
        analysis: Analysis::default(),
        search_analysis: false,
        pruning: Pruning { min_words: 1, min_characters: 2, max_terms: None },
        heads: heads
            .iter()
            .enumerate()
            .map(|(i, (kind, labels, algorithm))| {
                let labels = LabelSet::new(labels.iter().copied()).expect("names of labels");
                let head = Head { name: format!("head {i}"), kind: *kind, labels, target: None };
                (head, HeadSettings { algorithm: *algorithm, ..HeadSettings::default() })
            })
            .collect(),
    };
    let truths: Vec<Vec<Option<Truth>>> = heads
        .iter()
        .map(|(kind, labels, _)| {
            let truth = |document: usize| match kind {
                HeadKind::OneOf => Truth::OneOf(LabelId::from(document % labels.len())),
                HeadKind::Each => {
                    Truth::Each((0..labels.len()).map(|l| Some(document.is_multiple_of(l + 2))).collect())
                }
            };
            (0..TEXTS.len()).map(|document| Some(truth(document))).collect()
        })
        .collect();
    let set = TrainingSet {
        texts: &TEXTS,
        truths: &truths,
        weights: &[1.0; TEXTS.len()],
        folds: &[],
        ..TrainingSet::default()
    };
    train(&plan, &set, |_| ()).expect("the plan is sound").model
}

/// The answers of all heads.
pub(crate) fn score(model: &Model, text: &str) -> Vec<HeadPrediction> {
    Scorer::new(model).score(text).heads.clone()
}
