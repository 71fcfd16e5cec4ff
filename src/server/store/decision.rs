//! A decision, before and after it is kept.

use super::{Database, StoreError};
use rusqlite::{Row, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

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
    /// The recorded comment it is about, where that is known.
    pub comment: Option<i64>,
}

/// Which comment a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About<'a> {
    /// The caller's name for it, in a community.
    Token(&'a str, &'a str),
    /// A comment that was recorded.
    Recorded(i64),
}

impl NewDecision {
    /// The comment, where another decision may be about the same one.
    fn about(&self) -> Option<About<'_>> {
        match (&*self.client_token, self.comment) {
            ("", comment) => comment.map(About::Recorded),
            (token, _) => Some(About::Token(&self.community, token)),
        }
    }

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
                       context, origin, comment";

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
            comment: row.get(12)?,
        },
    })
}

impl Database {
    /// Adds a decision to the transaction that is open.
    pub(super) fn insert_decision(&self, new: &NewDecision) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO decisions (community, client_token, session, attribute, value, model, probability, time_ms, \
             text, context, origin, comment, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            new.comment,
            new.text.as_deref().map(fingerprint),
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

    /// The decisions that hold: of several on one attribute of one comment of a community, the last one.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn standing_decisions(&self) -> Result<Vec<Decision>, StoreError> {
        let all = self.decisions()?;
        let mut last = BTreeMap::new();
        for Decision { id, decision } in &all {
            if let Some(comment) = decision.about() {
                last.insert((comment, decision.attribute.as_str()), *id);
            }
        }
        let stands = |d: &Decision| {
            let about = d.decision.about().map(|comment| (comment, d.decision.attribute.as_str()));
            about.is_none_or(|about| last.get(&about) == Some(&d.id))
        };
        let stands: Vec<bool> = all.iter().map(stands).collect();
        Ok(all.into_iter().zip(stands).filter_map(|(decision, stands)| stands.then_some(decision)).collect())
    }
}

/// What tells one text from another, 63 bits of its SHA-256. It is kept beside texts only, never instead of one.
pub(super) fn fingerprint(text: &str) -> i64 {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).fold(0, |number: i64, byte| number << 8 | i64::from(*byte)) & i64::MAX
}
