//! Inputs, frame by frame, through workers, to an output, in order: what `extract` and `score` share.

use super::input::{self, Opened};
use super::pipeline;
use super::talk::{self, Talk};
use crate::comment::Comment;
use crate::extract::{ExtractError, ExtractOptions, Frame, Frames, Tally};
use anyhow::Result;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// What came of some inputs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Summary {
    pub(super) tally: Tally,
    /// Inputs that could not be opened or recognised.
    pub(super) n_failed: u64,
}

impl Summary {
    pub(super) fn outcome(&self) -> super::Outcome {
        match self.n_failed + self.tally.n_unreadable {
            0 => super::Outcome::Done,
            _ => super::Outcome::SomeUnreadable,
        }
    }

    /// Says in one line what came of it.
    pub(super) fn say(&self) {
        let mut line = talk::tally_line(self.tally);
        if self.n_failed > 0 {
            line.push_str(&format!(", {} that could not be read", talk::plural(self.n_failed, "input")));
        }
        talk::say(&line);
    }
}

/// What a worker made of a frame.
struct Piece {
    written: Vec<u8>,
    errors: Vec<ExtractError>,
    tally: Tally,
}

/// Reads each input and hands each comment to a writer of the worker that has it; what the writers write comes to
/// `out` in input order.
///
/// An input that cannot be read is told and counted, and the next one is read; if there is only one, it is the
/// error.
///
/// # Errors
/// If nothing can be written, or the only input cannot be read.
pub(super) fn write_each<W: FnMut(&mut Comment, &mut Vec<u8>)>(
    inputs: &[PathBuf],
    options: &ExtractOptions,
    threads: NonZeroUsize,
    writer: impl Fn() -> W + Sync,
    mut out: impl Write,
) -> Result<Summary> {
    let mut summary = Summary::default();
    for path in inputs {
        let opened = input::open(path).and_then(|Opened { name, reader, talk }| {
            Ok((Frames::open(name.as_str(), reader, options)?, talk))
        });
        match opened {
            Ok((frames, talk)) => summary.tally += write_frames(frames, talk, threads, &writer, &mut out)?,
            Err(error) if inputs.len() == 1 => return Err(error),
            Err(error) => {
                summary.n_failed += 1;
                super::problem::print(&error);
            }
        }
    }
    Ok(summary)
}

fn write_frames<W: FnMut(&mut Comment, &mut Vec<u8>)>(
    frames: Frames<'_>,
    mut talk: Talk,
    threads: NonZeroUsize,
    writer: &(impl Fn() -> W + Sync),
    out: &mut impl Write,
) -> Result<Tally> {
    let parser = frames.parser();
    let worker = || {
        let mut write = writer();
        let parser = parser.clone();
        move |frame: Result<Frame, ExtractError>| {
            let mut piece = Piece { written: Vec::new(), errors: Vec::new(), tally: Tally::default() };
            match frame {
                Ok(frame) => {
                    piece.written.reserve(frame.bytes.len() * 2);
                    piece.tally = parser.parse(&frame, &mut |comment| match comment {
                        Ok(comment) => write(comment, &mut piece.written),
                        Err(error) => piece.errors.push(error),
                    });
                }
                Err(error) => {
                    piece.errors.push(error);
                    piece.tally.n_unreadable = 1;
                }
            }
            piece
        }
    };
    let mut tally = Tally::default();
    pipeline::in_order(frames, threads, worker, |piece| {
        piece.errors.iter().for_each(|error| talk.trouble(error));
        tally += piece.tally;
        talk.step(talk::plural(tally.n_comments, "comment"));
        out.write_all(&piece.written)
    })?;
    talk.end();
    Ok(tally)
}
