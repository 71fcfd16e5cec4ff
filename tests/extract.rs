//! Reading: tables, JSON lines and arrays, packed inputs, bad input.

use moderato::comment::Comment;
use moderato::extract::{
    Comments, ExtractError, ExtractOptions, FieldOptions, Format, Frames, Keep, Limits, Quoting,
    TableOptions, Tally,
};
use proptest::prelude::*;
use std::io::{self, Read, Write};

fn options() -> ExtractOptions {
    ExtractOptions::default()
}

fn with_fields(text: Option<&str>, keep: Keep) -> ExtractOptions {
    let mut options = options();
    options.fields = FieldOptions { text: text.map(str::to_owned), keep, ..FieldOptions::default() };
    options
}

fn with_table(quoting: Quoting, header: bool) -> ExtractOptions {
    let mut options = options();
    options.table = TableOptions { quoting, header, ..TableOptions::default() };
    options
}

fn with_limits(limits: Limits) -> ExtractOptions {
    let mut options = options();
    options.limits = limits;
    options
}

/// Every record, as its text or its error.
fn read(name: &str, bytes: &[u8], options: &ExtractOptions) -> Result<Vec<Result<Comment, String>>, String> {
    let comments = Comments::open(name, bytes, options).map_err(|e| e.to_string())?;
    Ok(comments.map(|c| c.map_err(|e| e.to_string())).collect())
}

fn texts(name: &str, bytes: &[u8], options: &ExtractOptions) -> Vec<String> {
    read(name, bytes, options)
        .unwrap_or_else(|error| vec![error].into_iter().map(|e| Err(format!("! {e}"))).collect())
        .into_iter()
        .map(|c| c.map_or_else(|e| if e.starts_with("! ") { e } else { format!("! {e}") }, |c| c.text))
        .collect()
}

#[track_caller]
fn check(name: &str, input: &str, expected: &[&str]) {
    assert_eq!(texts(name, input.as_bytes(), &options()), expected);
}

#[test]
fn tables_are_read_with_their_quotes() {
    check("a.csv", "id,text\n1,\"So,\nwho \"\"pays\"\"?\"\n2,me\n", &["So,\nwho \"pays\"?", "me"]);
    check("a.csv", "id;text\r\n1;\"So;\r\nwho\"\r\n2;me", &["So;\r\nwho", "me"]);
    check(
        "a.tsv",
        "id\ttext\n1\t\"no\n2\tsaid \"no\"\n3\t\"a \"\"b\"\"\"\n",
        &["\"no", "said \"no\"", "a \"b\""],
    );
    // Quoting shows itself where rows come out even in no other way.
    check("a.tsv", "id\ttext\n1\t\"a\tb\nc\"\n2\td\n", &["a\tb\nc", "d"]);
    check("a.csv", "id,text\n\n\n1,a\n\n2,b\n\n", &["a", "b"]);
    check("a.csv", "text\nwhat a day\nyes\n", &["what a day", "yes"]);
    check("a.csv", "Note\nwhat a day\n", &["what a day"]);
    check("-", "id,Tweet\n7,a\n8,b\n", &["a", "b"]);
}

#[test]
fn quoting_can_be_told() {
    let table = b"id\ttext\n1\t\"a\"\n2\t\"b\n3\tc\n4\td\n";
    let read = |quoting| texts("a.tsv", table, &with_table(quoting, true));
    assert_eq!(read(Quoting::Auto), ["a", "\"b", "c", "d"]);
    assert_eq!(read(Quoting::Off), ["\"a\"", "\"b", "c", "d"]);
    let unclosed = "! a.tsv:3: found a quote that is never closed, expected a closing quote";
    assert_eq!(read(Quoting::On), ["a", unclosed, "c", "d"]);
}

#[test]
fn rows_of_another_width_are_reported_and_the_rest_goes_on() {
    check(
        "a.csv",
        "id,text\n1,a\n2,b,c\n3\n4,\"d\ne\"\n5,\n",
        &["a", "! a.csv:3: found 3 fields, expected 2", "! a.csv:4: found 1 fields, expected 2", "d\ne", ""],
    );
    check("a.csv", "id,text\r\n1,a\r\n2\r\n", &["a", "! a.csv:3: found 1 fields, expected 2"]);
}

