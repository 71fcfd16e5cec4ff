//! Bytes in, [`Comment`]s out: one source format per file.
//!
//! Reading has two stages, so that parsing runs on every core, in input order, with flat memory:
//!
//! 1. [`Frames`] opens an input (unpacks it, recognises its [`Format`], reads a table's header) and cuts it, in
//!    order and cheaply, into [`Frame`]s: batches of whole lines or records, or one whole page.
//! 2. [`Parser::parse`] turns one frame into comments. It is pure, `Send + Sync` and reuses its buffers, so any
//!    number of threads may parse frames at once.
//!
//! [`Comments`] does both one after the other.
//!
//! A record that cannot be read is not an exception: it comes out as an [`ExtractError`] with its place, is
//! counted in the [`Tally`], and the rest goes on. Nothing here opens a file, prints, or looks at the author.
//!
//! ```
//! use moderato::extract::{Comments, ExtractOptions};
//!
//! let csv = "id,comment_text\n7,\"So,\nwho pays?\"\n8,Thank you\n";
//! let comments = Comments::open("talk.csv", csv.as_bytes(), &ExtractOptions::default())?;
//! let texts: Vec<String> = comments.map(|c| Ok(c?.text)).collect::<Result<_, moderato::extract::ExtractError>>()?;
//! assert_eq!(texts, ["So,\nwho pays?", "Thank you"]);
//! # Ok::<(), moderato::extract::ExtractError>(())
//! ```

mod comments;
mod date;
mod error;
pub mod export;
mod fields;
mod format;
mod frames;
mod input;
mod json;
mod lines;
mod options;
pub mod page;
mod parser;
pub mod personal;
pub mod plain;
mod plain_lines;
mod record;
mod sink;
mod table;
mod warc;
mod whole;

pub use comments::Comments;
pub use error::ExtractError;
pub(crate) use error::excerpt;
pub use fields::{FieldOptions, Keep, NamedFields, TEXT_FIELDS};
pub use format::Format;
pub use frames::{Frame, Frames};
pub use options::{ExtractOptions, Limits};
pub use parser::Parser;
pub use sink::{Sink, Tally};
pub use table::{Quoting, TableOptions};

#[cfg(doc)]
use crate::comment::Comment;

/// The words of a piece of markup, such as the body of a comment, what it quotes included.
///
/// ```
/// let html = "<blockquote>he said</blockquote><p>You &amp; <b>me</b></p>";
/// assert_eq!(moderato::extract::markup_text(html), "> he said\n\nYou & me");
/// ```
pub fn markup_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.trim().to_owned();
    }
    page::fragment(html).0.trim().to_owned()
}
