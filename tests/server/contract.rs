//! The contract's tables, answer by answer.

use crate::client::{get, post, request};
use crate::running::{Running, shared};
use moderato::server::ROUTES;
use moderato::server::config::Config;
use serde_json::{Value, json};

const ANALYZE: &str = "/v1alpha1/comments:analyze?key=any";

fn analyze(body: &Value) -> Value {
    let answer = post(shared(), ANALYZE, body);
    assert_eq!(answer.code, 200, "{body}: {}", answer.json());
    answer.json()
}

/// A request that asks for `attributes` of a text.
fn asking(attributes: &Value) -> Value {
    json!({"comment": {"text": "You are a fool. I like your hat."}, "requestedAttributes": attributes})
}

#[test]
fn an_answer_has_the_shape_clients_read() {
    let mut body = asking(&json!({"TOXICITY": {}}));
    body["clientToken"] = "comment:7".into();
    let found = analyze(&body);
    let value = &found["attributeScores"]["TOXICITY"]["summaryScore"]["value"];
    assert!(value.as_f64().is_some_and(|p| 0.5 < p && p < 1.0), "{found}");
    assert_eq!(
        found,
        json!({
            "attributeScores": {"TOXICITY": {
                "spanScores": [{"begin": 0, "end": 32, "score": {"value": value, "type": "PROBABILITY"}}],
                "summaryScore": {"value": value, "type": "PROBABILITY"},
            }},
            "languages": ["en"],
            "clientToken": "comment:7",
            "detectedLanguages": ["en"],
        })
    );
}

