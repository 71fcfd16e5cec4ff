//! What can be wrong with a store, in words that say what to do.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// Why something was not kept or not read. One error may be told to many callers, so it can be cloned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room.
    #[error("{}: the disk is full, nothing more can be kept", .0.display())]
    Full(PathBuf),
    /// Somebody else is writing, and was not done in time.
    #[error("{}: locked by another program for longer than {BUSY_SECONDS} seconds", .0.display())]
    Locked(PathBuf),
    /// A file that SQLite cannot read.
    #[error("{}: damaged or no database, expected a store of decisions", .0.display())]
    Corrupt(PathBuf),
    /// A database of something else.
    #[error("{}: found a database of another program, expected a store of decisions", .0.display())]
    Foreign(PathBuf),
    /// Written by a later version.
    #[error("{}: found version {found} of a store, expected at most {expected}", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        expected: i64,
    },
    /// No such file, no right to write it, or anything else that the system or SQLite says.
    #[error("{}: {message}", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What was said.
        message: String,
    },
    /// The thread that writes has ended.
    #[error("the store is closed")]
    Closed,
}

/// How long to wait for another writer.
pub(super) const BUSY_SECONDS: u64 = 5;

impl StoreError {
    /// SQLite's error, in our words.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(path),
            _ => Self::Other { path, message: lower(&error.to_string()) },
        }
    }
}

/// As messages begin here, in lower case.
fn lower(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
