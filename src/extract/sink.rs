//! Where parsers put what they find.

use super::error::ExtractError;
use crate::comment::Comment;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// What came of an input, or of a part of it; parts add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Comments that came out.
    pub n_comments: u64,
    /// Records that could not be read.
    pub n_unreadable: u64,
    /// Comments in which bytes that are no UTF-8 were replaced by `U+FFFD`.
    pub n_replaced: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.n_comments += other.n_comments;
        self.n_unreadable += other.n_unreadable;
        self.n_replaced += other.n_replaced;
    }
}

/// Takes comments and errors from a parser, in order, and counts them.
///
/// A comment is lent, not given: the parser goes on to reuse its buffers. Who wants to keep it takes it with
/// [`std::mem::take`].
pub struct Sink<'v> {
    visit: &'v mut dyn FnMut(Result<&mut Comment, ExtractError>),
    tally: Tally,
}

impl<'v> Sink<'v> {
    /// Hands everything on to `visit`.
    pub fn new(visit: &'v mut dyn FnMut(Result<&mut Comment, ExtractError>)) -> Self {
        Self { visit, tally: Tally::default() }
    }

    /// A comment was found.
    pub fn comment(&mut self, comment: &mut Comment) {
        self.tally.n_comments += 1;
        (self.visit)(Ok(comment));
    }

    /// A comment was found, and some of its bytes had to be replaced.
    pub fn replaced_comment(&mut self, comment: &mut Comment) {
        self.tally.n_replaced += 1;
        self.comment(comment);
    }

    /// A record, or a page, could not be read.
    pub fn unreadable(&mut self, error: ExtractError) {
        self.tally.n_unreadable += 1;
        (self.visit)(Err(error));
    }

    /// What has come so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }
}
