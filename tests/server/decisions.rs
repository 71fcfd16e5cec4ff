//! `comments:suggestscore`: what was decided comes in, and is kept.

use crate::client::post;
use crate::running::{Running, shared};
use moderato::server::store::{Database, Store};
use serde_json::json;

#[test]
fn decisions_are_taken_in_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("decisions.sqlite");
    let store = Store::open(&path).expect("a store").keeping_text(true);
    let mut server = Running::keeping("", Some(store));
    // As Coral sends it.
    let body = json!({
        "comment": {"text": "you fool"},
        "context": {"entries": [{"text": "{\"url\":\"https://news.example/a\",\"Coral_comment_id\":\"7\"}"}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "languages": ["en"],
        "communityId": "Coral:https://news.example",
        "clientToken": "comment:7",
    });
    for path in ["/v1alpha1/comments:suggestscore?key=any", "/comments:suggestscore"] {
        let answer = post(server.address, path, &body);
        assert_eq!(answer.code, 200, "{}", answer.json());
        assert_eq!(answer.json(), json!({"clientToken": "comment:7", "requestedLanguages": ["en"]}));
    }
    let mut secret = body;
    secret["doNotStore"] = true.into();
    secret["clientToken"] = "comment:8".into();
    assert_eq!(post(server.address, "/comments:suggestscore", &secret).code, 200);
    assert!(server.ends_well());
    drop(server);
    let kept = Database::open(&path).expect("the same store").decisions().expect("decisions");
    let last = &kept[1].decision;
    assert_eq!(
        (&*last.said.community, &*last.said.client_token, &*last.attribute, last.value),
        ("Coral:https://news.example", "comment:7", "TOXICITY", 1.0)
    );
    assert!(last.model.starts_with("default@") && last.probability.is_some_and(|p| p > 0.5), "{last:?}");
    assert_eq!(last.said.text.as_deref(), Some("you fool"));
    assert!(last.said.context.as_deref().is_some_and(|context| context.contains("Coral_comment_id")));
    assert_eq!(
        (kept[2].decision.said.text.as_deref(), kept[2].decision.said.context.as_deref()),
        (None, None)
    );
}

#[test]
fn malformed_decisions_are_refused() {
    for (body, message) in [
        (json!({}), "Comment must be non-empty."),
        (json!({"comment": {"text": "a"}}), "Missing attribute_scores"),
        (json!({"comment": {"text": "a"}, "attributeScores": {}}), "Missing attribute_scores"),
        (
            json!({"comment": {"text": "a"}, "attributeScores": {"TOXICITY": {}}}),
            "Missing score of attribute TOXICITY",
        ),
        (
            json!({"comment": {"text": "a"}, "attributeScores": {"A": {"summaryScore": {"value": 2}}}}),
            "Score of attribute A out of range: expected a probability from 0 to 1",
        ),
        // What nobody may ask for, nobody decides on.
        (
            json!({"comment": {"text": "a"}, "attributeScores": {
                "TOXICITY": {"summaryScore": {"value": 1}}, "BANANA": {"summaryScore": {"value": 1}}}}),
            "Unknown requested attribute: BANANA",
        ),
    ] {
        let answer = post(shared(), "/comments:suggestscore", &body);
        answer.is_error(400, message);
        assert_eq!(answer.json()["error"]["status"], "INVALID_ARGUMENT");
    }
}

#[test]
fn whatever_may_be_asked_for_may_be_decided_on() {
    // Labels, neighbours, versions, and names of Perspective's that a later model may have a label for.
    for name in ["TOXICITY", "TOXICITY@6", "OBSCENE", "LIKELY_TO_REJECT", "SPAM", "INCIVILITY"] {
        let body =
            json!({"comment": {"text": "a"}, "attributeScores": {name: {"summaryScore": {"value": 1}}}});
        assert_eq!(post(shared(), "/comments:suggestscore", &body).code, 200, "{name}");
    }
}
