//! What `evaluate -o` says beside the figures, what `report` renders again, and what `compare` and `threshold` answer.

use crate::folder::{Folder, Ran, repository};
use serde_json::Value;

const TEST: &str = "training/starter/test.jsonl";

fn evaluate(folder: &Folder, args: &[&str]) -> Ran {
    let test = repository(TEST);
    let flags = ["evaluate", "--data", &test, "--label-column", "incivility", "--head", "incivility"];
    folder.run(&[&flags[..], &["-m", "tiny.model", "--resamples", "20"], args].concat())
}

fn json(folder: &Folder, name: &str) -> Value {
    serde_json::from_slice(&folder.read(name)).expect("it is JSON")
}

fn text(folder: &Folder, name: &str) -> String {
    String::from_utf8(folder.read(name)).expect("it is UTF-8")
}

/// A folder with the tiny model and a report of everything that can be asked for.
fn full() -> (Folder, Ran) {
    let folder = Folder::with_model()
        .file("groups.txt", "# of the starter set\nyou\nthey: they, them, their\nnobody: xyzzy\n")
        .file("swaps.txt", "[you | they]\nyou | they\nyour | their\n\ncity | town\n");
    let cases = repository("training/starter/cases.jsonl");
    let own = ["--identity-terms", "groups.txt", "--swaps", "swaps.txt", "--fairness-column", "subject"];
    let rest = ["--cases", &cases, "--slice-column", "stance", "--time", "2026-11-22T07:00Z", "-o", "report"];
    let ran = evaluate(&folder, &[&own[..], &rest].concat()).done();
    (folder, ran)
}

#[test]
fn everything_asked_for_is_in_every_format() {
    let (folder, ran) = full();
    let report = json(&folder, "report/report.json");
    let findings = &report["findings"];
    let fairness = &findings["fairness"][0];
    let names: Vec<&str> =
        fairness["groups"].as_array().unwrap().iter().filter_map(|g| g["name"].as_str()).collect();
    assert!(names.contains(&"they") && names.contains(&"you") && names.contains(&"immigration"), "{names:?}");
    assert!(!names.contains(&"nobody"), "{names:?}");
    let group = &fairness["groups"][0];
    for figure in ["subgroup_auc", "bpsn_auc", "bnsp_auc", "false_positive_rate", "false_negative_rate"] {
        assert!(group[figure].is_object(), "{figure}: {group}");
    }
    let swap = &findings["swaps"][0]["swaps"][0];
    assert_eq!(swap["name"], "you → they");
    assert!(swap["n"].as_u64() > Some(10) && swap["mean_log_odds_change"].is_number(), "{swap}");
    assert!(swap["auc_lost"].is_number(), "{swap}");
    assert_eq!(findings["terms"][0]["label"], "uncivil");
    assert!(findings["unknown_terms"]["share"].as_f64().is_some_and(|share| 0.0 < share && share < 1.0));
    let cuts: Vec<&str> =
        findings["slices"].as_array().unwrap().iter().filter_map(|table| table["by"].as_str()).collect();
    assert_eq!(cuts, ["stance", "length", "language", "unknown words"]);
    assert_eq!(findings["cases"].as_array().unwrap().len(), 220);
    assert!(!findings["suspects"].as_array().unwrap().is_empty());
    let provenance = &report["provenance"];
    assert_eq!(provenance["time"], "2026-11-22T07:00Z");
    assert!(provenance["command"].as_str().unwrap().starts_with("moderato evaluate --data"), "{provenance}");
    assert!(provenance["recipe"].is_string() && provenance["data"][0]["hash"].is_string(), "{provenance}");

    let (page, markdown) = (text(&folder, "report/report.html"), text(&folder, "report/report.md"));
    for said in ["you → they", "immigration", "by unknown words", "quotation"] {
        let in_page = page.to_lowercase();
        assert!(in_page.contains(said) && markdown.contains(said) && ran.stdout.contains(said), "{said}");
    }
    assert!(markdown.contains("strongest terms: uncivil") && page.contains("speaks against it"));
    let widest = ran.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?}");
}

