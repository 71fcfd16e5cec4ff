//! What Perspective's clients send, byte by byte, and how they read what comes back.
//!
//! The clients that can be installed are run themselves (`clients.rs`); these run inside other people's programs.

use crate::client::{Answer, answer, raw};
use crate::running::{Running, shared};
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// A call as a client writes it: its own headers, and the length and the connection's end that all of them send.
fn send(address: SocketAddr, target: &str, headers: &[&str], body: &Value) -> Answer {
    let body = body.to_string();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let head = format!(
        "POST {target} HTTP/1.1\r\n{headers}Content-Length: {}\r\nHost: {address}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    answer(&raw(address, format!("{head}{body}").as_bytes()))
}

/// Coral's settings of Perspective, and what Coral 9 does with them.
#[derive(Debug, Clone)]
pub(crate) struct Coral {
    /// The custom endpoint; what follows host and port is kept in front of the call.
    pub(crate) endpoint: String,
    pub(crate) key: String,
    pub(crate) model: String,
    /// In percent.
    pub(crate) threshold: f64,
    pub(crate) locale: &'static str,
}

impl Coral {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            endpoint: format!("http://{address}/v1alpha1"),
            key: "moderato".into(),
            model: "TOXICITY".into(),
            threshold: 80.0,
            locale: "en-US",
        }
    }

    /// As Coral joins its endpoint and a call.
    fn call(&self, method: &str, body: &Value) -> Answer {
        let rest = self.endpoint.strip_prefix("http://").expect("an address of HTTP");
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = if path.is_empty() { String::new() } else { format!("/{}", path.trim_end_matches('/')) };
        let headers = [
            "Accept: application/json, text/plain, */*",
            "Content-Type: application/json;charset=utf-8",
            "User-Agent: Coral Perspective/9.11.8",
        ];
        let target = format!("{path}/comments:{method}?key={}", self.key);
        send(host.parse().expect("host and port"), &target, &headers, body)
    }

    fn language(&self) -> &'static str {
        match self.locale {
            "es" => "es",
            "fr-FR" => "fr",
            "de" => "de",
            "pt-BR" => "pt",
            _ => "en",
        }
    }

    /// Whether a comment is withheld; none where its toxicity could not be determined, after which it passes.
    pub(crate) fn withholds(&self, text: &str) -> Option<bool> {
        let mut asked = Map::new();
        asked.insert(self.model.clone(), json!({}));
        let body = json!({
            "comment": {"text": text}, "doNotStore": true, "requestedAttributes": asked,
            "languages": [self.language()],
        });
        let answer = self.call("analyze", &body);
        if answer.code != 200 {
            return None;
        }
        let score = answer.json()["attributeScores"][&self.model]["summaryScore"]["value"].as_f64()?;
        Some(score > self.threshold / 100.0)
    }

    /// Tells what a moderator decided; only the code of the answer is looked at.
    pub(crate) fn feedback(&self, id: &str, text: &str, approved: bool) -> bool {
        let context = json!({
            "url": "https://news.example/a", "reply_to_id_Coral_comment_id": null, "Coral_comment_id": id,
        });
        let mut scores = Map::new();
        let value = if approved { 0 } else { 1 };
        scores.insert(self.model.clone(), json!({"summaryScore": {"value": value}}));
        let body = json!({
            "comment": {"text": text}, "context": {"entries": [{"text": context.to_string()}]},
            "attributeScores": scores, "languages": [self.language()],
            "communityId": "Coral:https://news.example", "clientToken": format!("comment:{id}"),
        });
        (200..300).contains(&self.call("suggestscore", &body).code)
    }
}