#[test]
fn tables_without_a_header_have_numbered_columns() {
    let table = b"fine by me\t2\tx7\nno\t1,3\tx8\n";
    let mut options = with_fields(Some("1"), Keep::Named(vec!["2".into()]));
    options.table.header = false;
    let comments = read("a.tsv", table, &options).unwrap();
    let second = comments[1].as_ref().unwrap();
    assert_eq!((second.text.as_str(), second.id.as_str()), ("no", "2"));
    assert_eq!(second.other_fields["2"], "1,3");
    options.fields = FieldOptions::default();
    let error = Comments::open("a.tsv", &table[..], &options).err().unwrap();
    assert_eq!(error.to_string(), "a.tsv:1: no text field found among `1`, `2`, `3`");
}

#[test]
fn the_text_field_must_be_clear() {
    let several = "a.csv:1: found several text fields, `text`, `body`, expected one; \
                   the fields are `id`, `text`, `body`";
    check("a.csv", "id,text,body\n1,a,b\n", &[&format!("! {several}")]);
    check("a.csv", "id,words\n1,a\n", &["! a.csv:1: no text field found among `id`, `words`"]);
    check(
        "a.jsonl",
        "{\"id\":1,\"words\":\"a\"}\n",
        &["! a.jsonl:1: no text field found among `id`, `words`"],
    );
    let named = with_fields(Some("words"), Keep::Details);
    assert_eq!(texts("a.csv", b"id,words\n1,a\n", &named), ["a"]);
    assert_eq!(
        texts("a.csv", b"id,word\n1,a\n", &named),
        ["! a.csv:1: no field `words`, found `id`, `word`"]
    );
    assert_eq!(texts("-", b"{\"words\":\"a\"}", &named), ["a"]);
    let error = Comments::open("a.csv", &b"id,text,body\n1,a,b\n"[..], &options()).err().unwrap();
    assert_eq!(error.hint(), Some("name it with `--text-field NAME`"));
}

#[test]
fn json_lines_are_read_one_by_one() {
    check(
        "a.jsonl",
        "{\"text\":\"one\"}\n\n{\"text\": 2}\r\n{\"text\":\"thr\nee\"}\n[1]\n{\"id\":4}\n{\"text\":null}\n{\"text\":\"six\"}",
        &[
            "one",
            "2",
            "! a.jsonl:4:12: found `{\"text\":\"thr`, expected a JSON object (EOF while parsing a string)",
            "! a.jsonl:5:1: found `ee\"}`, expected a JSON object (expected value)",
            "! a.jsonl:6: found `[1]`, expected a JSON object",
            "! a.jsonl:7: found only `id`, expected a text in field `text`",
            "! a.jsonl:8: found null in field `text`, expected a text in field `text`",
            "six",
        ],
    );
}

#[test]
fn json_arrays_are_read_one_by_one() {
    check(
        "a.json",
        "[\n {\"text\": \"a, \\\"]\", \"x\": [1, {}]},\n {\"text\": \"b\\\\\"},\n {\"x\"},\n {\n\"text\": \"c\"}\n]\n",
        &["a, \"]", "b\\", "! a.json:4:5: found `{\"x\"}`, expected a JSON object (expected `:`)", "c"],
    );
    check("a.json", "[]", &[]);
    check(
        "a.json",
        "[{\"text\":\"a\"}",
        &["! a.json:1: found the end of the input, expected `]`, the end of the array"],
    );
    check(
        "a.json",
        "[{\"text\":\"a\"}] x",
        &["a", "! a.json:1: found `x`, expected nothing after the array"],
    );
}

#[test]
fn nested_text_is_found_by_its_path() {
    let lines = b"{\"id\":\"x\",\"comment\":{\"body\":\"a\"}}\n{\"comment\":{}}\n";
    let read = texts("a.jsonl", lines, &with_fields(Some("comment.body"), Keep::Nothing));
    let missing = "! a.jsonl:2: found only `comment`, expected a text in field `comment.body`";
    assert_eq!(read, ["a", missing]);
}

#[test]
fn usual_names_say_who_when_and_where() {
    let line = br#"{"user":"ann","name":"Ann B.","id_str":"x","ID":7,"text":"a","created_at":"2024-05-01","parent_id":6,
        "position":"3","votes":-2,"quoted":["q"],"source":"https://example.org/","depth":1,"lang":"en","likes":[1]}"#;
    let line = String::from_utf8_lossy(line).replace('\n', " ");
    let comments = read("-", line.as_bytes(), &with_fields(None, Keep::All)).unwrap();
    let comment = comments[0].as_ref().unwrap();
    assert_eq!(comment.id, "7");
    assert_eq!(comment.author.as_deref(), Some("ann"));
    assert_eq!(comment.time.as_deref(), Some("2024-05-01"));
    assert_eq!(comment.parent.as_deref(), Some("6"));
    assert_eq!((comment.position, comment.votes, comment.depth), (Some(3), Some(-2), Some(1)));
    assert_eq!(comment.quoted, ["q"]);
    assert_eq!(comment.source.as_deref(), Some("https://example.org/"));
    let others: Vec<&String> = comment.other_fields.keys().collect();
    assert_eq!(others, ["name", "id_str", "lang", "likes"]);
}

