//! `moderato spans`.

use crate::folder::Folder;

/// Two comments of our own and the characters of them that are insults.
const MARKED: &str = "text,spans\n\"You are a stupid fool, friend\",\"[10, 11, 12, 13, 14, 15, 17, 18, 19, 20]\"\n\
                      \"What a lovely morning for all\",[]\n";

#[test]
fn what_carries_a_label_is_measured_by_characters() {
    let folder = Folder::with_model().file("marked.csv", MARKED).file("other.csv", MARKED);
    let args = ["spans", "--data", "marked.csv", "--text-column", "text", "-m", "tiny.model", "--to", "json"];
    let given = folder.run(&[&args[..], &["--share", "0.5"]].concat()).done().json();
    assert_eq!((&given["n"], &given["share"], &given["chosen_on"]), (&2.into(), &0.5.into(), &().into()));
    let chosen = folder.run(&[&args[..], &["--choose-on", "other.csv"]].concat()).done().json();
    assert_eq!(chosen["chosen_on"], 2);
    let f1 = |value: &serde_json::Value| value["character_f1"].as_f64().unwrap();
    assert!(f1(&given) <= f1(&chosen) && f1(&chosen) <= 1.0, "{given}\n{chosen}");
}

#[test]
fn what_is_no_list_of_positions_is_told_and_left_out() {
    let folder = Folder::with_model().file("marked.csv", format!("{MARKED}hello,\"4 to 9\"\n"));
    let ran = folder.run(&["spans", "--data", "marked.csv", "--text-column", "text", "-m", "tiny.model"]);
    assert_eq!(ran.code, 2, "{ran}");
    let expected = "marked.csv:4: `spans` is `\"4 to 9\"`, expected positions as [4, 5, 6]";
    assert!(ran.stderr.contains(expected), "{ran}");
    assert!(ran.stdout.contains("mean over 2 comments"), "{ran}");
}
