//! JSON lines: one object a line, blank lines between them allowed.

use super::learn_fields;
use crate::extract::error::ExtractError;
use crate::extract::format::Format;
use crate::extract::frames::{Frame, Split};
use crate::extract::input::Input;
use crate::extract::lines::Lines;
use crate::extract::options::ExtractOptions;
use crate::extract::parser::{Parser, Records};
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
