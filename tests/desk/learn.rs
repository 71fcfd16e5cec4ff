//! From decisions to models: export, train, figures, forgetting; and from another service's scores.

use crate::serving::Desk;
use moderato::server::store::{Database, NewDecision, Said, Store};
use serde_json::{Value, json};

/// Comments of a town with a word of its own for what it does not want to read.
fn comments(n: usize) -> Vec<(String, bool)> {
    let street = ["mill", "church", "station", "river", "garden", "market", "bridge"];
    (0..n)
        .map(|i| match i % 3 {
            0 => (format!("the quorblatters of {} street are at it again, number {i}", street[i % 7]), true),
            1 => (format!("a lovely evening in {} street, number {i}", street[i % 7]), false),
            _ => (format!("thank you for number {i} on the new lamps in {} street", street[i % 7]), false),
        })
        .collect()
}

fn keep(desk: &Desk, decisions: Vec<NewDecision>) {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let store = Store::open(&desk.path("desk.db")).expect("a store").keeping_text(true);
        store.decide(decisions).await.expect("it keeps");
    });
}

fn decisions(n: usize) -> Vec<NewDecision> {
    let decision = |(i, (text, yes)): (usize, (String, bool))| NewDecision {
        said: Said {
            community: if i % 2 == 0 { "town" } else { "city" }.into(),
            client_token: format!("comment:{i}"),
            time_ms: 1_780_000_000_000 + i as i64 * 40_000_000,
            text: Some(text),
            ..Said::default()
        },
        attribute: "TOXICITY".into(),
        value: f64::from(u8::from(yes)),
        model: "default@0123456789ab".into(),
        probability: Some(if yes { 0.3 } else { 0.1 }),
        origin: "suggestscore".into(),
        ..NewDecision::default()
    };
    comments(n).into_iter().enumerate().map(decision).collect()
}

