//! Standard output closed early is success: who reads has seen enough. A full disk is not, and is told by its name.

use crate::folder::Folder;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Write};

/// Starts the command, reads one line, and goes.
fn head(folder: &Folder, args: &[&str]) {
    let mut child = folder.command(args).spawn().expect("moderato starts");
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    stdout.read_line(&mut first).expect("there is a line");
    assert!(first.ends_with('\n'), "{first}");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().expect("standard error is a pipe").read_to_string(&mut stderr).expect("UTF-8");
    let status = child.wait().expect("moderato ends");
    assert!(status.success(), "{args:?}: {status}\n{stderr}");
    assert!(!stderr.contains("error") && !stderr.contains("panic"), "{args:?}: {stderr}");
}

#[test]
fn a_reader_that_goes_early_is_no_failure() {
    // More than pipes and buffers hold.
    let rows: String =
        (0..60_000).map(|i| format!("{{\"id\": {i}, \"text\": \"you fool number {i}\"}}\n")).collect();
    let folder = Folder::with_model().file("many.jsonl", rows);
    head(&folder, &["extract", "many.jsonl"]);
    head(&folder, &["extract", "many.jsonl", "--to", "csv"]);
    head(&folder, &["score", "many.jsonl", "-m", "tiny.model"]);
    head(&folder, &["score", "many.jsonl", "-m", "tiny.model", "--to", "table"]);
    head(&folder, &["inspect", "tiny.model", "--terms", "100000"]);
    head(&folder, &["man"]);
    head(&folder, &["completions", "zsh"]);
}

/// What is said where standard output is a disk that is full, as the system has one to try with.
fn onto_a_full_disk(folder: &Folder, args: &[&str]) -> Option<(Option<i32>, String)> {
    let full = OpenOptions::new().write(true).open("/dev/full").ok()?;
    let child = folder.command(args).stdout(full).spawn().expect("moderato starts");
    let ended = child.wait_with_output().expect("moderato ends");
    Some((ended.status.code(), String::from_utf8(ended.stderr).expect("UTF-8")))
}

#[test]
fn a_full_disk_is_told_with_the_place() {
    let table = "text,label,score,spans\nthank you,0,0.1,[]\nyou fool,1,0.9,\"[4,5]\"\nthank you again,0,0.2,[]\nfool,1,0.8,[0]\n";
    let folder = Folder::with_model().file("c.csv", table);
    let data = [
        "--data",
        "c.csv",
        "--label-column",
        "label",
        "--labels",
        "0=civil,1=uncivil",
        "--head",
        "incivility",
    ];
    let with = |args: &[&'static str]| [args, &data].concat();
    let calls = [
        vec!["extract", "c.csv"],
        vec!["score", "c.csv", "-m", "tiny.model"],
        vec!["score", "c.csv", "-m", "tiny.model", "--to", "table"],
        vec!["inspect", "tiny.model"],
        vec!["explain", "you fool", "-m", "tiny.model"],
        vec!["man"],
        vec!["--help"],
        vec!["score", "-h"],
        vec!["--version"],
        vec!["completions", "fish"],
        with(&["evaluate", "-m", "tiny.model"]),
        with(&["threshold", "-m", "tiny.model", "--at", "0.5"]),
        with(&["compare", "tiny.model", "tiny.model"]),
        with(&["suspects", "--folds", "2"]),
        with(&["train", "--folds", "2", "-o", "m"]),
        vec!["migrate", "--scores", "c.csv", "-m", "tiny.model", "--folds", "2"],
    ];
    for args in calls {
        let Some((code, said)) = onto_a_full_disk(&folder, &args) else {
            let _ = writeln!(std::io::stderr(), "skipped: this system has no disk that is always full");
            return;
        };
        let expected = "error: standard output: cannot write: ";
        let error = said.lines().find(|line| line.starts_with("error")).unwrap_or_default();
        assert!(code == Some(2) && error.starts_with(expected), "{args:?}: {code:?}\n{said}");
    }
    for args in
        [&["extract", "c.csv", "-o", "/dev/full"][..], &with(&["train", "--folds", "2", "-o", "/dev/full"])]
    {
        let ran = folder.run(args);
        assert!(ran.code == 2 && ran.stderr.starts_with("error: /dev/full: cannot write: "), "{ran}");
    }
}
