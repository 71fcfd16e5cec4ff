//! Inputs, frame by frame, through workers, to an output, in order: what `extract` and `score` share.
//!
//! One stream of pieces runs through all inputs, so a folder of small pages keeps every core as busy as one large
//! crawl, and no more of it is held than the pieces at work.

use super::input;
use super::journal::Point;
use super::named::{self, Named};
use super::output::Output;
use super::pipeline;
use super::talk::{self, Hand, Talk};
use super::walk::Input;
use crate::comment::{Comment, Place};
use crate::extract::{ExtractError, ExtractOptions, Format, Frame, Frames, Parser, Tally};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What came of some inputs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) tally: Tally,
    /// Pages, of inputs that are such or hold such, and inputs of other kinds.
    n_pages: u64,
    /// Whether one of these is no page.
    #[serde(default)]
    has_others: bool,
    /// Those in which there were comments.
    n_with_comments: u64,
    /// Inputs that could not be opened or recognised.
    n_failed: u64,
    /// Why inputs or pages failed, and how many.
    reasons: BTreeMap<String, u64>,
    /// Plain texts without a comment that look like one a line.
    #[serde(default)]
    n_of_lines: u64,
    /// Comments so far of the input at work, if it is no page.
    n_here: u64,
    /// Which of the fields that flags name were found.
    #[serde(default)]
    named: Named,
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
        if self.n_pages + self.n_failed > 1 {
            let noun = if self.has_others || self.n_pages == 0 { "input" } else { "page" };
            let pages = talk::plural(self.n_pages, noun);
            line = format!("{pages}, {} with comments: {line}", self.n_with_comments);
        }
        if self.n_failed > 0 {
            line.push_str(&format!(", {} that could not be read", talk::plural(self.n_failed, "input")));
        }
        if !self.reasons.is_empty() && self.n_pages + self.n_failed > 1 {
            let reasons: Vec<String> = self.reasons.iter().map(|(why, n)| format!("{n} {why}")).collect();
            line.push_str(&format!(" ({})", reasons.join(", ")));
        }
        talk::say(&line);
        if self.n_of_lines > 0 && self.tally.n_comments == 0 {
            talk::say("hint: if each line is a comment, say `--from lines`");
        }
    }

    fn fail(&mut self, why: &str) {
        *self.reasons.entry(why.to_owned()).or_default() += 1;
    }

    fn page(&mut self, n_comments: u64) {
        self.n_pages += 1;
        self.n_with_comments += u64::from(n_comments > 0);
    }

    /// Adds what came of a piece.
    fn add(&mut self, done: &Done) {
        match done {
            Done::Frame { errors, tally, is_page, of_lines, named, .. } => {
                self.tally += *tally;
                self.n_of_lines += u64::from(*of_lines);
                self.named.add(*named);
                errors.iter().for_each(|error| self.fail(error.reason()));
                if *is_page { self.page(tally.n_comments) } else { self.n_here += tally.n_comments }
            }
            Done::Failed(error) => {
                self.n_failed += 1;
                let why = error.downcast_ref().map_or("cannot be opened", ExtractError::reason);
                self.fail(why);
            }
            Done::End { has_pages } => {
                let n_here = std::mem::take(&mut self.n_here);
                if !has_pages {
                    self.has_others = true;
                    self.page(n_here);
                }
            }
        }
    }
}

/// What is to be read, and how.
pub(super) struct Job<'j> {
    pub(super) inputs: &'j [Input],
    pub(super) options: &'j ExtractOptions,
    pub(super) threads: NonZeroUsize,
    /// Behind which point to begin, and what had come of it.
    pub(super) from: Option<(Point, Summary)>,
    /// Whether to say of each page which signs decided.
    pub(super) explain: bool,
}

/// A piece of work.
enum Piece {
    Frame(Arc<Parser>, Result<Frame, ExtractError>),
    /// An input that cannot be read at all.
    Failed(anyhow::Error),
    /// The input's pieces have all come.
    End {
        has_pages: bool,
    },
}

/// What a worker made of a piece.
enum Done {
    Frame {
        written: Vec<u8>,
        errors: Vec<ExtractError>,
        tally: Tally,
        is_page: bool,
        /// Whether it is a plain text without comments that looks like one a line.
        of_lines: bool,
        explained: Option<String>,
        named: Named,
    },
    Failed(anyhow::Error),
    End {
        has_pages: bool,
    },
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
    job: &Job<'_>,
    writer: impl Fn() -> W + Sync,
    out: &mut Output,
) -> Result<Summary> {
    let (from, mut summary) = job.from.clone().unwrap_or_default();
    let only = job.inputs.len() == 1;
    let mut talk = if only { Talk::input() } else { Talk::inputs(job.inputs.len() as u64) };
    let pieces = Pieces::new(job, &talk, &from);
    let work = || worker(&writer, job.explain);
    pipeline::in_order(pieces, job.threads, work, |(point, done): (Point, Done)| {
        summary.add(&done);
        match done {
            Done::Frame { written, errors, explained, .. } => {
                explained.iter().for_each(|lines| talk.say(lines));
                errors.iter().for_each(|error| talk.trouble(error));
                out.write_all(&written)?;
            }
            Done::Failed(error) if only => return Err(error),
            Done::Failed(error) => {
                talk.aside(|| super::problem::print(&error));
                talk.input_done();
            }
            Done::End { .. } if only => {}
            Done::End { .. } => talk.input_done(),
        }
        talk.step(talk::plural(summary.tally.n_comments, "comment"));
        out.note(point, job.inputs, &summary)
    })?;
    talk.end();
    if summary.tally.n_comments > 0 {
        let missing = summary.named.missing(&job.options.fields.named);
        missing.filter(|missing| !missing.is_there(job)).for_each(|missing| talk::say(&missing.to_string()));
    }
    Ok(summary)
}