#[test]
fn coral_withholds_and_tells_what_was_decided() {
    let coral = Coral::at(shared());
    // With the path, with a slash after it, and with no path at all.
    for endpoint in ["/v1alpha1", "/v1alpha1/", ""] {
        let coral = Coral { endpoint: format!("http://{}{endpoint}", shared()), ..coral.clone() };
        assert_eq!(coral.withholds("You stupid idiot"), Some(true), "{endpoint}");
        assert_eq!(coral.withholds("Thank you and a good day to all"), Some(false));
        assert!(coral.feedback("7f3a", "You stupid idiot", false));
        assert!(coral.feedback("7f3b", "Thank you", true));
    }
    // Scores at a threshold pass; and whatever the site's language, there is an answer.
    for locale in ["de", "fr-FR", "it", "pt-BR", "es", "nl-NL"] {
        let coral = Coral { locale, ..coral.clone() };
        assert_eq!(coral.withholds("Grazie mille, buona giornata"), Some(false), "{locale}");
    }
    for text in ["😀", "ok", "https://news.example/a", "¿?", "12"] {
        assert!(coral.withholds(text).is_some(), "{text}");
    }
    // The model's field takes any name.
    for model in ["INCIVILITY", "LIKELY_TO_REJECT", "INSULT", "SEVERE_TOXICITY", "TOXICITY@2"] {
        let coral = Coral { model: model.into(), ..coral.clone() };
        assert!(coral.withholds("You stupid idiot").is_some(), "{model}");
    }
}

#[test]
fn corals_feedback_is_kept_with_its_comment() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("decisions.db");
    let store = moderato::server::store::Store::open(&path).expect("a store").keeping_text(true);
    let mut server = Running::keeping("", Some(store));
    let coral = Coral::at(server.address);
    assert!(coral.feedback("7f3a", "You stupid idiot", false) && coral.feedback("7f3b", "Thank you", true));
    assert!(server.ends_well());
    let database = moderato::server::store::Database::open_existing(&path).expect("a store");
    let kept = database.decisions().expect("it reads");
    let rows: Vec<_> = kept.iter().map(|kept| &kept.decision).collect();
    let row = |n: usize| (rows[n].said.client_token.as_str(), rows[n].attribute.as_str(), rows[n].value);
    assert_eq!((row(0), row(1)), (("comment:7f3a", "TOXICITY", 1.0), ("comment:7f3b", "TOXICITY", 0.0)));
    assert!(rows.iter().all(|row| row.said.community == "Coral:https://news.example"));
    assert!(
        rows[0]
            .said
            .context
            .as_deref()
            .is_some_and(|context| context.contains("\"Coral_comment_id\":\"7f3a\""))
    );
    assert_eq!(rows[0].said.text.as_deref(), Some("You stupid idiot"));
}

#[test]
fn discourse_flags_above_its_threshold() {
    // As it reads answers: what has no score counts as none.
    let score = |raw: &str, attribute: &str| {
        let body = json!({
            "comment": {"text": raw}, "doNotStore": true, "sessionId": "https://forum.example_42",
            "requestedAttributes": {attribute: {"scoreType": "PROBABILITY"}},
        });
        let headers = ["User-Agent: excon/1.2.5", "Accept: */*", "Content-Type: application/json"];
        let answer = send(shared(), "/v1alpha1/comments:analyze?key=any", &headers, &body).json();
        answer["attributeScores"][attribute]["summaryScore"]["value"].as_f64().unwrap_or(0.0)
    };
    assert!(score("You stupid idiot", "TOXICITY") > 0.9);
    assert!(score("> quoted\n\nThanks, that solved it.", "TOXICITY") < 0.85);
    assert!(score("You stupid idiot", "SEVERE_TOXICITY") > 0.0);
    // It names no language, so none may be missing.
    for raw in ["👍", "yo hamburger", "ok", "これは素晴らしい", "```\nx = 1\n```"] {
        let asked = score(raw, "TOXICITY");
        assert!(asked > 0.0 && asked <= 0.9, "{raw}: {asked}");
    }
}

