//! What a caller says of a comment, whether it asks about it or says what was decided.

use rusqlite::Row;

/// A comment as a caller speaks of it. Texts and contexts are kept only where the [store](super::Store) keeps texts and
/// `do_not_store` is not set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// Whose norms it follows, such as `Coral:https://news.example`; empty where it was not said.
    pub community: String,
    /// What the caller calls it; empty where it was not said.
    pub client_token: String,
    /// What groups calls; empty where it was not said.
    pub session: String,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Its text.
    pub text: Option<String>,
    /// What it answers, as the caller sent it.
    pub context: Option<String>,
    /// Whether the caller forbids to keep anything of it.
    pub do_not_store: bool,
}

impl Said {
    /// The columns of a row that [`read`](Self::read) reads, of a table.
    pub(super) fn columns(table: &str) -> String {
        ["community", "client_token", "session", "time_ms", "text", "context"]
            .map(|column| format!("{table}.{column}"))
            .join(", ")
    }

    /// How many columns these are.
    pub(super) const N_COLUMNS: usize = 6;

    /// Reads them, the first of them at `at`.
    pub(super) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            community: row.get(at)?,
            client_token: row.get(at + 1)?,
            session: row.get(at + 2)?,
            time_ms: row.get(at + 3)?,
            text: row.get(at + 4)?,
            context: row.get(at + 5)?,
            do_not_store: false,
        })
    }

    pub(super) fn forget_text(&mut self) {
        self.text = None;
        self.context = None;
    }

    /// All that leads back to the comment.
    pub(super) fn forget_names(&mut self) {
        self.forget_text();
        self.client_token.clear();
        self.session.clear();
    }
}
