//! Inputs that are packed, broken, huge, in other encodings, or no text at all.

use crate::{check, options, texts, with_limits};
use moderato::extract::{Comments, ExtractError, Frames, Limits, Tally};
use std::io::{self, Read, Write};

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