#[test]
fn osmod_scores_sentences_of_replies() {
    let attributes = [
        "ATTACK_ON_AUTHOR",
        "ATTACK_ON_COMMENTER",
        "ATTACK_ON_PUBLISHER",
        "INCOHERENT",
        "INFLAMMATORY",
        "LIKELY_TO_REJECT",
        "OBSCENE",
        "OFF_TOPIC",
        "SPAM",
        "UNSUBSTANTIAL",
        "TOXICITY@6",
    ];
    let asked: Map<String, Value> = attributes.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    let text = "Good day, émile 😀. You stupid idiot!";
    let body = json!({
        "comment": {"text": text},
        "context": {"entries": [{"text": "<p>An article</p>", "type": "HTML"}, {"text": "A comment before"}]},
        "requestedAttributes": asked, "languages": ["en"], "spanAnnotations": true, "doNotStore": true,
        "clientToken": "osmod", "communityId": "osmod", "sessionId": "1",
    });
    let headers = [
        "x-goog-api-client: gdcl/7.2.0 gl-node/20.20.2",
        "User-Agent: google-api-nodejs-client/7.2.0 (gzip)",
        "Accept-Encoding: gzip",
        "Content-Type: application/json",
        "Accept: */*",
    ];
    let answer = send(shared(), "/v1alpha1/comments:analyze?key=any", &headers, &body);
    assert_eq!(answer.code, 200);
    let answer = answer.json();
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut scored = Vec::new();
    for (name, scores) in answer["attributeScores"].as_object().expect("scores") {
        // It cuts off the version, and takes the highest span for the one to show.
        scored.push(name.split('@').next().expect("a name"));
        assert!(scores["summaryScore"]["value"].is_f64());
        let spans = scores["spanScores"].as_array().expect("spans");
        let cut = |span: &Value| {
            let at =
                |name: &str| usize::try_from(span[name].as_u64().expect("an offset")).expect("a small one");
            String::from_utf16(&units[at("begin")..at("end")]).expect("whole characters")
        };
        assert_eq!(cut(&spans[0]), text);
        let highest = spans[1..].iter().max_by(|a, b| {
            let value = |span: &Value| span["score"]["value"].as_f64().expect("a value");
            value(a).total_cmp(&value(b))
        });
        assert_eq!(cut(highest.expect("two sentences")), "You stupid idiot!", "{name}");
    }
    // What nothing answers to is left out, and OSMod goes on without it.
    assert_eq!(
        scored,
        [
            "ATTACK_ON_AUTHOR",
            "ATTACK_ON_COMMENTER",
            "ATTACK_ON_PUBLISHER",
            "INFLAMMATORY",
            "LIKELY_TO_REJECT",
            "OBSCENE",
            "TOXICITY"
        ]
    );
    assert_eq!(answer["clientToken"], "osmod");
}

#[test]
fn perspective_for_r_finds_its_columns() {
    let ask = |text: &str, sentences: bool, languages: Value| {
        let body = json!({
            "comment": {"text": text}, "languages": languages,
            "requestedAttributes": {"TOXICITY": {}, "INSULT": {}}, "spanAnnotations": sentences, "doNotStore": false,
        });
        let headers = [
            "User-Agent: libcurl/8.5.0 r-curl/6.2.2 httr/1.4.7",
            "Accept-Encoding: deflate, gzip",
            "Accept: application/json, text/xml, application/xml, */*",
            "Content-Type: application/json",
        ];
        send(shared(), "/v1alpha1/comments:analyze?key=any", &headers, &body)
    };
    // Without sentences it reads the value of the spans, not of the summary: there must be one, once.
    let answer = ask("You stupid idiot. Good day.", false, json!("en")).json();
    for name in ["TOXICITY", "INSULT"] {
        let scores = &answer["attributeScores"][name];
        let spans = scores["spanScores"].as_array().expect("spans");
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0]["score"]["value"], scores["summaryScore"]["value"]);
    }
    assert_eq!(answer["languages"], json!(["en"]));
    // With them, a row a sentence.
    let answer = ask("You stupid idiot. Good day.", true, json!(["en"])).json();
    let spans = answer["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans").len();
    assert_eq!(spans, 3);
    // Errors become a row of their own: message, code and status are read.
    let error = ask("", false, json!("en")).json();
    for (field, expected) in [
        ("code", json!(400)),
        ("status", json!("INVALID_ARGUMENT")),
        ("message", json!("Comment must be non-empty.")),
    ] {
        assert_eq!(error["error"][field], expected);
    }
}
