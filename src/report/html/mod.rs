//! A report as one web page: a file without outside requests, readable without JavaScript, better with it.
//!
//! Every word goes through maud, which escapes what it is not told to leave alone; it is told so of the
//! style sheet, the script and nothing else. A content security policy allows that script and that style by their hashes:
//! even a hole in the escaping would run nothing. Templates as Rust functions, rather than askama's files,
//! keep each section beside the numbers it draws, and tags that do not nest do not compile.
//!
//! Pictures are SVG drawn from the same numbers as the tables beside them.

mod chart;
mod comments;
mod comparison;
mod curves;
mod findings;
mod matrix;
mod page;
mod scores;
mod thresholds;

pub use comments::{CommentRow, Mark, shown_comments};
pub use page::{Details, Page, PageOptions, render};
