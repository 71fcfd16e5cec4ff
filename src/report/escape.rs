//! Text that others wrote, made harmless for the place it is printed in.
//!
//! Names and comments are data: whatever they hold, they must not colour a terminal, turn its direction
//! around, break a table or run in a page.

use std::borrow::Cow;

/// Whether `character` would do something instead of showing something: control characters, line and
/// paragraph separators, marks that turn the writing direction, and invisible fillers.
///
/// The joiners U+200C and U+200D stay: emoji and several scripts are written with them.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// One line of text for a terminal: what would act on it is spelled out.
///
/// ```
/// use moderato::report::escape::visible;
/// assert_eq!(visible("red: \u{1b}[31m"), "red: \\u{1b}[31m");
/// assert_eq!(visible("two\nlines"), "two\\nlines");
/// assert_eq!(visible("naïve 👩‍🚀"), "naïve 👩‍🚀");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if acts(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// One line of text for Markdown, also within a table: shown as it is, never as markup, link or mention.
///
/// ```
/// use moderato::report::escape::markdown;
/// assert_eq!(markdown("a|b *c* <d>"), r"a\|b \*c\* &lt;d&gt;");
/// assert_eq!(markdown("see https://example.org"), r"see https\://example.org");
/// ```
pub fn markdown(text: &str) -> String {
    let shown = visible(text);
    let mut escaped = String::with_capacity(shown.len() + 16);
    for (i, character) in shown.char_indices() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '@' | '!' => {
                escaped.extend(['\\', character]);
            }
            // Only where GitHub would make a link of it.
            ':' if shown[i..].starts_with("://") => escaped.push_str("\\:"),
            '.' if shown.as_bytes()[i.saturating_sub(3)..i].eq_ignore_ascii_case(b"www") => {
                escaped.push_str("\\.");
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_that_acts_remains(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(acts));
            let markdown = markdown(&text);
            prop_assert!(!markdown.contains(acts) && !markdown.contains(['<', '>']));
        }
    }

    #[test]
    fn direction_marks_are_spelled_out() {
        assert_eq!(visible("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
    }

    #[test]
    fn a_bar_cannot_end_a_table_cell() {
        assert_eq!(markdown(r"\|"), r"\\\|");
    }
}
