//! docs/coral.md, word by word: its commands are run in their order, its settings are given to a client that sends what
//! Coral sends, and what its tables say is held against what happens.

use crate::client::{Answer, request};
use crate::program::Program;
use crate::shapes::Coral;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coral.md")).expect("the page")
}

/// What follows `$ ` in `console` blocks.
fn commands(page: &str) -> Vec<&str> {
    blocks(page, "console")
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("$ "))
        .collect()
}

/// The blocks of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(opening.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The rows of the table that begins with this cell, its head left out; cells without their backticks.
fn table<'p>(page: &'p str, first: &str) -> Vec<Vec<&'p str>> {
    let begins = format!("| {first} |");
    let lines = page.lines().skip_while(|line| !line.starts_with(&begins)).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|'));
    let cells =
        |line: &'p str| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
    let rows: Vec<Vec<&str>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "found no table that begins with `{first}`");
    rows
}

/// Where the page lets moderato listen.
const ADDRESS: &str = "127.0.0.1:8080";

/// A desk that follows the page.
struct Desk {
    folder: TempDir,
    server: Option<Program>,
}

impl Desk {
    fn address(&self) -> SocketAddr {
        self.server.as_ref().expect("the page has started one").address
    }

    /// The page's words, with the free port in place of the page's.
    fn here(&self, text: &str) -> String {
        text.replace(ADDRESS, &self.address().to_string())
    }

    /// Starts serving as the page says, but for the port; who served until now is told to stop.
    fn serve(&mut self, command: &str) {
        if let Some(mut server) = self.server.take() {
            server.signal("TERM");
            server.logged("stopped");
        }
        let mut words = command.replace(ADDRESS, "127.0.0.1:0");
        if !words.contains("--listen") {
            // The address stands in the file of settings.
            words += " --listen 127.0.0.1:0";
        }
        let mut process = Command::new(env!("CARGO_BIN_EXE_moderato"));
        process.args(words.split_whitespace().skip(1)).current_dir(self.folder.path());
        self.server = Some(Program::run(process));
    }

    /// Runs any other command of the page; what it printed, if its program is there.
    fn run(&self, command: &str) -> Option<String> {
        let program = Path::new(env!("CARGO_BIN_EXE_moderato")).parent().expect("it is in a folder");
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-ec", &self.here(command)])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .output()
            .expect("a shell runs");
        if output.status.code() == Some(127) && command.starts_with("curl ") {
            return None;
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "$ {command}\n{stderr}");
        Some(String::from_utf8(output.stdout).expect("UTF-8"))
    }

    /// Coral, set up as the page's table says.
    fn coral(&self, page: &str) -> Coral {
        let settings = table(page, "setting in Coral");
        let value = |name: &str| {
            let row = settings.iter().find(|row| row[0] == name);
            row.unwrap_or_else(|| panic!("the page does not say what `{name}` is"))[1].to_owned()
        };
        assert!(form_takes(&value("Custom endpoint")));
        assert_eq!(value("Send feedback to Google"), "on");
        Coral {
            endpoint: self.here(&value("Custom endpoint")),
            key: Some(value("API key")).filter(|key| !key.is_empty()).expect("Coral needs a key"),
            model: value("Model"),
            threshold: value("Toxicity threshold").parse().expect("a number"),
            locale: "en-US",
        }
    }
}

/// Whether the form of Coral's settings takes an address: a host is `localhost` or has a dot.
fn form_takes(endpoint: &str) -> bool {
    let host =
        endpoint.split("://").nth(1).and_then(|rest| rest.split([':', '/']).next()).unwrap_or_default();
    host == "localhost" || host.contains('.')
}

/// Comments as Coral's site would have them, and whether its moderators rejected them.
fn comments() -> Vec<(String, bool)> {
    let streets = ["mill", "church", "station", "river", "garden", "market", "bridge"];
    let comment = |i: usize| match i % 4 {
        0 => (format!("you stupid idiots of {} street, number {i}", streets[i % 7]), true),
        1 => (format!("a lovely evening in {} street, number {i}", streets[i % 7]), false),
        2 => (format!("what a fool, go back to {} street, number {i}", streets[i % 7]), true),
        _ => (format!("thank you for number {i} on the lamps in {} street", streets[i % 7]), false),
    };
    (0..160).map(comment).collect()
}

/// What mongoexport writes of them.
fn exported() -> String {
    let row = |(i, (text, rejected)): (usize, (String, bool))| {
        let score = if rejected { 0.84 } else { 0.04 } + (i % 15) as f64 / 100.0;
        let metadata = json!({"perspective": {"score": score, "model": "TOXICITY"}});
        let revision = json!({"id": "r", "body": format!("<div>{text}</div>"), "metadata": metadata});
        let comment = json!({
            "id": format!("c{i}"), "storyID": "s", "authorID": "u", "revisions": [revision],
            "status": if rejected { "REJECTED" } else { "APPROVED" },
            "createdAt": {"$date": "2026-05-12T14:02:00Z"},
        });
        format!("{comment}\n")
    };
    comments().into_iter().enumerate().map(row).collect()
}