#[test]
fn a_record_without_an_id_has_its_number() {
    let numbered = |name, input: &str| -> Vec<(String, Option<u64>)> {
        let comments = read(name, input.as_bytes(), &options()).unwrap();
        comments.into_iter().flatten().map(|c| (c.id, c.place.line)).collect()
    };
    let expected = [("1".into(), Some(2)), ("3".into(), Some(5)), ("4".into(), Some(7))];
    assert_eq!(numbered("a.csv", "text,x\na,1\nb\n\n\"c\nd\",2\ne,3\n"), expected);
    assert_eq!(numbered("a.csv", "text,x\r\na,1\r\nb\r\n\r\n\"c\r\nd\",2\r\ne,3\r\n"), expected);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

#[test]
fn packed_inputs_are_told_by_their_content() {
    let lines = b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n";
    let many = [gzip(&lines[..13]), gzip(&lines[13..])].concat();
    assert_eq!(texts("x.csv", &many, &options()), ["a", "b"]);
    assert_eq!(texts("x.jsonl.gz", lines, &options()), ["a", "b"]);
    let zstd = zstd::encode_all(&lines[..], 1).unwrap();
    assert_eq!(texts("-", &[&zstd[..], &zstd[..]].concat(), &options()), ["a", "b", "a", "b"]);
}

#[test]
fn what_is_whole_in_a_broken_stream_comes_out() {
    let lines: String =
        (0..20_000).map(|i| format!("{{\"text\":\"comment number {i} of many\"}}\n")).collect();
    let packed = gzip(lines.as_bytes());
    for (name, packed) in [("gzip", packed), ("zstd", zstd::encode_all(lines.as_bytes(), 1).unwrap())] {
        let read = texts("a.gz", &packed[..packed.len() / 2], &options());
        let (last, whole) = read.split_last().unwrap();
        assert!(5_000 < whole.len() && whole.len() < 15_000, "{name}: {}", whole.len());
        assert!(whole.iter().enumerate().all(|(i, text)| *text == format!("comment number {i} of many")));
        let place = format!("! a.gz:{}: broken {name} stream after ", whole.len() + 1);
        assert!(last.starts_with(&place), "{last}");
    }
}

#[test]
fn bombs_are_stopped() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 19).unwrap();
    let line = [&b"{\"text\":\""[..], &[b'a'; 100_000], b"\"}\n"].concat();
    for _ in 0..1000 {
        encoder.write_all(&line).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let read = texts("a.zst", &bomb, &options());
    assert!(read.last().unwrap().contains("expected at most 1000 times as many"), "{}", read.last().unwrap());
    let small = with_limits(Limits { unpacked: 1 << 20, ..Limits::default() });
    let read = texts("a.zst", &bomb, &small);
    assert!(read.len() < 20 && read.last().unwrap().contains("expected at most 1048576 bytes"));
}

/// `n` times `byte`, without holding them.
fn run_of(byte: u8, n: u64) -> impl Read + Send {
    io::repeat(byte).take(n)
}

#[test]
fn a_very_long_line_is_passed_over_and_the_rest_goes_on() {
    let n = 50 << 20;
    let long = b"{\"text\":\"a\"}\n".chain(run_of(b'x', n)).chain(&b"\n{\"text\":\"b\"}\n"[..]);
    let read: Vec<_> = Comments::open("-", long, &options()).unwrap().collect();
    let texts: Vec<String> = read.into_iter().map(|c| c.map_or_else(|e| e.to_string(), |c| c.text)).collect();
    assert_eq!(texts, ["a", &format!("-:2: found a record of {n} bytes, expected at most 16777216"), "b"]);

    let quoted = b"id,text\n1,a\n2,\"".chain(run_of(b'x', n)).chain(&b"\"\n3,b\n"[..]);
    let read: Vec<_> = Comments::open("-", quoted, &options()).unwrap().collect();
    let texts: Vec<String> = read.into_iter().map(|c| c.map_or_else(|e| e.to_string(), |c| c.text)).collect();
    assert_eq!(
        texts,
        ["a", &format!("-:3: found a record of {} bytes, expected at most 16777216", n + 5), "b"]
    );

    let element =
        b"[{\"text\":\"a\"},\"".chain(run_of(b',', n)).chain(&b"\",{\"text\":\"b\"},{\"text\":\"c\"}]"[..]);
    let read: Vec<_> = Comments::open("-", element, &options()).unwrap().collect();
    let texts: Vec<String> = read.into_iter().map(|c| c.map_or_else(|e| e.to_string(), |c| c.text)).collect();
    assert_eq!(texts.len(), 4);
    assert_eq!((texts[0].as_str(), texts[2].as_str(), texts[3].as_str()), ("a", "b", "c"));
}

