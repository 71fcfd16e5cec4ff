//! What waits for somebody to decide: recorded comments with their texts on which nobody has.

use super::comment::{N_COLUMNS, columns, comment};
use super::{Comment, Database, StoreError};
use rusqlite::params;

/// In which order comments wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The nearest to even odds first: what a decision teaches most.
    #[default]
    Uncertainty,
    /// The most probable first.
    Score,
    /// The newest first.
    Newest,
}

/// Which comments are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The attribute to be decided.
    pub attribute: String,
    /// Only of this community, if any is named.
    pub community: Option<String>,
    /// In which order.
    pub order: Order,
    /// How many.
    pub most: u32,
}

/// A comment that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The comment, without its scores.
    pub comment: Comment,
    /// What we said of it.
    pub probability: f64,
}

/// A comment waits while it has a text and a score of ours, no later copy, and no decision on it or on the same text.
const WAITS: &str = "FROM comments JOIN scores ON scores.comment = comments.id \
    WHERE scores.source = 'ours' AND scores.attribute = ?1 AND comments.text IS NOT NULL \
    AND (?2 IS NULL OR comments.community = ?2) \
    AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.comment = comments.id AND decisions.attribute = ?1) \
    AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.fingerprint = comments.fingerprint \
        AND decisions.attribute = ?1) \
    AND NOT EXISTS (SELECT 1 FROM decisions WHERE comments.client_token <> '' \
        AND decisions.client_token = comments.client_token AND decisions.community = comments.community \
        AND decisions.attribute = ?1) \
    AND NOT EXISTS (SELECT 1 FROM comments AS later WHERE later.fingerprint = comments.fingerprint \
        AND later.id > comments.id)";

impl Database {
    /// The comments that wait, and how many wait in all.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn waiting(&self, queue: &Queue) -> Result<(Vec<Waiting>, u64), StoreError> {
        let order = match queue.order {
            Order::Uncertainty => "abs(scores.value - 0.5)",
            Order::Score => "-scores.value",
            Order::Newest => "-comments.id",
        };
        let read = || -> rusqlite::Result<(Vec<Waiting>, u64)> {
            let sql =
                format!("SELECT {}, scores.value {WAITS} ORDER BY {order}, comments.id LIMIT ?3", columns());
            let mut query = self.connection.prepare_cached(&sql)?;
            let waiting = query.query_map(params![queue.attribute, queue.community, queue.most], |row| {
                Ok(Waiting { comment: comment(row)?, probability: row.get(N_COLUMNS)? })
            })?;
            let waiting = waiting.collect::<Result<_, _>>()?;
            let sql = format!("SELECT count(*) {WAITS}");
            let mut count = self.connection.prepare_cached(&sql)?;
            let n: i64 = count.query_row(params![queue.attribute, queue.community], |row| row.get(0))?;
            Ok((waiting, n.unsigned_abs()))
        };
        read().map_err(self.failed())
    }

    /// The attributes that recorded comments have scores of ours for, in order.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn recorded_attributes(&self) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT DISTINCT attribute FROM scores WHERE source = 'ours' ORDER BY attribute";
            self.connection.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(self.failed())
    }
}
