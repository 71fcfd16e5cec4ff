//! The tables, and how an older file gets them.

use super::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::ops::Range;
use std::path::Path;

/// `mdrt`, so that a file can be told from other programs' databases.
const APPLICATION: i64 = 0x6d64_7274;

/// What makes version `i + 1` of version `i`. What has been released is never changed, only added to.
const STEPS: &[&str] = &[
    "
    CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        community TEXT NOT NULL,
        client_token TEXT NOT NULL,
        session TEXT NOT NULL,
        attribute TEXT NOT NULL,
        value REAL NOT NULL,
        model TEXT NOT NULL,
        probability REAL,
        time_ms INTEGER NOT NULL,
        text TEXT,
        context TEXT,
        origin TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decisions_by_token ON decisions (client_token);
    CREATE INDEX decisions_by_time ON decisions (time_ms);
",
    "
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY,
        community TEXT NOT NULL,
        client_token TEXT NOT NULL,
        session TEXT NOT NULL,
        time_ms INTEGER NOT NULL,
        text TEXT,
        context TEXT,
        fingerprint INTEGER
    ) STRICT;
    CREATE INDEX comments_by_token ON comments (client_token);
    CREATE INDEX comments_by_fingerprint ON comments (fingerprint);
    CREATE TABLE scores (
        comment INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
        source TEXT NOT NULL,
        model TEXT NOT NULL,
        attribute TEXT NOT NULL,
        value REAL NOT NULL
    ) STRICT;
    CREATE INDEX scores_by_comment ON scores (comment);
    ALTER TABLE decisions ADD COLUMN comment INTEGER;
    ALTER TABLE decisions ADD COLUMN fingerprint INTEGER;
    CREATE INDEX decisions_by_comment ON decisions (comment);
    CREATE INDEX decisions_by_fingerprint ON decisions (fingerprint);
",
];

/// The version this program writes.
fn newest() -> i64 {
    STEPS.len() as i64
}

/// Brings a file to the newest version, or makes its tables; in one transaction, so that it is never between two.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| StoreError::of(path, &error);
    if version(connection, path)? == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Another program may have been first.
    let found = version(&transaction, path)?;
    steps(&transaction, found as usize..STEPS.len()).map_err(failed)?;
    transaction.commit().map_err(failed)
}

/// Takes some of the steps, and writes down how many have been taken.
fn steps(connection: &Connection, which: Range<usize>) -> rusqlite::Result<()> {
    for step in &STEPS[which.clone()] {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", which.end as i64)
}

/// Makes a file as an older version of this program did.
#[cfg(test)]
pub(super) fn make(connection: &Connection, version: usize) -> rusqlite::Result<()> {
    steps(connection, 0..version)
}

/// The version of a file, 0 for an empty one; an error where it is not one we can use.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let number = |sql: &str| -> Result<i64, StoreError> {
        connection.query_row(sql, [], |row| row.get(0)).map_err(|error| StoreError::of(path, &error))
    };
    let (application, found) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let n_tables = number("SELECT count(*) FROM sqlite_schema")?;
    match found {
        0 if application == 0 && n_tables == 0 => Ok(0),
        _ if application != APPLICATION => Err(StoreError::Foreign(path.to_owned())),
        _ if found > newest() => Err(StoreError::Newer { path: path.to_owned(), found, expected: newest() }),
        // No file of ours has a version below 1; whatever it is, it is not ours.
        _ if found < 1 => Err(StoreError::Foreign(path.to_owned())),
        _ => Ok(found),
    }
}
