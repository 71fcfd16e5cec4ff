//! JSON: objects a line each, in one array, or somewhere within a document.

mod array;
mod document;
mod fields;
mod lines;
mod path;
mod record;
mod slices;
mod surrogates;

pub(crate) use array::open as open_array;
pub(crate) use lines::open as open_lines;
pub(crate) use record::JsonRecords;

use super::error::ExtractError;
use super::frames::{Frame, Split};
use super::input::{HEAD, Input};
use super::options::ExtractOptions;
use std::collections::VecDeque;

/// Reads ahead as far as an input is looked at to tell what it is, and finds the text field there.
fn learn_fields(
    split: &mut dyn Split,
    input: &mut Input<'_>,
    options: &ExtractOptions,
    ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<JsonRecords, ExtractError> {
    // Past so many records that are too long, the next one need not be any better.
    const TRIES: usize = 16;
    let (mut n_bytes, mut n_failed) = (0, 0);
    while n_bytes < HEAD && n_failed < TRIES {
        let Some(next) = split.next_frame(input) else { break };
        match &next {
            Ok(frame) => n_bytes += frame.bytes.len(),
            Err(_) => n_failed += 1,
        }
        ahead.push_back(next);
    }
    // How much is looked at must not depend on how large frames are.
    let mut n_seen = 0;
    let first = ahead.iter().flatten().flat_map(slices::slices).take_while(|(_, record)| {
        let looked_at = n_seen < HEAD;
        n_seen += record.len();
        looked_at
    });
    JsonRecords::new(&options.fields, options.limits.record, first)
}
