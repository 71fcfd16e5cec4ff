//! Which field of a record is the text, which its id, author and so on: by their usual names.

use super::error::ExtractError;
use crate::comment::{Comment, Place};
use serde_json::Value;

/// The names by which a text field is found, whatever their case.
pub const TEXT_FIELDS: [&str; 8] =
    ["text", "comment_text", "comment", "body", "tweet", "post", "content", "message"];

/// Which field of a record is the text, and which others are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldOptions {
    /// The text field: a column, or in JSON a path such as `comment.body`. By default the one of [`TEXT_FIELDS`]
    /// that is there.
    pub text: Option<String>,
    /// What else is read.
    pub keep: Keep,
    /// With [`Keep::Named`], columns that are kept as well where there are such.
    pub keep_if_there: Vec<String>,
    /// The fields of the id, author, time and parent, where they have no usual name: columns, in JSON paths.
    pub named: NamedFields,
}

/// Fields that are said to have a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFields {
    /// The comment's id.
    pub id: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub time: Option<String>,
    /// The id of the comment it answers.
    pub parent: Option<String>,
}

impl NamedFields {
    /// Each role that a field is named for.
    pub(crate) fn roles(&self) -> impl Iterator<Item = (Claim, &str)> {
        let claim = |role, name| Claim { role, rank: 0, name };
        [
            (claim(Role::Id, "id"), &self.id),
            (claim(Role::Author, "author"), &self.author),
            (claim(Role::Time, "time"), &self.time),
            (claim(Role::Parent, "parent"), &self.parent),
        ]
        .into_iter()
        .filter_map(|(claim, name)| Some((claim, name.as_deref()?)))
    }

    /// The role of a field called `name`: the one it was said to have, or else the usual one, unless another field was
    /// said to have that.
    pub(crate) fn role_of(&self, name: &str) -> Option<Claim> {
        let said = self.roles().find(|(_, field)| *field == name).map(|(claim, _)| claim);
        said.or_else(|| {
            Role::of(name).filter(|usual| self.roles().all(|(claim, _)| claim.role != usual.role))
        })
    }
}

/// What is read of a record beside its id and text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: all that scoring needs, and the fastest.
    Nothing,
    /// Author, time, parent, source, position and so on, where a field has a usual name for them.
    #[default]
    Details,
    /// The same, and every other field.
    All,
    /// These columns, in JSON these paths, as [`other_fields`](crate::comment::Comment::other_fields).
    Named(Vec<String>),
}

/// What a field says of its comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Id,
    Author,
    AuthorUrl,
    Time,
    Parent,
    Source,
    Position,
    Depth,
    Permalink,
    Votes,
    Quoted,
}

impl Role {
    /// The role of a field called `name`, if that is a usual name.
    pub(crate) fn of(name: &str) -> Option<Claim> {
        Self::of_lower_case(name).or_else(|| {
            // No usual name is longer, and most names are in lower case already.
            let other_case = name.len() <= 16 && name.bytes().any(|b| b.is_ascii_uppercase());
            other_case.then(|| Self::of_lower_case(&name.to_ascii_lowercase())).flatten()
        })
    }

    fn of_lower_case(name: &str) -> Option<Claim> {
        let (role, rank, name) = match name {
            "id" => (Self::Id, 0, "id"),
            "comment_id" => (Self::Id, 1, "comment_id"),
            "id_str" => (Self::Id, 2, "id_str"),
            "_unit_id" => (Self::Id, 3, "_unit_id"),
            "author" => (Self::Author, 0, "author"),
            "user" => (Self::Author, 1, "user"),
            "username" => (Self::Author, 2, "username"),
            "name" => (Self::Author, 3, "name"),
            "author_url" => (Self::AuthorUrl, 0, "author_url"),
            "time" => (Self::Time, 0, "time"),
            "date" => (Self::Time, 1, "date"),
            "created_at" => (Self::Time, 2, "created_at"),
            "timestamp" => (Self::Time, 3, "timestamp"),
            "published" => (Self::Time, 4, "published"),
            "parent" => (Self::Parent, 0, "parent"),
            "parent_id" => (Self::Parent, 1, "parent_id"),
            "in_reply_to" => (Self::Parent, 2, "in_reply_to"),
            "source" => (Self::Source, 0, "source"),
            "position" => (Self::Position, 0, "position"),
            "depth" => (Self::Depth, 0, "depth"),
            "permalink" => (Self::Permalink, 0, "permalink"),
            "votes" => (Self::Votes, 0, "votes"),
            "quoted" => (Self::Quoted, 0, "quoted"),
            _ => return None,
        };
        Some(Claim { role, rank, name })
    }
}

/// A field's claim to a role, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// What it says of the comment.
    pub(crate) role: Role,
    /// How weak the claim is: of two the lower wins.
    rank: u8,
    /// The usual name, in lower case.
    name: &'static str,
}

/// Which fields of one record have won their roles.
#[derive(Default)]
pub(crate) struct Claims {
    best: [Option<Claim>; 11],
}

impl Claims {
    /// Forgets the record before.
    pub(crate) fn clear(&mut self) {
        self.best.fill(None);
    }

    /// Enters a claim; if it wins, the claim it wins over comes back, if there was one.
    pub(crate) fn enter(&mut self, claim: Claim) -> Result<Option<Claim>, Lost> {
        let held = &mut self.best[claim.role as usize];
        match held {
            Some(better) if better.rank <= claim.rank => Err(Lost),
            _ => Ok(held.replace(claim)),
        }
    }

