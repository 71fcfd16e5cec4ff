//! Bad input: a clear message with place, found and expected, exit code 2, and nothing half-written.

use crate::folder::{Folder, Ran};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// Runs a command that must fail as a whole, with an output that is there already and one that is not: neither may
/// be touched.
fn refused(folder: Folder, args: &[&str]) -> Ran {
    let folder = folder.file("there", "as it was");
    let before = folder.names();
    let mut last = None;
    for output in ["there", "absent"] {
        let output = ["-o", output];
        // `evaluate` writes a folder, which has a test of its own.
        let args = [args, if args[0] == "evaluate" { &[] } else { &output }].concat();
        let ran = folder.run(&args);
        assert_eq!(ran.code, 2, "{ran}");
        assert_eq!(ran.stdout, "", "{ran}");
        assert!(ran.stderr.starts_with("error: "), "{ran}");
        assert_eq!(folder.names(), before, "{ran}");
        assert_eq!(folder.read("there"), b"as it was");
        last = Some(ran);
    }
    last.expect("it ran twice")
}

/// Runs a command of which some input cannot be read: exit code 2, and what is written is whole lines.
fn partly(folder: &Folder, args: &[&str]) -> Ran {
    let ran = folder.run(args);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stdout.is_empty() || ran.stdout.ends_with('\n'), "{ran}");
    ran.json_lines();
    ran
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory can be written")
}

/// Bytes without any order, that are no format's: a linear congruence.
fn noise(n: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(n).collect()
}

// Files

#[test]
fn a_missing_file() {
    insta::assert_snapshot!("missing_extract", refused(Folder::new(), &["extract", "none.csv"]));
    insta::assert_snapshot!(
        "missing_score",
        refused(Folder::with_model(), &["score", "none.csv", "-m", "tiny.model"])
    );
    insta::assert_snapshot!("missing_recipe", refused(Folder::new(), &["train", "none.toml"]));
    insta::assert_snapshot!("missing_data", refused(Folder::new(), &TRAIN));
    insta::assert_snapshot!(
        "missing_model",
        refused(Folder::new().file("c.csv", TABLE), &["score", "c.csv", "-m", "none"])
    );
}

#[test]
fn a_folder_in_place_of_a_file() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("sub")).expect("a folder can be made");
    insta::assert_snapshot!(refused(folder, &["extract", "sub"]));
}

#[test]
fn a_folder_that_is_not_there_for_the_output() {
    let ran = Folder::new().file("c.csv", TABLE).run(&["extract", "c.csv", "-o", "none/out.jsonl"]);
    assert_eq!(ran.code, 2);
    let expected = "error: none/out.jsonl: no folder `none` to write to\n\nhint: make the folder first, or name another\n";
    assert_eq!(ran.stderr, expected);
}

#[test]
fn an_empty_file_has_no_comments() {
    let folder = Folder::with_model().file("empty.csv", "");
    insta::assert_snapshot!("empty_extract", folder.run(&["extract", "empty.csv"]));
    insta::assert_snapshot!("empty_score", folder.run(&["score", "empty.csv", "-m", "tiny.model"]));
}

#[test]
fn an_empty_file_trains_nothing() {
    insta::assert_snapshot!("empty_data", refused(Folder::new().file("none.csv", ""), &TRAIN));
    insta::assert_snapshot!("empty_recipe", refused(Folder::new().file("r.toml", ""), &["train", "r.toml"]));
}

#[test]
fn a_binary_file() {
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), noise(4000)].concat();
    insta::assert_snapshot!(
        "binary_noise",
        refused(Folder::new().file("x.bin", noise(4000)), &["extract", "x.bin"])
    );
    insta::assert_snapshot!("binary_png", refused(Folder::new().file("x.csv", png), &["extract", "x.csv"]));
    insta::assert_snapshot!("binary_data", refused(Folder::new().file("none.csv", noise(4000)), &TRAIN));
    insta::assert_snapshot!(
        "binary_recipe",
        refused(Folder::new().file("r.toml", noise(400)), &["train", "r.toml"])
    );
}

#[test]
fn a_model_in_place_of_comments() {
    insta::assert_snapshot!(refused(Folder::with_model(), &["extract", "tiny.model"]));
}