/// An event of the second door, signed with the page's secret.
fn event(desk: &Desk, page: &str, text: &str) -> Answer {
    let secret =
        blocks(page, "toml")[0].split("secrets = [\"").nth(1).and_then(|rest| rest.split('"').next());
    let body = json!({
        "action": "NEW", "comment": {"body": text, "parentID": null},
        "author": {"id": "1", "role": "COMMENTER"}, "story": {"id": "2", "url": "https://news.example/a"},
        "site": {"id": "3"}, "tenantID": "4", "tenantDomain": "news.example",
    });
    let body = body.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(secret.expect("a secret").as_bytes()).expect("a key");
    let hex: String =
        mac.chain_update(&body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let path = page.split(&format!("http://{ADDRESS}")).find(|rest| rest.starts_with("/v1/coral"));
    let path = path.and_then(|rest| rest.split('`').next()).expect("the page names the second door");
    let signature = format!("X-Coral-Signature: sha256={hex}");
    request(
        desk.address(),
        &format!("POST {path}"),
        &["Content-Type: application/json", &signature],
        body.as_bytes(),
    )
}

#[test]
fn the_page_holds_as_written() {
    let page = page();
    let mut desk = Desk { folder: tempfile::tempdir().expect("a folder"), server: None };
    let file = |desk: &Desk, name: &str, text: &str| {
        std::fs::write(desk.folder.path().join(name), text).expect("a file is written");
    };
    let mut seen = Vec::new();
    for command in commands(&page) {
        let words: Vec<&str> = command.split_whitespace().take(2).collect();
        match (words[0], words[1]) {
            ("moderato", "serve") => {
                file(&desk, "serve.toml", blocks(&page, "toml")[0]);
                desk.serve(command);
                let coral = desk.coral(&page);
                for row in table(&page, "comment") {
                    let expected = row[1] == "withholds it";
                    assert_eq!(coral.withholds(row[0]), Some(expected), "$ {command}\n{}", row[0]);
                }
                if command.contains("serve.toml") {
                    assert_eq!(event(&desk, &page, "Thank you and good day").code, 204);
                    let rejected = event(&desk, &page, "You stupid idiot").json();
                    assert_eq!(rejected["moderationAction"]["rejectionReason"]["code"], "ABUSIVE");
                }
            }
            ("moderato", "migrate") => {
                file(&desk, "coral-comments.jsonl", &exported());
                let table = desk.run(command).expect("moderato runs");
                assert!(table.contains("0.80") && table.contains("as many at"), "{table}");
            }
            ("moderato", "decisions") => {
                // What the moderators have decided by then.
                let coral = desk.coral(&page);
                for (i, (text, rejected)) in comments().iter().enumerate() {
                    assert!(coral.feedback(&format!("c{i}"), text, !rejected), "{text}");
                }
                let table = desk.run(command).expect("moderato runs");
                assert!(table.contains("160"), "{table}");
            }
            ("moderato", "train") => {
                desk.run(command);
                assert!(desk.folder.path().join("desk.safetensors").exists());
            }
            ("curl", _) => {
                let Some(out) = desk.run(command) else { continue };
                let expected = if command.contains("metrics") {
                    "moderato_requests_total"
                } else {
                    "\"attributeScores\""
                };
                assert!(out.contains(expected), "$ {command}\n{out}");
            }
            _ => panic!("the page runs `{command}`, which this test does not follow"),
        }
        seen.push(words[1]);
    }
    for needed in ["serve", "migrate", "decisions", "train"] {
        assert!(seen.contains(&needed), "the page has lost its command `{needed}`");
    }
    // Who asks for erasure, in the words of the page, with an id of Coral's.
    let forget =
        page.split('`').find(|code| code.starts_with("moderato decisions forget")).expect("the command");
    let erased = desk.run(&forget.replace("comment:ID", "comment:c0")).expect("moderato runs");
    assert!(erased.starts_with("erased 1 decision"), "{erased}");
}

#[test]
fn addresses_fare_with_corals_form_as_the_page_says() {
    for row in table(&page(), "custom endpoint") {
        assert_eq!(form_takes(row[0]), row[1] == "takes it", "{}", row[0]);
        assert!(row[0].ends_with("/v1alpha1"));
    }
}

#[test]
fn a_key_that_lacks_the_right_or_a_strict_language_lets_comments_pass() {
    // What the page warns of is so.
    let server = crate::running::Running::with("strict_language = true");
    let coral = Coral { locale: "de", ..Coral::at(server.address) };
    assert_eq!(coral.withholds("You stupid idiot"), None, "a refused comment passes");
    let server = crate::running::Running::with("[[key]]\nname = \"a\"\nkey = \"b\"");
    assert_eq!(Coral::at(server.address).withholds("You stupid idiot"), None);
    let coral = Coral { key: "b".into(), ..Coral::at(server.address) };
    assert_eq!(coral.withholds("You stupid idiot"), Some(true));
    assert!(
        coral.feedback("1", "You stupid idiot", false),
        "a key may score and decide unless it is told otherwise"
    );
}
