//! What an operator sets: keys, rates, origins; and how the server stops.

use crate::client::{answer, connect, get, post, request, to_end};
use crate::running::Running;
use moderato::perspective::CallError;
use serde_json::json;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const KEYS: &str = "
[[key]]
name = \"reader\"
key = \"r-secret\"
rights = [\"score\"]

[[key]]
name = \"desk\"
# printf d-secret | sha256sum
sha256 = \"5c7a75c4aca1fe18d2a2dd9aa8bdb9e9df5ab1e0f8f8e4cb2a7bb2c8e6f2a4a0\"
rights = [\"score\", \"decide\", \"admin\"]

[[key]]
name = \"slow\"
key = \"s-secret\"
per_second = 1
burst = 2
";

#[test]
fn keys_open_what_they_may() {
    use sha2::{Digest, Sha256};
    let hex: String = Sha256::digest(b"d-secret").iter().map(|byte| format!("{byte:02x}")).collect();
    let server = Running::with(
        &KEYS.replace("5c7a75c4aca1fe18d2a2dd9aa8bdb9e9df5ab1e0f8f8e4cb2a7bb2c8e6f2a4a0", &hex),
    );
    let ask = |path: &str, headers: &[&str]| {
        let body = json!({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}, "text": "a"});
        let verb = if path.starts_with("GET") { "" } else { "POST " };
        request(server.address, &format!("{verb}{path}"), headers, body.to_string().as_bytes())
    };
    for (path, headers, code) in [
        ("/comments:analyze?key=r-secret", &[][..], 200),
        ("/comments:analyze", &["X-Goog-Api-Key: r-secret"], 200),
        ("/comments:analyze", &["Authorization: Bearer r-secret"], 200),
        ("/comments:analyze?access_token=d-secret", &[], 200),
        ("/comments:suggestscore?key=d-secret", &[], 200),
        ("/comments:suggestscore?key=r-secret", &[], 403),
        ("/comments:analyze", &[], 403),
        ("/comments:analyze?key=", &[], 403),
        ("/comments:analyze?key=wrong", &[], 400),
        ("/v1/score?key=r-secret", &[], 200),
        ("/v1/score", &[], 403),
        ("/v1/lines", &[], 403),
        ("GET /v1/metrics?key=d-secret", &[], 200),
        ("GET /v1/metrics?key=r-secret", &[], 403),
        ("GET /v1/model", &[], 403),
        ("GET /v1/health", &[], 200),
        ("GET /v1/ready", &[], 200),
        ("GET /$discovery/rest", &[], 200),
    ] {
        assert_eq!(ask(path, headers).code, code, "{path} {headers:?}");
    }
    ask("/comments:analyze", &[]).is_error(403, "The request is missing a valid API key.");
    let wrong = ask("/comments:analyze?key=wrong", &[]);
    wrong.is_error(400, "API key not valid. Please pass a valid API key.");
    assert_eq!(wrong.json()["error"]["details"][0]["reason"], "API_KEY_INVALID");
}

/// What calls are answered that all come within a second; where the machine was too busy for that, they come again,
/// to a server that knows nothing of the first.
fn within_a_second<T>(config: &str, calls: impl Fn(SocketAddr) -> T) -> T {
    loop {
        let server = Running::with(config);
        let began = Instant::now();
        let answered = calls(server.address);
        if began.elapsed() < Duration::from_secs(1) {
            return answered;
        }
    }
}

#[test]
fn who_calls_too_often_is_told_in_the_contracts_envelope() {
    let body = json!({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}});
    let [first, second, refused] = within_a_second(KEYS, |address| {
        [(); 3].map(|()| post(address, "/comments:analyze?key=s-secret", &body))
    });
    assert_eq!((first.code, second.code), (200, 200));
    let expected = CallError::QuotaExceeded { consumer: "slow".into(), retry_after: 1 };
    refused.is_error(429, &expected.to_string());
    assert_eq!(refused.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    assert_eq!(refused.json()["error"]["details"][0]["reason"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(refused.header("retry-after"), Some("1"));
}

#[test]
fn an_address_that_calls_too_often_is_told_so_whatever_it_calls() {
    let body = json!({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}});
    let part = format!("--b\n\nPOST /comments:analyze HTTP/1.1\n\n{body}\n");
    let batch = part.repeat(4) + "--b--";
    let (first, batch, refused, others, always) =
        within_a_second("[rate]\nper_second = 1\nburst = 4", |address| {
            let ask = || post(address, "/comments:analyze", &body);
            let multipart = ["Content-Type: multipart/mixed; boundary=b"];
            (
                ask(),
                request(address, "POST /batch", &multipart, batch.as_bytes()),
                ask(),
                ["/v1/model", "/"].map(|path| get(address, path).code),
                ["/v1/health", "/v1/ready"].map(|path| get(address, path).code),
            )
        });
    assert_eq!(first.code, 200);
    // A batch of four is four calls; three are left.
    let answered = String::from_utf8(batch.body).expect("UTF-8");
    let codes: Vec<&str> = answered.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect();
    assert_eq!(codes, ["200", "200", "200", "429"]);
    let expected = CallError::QuotaExceeded { consumer: "address:127.0.0.1".into(), retry_after: 1 };
    refused.is_error(429, &expected.to_string());
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!((others, always), ([429, 429], [200, 200]));
}

#[test]
fn pages_may_call_where_that_is_set() {
    let asked = |config: &str, headers: &[&str]| {
        let server = Running::with(config);
        let answer = request(server.address, "OPTIONS /comments:analyze", headers, b"");
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    let page = ["Origin: https://news.example", "Access-Control-Request-Method: POST"];
    assert_eq!(asked("", &page), None);
    assert_eq!(asked("cors = { origins = [\"*\"] }", &page).as_deref(), Some("*"));
    let ours = "cors = { origins = [\"https://news.example\"] }";
    assert_eq!(asked(ours, &page).as_deref(), Some("https://news.example"));
    let theirs = ["Origin: https://elsewhere.example", "Access-Control-Request-Method: POST"];
    assert_ne!(asked(ours, &theirs).as_deref(), Some("https://elsewhere.example"));
}

#[test]
fn what_was_accepted_is_finished() {
    let mut server = Running::with("");
    // A call whose body is on its way while the server is told to stop.
    let mut stream = connect(server.address);
    let body = json!({"comment": {"text": "good day"}, "requestedAttributes": {"TOXICITY": {}}}).to_string();
    let head = format!(
        "POST /comments:analyze HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("a head is taken");
    let mut continued = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut continued).expect("it waits for the body");
    assert!(continued.starts_with(b"HTTP/1.1 100"));
    // And a connection on which nothing was said.
    let mut idle = connect(server.address);
    server.stop();
    assert_eq!(to_end(&mut idle), b"", "an idle connection is closed at once");
    stream.write_all(body.as_bytes()).expect("the body is still taken");
    assert_eq!(answer(&to_end(&mut stream)).code, 200);
    assert!(server.ends_well());
    assert!(std::net::TcpStream::connect(server.address).is_err(), "nobody listens any more");
}

#[test]
fn a_server_that_stops_is_not_ready() {
    let server = Running::with("");
    assert_eq!(get(server.address, "/v1/ready").code, 200);
}