#[test]
fn a_quote_that_is_never_closed_costs_its_line_alone() {
    let limits = Limits { record: 4 << 10, frame: 1 << 10, ..Limits::default() };
    let rows = |from: usize| (from..from + 500).map(|i| format!("{i},comment {i}\n")).collect::<String>();
    let table = format!("id,text\n1,a\n2,\"b\n{}", rows(3));
    let read = texts("-", table.as_bytes(), &with_limits(limits));
    let unclosed = "! -:3: found a quote that is never closed, expected a closing quote";
    assert_eq!(read[..4], ["a", unclosed, "comment 3", "comment 4"]);
    assert_eq!((read.len(), read.last().map(String::as_str)), (502, Some("comment 502")));
    // A long text with lines of its own is one record nevertheless.
    let long = format!("id,text\n1,a\n2,\"{}\"\n3,c\n", "so it goes on\n".repeat(1_000));
    let read = texts("-", long.as_bytes(), &with_limits(limits));
    assert!(read[1].contains("-:3: found a record of 14"), "{}", read[1]);
    assert_eq!((read.len(), read[2].as_str()), (3, "c"));
}

#[test]
fn byte_order_marks_are_understood() {
    let utf16 = |units: &mut dyn Iterator<Item = u16>, big: bool| -> Vec<u8> {
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let table = "\u{feff}id\ttext\n1\tnaïve 😀\n";
    for big in [false, true] {
        let bytes = utf16(&mut table.encode_utf16(), big);
        assert_eq!(texts("export.txt", &bytes, &options()), ["naïve 😀"]);
    }
    assert_eq!(texts("a.csv", table.replace('\t', ",").as_bytes(), &options()), ["naïve 😀"]);
    let lone = utf16(&mut table.encode_utf16().chain([u16::from(b'2'), 9, 0xd83d, 10]), false);
    let mut comments = Comments::open("a.tsv", &lone[..], &options()).unwrap();
    assert_eq!(comments.by_ref().map(|c| c.unwrap().text).collect::<Vec<_>>(), ["naïve 😀", "\u{fffd}"]);
    assert_eq!(comments.tally().n_replaced, 1);
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_counted() {
    for (name, input) in [
        ("a.jsonl", &b"{\"text\":\"a\xff\"}\n{\"text\":\"b\"}\n{\"text\":\"\\ud83d!\"}\n"[..]),
        ("a.csv", &b"id,text\n1,a\xff\n2,b\n3,\xed!\n"[..]),
    ] {
        let mut comments = Comments::open(name, input, &options()).unwrap();
        let texts: Vec<String> = comments.by_ref().map(|c| c.unwrap().text).collect();
        assert_eq!(texts, ["a\u{fffd}", "b", "\u{fffd}!"]);
        assert_eq!(comments.tally(), Tally { n_comments: 3, n_unreadable: 0, n_replaced: 2 });
    }
}

#[test]
fn what_is_no_text_is_refused() {
    let empty = "! a.csv: empty input, expected comments: a page, a table, JSON lines or an export";
    check("a.csv", "", &[empty]);
    check("a.csv", " \n\n", &[empty]);
    let empty_gzip = texts("a.csv", &gzip(b""), &options());
    assert_eq!(empty_gzip, [empty]);
    let expected = "expected text: a page, a table, JSON lines or an export";
    check("a", "id,text\n1,a\0b\n", &[&format!("! a: found binary data, {expected}")]);
    check(
        "a.csv",
        "PK\u{3}\u{4}…",
        &[&format!("! a.csv: found a zip archive or office document, {expected}")],
    );
    let cut = &gzip(b"{\"text\":\"a\"}\n")[..9];
    let read = texts("a.gz", cut, &options());
    assert!(read[0].starts_with("! a.gz:1: broken gzip stream after 0 unpacked bytes: "), "{}", read[0]);
}

#[test]
fn a_reader_that_fails_says_so_after_what_it_gave() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable was pulled"))
        }
    }
    let given = b"{\"text\":\"a\"}\n{\"text\":\"b".chain(Failing);
    let read: Vec<_> = Comments::open("-", given, &options()).unwrap().collect();
    let read: Vec<String> = read.into_iter().map(|c| c.map_or_else(|e| e.to_string(), |c| c.text)).collect();
    assert_eq!(read, ["a", "-:2: cannot read: the cable was pulled"]);
}

