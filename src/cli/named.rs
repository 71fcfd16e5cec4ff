//! Fields that flags name, such as `--author-field`, and whether the input has them.
//!
//! A table's header tells at once. Records of JSON may each have other fields, so there it is told at the end that none
//! had one of that name.

use super::comments::Job;
use super::input;
use crate::comment::Comment;
use crate::extract::{
    Comments, ExtractError, ExtractOptions, FieldOptions, Format, Frames, Keep, NamedFields,
};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// Whether inputs of this format have fields with names.
pub(super) fn has_fields(format: Format) -> bool {
    is_table(format) || matches!(format, Format::JsonLines | Format::Json)
}

fn is_table(format: Format) -> bool {
    matches!(format, Format::Csv | Format::Tsv)
}

/// Refuses a table whose header lacks a field that flags name. Of standard input, which cannot be opened again, it is
/// told at the end.
pub(super) fn check_header(path: &Path, format: Format, options: &ExtractOptions) -> Result<()> {
    if !is_table(format) || path == Path::new("-") {
        return Ok(());
    }
    flags(&options.fields.named).into_iter().try_for_each(|(_, name)| match name {
        Some(name) => Ok(unknown_field(path, options, name).map_or(Ok(()), Err)?),
        None => Ok(()),
    })
}

/// That the first records of a file have no field `name`, with those they have; `None` if one has it, or it cannot be
/// told.
pub(super) fn unknown_field(path: &Path, options: &ExtractOptions, name: &str) -> Option<ExtractError> {
    let mut options = options.clone();
    // Asked for a text in this field, the reader says what there is instead.
    options.fields =
        FieldOptions { text: Some(name.to_owned()), keep: Keep::Nothing, ..FieldOptions::default() };
    let file = input::open_file(path).ok()?;
    let refused = Frames::open(path.display().to_string(), file, &options).err()?;
    Some(refused).filter(|error| matches!(error, ExtractError::UnknownField { .. }))
}

fn flags(named: &NamedFields) -> [(&'static str, Option<&str>); 4] {
    [
        ("--id-field", named.id.as_deref()),
        ("--author-field", named.author.as_deref()),
        ("--time-field", named.time.as_deref()),
        ("--parent-field", named.parent.as_deref()),
    ]
}

/// Which roles some comments had: id, author, time and parent.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Named([bool; 4]);

impl Named {
    /// Looks at the comment of record number `number`: where no field says what its id is, that is the number.
    pub(super) fn look(&mut self, comment: &Comment, number: u64) {
        let has = &mut self.0;
        has[0] = has[0] || comment.id.parse() != Ok(number);
        has[1] |= comment.author.is_some();
        has[2] |= comment.time.is_some();
        has[3] |= comment.parent.is_some();
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(has, other)| *has |= other);
    }

    /// The fields that flags name and no comment seems to have had.
    pub(super) fn missing<'n>(self, named: &'n NamedFields) -> impl Iterator<Item = Missing<'n>> {
        let unseen = flags(named).into_iter().zip(self.0).filter(|(_, has)| !has);
        unseen.filter_map(|((flag, name), _)| Some(Missing { flag, name: name? }))
    }
}

/// A field that a flag names, and no comment seems to have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing<'n> {
    flag: &'static str,
    name: &'n str,
}

impl Missing<'_> {
    /// Whether it is there after all: ids that count the records look like those that records without ids are given.
    /// The first records of each file tell; what came on standard input cannot be looked at again, and has the benefit
    /// of the doubt.
    pub(super) fn is_there(self, job: &Job<'_>) -> bool {
        /// As many records as are looked at.
        const RECORDS: usize = 1000;
        let is_in = |path: &Path| {
            let mut options = job.options.clone();
            options.fields.keep = Keep::Named(vec![self.name.to_owned()]);
            let Ok(file) = input::open_file(path) else { return false };
            let Ok(comments) = Comments::open(path.display().to_string(), file, &options) else {
                return false;
            };
            comments.take(RECORDS).flatten().any(|comment| comment.other_fields.contains_key(self.name))
        };
        let files = || job.inputs.iter().flatten();
        self.flag == "--id-field" && files().any(|path| path == Path::new("-") || is_in(path))
    }
}

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "warning: `{}`: no record has a field `{}`", self.flag, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_comment_has_is_told_by_its_flag() {
        let named =
            NamedFields { id: Some("number".into()), time: Some("when".into()), ..NamedFields::default() };
        let told = |comments: &[Comment]| {
            let mut found = Named::default();
            comments.iter().zip(1..).for_each(|(comment, number)| found.look(comment, number));
            found.missing(&named).map(|missing| missing.to_string()).collect::<Vec<_>>()
        };
        let comment = |id: &str, time: Option<&str>| Comment {
            id: id.into(),
            time: time.map(str::to_owned),
            ..Comment::default()
        };
        let no_id = "warning: `--id-field`: no record has a field `number`";
        let no_time = "warning: `--time-field`: no record has a field `when`";
        assert_eq!(told(&[comment("1", None), comment("2", None)]), [no_id, no_time]);
        assert_eq!(told(&[comment("1", None), comment("x", None)]), [no_time]);
        assert!(told(&[comment("7", None), comment("8", Some("noon"))]).is_empty());
    }
}
