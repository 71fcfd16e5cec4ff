//! The report's page in a real browser: Chromium without a window, if the machine has one.
//!
//! The page's own script runs under its own policy; what a reader would do is done by a second script, put
//! into a copy of the page whose policy lets it.

#![cfg(test)]

use moderato::evaluate::{Bootstrap, Evaluation, Options, Predictions};
use moderato::label::{Decision, Head, HeadKind, LabelId, LabelSet, Truth};
use moderato::report::html::{CommentRow, Details, Mark, Page, PageOptions, render, shown_comments};
use moderato::report::{Provenance, Report};
use ndarray::Array2;
use std::path::Path;
use std::process::{Command, Output};

/// A page of `n` comments under one head of `k` labels.
fn page(n: usize, k: usize) -> String {
    let labels = LabelSet::new((0..k).map(|label| format!("label {label}"))).unwrap();
    let head = Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None };
    let scatter = |i: usize, j: usize| (i * 7919 + j * 104_729 + i * i % 1009 * 31) % 10_007;
    let truth = |i: usize| scatter(i, 99) % (k + 2) % k;
    let weights = Array2::from_shape_fn((n, k), |(i, j)| {
        (1 + scatter(i, j) % 40 + if j == truth(i) { 25 } else { 0 }) as f64
    });
    let probabilities = &weights / &weights.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
    let best =
        |i: usize| (0..k).max_by(|&a, &b| probabilities[[i, a]].total_cmp(&probabilities[[i, b]])).unwrap();
    let truths: Vec<Truth> = (0..n).map(|i| Truth::OneOf(LabelId::from(truth(i)))).collect();
    let decisions = (0..n).map(|i| Decision::OneOf(best(i).into())).collect();
    let predictions = Predictions { probabilities, decisions };
    let options = Options { bootstrap: Some(Bootstrap { resamples: 20, ..Bootstrap::default() }) };
    let evaluation = Evaluation::of(&head, &truths, &predictions, &options).unwrap();
    let text = |i: usize| {
        format!("Comment {i} calls the mayor a wet umbrella.\n<script>document.title = 'broken'</script>")
    };
    let comments = shown_comments(&truths, &predictions)
        .into_iter()
        .map(|i| CommentRow {
            id: format!("c{i}"),
            text: text(i),
            truth: truths[i].clone(),
            decision: predictions.decisions[i].clone(),
            probabilities: predictions.probabilities.row(i).to_vec(),
            marks: (0..k).map(|label| Mark { span: 0..7, label: label.into(), contribution: 1.25 }).collect(),
        })
        .collect();
    let report = Report {
        evaluations: vec![evaluation],
        provenance: Provenance { model: Some("example@0123456789ab".into()), ..Provenance::default() },
        ..Report::default()
    };
    let details = [Details { comments }];
    render(&Page { report: &report, details: &details, comparisons: &[], options: &PageOptions::default() })
}

/// The page after its scripts have run, and what the browser said; `None` on a machine without Chromium.
fn browse(html: &str) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, html).unwrap();
    let output = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|browser| run(browser, folder.path(), &file))?;
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Some((stdout, stderr))
}

