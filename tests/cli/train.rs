//! `moderato train`.

use crate::folder::{Folder, repository};
use crate::tiny;

/// Twelve comments whose words say what they are.
const COMMENTS: &str = "text,label\n\
    thank you kindly,0\nthank you again,0\nkindly said again,0\nthank you for that,0\nkindly put for once,0\nagain thank you,0\n\
    stupid old fool,1\nstupid fool again,1\nold fool you,1\nfool and stupid,1\nstupid stupid fool,1\nfool you stupid,1\n";

const FLAGS: [&str; 11] = [
    "train",
    "--data",
    "c.csv",
    "--text-column",
    "text",
    "--label-column",
    "label",
    "--head",
    "incivility",
    "--labels",
    "0=civil,1=uncivil",
];

fn folder() -> Folder {
    Folder::new().file("c.csv", COMMENTS)
}

#[test]
fn training_in_passes_gives_the_same_model() {
    for algorithm in ["multinomial", "bernoulli", "complement"] {
        let folder = folder();
        let plain = [&FLAGS[..], &["--algorithm", algorithm, "--folds", "0", "-o"]].concat();
        folder.run(&[&plain[..], &["held"]].concat()).done();
        folder.run(&[&plain[..], &["passed", "--memory", "100MB"]].concat()).done();
        assert_eq!(folder.read("held"), folder.read("passed"), "{algorithm}");
    }
}

