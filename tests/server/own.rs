//! Our own answers: every head with its evidence, lines, and what an operator asks.

use crate::client::{answer, connect, get, post, request, to_end};
use crate::running::{Running, shared};
use moderato::server::ROUTES;
use serde_json::{Value, json};
use std::io::{Read, Write};

#[test]
fn every_head_answers_and_says_why() {
    let text = "😀 you fool";
    let found =
        post(shared(), "/v1/score", &json!({"id": 7, "text": text, "evidence": true, "terms": 3})).json();
    assert_eq!(found["id"], 7);
    assert_eq!(found["heads"]["incivility"]["label"], "uncivil");
    let why = &found["evidence"]["incivility"][0];
    assert_eq!(why["label"], "uncivil");
    let terms = why["terms"].as_array().expect("terms");
    assert_eq!(terms.len(), 3);
    let fool = terms.iter().find(|term| term["text"] == "fool").expect("the word that weighs");
    assert_eq!(fool["spans"], json!([{"begin": 7, "end": 11}]));
    let plain = post(shared(), "/v1/score", &json!({"text": text})).json();
    assert!(plain["evidence"].is_null() && plain["id"].is_null());
    assert_eq!(plain["heads"], found["heads"]);
}

#[test]
fn a_comment_that_is_none_is_refused() {
    let missing = "Missing text: expected the comment in a field `text`.";
    for body in [json!({}), json!({"comment": "you fool"}), json!({"text": null})] {
        post(shared(), "/v1/score", &body).is_error(400, missing);
    }
    post(shared(), "/v1/score", &json!({"text": " "})).is_error(400, "Comment must be non-empty.");
    post(shared(), "/v1/score", &json!({"text": "a".repeat((1 << 16) + 1)}))
        .is_error(400, "Comment text too long.");
    assert_eq!(request(shared(), "POST /v1/score", &[], b"{").code, 400);
}

fn lines(body: &[u8]) -> Vec<Value> {
    let answer = request(shared(), "POST /v1/lines", &["Content-Type: application/x-ndjson"], body);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson; charset=UTF-8"));
    let text = String::from_utf8(answer.body).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn lines_are_answered_in_order_and_bad_ones_in_their_places() {
    let mut body = b"{\"id\":\"a\",\"text\":\"good day\"}\r\n\n{\"id\":2}\nrubbish\n\xff\n".to_vec();
    body.extend(format!("{{\"text\":\"{}\"}}\n", "a".repeat(3 << 20)).bytes());
    body.extend(b"{\"id\":\"z\",\"text\":\"you fool\"}");
    let found = lines(&body);
    let said: Vec<Value> = found
        .iter()
        .map(|line| if line["error"].is_null() { line["id"].clone() } else { line["line"].clone() })
        .collect();
    assert_eq!(said, [json!("a"), json!(3), json!(4), json!(5), json!(6), json!("z")]);
    assert_eq!(found[1]["error"]["message"], "Missing text: expected the comment in a field `text`.");
    assert_eq!(found[4]["error"]["message"], "Comment text too long.");
    assert_eq!(found[5]["heads"]["incivility"]["label"], "uncivil");
}

#[test]
fn lines_are_answered_as_they_come() {
    let mut stream = connect(shared());
    let head =
        "POST /v1/lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("a head is taken");
    let mut received = Vec::new();
    for i in 0..3 {
        let line = format!("{{\"id\":\"line-{i}\",\"text\":\"good day\"}}\n");
        stream.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).expect("a line is taken");
        // The answer comes before the next line is sent.
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&received).contains(&format!("line-{i}")) {
            let n = stream.read(&mut buffer).expect("an answer in time");
            assert!(n > 0, "the server hung up");
            received.extend_from_slice(&buffer[..n]);
        }
    }
    stream.write_all(b"0\r\n\r\n").expect("the end is taken");
    received.extend(to_end(&mut stream));
    assert_eq!(answer(&received).body.iter().filter(|byte| **byte == b'\n').count(), 3);
}

#[test]
fn many_lines_pass_through_little_memory() {
    // A hundred times as much as a body may have elsewhere would not fit; here nothing is kept.
    let line = format!("{{\"text\":\"{}\"}}\n", "good day, you fool ".repeat(50));
    let body = line.repeat(6_000);
    assert!(body.len() > 4 << 20);
    assert_eq!(lines(body.as_bytes()).len(), 6_000);
}

#[test]
fn the_model_says_what_it_is() {
    let found = get(shared(), "/v1/model").json();
    assert!(found["model"].as_str().is_some_and(|id| id.starts_with("default@")));
    assert_eq!(found["heads"][0]["labels"], json!(["civil", "uncivil"]));
    assert!(found["attributes"].as_array().is_some_and(|names| names.contains(&json!("TOXICITY"))));
    assert_eq!(found["mapped"]["OBSCENE"], json!({"head": "attributes", "label": "profanity"}));
    let card = get(shared(), "/v1/card");
    assert_eq!((card.code, card.header("content-type")), (200, Some("text/markdown; charset=UTF-8")));
}

#[test]
fn health_readiness_and_figures_are_told() {
    assert_eq!(get(shared(), "/v1/health").json(), json!({"status": "ok"}));
    assert_eq!(get(shared(), "/v1/ready").json()["status"], "ready");
    let server = Running::with("");
    post(server.address, "/comments:analyze", &json!({}));
    post(server.address, "/v1/score", &json!({"text": "a"}));
    for path in ["/metrics", "/v1/metrics"] {
        let text = String::from_utf8(get(server.address, path).body).expect("UTF-8");
        for line in [
            "moderato_requests_total{call=\"analyze\",code=\"400\"} 1",
            "moderato_requests_total{call=\"score\",code=\"200\"} 1",
            "moderato_comments_total 1",
            "moderato_connections 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}

#[test]
fn the_description_names_every_address() {
    let described = get(shared(), "/v1/openapi.json").json();
    for (verb, path, _) in ROUTES {
        let operation = &described["paths"][*path][*verb];
        assert!(operation["summary"].is_string(), "{verb} {path} is not described");
        assert!(operation["responses"].is_object(), "{verb} {path} has no answers");
    }
    let described_paths = described["paths"].as_object().expect("paths");
    let n_described: usize =
        described_paths.values().map(|verbs| verbs.as_object().map_or(0, serde_json::Map::len)).sum();
    assert_eq!(n_described, ROUTES.len(), "something is described that there is not");
    let text = described.to_string();
    for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(described["components"]["schemas"][name].is_object(), "schema {name} is not there");
    }
}
