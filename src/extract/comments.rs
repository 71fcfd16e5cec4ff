//! Both stages, one after the other.

use super::error::ExtractError;
use super::frames::Frames;
use super::options::ExtractOptions;
use super::parser::Parser;
use super::sink::Tally;
use crate::comment::Comment;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

/// The comments of an input, in order, each record either a comment or an error.
pub struct Comments<'r> {
    frames: Frames<'r>,
    parser: Arc<Parser>,
    parsed: VecDeque<Result<Comment, ExtractError>>,
    tally: Tally,
}

impl<'r> Comments<'r> {
    /// Opens `reader`, which the user calls `name`.
    ///
    /// # Errors
    /// As [`Frames::open`].
    pub fn open(
        name: impl Into<Arc<str>>,
        reader: impl Read + Send + 'r,
        options: &ExtractOptions,
    ) -> Result<Self, ExtractError> {
        Ok(Frames::open(name, reader, options)?.into())
    }

    /// What has come out so far.
    pub fn tally(&self) -> Tally {
        let waiting = self.parsed.iter().fold(Tally::default(), |mut sum, one| {
            sum += Tally { n_comments: one.is_ok().into(), n_unreadable: one.is_err().into(), n_replaced: 0 };
            sum
        });
        Tally {
            n_comments: self.tally.n_comments - waiting.n_comments,
            n_unreadable: self.tally.n_unreadable - waiting.n_unreadable,
            n_replaced: self.tally.n_replaced,
        }
    }
}

impl<'r> From<Frames<'r>> for Comments<'r> {
    fn from(frames: Frames<'r>) -> Self {
        Self { parser: frames.parser(), frames, parsed: VecDeque::new(), tally: Tally::default() }
    }
}

impl Iterator for Comments<'_> {
    type Item = Result<Comment, ExtractError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(parsed) = self.parsed.pop_front() {
                return Some(parsed);
            }
            match self.frames.next()? {
                Ok(frame) => {
                    let parsed = &mut self.parsed;
                    self.tally +=
                        self.parser.parse(&frame, &mut |one| parsed.push_back(one.map(std::mem::take)));
                }
                Err(error) => {
                    self.tally.n_unreadable += 1;
                    return Some(Err(error));
                }
            }
        }
    }
}
