//! Many calls in one.

use crate::client::{Answer, request};
use crate::running::{Running, shared};
use moderato::perspective::batch::MAX_CALLS;
use serde_json::{Value, json};
use std::net::SocketAddr;

const TYPE: &str = "Content-Type: multipart/mixed; boundary=\"===7==\"";

/// A part as google-api-python-client writes it.
fn part(id: usize, path: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "--===7==\nContent-Type: application/http\nMIME-Version: 1.0\nContent-Transfer-Encoding: binary\n\
         Content-ID: <0b1c + {id}>\n\nPOST {path} HTTP/1.1\nContent-Type: application/json\nMIME-Version: 1.0\n\
         content-length: {}\nHost: localhost\n\n{body}\n",
        body.len()
    )
}

fn batch(address: SocketAddr, parts: &[String]) -> Answer {
    let body = parts.concat() + "--===7==--";
    request(address, "POST /batch?key=any", &[TYPE], body.as_bytes())
}

fn asking(text: &str) -> Value {
    json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "clientToken": text})
}

/// Each answer: the call it belongs to, its code and its body, as Python's client takes them apart.
fn answers(answer: &Answer) -> Vec<(String, u16, Value)> {
    let content_type = answer.header("content-type").expect("a type");
    let boundary = content_type.strip_prefix("multipart/mixed; boundary=").expect("a boundary");
    let text = String::from_utf8(answer.body.clone()).expect("UTF-8");
    let text = text.strip_suffix(&format!("--{boundary}--\r\n")).expect("a last boundary");
    let delimiter = format!("--{boundary}\r\n");
    let parts = text.split(&delimiter).skip(1);
    let read = |part: &str| {
        let (head, response) = part.split_once("\r\n\r\n").expect("headers");
        assert!(head.contains("Content-Type: application/http"), "{head}");
        let id = head.split_once("Content-ID: ").map_or("", |(_, id)| id.lines().next().expect("an id"));
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        let code = head.strip_prefix("HTTP/1.1 ").and_then(|head| head.split(' ').next()?.parse().ok());
        (id.to_owned(), code.expect("a code"), serde_json::from_str(body).expect("JSON"))
    };
    parts.map(read).collect()
}

#[test]
fn each_call_is_answered_in_its_place_under_its_name() {
    let path = "/v1alpha1/comments:analyze?key=K&alt=json";
    let parts = [
        part(1, path, &asking("you fool")),
        part(2, path, &asking("")),
        part(
            3,
            "/v1alpha1/comments:suggestscore?key=K",
            &json!({"comment": {"text": "a"},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}}, "clientToken": "b"}),
        ),
        part(4, "/elsewhere", &json!({})),
        part(5, "/comments:analyze", &asking("good day")),
    ];
    let answer = batch(shared(), &parts);
    assert_eq!(answer.code, 200);
    let found = answers(&answer);
    let codes: Vec<(&str, u16)> = found.iter().map(|(id, code, _)| (id.as_str(), *code)).collect();
    let id = |n: u8| format!("<response-0b1c + {n}>");
    let ids: Vec<String> = (1..=5).map(id).collect();
    assert_eq!(codes, ids.iter().map(String::as_str).zip([200, 400, 200, 404, 200]).collect::<Vec<_>>());
    assert_eq!(found[0].2["clientToken"], "you fool");
    assert_eq!(found[1].2["error"]["message"], "Comment must be non-empty.");
    assert_eq!(found[2].2, json!({"clientToken": "b"}));
    assert!(
        found[4].2["attributeScores"]["TOXICITY"]["summaryScore"]["value"].as_f64().expect("a value") < 0.5
    );
}

#[test]
fn a_hundred_calls_are_a_batch_and_one_more_is_not() {
    let parts: Vec<String> =
        (0..=MAX_CALLS).map(|i| part(i, "/comments:analyze", &asking("good day"))).collect();
    let found = answers(&batch(shared(), &parts[..MAX_CALLS]));
    assert_eq!(found.len(), MAX_CALLS);
    assert!(found.iter().all(|(_, code, _)| *code == 200));
    batch(shared(), &parts).is_error(400, "Failed to parse batch request: found over 100 calls");
}

#[test]
fn what_is_no_batch_is_refused() {
    let post = |headers: &[&str], body: &[u8]| request(shared(), "POST /batch", headers, body);
    for (headers, body) in [
        (&[][..], &b"{}"[..]),
        (&["Content-Type: application/json"], b"{}"),
        (&["Content-Type: multipart/mixed"], b"--a--"),
        (&[TYPE], b""),
        (&[TYPE], b"--===7==\n\nPOST /comments:analyze HTTP/1.1\n\n{}"),
        (&[TYPE], b"\xff\xfe--===7==--"),
    ] {
        let answer = post(headers, body);
        assert_eq!(answer.code, 400);
        let message = answer.json()["error"]["message"].as_str().expect("a message").to_owned();
        assert!(message.starts_with("Failed to parse batch request"), "{message}");
    }
}

#[test]
fn keys_hold_within_a_batch() {
    let config = "[[key]]\nname = \"a\"\nkey = \"k1\"\nper_second = 1\nburst = 2";
    let server = Running::with(config);
    let one = |key: &str| part(1, &format!("/comments:analyze?key={key}"), &asking("good day"));
    let found = answers(&batch(server.address, &[one("k1"), one("k2"), one("k1"), one("k1")]));
    let codes: Vec<u16> = found.iter().map(|(_, code, _)| *code).collect();
    assert_eq!(codes, [200, 400, 200, 429]);
}
