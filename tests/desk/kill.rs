//! `kill -9` in the middle of decisions: what was acknowledged is there.

use crate::serving::{Desk, call};
use moderato::server::store::Database;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const CALLERS: usize = 8;
const ROUNDS: usize = 4;
const ACKNOWLEDGED_A_ROUND: usize = 200;

fn decision(token: &str) -> String {
    json!({
        "comment": {"text": format!("a remark of {token}")},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}, "INSULT": {"summaryScore": {"value": 0}}},
        "communityId": "Coral:https://news.example",
        "clientToken": token,
    })
    .to_string()
}

/// Sends one decision on an open connection; whether it was acknowledged.
fn decide(stream: &mut TcpStream, token: &str) -> bool {
    let body = decision(token);
    let head = format!(
        "POST /v1alpha1/comments:suggestscore?key=k HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    if stream.write_all(format!("{head}{body}").as_bytes()).is_err() {
        return false;
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    // The answer's body echoes the token, so it has come whole when it ends in a brace.
    while !answer.ends_with(b"}") {
        match stream.read(&mut buffer) {
            Ok(n) if n > 0 => answer.extend_from_slice(&buffer[..n]),
            _ => return false,
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}

/// Decides without pause until the connection breaks.
fn load(address: SocketAddr, name: &str, n_done: &AtomicUsize, done: &Mutex<BTreeSet<String>>) {
    let Ok(mut stream) = TcpStream::connect(address) else { return };
    for i in 0.. {
        let token = format!("{name}-{i}");
        if !decide(&mut stream, &token) {
            return;
        }
        done.lock().expect("nobody panicked").insert(token);
        n_done.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn every_acknowledged_decision_survives_a_kill() {
    let desk = Desk::new();
    let done = Mutex::new(BTreeSet::new());
    for round in 0..ROUNDS {
        let mut serving = desk.serve(&["--keep-text"]);
        let n_done = AtomicUsize::new(0);
        let address = serving.address;
        std::thread::scope(|scope| {
            for caller in 0..CALLERS {
                let (n_done, done) = (&n_done, &done);
                scope.spawn(move || load(address, &format!("{round}-{caller}"), n_done, done));
            }
            while n_done.load(Ordering::SeqCst) < ACKNOWLEDGED_A_ROUND {
                std::thread::yield_now();
            }
            // In the middle of it: every caller has a decision on its way.
            serving.kill();
        });
    }
    let done = done.into_inner().expect("nobody panicked");
    assert!(done.len() >= ROUNDS * ACKNOWLEDGED_A_ROUND);
    let kept = Database::open_existing(&desk.path("desk.db"))
        .expect("the store opens")
        .decisions()
        .expect("it reads");
    let of = |attribute: &str| -> BTreeSet<&str> {
        let of = kept.iter().map(|d| &d.decision).filter(|d| d.attribute == attribute);
        of.map(|d| d.said.client_token.as_str()).collect()
    };
    let (toxicity, insult) = (of("TOXICITY"), of("INSULT"));
    let lost: Vec<&String> = done.iter().filter(|token| !toxicity.contains(token.as_str())).collect();
    assert_eq!(lost, Vec::<&String>::new(), "acknowledged and lost");
    assert_eq!(toxicity, insult, "a call's decisions are kept together or not at all");
    assert!(kept.iter().all(|d| d.decision.said.text.is_some() && d.decision.probability.is_some()));
}

#[test]
fn a_damaged_store_is_refused() {
    let desk = Desk::new();
    desk.file(
        "desk.db",
        "this is no database, and never was one; it is only long enough to look like a file",
    );
    let (code, _, said) = desk.run(&["serve", "--listen", "127.0.0.1:0", "--store", "desk.db"]);
    assert_eq!(code, 2);
    assert!(said.contains("desk.db: damaged or no database, expected a store of decisions"), "{said}");
    std::fs::remove_file(desk.path("desk.db")).expect("it was there");
}

#[test]
fn a_store_that_cannot_be_written_costs_no_score() {
    let desk = Desk::new();
    let serving = desk.serve(&[]);
    let ask = || {
        let body =
            json!({"comment": {"text": "you fool"}, "requestedAttributes": {"TOXICITY": {}}}).to_string();
        call(serving.address, "POST", "/v1alpha1/comments:analyze", &[], &body).code
    };
    let decide =
        || call(serving.address, "POST", "/v1alpha1/comments:suggestscore", &[], &decision("a")).code;
    assert_eq!((ask(), decide()), (200, 200));
    // Somebody else holds the file: the decision waits, and is refused in the end; scores do not wait.
    let other = rusqlite::Connection::open(desk.path("desk.db")).expect("it opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("it locks");
    std::thread::scope(|scope| {
        let refused = scope.spawn(decide);
        while !refused.is_finished() {
            assert_eq!(ask(), 200);
        }
        assert_eq!(refused.join().expect("an answer"), 503);
    });
    other.execute_batch("COMMIT").expect("it unlocks");
    assert_eq!((ask(), decide()), (200, 200), "and kept again when the file is free");
    drop(other);
    // The file is moved away: what would be written to it is nowhere to be found.
    std::fs::rename(desk.path("desk.db"), desk.path("away.db")).expect("it moves");
    assert_eq!((ask(), decide(), ask(), decide()), (200, 503, 200, 503));
    assert!(!desk.path("desk.db").exists(), "no other is made in its place");
    std::fs::rename(desk.path("away.db"), desk.path("desk.db")).expect("it moves");
    assert_eq!(decide(), 200);
}
