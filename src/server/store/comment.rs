//! A comment that was asked about, and what was said of it: by us, by the service we replace, by a model on trial.

use super::decision::fingerprint;
use super::{Database, Said, StoreError};
use rusqlite::{Row, params};

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The model that answers.
    Ours,
    /// The endpoint that calls are forwarded to.
    Theirs,
    /// The model on trial.
    Shadow,
}

impl Source {
    /// Its name in the store and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Shadow => "shadow",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Ours, Self::Theirs, Self::Shadow].into_iter().find(|source| source.name() == name)
    }
}

/// One probability, said of a comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Who said it.
    pub source: Source,
    /// `NAME@HASH` of the model; the address of an endpoint.
    pub model: String,
    /// The attribute.
    pub attribute: String,
    /// 0 to 1.
    pub value: f64,
}

/// A comment as it was asked about.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewComment {
    /// The comment.
    pub said: Said,
    /// What was said of it.
    pub scores: Vec<Score>,
}

/// A comment as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Ascends with the order in which comments were kept.
    pub id: i64,
    /// What was asked and said.
    pub comment: NewComment,
}

/// What [`comment`] reads of a row.
pub(super) fn columns() -> String {
    format!("comments.id, {}", Said::columns("comments"))
}

/// How many columns that is.
pub(super) const N_COLUMNS: usize = 1 + Said::N_COLUMNS;

/// A comment without its scores.
pub(super) fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment { id: row.get(0)?, comment: NewComment { said: Said::read(row, 1)?, scores: Vec::new() } })
}

impl Database {
    /// Adds a comment to the transaction that is open.
    pub(super) fn insert_comment(&self, new: &NewComment) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO comments (community, client_token, session, time_ms, text, context, fingerprint) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?;
        let id = insert.insert(params![
            new.said.community,
            new.said.client_token,
            new.said.session,
            new.said.time_ms,
            new.said.text,
            new.said.context,
            new.said.text.as_deref().map(fingerprint),
        ])?;
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO scores (comment, source, model, attribute, value) VALUES (?, ?, ?, ?, ?)",
        )?;
        for score in &new.scores {
            insert.execute(params![id, score.source.name(), score.model, score.attribute, score.value])?;
        }
        Ok(())
    }

    /// The comment with this id, scores included.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn comment(&self, id: i64) -> Result<Option<Comment>, StoreError> {
        let mut found = self.comments_where("comments.id = ?", id)?;
        Ok(found.pop())
    }

    /// All comments with their scores, in the order they were kept.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn comments(&self) -> Result<Vec<Comment>, StoreError> {
        self.comments_where("comments.id > ?", i64::MIN)
    }

    fn comments_where(&self, condition: &str, value: i64) -> Result<Vec<Comment>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Comment>> {
            let sql = format!("SELECT {} FROM comments WHERE {condition} ORDER BY comments.id", columns());
            let mut query = self.connection.prepare_cached(&sql)?;
            let mut comments: Vec<Comment> = query.query_map([value], comment)?.collect::<Result<_, _>>()?;
            let sql = format!(
                "SELECT comments.id, source, model, attribute, value FROM scores \
                 JOIN comments ON scores.comment = comments.id WHERE {condition} \
                 ORDER BY comments.id, scores.rowid"
            );
            let mut query = self.connection.prepare_cached(&sql)?;
            let mut rows = query.query([value])?;
            let mut at = 0;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                while comments.get(at).is_some_and(|comment| comment.id < id) {
                    at += 1;
                }
                // A comment that came in between the two questions has no scores to be told yet.
                let Some(comment) = comments.get_mut(at).filter(|comment| comment.id == id) else { continue };
                let source: String = row.get(1)?;
                let (model, attribute, value) = (row.get(2)?, row.get(3)?, row.get(4)?);
                if let Some(source) = Source::from_name(&source) {
                    comment.comment.scores.push(Score { source, model, attribute, value });
                }
            }
            Ok(comments)
        };
        read().map_err(self.failed())
    }
}