fn run(browser: &str, folder: &Path, file: &Path) -> Option<Output> {
    Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=3000",
        ])
        .args(["--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .ok()
}

/// Runs moderato in `folder`.
fn moderato(folder: &Path, args: &[&str]) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_moderato")).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn reports_of_the_default_model_and_of_two_recipes_open_without_a_word_or_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let (comments, test) = (file("training/starter/comments.jsonl"), file("training/starter/test.jsonl"));
    let recipe = |head: &str, labels: &str| {
        let rules: Vec<String> = labels.split(' ').map(|label| format!("{label}={label}")).collect();
        format!(
            "name = \"{head}\"\nversion = \"1\"\nseed = 1\nfolds = 2\n[[head]]\nname = \"{head}\"\nkind = \"one-of\"\nlabels = {:?}\n\
             fit = {{ algorithm = \"multinomial\" }}\n[[source]]\nname = \"starter\"\nfile = {comments:?}\n\
             heads.{head} = {{ column = \"{head}\", labels = {:?}, drop-unnamed = true }}\n",
            labels.split(' ').collect::<Vec<_>>(),
            rules.join(",")
        )
    };
    std::fs::write(folder.path().join("two.toml"), recipe("incivility", "civil uncivil")).unwrap();
    let subjects = "immigration sport schools transport";
    std::fs::write(folder.path().join("four.toml"), recipe("subject", subjects)).unwrap();
    for name in ["two", "four"] {
        let (recipe, model) = (format!("{name}.toml"), format!("{name}.model"));
        moderato(folder.path(), &["train", &recipe, "-o", &model]);
    }
    let default = file("models/default.safetensors");
    for (name, model, head, n_labels) in [
        ("default", default.as_str(), "incivility", 2),
        ("two", "two.model", "incivility", 2),
        ("four", "four.model", "subject", 4),
    ] {
        let own = ["evaluate", "-m", model, "--data", &test, "--head", head, "--label-column", head];
        let labels = subjects.replace(' ', ",");
        let named = if n_labels == 4 { vec!["--labels", &labels, "--drop-unnamed"] } else { Vec::new() };
        moderato(folder.path(), &[&own[..], &named, &["--resamples", "20", "-o", name]].concat());
        let html = std::fs::read_to_string(folder.path().join(name).join("report.html")).unwrap();
        let asking = ["<img", "<link", "<iframe", "<object", "url("];
        assert!(asking.iter().all(|tag| !html.contains(tag)), "{name}: nothing that asks");
        let policy =
            html.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{name}: {policy}");
        // As it is, and then with a reader.
        let Some((dom, stderr)) = browse(&html) else { return skipped() };
        assert_eq!(console(&stderr), Vec::<&str>::new(), "{name}");
        assert!(dom.contains("Hold ") && dom.contains("What it learned"), "{name}");
        let copy = html.replace(policy, "default-src 'unsafe-inline'").replace("</body>", VISITOR);
        let Some((dom, stderr)) = browse(&copy) else { return skipped() };
        assert_eq!(console(&stderr), Vec::<&str>::new(), "{name}");
        let said =
            dom.split("data-said=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let cells = n_labels * n_labels;
        assert_eq!(said, format!("cells:{cells} open:true marked:true moved:true requests:0"), "{name}");
    }
}

/// Chooses a cell, looks for a marked word in a comment, moves the threshold, and counts what was fetched.
const VISITOR: &str = r#"<script>addEventListener("load", async () => {
    const pause = () => new Promise((done) => setTimeout(done, 50));
    const said = ["cells:" + document.querySelectorAll(".matrix td.right, .matrix td.wrong").length];
    const cell = document.querySelector(".matrix td a");
    cell.click();
    const list = document.getElementById(cell.hash.slice(1)).closest("details");
    for (let i = 0; i < 100 && !list.open; i++) await pause();
    await pause();
    said.push("open:" + list.open);
    said.push("marked:" + (list.querySelectorAll("blockquote mark").length > 0));
    const output = document.querySelector(".threshold output");
    const before = output.textContent;
    const hold = document.querySelector(".threshold .hold");
    hold.value = 2;
    hold.dispatchEvent(new Event("input", { bubbles: true }));
    said.push("moved:" + (output.textContent !== before));
    said.push("requests:" + performance.getEntriesByType("resource").length);
    document.body.dataset.said = said.join(" ");
});</script></body>"#;

fn skipped() {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "skipped: no Chromium on this machine");
}

/// The messages of the page's console.
fn console(stderr: &str) -> Vec<&str> {
    stderr.lines().filter(|line| line.contains("CONSOLE")).collect()
}

#[test]
fn the_script_runs_under_the_pages_own_policy_and_comments_do_not() {
    for k in [2, 4] {
        let Some((dom, stderr)) = browse(&page(400, k)) else { return skipped() };
        assert_eq!(console(&stderr), Vec::<&str>::new());
        assert!(!dom.contains("<fieldset class=\"threshold\" hidden"), "the script shows what it moves");
        assert!(dom.contains("Hold from 0."), "and fills it");
        assert!(dom.contains("<title>moderato: evaluation</title>"), "no comment's script ran");
    }
}

/// What a reader does, and what came of it.
const READER: &str = r#"<script>addEventListener("load", async () => {
    const pause = () => new Promise((done) => setTimeout(done, 50));
    const change = (input, value) => {
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const said = [];
    const cell = document.querySelector(".matrix td.wrong a");
    cell.click();
    const list = document.getElementById(cell.hash.slice(1)).closest("details");
    for (let i = 0; i < 100 && !list.open; i++) await pause();
    await pause();
    said.push("open:" + list.open);
    said.push("marked:" + list.querySelector("mark").textContent);
    said.push("focus:" + (document.activeElement.id === cell.hash.slice(1)));
    const items = Array.from(list.querySelectorAll("li"));
    change(document.querySelector(".filter input"), items[0].querySelector("code").textContent + " UMBRELLA");
    const found = items.filter((item) => !item.hidden).length;
    said.push("found:" + (0 < found && found < items.length));
    const output = document.querySelector(".threshold output");
    const before = output.textContent;
    change(document.querySelector(".hold"), 1);
    said.push("moved:" + (output.textContent !== before));
    change(document.querySelector(".look"), 40);
    said.push("look:" + output.textContent.includes("looked at first"));
    document.querySelector(".readable").value = 500;
    document.querySelector(".workload").click();
    said.push("workload:" + /of 1,000 comments (100|9\d(\.\d)?) are held/.test(output.textContent));
    document.body.dataset.said = said.join(" ");
});</script></body>"#;

#[test]
fn a_reader_chooses_a_cell_searches_and_moves_the_threshold() {
    let html = page(400, 2);
    let policy =
        html.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    let copy = html.replace(policy, "default-src 'unsafe-inline'").replace("</body>", READER);
    let Some((dom, stderr)) = browse(&copy) else { return skipped() };
    assert_eq!(console(&stderr), Vec::<&str>::new());
    let said = dom.split("data-said=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert_eq!(said, "open:true marked:Comment focus:true found:true moved:true look:true workload:true");
}
