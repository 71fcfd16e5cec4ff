//! Which field of a record is the text, which its id, author and so on: by their usual names.

use super::error::ExtractError;
use crate::comment::Place;

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
    Time,
    Parent,
    Source,
    Position,
    Depth,
    Permalink,
    Votes,
}

impl Role {
    /// How many roles there are.
    pub(crate) const N: usize = 9;

    /// What a field called `name` says, and how weak a claim the name is; of two claims to a role the lower wins.
    pub(crate) fn of(name: &str) -> Option<(Self, u8)> {
        Self::of_lower_case(name).or_else(|| {
            // No usual name is longer, and most names are in lower case already.
            let other_case = name.len() <= 16 && name.bytes().any(|b| b.is_ascii_uppercase());
            other_case.then(|| Self::of_lower_case(&name.to_ascii_lowercase())).flatten()
        })
    }

    fn of_lower_case(name: &str) -> Option<(Self, u8)> {
        Some(match name {
            "id" => (Self::Id, 0),
            "comment_id" => (Self::Id, 1),
            "id_str" => (Self::Id, 2),
            "_unit_id" => (Self::Id, 3),
            "author" => (Self::Author, 0),
            "user" => (Self::Author, 1),
            "username" => (Self::Author, 2),
            "name" => (Self::Author, 3),
            "time" => (Self::Time, 0),
            "date" => (Self::Time, 1),
            "created_at" => (Self::Time, 2),
            "timestamp" => (Self::Time, 3),
            "published" => (Self::Time, 4),
            "parent" => (Self::Parent, 0),
            "parent_id" => (Self::Parent, 1),
            "in_reply_to" => (Self::Parent, 2),
            "source" => (Self::Source, 0),
            "position" => (Self::Position, 0),
            "depth" => (Self::Depth, 0),
            "permalink" => (Self::Permalink, 0),
            "votes" => (Self::Votes, 0),
            _ => return None,
        })
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
