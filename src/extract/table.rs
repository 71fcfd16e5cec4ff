//! Tables: comma-, semicolon- and tab-separated values.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::ExtractOptions;
use super::parser::Parser;
use super::sink::Sink;

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableOptions {
    /// What stands between fields; by default what the content shows.
    pub delimiter: Option<u8>,
    /// Whether quotes enclose fields.
    pub quoting: Quoting,
    /// Whether the first row names the columns; otherwise they are called 1, 2, 3 …
    pub header: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { delimiter: None, quoting: Quoting::Auto, header: true }
    }
}

/// Whether quotes enclose fields, and may hold delimiters and line breaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quoting {
    /// As the content shows.
    #[default]
    Auto,
    /// A field that begins with a quote goes on to the closing one.
    On,
    /// A quote is a character like any other.
    Off,
}

/// The rows of one table.
pub(crate) struct Table;

impl Table {
    pub(crate) fn parse(&self, _frame: &Frame, _sink: &mut Sink<'_>) {}
}

pub(crate) fn open(
    input: &mut Input<'_>,
    _format: Format,
    _options: &ExtractOptions,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    Err(ExtractError::Empty { place: input.place().clone(), expected: "JSON lines" })
}
