//! The same recipe and data give the same bytes.

use crate::folder::{Folder, data, repository};
use crate::tiny;

#[test]
fn the_tiny_recipe_gives_the_same_bytes_twice_and_on_any_number_of_threads() {
    let starter = repository("training/starter");
    let folder = Folder::new().file("tiny.toml", tiny::RECIPE);
    let train = |threads: &str, out: &str| {
        let args = ["train", "tiny.toml", "--data-dir", &starter, "--folds", "3", "-o", out];
        let output = folder.command(&args).env("RAYON_NUM_THREADS", threads).output().expect("moderato runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (folder.read(out), output.stdout)
    };
    let one = train("1", "a");
    assert!(one == train("1", "b"), "a second run gives another model");
    assert!(one == train("2", "c"), "two threads give another model than one");
    assert!(one == train("5", "d"), "five threads give another model than one");
}

#[test]
fn the_default_recipe_gives_the_model_inside_the_program() {
    let cases = repository("training/starter/cases.jsonl");
    gives_what_is_committed("default", &["--cases", &cases]);
}

#[test]
fn the_recipe_of_stances_gives_the_model_beside_it() {
    gives_what_is_committed("stance-us-politicians", &[]);
}

/// Trains the recipe `name` again, and holds model and card against the committed ones, byte for byte.
fn gives_what_is_committed(name: &str, flags: &[&str]) {
    let Some(folder_of_data) = data("") else { return };
    let folder = Folder::new();
    let recipe = repository(&format!("training/{name}.toml"));
    let args = ["train", &recipe, "--data-dir", &folder_of_data, "-o", "m", "--card", "m.md"];
    folder.run(&[&args, flags].concat()).done();
    let committed = |ending: &str| {
        std::fs::read(repository(&format!("models/{name}.{ending}"))).expect("it is committed")
    };
    assert!(folder.read("m") == committed("safetensors"), "the recipe gives another model");
    assert!(folder.read("m.md") == committed("md"), "the recipe gives another card");
}