#[test]
fn a_report_renders_again_as_it_was() {
    let (folder, ran) = full();
    for name in ["report.html", "report.md"] {
        let before = text(&folder, &format!("report/{name}"));
        folder.run(&["report", "report", "--write"]).done();
        // Slices by a column stand among the others now.
        if name == "report.html" {
            assert_eq!(text(&folder, "report/report.html"), before);
        }
    }
    let again = folder.run(&["report", "report"]).done().stdout;
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::trim).map(String::from).collect();
        lines.retain(|line| line.starts_with("you → they") || line.starts_with("negation"));
        lines
    };
    assert_eq!(lines(&again), lines(&ran.stdout));
    // Without the comments the figures are still there.
    std::fs::remove_file(folder.path("report/details.json")).unwrap();
    let page = folder.run(&["report", "report/report.json", "--to", "html"]).done().stdout;
    assert!(page.contains("you → they") && page.contains("By language") && !page.contains("<blockquote"));
}

#[test]
fn a_report_that_travels_has_no_comment() {
    let folder = Folder::with_model();
    let cases = repository("training/starter/cases.jsonl");
    evaluate(&folder, &["-o", "report"]).done();
    assert!(folder.path("report/details.json").exists());
    evaluate(&folder, &["-o", "report", "--no-text", "--cases", &cases]).done();
    assert!(!folder.path("report/details.json").exists(), "an earlier report's comments are gone");
    let test = std::fs::read_to_string(repository(TEST)).unwrap();
    let cases = std::fs::read_to_string(cases).unwrap();
    let texts: Vec<String> = test
        .lines()
        .chain(cases.lines())
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned())
        .filter(|text| 25 < text.len() && text.is_ascii() && !text.contains(['"', '\'', '&', '<', '>', '\\']))
        .collect();
    assert!(100 < texts.len());
    for name in ["report.json", "report.md", "report.html"] {
        let file = text(&folder, &format!("report/{name}"));
        assert!(texts.iter().all(|text| !file.contains(text.as_str())), "{name}");
    }
}

#[test]
fn hostile_comments_do_nothing_in_any_format() {
    let hostile = "</script><img src=x onerror=alert(1)>\u{202e}\u{1b}[31m|`[x](javascript:alert(1))";
    let row = |i: usize, label: &str, text: &str| {
        serde_json::json!({"id": format!("{hostile}{i}"), "text": text, "incivility": label, "source": hostile,
            "time": hostile})
    };
    let rows: Vec<String> = (0..40)
        .map(|i| match i % 4 {
            0 => row(i, "uncivil", &format!("{hostile} zzqx{hostile}")).to_string(),
            1 => row(i, "civil", &format!("you {hostile}")).to_string(),
            _ => row(i, "civil", "a plain comment").to_string(),
        })
        .collect();
    let folder = Folder::with_model()
        .file("hostile.jsonl", rows.join("\n"))
        .file("groups.txt", format!("{}: you, zzqx\n", hostile.replace(':', "")))
        .file("swaps.txt", format!("[{0} | other]\nyou | they\n", hostile.replace('|', "")));
    let flags = ["--identity-terms", "groups.txt", "--swaps", "swaps.txt", "--fairness-column", "source"];
    let ran = folder.run(
        &[
            &["evaluate", "--data", "hostile.jsonl", "--label-column", "incivility", "--head", "incivility"]
                [..],
            &["-m", "tiny.model", "--resamples", "20", "-o", "report"],
            &flags,
        ]
        .concat(),
    );
    let ran = ran.done();
    let harmless = |what: &str, text: &str| {
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{what}");
    };
    harmless("terminal", &ran.stdout);
    let (page, markdown) = (text(&folder, "report/report.html"), text(&folder, "report/report.md"));
    harmless("page", &page);
    harmless("Markdown", &markdown);
    assert!(!page.contains("<img") && page.matches("<script").count() == 1);
    assert!(!markdown.contains("<img") && !markdown.contains("[x]("), "{markdown}");
    let rows = markdown.lines().filter(|line| line.starts_with('|'));
    assert!(rows.clone().count() > 30 && rows.into_iter().all(|line| line.ends_with('|')));
}

