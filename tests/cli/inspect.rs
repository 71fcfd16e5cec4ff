//! `moderato inspect`.

use crate::folder::Folder;

#[test]
fn a_model_says_what_it_is() {
    let folder = Folder::with_model();
    let ran = folder.run(&["inspect", "tiny.model", "--terms", "0"]).done();
    insta::assert_snapshot!(
        ran.stdout
            .lines()
            .filter(|line| !line.contains(" terms: "))
            .map(|line| { line.split('@').next().unwrap_or_default().trim_end() })
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn programs_get_the_same_as_json() {
    let folder = Folder::with_model();
    let about = folder.run(&["inspect", "tiny.model", "--to", "json", "--terms", "3"]).done().json();
    assert_eq!(about["about"]["name"], "tiny");
    assert_eq!(about["analysis"]["words"], serde_json::json!([1, 2]));
    assert_eq!(about["about"]["sources"][0]["n_comments"], 733);
    let heads = about["heads"].as_array().unwrap();
    assert_eq!(
        heads.iter().map(|h| h["algorithm"].as_str().unwrap()).collect::<Vec<_>>(),
        ["multinomial", "nblr", "complement"]
    );
    // Two labels share a column; each label of the others has one.
    assert_eq!(heads.iter().map(|h| h["columns"].as_array().unwrap().len()).collect::<Vec<_>>(), [1, 3, 3]);
    assert!(heads.iter().all(|h| h["columns"][0]["for"].as_array().unwrap().len() <= 3));
}
