//! A text's sentences, and places in it as the wire counts them: in UTF-16 code units, the end exclusive.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// In bytes.
    pub bytes: Range<usize>,
    /// In UTF-16 code units.
    pub utf16: Range<usize>,
}

/// How many UTF-16 code units `text` has.
pub fn utf16_len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The sentences of `text`, without the blanks around them, as Unicode's annex 29 bounds them; a line that ends
/// without a mark ends a sentence as well.
///
/// ```
/// use moderato::perspective::sentences;
/// let spans: Vec<_> = sentences("What an idiot! Sorry.").map(|span| span.utf16).collect();
/// assert_eq!(spans, [0..14, 15..21]);
/// ```
pub fn sentences(text: &str) -> impl Iterator<Item = Span> {
    let mut units = 0;
    let mut bytes = 0;
    text.split_sentence_bound_indices().filter_map(move |(start, sentence)| {
        let inner = sentence.trim();
        if inner.is_empty() {
            return None;
        }
        let first = start + (sentence.len() - sentence.trim_start().len());
        let begin = units + utf16_len(&text[bytes..first]);
        (units, bytes) = (begin + utf16_len(inner), first + inner.len());
        Some(Span { bytes: first..bytes, utf16: begin..units })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_are_those_of_the_contracts_example() {
        let text = "what kind of idiot name is foo? Sorry, I like your name.";
        let spans: Vec<Range<usize>> = sentences(text).map(|span| span.utf16).collect();
        assert_eq!(spans, [0..31, 32..56]);
    }

    #[test]
    fn units_are_those_of_utf16() {
        let text = "  Ä 😀! Né.";
        let spans: Vec<Span> = sentences(text).collect();
        assert_eq!(spans[0].utf16, 2..7);
        assert_eq!(spans[1].utf16, 8..11);
        assert_eq!(&text[spans[1].bytes.clone()], "Né.");
        assert_eq!(utf16_len(text), 11);
    }

    proptest! {
        #[test]
        fn sentences_are_in_order_and_hold_every_letter(text in "\\PC{0,120}|(\\PC{0,9}[.!? \n]){0,20}") {
            let wide: Vec<u16> = text.encode_utf16().collect();
            let mut before = 0;
            let mut letters = 0;
            for span in sentences(&text) {
                prop_assert!(before <= span.utf16.start && span.utf16.start < span.utf16.end);
                prop_assert!(span.utf16.end <= wide.len());
                let same = String::from_utf16(&wide[span.utf16.clone()]).unwrap();
                prop_assert_eq!(&same, &text[span.bytes.clone()]);
                letters += same.chars().filter(|c| c.is_alphanumeric()).count();
                before = span.utf16.end;
            }
            prop_assert_eq!(letters, text.chars().filter(|c| c.is_alphanumeric()).count());
        }
    }
}