#[test]
fn a_truncated_file() {
    let folder = Folder::new()
        .file("c.json", "[{\"text\": \"whole\"}, {\"text\": \"cut sh")
        .file("c.jsonl", "{\"text\": \"whole\"}\n{\"text\": \"cut sh")
        .file("c.csv", "text,label\nwhole,0\n\"cut sh");
    insta::assert_snapshot!("truncated_json", partly(&folder, &["extract", "c.json"]));
    insta::assert_snapshot!("truncated_jsonl", partly(&folder, &["extract", "c.jsonl"]));
    insta::assert_snapshot!("truncated_csv", folder.run(&["extract", "c.csv"]));
}

#[test]
fn a_mislabelled_file_is_read_for_what_it_is() {
    let line = b"{\"text\": \"hello\"}\n";
    let folder = Folder::new()
        .file("plain.jsonl.gz", line)
        .file("packed.jsonl", gzip(line))
        .file("lines.csv", line)
        .file("table.jsonl", TABLE);
    for name in ["plain.jsonl.gz", "packed.jsonl", "lines.csv"] {
        let ran = folder.run(&["extract", name]).done();
        assert_eq!(ran.json_lines()[0]["text"], "hello", "{name}");
    }
    assert_eq!(folder.run(&["extract", "table.jsonl"]).done().json_lines().len(), 1);
}

#[test]
fn a_file_that_is_not_what_it_is_said_to_be() {
    let folder = Folder::new().file("c.csv", TABLE).file("c.jsonl", "{\"text\": \"hello\"}\n");
    insta::assert_snapshot!("said_to_be_jsonl", partly(&folder, &["extract", "c.csv", "--from", "jsonl"]));
    insta::assert_snapshot!("said_to_be_csv", folder.run(&["extract", "c.jsonl", "--from", "csv"]));
}

#[test]
fn a_broken_gzip_stream() {
    let rows: String = (0..20_000).map(|i| format!("{{\"text\": \"number {i}\"}}\n")).collect();
    let packed = gzip(rows.as_bytes());
    let mut broken = packed.clone();
    let middle = broken.len() / 2;
    broken[middle..middle + 64].fill(0xff);
    let folder = Folder::new()
        .file("cut.gz", &packed[..middle])
        .file("broken.gz", broken)
        .file("head.gz", &packed[..5]);
    for name in ["cut", "broken"] {
        let ran = partly(&folder, &["extract", &format!("{name}.gz")]);
        assert!((1..20_000).contains(&ran.json_lines().len()), "{}", ran.stderr);
        // What comes out of a stream between its break and where the break shows is up to how it was packed.
        let told = ran.stderr.lines().filter(|line| line.contains("gzip")).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(format!("gzip_{name}"), without_numbers(&told));
    }
    insta::assert_snapshot!("gzip_head", refused(folder, &["extract", "head.gz"]));
}

/// How far a stream can be read before its break shows depends on how it was packed.
fn without_numbers(text: &str) -> String {
    let parts = text.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("#")
}

// Columns, labels, characters

const TABLE: &str = "text,label\nhello,0\n";

const TRAIN: [&str; 11] = [
    "train",
    "--data",
    "none.csv",
    "--text-column",
    "text",
    "--label-column",
    "label",
    "--head",
    "incivility",
    "--labels",
    "0=civil,1=uncivil",
];

#[test]
fn a_wrong_column() {
    let table = || Folder::new().file("none.csv", TABLE);
    insta::assert_snapshot!(
        "column_not_there",
        refused(table(), &["extract", "none.csv", "--text-field", "words"])
    );
    let flags = |a, b| {
        ["train", "--data", "none.csv", "--text-column", a, "--label-column", b, "--head", "incivility"]
    };
    insta::assert_snapshot!("text_column_not_there", refused(table(), &flags("words", "label")));
    insta::assert_snapshot!("label_column_not_there", refused(table(), &flags("text", "mark")));
}

