//! What comes from a world that means no good: each is refused or outwaited, and others are answered meanwhile.

use crate::client::{answer, connect, get, post, raw, request, to_end};
use crate::running::{Running, shared};
use proptest::prelude::*;
use serde_json::json;
use std::io::Write;
use std::net::{Shutdown, SocketAddr};

/// Fails unless the server answers somebody else.
#[track_caller]
fn answers_others(address: SocketAddr) {
    let body = json!({"comment": {"text": "good day"}, "requestedAttributes": {"TOXICITY": {}}});
    assert_eq!(post(address, "/comments:analyze", &body).code, 200);
}

#[test]
fn bodies_that_are_no_calls_are_refused() {
    let deep = ["[".repeat(500_000), "{\"comment\":".repeat(100_000), "{\"x\":[".repeat(100_000)];
    let mut bodies: Vec<Vec<u8>> = deep.map(String::into_bytes).into();
    for body in [
        "",
        "null",
        "[]",
        "\"a\"",
        "{",
        "{\"comment\"",
        "{\"comment\":{\"text\":[]}}",
        "{\"comment\":{\"text\":{\"a\":1}}}",
        "{\"comment\":7}",
        "{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":\"TOXICITY\"}",
        "{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":{\"TOXICITY\":1}}",
        "{\"comment\":{\"text\":\"a\"},\"requestedAttributes\":{\"TOXICITY\":{\"scoreThreshold\":{}}}}",
        "{\"comment\":{\"text\":\"\\ud800\"},\"requestedAttributes\":{\"TOXICITY\":{}}}",
        "{\"comment\":{\"text\":\"a\"},\"languages\":{}}",
        "{} {}",
        "{\"comment\":{\"text\":\"a\"},\"comment\":{\"text\":\"b\"}}",
    ] {
        bodies.push(body.as_bytes().to_vec());
    }
    bodies.push(b"{\"comment\":{\"text\":\"\xff\xfe\"},\"requestedAttributes\":{\"TOXICITY\":{}}}".to_vec());
    bodies.push(vec![0; 1000]);
    for path in ["/v1alpha1/comments:analyze", "/comments:suggestscore", "/v1/score"] {
        for body in &bodies {
            let answer = request(shared(), &format!("POST {path}"), &[], body);
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!(answer.code, 400, "{path} {shown}: {}", answer.json());
            assert_eq!(answer.json()["error"]["status"], "INVALID_ARGUMENT");
            let message = answer.json()["error"]["message"].to_string();
            assert!(!message.contains("struct"), "{path} {shown}: {message}");
        }
    }
    answers_others(shared());
}

#[test]
fn bodies_that_are_too_large_are_not_read() {
    let body = vec![b' '; 5 << 20];
    let head = "POST /comments:analyze HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let whole = [format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat();
    answer(&raw(shared(), &whole)).is_error(413, "Request payload size exceeds the limit: 4194304 bytes.");
    // Nor waited for: what is announced is enough.
    let mut connection = connect(shared());
    let announced = format!("{head}Content-Length: 5000000000\r\n\r\nabc");
    connection.write_all(announced.as_bytes()).expect("a head is taken");
    assert_eq!(answer(&to_end(&mut connection)).code, 413);
    // And in pieces, without a length.
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..80 {
        chunked.extend(format!("{:x}\r\n", 1 << 16).bytes());
        chunked.extend(&body[..1 << 16]);
        chunked.extend(b"\r\n");
    }
    assert_eq!(answer(&raw(shared(), &chunked)).code, 413);
    answers_others(shared());
}

#[test]
fn many_names_in_one_call_are_refused() {
    let names: serde_json::Map<_, _> = (0..5000).map(|i| (format!("A{i}"), json!({}))).collect();
    let answer =
        post(shared(), "/comments:analyze", &json!({"comment": {"text": "a"}, "requestedAttributes": names}));
    assert_eq!(answer.code, 400);
}

#[test]
fn a_small_call_has_no_huge_answer() {
    let names: serde_json::Map<_, _> = (0..100).map(|i| (format!("TOXICITY@{i}"), json!({}))).collect();
    let body = json!({
        "comment": {"text": "A b. ".repeat(4000)}, "requestedAttributes": names, "spanAnnotations": true,
    });
    let answer = post(shared(), "/comments:analyze", &body);
    assert_eq!(answer.code, 200);
    assert!(answer.body.len() < 8 << 20, "found {} bytes", answer.body.len());
}

#[test]
fn what_is_not_http_is_hung_up_on() {
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
    ] {
        let found = raw(shared(), bytes);
        assert!(
            found.is_empty() || found.starts_with(b"HTTP/1.1 400"),
            "{}",
            String::from_utf8_lossy(&found)
        );
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(1 << 20));
    assert!(!raw(shared(), long.as_bytes()).starts_with(b"HTTP/1.1 200"));
    answers_others(shared());
}

