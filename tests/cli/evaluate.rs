//! `moderato evaluate`.

use crate::folder::{Folder, Ran, repository};

fn evaluate(folder: &Folder, head: &str, args: &[&str]) -> Ran {
    let test = repository("training/starter/test.jsonl");
    let flags = [
        "evaluate",
        "--data",
        &test,
        "--text-column",
        "text",
        "--head",
        head,
        "-m",
        "tiny.model",
        "--resamples",
        "20",
    ];
    folder.run(&[&flags, args].concat())
}

#[test]
fn the_report_has_the_agreed_fields() {
    let folder = Folder::with_model();
    let ran = evaluate(&folder, "incivility", &["--label-column", "incivility", "-o", "report"]).done();
    assert!(ran.stdout.contains("truth") && ran.stdout.contains("predicted"), "{ran}");
    let report: serde_json::Value = serde_json::from_slice(&folder.read("report/report.json")).unwrap();
    for field in [
        "head",
        "labels",
        "confusion",
        "n",
        "accuracy",
        "macro_f1",
        "weighted_f1",
        "auc",
        "average_precision",
        "log_loss",
        "brier",
        "per_class",
    ] {
        assert!(report.get(field).is_some_and(|value| !value.is_null()), "no `{field}`");
    }
    assert_eq!(report["head"], "incivility");
    assert_eq!(report["n"], 120);
    let cells = report["confusion"].as_array().unwrap().iter().flat_map(|row| row.as_array().unwrap());
    assert_eq!(cells.map(|cell| cell.as_u64().unwrap()).sum::<u64>(), 120);
    assert_eq!(report["per_class"]["uncivil"]["support"], 46);
    let markdown = String::from_utf8(folder.read("report/report.md")).unwrap();
    assert!(markdown.contains("| civil |") && markdown.contains("majority"), "{markdown}");
}

#[test]
fn heads_of_every_kind_are_evaluated() {
    let folder = Folder::with_model();
    let three = evaluate(&folder, "stance", &["--label-column", "stance", "--to", "json"]).done().json();
    assert_eq!(three["labels"], serde_json::json!(["favor", "against", "none"]));
    let columns = ["--label-column", "toxicity=toxicity", "--label-column", "insult=insult"];
    let each = evaluate(&folder, "attributes", &[&columns[..], &["--to", "json"]].concat()).done().json();
    assert!(each["per_class"]["insult"]["support"].as_u64().is_some_and(|n| n == 28), "{each}");
}

#[test]
fn falling_short_is_the_answer_no() {
    let folder = Folder::with_model();
    let at_least =
        |wish| evaluate(&folder, "incivility", &["--label-column", "incivility", "--at-least", wish]);
    assert_eq!(at_least("accuracy=0.1").code, 0);
    let short = at_least("macro_f1=0.9999");
    assert_eq!(short.code, 1, "{short}");
    assert!(
        short.stderr.contains("macro_f1 is 0.") && short.stderr.contains("expected at least 0.9999"),
        "{short}"
    );
    // Of losses less is better.
    assert_eq!(at_least("log_loss=50").code, 0);
    assert_eq!(at_least("log_loss=0.0001").code, 1);
}

#[test]
fn wishes_that_name_no_figure_are_refused() {
    let folder = Folder::with_model();
    let told = ["beauty=1", "accuracy", "accuracy=high"].map(|wish| {
        let ran = evaluate(&folder, "incivility", &["--label-column", "incivility", "--at-least", wish]);
        assert_eq!(ran.code, 2, "{ran}");
        ran.stderr
    });
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let folder = Folder::with_model();
    let report = |seed| {
        evaluate(&folder, "incivility", &["--label-column", "incivility", "--to", "json", "--seed", seed])
            .done()
            .stdout
    };
    assert_eq!(report("3"), report("3"));
}

#[test]
fn slices_are_measured_one_by_one() {
    let folder = Folder::with_model();
    let cases = repository("training/starter/cases.jsonl");
    let args = ["evaluate", "--data", &cases, "--text-column", "text", "--label-column", "incivility"];
    let args = [&args[..], &["--head", "incivility", "-m", "tiny.model", "--slice-column", "case"]].concat();
    let json = folder.run(&[&args[..], &["--to", "json"]].concat()).done().json();
    let slices = json["by_slice"]["incivility"].as_array().unwrap();
    assert_eq!(slices.iter().filter_map(|s| s["n"].as_u64()).sum::<u64>(), 220);
    assert!(slices.iter().any(|slice| slice["name"] == "negation" && slice["accuracy"].is_number()));
    let table = folder.run(&args).done();
    assert!(table.stdout.contains("incivility, by case") && table.stdout.contains("counter"), "{table}");
}
