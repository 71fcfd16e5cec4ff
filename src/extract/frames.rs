//! Stage one: an input, cut into frames.

use super::error::ExtractError;
use super::format::Format;
use super::input::Input;
use super::options::ExtractOptions;
use super::parser::Parser;
use super::{format, json, plain_lines, table, warc, whole};
use crate::comment::Place;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

/// A piece of an input that can be parsed without the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// The input, and the line that the first byte stands in.
    pub place: Place,
    /// The number of the first record in its input, from 1.
    pub first_record: u64,
    /// Whole lines, whole records, or a whole page; without byte order mark.
    pub bytes: Vec<u8>,
    /// Where each record ends in [`bytes`](Self::bytes), one separating byte before the next; empty for formats whose
    /// records the bytes themselves set apart.
    pub ends: Vec<usize>,
    /// Whether a byte order mark said that this is UTF-8 (UTF-16 has been turned into it).
    pub utf8: bool,
    /// The address of the page, where the container gives one.
    pub address: Option<Arc<str>>,
    /// The character set of the page, where the container names one.
    pub charset: Option<Arc<str>>,
    /// When the page was fetched, where the container says so.
    pub fetched: Option<jiff::Timestamp>,
}

/// Cuts an opened input into frames, one format a splitter.
pub(crate) trait Split: Send {
    /// The next frame; a record that had to be passed over; or `None` at the end and after a fatal error.
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>>;
}

/// An opened input, as an iterator of [`Frame`]s in order.
///
/// An `Err` is either a record that was passed over, and frames follow, or the end of what could be read, and
/// `None` follows. Memory is bounded by [`Limits`](super::Limits) whatever the input holds.
pub struct Frames<'r> {
    input: Input<'r>,
    split: Box<dyn Split>,
    parser: Arc<Parser>,
    // What opening had to read ahead, to learn the names of the fields.
    ahead: VecDeque<Result<Frame, ExtractError>>,
}

impl<'r> Frames<'r> {
    /// Opens `reader`, which the user calls `name`: unpacks it, recognises its format, finds the text field.
    ///
    /// # Errors
    /// If it is empty, binary or of no known format, if its beginning cannot be read, or if the text field cannot
    /// be told.
    pub fn open(
        name: impl Into<Arc<str>>,
        reader: impl Read + Send + 'r,
        options: &ExtractOptions,
    ) -> Result<Self, ExtractError> {
        let mut input = Input::open(Place::input(name), reader, &options.limits)?;
        let format = match options.format {
            Format::Auto => format::sniff(&input, options),
            named => named,
        };
        let mut ahead = VecDeque::new();
        let (split, parser): (Box<dyn Split>, Parser) = match format {
            Format::Csv | Format::Tsv => table::open(&mut input, format, options)?,
            Format::JsonLines => json::open_lines(&mut input, options, &mut ahead)?,
            Format::Json => json::open_array(&mut input, options, &mut ahead)?,
            Format::Lines => plain_lines::open(options),
            Format::Auto | Format::Html | Format::Text | Format::Export => whole::open(format, options),
            Format::Warc => warc::open(options),
        };
        Ok(Self { input, split, parser: Arc::new(parser), ahead })
    }

    /// What turns the frames of this input into comments.
    pub fn parser(&self) -> Arc<Parser> {
        self.parser.clone()
    }

    /// The format that was named or recognised.
    pub fn format(&self) -> Format {
        self.parser.format()
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, ExtractError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ahead.pop_front().or_else(|| self.split.next_frame(&mut self.input))
    }
}
