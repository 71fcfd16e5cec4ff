//! A page's bytes → text: by byte order mark, the server's word, the page's `meta`, or what the bytes look like.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How far into a page its own word on the character set is looked for; browsers read 1024 bytes.
const PRELUDE: usize = 4096;

/// The text of a page. What cannot be decoded becomes `U+FFFD`.
///
/// `declared` is the character set named outside the page, in a `Content-Type`. A page that is valid UTF-8 is
/// UTF-8 whatever it says; one that says UTF-8 and is not, is read as what its bytes look like.
pub fn decode<'p>(bytes: &'p [u8], declared: Option<&str>) -> Cow<'p, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let other = named(bytes, declared).filter(|e| !e.is_ascii_compatible());
        if other.is_none() || !bytes.contains(&0) {
            return Cow::Borrowed(text);
        }
    }
    let encoding = match named(bytes, declared) {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if mostly_utf8(bytes) => UTF_8,
        _ => detected(bytes),
    };
    encoding.decode_without_bom_handling(bytes).0
}

fn named(bytes: &[u8], declared: Option<&str>) -> Option<&'static Encoding> {
    declared.and_then(|label| Encoding::for_label(label.trim().as_bytes())).or_else(|| from_meta(bytes))
}

/// `<meta charset=…>` or `<meta … content="text/html; charset=…">`.
fn from_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let prelude = &bytes[..bytes.len().min(PRELUDE)].to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = prelude[from..].windows(8).position(|w| w == b"charset=").map(|i| from + i + 8) {
        let label: Vec<u8> = prelude[at..]
            .iter()
            .copied()
            .skip_while(|b| matches!(b, b'"' | b'\'' | b' '))
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'))
            .collect();
        if let Some(encoding) = Encoding::for_label(&label) {
            // A page whose `meta` can be read byte by byte is not UTF-16, whatever it says.
            return Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 });
        }
        from = at;
    }
    None
}

/// Whether broken bytes are the exception in UTF-8 text: a page cut within a character, or one bad paste.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad, mut rest) = (0_usize, 0_usize, bytes);
    while bad < 1_000 {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                good += text.bytes().filter(|b| *b >= 0xC0).count();
                break;
            }
            Err(e) => {
                good += rest[..e.valid_up_to()].iter().filter(|b| **b >= 0xC0).count();
                bad += 1;
                rest =
                    &rest[e.valid_up_to() + e.error_len().unwrap_or(1).min(rest.len() - e.valid_up_to())..];
            }
        }
    }
    good > 10 * bad
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(1 << 20)], true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    if guess == UTF_8 { WINDOWS_1252 } else { guess }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_outweigh_a_wrong_word() {
        assert_eq!(decode("<meta charset=iso-8859-1>für".as_bytes(), None), "<meta charset=iso-8859-1>für");
        assert_eq!(
            decode(b"<meta charset=utf-8>f\xFCr alle, die h\xF6ren", None),
            "<meta charset=utf-8>für alle, die hören"
        );
        assert_eq!(decode(b"f\xFCr", Some("iso-8859-1")), "für");
        assert_eq!(decode(b"\xFF\xFEh\0i\0", None), "hi");
        assert_eq!(
            decode(
                "grüße größe käse über süß öl müde höhle tür für äh ä\u{fc}"
                    .as_bytes()
                    .split_last()
                    .unwrap()
                    .1,
                None
            )
            .chars()
            .last(),
            Some('\u{fffd}')
        );
    }
}