#[test]
fn who_sends_slowly_is_not_waited_for() {
    let server = Running::with("[limits]\nidle_seconds = 1\nbody_seconds = 1");
    let mut silent = connect(server.address);
    let mut head = connect(server.address);
    head.write_all(b"POST /comments:analyze HTTP/1.1\r\nHo").expect("a part of a head");
    let mut body = connect(server.address);
    body.write_all(b"POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{\"com")
        .expect("a part");
    let mut batch = connect(server.address);
    batch
        .write_all(b"POST /batch HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Length: 50\r\n\r\n--b")
        .expect("a part");
    let mut lines = connect(server.address);
    lines
        .write_all(b"POST /v1/lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 50\r\n\r\n{\"text\":\"a\"}\n{")
        .expect("a part");
    answers_others(server.address);
    assert_eq!(to_end(&mut silent), b"");
    let found = to_end(&mut head);
    assert!(found.is_empty() || found.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&found));
    for late in [&mut body, &mut batch] {
        answer(&to_end(late)).is_error(408, "The request body did not arrive in time.");
    }
    let found = answer(&to_end(&mut lines)).body;
    let found = String::from_utf8(found).expect("UTF-8");
    let found: Vec<&str> = found.lines().collect();
    assert!(
        found[0].contains("\"heads\"") && found[1].starts_with("{\"line\":2,\"error\":{\"code\":408"),
        "{found:?}"
    );
    answers_others(server.address);
}

#[test]
fn who_has_said_everything_may_close_that_side() {
    let body = json!({"comment": {"text": "good day"}, "requestedAttributes": {"TOXICITY": {}}}).to_string();
    let mut stream = connect(shared());
    let head =
        format!("POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).expect("a call is taken");
    stream.shutdown(Shutdown::Write).expect("one side is closed");
    assert_eq!(answer(&to_end(&mut stream)).code, 200);
    // And in the middle of a body.
    let mut stream = connect(shared());
    stream.write_all(head.as_bytes()).expect("a head is taken");
    stream.write_all(b"{\"comm").expect("a part is taken");
    stream.shutdown(Shutdown::Write).expect("one side is closed");
    let found = to_end(&mut stream);
    assert!(found.is_empty() || found.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&found));
    answers_others(shared());
}

#[test]
fn who_says_nothing_makes_room_for_others() {
    let server = Running::with("[limits]\nconnections = 50");
    let idle: Vec<_> = (0..300).map(|_| connect(server.address)).collect();
    for _ in 0..3 {
        answers_others(server.address);
    }
    assert!(server.app.metrics().evicted.get() >= 250);
    drop(idle);
}

#[test]
fn calls_on_one_connection_are_answered_in_order() {
    let call = |token: usize| {
        let body = json!({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}, "clientToken": token.to_string()});
        let body = body.to_string();
        let close = if token == 9 { "Connection: close\r\n" } else { "" };
        format!(
            "POST /comments:analyze HTTP/1.1\r\nHost: a\r\n{close}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let all: String = (0..10).map(call).collect();
    let found = String::from_utf8(raw(shared(), all.as_bytes())).expect("UTF-8");
    let tokens: Vec<&str> =
        found.split("\"clientToken\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(tokens, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn paths_and_queries_of_any_kind_are_answered() {
    for path in [
        "/../../etc/passwd",
        "/%00",
        "/v1alpha1/comments:",
        "/batch/",
        "//",
        "/nothing?key=%ff%fe&fields=%",
        "/%",
    ] {
        assert_eq!(get(shared(), path).code, 404, "{path}");
    }
    let query = "?key=%ff&fields=%ff%fe&prettyPrint=%";
    let answer = post(shared(), &format!("/comments:analyze{query}"), &json!({}));
    assert_eq!(answer.code, 400);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_bytes_leave_the_server_standing(
        start in prop_oneof![
            Just("POST /comments:analyze HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"),
            Just("POST /batch HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Length: 40\r\n\r\n--b\r\n"),
            Just("POST /v1/lines HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"),
            Just("GET /$discovery/rest HTTP/1.1\r\nHost: "),
            Just(""),
        ],
        rest in proptest::collection::vec(any::<u8>(), 40..80),
    ) {
        let mut stream = connect(shared());
        let _ = stream.write_all(&[start.as_bytes(), &rest].concat());
        let _ = stream.shutdown(Shutdown::Write);
        let found = to_end(&mut stream);
        prop_assert!(found.is_empty() || found.starts_with(b"HTTP/1.1 "));
        prop_assert!(!found.starts_with(b"HTTP/1.1 500"));
        prop_assert_eq!(get(shared(), "/v1/health").code, 200);
    }
}
