//! Inputs that are one frame: pages and exports.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::ExtractOptions;
use super::page::PageOptions;
use super::parser::{ParseWhole, Parser, Records};
use super::sink::Sink;
use super::{export, page, plain};
use crate::comment::{Comment, Place};
use std::borrow::Cow;

/// A splitter that holds the whole input, and the parser for its format.
pub(crate) fn open(format: Format, options: &ExtractOptions) -> (Box<dyn Split>, Parser) {
    let split = WholeInput { limit: options.limits.whole, failed: None, ended: false };
    (Box::new(split), Parser::new(format, Records::Whole(parser(format), options.clone())))
}

/// Which function reads pages of `format`.
pub(crate) fn parser(format: Format) -> ParseWhole {
    match format {
        Format::Html | Format::Warc => read_page,
        Format::Export => read_export,
        _ => read_plain,
    }
}

/// The page in `frame`.
pub(crate) fn page(frame: &Frame, options: &ExtractOptions) -> page::Page {
    page::read(&frame.bytes, &page_options(frame, options))
}

fn read_page(frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    let page = page(frame, options);
    hand_over(page.comments, frame, options, sink);
    let place = Place { line: None, ..frame.place.clone() };
    for (found, what) in
        [(page.n_too_deep, "nested deeper than 1024"), (page.n_too_many, "past one in 20 bytes")]
    {
        if found > 0 {
            sink.unreadable(ExtractError::LeftOut { place: place.clone(), found, what });
        }
    }
}

fn read_plain(frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    let page = page_options(frame, options);
    let text = page::decode(&frame.bytes, page.charset.as_deref());
    hand_over(plain::comments(&text, page.crawled), frame, options, sink);
}

fn read_export(frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    let text = String::from_utf8_lossy(&frame.bytes);
    let malformed = |found: String, expected: &str| ExtractError::Malformed {
        place: frame.place.clone(),
        found,
        expected: expected.to_owned(),
    };
    let Some(export) = export::read(&text, &options.export) else {
        sink.unreadable(malformed(
            "an export of no known system".into(),
            "one that is known, with comments in it",
        ));
        return;
    };
    hand_over(export.comments, frame, options, sink);
    if let Some(broken) = export.broken {
        let place = frame.place.at_line(broken.line);
        sink.unreadable(ExtractError::Malformed {
            place,
            found: broken.found,
            expected: broken.expected.to_owned(),
        });
    }
}

/// What the frame knows of its page outweighs what is known of the input.
fn page_options(frame: &Frame, options: &ExtractOptions) -> PageOptions {
    let mut options = options.page.clone();
    if frame.utf8 {
        options.charset = Some("utf-8".into());
    }
    if let Some(charset) = &frame.charset {
        options.charset = Some(charset.as_ref().into());
    }
    options.crawled = frame.fetched.or(options.crawled);
    options
}

/// Gives comments the place and source of their frame.
fn hand_over(comments: Vec<Comment>, frame: &Frame, options: &ExtractOptions, sink: &mut Sink<'_>) {
    for mut comment in comments {
        if options.quotes_apart
            && let Cow::Owned(own) = comment.own_words()
        {
            comment.text = own;
        }
        comment.place = frame.place.clone();
        if comment.source.is_none() {
            comment.source = Some(frame.address.as_deref().unwrap_or(&frame.place.input).to_owned());
        }
        if comment.text.contains('\u{fffd}') {
            sink.replaced_comment(&mut comment);
        } else {
            sink.comment(&mut comment);
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
