//! A stream of comments, a JSON object a line, and the stream of their answers.
//!
//! Nothing is read before it is asked for: when the caller takes no answers, no comments are read, and what is held is
//! one piece of the body, one line and the answers to the lines in it. A line that is no comment is answered in its
//! place with an error, and the rest goes on.

use super::splitter::{Line, Splitter};
use super::{MAX_TEXT, ScoreRequest, write_score};
use crate::perspective::CallError;
use crate::server::App;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::time::Sleep;

/// Answers, as they are asked for.
#[derive(Debug)]
pub(super) struct Scored {
    app: App,
    body: Body,
    community: Option<String>,
    splitter: Splitter,
    /// Bytes that came and are not looked at yet.
    rest: Bytes,
    /// The number of the line before.
    line: u64,
    is_over: bool,
    waiting: Pin<Box<Sleep>>,
}

/// As much as is scored before others have their turn.
const PIECE: usize = 16 << 10;

impl Scored {
    pub(super) fn new(app: App, body: Body, community: Option<String>) -> Self {
        // A line holds a text, which may be written with up to six bytes for one, and a few names.
        let splitter = Splitter::new(7 * MAX_TEXT);
        let waiting = Box::pin(tokio::time::sleep(app.settings().limits.body));
        Self { app, body, community, splitter, rest: Bytes::new(), line: 0, is_over: false, waiting }
    }

    /// The answers to the lines that `piece` ends.
    fn answer(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let Self { app, community, splitter, line: number, .. } = self;
        splitter.feed(piece, |line| {
            *number += 1;
            match line {
                Line::Whole(line) => answer(app, community.as_deref(), (*number, line), &mut out),
                Line::TooLong => complain(*number, &CallError::CommentTooLong, &mut out),
            }
        });
        out
    }

    /// The answer to a last line without an end.
    fn last(&mut self) -> Vec<u8> {
        self.is_over = true;
        let mut out = Vec::new();
        if let Some(line) = self.splitter.finish() {
            self.line += 1;
            answer(&self.app, self.community.as_deref(), (self.line, &line), &mut out);
        }
        out
    }
}

fn answer(app: &App, community: Option<&str>, (number, line): (u64, &[u8]), out: &mut Vec<u8>) {
    if line.trim_ascii().is_empty() {
        return;
    }
    match ScoreRequest::parse(line) {
        Ok(request) => {
            write_score(app, community, &request, out);
            out.push(b'\n');
        }
        Err(error) => complain(number, &error, out),
    }
}

/// `{"line":7,"error":{…}}`
fn complain(number: u64, error: &CallError, out: &mut Vec<u8>) {
    let envelope = error.to_json();
    out.extend(format!("{{\"line\":{number},").bytes());
    out.extend_from_slice(envelope.strip_prefix(b"{").unwrap_or(&envelope));
    out.push(b'\n');
}

impl HttpBody for Scored {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |out: Vec<u8>| Poll::Ready(Some(Ok(Frame::data(Bytes::from(out)))));
        loop {
            if self.is_over {
                return Poll::Ready(None);
            }
            if !self.rest.is_empty() {
                let n = self.rest.len().min(PIECE);
                let piece = self.rest.split_to(n);
                let out = self.answer(&piece);
                if out.is_empty() {
                    continue;
                }
                return frame(out);
            }
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(read))) => {
                    self.rest = read.into_data().unwrap_or_default();
                    let patience = self.app.settings().limits.body;
                    self.waiting = Box::pin(tokio::time::sleep(patience));
                }
                Poll::Ready(Some(Err(_))) => self.is_over = true,
                Poll::Ready(None) => {
                    let out = self.last();
                    if !out.is_empty() {
                        return frame(out);
                    }
                }
                Poll::Pending => {
                    if self.waiting.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                    self.is_over = true;
                    let mut out = Vec::new();
                    complain(self.line + 1, &CallError::TooSlow, &mut out);
                    return frame(out);
                }
            }
        }
    }
}
