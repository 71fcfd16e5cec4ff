//! One JSON document: an array of objects.

use super::error::ExtractError;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::ExtractOptions;
use super::parser::Parser;
use std::collections::VecDeque;

pub(crate) fn open(
    input: &mut Input<'_>,
    _options: &ExtractOptions,
    _ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    Err(ExtractError::Empty { place: input.place().clone(), expected: "JSON lines" })
}
