//! Why an input, or one record of it, cannot be read.

use crate::comment::Place;
use std::io;

/// Why an input, or one record of it, cannot be read: always with its place, what was found and what was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The operating system could not deliver the bytes.
    #[error("{place}: cannot read: {source}")]
    Read {
        /// Where reading stopped.
        place: Place,
        /// What the system said.
        source: io::Error,
    },
    /// A compressed stream that is cut short or altered; what was whole before it has come out.
    #[error(
        "{place}: broken {packing} stream after {unpacked} unpacked bytes: {source}, expected {packing} data"
    )]
    Broken {
        /// The line reached.
        place: Place,
        /// `gzip` or `zstd`.
        packing: &'static str,
        /// Bytes that could be unpacked.
        unpacked: u64,
        /// What the decoder said.
        source: io::Error,
    },
    /// A compressed stream that unpacks to far more than it should: reading it on would only burn time.
    #[error("{place}: found {packed} bytes that unpack to over {unpacked}, expected at most {limit}")]
    Bomb {
        /// The line reached.
        place: Place,
        /// Compressed bytes read.
        packed: u64,
        /// Bytes they have made so far.
        unpacked: u64,
        /// The bound that was passed, in words.
        limit: String,
    },
    /// Nothing, or only blanks.
    #[error("{place}: empty input, expected {expected}")]
    Empty {
        /// The input.
        place: Place,
        /// What should have been there.
        expected: &'static str,
    },
    /// Not text at all.
    #[error("{place}: found {found}, expected text: a page, a table, JSON lines or an export")]
    Binary {
        /// The input.
        place: Place,
        /// `a PDF document`, `binary data` …
        found: &'static str,
    },
    /// An input that must be held whole and is larger than allowed.
    #[error("{place}: found over {limit} bytes, expected at most {limit} in one {what}")]
    TooLarge {
        /// The input.
        place: Place,
        /// `page`, `document` …
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// One line or record that is longer than allowed; it was passed over without being held.
    #[error("{place}: found a record of {found} bytes, expected at most {limit}")]
    LongRecord {
        /// Where it begins.
        place: Place,
        /// Its length.
        found: u64,
        /// The bound.
        limit: u64,
    },
    /// No field has a usual name for the text.
    #[error("{place}: no text field found among {}", listed(columns))]
    NoTextField {
        /// The header, or the first record.
        place: Place,
        /// The fields there are.
        columns: Vec<String>,
    },
    /// More than one field has a usual name for the text.
    #[error(
        "{place}: found several text fields, {}, expected one; the fields are {}",
        listed(found),
        listed(columns)
    )]
    SeveralTextFields {
        /// The header, or the first record.
        place: Place,
        /// Those that could be meant.
        found: Vec<String>,
        /// The fields there are.
        columns: Vec<String>,
    },
    /// A field that was asked for is not there.
    #[error("{place}: no field `{name}`, found {}", listed(columns))]
    UnknownField {
        /// The header, or the first record.
        place: Place,
        /// The name asked for.
        name: String,
        /// The fields there are.
        columns: Vec<String>,
    },
    /// A row of a table with more or fewer fields than its header.
    #[error("{place}: found {found} fields, expected {expected}")]
    FieldCount {
        /// Where the row begins.
        place: Place,
        /// Its fields.
        found: usize,
        /// The header's.
        expected: usize,
    },
    /// Markup of a page that was left out, so that reading it takes neither all memory nor all day; its words were
    /// read.
    #[error(
        "{place}: found {found} elements {what}, expected none: the comments in them may be run together"
    )]
    LeftOut {
        /// The page.
        place: Place,
        /// How many.
        found: u32,
        /// What is wrong with them.
        what: &'static str,
    },
    /// A fault of ours: the rest goes on.
    #[error("{place}: the reader broke down here, expected it never to: please report it")]
    Crashed {
        /// What it was reading.
        place: Place,
    },
    /// Anything else that is not as its format says.
    #[error("{place}: found {found}, expected {expected}")]
    Malformed {
        /// Where.
        place: Place,
        /// What stands there, shortened.
        found: String,
        /// What should.
        expected: String,
    },
}

impl ExtractError {
    /// Where the trouble is.
    pub fn place(&self) -> &Place {
        match self {
            Self::Read { place, .. }
            | Self::Broken { place, .. }
            | Self::Bomb { place, .. }
            | Self::Empty { place, .. }
            | Self::Binary { place, .. }
            | Self::TooLarge { place, .. }
            | Self::LongRecord { place, .. }
            | Self::NoTextField { place, .. }
            | Self::SeveralTextFields { place, .. }
            | Self::UnknownField { place, .. }
            | Self::FieldCount { place, .. }
            | Self::LeftOut { place, .. }
            | Self::Crashed { place }
            | Self::Malformed { place, .. } => place,
        }
    }

    /// What kind of trouble it is, in a word or two, to count by.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Read { .. } => "cannot be read",
            Self::Broken { .. } => "broken off",
            Self::Bomb { .. } => "unpacks to too much",
            Self::Empty { .. } => "empty",
            Self::Binary { .. } => "no text",
            Self::TooLarge { .. } | Self::LongRecord { .. } => "too large",
            Self::NoTextField { .. } | Self::SeveralTextFields { .. } | Self::UnknownField { .. } => {
                "no text field"
            }
            Self::FieldCount { .. } | Self::Malformed { .. } => "malformed",
            Self::LeftOut { .. } => "markup left out",
            Self::Crashed { .. } => "reader broke down",
        }
    }

    /// What the user can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoTextField { columns, .. } if columns.iter().any(|c| c.contains(' ')) => {
                Some("name it with `--text-field NAME`; if the first row is data, say `--no-header`")
            }
            Self::NoTextField { .. } | Self::SeveralTextFields { .. } => {
                Some("name it with `--text-field NAME`")
            }
            Self::FieldCount { .. } => {
                Some("if quotes in the table are plain characters, say `--quoting off`")
            }
            Self::Broken { packing: "zstd", source, .. } if source.to_string().contains("memory") => {
                Some("it was packed with a long window: unpack it with `zstd -d --long=31` and read that")
            }
            Self::Binary { found: "binary data", .. } => {
                Some("UTF-16 text is read if it begins with a byte order mark; otherwise convert it to UTF-8")
            }
            _ => None,
        }
    }
}

/// `` `a`, `b` ``; the first forty, since a header may have thousands.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 40;
    let mut list =
        names.iter().take(SHOWN).map(|n| format!("`{}`", excerpt(n))).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        list.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    if list.is_empty() { "none".into() } else { list }
}

/// The beginning of `text` on one line, for messages.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut short: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}
