//! What is recorded of the endpoint we replace and of a model on trial, and whose answer callers get.

use crate::serving::{Desk, endpoint};
use moderato::server::store::{Database, NewComment, Source};
use serde_json::{Value, json};
use std::sync::mpsc;

const THEIRS: &str =
    r#"{"attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.123, "type": "PROBABILITY"}}}}"#;

fn ask(token: &str, do_not_store: bool) -> Value {
    json!({
        "comment": {"text": "you fool"},
        "requestedAttributes": {"TOXICITY": {}},
        "clientToken": token,
        "doNotStore": do_not_store,
    })
}

fn score(answer: &Value) -> f64 {
    answer.pointer("/attributeScores/TOXICITY/summaryScore/value").and_then(Value::as_f64).expect("a score")
}

/// Milliseconds for an endpoint that does answer, however busy the machine is.
const PATIENT: &str = "60000";

/// The recorded comments, once there are `n`.
fn recorded(desk: &Desk, n: usize) -> Vec<NewComment> {
    let database = Database::open_existing(&desk.path("desk.db")).expect("the store");
    loop {
        let comments = database.comments().expect("it reads");
        if comments.len() >= n {
            return comments.into_iter().map(|c| c.comment).collect();
        }
        std::thread::yield_now();
    }
}

fn sources(comment: &NewComment) -> Vec<(Source, bool)> {
    comment.scores.iter().map(|s| (s.source, s.value == 0.123)).collect()
}

#[test]
fn callers_get_their_answer_while_they_answer_and_both_are_recorded() {
    let desk = Desk::new();
    let (heard, calls) = mpsc::channel();
    let url = format!("http://{}/v1alpha1", endpoint(200, THEIRS, heard));
    let serving = desk.serve(&["--keep-text", "--record", &url, "--record-patience", PATIENT]);
    let answer = serving.post("/v1alpha1/comments:analyze?key=a%26b", &ask("a", false));
    assert_eq!((answer.code, score(&answer.json())), (200, 0.123));
    let (head, body) = calls.recv().expect("it was asked");
    assert!(head.starts_with("POST /v1alpha1/comments:analyze?key=a%26b HTTP/1.1"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(&body).expect("JSON"), ask("a", false));
    // Of what must not be stored nothing but scores is kept.
    assert_eq!(score(&serving.post("/comments:analyze", &ask("b", true)).json()), 0.123);
    let comments = recorded(&desk, 2);
    assert_eq!(sources(&comments[0]), [(Source::Ours, false), (Source::Theirs, true)]);
    assert_eq!(
        (comments[0].said.text.as_deref(), comments[0].said.client_token.as_str()),
        (Some("you fool"), "a")
    );
    assert_eq!(sources(&comments[1]), [(Source::Ours, false), (Source::Theirs, true)]);
    assert_eq!((comments[1].said.text.as_deref(), comments[1].said.client_token.as_str()), (None, ""));
}

#[test]
fn where_they_do_not_answer_we_do() {
    for (code, answer) in [(429, THEIRS), (200, "")] {
        let desk = Desk::new();
        let (heard, _calls) = mpsc::channel();
        let url = format!("http://{}", endpoint(code, answer, heard));
        let serving = desk.serve(&["--record", &url]);
        let answer = serving.post("/comments:analyze", &ask("a", false));
        if code == 429 {
            assert!(score(&answer.json()) > 0.5, "{answer:?}");
        }
        assert_eq!(sources(&recorded(&desk, 1)[0]), [(Source::Ours, false)]);
    }
    // Nobody there at all.
    let desk = Desk::new();
    let serving = desk.serve(&["--record", "http://127.0.0.1:1"]);
    assert!(score(&serving.post("/comments:analyze", &ask("a", false)).json()) > 0.5);
    assert_eq!(recorded(&desk, 1).len(), 1);
}

#[test]
fn ours_may_be_the_answer_from_the_first_day() {
    let desk = Desk::new();
    let (heard, calls) = mpsc::channel();
    let url = format!("http://{}", endpoint(200, THEIRS, heard));
    desk.file("key", "their-key\n");
    desk.file("serve.toml", "[[key]]\nname = \"coral\"\nkey = \"our-key\"\n");
    let recording = ["--record", &url, "--record-patience", PATIENT, "--record-key", "key"];
    let serving = desk.serve(&[&["--config", "serve.toml", "--answer", "ours"], &recording[..]].concat());
    let answer = serving.post("/comments:analyze?key=our-key", &ask("a", false));
    assert!(score(&answer.json()) > 0.5);
    assert_eq!(sources(&recorded(&desk, 1)[0]), [(Source::Ours, false), (Source::Theirs, true)]);
    let (head, _) = calls.recv().expect("it was asked");
    assert!(head.contains("key=their-key") && !head.contains("our-key"), "{head}");
}

#[test]
fn a_model_on_trial_is_recorded_and_not_heard() {
    let desk = Desk::new();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/default.safetensors");
    let serving = desk.serve(&["--shadow", model]);
    let ours = score(&serving.post("/comments:analyze", &ask("a", false)).json());
    let comment = recorded(&desk, 1).remove(0);
    assert_eq!(comment.scores.iter().map(|s| s.source).collect::<Vec<_>>(), [Source::Ours, Source::Shadow]);
    assert!((comment.scores[0].value - ours).abs() < 1e-6);
    assert_eq!(comment.scores[0].value, comment.scores[1].value, "it is the same model");
    assert_eq!(comment.said.text, None, "texts are not kept");
    let (code, _, said) = desk.run(&["serve", "--shadow", model]);
    assert_eq!(code, 2);
    assert!(said.contains("expected `--store`"), "{said}");
}