#[test]
fn several_columns_could_be_the_text_or_none() {
    let several = Folder::new().file("c.csv", "id,text,body\n1,a,b\n");
    insta::assert_snapshot!("several_columns", refused(several, &["extract", "c.csv"]));
    let none = Folder::new().file("c.csv", "id,words,votes\n1,a,3\n");
    insta::assert_snapshot!("no_column", refused(none, &["extract", "c.csv"]));
    let lines = Folder::new().file("c.jsonl", "{\"id\": 1, \"words\": \"a\"}\n");
    insta::assert_snapshot!("no_field", lines.run(&["extract", "c.jsonl"]));
}

#[test]
fn invalid_utf_8_is_replaced_and_counted() {
    let folder = Folder::new().file("c.jsonl", b"{\"text\": \"caf\xff\"}\n{\"text\": \"fine\"}\n");
    insta::assert_snapshot!(folder.run(&["extract", "c.jsonl"]).done());
}

#[test]
fn a_label_the_head_does_not_know() {
    let table =
        |label| Folder::with_model().file("c.csv", format!("text,label\nhello,civil\nfool,{label}\n"));
    let flags = [
        "evaluate",
        "--data",
        "c.csv",
        "--label-column",
        "label",
        "--head",
        "incivility",
        "-m",
        "tiny.model",
    ];
    insta::assert_snapshot!("unknown_label_in_data", without_figures(&table("rude").run(&flags)));
    let mapped = [&flags[..], &["--labels", "0=civil,1=rude"]].concat();
    insta::assert_snapshot!("unknown_label_in_mapping", refused(table("1"), &mapped));
    let mut other = flags;
    other[6] = "mood";
    insta::assert_snapshot!("unknown_head", refused(table("civil"), &other));
}

/// Exit code and standard error: figures are another test's.
fn without_figures(ran: &Ran) -> String {
    assert_eq!(ran.code, 2, "{ran}");
    ran.stderr.clone()
}

#[test]
fn a_recipe_that_is_none() {
    let broken = "name = \"x\"\nversion = 1\n";
    let unknown =
        crate::tiny::RECIPE.replace("[\"civil\", \"uncivil\"]", "[\"civil\", \"uncivil\"]\ncolour = 3");
    insta::assert_snapshot!(
        "recipe_type",
        refused(Folder::new().file("r.toml", broken), &["train", "r.toml"])
    );
    insta::assert_snapshot!(
        "recipe_field",
        refused(Folder::new().file("r.toml", unknown), &["train", "r.toml"])
    );
}

// Models

/// A tiny model changed by `change`, in use.
fn altered(change: impl Fn(&mut Vec<u8>)) -> Ran {
    let mut bytes = crate::tiny::model().to_vec();
    change(&mut bytes);
    refused(Folder::new().file("c.csv", TABLE).file("m", bytes), &["score", "c.csv", "-m", "m"])
}

/// Where the arrays begin.
fn header_end(bytes: &[u8]) -> usize {
    8 + u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize
}

#[test]
fn a_model_file_cut_short() {
    for keep in [0, 1, 7, 8, 100] {
        altered(|bytes| bytes.truncate(keep));
    }
    insta::assert_snapshot!("model_empty", altered(Vec::clear));
    insta::assert_snapshot!(
        "model_cut_short",
        without_numbers(&altered(|bytes| bytes.truncate(bytes.len() - 5)).stderr)
    );
}

#[test]
fn a_model_file_altered() {
    insta::assert_snapshot!(
        "model_altered",
        (altered(|bytes| {
            let at = header_end(bytes) + 3;
            bytes[at] ^= 1;
        }))
    );
}

#[test]
fn a_model_file_of_a_newer_version() {
    let ran = altered(|bytes| {
        // The entry is JSON within JSON, so its quotes are escaped.
        let old = br#"\"format\":2,"#;
        let at = bytes.windows(old.len()).position(|w| w == old).expect("the format is in the header");
        bytes[at..at + old.len()].copy_from_slice(br#"\"format\":9,"#);
    });
    insta::assert_snapshot!("model_newer", ran);
}

#[test]
fn a_file_that_is_no_model() {
    let folder = || Folder::new().file("c.csv", TABLE);
    insta::assert_snapshot!("model_is_a_table", refused(folder(), &["score", "c.csv", "-m", "c.csv"]));
    let noise = folder().file("m", noise(3000));
    insta::assert_snapshot!("model_is_noise", refused(noise, &["score", "c.csv", "-m", "m"]));
}
