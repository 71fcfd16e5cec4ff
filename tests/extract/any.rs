//! What holds for any bytes and any text.

use crate::{options, read, with_fields};
use moderato::extract::{Comments, Format, Keep, Limits, Quoting, Tally};
use proptest::prelude::*;

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
