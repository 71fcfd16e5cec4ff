//! Evidence adds up, points into the text, and probabilities are probabilities.

use crate::tiny;
use moderato::label::HeadKind;
use moderato::model::{Model, byte_weights};
use proptest::prelude::*;
use std::sync::LazyLock;

static MODELS: LazyLock<Vec<(String, Model)>> = LazyLock::new(tiny::all);

/// Known words, unknown ones, and anything.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(&tiny::TEXTS[..]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["f o o l", "FOOOOL", "f00l", "vermin\u{200b}", "stupíd", "é", "😀"]).prop_map(str::to_owned),
        2 => any::<String>(),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn bias_and_contributions_are_the_log_odds(text in texts()) {
        for (name, model) in MODELS.iter() {
            let answers = tiny::score(model, &text);
            for (head, answer) in model.heads().iter().zip(&answers) {
                let evidence = model.evidence(head, &text);
                prop_assert_eq!(evidence.len(), answer.log_odds.len());
                for (column, log_odds) in evidence.iter().zip(&answer.log_odds) {
                    let sum = column.bias + column.terms.iter().map(|term| term.contribution).sum::<f64>();
                    prop_assert!((sum - log_odds).abs() < 1e-4, "{}: {} but {}", name, sum, log_odds);
                    prop_assert!((column.log_odds - log_odds).abs() < 1e-4);
                    let bytes: f64 = byte_weights(&column.terms, text.len()).iter().sum();
                    prop_assert!((column.bias + bytes - log_odds).abs() < 1e-4, "{}: {} in bytes", name, bytes);
                }
            }
        }
    }

    #[test]
    fn spans_lie_within_the_text_between_characters(text in texts()) {
        for (name, model) in MODELS.iter() {
            for column in model.heads().iter().flat_map(|head| model.evidence(head, &text)) {
                for term in &column.terms {
                    prop_assert!(!term.spans.is_empty(), "{}: {:?}", name, term);
                    for span in &term.spans {
                        prop_assert!(!span.is_empty() && text.get(span.clone()).is_some(), "{}: {:?}", name, term);
                    }
                }
            }
        }
    }

    #[test]
    fn probabilities_are_probabilities(text in texts()) {
        for (name, model) in MODELS.iter() {
            for (head, answer) in model.heads().iter().zip(tiny::score(model, &text)) {
                prop_assert!(answer.probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{}: {:?}", name, answer);
                let sum: f64 = answer.probabilities.iter().sum();
                let one_of = head.head.kind == HeadKind::OneOf;
                prop_assert!(!one_of || (sum - 1.0).abs() < 1e-9, "{}: {:?}", name, answer);
            }
        }
    }
}

#[test]
fn unknown_terms_do_not_change_the_scores() {
    for (name, model) in MODELS.iter() {
        for text in tiny::TEXTS {
            // Letters of a script that no training comment has, so that no part of them is known.
            let more = format!("{text} ქართული ენა");
            assert_eq!(tiny::score(model, text), tiny::score(model, &more), "{name}: {text}");
        }
    }
}
