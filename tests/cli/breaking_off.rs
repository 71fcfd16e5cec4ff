//! Runs that are broken off: nothing half written is left, and a long run is gone on with.
#![cfg(unix)]

use crate::crawl::page;
use crate::folder::Folder;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A pipe with a name: who reads it waits for a writer.
fn pipe(folder: &Folder, name: &str) {
    let made = Command::new("mkfifo").arg(folder.path(name)).status().expect("mkfifo runs");
    assert!(made.success());
}

fn start(folder: &Folder, args: &[&str]) -> Child {
    folder.command(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("moderato starts")
}

/// Waits for what a program that was just started will do.
#[track_caller]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: waited in vain");
        std::thread::yield_now();
    }
}

fn journal_lines(folder: &Folder) -> usize {
    std::fs::read_to_string(folder.path("out.jsonl.journal"))
        .map_or(0, |journal| journal.matches('\n').count())
}

const NAMES: [&str; 5] = ["a.html", "b.html", "c.html", "d.html", "e.html"];

#[test]
fn a_run_killed_again_and_again_loses_and_doubles_nothing() {
    let whole =
        NAMES.iter().fold(Folder::new(), |folder, name| folder.file(name, page(&format!("Ada of {name}"))));
    let expected = whole.run(&[&["extract"], &NAMES[..]].concat()).done();
    let folder = Folder::new().file(NAMES[0], whole.read(NAMES[0]));
    NAMES[1..].iter().for_each(|name| pipe(&folder, name));
    let args = [&["extract"], &NAMES[..], &["-o", "out.jsonl", "--resume"]].concat();
    for blocked in &NAMES[1..] {
        let before = journal_lines(&folder);
        let mut run = start(&folder, &args);
        // Up to the pipe that nobody writes to.
        wait_until("a point in the journal", || journal_lines(&folder) > before);
        run.kill().expect("it can be killed");
        run.wait().expect("it ends");
        assert!(folder.names().contains(&"out.jsonl.part".to_owned()));
        assert!(!folder.names().contains(&"out.jsonl".to_owned()));
        std::fs::remove_file(folder.path(blocked)).expect("the pipe goes");
        std::fs::write(folder.path(blocked), whole.read(blocked)).expect("a page comes");
    }
    let last = folder.run(&args).done();
    assert_eq!(String::from_utf8_lossy(&folder.read("out.jsonl")), expected.stdout);
    assert_eq!(last.stderr, expected.stderr);
    assert_eq!(folder.names(), [&NAMES[..], &["out.jsonl"]].concat());
}

fn response(author: &str) -> String {
    // More than is looked at to tell what an input is.
    let filler = "<!-- nothing to read here -->".repeat(10_000);
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}{filler}", page(author));
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{author}\r\nContent-Type: \
         application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    )
}

#[test]
fn a_crawl_is_gone_on_with_behind_the_page_it_had_come_to() {
    let crawl: String = ["Ada", "Bob", "Cleo", "Dan"].map(response).concat();
    let whole = Folder::new().file("news.warc", &crawl);
    let expected = whole.run(&["extract", "news.warc"]).done();
    let folder = Folder::new();
    pipe(&folder, "news.warc");
    let args = ["extract", "news.warc", "-o", "out.jsonl"];
    let mut run = start(&folder, &args);
    let mut writer = OpenOptions::new().write(true).open(folder.path("news.warc")).expect("the pipe opens");
    writer.write_all(&crawl.as_bytes()[..response("Ada").len() + 100_000]).expect("the pipe takes it");
    writer.flush().expect("the pipe takes it");
    wait_until("a point in the journal", || journal_lines(&folder) > 0);
    run.kill().expect("it can be killed");
    run.wait().expect("it ends");
    drop(writer);
    std::fs::remove_file(folder.path("news.warc")).expect("the pipe goes");
    let folder = folder.file("news.warc", &crawl);
    let part = folder.read("out.jsonl.part");
    assert_eq!(String::from_utf8_lossy(&part).lines().count(), 2);
    folder.run(&["extract", "news.warc", "-o", "out.jsonl", "--resume"]).done();
    assert_eq!(String::from_utf8_lossy(&folder.read("out.jsonl")), expected.stdout);
}

