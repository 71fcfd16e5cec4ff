//! `moderato suspects`.

use crate::folder::{Folder, Ran, repository};

fn suspects(folder: &Folder, args: &[&str]) -> Ran {
    let comments = repository("training/starter/comments.jsonl");
    folder.run(&[&["suspects", "--data", &comments, "--head"][..], args].concat())
}

#[test]
fn labels_flipped_on_purpose_are_among_the_first_suspects() {
    let folder = Folder::new();
    let found =
        suspects(&folder, &["incivility", "--label-column", "incivility", "--flip", "0.1", "--to", "json"])
            .done()
            .json();
    assert_eq!(found["n_flipped"], 73);
    let at = |k: u64| {
        let depths = found["precision_at"].as_array().unwrap();
        depths.iter().find(|depth| depth["k"] == k).unwrap()["precision"].as_f64().unwrap()
    };
    // By lot one in ten would be.
    assert!(at(10) >= 0.5 && at(50) >= 0.3, "{found}");
    let again =
        suspects(&folder, &["incivility", "--label-column", "incivility", "--flip", "0.1", "--to", "json"])
            .json();
    assert_eq!(again, found);
}

#[test]
fn the_list_can_be_corrected_and_trained_from() {
    let folder = Folder::new();
    for name in ["list.csv", "list.jsonl"] {
        let ran =
            suspects(&folder, &["incivility", "--label-column", "incivility", "-o", name, "--all"]).done();
        assert!(ran.stderr.contains("of 733 comments"), "{ran}");
        let train = ["train", "--data", name, "--text-column", "text", "--label-column", "incivility"];
        folder
            .run(&[&train[..], &["--head", "incivility", "--folds", "0", "-o", "again.model"]].concat())
            .done();
    }
    let csv = String::from_utf8(folder.read("list.csv")).unwrap();
    assert!(csv.starts_with("id,text,incivility,suggested,margin\n"), "{csv:.100}");
    let first = csv.lines().nth(1).unwrap();
    assert!(first.contains(",uncivil,civil,-") || first.contains(",civil,uncivil,-"), "{first}");
    let alone = suspects(&folder, &["incivility", "--label-column", "incivility", "-o", "few.jsonl"]).done();
    let few = String::from_utf8(folder.read("few.jsonl")).unwrap().lines().count();
    assert!(alone.stderr.contains(&format!("{few} suspects of 733 comments")), "{alone}");
}

#[test]
fn heads_of_several_labels_have_a_column_each() {
    let folder = Folder::new();
    let columns = ["--label-column", "toxicity=toxicity", "--label-column", "insult=insult"];
    suspects(&folder, &[&["attributes"][..], &columns, &["-o", "list.csv"]].concat()).done();
    let csv = String::from_utf8(folder.read("list.csv")).unwrap();
    assert!(csv.starts_with("id,text,insult,toxicity,suggested,margin\n"), "{csv:.100}");
    assert!(csv.lines().nth(1).unwrap().contains("=yes"), "{csv:.300}");
}

#[test]
fn formulas_stay_texts_in_tables() {
    let row = |i: usize, text: &str, label: &str| {
        format!("{{\"id\":\"={i}\",\"text\":\"{text}\",\"label\":\"{label}\"}}")
    };
    let mut rows: Vec<String> =
        (0..20).map(|i| row(i, &format!("=HYPERLINK({i}) you fool"), "uncivil")).collect();
    rows.extend((20..40).map(|i| row(i, &format!("@everyone thanks {i} times"), "civil")));
    let folder = Folder::new().file("rows.jsonl", rows.join("\n"));
    let data = ["--data", "rows.jsonl", "--label-column", "label", "--head", "incivility"];
    folder.run(&[&["suspects", "--folds", "2", "--all", "-o", "list.csv"][..], &data].concat()).done();
    let csv = String::from_utf8(folder.read("list.csv")).unwrap();
    assert!(csv.contains("'=HYPERLINK") && csv.contains("'@everyone") && !csv.contains("\n="), "{csv}");
    let scored = folder.run(&["score", "rows.jsonl", "--keep", "--to", "csv"]).done().stdout;
    assert!(scored.contains("'=HYPERLINK") && !scored.contains("\n="), "{scored}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let folder = Folder::new();
    for (args, expected) in [
        (&["-o", "list.txt"][..], "list.txt: expected a name that ends in .csv or .jsonl"),
        (&["--flip", "0.9"], "`--flip` is 0.9, expected a share from 0 to 0.5"),
        (&["--folds", "0"], "found 0 folds, expected at least 2"),
        (&["--folds", "1"], "found 1 fold, expected at least 2"),
        (&["--folds", "800"], "found 800 folds for 733 comments"),
    ] {
        let ran = suspects(&folder, &[&["incivility", "--label-column", "incivility"][..], args].concat());
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(expected), "{ran}");
    }
}