fn probability(desk: &Desk, model: &str, text: &str) -> f64 {
    let (code, out, said) = desk.run(&["explain", text, "-m", model, "--to", "json"]);
    assert_eq!(code, 0, "{said}");
    let answer: Value = serde_json::from_str(&out).expect("JSON");
    let scores = answer["heads"].as_object().expect("heads").values();
    let mut toxic = scores.filter_map(|head| head.pointer("/scores/toxicity").and_then(Value::as_f64));
    toxic.next_back().unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_town_teaches_its_own_words() {
    let desk = Desk::new();
    keep(&desk, decisions(300));
    let train = |args: &[&str]| desk.run(&[&["train", "--from-decisions", "desk.db"][..], args].concat());
    let (code, out, said) = train(&["-o", "town.model", "--community", "town"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("default+town@") && said.contains("150 decisions"), "{said}");
    assert!(out.contains("toxicity") && out.contains("AUC before"), "{out}");
    let text = "these quorblatters!";
    let ours = probability(&desk, "town.model", text);
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/models/default.safetensors");
    assert!(ours > 0.5 && probability(&desk, base, text) < 0.5, "{ours}");
    // The same decisions give the same bytes, and those of a forgotten comment leave none.
    assert_eq!(train(&["-o", "again.model", "--community", "town"]).0, 0);
    let read = |name: &str| std::fs::read(desk.path(name)).expect("a model");
    assert_eq!(read("town.model"), read("again.model"));
    let mut more = decisions(1).remove(0);
    more.said.text = Some("one more".into());
    more.said.client_token = "x".into();
    keep(&desk, vec![more]);
    assert_eq!(train(&["-o", "more.model", "--community", "town"]).0, 0);
    assert_ne!(read("more.model"), read("town.model"));
    let (code, out, _) = desk.run(&["decisions", "forget", "--store", "desk.db", "--token", "x"]);
    assert_eq!(code, 0);
    assert_eq!(
        out,
        "erased 1 decision and 0 recorded comments\n300 decisions and 0 recorded comments remain\n\
         models that learned from them keep what they learned until they are trained again\n"
    );
    assert_eq!(train(&["-o", "less.model", "--community", "town"]).0, 0);
    assert_eq!(read("less.model"), read("town.model"));
    let (code, out, _) = desk.run(&["decisions", "forget", "--store", "desk.db", "--token", "x"]);
    assert_eq!((code, out.lines().count()), (1, 2), "nothing is left to forget");
}

#[test]
fn no_spreadsheet_calculates_what_is_exported() {
    let desk = Desk::new();
    let mut formula = decisions(1).remove(0);
    formula.said.text = Some("=HYPERLINK(\"https://a.example\")".into());
    formula.said.client_token = "@SUM(A1)".into();
    keep(&desk, vec![formula]);
    let export = |to| desk.run(&["decisions", "export", "--store", "desk.db", "--to", to]).1;
    let csv = export("csv");
    assert!(csv.contains("\"'=HYPERLINK(") && csv.contains(",'@SUM(A1),"), "{csv}");
    assert!(export("jsonl").contains("\"text\":\"=HYPERLINK("), "programs get it as it is");
}

#[test]
fn what_is_exported_trains() {
    let desk = Desk::new();
    let mut all = decisions(60);
    // The last decision on a comment counts, and one without its text is left out.
    all.push(NewDecision { value: 0.0, ..all[0].clone() });
    let mut textless = all[0].clone();
    textless.said = Said { client_token: "y".into(), text: None, ..textless.said };
    all.push(textless);
    keep(&desk, all);
    for to in ["jsonl", "csv"] {
        let file = format!("decisions.{to}");
        let export = ["decisions", "export", "--store", "desk.db", "--to", to, "-o", &file];
        let (code, _, said) = desk.run(&export);
        assert_eq!((code, said.as_str()), (0, "60 decisions, 1 more without their texts\n"));
        let (code, _, said) = desk.run(&[
            "train",
            "--data",
            &file,
            "--text-column",
            "text",
            "--label-column",
            "label",
            "--labels",
            "no=no,yes=yes",
            "--head",
            "toxicity",
            "--folds",
            "0",
            "-o",
            "m",
        ]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("60 comments"), "{said}");
    }
    let (code, out, _) = desk.run(&["decisions", "export", "--store", "desk.db", "--community", "city"]);
    let first: Value = serde_json::from_str(out.lines().next().expect("a line")).expect("JSON");
    assert_eq!((code, out.lines().count()), (0, 30));
    assert_eq!((first["label"].as_str(), first["client_token"].as_str()), (Some("no"), Some("comment:1")));
    let (code, _, said) = desk.run(&["decisions", "export", "--store", "none.db"]);
    assert_eq!((code, said.as_str()), (2, "error: none.db: no such file, expected a store of decisions\n"));
}

#[test]
fn figures_are_told_by_week() {
    let desk = Desk::new();
    keep(&desk, decisions(42));
    let stats = ["decisions", "stats", "--store", "desk.db", "--at", "0.2"];
    let (code, out, _) = desk.run(&stats);
    assert_eq!(code, 0);
    let lines: Vec<&str> = out.lines().take(3).collect();
    let expected = [
        "TOXICITY · default@0123456789ab",
        "week of     decisions  yes  agreed   found   right",
        "2026-05-25          7    3  100.0%  100.0%  100.0%",
    ];
    assert_eq!(lines, expected);
    let (_, out, _) = desk.run(&[&stats[..4], &["--at", "0.9", "--to", "json"]].concat());
    let figures: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(figures["weeks"][0]["missed"], 3);
    assert_eq!(figures["weeks"][0]["recall"], json!(0.0));
}

/// Coral's comments, as mongoexport writes them; and the same scores in a table.
#[test]
fn logged_scores_become_a_model_that_keeps_thresholds() {
    let desk = Desk::new();
    let scored: Vec<(String, f64, &str)> = comments(240)
        .into_iter()
        .enumerate()
        .map(|(i, (text, yes))| {
            let score = if yes { 0.7 } else { 0.05 } + (i % 25) as f64 / 100.0;
            (text, score, if yes { "REJECTED" } else { "APPROVED" })
        })
        .collect();
    let coral = |(i, (text, score, status)): (usize, &(String, f64, &str))| {
        let metadata = json!({"perspective": {"score": score, "model": "TOXICITY"}});
        let revision = json!({"id": "r", "body": format!("<div>{text}</div>"), "metadata": metadata});
        let comment = json!({"id": format!("c{i}"), "storyID": "s", "authorID": "u", "revisions": [revision],
            "status": status, "createdAt": {"$date": "2026-05-12T14:02:00Z"}});
        format!("{comment}\n")
    };
    desk.file("coral.jsonl", &scored.iter().enumerate().map(coral).collect::<String>());
    let row = |(text, score, status): &(String, f64, &str)| format!("\"{text}\",{score},{status}\n");
    desk.file("scores.csv", &format!("text,tox,decision\n{}", scored.iter().map(row).collect::<String>()));
    for args in [&["coral.jsonl"][..], &["scores.csv", "--score-field", "tox", "--holdout", "0.5"]] {
        let command =
            [&["migrate", "--resamples", "50", "--to", "json", "-o", "ours.model", "--scores"], args]
                .concat();
        let (code, out, said) = desk.run(&command);
        assert_eq!(code, 0, "{said}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        assert!(found["rank_correlation"]["value"].as_f64().expect("a figure") > 0.7, "{out}");
        assert_eq!(found["n_comments"], found["n_decided"]);
        for row in found["thresholds"].as_array().expect("rows") {
            let (old, new) = (row["old_share"].as_f64(), row["new_share"]["value"].as_f64());
            assert!((old.expect("a share") - new.expect("a share")).abs() < 0.1, "{row}");
        }
    }
    assert!(probability(&desk, "ours.model", "the quorblatters of mill street") > 0.6);
    let (code, out, _) = desk.run(&["migrate", "--scores", "coral.jsonl", "--resamples", "0"]);
    assert_eq!(code, 0);
    assert!(out.contains("as many at") && out.contains("it was right"), "{out}");
    let (code, _, said) = desk.run(&["migrate", "--scores", "scores.csv", "--score-field", "nothing"]);
    assert_eq!(code, 2);
    assert!(said.contains("scores.csv:1: no field `nothing`, found `text`"), "{said}");
    desk.file("wrong.csv", "text,score\nfine,7\nfine too,0.5\nand this,x\n");
    let (code, _, said) = desk.run(&["migrate", "--scores", "wrong.csv", "--resamples", "0"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("wrong.csv:2: found score `7`, expected a number from 0 to 1"), "{said}");
}

#[test]
fn a_store_without_texts_teaches_nothing_and_says_so() {
    let desk = Desk::new();
    let silent = decisions(3).into_iter().map(|mut d| {
        d.said.do_not_store = true;
        d
    });
    keep(&desk, silent.collect());
    let (code, _, said) = desk.run(&["train", "--from-decisions", "desk.db", "-o", "m"]);
    assert_eq!(code, 2);
    assert!(said.contains("found 3 decisions, none with its text") && said.contains("--keep-text"), "{said}");
    let database = Database::open_existing(&desk.path("desk.db")).expect("the store");
    assert!(database.decisions().expect("it reads").iter().all(|d| d.decision.said.text.is_none()));
}

/// Scores that Perspective gave, where they are at hand: learned from one half, tested on the other, four times.
#[test]
fn perspectives_own_scores_are_followed_by_rank_and_by_threshold() {
    let data = std::env::var_os("MODERATO_DATA").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")),
        std::path::PathBuf::from,
    );
    let file = data.join("incivility/perspective_tweets.csv");
    if !file.exists() {
        use std::io::Write as _;
        let _ =
            writeln!(std::io::stderr(), "skipped: no logged scores; MODERATO_DATA names the folder of data");
        return;
    }
    let desk = Desk::new();
    let file = file.display().to_string();
    let tested = ["1", "2", "3", "4"].map(|seed| {
        let args = ["migrate", "--scores", &file, "--score-field", "TOXICITY", "--holdout", "0.5"];
        let (code, out, said) =
            desk.run(&[&args[..], &["--seed", seed, "--resamples", "0", "--to", "json"]].concat());
        assert_eq!(code, 0, "{said}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        for row in found["thresholds"].as_array().expect("rows") {
            let (old, new) = (row["old_share"].as_f64(), row["new_share"]["value"].as_f64());
            let apart = old.expect("a share") - new.expect("a share");
            assert!(apart.abs() < 0.03, "within three points of the share held: {row}");
        }
        found["rank_correlation"]["value"].as_f64().expect("a figure")
    });
    let mean = tested.iter().sum::<f64>() / 4.0;
    assert!(mean > 0.80 && tested.iter().all(|rank| *rank > 0.79), "{tested:?}");
}
