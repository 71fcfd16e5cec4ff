//! JSON lines: one object a line, blank lines between them allowed.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::json_record::{JsonRecords, slices};
use super::lines::Lines;
use super::options::ExtractOptions;
use super::parser::{Parser, Records};
use std::collections::VecDeque;

/// A splitter at line breaks, and the parser of the objects between them.
///
/// What has to be read to find the text field is left in `ahead`.
///
/// # Errors
/// If the text field cannot be told.
pub(crate) fn open(
    input: &mut Input<'_>,
    options: &ExtractOptions,
    ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    let mut lines = Lines::new(options.limits);
    let records = learn_fields(&mut lines, input, options, ahead)?;
    Ok((Box::new(lines), Parser::new(Format::JsonLines, Records::Json(records))))
}

/// Reads ahead to the first frame that has a record, and finds the text field there.
pub(crate) fn learn_fields(
    split: &mut dyn Split,
    input: &mut Input<'_>,
    options: &ExtractOptions,
    ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<JsonRecords, ExtractError> {
    // Past so many records that are too long, the next frame need not be any better.
    const TRIES: usize = 16;
    while ahead.len() < TRIES && !ahead.back().is_some_and(Result::is_ok) {
        let Some(next) = split.next_frame(input) else { break };
        ahead.push_back(next);
    }
    let first = ahead.back().and_then(|last| last.as_ref().ok());
    JsonRecords::new(&options.fields, options.limits.record, first.into_iter().flat_map(slices))
}
