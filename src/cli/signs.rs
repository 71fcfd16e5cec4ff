//! Which signs decided that parts of a page are comments, in words.

use crate::extract::page::Explanation;
use crate::extract::{Frame, Parser};
use std::fmt::Write;

/// What there is to say of a page: each list of comments found with its signs, or the list that came nearest.
///
/// Nothing if the frame is no page.
pub(super) fn lines(frame: &Frame, parser: &Parser) -> Option<String> {
    let page = parser.explained(frame)?;
    let name = frame.address.as_deref().unwrap_or(&frame.place.input);
    let n: usize = page.explanations.iter().map(|e| e.n_comments).sum();
    let mut lines = format!("{name}: {}", super::talk::plural(n as u64, "comment"));
    for explanation in &page.explanations {
        list(&mut lines, "", explanation);
    }
    match page.nearest {
        Some(nearest) if n == 0 => list(&mut lines, "not enough: ", &nearest),
        None if n == 0 => lines.push_str("\n  no two parts are alike and hold prose with a person or a date"),
        _ => {}
    }
    Some(lines)
}

fn list(lines: &mut String, verdict: &str, explanation: &Explanation) {
    let Explanation { found_by, n_comments, signs } = explanation;
    // Writing to a string does not fail.
    let _ = write!(lines, "\n  {verdict}{found_by} ({n_comments}): {}", signs.join(", "));
}
