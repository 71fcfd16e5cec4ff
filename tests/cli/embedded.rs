//! The model inside the program.

use crate::folder::{Folder, repository};

#[test]
fn without_a_model_the_one_inside_answers_four_questions() {
    let folder = Folder::new();
    let about = folder.run(&["inspect", "--to", "json"]).done().json();
    let heads: Vec<(&str, Vec<&str>)> = about["heads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| {
            let labels = h["head"]["labels"].as_array().unwrap();
            (h["head"]["name"].as_str().unwrap(), labels.iter().map(|l| l.as_str().unwrap()).collect())
        })
        .collect();
    let expected = [
        ("incivility", vec!["civil", "uncivil"]),
        (
            "attributes",
            vec!["toxicity", "severe_toxicity", "insult", "profanity", "threat", "identity_attack"],
        ),
        ("tone", vec!["positive", "negative", "ambiguous", "neutral"]),
        ("stance", vec!["favor", "against", "none"]),
    ];
    assert_eq!(heads, expected);
}

#[test]
fn it_is_the_file_in_the_repository() {
    let folder = Folder::new();
    let inside = folder.run(&["inspect"]).done().stdout;
    let file = folder.run(&["inspect", &repository("models/default.safetensors")]).done().stdout;
    // Reading the file also checks its checksum, which the program inside does not do at every start.
    assert_eq!(inside, file);
}

#[test]
fn plain_cases_come_out_right() {
    let folder = Folder::new().file(
        "c.jsonl",
        "{\"text\": \"You are a disgusting idiot and everyone hates you\"}\n\
         {\"text\": \"Thank you all, the new library is wonderful\"}\n",
    );
    let lines = folder.run(&["score", "c.jsonl"]).done().json_lines();
    assert_eq!(lines[0]["heads"]["incivility"]["label"], "uncivil");
    assert_eq!(lines[1]["heads"]["incivility"]["label"], "civil");
    let held = |line: usize, head: &str| lines[line]["heads"][head]["labels"].as_array().unwrap().clone();
    assert!(held(0, "attributes").contains(&"insult".into()), "{}", lines[0]);
    assert!(held(1, "attributes").is_empty(), "{}", lines[1]);
    assert!(held(1, "tone").contains(&"positive".into()), "{}", lines[1]);
    assert_eq!(lines[1]["heads"]["stance"]["label"], "none");
}

#[test]
fn our_own_page_is_scored() {
    let folder = Folder::new();
    let lines = folder
        .run(&["score", &repository("training/starter/pages/sanctuary-budget.html")])
        .done()
        .json_lines();
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["heads"].as_object().is_some_and(|heads| heads.len() == 4)));
}

#[test]
fn models_are_small_enough_and_each_has_a_card() {
    let mut bytes = 0;
    for entry in std::fs::read_dir(repository("models")).unwrap() {
        let path = entry.unwrap().path();
        bytes += path.metadata().unwrap().len();
        if path.extension().is_some_and(|e| e == "safetensors") {
            let card = path.with_extension("md");
            assert!(card.exists(), "{}: expected a card", card.display());
        }
    }
    assert!(bytes <= 16 << 20, "found {bytes} bytes in models/, expected at most 16 MB");
}
