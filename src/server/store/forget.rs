//! Erasing: what is forgotten is gone from the file, its free pages and its log.

use super::{Database, StoreError};
use rusqlite::{ToSql, TransactionBehavior};

/// What to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One comment, by the caller's name for it.
    Token(String),
    /// All calls of a session, which is a user where the caller says so.
    Session(String),
    /// All of a community.
    Community(String),
    /// All before this time, in milliseconds since 1970.
    Before(i64),
}

/// What was forgotten, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Decisions that are gone.
    pub n_decisions: u64,
    /// Recorded comments that are gone.
    pub n_comments: u64,
    /// Decisions that remain.
    pub decisions_left: u64,
    /// Recorded comments that remain.
    pub comments_left: u64,
    /// Whether the log was emptied, too; if not, another program was reading it, and it is emptied later.
    pub is_thorough: bool,
}

impl Database {
    /// Erases decisions and recorded comments, copies of the same texts without a name included, overwrites where they
    /// stood, and packs the file anew.
    ///
    /// What models learned from them stays in those models until they are trained again. Disks and backups may hold
    /// older states of the file; those are beyond this program.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn forget(&mut self, which: &Which) -> Result<Erased, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let (condition, value): (&str, &dyn ToSql) = match which {
            Which::Token(token) => ("client_token = ?1", token),
            Which::Session(session) => ("session = ?1", session),
            Which::Community(community) => ("community = ?1", community),
            Which::Before(time) => ("time_ms < ?1", time),
        };
        let begin = TransactionBehavior::Immediate;
        let transaction = rusqlite::Transaction::new_unchecked(&self.connection, begin).map_err(failed)?;
        // A caller may name a comment only when it is decided: the recorded copy is found by its text, and the
        // decision on a recorded comment by its number.
        let copies = match which {
            Which::Token(_) | Which::Session(_) => format!(
                " OR fingerprint IN (SELECT fingerprint FROM decisions WHERE {condition} \
                 UNION SELECT fingerprint FROM comments WHERE {condition})"
            ),
            Which::Community(_) | Which::Before(_) => String::new(),
        };
        let unnamed = "client_token = '' AND";
        let copies = copies.replacen(" OR fingerprint", &format!(" OR {unnamed} fingerprint"), 1);
        let marked = format!("WHERE {condition}{copies}");
        let erase = |sql: String| transaction.execute(&sql, [value]).map(|n| n as u64);
        transaction
            .execute_batch("CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY); DELETE FROM gone;")
            .map_err(failed)?;
        erase(format!("INSERT INTO gone SELECT id FROM comments {marked}")).map_err(failed)?;
        let n_decisions =
            erase(format!("DELETE FROM decisions {marked} OR comment IN (SELECT id FROM gone)"))
                .map_err(failed)?;
        let n_comments = transaction
            .execute("DELETE FROM comments WHERE id IN (SELECT id FROM gone)", [])
            .map_err(failed)?;
        transaction.execute("DELETE FROM gone", []).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        let is_thorough = self.scrub()?;
        let count = |table: &str| -> Result<u64, StoreError> {
            let sql = format!("SELECT count(*) FROM {table}");
            let n: i64 = self.connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)?;
            Ok(n.unsigned_abs())
        };
        let (decisions_left, comments_left) = (count("decisions")?, count("comments")?);
        Ok(Erased { n_decisions, n_comments: n_comments as u64, decisions_left, comments_left, is_thorough })
    }

    /// Empties the log into the file, packs the file, and empties the log again; says whether nobody was in the way.
    fn scrub(&self) -> Result<bool, StoreError> {
        let failed = |error: rusqlite::Error| StoreError::of(&self.path, &error);
        let checkpoint = || -> rusqlite::Result<bool> {
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
        };
        let packed = match self.connection.execute_batch("VACUUM") {
            Ok(()) => true,
            Err(error) => match StoreError::of(&self.path, &error) {
                // Deleted rows were overwritten already; packing can wait.
                StoreError::Locked(_) => false,
                error => return Err(error),
            },
        };
        Ok(checkpoint().map_err(failed)? && packed)
    }
}
