//! Inputs that are one frame: pages and exports.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::ExtractOptions;
use super::parser::{ParseWhole, Parser, Records};
use super::sink::Sink;
use super::{page, plain};
use crate::comment::Comment;

/// A splitter that holds the whole input, and the parser for its format.
pub(crate) fn open(format: Format, options: &ExtractOptions) -> (Box<dyn Split>, Parser) {
    let split = WholeInput { limit: options.limits.whole, failed: None, ended: false };
    (Box::new(split), Parser::new(format, Records::Whole(parser(format), options.clone())))
}

/// Which function reads pages of `format`.
fn parser(format: Format) -> ParseWhole {
    match format {
        Format::Html => read_page,
        _ => read_plain,
    }
}

fn read_page(frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    let mut options = options.page.clone();
    if frame.utf8 {
        options.charset = Some("utf-8".into());
    }
    hand_over(page::read(&frame.bytes, &options).comments, frame, sink);
}

fn read_plain(frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    let text = page::decode(&frame.bytes, options.page.charset.as_deref());
    hand_over(plain::comments(&text, options.page.crawled), frame, sink);
}

/// Gives comments the place and source of their frame.
fn hand_over(comments: Vec<Comment>, frame: &Frame, sink: &mut Sink<'_>) {
    for mut comment in comments {
        comment.place = frame.place.clone();
        comment.source = Some(frame.address.as_deref().unwrap_or(&frame.place.input).to_owned());
        if comment.text.contains('\u{fffd}') {
            sink.replaced_comment(&mut comment)
        } else {
            sink.comment(&mut comment)
        }
    }
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
