//! The model files of a server: read at its start, and again whenever they change.

use crate::cli::problem::message;
use crate::cli::{Problem, models};
use crate::model::Model;
use crate::server::{App, ModelSet, Served};
use anyhow::{Context, Result};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::Signal;

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The longest card that is served.
const MAX_CARD: u64 = 4 << 20;

/// Where the models are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    /// That of all; the model inside the program unless given.
    pub(super) base: Option<PathBuf>,
    /// By community.
    pub(super) communities: BTreeMap<String, PathBuf>,
    /// A folder of more, named by community.
    pub(super) folder: Option<PathBuf>,
}

/// What tells that a file is another one than before.
type Stamp = Option<(SystemTime, u64, u64)>;

/// Which files there were, when they were looked at last.
#[derive(Debug)]
pub(super) struct Watch {
    files: Files,
    stamps: BTreeMap<PathBuf, Stamp>,
}

fn stamp(path: &Path) -> Stamp {
    let found = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let inode = 0;
    Some((found.modified().ok()?, found.len(), inode))
}

const EXTENSION: &str = "safetensors";

/// The bytes that `%3A` stands for; a file's name cannot hold every community's.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let pair = pair.filter(|pair| *first == b'%' && pair.bytes().all(|b| b.is_ascii_hexdigit()));
        let coded = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(coded.unwrap_or(*first));
        rest = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Files {
    /// Every community and its file; the folder as it is now.
    fn communities(&self) -> Result<BTreeMap<String, PathBuf>> {
        let mut all = self.communities.clone();
        if let Some(folder) = &self.folder {
            if !folder.is_dir() {
                return Err(Problem::new(format!("{}: no such folder", folder.display())).into());
            }
            let entries =
                std::fs::read_dir(folder).with_context(|| format!("{}: cannot read", folder.display()))?;
            for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                let name = path.file_stem().and_then(|stem| stem.to_str()).map(decoded);
                if let Some(name) = name.filter(|_| path.extension().is_some_and(|e| e == EXTENSION)) {
                    all.entry(name).or_insert(path);
                }
            }
        }
        Ok(all)
    }

    /// Reads them all.
    pub(super) fn load(self) -> Result<(ModelSet, Watch)> {
        let mut watch = Watch { files: self, stamps: BTreeMap::new() };
        let base = Arc::new(read(watch.files.base.as_deref())?);
        let mut set = ModelSet { base, communities: FxHashMap::default() };
        if let Some(path) = &watch.files.base {
            watch.stamps.insert(path.clone(), stamp(path));
        }
        for (community, path) in watch.files.communities()? {
            watch.stamps.insert(path.clone(), stamp(&path));
            set.communities.insert(community, Arc::new(read(Some(&path))?));
        }
        Ok((set, watch))
    }
}

/// The model of a file and the card beside it.
fn read(path: Option<&Path>) -> Result<Served> {
    let model: Model = models::load(path)?;
    let card = match path {
        None => Some(include_str!("../../../models/default.md").to_owned()),
        Some(path) => {
            let card = path.with_extension("md");
            let short =
                std::fs::metadata(&card).is_ok_and(|found| found.is_file() && found.len() <= MAX_CARD);
            short.then(|| std::fs::read_to_string(&card).ok()).flatten()
        }
    };
    Ok(Served::new(model, card))
}

impl Watch {
    /// Looks at the files now and then, and when told to; models that changed are exchanged, all others stay.
    pub(super) async fn run(mut self, app: App, mut hangup: Signal) {
        loop {
            let told = tokio::select! {
                told = hangup.recv() => told.is_some(),
                () = tokio::time::sleep(EVERY) => false,
            };
            let from = app.models().now().as_ref().clone();
            let of_app = app.clone();
            let looked = tokio::task::spawn_blocking(move || {
                let set = self.look(&of_app, from, told);
                (self, set)
            });
            let Ok((this, set)) = looked.await else { return };
            self = this;
            if let Some(set) = set {
                app.models().replace(set);
            }
        }
    }

    /// The models to be in service from now on, if one has changed; `all` reads those that have not changed too.
    fn look(&mut self, app: &App, mut set: ModelSet, all: bool) -> Option<ModelSet> {
        let communities = match self.files.communities() {
            Ok(communities) => communities,
            Err(error) => {
                if all {
                    tracing::error!(error = message(&error), "models stay as they are");
                }
                return None;
            }
        };
        // A community whose file was taken out of the folder has the model of all again.
        let n_communities = set.communities.len();
        set.communities.retain(|community, _| communities.contains_key(community));
        let mut changed = set.communities.len() < n_communities;
        let base = self.files.base.clone();
        self.stamps.retain(|path, _| base.as_ref() == Some(path) || communities.values().any(|p| p == path));
        for (community, path) in
            base.iter().map(|path| (None, path)).chain(communities.iter().map(|(c, p)| (Some(c), p)))
        {
            let now = stamp(path);
            let known = self.stamps.insert(path.clone(), now);
            if !all && known == Some(now) {
                continue;
            }
            match read(Some(path)) {
                Ok(served) => {
                    tracing::info!(path = %path.display(), model = served.id, "model read");
                    app.metrics().reloaded(true);
                    let served = Arc::new(served);
                    match community {
                        None => set.base = served,
                        Some(community) => {
                            set.communities.insert(community.clone(), served);
                        }
                    }
                    changed = true;
                }
                Err(error) => {
                    app.metrics().reloaded(false);
                    let error = message(&error);
                    tracing::error!(path = %path.display(), error, "model refused, the old one stays in service");
                }
            }
        }
        changed.then_some(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_communities_are_decoded() {
        for (name, expected) in [
            ("Coral%3Ahttps%3A%2F%2Fnews.example", "Coral:https://news.example"),
            ("desk", "desk"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%C3%A9", "%zzé"),
            ("%+1", "%+1"),
        ] {
            assert_eq!(decoded(name), expected);
        }
    }
}
