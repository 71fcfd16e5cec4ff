//! Standard output closed early is success: who reads has seen enough.

use crate::folder::Folder;
use std::io::{BufRead, BufReader, Read};

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