#[test]
fn readers_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<moderato::extract::Parser>();
    sent::<Frames<'static>>();
    sent::<ExtractError>();
}

/// Frames so small that every boundary falls everywhere.
fn tiny() -> Limits {
    Limits { record: 64, frame: 1, ..Limits::default() }
}

/// Text with much of what formats are made of.
fn tricky() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("\""),
            Just("\"\""),
            Just("\n"),
            Just("\r\n"),
            Just("\r"),
            Just(","),
            Just("\t"),
            Just(";"),
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just("\\"),
            Just(":"),
            Just("\"text\":"),
            Just("text"),
            Just("{\"text\":\"a\"}"),
            Just("ab"),
            Just("é"),
            Just(" "),
            Just("1"),
            Just("\\ud83d"),
            Just("<p>"),
        ],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

const FORMATS: [Format; 5] = [Format::Auto, Format::JsonLines, Format::Json, Format::Csv, Format::Tsv];

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..300), keep in 0..2_usize) {
        for format in FORMATS {
            let mut options = with_fields(None, [Keep::All, Keep::Nothing][keep].clone());
            options.format = format;
            for limits in [Limits::default(), tiny()] {
                options.limits = limits;
                let _ = read("-", &bytes, &options);
            }
        }
    }

    #[test]
    fn every_record_is_a_comment_or_a_counted_error(input in tricky(), header in any::<bool>(), quoting in 0..3_usize) {
        for format in FORMATS {
            for limits in [Limits::default(), tiny()] {
                let mut options = with_fields(None, Keep::All);
                options.format = format;
                options.limits = limits;
                options.table.header = header;
                options.table.quoting = [Quoting::Auto, Quoting::On, Quoting::Off][quoting];
                if !header { options.fields.text = Some("1".into()); }
                let Ok(mut comments) = Comments::open("-", input.as_bytes(), &options) else { continue };
                let (mut n_comments, mut n_unreadable) = (0, 0);
                for comment in comments.by_ref() {
                    match comment {
                        Ok(_) => n_comments += 1,
                        Err(_) => n_unreadable += 1,
                    }
                }
                prop_assert_eq!(comments.tally(), Tally { n_comments, n_unreadable, n_replaced: comments.tally().n_replaced });
            }
        }
    }

    #[test]
    fn frames_do_not_show(input in tricky(), frame in 1..40_usize) {
        for format in [Format::JsonLines, Format::Json, Format::Csv, Format::Tsv] {
            let mut options = with_fields(None, Keep::All);
            options.format = format;
            let at_once = read("-", input.as_bytes(), &options);
            options.limits.frame = frame;
            prop_assert_eq!(at_once, read("-", input.as_bytes(), &options));
        }
    }

    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec((tricky(), tricky()), 1..20), crlf in any::<bool>()) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(["text", "label"]).unwrap();
        for (text, label) in &rows {
            writer.write_record([text, label]).unwrap();
        }
        let mut options = with_fields(None, Keep::Named(vec!["label".into()]));
        options.format = Format::Csv;
        options.table.delimiter = Some(b',');
        options.limits.frame = 1;
        let read = read("-", &writer.into_inner().unwrap(), &options).unwrap();
        let read: Vec<(String, String)> = read
            .into_iter()
            .map(|c| c.unwrap())
            .map(|c| (c.text, c.other_fields["label"].as_str().unwrap().to_owned()))
            .collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn json_that_is_written_is_read(texts in proptest::collection::vec(tricky(), 1..20), array in any::<bool>()) {
        let objects: Vec<serde_json::Value> = texts.iter().map(|t| serde_json::json!({"text": t})).collect();
        let lines: String = objects.iter().map(|o| format!("{o}\n")).collect();
        let document = serde_json::to_string_pretty(&objects).unwrap();
        let read = read("-", if array { &document } else { &lines }.as_bytes(), &options()).unwrap();
        prop_assert_eq!(read.into_iter().map(|c| c.unwrap().text).collect::<Vec<_>>(), texts);
    }
}
