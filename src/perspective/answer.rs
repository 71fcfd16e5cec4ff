//! `comments:analyze`: what is answered, and how it is written.

use super::sentences::Span;
use serde::Serialize;

/// The scores of one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'r> {
    /// The attributes that are answered, under the names they were asked by.
    pub scores: Vec<Scored<'r>>,
    /// The whole text first, then its sentences where they were asked for.
    pub spans: Vec<Span>,
    /// The languages the comment was taken to be in.
    pub languages: Vec<&'r str>,
    /// The language it seems to be in, `und` for none.
    pub detected: &'static str,
    /// What the caller knows it by.
    pub client_token: Option<&'r str>,
}

/// One attribute's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored<'r> {
    /// As it was asked for.
    pub name: &'r str,
    /// The probability of each span, the whole text's first.
    pub values: Vec<f64>,
}

impl Answer<'_> {
    /// The body of the answer. `attributeScores` is absent if no attribute is answered.
    pub fn to_json(&self) -> Vec<u8> {
        // A score with its span is some eighty bytes.
        let mut out = Vec::with_capacity(160 + self.scores.len() * (120 + 90 * self.spans.len()));
        out.push(b'{');
        if !self.scores.is_empty() {
            out.extend_from_slice(b"\"attributeScores\":{");
            for (n, scored) in self.scores.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(&mut out, scored.name);
                out.extend_from_slice(b":{\"spanScores\":[");
                for (n, (span, value)) in self.spans.iter().zip(&scored.values).enumerate() {
                    out.extend_from_slice(if n > 0 { b",{\"begin\":" } else { b"{\"begin\":" });
                    write(&mut out, &span.utf16.start);
                    out.extend_from_slice(b",\"end\":");
                    write(&mut out, &span.utf16.end);
                    out.extend_from_slice(b",\"score\":");
                    write_score(&mut out, *value);
                    out.push(b'}');
                }
                out.extend_from_slice(b"],\"summaryScore\":");
                write_score(&mut out, scored.values.first().copied().unwrap_or_default());
                out.push(b'}');
            }
            out.extend_from_slice(b"},");
        }
        out.extend_from_slice(b"\"languages\":");
        write(&mut out, &self.languages);
        if let Some(token) = self.client_token {
            out.extend_from_slice(b",\"clientToken\":");
            write(&mut out, token);
        }
        out.extend_from_slice(b",\"detectedLanguages\":[");
        write(&mut out, self.detected);
        out.extend_from_slice(b"]}");
        out
    }
}

fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Texts and numbers serialise to memory.
    let _ = serde_json::to_writer(out, value);
}

fn write_score(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(b"{\"value\":");
    write(out, &rounded(value));
    out.extend_from_slice(b",\"type\":\"PROBABILITY\"}");
}

/// Eight decimals: more than any probability is worth, and half as long as all of them.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e8).round() / 1e8
}
