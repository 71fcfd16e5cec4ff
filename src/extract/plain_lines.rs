//! Plain text with a comment a line: what `echo … | moderato score -` sends.

use super::format::Format;
use super::frames::{Frame, Split};
use super::lines::Lines;
use super::options::ExtractOptions;
use super::parser::{Parser, Records};
use super::sink::Sink;
use crate::comment::Comment;

/// A splitter at line breaks, and the parser that takes each line for a comment.
pub(crate) fn open(options: &ExtractOptions) -> (Box<dyn Split>, Parser) {
    (Box::new(Lines::new(options.limits)), Parser::new(Format::Lines, Records::Lines))
}

/// Hands on each line that is not blank; its number among them is its id.
pub(crate) fn parse(frame: &Frame, sink: &mut Sink<'_>) {
    let mut comment = Comment { place: frame.place.clone(), ..Comment::default() };
    let first_line = frame.place.line.unwrap_or(1);
    let mut number = frame.first_record;
    for (line, bytes) in (first_line..).zip(frame.bytes.split(|b| *b == b'\n')) {
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        comment.place.line = Some(line);
        comment.id = number.to_string();
        comment.text.clear();
        number += 1;
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                comment.text.push_str(text);
                sink.comment(&mut comment);
            }
            Err(_) => {
                comment.text.push_str(&String::from_utf8_lossy(bytes));
                sink.replaced_comment(&mut comment);
            }
        }
        if comment.place.input != frame.place.input {
            // Whoever took the comment took its place along.
            comment.place = frame.place.clone();
        }
    }
}
