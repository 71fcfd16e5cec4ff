//! `batch`: many calls in one body of `multipart/mixed`, and their answers in another.
//!
//! Each part is of type `application/http` and holds a whole request: a line `POST /path?query HTTP/1.1`, headers, a
//! blank line, a body. Lines end with CR LF or, as Python's clients write them, with LF alone. An answer's
//! `Content-ID` is that of its call with `response-` in front, by which clients find it again.

mod read;
mod write;

pub use read::{Call, MAX_CALLS, Part, boundary, parts};
pub use write::Writer;
