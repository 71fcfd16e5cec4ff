//! The files of labelled comments, found and opened: as they are named, in the data folder, beside the recipe.

use super::{Problem, input};
use crate::corpus::{Recipe, SourceRecipe};
use anyhow::Result;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Opens the files of sources, as often as they are read.
pub(super) struct Opener {
    /// Folders to look in, in order.
    folders: Vec<PathBuf>,
    /// Whether the names of files are those of a recipe.
    is_of_recipe: bool,
    /// What came on standard input, which labels are learned from before comments are read: a file without a name,
    /// gone when the program is.
    stdin: Mutex<Option<File>>,
}

impl Opener {
    /// For files as they are named on the command line; `folder` goes before them.
    pub(super) fn of_flags(folder: Option<&Path>) -> Self {
        Self::new(folder, PathBuf::new(), false)
    }

    /// For files as the recipe at `path` names them: in `folder`, or else beside it.
    pub(super) fn of_recipe(folder: Option<&Path>, path: &Path) -> Self {
        Self::new(folder, path.parent().map(Path::to_owned).unwrap_or_default(), true)
    }

    fn new(folder: Option<&Path>, other: PathBuf, is_of_recipe: bool) -> Self {
        let folders = folder.map(Path::to_owned).into_iter().chain([other]).collect();
        Self { folders, is_of_recipe, stdin: Mutex::default() }
    }

    /// Where a file is, or would be looked for first.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        let found = self.folders.iter().map(|folder| folder.join(file)).find(|path| path.exists());
        found.unwrap_or_else(|| {
            self.folders.first().map_or_else(|| PathBuf::from(file), |folder| folder.join(file))
        })
    }

    /// Finds out before the work that a file is not there, or is none.
    pub(super) fn check(&self, recipe: &Recipe) -> Result<()> {
        for source in recipe.sources.iter().filter(|source| source.file != "-") {
            let opened = input::open_file(&self.path(&source.file));
            if let Err(error) = opened {
                let hint = "sources are looked for in `--data-dir`, then beside the recipe";
                let problem = Problem::new(super::problem::message(&error));
                return Err(if self.is_of_recipe { problem.hint(hint) } else { problem }.into());
            }
        }
        Ok(())
    }

    /// The bytes of a source, from their beginning.
    pub(super) fn open(&self, source: &SourceRecipe) -> io::Result<Box<dyn Read + Send + 'static>> {
        if source.file == "-" {
            return Ok(Box::new(self.stdin()?));
        }
        Ok(Box::new(File::open(self.path(&source.file))?))
    }

    /// How many bytes a source has.
    pub(super) fn size(&self, source: &SourceRecipe) -> u64 {
        let found = if source.file == "-" { self.stdin() } else { File::open(self.path(&source.file)) };
        found.and_then(|file| file.metadata()).map_or(0, |found| found.len())
    }

    /// What came on standard input. Who opens it again is done with what was opened before.
    fn stdin(&self) -> io::Result<File> {
        let mut kept = self.stdin.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            if io::stdin().is_terminal() {
                super::talk::say("reading comments from the terminal, until Ctrl-D");
            }
            let mut file = tempfile::tempfile()?;
            io::copy(&mut io::stdin().lock(), &mut file)?;
            *kept = Some(file);
        }
        let mut file = kept.as_ref().map_or_else(|| Err(io::ErrorKind::NotFound.into()), File::try_clone)?;
        file.rewind()?;
        Ok(file)
    }
}

/// The SHA-256 of a file, for reports.
pub(super) fn file_hash(path: &Path) -> Option<String> {
    use sha2::{Digest, Sha256};
    let mut file = input::open_file(path).ok()?;
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut HashWriter(&mut hash)).ok()?;
    Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct HashWriter<'h>(&'h mut sha2::Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use sha2::Digest;
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