#[test]
fn a_part_half_written_is_cut_and_a_journal_of_another_call_is_refused() {
    let folder = NAMES.iter().fold(Folder::new(), |folder, name| folder.file(name, page(name)));
    let expected = folder.run(&["extract", "a.html", "b.html"]).done().stdout;
    std::fs::remove_file(folder.path("b.html")).expect("a page goes");
    pipe(&folder, "b.html");
    let mut run = start(&folder, &["extract", "a.html", "b.html", "-o", "out.jsonl"]);
    wait_until("a point in the journal", || journal_lines(&folder) > 0);
    run.kill().expect("it can be killed");
    run.wait().expect("it ends");
    std::fs::remove_file(folder.path("b.html")).expect("the pipe goes");
    let folder = folder.file("b.html", page("b.html"));
    // What had come to the disk, but not to the journal; and a line of the journal that came half.
    let mut part =
        OpenOptions::new().append(true).open(folder.path("out.jsonl.part")).expect("the part opens");
    part.write_all(b"{\"id\": \"half a rec").expect("it is written");
    let journal = OpenOptions::new().append(true).open(folder.path("out.jsonl.journal"));
    journal.expect("the journal opens").write_all(b"{\"input\": 1, \"pie").expect("it is written");
    let other = folder.run(&["extract", "a.html", "b.html", "-o", "out.jsonl", "--resume", "--pingbacks"]);
    insta::assert_snapshot!("journal_of_another_call", other);
    folder.run(&["extract", "a.html", "b.html", "-o", "out.jsonl", "--resume"]).done();
    assert_eq!(String::from_utf8_lossy(&folder.read("out.jsonl")), expected);
}

#[test]
fn standard_input_cannot_be_gone_on_with() {
    insta::assert_snapshot!(Folder::new().run_on(b"x", &["extract", "-", "-o", "out.jsonl", "--resume"]));
}

#[test]
fn standard_output_cannot_be_gone_on_with() {
    let folder = Folder::new().file("a.html", page("Ada"));
    for output in ["-", "/dev/null"] {
        let ran = folder.run(&["extract", "a.html", "-o", output, "--resume"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran}");
        assert!(ran.stderr.contains("cannot be gone on with, expected a file"), "{ran}");
    }
}

#[test]
fn two_runs_do_not_write_one_file() {
    let folder = Folder::new().file("a.html", page("Ada"));
    pipe(&folder, "b.html");
    let args = ["extract", "a.html", "b.html", "-o", "out.jsonl"];
    let mut first = start(&folder, &args);
    wait_until("a point in the journal", || journal_lines(&folder) > 0);
    let part = folder.read("out.jsonl.part");
    for more in [&[][..], &["--resume"]] {
        let second = folder.run(&[&args[..], more].concat());
        let found = "out.jsonl: found another run that is writing it\n";
        assert!(second.code == 2 && second.stderr.contains(found), "{second}");
        assert_eq!(folder.read("out.jsonl.part"), part);
    }
    std::fs::write(folder.path("b.html"), page("Bob")).expect("the pipe takes it");
    assert!(first.wait().expect("it ends").success());
    assert_eq!(String::from_utf8_lossy(&folder.read("out.jsonl")).lines().count(), 4);
    assert_eq!(folder.names(), ["a.html", "b.html", "out.jsonl"]);
}

#[test]
fn no_temporary_file_is_left_when_the_user_breaks_off() {
    for signal in ["-INT", "-TERM"] {
        let folder = Folder::with_model();
        pipe(&folder, "in.jsonl");
        let mut run = start(&folder, &["score", "in.jsonl", "-m", "tiny.model", "-o", "out.jsonl"]);
        wait_until("a temporary file", || folder.names().iter().any(|name| name.starts_with(".moderato-")));
        let sent = Command::new("kill").args([signal, &run.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let status = run.wait().expect("it ends");
        assert_eq!(status.code(), Some(130), "{signal}");
        assert_eq!(folder.names(), ["in.jsonl", "tiny.model"], "{signal}");
    }
}

#[test]
fn a_run_that_fails_before_it_began_leaves_nothing() {
    let folder = Folder::new().file("noise.html", [0_u8; 64]);
    folder.run(&["extract", "noise.html", "-o", "out.jsonl"]);
    assert_eq!(folder.names(), ["noise.html"]);
}
