//! The file, open.

use super::error::BUSY_SECONDS;
use super::{StoreError, schema};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A store's file, open in this thread. SQLite sees to it that several may have it open.
#[derive(Debug)]
pub struct Database {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Which file it was that was opened.
    file: Option<FileId>,
}

/// What tells one file from another, whatever they are called.
type FileId = (u64, u64);

fn file_id(path: &Path) -> Option<FileId> {
    let found = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let id = (std::os::unix::fs::MetadataExt::dev(&found), std::os::unix::fs::MetadataExt::ino(&found));
    #[cfg(not(unix))]
    let id = (0, u64::from(found.is_file()));
    Some(id)
}

impl Database {
    /// Opens the file at `path`, which is made where there is none, and brings it to the newest version.
    ///
    /// # Errors
    /// If it cannot be written, is damaged, or is no store of ours or a newer one.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that must be there already: no file becomes one by being read. One of an older version is brought
    /// to the newest.
    ///
    /// # Errors
    /// If it is not there, empty, damaged, or no store of ours or a newer one.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let found = match std::fs::metadata(path) {
            Err(_) => "no such file",
            Ok(found) if found.is_dir() => "found a folder",
            Ok(found) if found.len() == 0 => "found an empty file",
            Ok(_) => return Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE),
        };
        let message = format!("{found}, expected a store of decisions");
        Err(StoreError::Other { path: path.to_owned(), message })
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::of(path, &error);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(BUSY_SECONDS)).map_err(failed)?;
        // Asked before anything is written, so that another program's database stays as it was.
        if schema::version(&connection, path)? == 0 && !flags.contains(OpenFlags::SQLITE_OPEN_CREATE) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        // What is deleted is overwritten, not only forgotten; what is committed is on the disk, not only on its way.
        connection
            .execute_batch(
                "PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;",
            )
            .map_err(failed)?;
        schema::migrate(&mut connection, path)?;
        Ok(Self { connection, path: path.to_owned(), file: file_id(path) })
    }

    /// Refuses to go on with a file that was moved away or replaced: what is written to it would not be found again.
    pub(super) fn check_place(&self) -> Result<(), StoreError> {
        if file_id(&self.path) == self.file {
            return Ok(());
        }
        let message = "moved or replaced while it was in use".to_owned();
        Err(StoreError::Other { path: self.path.clone(), message })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SQLite's error, with the file it is about.
    pub(super) fn failed(&self) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
        |error| StoreError::of(&self.path, &error)
    }
}
