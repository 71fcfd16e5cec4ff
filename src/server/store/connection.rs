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
}

impl Database {
    /// Opens the file at `path`, which is made where there is none, and brings it to the newest version.
    ///
    /// # Errors
    /// If it cannot be written, is damaged, or is no store of ours or a newer one.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a file that must be there already.
    ///
    /// # Errors
    /// If it is not there, cannot be written, is damaged, or is no store of ours or a newer one.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            let message = "no such file, expected a store of decisions".to_owned();
            return Err(StoreError::Other { path: path.to_owned(), message });
        }
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::of(path, &error);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(BUSY_SECONDS)).map_err(failed)?;
        // Asked before anything is written, so that another program's database stays as it was.
        schema::version(&connection, path)?;
        // What is deleted is overwritten, not only forgotten; what is committed is on the disk, not only on its way.
        connection
            .execute_batch(
                "PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216; PRAGMA trusted_schema = OFF;",
            )
            .map_err(failed)?;
        schema::migrate(&mut connection, path)?;
        Ok(Self { connection, path: path.to_owned() })
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
