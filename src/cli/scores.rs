//! Comments with the scores that another service gave them, and what was decided in the end.

use super::Problem;
use super::input::{self, ReadArgs};
use super::named::unknown_field;
use super::talk::Talk;
use crate::comment::Comment;
use crate::extract::{Comments, ExtractOptions, Keep};
use crate::server::store::{Database, Source};
use anyhow::Result;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where scores and decisions stand in a record, where the command line does not say.
const SCORES: &[&str] = &["perspective_score", "post_perspective_toxicity", "perspective.score", "score"];
const DECISIONS: &[&str] = &["decision", "final_decision", "state", "status"];

/// Words for a comment that was removed, and for one that was not; any other says nothing.
const REMOVED: &[&str] =
    &["rejected", "reject", "removed", "remove", "hidden", "trash", "yes", "true", "1", "1.0"];
const KEPT: &[&str] = &["approved", "approve", "published", "kept", "accepted", "no", "false", "0", "0.0"];

/// A comment as it was scored.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Logged {
    pub(super) text: String,
    pub(super) score: f64,
    /// Whether it was removed, if somebody decided.
    pub(super) decided: Option<bool>,
}

/// Which fields to read.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    pub(super) attribute: &'a str,
    pub(super) score: Option<&'a str>,
    pub(super) decision: Option<&'a str>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct ScoreLog {
    pub(super) comments: Vec<Logged>,
    /// Records that could not be read.
    pub(super) n_unreadable: u64,
    /// Records without a score.
    pub(super) n_without: u64,
    /// Of the fields that flags name, those that some record has: of the score, and of the decision.
    has_named: [bool; 2],
}

/// Reads files in any format that comments come in.
pub(super) fn read(files: &[PathBuf], args: &ReadArgs, fields: &Fields<'_>) -> Result<ScoreLog> {
    let options = args.options(Keep::All)?;
    let mut log = ScoreLog::default();
    for path in files {
        let mut talk = Talk::steps();
        let reader = input::open(path, Some(&talk.hand()))?;
        for comment in Comments::open(path.display().to_string(), reader, &options)? {
            match comment {
                Ok(comment) => log.add(&comment, fields, &mut talk)?,
                Err(error) => {
                    log.n_unreadable += 1;
                    talk.trouble(&error);
                }
            }
        }
        talk.end();
    }
    log.check_named(files, &options, fields)?;
    Ok(log)
}

/// Reads what a server recorded: their scores, and the decisions on the same comments.
pub(super) fn of_store(path: &Path, attribute: &str) -> Result<ScoreLog> {
    let database = Database::open_existing(path)?;
    let mut decided: BTreeMap<(u8, String), bool> = BTreeMap::new();
    for d in database.standing_decisions()?.into_iter().map(|d| d.decision) {
        if same_attribute(&d.attribute, attribute) {
            let yes = d.value >= 0.5;
            decided.extend(d.comment.map(|id| ((0, id.to_string()), yes)));
            decided.extend(Some(d.said.client_token).filter(|t| !t.is_empty()).map(|t| ((1, t), yes)));
            decided.extend(d.said.text.map(|text| ((2, text), yes)));
        }
    }
    let mut log = ScoreLog::default();
    for recorded in database.comments()? {
        let said = recorded.comment.scores.iter();
        let theirs = said.filter(|s| s.source == Source::Theirs && same_attribute(&s.attribute, attribute));
        let (Some(text), Some(score)) = (recorded.comment.said.text, theirs.map(|s| s.value).next_back())
        else {
            log.n_without += 1;
            continue;
        };
        let keys = [(0, recorded.id.to_string()), (1, recorded.comment.said.client_token), (2, text.clone())];
        let decided = keys.iter().find_map(|key| decided.get(key).copied());
        log.comments.push(Logged { text, score, decided });
    }
    Ok(log)
}

/// Whether two names are one attribute's: in any case, with or without a version.
fn same_attribute(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.split('@').next().unwrap_or(name).to_uppercase();
    plain(a) == plain(b)
}

impl ScoreLog {
    fn add(&mut self, comment: &Comment, fields: &Fields<'_>, talk: &mut Talk) -> Result<()> {
        for (has, name) in self.has_named.iter_mut().zip([fields.score, fields.decision]) {
            *has = *has || name.is_some_and(|name| at(comment, name).is_some());
        }
        let found = match fields.score {
            Some(name) => at(comment, name),
            None => {
                let lower = fields.attribute.to_lowercase();
                let names = SCORES.iter().copied().chain([fields.attribute, lower.as_str()]);
                names.filter_map(|name| at(comment, name)).next()
            }
        };
        let Some(value) = found.filter(|value| !as_text(value).is_empty()) else {
            self.n_without += 1;
            return Ok(());
        };
        let score = as_text(value).parse::<f64>().ok().filter(|score| (0.0..=1.0).contains(score));
        let Some(score) = score else {
            self.n_unreadable += 1;
            let found = as_text(value);
            talk.say(&format!(
                "warning: {}: found score `{found}`, expected a number from 0 to 1",
                comment.place
            ));
            return Ok(());
        };
        let said = match fields.decision {
            Some(name) => at(comment, name),
            None => DECISIONS.iter().find_map(|name| at(comment, name)),
        };
        let said = said.map(|said| as_text(said).to_lowercase());
        let decided = said.and_then(|said| match said.trim() {
            word if REMOVED.contains(&word) => Some(true),
            word if KEPT.contains(&word) => Some(false),
            _ => None,
        });
        if !comment.text.trim().is_empty() {
            self.comments.push(Logged { text: comment.text.clone(), score, decided });
        }
        Ok(())
    }

    /// Refuses a field that was named and no record has.
    fn check_named(&self, files: &[PathBuf], options: &ExtractOptions, fields: &Fields<'_>) -> Result<()> {
        let named = [("--score-field", fields.score), ("--decision-field", fields.decision)];
        for ((flag, name), has) in named.into_iter().zip(self.has_named) {
            let Some(name) = name.filter(|_| !has && self.n_without + self.comments.len() as u64 > 0) else {
                continue;
            };
            if let Some(error) = files.iter().find_map(|file| unknown_field(file, options, name)) {
                return Err(error.into());
            }
            return Err(Problem::new(format!("`{flag}`: no comment has a field `{name}`")).into());
        }
        Ok(())
    }

    /// Refuses a log without scores.
    pub(super) fn check(&self) -> Result<()> {
        if self.comments.is_empty() {
            let message = match self.n_without {
                0 => "found no comments, expected some with their scores".to_owned(),
                n => format!("found {n} comments without a score, expected one each"),
            };
            return Err(Problem::new(message)
                .hint("`--score-field` names the field, `a.b.c` for one within others; a store needs texts")
                .into());
        }
        Ok(())
    }
}

/// The field called `name`, or at that path.
fn at<'c>(comment: &'c Comment, name: &str) -> Option<&'c Value> {
    if let Some(value) = comment.other_fields.get(name) {
        return Some(value);
    }
    let mut steps = name.split('.');
    let first = comment.other_fields.get(steps.next()?)?;
    steps.try_fold(first, |inner, step| match inner {
        Value::Object(fields) => fields.get(step),
        Value::Array(items) if step == "-1" => items.last(),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
