//! Answers → the body of a batch's answer.

/// No line of an answer begins with it: bodies are JSON, and what comes from callers stands behind a name.
const BOUNDARY: &str = "batch_moderato";

/// The longest part of a `Content-ID` that comes back, in characters: many times what clients write.
const MAX_ID: usize = 1000;

/// A body that grows by one answer at a time.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// What `Content-Type` says of the body.
    pub const CONTENT_TYPE: &'static str = "multipart/mixed; boundary=batch_moderato";

    /// Appends the answer to the call of `content_id`: its code, the words for that, and its body of JSON.
    ///
    /// ```
    /// use moderato::perspective::batch::{Writer, boundary, parts};
    /// let mut writer = Writer::default();
    /// writer.push(Some("<7 + 1>"), (200, "OK"), b"{}");
    /// let body = writer.finish();
    /// let parts = parts(&body, boundary(Writer::CONTENT_TYPE).expect("it has one"))?;
    /// assert_eq!(parts[0].content_id, Some("<response-7 + 1>"));
    /// # Ok::<(), moderato::perspective::CallError>(())
    /// ```
    pub fn push(&mut self, content_id: Option<&str>, (code, reason): (u16, &str), body: &[u8]) {
        let out = &mut self.0;
        out.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Type: application/http\r\n").as_bytes());
        if let Some(id) = content_id {
            let (open, id) = id.strip_prefix('<').map_or(("", id), |id| ("<", id));
            // What somebody might take for the end of a line does not come back, nor what nobody would write by hand.
            let plain = |c: &char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
            let id: String = id.chars().filter(plain).take(MAX_ID).collect();
            out.extend_from_slice(format!("Content-ID: {open}response-{id}\r\n").as_bytes());
        }
        let head = format!(
            "\r\nHTTP/1.1 {code} {reason}\r\nContent-Type: application/json; charset=UTF-8\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\r\n");
    }

    /// How many bytes there are so far.
    pub fn n_bytes(&self) -> usize {
        self.0.len()
    }

    /// The whole body.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}
