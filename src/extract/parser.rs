//! Stage two: a frame, turned into comments.

use super::error::ExtractError;
use super::format::Format;
use super::frames::Frame;
use super::options::ExtractOptions;
use super::page::Page;
use super::sink::{Sink, Tally};
use super::{json::JsonRecords, plain_lines, table::Table, whole};
use crate::comment::Comment;

/// Parses a page, or whatever else is one frame an input.
pub(crate) type ParseWhole = fn(&Frame, &ExtractOptions, &mut Sink<'_>);

/// Turns the frames of one input into comments.
///
/// It holds what opening the input has found out (a header, the name of the text field) and nothing that changes,
/// so any number of threads may share it.
pub struct Parser {
    format: Format,
    records: Records,
}

/// What the records of a frame are.
pub(crate) enum Records {
    /// JSON objects, a line each or in an array.
    Json(JsonRecords),
    /// Rows of a table.
    Table(Table),
    /// Lines of text.
    Lines,
    /// One page or export.
    Whole(ParseWhole, ExtractOptions),
}

impl Parser {
    pub(crate) fn new(format: Format, records: Records) -> Self {
        Self { format, records }
    }

    /// The format of the input.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether each frame is a page, or whatever else is held whole.
    pub fn reads_pages(&self) -> bool {
        matches!(self.records, Records::Whole(..))
    }

    /// The page that `frame` holds with the signs that decided for its comments; nothing if it holds no page of HTML.
    pub fn explained(&self, frame: &Frame) -> Option<Page> {
        match &self.records {
            Records::Whole(_, options)
                if matches!(self.format, Format::Html | Format::Warc | Format::Auto) =>
            {
                Some(whole::page(frame, options))
            }
            _ => None,
        }
    }

    /// Hands each comment of `frame`, or the error in its stead, to `visit`, in order.
    ///
    /// The comment is lent: take it with [`std::mem::take`] to keep it, or leave its buffers for the next one.
    pub fn parse(&self, frame: &Frame, visit: &mut dyn FnMut(Result<&mut Comment, ExtractError>)) -> Tally {
        let mut sink = Sink::new(visit);
        match &self.records {
            Records::Json(records) => records.parse(frame, &mut sink),
            Records::Table(table) => table.parse(frame, &mut sink),
            Records::Lines => plain_lines::parse(frame, &mut sink),
            Records::Whole(parse, options) => parse(frame, options, &mut sink),
        }
        sink.tally()
    }
}