#[test]
fn what_does_not_fit_the_memory_is_refused_before_the_work() {
    let text: String = (0..4000).map(|i| format!("thank you for number {i},{}\n", i % 2)).collect();
    let folder = Folder::new().file("c.csv", format!("text,label\n{text}"));
    for (memory, said) in [("1MB", "expected at most 1 MB"), ("little", "found `little`")] {
        let ran = folder.run(&[&FLAGS[..], &["--memory", memory, "-o", "m"]].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(!folder.path("m").exists());
    }
}

#[test]
fn a_table_becomes_a_model_with_every_algorithm() {
    for algorithm in ["multinomial", "bernoulli", "complement", "nblr", "logistic", "blend"] {
        let folder = folder();
        folder.run(&[&FLAGS[..], &["--algorithm", algorithm, "--folds", "3", "-o", "m"]].concat()).done();
        let about = folder.run(&["inspect", "m", "--to", "json"]).done().json();
        assert_eq!(about["heads"][0]["algorithm"], algorithm);
        assert_eq!(about["heads"][0]["head"]["labels"], serde_json::json!(["civil", "uncivil"]));
        let answer = folder.run(&["explain", "stupid fool", "-m", "m", "--to", "json"]).done().json();
        assert_eq!(answer["heads"]["incivility"]["label"], "uncivil", "{algorithm}");
    }
}

#[test]
fn cross_validated_figures_are_shown() {
    let ran = folder().run(&[&FLAGS[..], &["--folds", "3", "-o", "m"]].concat()).done();
    assert!(ran.stdout.starts_with("cross-validated, 3 folds\n\nincivility: 12 comments"), "{ran}");
    for figure in ["accuracy", "macro F1", "AUC", "log loss", "Brier", "majority"] {
        assert!(ran.stdout.contains(figure), "{figure}\n{ran}");
    }
}

#[test]
fn without_folds_nothing_is_claimed() {
    insta::assert_snapshot!(folder().run(&[&FLAGS[..], &["--folds", "0", "-o", "m"]].concat()));
}

#[test]
fn a_recipe_and_a_card() {
    let folder = Folder::new().file("tiny.toml", tiny::RECIPE);
    let starter = repository("training/starter");
    let args = ["train", "tiny.toml", "--data-dir", &starter, "--folds", "2", "-o", "m", "--card", "m.md"];
    let ran = folder.run(&args).done();
    for head in ["incivility", "attributes", "stance"] {
        assert!(ran.stdout.contains(&format!("\n{head}")), "{head}\n{ran}");
    }
    let card = String::from_utf8(folder.read("m.md")).unwrap();
    for part in [
        "# Model card: tiny",
        "## What it answers",
        "## What it was made of",
        "## Where it fails",
        "## How good",
    ] {
        assert!(card.contains(part), "{part}\n{card}");
    }
}

#[test]
fn the_data_and_the_seed_decide_every_byte() {
    let folder = folder();
    let train = |args: &[&str], out: &str| {
        folder.run(&[&FLAGS[..], &["--folds", "2", "-o", out], args].concat()).done();
        folder.read(out)
    };
    assert_eq!(train(&["--seed", "1"], "a"), train(&["--seed", "1"], "b"));
    assert_ne!(train(&["--seed", "1"], "a"), train(&["--seed", "2"], "b"));
}

#[test]
fn labels_may_be_ranges() {
    let folder = Folder::new().file("c.csv", COMMENTS.replace(",0\n", ",0.7\n").replace(",1\n", ",2.5\n"));
    let flags = [&FLAGS[..10], &["<1.5=civil,>=1.5=uncivil", "--folds", "0", "-o", "m"]].concat();
    folder.run(&flags).done();
    let about = folder.run(&["inspect", "m", "--to", "json"]).done().json();
    assert_eq!(about["heads"][0]["columns"][0]["support"], 6);
}

#[test]
fn an_unnamed_label_is_told_unless_it_is_to_be_dropped() {
    let folder = Folder::new().file("c.csv", format!("{COMMENTS}what is this,7\n"));
    let flags = [&FLAGS[..], &["--folds", "0", "-o", "m"]].concat();
    insta::assert_snapshot!("unnamed_label", folder.run(&flags));
    insta::assert_snapshot!("unnamed_label_dropped", folder.run(&[&flags[..], &["--drop-unnamed"]].concat()));
}

#[test]
fn settings_no_fit_has_are_refused() {
    let refused = |args: &[&str]| {
        let folder = folder();
        let ran = folder.run(&[&FLAGS[..], &["-o", "m"], args].concat());
        assert_eq!((ran.code, folder.names()), (2, vec!["c.csv".to_owned()]), "{ran}");
        ran.stderr
    };
    let all = [
        &["--algorithm", "magic"][..],
        &["--fit", "alpha=-1"],
        &["--fit", "alpha"],
        &["--fit", "beta=1"],
        &["--folds", "1"],
        &["--analysis", "words=[3,1]"],
        &["--vocabulary", "min-words=1000", "--vocabulary", "min-characters=1000"],
        &["--threshold-for", "luck"],
    ];
    let told: Vec<String> = all.iter().map(|args| format!("{}\n{}", args.join(" "), refused(args))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_report_says_how_each_source_fares_and_a_card_how_each_case() {
    let cases = "{\"case\": \"kind\", \"text\": \"thank you\", \"incivility\": \"civil\"}\n\
                 {\"case\": \"unkind\", \"text\": \"stupid fool\", \"incivility\": \"civil\"}\n";
    let folder = folder().file("d.csv", COMMENTS.replace("again", "and again")).file("cases.jsonl", cases);
    let mut args = FLAGS.to_vec();
    args.splice(3..3, ["d.csv"]);
    args.extend(["--folds", "3", "-o", "m", "--report", "r", "--card", "m.md", "--cases", "cases.jsonl"]);
    folder.run(&args).done();
    let report: serde_json::Value = serde_json::from_slice(&folder.read("r/report.json")).unwrap();
    assert_eq!(report["n"], 24);
    let sources = report["by_source"]["incivility"].as_array().unwrap();
    let names: Vec<_> = sources.iter().map(|s| (s["name"].as_str(), s["n"].as_u64())).collect();
    assert_eq!(names, [(Some("c.csv"), Some(12)), (Some("d.csv"), Some(12))]);
    let card = String::from_utf8(folder.read("m.md")).unwrap();
    assert!(card.contains("incivility, by source"), "{card}");
    assert!(card.contains("| kind | 1 | 0 | 100.0% |"), "{card}");
    assert!(card.contains("| all | 1 | 1 | 50.0% |"), "{card}");
}
