//! Tables, JSON lines and arrays: which field is the text, and what else a record says.

use crate::{check, options, read, texts, with_fields, with_table};
use moderato::extract::{Comments, FieldOptions, Keep, Quoting};

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
