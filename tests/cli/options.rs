//! What a flag says is done, or refused with the reason: none is passed over.

use crate::folder::{Folder, Ran};

/// Twelve comments whose words say what they are, with fields for all that flags can name.
fn comments() -> Vec<(String, u8)> {
    let polite = [
        "thank you kindly",
        "thank you again",
        "kindly said",
        "thank you for that",
        "kindly put",
        "again, thanks",
    ];
    let rude = [
        "stupid old fool",
        "stupid fool again",
        "old fool you",
        "fool and stupid",
        "you stupid fool",
        "fool you",
    ];
    let of = |texts: [&str; 6], label| texts.map(|text| (text.to_owned(), label));
    [of(polite, 0), of(rude, 1)].concat()
}

fn csv() -> String {
    let rows: String = comments()
        .iter()
        .enumerate()
        .map(|(i, (text, label))| format!("c{i},\"{text}\",{label},t{}\n", i % 3))
        .collect();
    format!("key,text,label,topic\n{rows}")
}

fn jsonl() -> String {
    let row = |(i, (text, label)): (usize, &(String, u8))| {
        format!("{{\"key\":\"c{i}\",\"text\":\"{text}\",\"label\":{label},\"topic\":\"t{}\"}}\n", i % 3)
    };
    comments().iter().enumerate().map(row).collect()
}

fn folder() -> Folder {
    Folder::with_model().file("c.csv", csv()).file("c.jsonl", jsonl()).file("r.toml", crate::tiny::RECIPE)
}

/// `train --data FILE` with what it needs.
fn training<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let flags = ["train", "--data", file, "--label-column", "label", "--head", "incivility", "-o", "m"];
    [&flags[..], &["--labels", "0=civil,1=uncivil"], more].concat()
}

/// A command with the labelled comments that it needs.
fn labelled(command: &'static str) -> [&'static str; 9] {
    let labels = "0=civil,1=uncivil";
    [command, "--data", "c.csv", "--label-column", "label", "--labels", labels, "--head", "incivility"]
}

/// What is said of each call, which must be refused and leave nothing behind.
fn refused(calls: &[&[&str]]) -> String {
    let said = calls.iter().map(|args| {
        let folder = folder();
        let before = folder.names();
        let ran = folder.run(args);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{args:?}\n{ran}");
        assert_eq!(folder.names(), before, "{args:?}");
        format!("{}\n{}", args.join(" "), ran.stderr)
    });
    said.collect::<Vec<_>>().join("\n")
}

#[test]
fn flags_that_nothing_would_come_of_are_refused() {
    let from = ["train", "--from-decisions", "desk.db", "-o", "m"];
    let recipe = ["train", "r.toml", "-o", "m"];
    insta::assert_snapshot!(refused(&[
        &training("c.csv", &["--base", "tiny.model"]),
        &training("c.csv", &["--community", "town"]),
        &training("c.csv", &["--strength", "3"]),
        &[&recipe[..], &["--strength", "3"]].concat(),
        &[&recipe[..], &["--label-column", "label"]].concat(),
        &[&recipe[..], &["--text-column", "text"]].concat(),
        &[&from[..], &["--labels", "0=civil,1=uncivil"]].concat(),
        &[&from[..], &["--where", "topic=t1"]].concat(),
        &[&from[..], &["--algorithm", "nblr"]].concat(),
        &[&from[..], &["--card", "m.md"]].concat(),
        &training("c.csv", &["--folds", "0", "--threshold-for", "f1"]),
        &training("c.csv", &["--folds", "0", "--fit", "calibration=platt"]),
        &training("c.csv", &["--folds", "0", "--fit", "threshold-for=\"f1\""]),
        &training("c.csv", &["--folds", "0", "--folds-by-hash"]),
        &training("c.csv", &["--folds", "0", "--report", "r"]),
        &["score", "c.csv", "-m", "tiny.model", "--author-field", "key"],
        &["serve", "-m", "tiny.model", "--keep-text"],
    ]));
    folder().run(&training("c.csv", &["--folds", "0", "--fit", "calibration=none"])).done();
}

