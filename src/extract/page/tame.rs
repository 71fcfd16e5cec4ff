//! What html5ever would read in quadratic time, cut before it reads it.
//!
//! The tokenizer compares each attribute of a tag with all before it, so that one tag with a million
//! attributes would take hours. Past [`MAX_ATTRIBUTES`] the rest of a tag is cut; no honest page has that
//! many. Everything else leaves as it came.

use std::borrow::Cow;

/// The most attributes one tag keeps.
const MAX_ATTRIBUTES: usize = 1_000;
/// A tag shorter than this cannot have more than that.
const SHORT: usize = 2 * MAX_ATTRIBUTES;

/// `page` without the attributes that no honest page has.
pub(super) fn tame(page: &str) -> Cow<'_, str> {
    let bytes = page.as_bytes();
    let mut kept = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(open) = find(bytes, at, b'<') {
        at = open + 1;
        if bytes[at..].starts_with(b"!--") {
            at = find_ignoring_case(bytes, at, b"-->").unwrap_or(bytes.len());
            continue;
        }
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name = at;
        if let Some(close) = bytes[at..bytes.len().min(at + SHORT)].iter().position(|b| *b == b'>') {
            at += close;
        } else {
            let (cut, end) = attributes(bytes, at);
            if cut < end {
                kept.push_str(&page[copied..cut]);
                copied = end;
            }
            at = end;
        }
        if let Some(close) = raw_text(&bytes[name..]) {
            at = find_ignoring_case(bytes, at, close).unwrap_or(bytes.len());
        }
    }
    if copied == 0 {
        return Cow::Borrowed(page);
    }
    kept.push_str(&page[copied..]);
    Cow::Owned(kept)
}

/// Where the tag from `at` has as many attributes as it keeps, and where it ends; both are at ASCII bytes.
fn attributes(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let (mut n, mut cut, mut in_word) = (0, None, true);
    while at < bytes.len() && bytes[at] != b'>' {
        match bytes[at] {
            quote @ (b'"' | b'\'') if at > 0 && after_equals(bytes, at) => {
                at = find(bytes, at + 1, quote).unwrap_or(bytes.len().saturating_sub(1));
                in_word = false;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' => in_word = false,
            _ if !in_word => {
                in_word = true;
                n += 1;
                if n > MAX_ATTRIBUTES && cut.is_none() {
                    // The byte before is ASCII, so this is a character's start.
                    cut = Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    let end = at.min(bytes.len());
    (cut.unwrap_or(end), end)
}

/// Whether a quote at `at` opens a value.
fn after_equals(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b'=')
}

/// How an element whose text holds no tags is closed.
fn raw_text(name: &[u8]) -> Option<&'static [u8]> {
    const NAMES: [(&[u8], &[u8]); 4] = [
        (b"script", b"</script"),
        (b"style", b"</style"),
        (b"textarea", b"</textarea"),
        (b"title", b"</title"),
    ];
    NAMES
        .iter()
        .find(|(n, _)| {
            name.len() > n.len()
                && name[..n.len()].eq_ignore_ascii_case(n)
                && !name[n.len()].is_ascii_alphanumeric()
        })
        .map(|(_, close)| *close)
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    memchr::memchr(byte, bytes.get(from..)?).map(|i| from + i)
}

/// `needle` starts with an ASCII byte that has no case.
fn find_ignoring_case(bytes: &[u8], mut from: usize, needle: &[u8]) -> Option<usize> {
    loop {
        let at = find(bytes, from, needle[0])?;
        if bytes.get(at..at + needle.len())?.eq_ignore_ascii_case(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_with_a_thousand_attributes_are_cut() {
        let long = format!("<p title='{}'>é</p>", "a b ".repeat(9_000));
        for page in ["", "<", "<p", "<p class=a>x</p>", "<script>a<b c</script><p", "<!-- <p", &long] {
            assert_eq!(tame(page), page);
        }
        let attributes: String = (0..5_000).map(|i| format!(" a{i}")).collect();
        let tamed = tame(&format!("<p{attributes}>é</p><p{attributes}>").clone()).into_owned();
        assert!(
            tamed.ends_with(">") && tamed.contains(">é</p>") && tamed.len() < 2 * 6 * 1_000,
            "{}",
            tamed.len()
        );
    }
}
