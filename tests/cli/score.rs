//! `moderato score`.

use crate::folder::{Folder, Ran, repository};
use serde_json::Value;

const COMMENTS: &str = "id,text,author\n\
    one,You are a disgusting liar and a fool,Ann Example\n\
    two,Thank you for the careful figures,Bob Example\n";

fn folder() -> Folder {
    Folder::with_model().file("comments.csv", COMMENTS)
}

fn score(folder: &Folder, args: &[&str]) -> Ran {
    folder.run(&[&["score", "comments.csv", "-m", "tiny.model"], args].concat()).done()
}

#[test]
fn each_comment_gives_a_line_in_the_agreed_form() {
    let lines = score(&folder(), &[]).json_lines();
    assert_eq!(lines.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(), ["one", "two"]);
    for line in &lines {
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "heads", "model"]);
        let (name, hash) = line["model"].as_str().unwrap().split_once('@').unwrap();
        assert_eq!((name, hash.len()), ("tiny", 12));
        let heads = line["heads"].as_object().unwrap();
        assert_eq!(heads.keys().collect::<Vec<_>>(), ["incivility", "attributes", "stance"]);
        for one_of in ["incivility", "stance"] {
            let head = &heads[one_of];
            assert!(head.get("labels").is_none());
            let scores = head["scores"].as_object().unwrap();
            let sum: f64 = scores.values().map(|p| p.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 5e-6, "{scores:?}");
            let best =
                scores.iter().max_by(|a, b| a.1.as_f64().unwrap().total_cmp(&b.1.as_f64().unwrap())).unwrap();
            assert_eq!(head["label"], **best.0);
        }
        let each = &heads["attributes"];
        assert!(each.get("label").is_none());
        assert_eq!(
            each["scores"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["toxicity", "insult", "threat"]
        );
        for held in each["labels"].as_array().unwrap() {
            assert!(each["scores"][held.as_str().unwrap()].as_f64().unwrap() >= 0.5);
        }
    }
    assert_eq!(lines[0]["heads"]["incivility"]["label"], "uncivil");
    assert_eq!(lines[1]["heads"]["incivility"]["label"], "civil");
}

#[test]
fn kept_fields_are_carried_along() {
    let lines = score(&folder(), &["--keep"]).json_lines();
    assert_eq!(lines[0]["author"], "Ann Example");
    assert_eq!(lines[0]["text"], "You are a disgusting liar and a fool");
    assert!(lines[0]["heads"].is_object());
}

#[test]
fn a_table_for_spreadsheets_has_a_column_a_label() {
    let out = score(&folder(), &["--to", "csv"]).stdout;
    let mut rows = csv::Reader::from_reader(out.as_bytes());
    let header = rows.headers().unwrap().iter().map(str::to_owned).collect::<Vec<_>>();
    insta::assert_snapshot!(header.join("\n"));
    assert_eq!(rows.records().map(|r| r.unwrap().len()).collect::<Vec<_>>(), [header.len(); 2]);
}

#[test]
fn a_table_for_people_has_the_label_the_probability_and_the_beginning() {
    let out = score(&folder(), &["--to", "table"]).stdout;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert!(lines[1].starts_with("uncivil ") && lines[1].contains("You are a disgusting"), "{out}");
    assert!(lines[2].starts_with("civil ") && lines[2].contains('%'), "{out}");
}

#[test]
fn terminals_are_told_nothing_they_would_obey() {
    let folder = Folder::with_model().file("c.jsonl", "{\"text\": \"\\u001b[31mred\\u202e and back\"}\n");
    let out = folder.run(&["score", "c.jsonl", "-m", "tiny.model", "--to", "table"]).done().stdout;
    assert!(!out.contains(['\u{1b}', '\u{202e}']), "{out:?}");
}

#[test]
fn a_file_is_the_same_as_standard_output() {
    let folder = folder();
    let printed = score(&folder, &[]).stdout;
    assert_eq!(score(&folder, &["-o", "out.jsonl"]).stdout, "");
    assert_eq!(folder.read("out.jsonl"), printed.as_bytes());
}

#[test]
fn what_extract_writes_score_reads() {
    let folder = folder();
    let direct = score(&folder, &[]).stdout;
    let extracted = folder.run(&["extract", "comments.csv"]).done().stdout;
    let piped = folder.run_on(extracted.as_bytes(), &["score", "-", "-m", "tiny.model"]).done().stdout;
    assert_eq!(direct, piped);
}

#[test]
fn a_page_goes_in_and_labelled_comments_come_out() {
    let page = repository("training/starter/pages/sanctuary-budget.html");
    let lines = Folder::with_model();
    let lines = lines.run(&["score", &page, "-m", "tiny.model"]).done().json_lines();
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["heads"]["stance"]["label"].is_string()));
}

#[test]
fn order_is_kept_whatever_the_number_of_threads() {
    let rows: String =
        (0..20_000).map(|i| format!("{{\"id\": {i}, \"text\": \"fool number {i}\"}}\n")).collect();
    let folder = Folder::with_model().file("many.jsonl", rows);
    let outputs = ["1", "2", "5"]
        .map(|threads| folder.run(&["score", "many.jsonl", "-m", "tiny.model", "--threads", threads]).done());
    for (i, line) in outputs[0].json_lines().iter().enumerate() {
        assert_eq!(line["id"], Value::from(i.to_string()));
    }
    assert!(outputs.iter().all(|ran| ran.stdout == outputs[0].stdout));
}

#[test]
fn one_bad_record_of_many_is_told_and_the_others_are_scored() {
    let folder = Folder::with_model().file("c.jsonl", "{\"text\": \"a\"}\n{\"text\": \n{\"text\": \"b\"}\n");
    let ran = folder.run(&["score", "c.jsonl", "-m", "tiny.model"]);
    assert_eq!((ran.code, ran.json_lines().len()), (2, 2), "{ran}");
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn an_input_that_cannot_be_read_does_not_stop_the_next() {
    let folder = folder();
    let ran = folder.run(&["score", "missing.csv", "comments.csv", "-m", "tiny.model"]);
    assert_eq!((ran.code, ran.json_lines().len()), (2, 2), "{ran}");
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn one_target_is_asked_for_by_its_name() {
    let folder = Folder::with_model().file("c.csv", "text\nhello there\n");
    let args = ["score", "c.csv", "-m", "tiny.model", "--to", "jsonl", "--target"];
    let ran = folder.run(&[&args[..], &["Immigration Enforcement"]].concat()).done();
    assert!(ran.json_lines()[0]["heads"]["stance"].is_object(), "{ran}");
    let unknown = folder.run(&[&args[..], &["cheese"]].concat());
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("no head has target `cheese`, expected `immigration enforcement`"),
        "{unknown}"
    );
}

#[test]
fn the_input_is_never_the_output() {
    let folder = Folder::new().file("c.csv", "id,text\n1,thank you\n");
    for args in [&["score", "c.csv", "-o", "c.csv"][..], &["extract", "c.csv", "-o", "./c.csv"]] {
        let ran = folder.run(args);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("the same file as input and as output"), "{}", ran.stderr);
        assert_eq!(folder.read("c.csv"), b"id,text\n1,thank you\n");
    }
}
