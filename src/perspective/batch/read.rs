//! The body of a batch → its calls.

use crate::perspective::CallError;
use memchr::memmem;

/// The most calls of one batch.
pub const MAX_CALLS: usize = 100;

/// One part of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'b> {
    /// What the caller knows it by, with its angle brackets.
    pub content_id: Option<&'b str>,
    /// The request in it; a part that holds none is answered for itself, and the others go on.
    pub call: Result<Call<'b>, CallError>,
}

/// A request within a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'b> {
    /// `POST`.
    pub method: &'b str,
    /// From the first slash to the question mark.
    pub path: &'b str,
    /// What follows the question mark.
    pub query: &'b str,
    /// What follows the headers.
    pub body: &'b [u8],
}

/// The boundary that a `Content-Type` names, if it is `multipart/mixed`.
///
/// ```
/// use moderato::perspective::batch::boundary;
/// assert_eq!(boundary("multipart/mixed; boundary=\"===7==\""), Some("===7=="));
/// assert_eq!(boundary("application/json"), None);
/// ```
pub fn boundary(content_type: &str) -> Option<&str> {
    /// RFC 2046, 5.1.1; and a few more, since clients count differently.
    const MAX: usize = 200;
    let (kind, mut rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    loop {
        let (name, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        if name.trim_matches([' ', ';', '\t']).eq_ignore_ascii_case("boundary") {
            let value = value.trim_end();
            return (!value.is_empty() && value.len() <= MAX).then_some(value);
        }
        rest = after;
    }
}

fn wrong(problem: &str) -> CallError {
    CallError::Invalid(format!("Failed to parse batch request: {problem}"))
}

/// The parts of a batch's body.
///
/// # Errors
/// If there is no part, more than [`MAX_CALLS`], or the last boundary is missing.
pub fn parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, CallError> {
    let delimiter = format!("--{boundary}");
    let finder = memmem::Finder::new(&delimiter);
    let mut parts = Vec::new();
    // Where the content of the part that is open begins; none before the first boundary.
    let mut open: Option<usize> = None;
    let mut from = 0;
    while let Some(found) = finder.find(&body[from..]) {
        let at = from + found;
        from = at + delimiter.len();
        let begins_line = at == 0 || body[at - 1] == b'\n';
        let (line, next) = line(body, from);
        let closes = line.starts_with(b"--");
        if !begins_line || !(closes || line.iter().all(|c| b" \t".contains(c))) {
            continue;
        }
        if let Some(start) = open {
            if parts.len() == MAX_CALLS {
                return Err(wrong(&format!("found over {MAX_CALLS} calls")));
            }
            parts.push(part(without_line_end(&body[start..at.max(start)])));
        }
        if closes {
            return if parts.is_empty() { Err(wrong("found no calls")) } else { Ok(parts) };
        }
        (open, from) = (Some(next), next);
    }
    Err(wrong(if open.is_some() { "found no closing boundary" } else { "found no boundary" }))
}

/// The line that begins at `at`, without its end, and where the next one begins.
fn line(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let rest = &bytes[at..];
    let end = memchr::memchr(b'\n', rest);
    let line = &rest[..end.unwrap_or(rest.len())];
    (line.strip_suffix(b"\r").unwrap_or(line), at + end.map_or(rest.len(), |end| end + 1))
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// Headers up to a blank line: calls `each` with name and value, and says where the body begins; none if a line is no
/// header or the blank line is missing.
fn headers<'b>(bytes: &'b [u8], mut at: usize, mut each: impl FnMut(&'b str, &'b str)) -> Option<usize> {
    while at < bytes.len() {
        let (header, next) = line(bytes, at);
        at = next;
        if header.is_empty() {
            return Some(at);
        }
        // A line that goes on is none we need.
        if header.starts_with(b" ") || header.starts_with(b"\t") {
            continue;
        }
        let (name, value) = std::str::from_utf8(header).ok()?.split_once(':')?;
        each(name.trim(), value.trim());
    }
    None
}

fn part(bytes: &[u8]) -> Part<'_> {
    let mut content_id = None;
    let body = headers(bytes, 0, |name, value| {
        if name.eq_ignore_ascii_case("content-id") {
            content_id = Some(value);
        }
    });
    let call = match body {
        Some(at) => call(&bytes[at..]),
        None => Err(wrong("found a part without a blank line after its headers")),
    };
    Part { content_id, call }
}

fn call(bytes: &[u8]) -> Result<Call<'_>, CallError> {
    let (request, next) = line(bytes, 0);
    let request =
        std::str::from_utf8(request).map_err(|_| wrong("found a request line that is not UTF-8"))?;
    let mut words = request.split_ascii_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(wrong("found no request line"));
    };
    let mut length = None;
    let at = headers(bytes, next, |name, value| {
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse::<usize>().ok();
        }
    });
    // Without a blank line there is no body: a call such as GET.
    let body = &bytes[at.unwrap_or(bytes.len())..];
    let body = &body[..length.unwrap_or(body.len()).min(body.len())];
    let target = match target.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/').unwrap_or(rest.len())..],
        None => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Call { method, path, query, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As google-api-python-client writes it: LF alone, and the length of the body.
    const PYTHON: &str = "--===1==\nContent-Type: application/http\nMIME-Version: 1.0\n\
        Content-Transfer-Encoding: binary\nContent-ID: <0b1c + 1>\n\n\
        POST /v1alpha1/comments:analyze?key=K&alt=json HTTP/1.1\nContent-Type: application/json\n\
        MIME-Version: 1.0\ncontent-length: 2\nHost: localhost\n\n{}\n\
        --===1==\nContent-Type: application/http\nContent-ID: <0b1c + 2>\n\n\
        GET http://desk.example/x HTTP/1.1\n\n\n--===1==--";

    #[test]
    fn the_calls_of_a_python_client_are_read() {
        let parts = parts(PYTHON.as_bytes(), "===1==").unwrap();
        let call = |i: usize| parts[i].call.clone().unwrap();
        assert_eq!(parts[0].content_id, Some("<0b1c + 1>"));
        let path = "/v1alpha1/comments:analyze";
        assert_eq!(call(0), Call { method: "POST", path, query: "key=K&alt=json", body: b"{}" });
        assert_eq!(call(1), Call { method: "GET", path: "/x", query: "", body: b"" });
        assert_eq!(parts.len(), 2);
    }

    #[test]
    fn line_ends_do_not_matter() {
        let other = PYTHON.replace('\n', "\r\n");
        let (one, other) = (parts(PYTHON.as_bytes(), "===1=="), parts(other.as_bytes(), "===1=="));
        assert_eq!(one, other);
    }

    #[test]
    fn what_is_no_batch_is_refused() {
        let many = "--b\r\n\r\nGET / HTTP/1.1\r\n\r\n".repeat(MAX_CALLS + 1) + "--b--";
        for (body, expected) in [
            ("", "found no boundary"),
            ("{}", "found no boundary"),
            ("--b--", "found no calls"),
            ("--b\n\nPOST / HTTP/1.1\n", "found no closing boundary"),
            ("x--b\n--bb\n", "found no boundary"),
            (&many, "found over 100 calls"),
        ] {
            let error = parts(body.as_bytes(), "b").unwrap_err().to_string();
            assert!(error.ends_with(expected), "{body}: {error}");
        }
    }

    #[test]
    fn a_bad_part_is_answered_for_itself() {
        let found =
            parts(b"--b\nContent-ID: <1>\nno header\n--b\n\nPOST\n--b\n\nPOST /a HTTP/1.1\n\n{}\n--b--", "b");
        let calls: Vec<bool> = found.unwrap().iter().map(|part| part.call.is_ok()).collect();
        assert_eq!(calls, [false, false, true]);
    }

    #[test]
    fn boundaries_are_read_as_they_are_written() {
        for (content_type, expected) in [
            ("multipart/mixed; boundary=a", Some("a")),
            ("Multipart/Mixed;charset=utf-8; Boundary=\"a;b\"; x=y", Some("a;b")),
            ("multipart/mixed; boundary=", None),
            ("multipart/mixed", None),
            ("multipart/form-data; boundary=a", None),
            ("multipart/mixed; boundary=\"a", None),
        ] {
            assert_eq!(boundary(content_type), expected, "{content_type}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just(b"--b".to_vec()), Just(b"--b--".to_vec()), Just(b"\n".to_vec()), Just(b"\r\n".to_vec()),
                    Just(b"Content-ID: <1>".to_vec()), Just(b"POST /a?b HTTP/1.1".to_vec()),
                    Just(b"content-length: 9".to_vec()), proptest::collection::vec(any::<u8>(), 0..9),
                ], 0..30),
        ) {
            if let Ok(parts) = parts(&pieces.concat(), "b") {
                prop_assert!(!parts.is_empty() && parts.len() <= MAX_CALLS);
            }
        }

        #[test]
        fn bodies_arrive_as_they_were_sent(bodies in proptest::collection::vec("\\PC{0,40}", 1..9), crlf: bool) {
            let mut batch = String::new();
            for (i, body) in bodies.iter().enumerate() {
                batch += &format!("--b\nContent-ID: <{i}>\n\nPOST /a HTTP/1.1\nContent-Length: {}\n\n{body}\n", body.len());
            }
            batch += "--b--\n";
            let batch = if crlf { batch.replace('\n', "\r\n") } else { batch };
            // A body that is a boundary itself is the client's fault.
            prop_assume!(!bodies.iter().any(|body| body.starts_with("--b")));
            let parts = parts(batch.as_bytes(), "b").unwrap();
            let found: Vec<&[u8]> = parts.iter().map(|part| part.call.as_ref().unwrap().body).collect();
            let expected: Vec<&[u8]> = bodies.iter().map(String::as_bytes).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_content_type_is_read(text in "multipart/mixed;\\PC{0,30}|\\PC{0,30}") {
            let _ = boundary(&text);
        }
    }
}
