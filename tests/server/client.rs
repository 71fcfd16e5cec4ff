//! A client that says exactly the bytes it is told to, and reads what comes back.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The value of a header, its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Fails unless it is the contract's envelope with this code and message.
    #[track_caller]
    pub(crate) fn is_error(&self, code: u16, message: &str) {
        assert_eq!(
            (self.code, self.json()["error"]["message"].as_str()),
            (code, Some(message)),
            "{}",
            self.json()
        );
        assert_eq!(self.json()["error"]["code"], code);
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout is set");
    stream.set_nodelay(true).expect("no delay");
    stream
}

/// Sends bytes, and reads until the server hangs up; what of the answer is there.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // A server that has heard enough may hang up in the middle.
    let _ = stream.write_all(bytes);
    to_end(&mut stream)
}

pub(crate) fn to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return all,
            Ok(n) => all.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return all,
            Err(error) => panic!("{error}, after {:?}", String::from_utf8_lossy(&all)),
        }
    }
}

/// The answer in `bytes`, its body put together if it came in chunks.
pub(crate) fn answer(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head is ASCII");
    let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a code");
    let mut answer = Answer { code, head, body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = unchunked(&answer.body);
    }
    answer
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size =
            std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let size = size.expect("the size of a chunk");
        let chunk = &rest[end + 2..];
        body.extend_from_slice(&chunk[..size]);
        rest = &chunk[size + 2..];
        if size == 0 {
            break;
        }
    }
    body
}

/// One request on a connection of its own.
pub(crate) fn request(address: SocketAddr, line: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut bytes = format!("{line} HTTP/1.1\r\nHost: desk.example:8080\r\nConnection: close\r\n");
    for header in headers {
        bytes += &format!("{header}\r\n");
    }
    bytes += &format!("Content-Length: {}\r\n\r\n", body.len());
    answer(&raw(address, &[bytes.as_bytes(), body].concat()))
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, &format!("GET {path}"), &[], b"")
}

pub(crate) fn post(address: SocketAddr, path: &str, body: &Value) -> Answer {
    request(
        address,
        &format!("POST {path}"),
        &["Content-Type: application/json"],
        body.to_string().as_bytes(),
    )
}
