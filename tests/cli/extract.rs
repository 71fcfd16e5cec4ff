//! `moderato extract`.

use crate::folder::{Folder, data, repository};

const TABLE: &str = "id,comment,author,created,likes\n\
    a,\"Two lines,\nand a comma\",Ann Example,2024-05-01,3\n\
    b,Plain,,,\n";

#[test]
fn a_table_becomes_json_lines() {
    let folder = Folder::new().file("comments.csv", TABLE);
    insta::assert_snapshot!(folder.run(&["extract", "comments.csv"]));
}

#[test]
fn a_table_becomes_a_table() {
    let folder = Folder::new().file("comments.csv", TABLE);
    insta::assert_snapshot!(folder.run(&["extract", "comments.csv", "--to", "csv"]));
}

#[test]
fn standard_input_is_named_by_a_dash() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.run_on(b"{\"id\": 7, \"body\": \"Hello\"}\n", &["extract", "-"]));
}

#[test]
fn a_file_appears_and_standard_output_stays_empty() {
    let folder = Folder::new().file("comments.csv", TABLE);
    insta::assert_snapshot!(folder.run(&["extract", "comments.csv", "-o", "out.jsonl"]));
    assert_eq!(folder.names(), ["comments.csv", "out.jsonl"]);
    assert_eq!(String::from_utf8_lossy(&folder.read("out.jsonl")).lines().count(), 2);
}

#[test]
fn what_extract_writes_extract_reads() {
    let folder = Folder::new().file("comments.csv", TABLE);
    let first = folder.run(&["extract", "comments.csv"]).done();
    let again = folder.run_on(first.stdout.as_bytes(), &["extract", "-"]).done();
    assert_eq!(first.stdout, again.stdout);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let rows: String = (0..5000).map(|i| format!("{{\"text\": \"comment {i}\"}}\n")).collect();
    let folder = Folder::new().file("many.jsonl", rows);
    let outputs =
        ["1", "2", "7"].map(|n| folder.run(&["extract", "many.jsonl", "--threads", n]).done().stdout);
    assert_eq!(outputs[0].lines().count(), 5000);
    assert!(outputs.iter().all(|output| *output == outputs[0]));
}

/// The lines of a comment, however many breaks stand between them.
fn lines(text: &serde_json::Value) -> Vec<String> {
    let lines = text.as_str().unwrap_or_default().lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn our_own_pages_give_the_comments_written_beside_them() {
    let folder = Folder::new();
    for page in ["council-vote.txt", "forum-thread.html", "no-comments.html", "sanctuary-budget.html"] {
        let path = repository(&format!("training/starter/pages/{page}"));
        let found = folder.run(&["extract", &path, "--quotes", "apart"]).done().json_lines();
        let (stem, _) = page.rsplit_once('.').unwrap_or((page, ""));
        let expected =
            std::fs::read_to_string(repository(&format!("training/starter/pages/{stem}.expected.jsonl")));
        let expected = expected.unwrap_or_default();
        let texts =
            |values: &[serde_json::Value]| values.iter().map(|v| lines(&v["text"])).collect::<Vec<_>>();
        let expected: Vec<serde_json::Value> =
            expected.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
        assert_eq!(texts(&found), texts(&expected), "{page}");
    }
}

#[test]
fn a_page_without_comments_says_so_and_that_is_no_error() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.run(&["extract", &repository("training/starter/pages/no-comments.html")]));
}

