//! Coral's external moderation phase.

use crate::client::{Answer, request};
use crate::running::{Running, shared};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::net::SocketAddr;

const CONFIG: &str = "
[coral]
secrets = [\"older\", \"newer\"]

[[coral.rule]]
attribute = \"TOXICITY\"
hold = 0.7
reject = 0.97
code = \"HARASSMENT_BULLYING\"
explanation = \"Please be kind.\"

[[coral.rule]]
attribute = \"PROFANITY\"
hold = 0.9
reason = \"COMMENT_DETECTED_SPAM\"
";

fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// As Coral sends it.
fn event(body: &str) -> Value {
    json!({
        "action": "NEW",
        "comment": {"body": body, "parentID": null},
        "author": {"id": "1", "role": "COMMENTER"},
        "story": {"id": "2", "url": "https://news.example/a"},
        "site": {"id": "3"},
        "tenantID": "4",
        "tenantDomain": "news.example",
    })
}

fn send(address: SocketAddr, event: &Value, signed: impl Fn(&[u8]) -> String) -> Answer {
    let body = event.to_string();
    let header = format!("X-Coral-Signature: {}", signed(body.as_bytes()));
    request(address, "POST /v1/coral", &["Content-Type: application/json", &header], body.as_bytes())
}

#[test]
fn comments_are_passed_held_or_rejected() {
    let server = Running::with(CONFIG);
    let ask = |text: &str| send(server.address, &event(text), |body| signature("newer", body));
    let fine = ask("<p>Thank you &amp; good day</p>");
    assert_eq!((fine.code, fine.body.len()), (204, 0));
    let held = ask("<p>That was <b>rather</b> silly of you</p>").json();
    assert_eq!(held["status"], "SYSTEM_WITHHELD");
    assert_eq!(held["actions"], json!([{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]));
    assert!(held["moderationAction"].is_null());
    let rejected = ask("You stupid idiot").json();
    assert_eq!(rejected["status"], "REJECTED");
    let reason = json!({"code": "HARASSMENT_BULLYING", "detailedExplanation": "Please be kind."});
    assert_eq!(rejected["moderationAction"], json!({"status": "REJECTED", "rejectionReason": reason}));
    assert_eq!(ask("<blockquote>You stupid idiot</blockquote>").code, 200, "a quotation hides nothing");
    for empty in ["", "<p> </p>"] {
        assert_eq!(ask(empty).code, 204);
    }
}

#[test]
fn only_signed_calls_are_heard() {
    let server = Running::with(CONFIG);
    let ask = |signed: &dyn Fn(&[u8]) -> String| send(server.address, &event("good day"), signed).code;
    assert_eq!(ask(&|body| signature("older", body)), 204);
    // While a secret is being rotated there are two.
    assert_eq!(ask(&|body| format!("{},{}", signature("next", body), signature("newer", body))), 204);
    for wrong in ["", "sha256=", "sha256=00", "sha1=00"] {
        assert_eq!(ask(&|_| wrong.to_owned()), 403, "{wrong}");
    }
    assert_eq!(ask(&|body| signature("guessed", body)), 403);
    assert_eq!(ask(&|_| signature("newer", b"another body")), 403);
}

#[test]
fn what_is_no_event_is_refused() {
    let server = Running::with(CONFIG);
    let answer = send(server.address, &json!({"comment": 7}), |body| signature("newer", body));
    answer.is_error(400, "Invalid JSON payload received.");
    // Where no phase is set up there is no door.
    assert_eq!(send(shared(), &event("a"), |body| signature("newer", body)).code, 404);
}
