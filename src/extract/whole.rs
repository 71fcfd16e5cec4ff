//! Inputs that are one frame: pages and exports.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::ExtractOptions;
use super::parser::{ParseWhole, Parser, Records};
use super::sink::Sink;

/// A splitter that holds the whole input, and the parser for its format.
pub(crate) fn open(format: Format, options: &ExtractOptions) -> (Box<dyn Split>, Parser) {
    let split = WholeInput { limit: options.limits.whole, failed: None, ended: false };
    (Box::new(split), Parser::new(format, Records::Whole(parser(format), options.clone())))
}

/// Which function reads pages of `format`.
fn parser(_format: Format) -> ParseWhole {
    unsupported
}

/// Stands in for a format that has no reader.
fn unsupported(frame: &Frame, _options: &ExtractOptions, sink: &mut Sink<'_>) {
    sink.unreadable(ExtractError::Malformed {
        place: frame.place.clone(),
        found: "a page".into(),
        expected: "a table or JSON lines".into(),
    });
}

/// The input as one frame.
///
/// If reading breaks off, what had come is still a frame: the comments of half a page are comments.
struct WholeInput {
    limit: usize,
    failed: Option<ExtractError>,
    ended: bool,
}

impl Split for WholeInput {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        if self.ended {
            return self.failed.take().map(Err);
        }
        self.ended = true;
        let mut bytes = Vec::new();
        loop {
            match input.read_some(&mut bytes, 64 << 10) {
                Ok(0) => break,
                Ok(_) if bytes.len() > self.limit => {
                    let (place, limit) = (input.place().clone(), self.limit as u64);
                    return Some(Err(ExtractError::TooLarge { place, what: "page", limit }));
                }
                Ok(_) => {}
                Err(error) if bytes.is_empty() => return Some(Err(error)),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        let place = input.place().at_line(1);
        Some(Ok(Frame { place, first_record: 1, bytes, utf8: input.is_utf8(), ..Frame::default() }))
    }
}
