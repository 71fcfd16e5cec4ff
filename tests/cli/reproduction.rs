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
    let Some(folder_of_data) = data("") else { return };
    let folder = Folder::new();
    let recipe = repository("training/default.toml");
    let cases = repository("training/starter/cases.jsonl");
    let args =
        ["train", &recipe, "--data-dir", &folder_of_data, "-o", "m", "--card", "m.md", "--cases", &cases];
    folder.run(&args).done();
    let committed =
        |name: &str| std::fs::read(repository(&format!("models/{name}"))).expect("it is committed");
    assert!(folder.read("m") == committed("default.safetensors"), "the recipe gives another model");
    assert!(folder.read("m.md") == committed("default.md"), "the recipe gives another card");
}
