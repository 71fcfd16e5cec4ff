//! One JSON object a line.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::lines::Lines;
use super::options::ExtractOptions;
use super::parser::{Parser, Records};
use super::sink::Sink;
use std::collections::VecDeque;

/// The records of one input of JSON objects.
pub(crate) struct JsonRecords;

impl JsonRecords {
    pub(crate) fn parse(&self, _frame: &Frame, _sink: &mut Sink<'_>) {}
}

pub(crate) fn open(
    _input: &mut Input<'_>,
    options: &ExtractOptions,
    _ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    Ok((Box::new(Lines::new(options.limits)), Parser::new(Format::JsonLines, Records::Json(JsonRecords))))
}
