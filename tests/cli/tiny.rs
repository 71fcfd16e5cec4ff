//! A small model of the starter comments, trained once, for tests where no particular figure matters.

use crate::folder::{Folder, repository};
use std::sync::OnceLock;

/// One head of each kind: two labels, labels that each hold or not, several labels; three algorithms.
pub(crate) const RECIPE: &str = r#"
name = "tiny"
version = "1"
description = "A model for tests."
analysis = { words = [1, 2], characters = [0, 0] }

[[head]]
name = "incivility"
kind = "one-of"
labels = ["civil", "uncivil"]

[[head]]
name = "attributes"
kind = "each"
labels = ["toxicity", "insult", "threat"]
fit = { algorithm = "nblr" }

[[head]]
name = "stance"
kind = "one-of"
labels = ["favor", "against", "none"]
target = "immigration enforcement"
fit = { algorithm = "complement" }

[[source]]
name = "starter comments"
file = "comments.jsonl"
licence = "MIT OR Apache-2.0"
text = "text"
heads.incivility = { column = "incivility" }
heads.attributes = { columns = { toxicity = "toxicity", insult = "insult", threat = "threat" } }
heads.stance = { column = "stance" }
"#;

/// The model's bytes.
pub(crate) fn model() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| {
        let folder = Folder::new().file("tiny.toml", RECIPE);
        folder
            .run(&[
                "train",
                "tiny.toml",
                "--data-dir",
                &repository("training/starter"),
                "--folds",
                "0",
                "-o",
                "m",
            ])
            .done();
        folder.read("m")
    })
}
