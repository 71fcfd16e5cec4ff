//! Requests that two readers could take for different things: where one ends and the next begins, whom it names, what
//! stands in it for somebody else to read. Each is refused, or read in the one way that no reader in front of us would
//! contradict, and nothing of a caller's comes back as a line of its own.

use crate::client::{connect, get, post, raw, request, to_end};
use crate::running::{Running, shared};
use serde_json::json;
use std::io::Write;
use std::time::{Duration, Instant};

const CALL: &str = "{\"comment\":{\"text\":\"good day\"},\"requestedAttributes\":{\"TOXICITY\":{}}}";

/// The codes of all answers on one connection.
fn codes(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(&raw(shared(), bytes)).into_owned();
    text.split("HTTP/1.1 ").skip(1).filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
}

#[test]
fn a_body_has_one_end() {
    let smuggled = "GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let chunked = format!("{:x}\r\n{CALL}\r\n0\r\n\r\n", CALL.len());
    let head = |framing: &str| format!("POST /comments:analyze HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
    for (framing, body) in [
        ("Content-Length: 5\r\nContent-Length: 6", CALL.to_owned()),
        ("Content-Length: 5, 6", CALL.to_owned()),
        ("Content-Length: +5", CALL.to_owned()),
        ("Content-Length: -1", CALL.to_owned()),
        ("Content-Length: 0x10", CALL.to_owned()),
        ("Content-Length: 18446744073709551616", CALL.to_owned()),
        ("Content-Length : 5", CALL.to_owned()),
        ("Transfer-Encoding : chunked", chunked.clone()),
        ("Transfer-Encoding: xchunked", chunked.clone()),
        ("Transfer-Encoding: chunked, identity", chunked.clone()),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", chunked.clone()),
        ("Transfer-Encoding: \u{b}chunked", chunked.clone()),
        ("X: y\rTransfer-Encoding: chunked", chunked.clone()),
        (" Transfer-Encoding: chunked", chunked.clone()),
        ("Transfer-Encoding: chunked", format!("-1\r\n{CALL}\r\n0\r\n\r\n")),
        ("Transfer-Encoding: chunked", format!("fffffffffffffffff\r\n{CALL}\r\n0\r\n\r\n")),
        ("Transfer-Encoding: chunked", format!("0x4\r\n{CALL}\r\n0\r\n\r\n")),
        ("Transfer-Encoding: chunked", format!("{:x}\r\n{CALL}0\r\n\r\n", CALL.len())),
        ("Transfer-Encoding: chunked", format!("1\n{CALL}\n0\n\n")),
        ("Transfer-Encoding: chunked", format!("4;{}\r\n", "x".repeat(1 << 20))),
    ] {
        let codes = codes(format!("{}{body}{smuggled}", head(framing)).as_bytes());
        let shown = framing.escape_debug();
        assert!(matches!(codes[..], [] | [400]), "{shown}: found {codes:?}, expected one refusal and an end");
    }
    // Both: a reader in front may go by either, so nothing that follows is read as a call.
    for framing in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked", chunked.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunked.len()),
        "Content-Length: 4\r\nTransfer-Encoding: chunked".to_owned(),
    ] {
        let codes = codes(format!("{}{chunked}{smuggled}", head(&framing)).as_bytes());
        assert!(matches!(codes[..], [] | [400] | [200]), "{framing}: {codes:?}");
    }
    // And as it should be, two.
    assert_eq!(
        codes(format!("{}{chunked}{smuggled}", head("Transfer-Encoding: chunked")).as_bytes()),
        [200, 200]
    );
    let old =
        format!("POST /comments:analyze HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}{smuggled}");
    assert!(matches!(codes(old.as_bytes())[..], [] | [400]));
}

