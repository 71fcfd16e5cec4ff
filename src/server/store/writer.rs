//! The thread that writes, and how callers hand it what is to be kept.

use super::{Database, NewComment, NewDecision, StoreError};
use rusqlite::TransactionBehavior;
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

/// Calls that may wait for the disk; those beyond wait for these.
const MOST_WAITING: usize = 4096;
/// Calls whose rows share a commit.
const MOST_AT_ONCE: usize = 1024;

/// Something to be kept.
#[derive(Debug)]
pub(super) enum Row {
    /// What somebody decided.
    Decision(NewDecision),
    /// What was said of a comment.
    Comment(NewComment),
}

/// The rows of one call, and who waits for them, if anybody does.
struct Call {
    rows: Vec<Row>,
    done: Option<oneshot::Sender<Result<(), StoreError>>>,
}

/// The way to the thread; it ends when the last of these is dropped and what was handed in is written.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    calls: mpsc::Sender<Call>,
}

impl Writer {
    pub(super) fn start(database: Database) -> Self {
        let (calls, arriving) = mpsc::channel(MOST_WAITING);
        std::thread::spawn(move || serve(database, arriving));
        Self { calls }
    }

    /// Returns when the rows are on the disk, all of them or none.
    pub(super) async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let (done, answer) = oneshot::channel();
        self.calls.send(Call { rows, done: Some(done) }).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Hands rows in without waiting; says whether there was room for them.
    pub(super) fn offer(&self, rows: Vec<Row>) -> bool {
        self.calls.try_send(Call { rows, done: None }).is_ok()
    }
}

/// Writes until nobody can call any more.
fn serve(database: Database, mut arriving: mpsc::Receiver<Call>) {
    let path = database.path.clone();
    let mut open = Some(database);
    let mut calls = Vec::new();
    while arriving.blocking_recv_many(&mut calls, MOST_AT_ONCE) > 0 {
        let outcome = commit(&mut open, &path, &calls);
        if outcome.is_err() {
            // What went wrong may lie in the connection: the next call opens the file anew.
            open = None;
        }
        for call in calls.drain(..) {
            if let Some(done) = call.done {
                // Whoever hung up has no need of the answer.
                let _ = done.send(outcome.clone());
            }
        }
    }
}

/// Everything in one transaction.
fn commit(open: &mut Option<Database>, path: &Path, calls: &[Call]) -> Result<(), StoreError> {
    let database = match open {
        Some(database) => database,
        // Made anew only where it was: a file that somebody moved away must not be replaced in silence.
        None => open.insert(Database::open_existing(path)?),
    };
    database.check_place()?;
    database.write(calls.iter().flat_map(|call| &call.rows))
}

impl Database {
    /// Writes rows in one transaction; when it returns they are on the disk.
    pub(super) fn write<'a>(&mut self, rows: impl Iterator<Item = &'a Row>) -> Result<(), StoreError> {
        let begin = TransactionBehavior::Immediate;
        let failed = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let transaction = rusqlite::Transaction::new_unchecked(&self.connection, begin).map_err(failed)?;
        for row in rows {
            match row {
                Row::Decision(decision) => self.insert_decision(decision).map_err(failed)?,
                Row::Comment(comment) => self.insert_comment(comment).map_err(failed)?,
            }
        }
        transaction.commit().map_err(failed)
    }
}
