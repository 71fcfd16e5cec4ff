//! Perspective's calls, answered by a [`Model`](crate::model::Model): JSON in, JSON out, as the clients know them.
//!
//! Enters: the body of a call. Leaves: the body of its answer, or a [`CallError`] that writes itself as the clients
//! expect it. Deliberately absent: sockets, keys and quotas, and keeping decisions ([`crate::server`]).
//!
//! # What is answered
//!
//! | call | function |
//! | :-- | :-- |
//! | `comments:analyze` | [`AnalyzeRequest::parse`], then [`analyze`] |
//! | `comments:suggestscore` | [`SuggestRequest::parse`], then [`SuggestRequest::check`] and [`SuggestRequest::write_answer`] |
//! | `batch` | [`batch::parts`], then [`batch::Writer`] |
//! | `$discovery/rest` | [`discovery`] |
//!
//! Fields the contract does not name are passed over, as are `null`s; a field of the wrong type is an error that names
//! it. Names are taken in camel case and in snake case, as every reader of protocol buffers' JSON takes them.
//!
//! # Spans
//!
//! Offsets count UTF-16 code units, the end is exclusive. The whole text is always one span, with the same value as
//! the summary, since some clients read nothing else; where `spanAnnotations` asks for it, and the text has more than
//! one sentence, a span for each sentence follows, each scored as if it stood alone.
//!
//! # Which label answers which name
//!
//! 1. Every label answers to its own name in capitals, with `_` for what is no letter or digit: `INSULT`, `UNCIVIL`,
//!    `NEGATIVE`, `AGAINST`. Where two heads have the same label the first head answers, and each answers to
//!    `HEAD_LABEL`: `STANCE_NONE`. A head of two labels answers to its own name with its second label: `INCIVILITY`.
//! 2. `NAME@6` is `NAME`, and `NAME_EXPERIMENTAL` is `NAME`, unless a label has that very name.
//! 3. A name of Perspective's that no label has goes to the first label of its row in the table of [`attribute`] that
//!    the model has: `OBSCENE` to `profanity`, `LIKELY_TO_REJECT` to `uncivil`. Such an answer is a neighbour's, which
//!    [`Unknown::Refuse`] forbids and [`Unknown::Omit`] leaves out.
//! 4. A name of Perspective's that nothing is near, `SPAM` or `OFF_TOPIC`, is left out of the answer; a name that
//!    nobody knows is refused. No score is ever made up.

mod analyze;
mod answer;
pub mod attribute;
pub mod batch;
mod discovery;
mod error;
pub mod fields;
mod json;
mod language;
mod request;
mod sentences;
mod suggest;

pub use analyze::{Rules, analyze};
pub use attribute::{Attributes, Column, Unknown};
pub use discovery::discovery;
pub use error::{CallError, MAX_TEXT_BYTES};
pub use language::detect as detect_language;
pub use request::{AnalyzeRequest, Context, RequestedAttribute, TextEntry};
pub use sentences::{Span, sentences, utf16_len};
pub use suggest::{SuggestRequest, Suggestion};
