//! Crawls (WARC 1.0 and 1.1, ISO 28500) → their HTML pages, one frame each, as a stream.
//!
//! A record is read whole only if it is a response or resource with an HTML body; all others are passed over as they
//! stream by. Bodies sent in chunks or packed with gzip are put together, within the bounds of a page.

use super::error::ExtractError;
use super::format::Format;
use super::frames::{Frame, Split};
use super::input::Input;
use super::options::{ExtractOptions, Limits};
use super::parser::{Parser, Records};
use super::whole;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::sync::Arc;

/// A record's headers, or a response's, are never longer.
const MAX_HEADERS: usize = 64 << 10;

/// A splitter for crawls, and the parser for their pages.
pub(crate) fn open(options: &ExtractOptions) -> (Box<dyn Split>, Parser) {
    let split = Warc { limits: options.limits, buffer: Vec::new(), pages: 0, ended: false };
    (Box::new(split), Parser::new(Format::Warc, Records::Whole(whole::parser(Format::Warc), options.clone())))
}

struct Warc {
    limits: Limits,
    buffer: Vec<u8>,
    pages: u64,
    ended: bool,
}

impl Split for Warc {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        while !self.ended {
            match self.record(input) {
                Ok(Some(frame)) => return Some(Ok(frame)),
                Ok(None) => {}
                Err(error) => {
                    // A record that is too large has been passed over; anything else ends the reading.
                    self.ended = !matches!(error, ExtractError::LongRecord { .. });
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl Warc {
    /// Reads one record: a page, or nothing if it is none.
    fn record(&mut self, input: &mut Input<'_>) -> Result<Option<Frame>, ExtractError> {
        let Some(headers) = self.headers(input)? else {
            self.ended = true;
            return Ok(None);
        };
        let headers = Headers(headers);
        let place = input.place().clone();
        let length = headers.get("content-length").and_then(|l| l.parse::<usize>().ok());
        let Some(length) = length else {
            return Err(ExtractError::Malformed {
                place,
                found: "a record without a length".into(),
                expected: "`Content-Length` in each record of a WARC file".into(),
            });
        };
        let kind = headers.get("warc-type").unwrap_or_default().to_ascii_lowercase();
        let content = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
        let response = kind == "response" && content.contains("http");
        let resource = kind == "resource" && is_html(&content);
        if !response && !resource {
            self.pass_over(input, length)?;
            return Ok(None);
        }
        if length > self.limits.whole {
            self.pass_over(input, length)?;
            return Err(ExtractError::LongRecord {
                place,
                found: length as u64,
                limit: self.limits.whole as u64,
            });
        }
        self.fill(input, length)?;
        let whole = self.buffer.len() >= length;
        let block: Vec<u8> = self.buffer.drain(..length.min(self.buffer.len())).collect();
        if !whole {
            self.ended = true;
        }
        let page =
            if response { page_of(&block, self.limits.whole) } else { Some((block, charset_of(&content))) };
        let Some((bytes, charset)) = page else { return Ok(None) };
        self.pages += 1;
        Ok(Some(Frame {
            place,
            first_record: self.pages,
            bytes,
            charset,
            address: headers.get("warc-target-uri").map(|uri| uri.trim_matches(['<', '>']).into()),
            fetched: headers.get("warc-date").and_then(|date| date.parse().ok()),
            ..Frame::default()
        }))
    }

    /// Reads until the buffer holds `n` bytes or the input ends.
    fn fill(&mut self, input: &mut Input<'_>, n: usize) -> Result<(), ExtractError> {
        while self.buffer.len() < n {
            let missing = n - self.buffer.len();
            if input.read_some(&mut self.buffer, missing.clamp(64 << 10, 1 << 20))? == 0 {
                break;
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, input: &mut Input<'_>, mut n: usize) -> Result<(), ExtractError> {
        loop {
            let here = n.min(self.buffer.len());
            self.buffer.drain(..here);
            n -= here;
            if n == 0 || input.read_some(&mut self.buffer, 256 << 10)? == 0 {
                return Ok(());
            }
        }
    }

    /// The headers of the next record; nothing at the end.
    fn headers(&mut self, input: &mut Input<'_>) -> Result<Option<String>, ExtractError> {
        let mut searched = 0;
        loop {
            let blank =
                self.buffer.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(self.buffer.len());
            if searched == 0 && blank > 0 {
                self.buffer.drain(..blank);
            }
            if let Some(end) = end_of_headers(&self.buffer) {
                let headers: Vec<u8> = self.buffer.drain(..end).collect();
                let headers = String::from_utf8_lossy(&headers).into_owned();
                if !headers.starts_with("WARC/") {
                    return Err(self.malformed(input, &headers));
                }
                return Ok(Some(headers));
            }
            if self.buffer.len() > MAX_HEADERS {
                let found = String::from_utf8_lossy(&self.buffer[..200]).into_owned();
                return Err(self.malformed(input, &found));
            }
            searched = self.buffer.len();
            if input.read_some(&mut self.buffer, 64 << 10)? == 0 {
                if self.buffer.iter().all(u8::is_ascii_whitespace) {
                    return Ok(None);
                }
                let found = String::from_utf8_lossy(&self.buffer[..self.buffer.len().min(200)]).into_owned();
                return Err(self.malformed(input, &found));
            }
            if searched == 0 {
                // Blank lines may have been all there was.
                continue;
            }
        }
    }

    fn malformed(&self, input: &Input<'_>, found: &str) -> ExtractError {
        ExtractError::Malformed {
            place: input.place().clone(),
            found: format!("`{}`", super::excerpt(found)),
            expected: "the headers of a WARC record".into(),
        }
    }
}

/// One past the blank line that ends headers.
fn end_of_headers(bytes: &[u8]) -> Option<usize> {
    let crlf = memchr::memmem::find(bytes, b"\r\n\r\n").map(|i| i + 4);
    let lf = memchr::memmem::find(bytes, b"\n\n").map(|i| i + 2);
    match (crlf, lf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

struct Headers(String);

impl Headers {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

fn is_html(content: &str) -> bool {
    content.contains("text/html") || content.contains("application/xhtml")
}

fn charset_of(content: &str) -> Option<Arc<str>> {
    let (_, rest) = content.split_once("charset=")?;
    let name = rest.split([';', ' ']).next()?.trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.into())
}

/// The HTML body of an HTTP response and its character set, if it has one.
fn page_of(block: &[u8], limit: usize) -> Option<(Vec<u8>, Option<Arc<str>>)> {
    let end = end_of_headers(&block[..block.len().min(MAX_HEADERS)])?;
    let headers = Headers(String::from_utf8_lossy(&block[..end]).into_owned());
    let status = headers.0.split_whitespace().nth(1)?;
    let content = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    if !status.starts_with('2') || !is_html(&content) {
        return None;
    }
    let chunked =
        headers.get("transfer-encoding").is_some_and(|t| t.to_ascii_lowercase().contains("chunked"));
    let body = &block[end..];
    let body = if chunked { unchunked(body).unwrap_or_else(|| body.to_vec()) } else { body.to_vec() };
    let body = if body.starts_with(&[0x1F, 0x8B]) { unpacked(&body, limit) } else { body };
    Some((body, charset_of(&content)))
}

/// A body sent in chunks (RFC 9112, 7.1), put together; none if it is not in chunks after all.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(bytes.len());
    loop {
        let line = memchr::memchr(b'\n', &bytes[..bytes.len().min(64)])?;
        let size = std::str::from_utf8(&bytes[..line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        bytes = &bytes[line + 1..];
        if size == 0 {
            return Some(whole);
        }
        let here = size.min(bytes.len());
        whole.extend_from_slice(&bytes[..here]);
        bytes = bytes.get(here..)?;
        bytes = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")).unwrap_or(bytes);
        if bytes.is_empty() {
            // Cut short: what came is the page.
            return Some(whole);
        }
    }
}

/// What of a packed body is whole, up to `limit` bytes.
fn unpacked(packed: &[u8], limit: usize) -> Vec<u8> {
    let mut page = Vec::new();
    // A broken stream leaves what came before it.
    let _ = MultiGzDecoder::new(packed).take(limit as u64).read_to_end(&mut page);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Comments;

    fn record(kind: &str, uri: &str, http: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2020-05-12T14:02:00Z\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            http.len()
        )
    }

    fn page(author: &str) -> String {
        let comment = |n: u8, text: &str| {
            format!(
                "<li class=comment id=comment-{n}><cite class=fn>{author}</cite> <time>2 hours ago</time><div class=comment-content><p>{text}</div>"
            )
        };
        format!(
            "<ol class=commentlist>{}{}</ol>",
            comment(1, "It rains a lot here."),
            comment(2, "Indeed it does, my friend.")
        )
    }

    fn crawl() -> String {
        let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n";
        let whole = format!("{html}\r\n{}", page("Ada"));
        let body = page("Bob");
        let (one, two) = body.split_at(20);
        let chunked = format!(
            "{html}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
            one.len(),
            two.len()
        );
        [
            record("warcinfo", "", "software: x"),
            record("response", "https://a.example/1", &whole),
            record("request", "https://a.example/1", "GET / HTTP/1.1\r\n\r\n"),
            record(
                "response",
                "https://a.example/i.png",
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nxx",
            ),
            record("response", "https://a.example/404", &whole.replace("200 OK", "404 No")),
            record("response", "https://a.example/2", &chunked),
        ]
        .concat()
    }

    fn found(crawl: &[u8]) -> Vec<Result<(String, String, String), String>> {
        let comments = Comments::open("c.warc", crawl, &ExtractOptions::default()).unwrap();
        comments
            .map(|c| {
                let c = c.map_err(|e| e.to_string())?;
                Ok((c.source.unwrap_or_default(), c.author.unwrap_or_default(), c.time.unwrap_or_default()))
            })
            .collect()
    }

    #[test]
    fn each_html_response_is_a_page() {
        let row = |n: u8, author: &str| {
            Ok((format!("https://a.example/{n}"), author.to_owned(), "2020-05-12T12:02:00Z".to_owned()))
        };
        assert_eq!(found(crawl().as_bytes()), [row(1, "Ada"), row(1, "Ada"), row(2, "Bob"), row(2, "Bob")]);
    }

    #[test]
    fn a_crawl_that_breaks_off_gives_what_came_before() {
        let crawl = crawl();
        for cut in (10..crawl.len()).step_by(37) {
            let rows = found(&crawl.as_bytes()[..cut]);
            assert!(rows.len() <= 5);
        }
        let rows = found(
            format!("{}garbage\r\n\r\n", record("response", "u", "HTTP/1.1 200 OK\r\n\r\n")).as_bytes(),
        );
        assert!(rows[0].as_ref().is_err_and(|e| e.contains("`garbage")), "{rows:?}");
    }
}