#[test]
fn both_addresses_answer_and_keys_and_parameters_do_not_matter() {
    let body = asking(&json!({"TOXICITY": {}}));
    let expected = analyze(&body);
    for path in [
        "/comments:analyze",
        "/v1alpha1/comments:analyze",
        "/v1alpha1/comments%3Aanalyze?key=x",
        "/v1alpha1/comments:analyze?key=&alt=json&quotaUser=a&unknown=1&prettyPrint=false",
        "/comments:analyze?prettyPrint=true",
    ] {
        let answer = post(shared(), path, &body);
        assert_eq!((answer.code, answer.json()), (200, expected.clone()), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    }
    // No content type, or another one: the body is JSON all the same.
    let answer = request(
        shared(),
        "POST /comments:analyze",
        &["Content-Type: text/plain"],
        body.to_string().as_bytes(),
    );
    assert_eq!(answer.json(), expected);
}

#[test]
fn parts_of_an_answer_can_be_asked_for() {
    let path = "/comments:analyze?fields=attributeScores/TOXICITY/summaryScore/type,languages";
    let answer = post(shared(), path, &asking(&json!({"TOXICITY": {}, "INSULT": {}})));
    let expected = json!({"attributeScores": {"TOXICITY": {"summaryScore": {"type": "PROBABILITY"}}}, "languages": ["en"]});
    assert_eq!(answer.json(), expected);
    post(shared(), "/comments:analyze?fields=((", &asking(&json!({"TOXICITY": {}})))
        .is_error(400, "Invalid field selection ((");
}

#[test]
fn names_are_answered_as_they_were_asked() {
    let names = [
        "TOXICITY",
        "TOXICITY@6",
        "SEVERE_TOXICITY",
        "IDENTITY_ATTACK",
        "INSULT",
        "PROFANITY",
        "THREAT",
        "TOXICITY_EXPERIMENTAL",
        "SEVERE_TOXICITY_EXPERIMENTAL",
        "IDENTITY_ATTACK_EXPERIMENTAL",
        "INSULT_EXPERIMENTAL",
        "PROFANITY_EXPERIMENTAL",
        "THREAT_EXPERIMENTAL",
        "TOXICITY_FAST",
        "SEXUALLY_EXPLICIT",
        "ATTACK_ON_AUTHOR",
        "ATTACK_ON_COMMENTER",
        "ATTACK_ON_PUBLISHER",
        "INFLAMMATORY",
        "LIKELY_TO_REJECT@2",
        "OBSCENE",
        "RESPECT_EXPERIMENTAL",
        "INCIVILITY",
        "UNCIVIL",
        "NEGATIVE",
        "AGAINST",
        "STANCE_AGAINST",
    ];
    let asked: Value =
        names.iter().map(|name| ((*name).to_owned(), json!({}))).collect::<serde_json::Map<_, _>>().into();
    let found = analyze(&asking(&asked));
    let scores = found["attributeScores"].as_object().expect("scores");
    // In the order they were asked, every one.
    assert_eq!(scores.keys().collect::<Vec<_>>(), names);
    assert_eq!(scores["TOXICITY"], scores["TOXICITY@6"]);
    assert_eq!(scores["INCIVILITY"], scores["UNCIVIL"]);
    assert_eq!(scores["OBSCENE"], scores["PROFANITY"]);
}

#[test]
fn names_without_a_label_are_mapped_refused_or_left_out() {
    let asked = json!({"TOXICITY": {}, "OBSCENE": {}, "SPAM": {}});
    let answered = |config: &str, asked: &Value| {
        let server = Running::with(config);
        let answer = post(server.address, ANALYZE, &asking(asked));
        match answer.code {
            200 => Ok(answer.json()["attributeScores"]
                .as_object()
                .map_or(Vec::new(), |s| s.keys().cloned().collect())),
            _ => Err(answer.json()["error"]["message"].as_str().expect("a message").to_owned()),
        }
    };
    let unknown = |name: &str| Err(format!("Unknown requested attribute: {name}"));
    let names = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(answered("", &asked), names(&["TOXICITY", "OBSCENE"]));
    assert_eq!(answered("", &json!({"TOXICITY": {}, "BANANA": {}})), unknown("BANANA"));
    assert_eq!(answered("unknown_attributes = \"refuse\"", &asked), unknown("OBSCENE"));
    assert_eq!(answered("unknown_attributes = \"omit\"", &asked), names(&["TOXICITY"]));
    assert_eq!(answered("unknown_attributes = \"omit\"", &json!({"BANANA": {}})), names(&[]));
}

#[test]
fn unsupported_attributes_are_dropped_where_that_is_asked() {
    let mut body = asking(&json!({"TOXICITY": {}, "BANANA": {}}));
    post(shared(), ANALYZE, &body).is_error(400, "Unknown requested attribute: BANANA");
    body["dropUnsupportedAttributes"] = true.into();
    let found = analyze(&body);
    assert_eq!(found["attributeScores"].as_object().expect("scores").len(), 1);
}

#[test]
fn attributes_below_their_threshold_are_left_out() {
    let found =
        analyze(&asking(&json!({"TOXICITY": {"scoreThreshold": 0.1}, "THREAT": {"scoreThreshold": "0.9"}})));
    let scores = found["attributeScores"].as_object().expect("scores");
    assert_eq!(scores.keys().collect::<Vec<_>>(), ["TOXICITY"]);
    // All of them: the key is absent.
    let found = analyze(&asking(&json!({"THREAT": {"scoreThreshold": 0.9}})));
    assert_eq!(found, json!({"languages": ["en"], "detectedLanguages": ["en"]}));
}

#[test]
fn sentences_are_spans_of_utf16_units() {
    let text = "So 😀, you fool! And a good day.  ";
    let body =
        json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": true});
    let found = analyze(&body);
    let toxicity = &found["attributeScores"]["TOXICITY"];
    let spans: Vec<(u64, u64)> = toxicity["spanScores"]
        .as_array()
        .expect("spans")
        .iter()
        .map(|span| (span["begin"].as_u64().expect("begin"), span["end"].as_u64().expect("end")))
        .collect();
    assert_eq!(spans, [(0, 34), (0, 16), (17, 32)]);
    assert_eq!(toxicity["spanScores"][0]["score"], toxicity["summaryScore"]);
    let value = |i: usize| toxicity["spanScores"][i]["score"]["value"].as_f64().expect("a value");
    assert!(value(1) > value(2), "{toxicity}");
    // One sentence is one span, not two.
    let one = json!({"comment": {"text": "Good day."}, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": true});
    assert_eq!(
        analyze(&one)["attributeScores"]["TOXICITY"]["spanScores"].as_array().expect("spans").len(),
        1
    );
}

#[test]
fn languages_are_what_was_said_or_what_was_found() {
    for (languages, text, expected, detected) in [
        (json!("en"), "they are all the same", json!(["en"]), "en"),
        (json!(["de", "fr-FR"]), "they are all the same", json!(["de", "fr-FR"]), "en"),
        (Value::Null, "they are all the same", json!(["en"]), "en"),
        (Value::Null, "yo hamburger", json!(["en"]), "und"),
        (Value::Null, "🤷", json!(["en"]), "und"),
        (
            Value::Null,
            "Je ne comprends pas pourquoi les gens votent encore pour ce maire",
            json!(["fr"]),
            "fr",
        ),
    ] {
        let body = json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "languages": languages});
        let found = analyze(&body);
        assert_eq!(
            (&found["languages"], &found["detectedLanguages"]),
            (&expected, &json!([detected])),
            "{text}"
        );
        assert!(found["attributeScores"]["TOXICITY"].is_object(), "never refused for its language: {text}");
    }
}

#[test]
fn strict_languages_are_refused_in_the_contracts_words() {
    let server = Running::with("strict_language = true");
    let ask = |text: &str, languages: Value, drop: bool| {
        let body = json!({
            "comment": {"text": text}, "requestedAttributes": {"INSULT": {}},
            "languages": languages, "dropUnsupportedAttributes": drop,
        });
        post(server.address, ANALYZE, &body)
    };
    assert_eq!(ask("so what", json!("en-GB"), false).code, 200);
    let refused = ask("so what", json!(["om", "en", "zu"]), false);
    refused.is_error(400, "Attribute INSULT does not support request languages: om, zu");
    let details = &refused.json()["error"]["details"][0];
    assert_eq!(details["errorType"], "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE");
    assert_eq!(
        details["languageNotSupportedByAttributeError"],
        json!({"requestedLanguages": ["om", "zu"], "attribute": "INSULT"})
    );
    let french = "Je ne comprends pas pourquoi les gens votent encore pour ce maire";
    let refused = ask(french, Value::Null, false);
    refused.is_error(400, "Attribute INSULT does not support request languages: fr");
    let named = &refused.json()["error"]["details"][0]["languageNotSupportedByAttributeError"];
    assert_eq!(named["detectedLanguages"], json!(["fr"]));
    let refused = ask("🤷", Value::Null, false);
    refused.is_error(400, "Unable to detect language");
    assert_eq!(refused.json()["error"]["details"][0]["errorType"], "LANGUAGE_DETECTION_FAILED");
    let dropped = ask(french, Value::Null, true);
    assert_eq!(dropped.code, 200);
    assert!(dropped.json()["attributeScores"].is_null());
}

#[test]
fn errors_are_the_contracts_word_for_word() {
    let toxicity = json!({"TOXICITY": {}});
    for (body, message, error_type) in [
        (json!({"requestedAttributes": toxicity}), "Comment must be non-empty.", "COMMENT_EMPTY"),
        (
            json!({"comment": {"text": ""}, "requestedAttributes": toxicity}),
            "Comment must be non-empty.",
            "COMMENT_EMPTY",
        ),
        (
            json!({"comment": {"text": "a".repeat(20_481)}, "requestedAttributes": toxicity}),
            "Comment text too long.",
            "COMMENT_TOO_LONG",
        ),
        (json!({"comment": {"text": "a"}}), "Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES"),
        (
            json!({"comment": {"text": "a"}, "requestedAttributes": {"BANANA": {}}}),
            "Unknown requested attribute: BANANA",
            "INVALID_REQUEST",
        ),
        (
            json!({"comment": {"text": "a"}, "requestedAttributes": {"INSULT": {"scoreType": "STD_DEV_SCORE"}}}),
            "Requested score type STD_DEV_SCORE is not supported by attribute INSULT",
            "INVALID_REQUEST",
        ),
        (
            json!({"comment": {"text": "a", "type": "HTML"}, "requestedAttributes": toxicity}),
            "Currently, only 'PLAIN_TEXT' comments are supported",
            "INVALID_REQUEST",
        ),
        (
            json!({"comment": {"text": "a", "type": "RTF"}, "requestedAttributes": toxicity}),
            "Unknown text type",
            "INVALID_REQUEST",
        ),
        (
            json!({"comment": {"text": "a"}, "requestedAttributes": toxicity,
                "context": {"entries": [{"text": "b"}], "articleAndParentComment": {"article": {"text": "c"}}}}),
            "Context can have either entries or article_and_parent_comment, but both fields were populated.",
            "INVALID_REQUEST",
        ),
    ] {
        let answer = post(shared(), ANALYZE, &body);
        let expected = json!({"error": {
            "code": 400,
            "message": message,
            "status": "INVALID_ARGUMENT",
            "details": [{
                "@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error",
                "errorType": error_type,
            }],
        }});
        assert_eq!((answer.code, answer.json()), (400, expected));
    }
}

#[test]
fn what_clients_send_and_nobody_reads_is_passed_over() {
    let body = json!({
        "comment": {"text": "you fool", "type": "PLAIN_TEXT", "language": "en"},
        "context": {"articleAndParentComment": {"article": {"text": "a", "type": "HTML"}, "parentComment": null}},
        "requestedAttributes": {"TOXICITY": {"scoreType": "PROBABILITY", "later": 1}},
        "sessionId": "a_1", "communityId": "b", "doNotStore": true, "languages": [], "userId": {"x": [1]},
    });
    assert!(analyze(&body)["attributeScores"]["TOXICITY"].is_object());
}

#[test]
fn the_same_call_is_answered_the_same() {
    let body = asking(&json!({"TOXICITY": {}, "THREAT": {}}));
    let first = post(shared(), ANALYZE, &body).body;
    for _ in 0..20 {
        assert_eq!(post(shared(), ANALYZE, &body).body, first);
    }
}

#[test]
fn other_addresses_and_verbs_are_refused_in_the_same_envelope() {
    get(shared(), "/v1alpha1/nothing").is_error(404, "Method not found.");
    get(shared(), "/v1alpha1/comments:analyze")
        .is_error(405, "Request method is not allowed for this address.");
}

/// The page for people, held against what is done.
#[test]
fn the_page_says_what_is_so() {
    let page = include_str!("../../docs/serve.md");
    let settings =
        page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("a file of settings");
    let config = Config::parse(settings).expect("it is one");
    assert!(config.settings().is_ok());
    for (_, path, _) in ROUTES {
        // Some have a second address, which is not worth a word.
        let known = page.contains(path) || path.starts_with("/batch/") || *path == "/v1/metrics";
        assert!(known, "docs/serve.md does not name {path}");
    }
    let model = get(shared(), "/v1/model").json();
    for (name, label) in model["mapped"].as_object().expect("names") {
        let row = page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
        let label = label["label"].as_str().expect("a label").replace('_', "\\_");
        assert!(row.is_some_and(|row| row.contains(&label)), "docs/serve.md: {name} is answered by {label}");
    }
}
