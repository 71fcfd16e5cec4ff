//! Folders, patterns and crawls: many inputs at once, and one bad page among them.

use crate::folder::Folder;

/// A page on which `author` wrote two comments.
pub(crate) fn page(author: &str) -> String {
    let comment = |n: u8, text: &str| {
        format!(
            "<li class=comment id=comment-{n}><cite class=fn>{author}</cite> <time>2020-05-1{n}</time>\
             <div class=comment-content><p>{text}</p></div></li>"
        )
    };
    format!(
        "<!doctype html><title>x</title><ol class=commentlist>{}{}</ol>",
        comment(1, "The bus came late again today."),
        comment(2, "It came early here, by five minutes.")
    )
}

fn crawl() -> Folder {
    let folder = Folder::new();
    for name in ["crawl", "crawl/b"] {
        std::fs::create_dir(folder.path(name)).expect("a folder can be made");
    }
    folder
        .file("crawl/a.html", page("Ada"))
        .file("crawl/b/10.html", page("Bob"))
        .file("crawl/b/2.html", page("Cleo"))
        .file("crawl/b/logo.png", b"\x89PNG\r\n\x1a\n")
        .file("crawl/empty.html", "")
        .file("crawl/noise.html", [0_u8; 64])
        .file("crawl/none.html", "<!doctype html><p>No one has written here.")
}

fn authors(lines: &[serde_json::Value]) -> Vec<(String, String)> {
    let field = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (field(line, "author"), field(line, "source"))).collect()
}

#[test]
fn a_folder_is_read_by_name_and_bad_pages_cost_no_other() {
    let ran = crawl().run(&["extract", "crawl", "--threads", "3"]);
    insta::assert_snapshot!(ran);
}

#[test]
fn a_pattern_that_the_shell_left_is_looked_up() {
    let ran = crawl().run(&["extract", "crawl/**/[0-9]*.html"]).done();
    let row = |author: &str, source: &str| (author.to_owned(), source.to_owned());
    let (bob, cleo) = (row("Bob", "crawl/b/10.html"), row("Cleo", "crawl/b/2.html"));
    assert_eq!(authors(&ran.json_lines()), [bob.clone(), bob, cleo.clone(), cleo]);
}

#[test]
fn the_number_of_threads_changes_nothing_in_a_folder() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("many")).expect("a folder can be made");
    let folder = (0..60).fold(folder, |folder, i| {
        folder.file(&format!("many/{i:02}.html"), page(&format!("Ada {}", "I".repeat(i % 9))))
    });
    let outputs = ["1", "2", "7"].map(|n| folder.run(&["extract", "many", "--threads", n]).done().stdout);
    assert_eq!(outputs[0].lines().count(), 120);
    assert!(outputs.iter().all(|output| *output == outputs[0]));
}

#[test]
fn an_earlier_output_in_the_folder_is_not_read() {
    let folder = crawl();
    let args = ["extract", "crawl", "-o", "crawl/out.jsonl"];
    let first = folder.run(&args);
    let lines = folder.read("crawl/out.jsonl");
    let again = folder.run(&args);
    assert_eq!(first.stderr, again.stderr);
    assert_eq!(folder.read("crawl/out.jsonl"), lines);
}

#[test]
fn nothing_to_read_is_an_error_with_its_cure() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("bare")).expect("a folder can be made");
    insta::assert_snapshot!("no_page_in_folder", folder.run(&["extract", "bare"]));
    insta::assert_snapshot!("no_file_matches", folder.run(&["extract", "*.html"]));
}

#[test]
fn the_signs_that_decided_are_told() {
    insta::assert_snapshot!(crawl().run(&["extract", "crawl/a.html", "crawl/none.html", "--explain"]));
}

#[test]
fn records_anywhere_in_a_document_are_reached_by_their_way() {
    let json = r#"{"data": {"items": [
  {"key": 1, "body": {"plain": "It rains a lot here."}, "user": {"name": "Ada"}, "at": "2020-05-12"},
  {"key": 2, "body": {"plain": "It never does here."}, "user": {"name": "Bob"}, "at": "2020-05-13", "on": {"key": 1}}
]}}"#;
    let folder =
        Folder::new().file("reply.json", json).file("plain.json", r#"{"comments":[{"text":"Hello"}]}"#);
    let roles = [
        "--id-field",
        "key",
        "--author-field",
        "user.name",
        "--time-field",
        "at",
        "--parent-field",
        "on.key",
    ];
    let args = [&["extract", "reply.json", "--text-field", "data.items[].body.plain"], &roles[..]].concat();
    insta::assert_snapshot!("a_way_through_arrays", folder.run(&args));
    insta::assert_snapshot!("comments_in_an_object", folder.run(&["extract", "plain.json"]));
    insta::assert_snapshot!(
        "no_such_way",
        folder.run(&["extract", "reply.json", "--text-field", "data[].x"])
    );
}

#[test]
fn large_and_hostile_pages_are_read_in_bounded_memory() {
    let list = format!("{}<p>", page("Ada").replace("</ol>", ""));
    let size = 50_000_000;
    for filler in ["<", "<p>a", "<p class=a id=b>", "word ", "&amp;"] {
        let folder = Folder::new().file("page.html", format!("{list}{}", filler.repeat(size / filler.len())));
        let mut command = std::process::Command::new("sh");
        let script = "ulimit -v 1600000 && exec \"$0\" extract page.html --threads 1 --from html";
        command.args(["-c", script, env!("CARGO_BIN_EXE_moderato")]).current_dir(folder.path("."));
        let ran = command.output().expect("sh runs");
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(told.contains("2 comments"), "{filler}: {told}");
    }
}

#[test]
fn what_is_quoted_is_not_scored() {
    let quoting = |quote: &str, text: &str| {
        format!(
            "<ol class=commentlist><li class=comment id=comment-1><cite class=fn>Ada</cite> \
             <time>2020-05-12</time><div class=comment-content>{quote}<p>{text}</p></div></li></ol>"
        )
    };
    let text = "Please, that is no way to talk to anyone here.";
    let folder = Folder::with_model()
        .file("with.html", quoting("<blockquote><p>Get lost, you stupid fool.</p></blockquote>", text))
        .file("without.html", quoting("", text));
    let scores = |name: &str| {
        let direct = folder.run(&["score", name, "-m", "tiny.model"]).done().stdout;
        for to in ["jsonl", "csv"] {
            let extracted = folder.run(&["extract", name, "--to", to]).done().stdout;
            let piped =
                folder.run_on(extracted.as_bytes(), &["score", "-", "-m", "tiny.model"]).done().stdout;
            assert_eq!(piped, direct, "{name} as {to}");
        }
        direct
    };
    assert_eq!(scores("with.html"), scores("without.html"));
    let extracted = folder.run(&["extract", "with.html"]).done().json_lines();
    assert_eq!(extracted[0]["text"], format!("> Get lost, you stupid fool.\n\n{text}"));
    let apart = folder.run(&["extract", "with.html", "--quotes", "apart"]).done().json_lines();
    assert_eq!(
        (&apart[0]["text"], &apart[0]["quoted"][0]),
        (&text.into(), &"Get lost, you stupid fool.".into())
    );
}
