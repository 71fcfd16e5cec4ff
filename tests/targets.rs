//! Models with several stances: asked for all of them, or for one target.

use moderato::label::{Head, HeadKind, LabelId, LabelSet, Truth};
use moderato::model::train::{Algorithm, HeadSettings, Plan, TrainingSet, train};
use moderato::model::{About, Model, Scorer};
use moderato::text::Analysis;

fn head(name: &str, target: Option<&str>) -> (Head, HeadSettings) {
    let labels = LabelSet::new(["favor", "against"]).expect("two names are a label set");
    let head = Head { name: name.into(), kind: HeadKind::OneOf, labels, target: target.map(Into::into) };
    (head, HeadSettings { algorithm: Algorithm::Nblr, ..HeadSettings::default() })
}

/// Heads toward a bridge and a tunnel, and one toward nothing.
fn model() -> Model {
    let texts = ["build the bridge now", "no bridge please", "build the tunnel now", "no tunnel please"];
    let truth = |label: u16| Some(Truth::OneOf(LabelId(label)));
    let truths = vec![
        vec![truth(0), truth(1), None, None],
        vec![None, None, truth(0), truth(1)],
        vec![truth(0), truth(1), truth(0), truth(1)],
    ];
    let plan = Plan {
        about: About { name: "crossings".into(), ..About::default() },
        analysis: Analysis::default(),
        search_analysis: false,
        pruning: moderato::counts::vectorizer::Pruning { min_words: 1, min_characters: 1, max_terms: None },
        heads: vec![head("bridge", Some("Old Bridge")), head("tunnel", Some("Tunnel")), head("mood", None)],
    };
    let set = TrainingSet {
        texts: &texts,
        truths: &truths,
        weights: &[1.0; 4],
        folds: &[],
        ..TrainingSet::default()
    };
    train(&plan, &set, |_| ()).expect("the plan can be trained").model
}

#[test]
fn one_target_is_answered_as_among_all() {
    let whole = model();
    let text = "please build it, the bridge and the tunnel";
    let all = Scorer::new(&whole).score(text).clone();
    let tunnel = model().toward(" tunnel ").unwrap();
    let names: Vec<&str> = tunnel.heads().iter().map(|h| h.head.name.as_str()).collect();
    assert_eq!(names, ["tunnel", "mood"]);
    assert_eq!(Scorer::new(&tunnel).score(text).heads, all.heads[1..]);
    assert_eq!(tunnel.evidence(&tunnel.heads()[0], text), whole.evidence(&whole.heads()[1], text));
    assert_eq!(tunnel.id(), whole.id());
}

#[test]
fn an_unknown_target_names_the_known_ones() {
    assert_eq!(model().targets(), ["Old Bridge", "Tunnel"]);
    let error = model().toward("Ferry").unwrap_err().to_string();
    assert!(error.ends_with("no head has target `Ferry`, expected one of `Old Bridge`, `Tunnel`"), "{error}");
}
