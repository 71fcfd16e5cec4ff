//! What a thread needs to score, kept from call to call: one [`Workspace`] for each of the models it used last.
//!
//! A workspace remembers chunks of one model's vocabulary, and forgets them when it meets another. So that calls of
//! several communities, or a model on trial beside the one that answers, do not make each other forget, each has its
//! own; only a few, since each holds some megabytes once it is warm.

use crate::model::{Model, Workspace};
use std::cell::RefCell;

/// How many models a thread remembers.
const MOST: usize = 4;

thread_local! {
    static WORKSPACES: RefCell<Workspaces> = const { RefCell::new(Workspaces(Vec::new())) };
}

/// Calls `work` with this thread's workspace for `model`.
pub(super) fn with_workspace<T>(model: &Model, work: impl FnOnce(&mut Workspace) -> T) -> T {
    WORKSPACES.with_borrow_mut(|workspaces| work(workspaces.of(model.hash())))
}

/// Workspaces by the hash of their model, the one that was used last in front.
#[derive(Debug)]
struct Workspaces(Vec<(String, Workspace)>);

impl Workspaces {
    /// That of the model with this hash; where there is none yet and no room, the one that rested longest goes.
    fn of(&mut self, hash: &str) -> &mut Workspace {
        let kept = &mut self.0;
        match kept.iter().position(|(known, _)| known == hash) {
            Some(0) => {}
            Some(at) => kept[..=at].rotate_right(1),
            None => {
                kept.truncate(MOST - 1);
                kept.insert(0, (hash.to_owned(), Workspace::default()));
            }
        }
        &mut kept[0].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_used_last_are_remembered() {
        let mut workspaces = Workspaces(Vec::new());
        for hash in ["a", "b", "a", "c", "d", "a", "e"] {
            workspaces.of(hash);
        }
        let kept: Vec<&str> = workspaces.0.iter().map(|(hash, _)| hash.as_str()).collect();
        assert_eq!(kept, ["e", "a", "d", "c"], "`b` rested longest");
    }

    #[test]
    fn models_in_turn_answer_as_each_does_alone() {
        let default = Model::embedded().unwrap();
        let stance = include_bytes!("../../models/stance-us-politicians.safetensors");
        let stance = Model::from_bytes(stance).unwrap();
        let mut workspaces = Workspaces(Vec::new());
        for text in ["you fool", "a good day to all", "you fool"] {
            for model in [&default, &stance] {
                let alone = Workspace::default().score(model, text).clone();
                assert_eq!(*workspaces.of(model.hash()).score(model, text), alone);
            }
        }
    }
}