#[test]
fn a_column_that_is_not_there_is_told_with_those_that_are() {
    let evaluating = |file, more: &[&'static str]| {
        let flags = [
            "evaluate",
            "-m",
            "tiny.model",
            "--data",
            file,
            "--label-column",
            "label",
            "--head",
            "incivility",
        ];
        [&flags[..], &["--labels", "0=civil,1=uncivil"], more].concat()
    };
    let migrating =
        |file, more: &[&'static str]| [&["migrate", "--scores", file, "-m", "tiny.model"][..], more].concat();
    for file in ["c.csv", "c.jsonl"] {
        let labels = ["train", "--data", file, "--label-column", "lable", "--head", "incivility", "-o", "m"];
        let calls = [
            labels.to_vec(),
            training(file, &["--text-column", "txt"]),
            training(file, &["--where", "topics=t1"]),
            training(file, &["--group-column", "tpoic"]),
            training(file, &["--id-column", "ids"]),
            evaluating(file, &["--slice-column", "Topics"]),
            evaluating(file, &["--fairness-column", "subject"]),
            migrating(file, &["--score-field", "scores"]),
            migrating(file, &["--score-field", "label", "--decision-field", "status"]),
        ];
        let calls: Vec<&[&str]> = calls.iter().map(Vec::as_slice).collect();
        insta::assert_snapshot!(format!("column_not_in_{}", &file[2..]), refused(&calls));
    }
    let each =
        ["train", "--data", "c.jsonl", "--label-column", "rude=label", "--label-column", "dull=dullness"];
    let each = [&each[..], &["--head", "attributes", "-o", "m"]].concat();
    insta::assert_snapshot!("one_column_of_several", refused(&[&each]));
}

#[test]
fn a_field_that_no_record_has_is_told() {
    let run = |args: &[&str]| folder().run(args);
    let roles = ["--id-field", "ids", "--author-field", "key"];
    // A table's header says so before anything is written.
    let table = run(&[&["extract", "c.csv"][..], &roles].concat());
    assert_eq!((table.code, &*table.stdout), (2, ""), "{table}");
    assert_eq!(table.stderr, "error: c.csv:1: no field `ids`, found `key`, `text`, `label`, `topic`\n");
    // Of records it is known at the end.
    let lines = run(&[&["extract", "c.jsonl"][..], &roles].concat()).done();
    assert_eq!(lines.json_lines()[0]["author"], "c0");
    let said = "warning: `--id-field`: no record has a field `ids`\n12 comments\n";
    assert_eq!(lines.stderr, said);
    let piped = folder().run_on(csv().as_bytes(), &["extract", "-", "--time-field", "when"]).done();
    assert_eq!(piped.stderr, "warning: `--time-field`: no record has a field `when`\n12 comments\n");
    let found = run(&["score", "c.jsonl", "-m", "tiny.model", "--id-field", "key"]).done();
    assert_eq!((&found.json_lines()[3]["id"], &*found.stderr), (&"c3".into(), "12 comments\n"));
}

#[test]
fn ids_of_labelled_comments_are_those_of_the_column() {
    for file in ["c.csv", "c.jsonl"] {
        let folder = folder();
        let flags = ["suspects", "--data", file, "--label-column", "label", "--labels", "0=civil,1=uncivil"];
        let more = ["--head", "incivility", "--folds", "2", "--all", "-o", "s.jsonl", "--id-column", "key"];
        folder.run(&[&flags[..], &more].concat()).done();
        let written = String::from_utf8(folder.read("s.jsonl")).expect("UTF-8");
        assert_eq!(written.matches("{\"id\":\"c").count(), 12, "{file}\n{written}");
    }
}

#[test]
fn standard_input_is_read_as_often_as_it_takes() {
    // Labels are learned in one pass, comments read in another, and counted in three more.
    let from = |file: &str, stdin: &[u8], more: &[&str]| {
        let folder = folder();
        let flags = ["train", "--data", file, "--label-column", "label", "--head", "incivility", "-o", "m"];
        folder.run_on(stdin, &[&flags[..], more].concat()).done();
        folder.run(&["explain", "stupid old fool", "-m", "m", "--to", "json"]).done().json()["heads"].clone()
    };
    let passes = ["--algorithm", "multinomial", "--folds", "0", "--memory", "50MB"];
    for more in [&["--folds", "2"][..], &passes] {
        assert_eq!(from("c.jsonl", b"", more), from("-", jsonl().as_bytes(), more));
    }
    let unlabelled = folder().run_on(jsonl().as_bytes(), &training("-", &["--group-column", "tpoic"]));
    assert_eq!(
        unlabelled.stderr,
        "error: -:1: no field `tpoic`, found `key`, `text`, `label`, `topic`\n\nhint: there is a field `topic`\n"
    );
    insta::assert_snapshot!(refused(&[
        &["score", "-", "c.csv", "-"],
        &["extract", "-", "-"],
        &training("-", &["--data", "-"]),
    ]));
}

#[test]
fn several_labels_in_a_field_are_split_or_the_flag_for_it_is_named() {
    let table =
        "text,label\nthank you kindly,\"0,2\"\nyou fool,1\nso you say,2\nthanks,0\nfool again,\"1,2\"\n";
    let array = "{\"text\":\"thank you\",\"label\":[0,2]}\n{\"text\":\"you fool\",\"label\":[1]}\n{\"text\":\"so\",\"label\":[2]}\n";
    let folder = || Folder::new().file("c.csv", table).file("c.jsonl", array);
    let flags = |file| {
        ["train", "--data", file, "--label-column", "label", "--head", "tone", "-o", "m", "--folds", "0"]
    };
    let labels = |ran: (Folder, Ran)| {
        ran.1.done();
        let about = ran.0.run(&["inspect", "m", "--to", "json"]).done().json();
        about["heads"][0]["head"]["labels"].clone()
    };
    let run = |args: &[&str]| {
        let folder = folder();
        let ran = folder.run(args);
        (folder, ran)
    };
    assert_eq!(
        labels(run(&[&flags("c.csv")[..], &["--split", ","]].concat())),
        serde_json::json!(["0", "1", "2"])
    );
    assert_eq!(
        labels(run(&[&flags("c.jsonl")[..], &["--kind", "each"]].concat())),
        serde_json::json!(["0", "1", "2"])
    );
    let unsplit = run(&flags("c.csv")).1;
    let named = run(&[&flags("c.csv")[..], &["--labels", "0=kind,1=rude,2=dry"]].concat()).1;
    for ran in [unsplit, named] {
        let hint = "hint: where a field has several labels, say what stands between them, as in `--split ,`";
        assert!(ran.code == 2 && ran.stderr.contains(hint), "{ran}");
    }
}

#[test]
fn what_is_missing_on_the_command_line_is_named_with_an_example() {
    insta::assert_snapshot!(refused(&[
        &["train", "-o", "m"],
        &["train", "c.csv", "-o", "m"],
        &["train", "--data", "c.csv", "-o", "m"],
        &["train", "--data", "c.csv", "--head", "incivility", "-o", "m"],
        &["spans", "--data", "c.jsonl", "--spans-column", "topics", "-m", "tiny.model"],
    ]));
    let both = folder().run(&["score", "c.csv", "c.jsonl", "-m", "tiny.model"]).done();
    assert_eq!(both.stderr, "2 inputs, 2 with comments: 24 comments\n");
}

#[test]
fn attributes_may_be_typed_in_any_case() {
    let migrate = |attribute| {
        let args =
            ["migrate", "--scores", "c.csv", "--score-field", "label", "-m", "tiny.model", "--folds", "2"];
        folder().run(&[&args[..], &["--resamples", "0", "--attribute", attribute]].concat()).done().stdout
    };
    assert_eq!(migrate("TOXICITY"), migrate("toxicity").replacen("toxicity", "TOXICITY", 1));
}

#[test]
fn memory_that_will_not_do_is_told_before_the_work() {
    let text: String =
        (0..6000).map(|i| format!("thank you word{i} other{} third{},{}\n", i * 7, i * 3, i % 2)).collect();
    let folder = Folder::new().file("c.csv", format!("text,label\n{text}"));
    let run = |memory: &str| {
        let more = ["--algorithm", "multinomial", "--folds", "0", "--memory", memory];
        folder.run(&training("c.csv", &more)).done().stderr
    };
    let said = run("1MB");
    let warning = "warning: `--memory`: found 1 MB, expected about ";
    assert!(said.starts_with(warning), "{said}");
    let needed =
        said[warning.len()..].split(' ').next().and_then(|n| n.parse::<u32>().ok()).expect("megabytes");
    let enough = run(&format!("{needed}MB"));
    assert!(!enough.contains("warning") && enough.contains("every term was followed"), "{enough}");
}

#[test]
fn a_file_that_is_not_there_is_told_in_the_same_words_by_every_command() {
    let data = ["--data", "none.csv", "--label-column", "label", "--head", "incivility"];
    let calls = [
        vec!["extract", "none.csv"],
        vec!["score", "none.csv", "-m", "tiny.model"],
        [&["train", "-o", "m"][..], &data].concat(),
        [&["evaluate", "-m", "tiny.model"][..], &data].concat(),
        [&["threshold", "-m", "tiny.model"][..], &data].concat(),
        [&["compare", "tiny.model", "tiny.model"][..], &data].concat(),
        [&["suspects"][..], &data].concat(),
    ];
    for args in calls {
        let ran = folder().run(&args);
        assert_eq!((ran.code, &*ran.stderr), (2, "error: none.csv: no such file\n"), "{args:?}\n{ran}");
    }
    let ran = folder().run(&["train", "r.toml", "-o", "m"]);
    assert!(
        ran.stderr.ends_with("hint: sources are looked for in `--data-dir`, then beside the recipe\n"),
        "{ran}"
    );
}

#[test]
fn what_cannot_be_written_is_told_before_the_work_and_by_the_name_it_was_given() {
    insta::assert_snapshot!(refused(&[
        &[&labelled("evaluate")[..], &["-m", "tiny.model", "-o", "c.csv"]].concat(),
        &[&labelled("compare")[..], &["tiny.model", "tiny.model", "-o", "c.csv"]].concat(),
        &["extract", "c.csv", "-o", "c.csv"],
        &["score", "c.csv", "-m", "tiny.model", "-o", "."],
        &["extract", "c.csv", "-o", "none/x.jsonl"],
        &["score", "c.csv", "-m", "tiny.model", "-o", "none/x.jsonl"],
        &["migrate", "--scores", "c.csv", "-m", "tiny.model", "-o", "none/x.model"],
        &[&labelled("suspects")[..], &["-o", "none/x.csv"]].concat(),
        &[&labelled("threshold")[..], &["-m", "tiny.model", "--at", "0.5", "-o", "none/x.model"]].concat(),
        &["explain", " ", "-m", "tiny.model"],
        &[&labelled("evaluate")[..], &["-m", "tiny.model", "--cases", "."]].concat(),
        &["report", "."],
        &["report", "c.csv"],
    ]));
}

#[test]
fn no_command_writes_over_what_it_reads() {
    let with = |command, more: &[&'static str]| [&labelled(command)[..], more].concat();
    // What a call reads, under the name that it would write to.
    let calls = [
        ("c.csv", vec!["extract", "c.csv", "-o", "c.csv"]),
        ("c.csv", vec!["score", "c.csv", "-m", "tiny.model", "-o", "./c.csv"]),
        ("tiny.model", vec!["score", "c.csv", "-m", "tiny.model", "-o", "tiny.model"]),
        ("c.csv", with("train", &["-o", "c.csv"])),
        ("c.csv", with("train", &["-o", "m", "--card", "c.csv"])),
        (
            "report.json",
            with("train", &["-o", "m", "--card", "k", "--cases", "report.json", "--report", "."]),
        ),
        ("c.csv", with("suspects", &["-o", "c.csv"])),
        ("c.csv", with("threshold", &["-m", "tiny.model", "--at", "0.5", "-o", "c.csv"])),
        ("report.json", with("evaluate", &["--cases", "report.json", "-m", "tiny.model", "-o", "."])),
        ("report.md", with("evaluate", &["--swaps", "report.md", "-m", "tiny.model", "-o", "."])),
        ("report.html", with("evaluate", &["-m", "report.html", "-o", "."])),
        ("comparison.json", with("compare", &["tiny.model", "comparison.json", "-o", "."])),
        ("c.csv", vec!["migrate", "--scores", "c.csv", "--score-field", "label", "-o", "c.csv"]),
        ("desk.db", vec!["migrate", "--store", "desk.db", "-o", "desk.db"]),
        ("desk.db", vec!["train", "--from-decisions", "desk.db", "-o", "desk.db"]),
        ("desk.db", vec!["decisions", "export", "--store", "desk.db", "-o", "desk.db"]),
    ];
    for (name, args) in calls {
        let folder = folder();
        let folder = if folder.path(name).exists() { folder } else { folder.file(name, "as it was") };
        let (before, names) = (folder.read(name), folder.names());
        let ran = folder.run(&args);
        let said = format!("{name}: found the same file as input and as output\n");
        assert!(ran.code == 2 && ran.stderr.contains(&said), "{args:?}\n{ran}");
        assert!(folder.read(name) == before && folder.names() == names, "{args:?}\n{ran}");
    }
}

#[test]
fn a_number_that_will_not_do_is_told_with_those_that_will() {
    let calls = [
        training("c.csv", &["--fit", "c=1e300", "--algorithm", "logistic"]),
        training("c.csv", &["--fit", "c=1e-300", "--algorithm", "logistic"]),
        training("c.csv", &["--fit", "alpha=abc"]),
        training("c.csv", &["--fit", "alpha=1\nseed=2"]),
        training("c.csv", &["--vocabulary", "max-terms=0"]),
        training("c.csv", &["--vocabulary", "min-words=-3"]),
        training("c.csv", &["--analysis", "words=[1,1000000]"]),
        training("c.csv", &["--folds", "-1"]),
        training("c.csv", &["--seed", "-1"]),
        training("c.csv", &["--seed", "99999999999999999999"]),
        training("c.csv", &["--name", " "]),
        training("c.csv", &["--split", ""]),
        vec!["score", "c.csv", "-m", "tiny.model", "--threads", "0"],
        vec!["extract", "c.csv", "--threads", "-2"],
        vec!["inspect", "--terms", "-1", "tiny.model"],
        vec!["migrate", "--scores", "c.csv", "--strength", "x"],
        [&labelled("threshold")[..], &["--workload", "120/0"]].concat(),
        [&labelled("threshold")[..], &["--at", "0.5", "--look-workload", "-1"]].concat(),
        [&labelled("threshold")[..], &["--look-at", "0.5"]].concat(),
        [&labelled("threshold")[..], &["-o", "m"]].concat(),
        vec!["serve", "--rate", "0"],
    ];
    let calls: Vec<&[&str]> = calls.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(refused(&calls));
}

#[test]
fn what_is_told_in_sentences_fits_a_terminal() {
    let folder = folder().file("bad.csv", format!("{}c99,what,neither,t\n", csv()));
    let asked = [&labelled("threshold")[..], &["-m", "tiny.model", "--workload", "0.4"]].concat();
    let asked = folder.run(&[&asked[..], &["--look-miss-rate", "0"]].concat()).done();
    let migrated = ["migrate", "--scores", "c.csv", "--score-field", "label", "-m", "tiny.model"];
    let migrated = folder.run(&[&migrated[..], &["--folds", "2", "--resamples", "0"]].concat()).done();
    for ran in [&asked, &migrated, &folder.run(&["inspect"]).done()] {
        let long = ran.stdout.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{ran}");
    }
    assert!(asked.stdout.contains("look first from probability "), "{asked}");
    assert!(!migrated.stdout.contains("()"), "{migrated}");
    // A record that could not be read is told by the exit code, asked or not.
    let bad = ["threshold", "-m", "tiny.model", "--data", "bad.csv", "--label-column", "label"];
    let bad = [&bad[..], &["--labels", "0=civil,1=uncivil", "--head", "incivility"]].concat();
    for more in [&[][..], &["--at", "0.5"]] {
        let ran = folder.run(&[&bad[..], more].concat());
        assert_eq!(ran.code, 2, "{ran}");
    }
}

#[test]
fn settings_of_a_server_that_nothing_would_come_of_are_refused() {
    let told = [
        ("[rate]\nper_second = 0\n", "s.toml:2: invalid value: integer `0`, expected a whole number from 1"),
        (
            "[limits]\nidle_seconds = -1\n",
            "s.toml:2: invalid value: integer `-1`, expected a whole number from 0",
        ),
        (
            "[coral]\nsecrets = [\"x\"]\n[[coral.rule]]\nattribute = \"BANANA\"\nhold = 0.5\n",
            "s.toml: `coral.rule`: rule on `BANANA`: no label of tiny@",
        ),
        ("store = \"none/desk.db\"\n", "none/desk.db: no folder `none` to write to"),
        ("store = \".\"\n", ": found a folder, expected a store of decisions"),
    ];
    for (settings, expected) in told {
        let folder = folder().file("s.toml", settings);
        let ran = folder.run(&["serve", "--config", "s.toml", "-m", "tiny.model", "--listen", "127.0.0.1:0"]);
        assert!(ran.code == 2 && ran.stderr.contains(expected), "{settings}\n{ran}");
    }
    let ran = folder().run(&["serve", "--communities", "none", "-m", "tiny.model"]);
    assert_eq!((ran.code, &*ran.stderr), (2, "error: none: no such folder\n"), "{ran}");
}
