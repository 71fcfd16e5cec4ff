//! A line of 200 MB: told with its place, the other records are read, and memory stays far below the line's length.
//!
//! The line is made while it is read and is nowhere on disk. Peak memory is what the kernel says of the process while
//! it still runs, so these tests are for Linux.

#![cfg(target_os = "linux")]

use crate::folder::Folder;
use std::io::{Read, Write};
use std::process::Stdio;

const LINE: usize = 200_000_000;

/// Writes `before`, a line of [`LINE`] bytes, `after`; what came of it, and the most memory it took, in kB.
fn run(folder: &Folder, args: &[&str], before: &str, after: &str) -> (i32, String, String, u64) {
    let mut child = folder.command(args).stdin(Stdio::piped()).spawn().expect("moderato starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let mut stderr = child.stderr.take().expect("standard error is a pipe");
    std::thread::scope(|scope| {
        let read_out = scope.spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        let read_err = scope.spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).map(|_| text)
        });
        let block = vec![b'a'; 1 << 20];
        let mut write = || {
            stdin.write_all(before.as_bytes())?;
            for at in (0..LINE).step_by(block.len()) {
                stdin.write_all(&block[..block.len().min(LINE - at)])?;
            }
            stdin.write_all(b"\n")?;
            stdin.write_all(after.as_bytes())
        };
        // If it gives up early, the exit code and the message say so.
        let _ = write();
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        drop(stdin);
        let code = child.wait().expect("moderato ends").code().expect("it exits by itself");
        let text = |thread: std::thread::ScopedJoinHandle<'_, std::io::Result<String>>| {
            thread.join().expect("reading does not panic").expect("output is UTF-8")
        };
        (code, text(read_out), text(read_err), peak.unwrap_or(0))
    })
}

/// Short records, more than any queue holds, so that the long line is done with when the last is taken.
fn many(record: &str) -> String {
    record.repeat(100_000)
}

fn check(args: &[&str], before: &str, record: &str) -> String {
    let folder = Folder::with_model();
    let (code, stdout, stderr, peak) = run(&folder, args, before, &many(record));
    assert_eq!(code, 2, "{stderr}");
    assert!(peak > 0 && peak < 200_000, "{peak} kB\n{stderr}");
    let lines = stdout.lines().count();
    assert!(lines >= 100_000, "{lines} lines\n{stderr}");
    stderr
}

#[test]
fn among_json_lines() {
    let stderr = check(&["extract", "-"], "{\"text\": \"short\"}\n", "{\"text\": \"short\"}\n");
    insta::assert_snapshot!(stderr);
}

#[test]
fn among_json_lines_that_are_scored() {
    let stderr =
        check(&["score", "-", "-m", "tiny.model"], "{\"text\": \"short\"}\n", "{\"text\": \"short\"}\n");
    insta::assert_snapshot!(stderr);
}

#[test]
fn in_a_table() {
    let stderr = check(&["extract", "-", "--from", "csv"], "text,label\nshort,0\n", "short,0\n");
    insta::assert_snapshot!(stderr);
}

#[test]
fn in_what_may_be_anything() {
    let folder = Folder::new();
    let (code, stdout, stderr, peak) = run(&folder, &["extract", "-"], "", "");
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(peak < 200_000, "{peak} kB");
    insta::assert_snapshot!(stderr);
}

#[test]
fn in_a_page() {
    let folder = Folder::new();
    let (code, stdout, stderr, peak) =
        run(&folder, &["extract", "-", "--from", "html"], "<html><body><p>", "</p>");
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert!(peak < 200_000, "{peak} kB");
    insta::assert_snapshot!(stderr);
}