#[test]
fn slips_in_columns_lists_and_labels_are_told() {
    let folder = Folder::with_model()
        .file("bad.txt", "[a | b]\nc | d | e\n")
        .file("none.txt", "# nothing\n")
        .file("wordless.txt", "you\nthey: ,\n");
    for (args, expected) in [
        (&["--group-column", "thread"][..], "test.jsonl:1: no field `thread`, found `id`, `text`"),
        (&["--slice-column", "thread"], "test.jsonl:1: no field `thread`, found `id`, `text`"),
        (&["--fairness-column", "thread"], "test.jsonl:1: no field `thread`, found `id`, `text`"),
        (&["--fairness-label", "rude"], "`--fairness-label` is `rude`, expected one of civil, uncivil"),
        (&["--swaps", "bad.txt"], "bad.txt:2: found `c | d | e`, expected 2 words"),
        (&["--identity-terms", "none.txt"], "none.txt: found no group"),
        (&["--identity-terms", "wordless.txt"], "wordless.txt: found no word for group `they`"),
        (&["--cases", "none.txt"], "none.txt"),
    ] {
        let ran = evaluate(&folder, args);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(expected), "{ran}");
    }
    let comments = repository("training/starter/test.jsonl");
    let train = ["train", "--data", &comments, "--label-column", "incivility", "--head", "incivility"];
    for (args, expected) in [
        (["--folds", "121"], "found 121 folds for 120 comments"),
        (["--group-column", "thread"], "test.jsonl:1: no field `thread`"),
    ] {
        let ran = folder.run(&[&train[..], &args, &["-o", "x.model"]].concat());
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(expected), "{ran}");
    }
}

#[test]
fn the_report_of_a_training_says_which_labels_look_wrong_and_where_it_is_from() {
    let folder = Folder::new();
    let comments = repository("training/starter/comments.jsonl");
    let train = ["train", "--data", &comments, "--label-column", "incivility", "--head", "incivility"];
    let rest = ["--folds", "2", "-o", "x.model", "--report", "report", "--time", "noon"];
    folder.run(&[&train[..], &rest].concat()).done();
    let report = json(&folder, "report/report.json");
    assert_eq!(report["findings"]["suspects"].as_array().unwrap().len(), 50);
    let provenance = &report["provenance"];
    assert_eq!(provenance["time"], "noon");
    assert!(provenance["data"][0]["hash"].as_str().is_some_and(|hash| hash.starts_with("sha256:")));
    assert!(provenance["command"].as_str().unwrap().starts_with("moderato train --data"));
}

#[test]
fn two_models_are_compared_with_what_changed_and_where_it_is_from() {
    let folder = Folder::with_model();
    let test = repository(TEST);
    let model = repository("models/default.safetensors");
    let flags =
        ["--data", &test, "--label-column", "incivility", "--head", "incivility", "--resamples", "20"];
    let ran = folder.run(&[&["compare", "tiny.model", &model][..], &flags, &["-o", "both"]].concat()).done();
    assert!(ran.stdout.contains("McNemar"), "{ran}");
    let json = json(&folder, "both/comparison.json");
    assert_eq!(json["changed"].as_array().unwrap().len() as u64, json["n_changed"].as_u64().unwrap());
    assert!(json["provenance"]["command"].as_str().unwrap().contains("compare tiny.model"));
    assert!(json["mcnemar"][0]["p_value"].is_number() && json["before"]["report"]["confusion"].is_array());
    let markdown = text(&folder, "both/comparison.md");
    assert!(markdown.contains("Comments that changed sides") && markdown.contains("## Provenance"));
    let page = text(&folder, "both/comparison.html");
    assert_eq!(page.matches("<table class=\"matrix\">").count(), 2);
    assert!(page.contains("Comments that changed sides"));
}

#[test]
fn two_thresholds_are_told_and_one_is_written() {
    let folder = Folder::with_model();
    let test = repository(TEST);
    let flags = ["threshold", "--data", &test, "--label-column", "incivility", "--head", "incivility"];
    let asked =
        ["-m", "tiny.model", "--workload", "120/5000", "--look-miss-rate", "0.2", "-o", "strict.model"];
    let ran = folder.run(&[&flags[..], &asked].concat()).done();
    assert!(ran.stdout.starts_with("uncivil from probability"), "{ran}");
    assert!(ran.stdout.contains("look first from probability"), "{ran}");
    let held: f64 =
        ran.stdout.split("1,000 comments ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(held <= 24.0, "{ran}");
    let none = ["-m", "tiny.model", "--workload", "0.0001", "-o", "none.model"];
    let refused = folder.run(&[&flags[..], &none].concat());
    assert_eq!(refused.code, 2, "{refused}");
    assert!(
        refused.stdout.contains("no threshold holds so few") && !refused.stdout.contains("inf"),
        "{refused}"
    );
    assert!(folder.run(&["inspect", "strict.model"]).done().stdout.contains("from probability"));
}
