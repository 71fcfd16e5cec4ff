//! A decision, before and after it is kept.

use super::{Database, StoreError};
use rusqlite::{Row, params};

/// What somebody decided of a comment. Texts and contexts are kept only where the [store](super::Store) keeps texts
/// and `do_not_store` is not set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewDecision {
    /// Whose norms it follows, such as `Coral:https://news.example`; empty where it was not said.
    pub community: String,
    /// What the caller calls the comment; empty where it was not said. Of several decisions on one attribute of one
    /// comment of a community the last one holds.
    pub client_token: String,
    /// What groups calls; empty where it was not said.
    pub session: String,
    /// The attribute decided on, such as `TOXICITY`.
    pub attribute: String,
    /// From 0, it is not so, to 1, it is.
    pub value: f64,
    /// `NAME@HASH` of the model that answers meanwhile.
    pub model: String,
    /// What that model says of the comment, 0 to 1; none where it was not asked.
    pub probability: Option<f64>,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// The comment's text.
    pub text: Option<String>,
    /// Whether the caller forbids to keep text and context.
    pub do_not_store: bool,
    /// What it answers, as the caller sent it.
    pub context: Option<String>,
    /// Which door it came by, such as `suggestscore` or `review`.
    pub origin: String,
}

impl NewDecision {
    pub(super) fn forget_text(&mut self) {
        self.text = None;
        self.context = None;
    }
}

/// A decision as it was kept; its fields are [`NewDecision`]'s.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Ascends with the order in which decisions were kept.
    pub id: i64,
    /// What was decided.
    pub decision: NewDecision,
}

const COLUMNS: &str = "id, community, client_token, session, attribute, value, model, probability, time_ms, text, \
                       context, origin";

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let text: Option<String> = row.get(9)?;
    Ok(Decision {
        id: row.get(0)?,
        decision: NewDecision {
            community: row.get(1)?,
            client_token: row.get(2)?,
            session: row.get(3)?,
            attribute: row.get(4)?,
            value: row.get(5)?,
            model: row.get(6)?,
            probability: row.get(7)?,
            time_ms: row.get(8)?,
            do_not_store: text.is_none(),
            text,
            context: row.get(10)?,
            origin: row.get(11)?,
        },
    })
}

impl Database {
    /// Adds a decision to the transaction that is open.
    pub(super) fn insert_decision(&self, new: &NewDecision) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO decisions (community, client_token, session, attribute, value, model, probability, time_ms, \
             text, context, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        insert.execute(params![
            new.community,
            new.client_token,
            new.session,
            new.attribute,
            new.value,
            new.model,
            new.probability,
            new.time_ms,
            new.text,
            new.context,
            new.origin,
        ])?;
        Ok(())
    }

    /// All decisions in the order they were kept, those that were taken back by later ones included.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Decision>> {
            let mut all =
                self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM decisions ORDER BY id"))?;
            all.query_map([], decision)?.collect()
        };
        read().map_err(self.failed())
    }
}
