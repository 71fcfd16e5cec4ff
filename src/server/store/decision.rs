//! A decision, before and after it is kept.

use super::{Database, Said, StoreError};
use rusqlite::{Row, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What somebody decided of a comment. Of several decisions on one attribute of one comment of a community the last one
/// holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewDecision {
    /// The comment.
    pub said: Said,
    /// The attribute decided on, such as `TOXICITY`.
    pub attribute: String,
    /// From 0, it is not so, to 1, it is.
    pub value: f64,
    /// `NAME@HASH` of the model that answers meanwhile.
    pub model: String,
    /// What that model says of the comment, 0 to 1; none where it was not asked.
    pub probability: Option<f64>,
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
        match (&*self.said.client_token, self.comment) {
            ("", comment) => comment.map(About::Recorded),
            (token, _) => Some(About::Token(&self.said.community, token)),
        }
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

fn columns() -> String {
    format!("id, {}, attribute, value, model, probability, origin, comment", Said::columns("decisions"))
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let said = Said::read(row, 1)?;
    let after = |n: usize| 1 + Said::N_COLUMNS + n;
    Ok(Decision {
        id: row.get(0)?,
        decision: NewDecision {
            said: Said { do_not_store: said.text.is_none(), ..said },
            attribute: row.get(after(0))?,
            value: row.get(after(1))?,
            model: row.get(after(2))?,
            probability: row.get(after(3))?,
            origin: row.get(after(4))?,
            comment: row.get(after(5))?,
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
            new.said.community,
            new.said.client_token,
            new.said.session,
            new.attribute,
            new.value,
            new.model,
            new.probability,
            new.said.time_ms,
            new.said.text,
            new.said.context,
            new.origin,
            new.comment,
            new.said.text.as_deref().map(fingerprint),
        ])?;
        Ok(())
    }

    /// All decisions in the order they were kept, those that were taken back by later ones included.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn decisions(&self) -> Result<Vec<Decision>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Decision>> {
            let mut all = self
                .connection
                .prepare_cached(&format!("SELECT {} FROM decisions ORDER BY id", columns()))?;
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
