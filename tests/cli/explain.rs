//! `moderato explain`.

use crate::folder::Folder;

#[test]
fn the_terms_of_every_column_add_up_to_its_log_odds() {
    let folder = Folder::with_model();
    let text = "You people are fools – thank you for nothing, you disgusting liars";
    let answer = folder.run(&["explain", text, "-m", "tiny.model", "--to", "json"]).done().json();
    assert_eq!(answer["text"], text);
    for (name, head) in answer["heads"].as_object().unwrap() {
        for column in head["evidence"].as_array().unwrap() {
            let terms = column["terms"].as_array().unwrap();
            assert!(!terms.is_empty(), "{name}");
            let sum: f64 = terms.iter().map(|term| term["contribution"].as_f64().unwrap()).sum();
            let bias = column["bias"].as_f64().unwrap();
            assert!((bias + sum - column["log_odds"].as_f64().unwrap()).abs() < 1e-4, "{name}: {column}");
            for span in terms.iter().flat_map(|term| term["spans"].as_array().unwrap()) {
                let (start, end) = (span[0].as_u64().unwrap() as usize, span[1].as_u64().unwrap() as usize);
                assert!(text.get(start..end).is_some_and(|found| !found.is_empty()), "{span}");
            }
        }
    }
}

#[test]
fn people_see_probabilities_words_and_where_they_stand() {
    let folder = Folder::with_model();
    let ran =
        folder.run(&["explain", "you disgusting fool", "-m", "tiny.model", "--head", "incivility"]).done();
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("incivility: "), "{ran}");
    assert!(lines[1].trim_start().starts_with("civil") && lines[1].ends_with('%'), "{ran}");
    assert!(ran.stdout.contains("before any word"), "{ran}");
    assert!(ran.stdout.contains('[') && ran.stdout.contains("disgusting"), "{ran}");
    assert!(!ran.stdout.contains("stance"), "{ran}");
}

#[test]
fn a_text_without_known_words_says_so() {
    let folder = Folder::with_model();
    let ran = folder.run(&["explain", "qwzx", "-m", "tiny.model", "--head", "incivility"]).done();
    assert!(ran.stdout.contains("no word of this text is known to the model"), "{ran}");
}

#[test]
fn the_text_may_come_from_standard_input() {
    let folder = Folder::with_model();
    let said = folder.run(&["explain", "you fool", "-m", "tiny.model"]).done();
    let piped = folder.run_on(b"you fool", &["explain", "-", "-m", "tiny.model"]).done();
    assert_eq!(said.stdout, piped.stdout);
}

#[test]
fn a_head_that_is_not_there_is_refused_with_those_that_are() {
    let folder = Folder::with_model();
    insta::assert_snapshot!(folder.run(&["explain", "hello", "-m", "tiny.model", "--head", "mood"]));
}

#[test]
fn nothing_in_the_text_reaches_the_terminal_as_a_command() {
    let folder = Folder::with_model();
    let ran = folder.run(&["explain", "you \u{1b}[2Jfool \u{202e}you\r\u{7}", "-m", "tiny.model"]).done();
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}', '\r', '\u{7}']), "{:?}", ran.stdout);
}