/// A worker, with a writer of its own.
fn worker<W: FnMut(&mut Comment, &mut Vec<u8>)>(
    writer: &(impl Fn() -> W + Sync),
    explain: bool,
) -> impl FnMut((Point, Piece)) -> (Point, Done) {
    let mut write = writer();
    move |(point, piece)| {
        let done = match piece {
            Piece::Frame(parser, Ok(frame)) => {
                let place = frame.place.clone();
                // A fault of ours in one page must not cost the others.
                catch_unwind(AssertUnwindSafe(|| parsed(&parser, &frame, explain, &mut write)))
                    .unwrap_or_else(|_| {
                        write = writer();
                        broken(
                            ExtractError::Crashed { place: Place { line: None, ..place } },
                            parser.reads_pages(),
                        )
                    })
            }
            Piece::Frame(parser, Err(error)) => broken(error, parser.reads_pages()),
            Piece::Failed(error) => Done::Failed(error),
            Piece::End { has_pages } => Done::End { has_pages },
        };
        (point, done)
    }
}

fn broken(error: ExtractError, is_page: bool) -> Done {
    let tally = Tally { n_unreadable: 1, ..Tally::default() };
    Done::Frame {
        written: Vec::new(),
        errors: vec![error],
        tally,
        is_page,
        of_lines: false,
        explained: None,
        named: Named::default(),
    }
}

fn parsed(
    parser: &Parser,
    frame: &Frame,
    explain: bool,
    write: &mut impl FnMut(&mut Comment, &mut Vec<u8>),
) -> Done {
    let mut written = Vec::with_capacity(if parser.reads_pages() { 0 } else { frame.bytes.len() * 2 });
    let mut errors = Vec::new();
    let mut named = Named::default();
    let mut number = frame.first_record;
    let tally = parser.parse(frame, &mut |comment| {
        match comment {
            Ok(comment) => {
                if named::has_fields(parser.format()) {
                    named.look(comment, number);
                }
                write(comment, &mut written);
            }
            Err(error) => errors.push(error),
        }
        number += 1;
    });
    let explained = explain.then(|| super::signs::lines(frame, parser)).flatten();
    let of_lines = tally.n_comments == 0 && parser.format() == Format::Text && is_of_lines(&frame.bytes);
    Done::Frame { written, errors, tally, is_page: parser.reads_pages(), of_lines, explained, named }
}

/// Whether a text looks like a comment a line: lines of a comment's length with no blank ones between them.
fn is_of_lines(text: &[u8]) -> bool {
    const LONGEST: usize = 1_000;
    let text = text.trim_ascii();
    let alike = |line: &[u8]| (1..LONGEST).contains(&line.trim_ascii().len());
    !text.is_empty() && text.split(|b| *b == b'\n').all(alike)
}

/// The pieces of all inputs, in order, each with the point that is reached when it is done.
struct Pieces<'j> {
    inputs: std::iter::Enumerate<std::slice::Iter<'j, Input>>,
    options: &'j ExtractOptions,
    talk: Hand,
    only: bool,
    open: Option<OpenInput>,
    /// Pieces of the next input that are done already.
    done: u64,
}

struct OpenInput {
    number: usize,
    frames: Frames<'static>,
    parser: Arc<Parser>,
    n_pieces: u64,
}

impl<'j> Pieces<'j> {
    fn new(job: &Job<'j>, talk: &Talk, from: &Point) -> Self {
        let mut inputs = job.inputs.iter().enumerate();
        let begun = job.from.is_some();
        let skipped = if begun { from.input + usize::from(from.pieces.is_none()) } else { 0 };
        if skipped > 0 {
            inputs.nth(skipped - 1);
            talk.hand().inputs_done(skipped as u64);
        }
        let done = from.pieces.unwrap_or(0);
        let only = job.inputs.len() == 1;
        Self { inputs, options: job.options, talk: talk.hand(), only, open: None, done }
    }

    fn open(&mut self, number: usize, input: &Input) -> Result<OpenInput> {
        let path = input.clone()?;
        let name = path.display().to_string();
        let reader = input::open(&path, self.only.then_some(&self.talk))?;
        let frames = Frames::open(name.as_str(), reader, self.options)?;
        named::check_header(&path, frames.format(), self.options)?;
        let parser = frames.parser();
        Ok(OpenInput { number, parser, frames, n_pieces: 0 })
    }
}

impl Iterator for Pieces<'_> {
    type Item = (Point, Piece);

    fn next(&mut self) -> Option<(Point, Piece)> {
        loop {
            let Some(open) = &mut self.open else {
                let (number, input) = self.inputs.next()?;
                match self.open(number, input) {
                    Ok(open) => self.open = Some(open),
                    Err(error) => {
                        self.done = 0;
                        return Some((Point { input: number, pieces: None }, Piece::Failed(error)));
                    }
                }
                continue;
            };
            let input = open.number;
            let Some(frame) = open.frames.next() else {
                let has_pages = open.parser.reads_pages();
                self.open = None;
                self.done = 0;
                return Some((Point { input, pieces: None }, Piece::End { has_pages }));
            };
            open.n_pieces += 1;
            if open.n_pieces > self.done {
                let point = Point { input, pieces: Some(open.n_pieces) };
                return Some((point, Piece::Frame(open.parser.clone(), frame)));
            }
        }
    }
}
