//! A text's numbers, words and marks, which dates are read from.

use std::borrow::Cow;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part<'t> {
    /// Figures.
    Number { value: i64, digits: usize },
    /// Letters.
    Word(&'t str),
    /// Anything else but blanks.
    Mark(char),
}

/// A text in lower case; most are ASCII, and many are in lower case already.
pub(super) fn lowercase(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(text.to_lowercase())
    } else if text.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Most letters of most pages are ASCII, and those have one lower case.
pub(in crate::extract) fn push_lowercase(c: char, word: &mut String) {
    if c.is_ascii() { word.push(c.to_ascii_lowercase()) } else { word.extend(c.to_lowercase()) }
}

/// The numbers, words and marks of a text in lower case.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::with_capacity(16);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_digit() {
            let (mut value, mut digits) = (i64::from(c as u8 - b'0'), 1);
            while let Some((_, d)) = chars.peek().copied().filter(|(_, d)| d.is_ascii_digit()) {
                value = value.saturating_mul(10).saturating_add(i64::from(d as u8 - b'0'));
                digits += 1;
                chars.next();
            }
            parts.push(Part::Number { value, digits });
        } else if c.is_alphabetic() {
            let mut end = at + c.len_utf8();
            while let Some((_, d)) = chars.peek().copied().filter(|(_, d)| d.is_alphabetic()) {
                // 年, 月, 日 and the like are words of one letter
                if matches!(d, '年' | '月' | '日' | '時' | '分')
                    || matches!(c, '年' | '月' | '日' | '時' | '分')
                {
                    break;
                }
                end += d.len_utf8();
                chars.next();
            }
            parts.push(Part::Word(&text[at..end]));
        } else if !c.is_whitespace() {
            parts.push(Part::Mark(c));
        }
        if parts.len() > 60 {
            break;
        }
    }
    parts
}

/// The number at `i`, and its figures.
pub(super) fn number(parts: &[Part], i: usize) -> Option<(i64, usize)> {
    match parts.get(i)? {
        Part::Number { value, digits } => Some((*value, *digits)),
        _ => None,
    }
}

/// Whether one of `marks` stands at `i`.
pub(super) fn mark(parts: &[Part], i: usize, marks: &str) -> bool {
    matches!(parts.get(i), Some(Part::Mark(c)) if marks.contains(*c))
}

/// The word at `i`.
pub(super) fn word<'t>(parts: &[Part<'t>], i: usize) -> Option<&'t str> {
    match parts.get(i)? {
        Part::Word(w) => Some(w),
        _ => None,
    }
}