    /// Gives `value`, the field `name`, to `comment` in its role.
    ///
    /// What has no place there comes back with its name: `value` itself if it cannot be read or another field has
    /// the better claim, or that other field's value if this claim is better.
    pub(crate) fn give(
        &mut self,
        comment: &mut Comment,
        claim: Claim,
        (name, value): (&str, Value),
    ) -> Option<(String, Value)> {
        let back = |value| Some((name.to_owned(), value));
        let Ok(loser) = self.enter(claim) else { return back(value) };
        let before = take_role(comment, claim.role);
        let Some(value) = give_role(comment, claim.role, value) else {
            return Some((loser?.name.to_owned(), before?));
        };
        if let Some(before) = before {
            give_role(comment, claim.role, before);
        }
        self.best[claim.role as usize] = loser;
        back(value)
    }
}

/// A claim that did not win.
#[derive(Debug)]
pub(crate) struct Lost;

/// Sets a role; gives the value back if it says nothing of the kind.
fn give_role(comment: &mut Comment, role: Role, value: Value) -> Option<Value> {
    let word = match role {
        Role::Id
        | Role::Author
        | Role::AuthorUrl
        | Role::Time
        | Role::Parent
        | Role::Source
        | Role::Permalink => match value {
            Value::String(word) => word,
            Value::Number(number) => number.to_string(),
            Value::Null => return None,
            other => return Some(other),
        },
        _ => return give_number(comment, role, value),
    };
    let known = (!word.is_empty()).then_some(word);
    match role {
        Role::Id => comment.id = known.unwrap_or_default(),
        Role::Author => comment.author = known,
        Role::AuthorUrl => comment.author_url = known,
        Role::Time => comment.time = known,
        Role::Parent => comment.parent = known,
        Role::Source => comment.source = known,
        _ => comment.permalink = known,
    }
    None
}

/// Sets a role whose value is no word.
fn give_number(comment: &mut Comment, role: Role, value: Value) -> Option<Value> {
    if let (Role::Quoted, Value::Array(parts)) = (role, &value) {
        let parts: Option<Vec<String>> = parts.iter().map(|p| p.as_str().map(str::to_owned)).collect();
        let Some(parts) = parts else { return Some(value) };
        comment.quoted = parts;
        return None;
    }
    // A table has them in one cell, a line each.
    if let (Role::Quoted, Value::String(parts)) = (role, &value) {
        comment.quoted = if parts.trim().is_empty() { Vec::new() } else { vec![parts.clone()] };
        return None;
    }
    let number: Option<i64> = match &value {
        Value::Number(number) => number.as_i64(),
        Value::String(word) => word.trim().parse().ok(),
        Value::Null => return None,
        _ => None,
    };
    let Some(number) = number else { return Some(value) };
    match role {
        Role::Position if 0 <= number => comment.position = Some(number.unsigned_abs()),
        Role::Depth if u32::try_from(number).is_ok() => comment.depth = u32::try_from(number).ok(),
        Role::Votes => comment.votes = Some(number),
        _ => return Some(value),
    }
    None
}

/// Unsets a role.
fn take_role(comment: &mut Comment, role: Role) -> Option<Value> {
    match role {
        Role::Id => (!comment.id.is_empty()).then(|| Value::String(std::mem::take(&mut comment.id))),
        Role::Author => comment.author.take().map(Value::String),
        Role::AuthorUrl => comment.author_url.take().map(Value::String),
        Role::Time => comment.time.take().map(Value::String),
        Role::Parent => comment.parent.take().map(Value::String),
        Role::Source => comment.source.take().map(Value::String),
        Role::Permalink => comment.permalink.take().map(Value::String),
        Role::Position | Role::Depth | Role::Votes | Role::Quoted => None,
    }
}

/// The position of the text field in `columns`.
///
/// A table with one column has no other choice.
///
/// # Errors
/// If the field asked for is not there, or none or several have a usual name.
pub(crate) fn text_field<S: AsRef<str>>(
    columns: &[S],
    asked: Option<&str>,
    place: &Place,
) -> Result<usize, ExtractError> {
    let owned = || columns.iter().map(|c| c.as_ref().to_owned()).collect::<Vec<_>>();
    if let Some(name) = asked {
        return position(columns, name).ok_or_else(|| ExtractError::UnknownField {
            place: place.clone(),
            name: name.to_owned(),
            columns: owned(),
        });
    }
    let usual = |c: &S| TEXT_FIELDS.iter().any(|t| t.eq_ignore_ascii_case(c.as_ref().trim()));
    let found: Vec<usize> = (0..columns.len()).filter(|&i| usual(&columns[i])).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(ExtractError::NoTextField { place: place.clone(), columns: owned() }),
        _ => Err(ExtractError::SeveralTextFields {
            place: place.clone(),
            found: found.iter().map(|&i| columns[i].as_ref().to_owned()).collect(),
            columns: owned(),
        }),
    }
}

/// The position of the column called `name`: exactly so, or else the only one that differs in case alone.
pub(crate) fn position<S: AsRef<str>>(columns: &[S], name: &str) -> Option<usize> {
    columns.iter().position(|c| c.as_ref() == name).or_else(|| {
        let mut like = (0..columns.len()).filter(|&i| columns[i].as_ref().eq_ignore_ascii_case(name));
        like.next().filter(|_| like.next().is_none())
    })
}