#[test]
fn of_the_five_seed_pages_the_first_has_three_comments() {
    let Some(seeds) = data("pages/seeds") else { return };
    let folder = Folder::new();
    let mut pages: Vec<String> = std::fs::read_dir(&seeds)
        .expect("a folder lists")
        .map(|entry| entry.expect("an entry").path().display().to_string())
        .filter(|path| path.ends_with(".txt") || path.ends_with(".html"))
        .collect();
    pages.sort();
    assert_eq!(pages.len(), 5, "{pages:?}");
    for page in pages {
        let ran = folder.run(&["extract", &page]).done();
        let first = page.rsplit('/').next().is_some_and(|name| name.starts_with("000_"));
        let authors: Vec<String> =
            ran.json_lines().iter().map(|c| c["author"].as_str().unwrap_or_default().to_owned()).collect();
        let expected: &[&str] = if first { &["Beach", "Pat", "Nina Westen"] } else { &[] };
        assert_eq!(authors, expected, "{page}");
        assert!(ran.stderr.contains(if first { "3 comments" } else { "0 comments" }), "{ran}");
    }
}

#[test]
fn an_author_is_told_by_name_or_by_address() {
    let page = |author: &str| {
        format!(
            "<ol id=comments><li class=comment><cite><a href=/users/7>{author}</a></cite> <time datetime=2020-05-12>x</time>\
             <p>The new bus lane saves me time.</p></li><li class=comment><cite>Bob</cite> <time datetime=2020-05-13>x</time>\
             <p>It costs me fifteen minutes.</p></li></ol>"
        )
    };
    let folder = Folder::new().file("a.html", page("Ada")).file("b.html", page("Ada B."));
    let authors = |page: &str, more: &[&str]| -> Vec<String> {
        let comments = folder.run(&[&["extract", page], more].concat()).done().json_lines();
        comments.iter().map(|c| c["author"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(authors("a.html", &[]), ["Ada", "Bob"]);
    assert_eq!(authors("a.html", &["--author-as", "link"]), ["/users/7", "Bob"]);
    // The codes of those who change their names change too, unless they are made of what stays.
    let hidden = ["--pseudonymise", "long and secret"];
    assert_ne!(authors("a.html", &hidden), authors("b.html", &hidden));
    let by_link = [&hidden[..], &["--author-as", "link"]].concat();
    assert_eq!(authors("a.html", &by_link), authors("b.html", &by_link));
    let shown = folder.run(&[&["extract", "a.html"], &by_link[..]].concat()).done().stdout;
    assert!(!shown.contains("/users/7") && !shown.contains("Ada"), "{shown}");
}

#[test]
fn an_empty_key_hides_nobody_and_is_refused() {
    let folder = Folder::new().file("comments.csv", TABLE);
    for key in ["--pseudonymise=", "--pseudonymise= "] {
        insta::assert_snapshot!("empty_key", folder.run(&["extract", "comments.csv", key]));
    }
}

#[test]
fn a_table_for_spreadsheets_holds_no_formula() {
    let texts = ["=1+1", "@you", "'=1", "'tis", "-", "fine"];
    let lines: String =
        texts.iter().map(|t| format!("{}\n", serde_json::json!({"text": t, "votes": -3}))).collect();
    let folder = Folder::new().file("a.jsonl", lines);
    let cells = |to: &str| -> Vec<String> {
        let table = folder.run(&["extract", "a.jsonl", "--to", to]).done().stdout;
        let read = folder.run_on(table.as_bytes(), &["extract", "-", "--from", "csv"]).done().json_lines();
        assert!(read.iter().all(|c| c["votes"] == -3), "{table}");
        read.iter().map(|c| c["text"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(cells("csv"), texts);
    assert_eq!(cells("spreadsheet"), ["'=1+1", "'@you", "''=1", "'tis", "'-", "fine"]);
}

#[test]
fn lines_that_could_be_comments_are_hinted_at() {
    let hint = "hint: if each line is a comment, say `--from lines`";
    let folder = Folder::new()
        .file("a.txt", "I agree.\nSo do I, all in all.\n")
        .file("b.txt", "A report.\n\nIt ends.\n");
    assert!(folder.run(&["extract", "a.txt"]).done().stderr.contains(hint));
    assert!(!folder.run(&["extract", "b.txt"]).done().stderr.contains(hint));
    assert_eq!(folder.run(&["extract", "a.txt", "--from", "lines"]).done().json_lines().len(), 2);
}
