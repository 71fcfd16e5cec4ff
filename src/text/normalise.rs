//! Characters as a reader sees them, each with the bytes it came from.
//!
//! | rule | before | after |
//! | :-- | :-- | :-- |
//! | case folding | `STRASSE`, `Straße` | `strasse` |
//! | compatibility forms (NFKC) | `ｆｕｌｌ`, `𝓯𝓪𝓷𝓬𝔂`, `ﬁ` | `full`, `fancy`, `fi` |
//! | stacked marks, past two a letter | `z̴̡̛a̷l̶g̷o̸` | fewer |
//! | invisible characters | zero-width, bidi, variation, soft hyphen | nothing |
//! | homoglyphs beside Latin letters | `іdiоt` with Cyrillic `і`, `о` | `idiot` |
//! | HTML entities | `&amp;`, `&#39;` | `&`, `'` |
//! | typographic quotes and apostrophes | `’`, `“` | `'`, `"` |
//!
//! Homoglyphs follow the confusables table of Unicode Technical Standard 39, and only within a chunk that has
//! Latin letters of its own: a Russian word stays Russian.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// A character after normalising, and the bytes of the original text it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NormalChar {
    /// The character, folded.
    pub c: char,
    /// First byte in the original text.
    pub start: u32,
    /// One past the last byte in the original text.
    pub end: u32,
    /// Whether it was an upper-case letter.
    pub upper: bool,
}

/// More combining marks than this on one letter are decoration.
const MAX_MARKS: usize = 2;

/// Appends the normalised characters of `chunk`, which begins at byte `offset` of the original text.
pub fn normalise(chunk: &str, offset: u32, out: &mut Vec<NormalChar>) {
    let first = out.len();
    let bytes = chunk.as_bytes();
    let mut at = 0;
    let mut all_ascii = true;
    while at < bytes.len() {
        let b = bytes[at];
        if b.is_ascii() {
            if b == b'&'
                && let Some((c, len)) = entity(&chunk[at..])
            {
                all_ascii &= c.is_ascii();
                push_folded(c, span(offset, at, len), out);
                at += len;
                continue;
            }
            let combined = bytes.get(at + 1).is_some_and(|next| !next.is_ascii());
            if !combined {
                let (start, end) = span(offset, at, 1);
                if b >= 0x20 && b != 0x7f {
                    let c = char::from(b.to_ascii_lowercase());
                    out.push(NormalChar { c, start, end, upper: b.is_ascii_uppercase() });
                }
                at += 1;
                continue;
            }
        }
        at += cluster(&chunk[at..], offset + at as u32, out);
        all_ascii = false;
    }
    if !all_ascii {
        unmask_homoglyphs(&mut out[first..]);
    }
}

fn span(offset: u32, at: usize, len: usize) -> (u32, u32) {
    (offset + at as u32, offset + (at + len) as u32)
}

/// One character and the marks upon it; returns the bytes read.
fn cluster(rest: &str, start: u32, out: &mut Vec<NormalChar>) -> usize {
    let mut chars = rest.char_indices();
    let Some((_, base)) = chars.next() else { return 0 };
    let mut len = base.len_utf8();
    let mut marks = ['\0'; MAX_MARKS];
    let mut n_marks = 0;
    for (at, c) in chars {
        if canonical_combining_class(c) == 0 {
            break;
        }
        if n_marks < MAX_MARKS {
            marks[n_marks] = c;
            n_marks += 1;
        }
        len = at + c.len_utf8();
    }
    let whole = (start, start + len as u32);
    let composed = std::iter::once(base).chain(marks[..n_marks].iter().copied()).nfkc();
    composed.for_each(|c| push_folded(c, whole, out));
    len
}

fn push_folded(c: char, (start, end): (u32, u32), out: &mut Vec<NormalChar>) {
    if is_invisible(c) || c.is_control() {
        return;
    }
    let upper = c.is_uppercase();
    let mut push = |c| out.push(NormalChar { c, start, end, upper });
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{00b4}' | '`' => push('\''),
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => push('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => push('-'),
        'ß' | 'ẞ' => {
            push('s');
            push('s');
        }
        'ς' => push('σ'),
        c => c.to_lowercase().for_each(push),
    }
}

/// Characters that leave no mark on the page: zero-width, bidi controls, variation selectors, soft hyphen, tags.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Letters of other scripts that look Latin become Latin where Latin letters stand beside them.
fn unmask_homoglyphs(chunk: &mut [NormalChar]) {
    if !chunk.iter().any(|n| n.c.is_ascii_alphabetic()) {
        return;
    }
    for n in chunk.iter_mut().filter(|n| !n.c.is_ascii() && n.c.is_alphabetic()) {
        let mut buffer = [0; 4];
        let mut prototype = unicode_security::skeleton(n.c.encode_utf8(&mut buffer)).fuse();
        if let (Some(c), None) = (prototype.next(), prototype.next())
            && c.is_ascii_alphabetic()
        {
            n.c = c.to_ascii_lowercase();
        }
    }
}

/// The character an HTML entity at the start of `text` stands for, and the entity's length in bytes.
///
/// Numbers, and the few names that comments are full of.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.as_bytes().iter().take(10).position(|&b| b == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" | "ldquo" | "rdquo" => '"',
        "apos" | "lsquo" | "rsquo" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "ndash" | "mdash" => '-',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        normalise(text, 0, &mut out);
        assert_eq!(out.iter().map(|n| n.c).collect::<String>(), expected, "{text:?}");
        for n in &out {
            assert!(text.get(n.start as usize..n.end as usize).is_some(), "{text:?}: {n:?}");
        }
    }

    #[test]
    fn characters_are_read_as_people_see_them() {
        check("Idiot", "idiot");
        check("Straße", "strasse");
        check("ｆｕｌｌ", "full");
        check("𝓯𝓪𝓷𝓬𝔂", "fancy");
        check("ﬁne", "fine");
        check("id\u{200b}i\u{ad}ot", "idiot");
        check("\u{202e}toidi", "toidi");
        check("іdiоt", "idiot"); // Cyrillic і and о
        check("идиот", "идиот");
        check("don’t", "don't");
        check("&amp;c &lt;3 it&#39;s &#x1F600;", "&c <3 it's 😀");
        check("&bogus; &; &#xffffffff;", "&bogus; &; &#xffffffff;");
        check("e\u{301}tat", "état");
        check("ΟΔΟΣ", "οδοσ");
        check("a\u{334}\u{321}\u{31b}\u{331}\u{323}", "a\u{334}\u{321}");
        check("❤\u{fe0f}", "❤");
    }
}
