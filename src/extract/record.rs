//! A comment in the making, whose buffers serve one record after the other.

use super::fields::{Claim, Claims, Keep};
use super::frames::Frame;
use super::sink::Sink;
use crate::comment::{Comment, Place};
use serde_json::Value;
use std::fmt::Write;
use std::sync::Arc;

/// The comment that the records of a frame are read into.
pub(crate) struct Record<'f> {
    frame: &'f Frame,
    keep: &'f Keep,
    claims: Claims,
    /// What has been read so far.
    pub(crate) comment: Comment,
}

impl<'f> Record<'f> {
    pub(crate) fn new(frame: &'f Frame, keep: &'f Keep) -> Self {
        Self { frame, keep, claims: Claims::default(), comment: Comment::default() }
    }

    /// Forgets the record before and begins the one at `line`.
    pub(crate) fn begin(&mut self, line: u64) {
        let comment = &mut self.comment;
        comment.id.clear();
        comment.text.clear();
        // A caller that took the comment took its place along.
        if !Arc::ptr_eq(&comment.place.input, &self.frame.place.input) {
            comment.place = Place { column: None, ..self.frame.place.clone() };
        }
        comment.place.line = Some(line);
        self.claims.clear();
        comment.quoted.clear();
        if *self.keep != Keep::Nothing {
            comment.author = None;
            comment.author_url = None;
            comment.time = None;
            comment.parent = None;
            comment.source = None;
            comment.position = None;
            comment.depth = None;
            comment.permalink = None;
            comment.votes = None;
            comment.other_fields.clear();
        }
    }

    /// Where the record begins.
    pub(crate) fn place(&self) -> &Place {
        &self.comment.place
    }

    /// The buffer for the id, if `claim` is the best so far; what it held is dropped.
    pub(crate) fn id_buffer(&mut self, claim: Claim) -> Option<&mut String> {
        self.claims.enter(claim).ok()?;
        self.comment.id.clear();
        Some(&mut self.comment.id)
    }

    /// Takes a field that has a usual name.
    pub(crate) fn claim(&mut self, claim: Claim, name: &str, value: Value) {
        if let Some((name, value)) = self.claims.give(&mut self.comment, claim, (name, value)) {
            self.keep_other(name, value);
        }
    }

    /// Takes any other field, if all are kept.
    pub(crate) fn keep_other(&mut self, name: String, value: Value) {
        if *self.keep == Keep::All {
            self.comment.other_fields.insert(name, value);
        }
    }

    /// Takes a field that is kept by its name.
    pub(crate) fn keep_named(&mut self, name: String, value: Value) {
        self.comment.other_fields.insert(name, value);
    }

    /// The record is read: it is number `number` of its input.
    pub(crate) fn finish(&mut self, number: u64, replaced: bool, sink: &mut Sink<'_>) {
        let comment = &mut self.comment;
        if comment.id.is_empty() {
            write!(comment.id, "{number}").expect("writing to a string does not fail");
        }
        if matches!(self.keep, Keep::Details | Keep::All) && comment.source.is_none() {
            comment.position.get_or_insert(number);
            let input = &*self.frame.place.input;
            comment.source = (input != "-").then(|| input.to_owned());
        }
        if replaced {
            sink.replaced_comment(comment);
        } else {
            sink.comment(comment);
        }
    }
}