#[test]
fn a_call_names_one_host() {
    for hosts in ["", "Host: a\r\nHost: b\r\n", "Host: a\r\nHost: a\r\n"] {
        let call = format!("GET /$discovery/rest HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        assert_eq!(codes(call.as_bytes()), [400], "{}", hosts.escape_debug());
    }
    // Of a name that is none nothing comes back.
    for host in ["a\"><script>", "a/../b", "a b", "evil.example/?", "user@evil.example", "a#b", "é"] {
        let call = format!("GET /$discovery/rest HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let found = raw(shared(), call.as_bytes());
        let text = String::from_utf8_lossy(&found).into_owned();
        assert!(text.starts_with("HTTP/1.1 400") || text.contains("\"http://localhost/\""), "{host}: {text}");
    }
}

#[test]
fn verbs_and_targets_of_any_kind_are_answered() {
    for (line, expected) in [
        ("BREW /comments:analyze", 405),
        ("GET /comments:analyze", 405),
        ("TRACE /comments:analyze", 405),
        ("PUT /v1/score", 405),
        ("POST /v1/health", 405),
        ("OPTIONS *", 404),
        ("CONNECT evil.example:80", 404),
        ("GET http://evil.example/v1/health", 200),
        ("HEAD /v1/health", 200),
        ("GET /v1/../v1/health", 404),
        ("GET /v1/%2e%2e/etc/passwd", 404),
        ("GET /v1%2fhealth", 404),
        ("GET /v1/health%00", 404),
        ("GET /v1/health/", 404),
        ("GET //v1/health", 404),
        ("GET /v1/health?../../etc/passwd", 200),
        ("POST /v1alpha1/comments%3Aanalyze", 400),
    ] {
        assert_eq!(request(shared(), line, &[], b"").code, expected, "{line}");
    }
    for bytes in [
        &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..],
        b"GET /v1/health HTTP/0.9\r\n\r\n",
        b"GET  /v1/health  HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /v1/health\r\n\r\n",
        b"GET /a\x00b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x80\x2e\x01\x03\x01",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n",
    ] {
        let found = codes(&[bytes, b"\r\n\r\n"].concat());
        assert!(matches!(found[..], [] | [400] | [400, ..]), "{}: {found:?}", bytes.escape_ascii());
    }
    let upgrade = ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: Upgrade, HTTP2-Settings"];
    let head = format!(
        "GET /v1/health HTTP/1.1\r\nHost: a\r\n{}\r\nConnection: close\r\n\r\n",
        upgrade.join("\r\n")
    );
    assert_eq!(codes(head.as_bytes()), [200], "no other protocol is spoken");
}

#[test]
fn heads_without_measure_are_refused() {
    let with = |headers: String| {
        codes(format!("GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n").as_bytes())
    };
    assert_eq!(with("X: y\r\n".repeat(90)), [200]);
    assert_eq!(with("X: y\r\n".repeat(10_000)), [431]);
    assert_eq!(with((0..10_000).map(|i| format!("X-{i}: y\r\n")).collect()), [431]);
    for long in [format!("X: {}\r\n", "y".repeat(2 << 20)), format!("{}: y\r\n", "X".repeat(2 << 20))] {
        let found = with(long);
        assert!(matches!(found[..], [] | [400] | [431]), "{found:?}");
    }
}

#[test]
fn what_a_part_is_called_writes_no_line_of_an_answer() {
    for id in [
        "<a\rX-Evil: 1>",
        "<a\r\r--batch_moderato--\r>",
        "<a\u{0}\u{7f}\u{1b}[31m>",
        "--batch_moderato--",
        "<\u{85}\u{2028}a>",
    ] {
        let body = format!(
            "--b\r\nContent-Type: application/http\r\nContent-ID: {id}\r\n\r\nPOST /comments:analyze HTTP/1.1\r\n\r\n{CALL}\r\n--b--\r\n"
        );
        let answer =
            request(shared(), "POST /batch", &["Content-Type: multipart/mixed; boundary=b"], body.as_bytes());
        assert_eq!(answer.code, 200);
        let text = String::from_utf8(answer.body).expect("UTF-8");
        // Whatever a reader takes for the end of a line.
        let lines: Vec<&str> = text.split(['\r', '\n', '\u{85}', '\u{2028}', '\u{0}']).collect();
        let evil = lines.iter().any(|line| line.starts_with("X-Evil"));
        let ends = lines.iter().filter(|line| line.starts_with("--batch_moderato--")).count();
        assert!(!evil && ends == 1 && !text.contains('\u{1b}'), "{}", text.escape_debug());
    }
    // A name that goes on and on is not sent back a hundred times.
    let part = format!("--b\r\nContent-ID: <{}>\r\n\r\nPOST /x HTTP/1.1\r\n\r\n\r\n", "a".repeat(100_000));
    let body = part.repeat(100) + "--b--";
    let answer =
        request(shared(), "POST /batch", &["Content-Type: multipart/mixed; boundary=b"], body.as_bytes());
    assert_eq!(answer.code, 200);
    assert!(answer.body.len() < 1 << 20, "found {} bytes", answer.body.len());
}

#[test]
fn a_small_decision_takes_no_large_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("decisions.db");
    let store = moderato::server::store::Store::open(&path).expect("a store").keeping_text(true);
    let mut server = Running::keeping("", Some(store));
    let decide = |n: usize, context: usize, token: usize| {
        let scores: serde_json::Map<_, _> =
            (0..n).map(|i| (format!("TOXICITY@{i}"), json!({"summaryScore": {"value": 1}}))).collect();
        let body = json!({
            "comment": {"text": "you fool"}, "attributeScores": scores, "clientToken": "t".repeat(token),
            "context": {"entries": [{"text": "é".repeat(context / 2)}]},
        });
        post(server.address, "/comments:suggestscore", &body)
    };
    // Each attribute is a row, with all that is kept of the comment.
    assert_eq!(decide(100, 1 << 20, 1024).code, 200);
    decide(101, 10, 10).is_error(400, "Too many attribute_scores: expected at most 100.");
    decide(1, 10, 1025).is_error(400, "clientToken too long: expected at most 1024 bytes.");
    assert!(server.ends_well());
    let database = moderato::server::store::Database::open_existing(&path).expect("a store");
    let kept = database.decisions().expect("it reads");
    assert_eq!(kept.len(), 100);
    assert!(
        kept.iter().all(|kept| kept.decision.said.context.as_ref().is_some_and(|text| text.len() == 4096))
    );
}

#[test]
fn who_reads_slowly_is_not_waited_for() {
    let server = Running::with("[limits]\nwrite_seconds = 1\nidle_seconds = 1");
    // Calls without end, of whose answers nothing is read: the answers fill the socket, and then the server waits.
    let names: serde_json::Map<_, _> = (0..100).map(|i| (format!("TOXICITY@{i}"), json!({}))).collect();
    let body = json!({"comment": {"text": "A b. ".repeat(500)}, "requestedAttributes": names, "spanAnnotations": true});
    let body = body.to_string();
    let call =
        format!("POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut stream = connect(server.address);
    for _ in 0..20 {
        let _ = stream.write_all(call.as_bytes());
    }
    // Others are answered, until it is gone by itself.
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.app.metrics().connections.get() > 0 {
        assert_eq!(get(server.address, "/v1/health").code, 200);
        assert!(Instant::now() < deadline, "it is still waited for");
    }
    assert!(to_end(&mut stream).starts_with(b"HTTP/1.1 200"), "a part was on its way");
}
