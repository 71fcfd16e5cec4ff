//! Chunks that are one thing, whatever their characters: links, addresses, mentions, emoticons, mark-up.
//!
//! What a link says is chance and what a mention says is a person's name, so each class is one term.

use super::normalise::NormalChar;

/// The term of a link.
pub const LINK: &str = "<link>";
/// The term of an e-mail address.
pub const EMAIL: &str = "<email>";
/// The term of a mention of another user.
pub const MENTION: &str = "<mention>";
/// The term of a mark-up tag.
pub const MARKUP: &str = "<markup>";
/// The term of a number with many digits.
pub const NUMBER: &str = "<number>";
/// The term of a quoted line's mark.
pub const QUOTE: &str = "<quote>";
/// The term beside a word in capitals.
pub const SHOUT: &str = "<shout>";
/// The term beside a word with a letter drawn out.
pub const ELONGATED: &str = "<elongated>";

/// The class of the whole chunk, if it has one.
pub fn of_chunk(chars: &[NormalChar]) -> Option<&'static str> {
    let first = chars.first()?.c;
    if first == '@' {
        let name = chars[1..].iter().take_while(|n| is_name(n.c)).count();
        let rest = &chars[1 + name..];
        return (name >= 3 && rest.iter().all(|n| !n.c.is_alphanumeric())).then_some(MENTION);
    }
    if first == '<' && chars.len() > 2 && chars.last()?.c == '>' && chars[1].c.is_ascii_alphabetic() {
        return Some(MARKUP);
    }
    if first.is_alphanumeric() && chars.len() > 4 {
        if starts_with(chars, "http://") || starts_with(chars, "https://") || starts_with(chars, "www.") {
            return Some(LINK);
        }
        let at = chars.iter().position(|n| n.c == '@')?;
        let dotted = chars[at + 1..].iter().position(|n| n.c == '.').is_some_and(|dot| dot > 0);
        let named = chars[..at].iter().all(|n| is_name(n.c) || matches!(n.c, '.' | '+' | '-'));
        return (at > 0 && dotted && named).then_some(EMAIL);
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn starts_with(chars: &[NormalChar], prefix: &str) -> bool {
    chars.len() >= prefix.len() && prefix.chars().zip(chars).all(|(p, n)| p == n.c)
}

/// Emoticons after folding, longest first, each with the term it counts as.
const EMOTICONS: &[(&str, &str)] = &[
    (">:-(", ":("),
    (":'-(", ":'("),
    (":-)", ":)"),
    (":-(", ":("),
    (";-)", ";)"),
    (":-d", ":d"),
    (":-p", ":p"),
    (":-/", ":/"),
    (":-|", ":|"),
    (":'(", ":'("),
    (">:(", ":("),
    ("</3", "</3"),
    ("-_-", "-_-"),
    ("o_o", "o_o"),
    ("^_^", "^^"),
    ("^^", "^^"),
    ("<3", "<3"),
    (":)", ":)"),
    (":(", ":("),
    (";)", ";)"),
    (":d", ":d"),
    (":p", ":p"),
    (":/", ":/"),
    (":|", ":|"),
    (":o", ":o"),
    (":*", ":*"),
    ("=)", ":)"),
    ("=(", ":("),
    ("xd", ":d"),
    ("=d", ":d"),
];

/// The emoticon at the start of `chars`: its length in characters, and its term.
///
/// It must not run on into a word: `:dog` holds none.
pub fn emoticon(chars: &[NormalChar]) -> Option<(usize, &'static str)> {
    if !matches!(chars.first()?.c, '>' | ':' | ';' | '=' | '<' | '-' | '^' | 'o' | 'x') {
        return None;
    }
    EMOTICONS.iter().find_map(|(written, term)| {
        let len = written.len(); // all ASCII
        let ends = chars.get(len).is_none_or(|next| !next.c.is_alphanumeric() && next.c != '/');
        (ends && starts_with(chars, written)).then_some((len, *term))
    })
}

/// Whether `c` is a pictograph, by block; flags' letters included.
pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2300}'..='\u{23ff}')
}

/// Whether `c` only tints the pictograph before it.
pub fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether `c` belongs to a script that is written without spaces; each character is then a word.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::super::normalise::normalise;
    use super::*;

    fn class(text: &str) -> Option<&'static str> {
        let mut chars = Vec::new();
        normalise(text, 0, &mut chars);
        of_chunk(&chars)
    }

    #[test]
    fn a_chunk_that_is_one_thing_has_a_class() {
        for (text, expected) in [
            ("https://example.org/a?b", Some(LINK)),
            ("www.example.org", Some(LINK)),
            ("someone@example.org", Some(EMAIL)),
            ("@some_one:", Some(MENTION)),
            ("@ss", None),
            ("@", None),
            ("<br>", Some(MARKUP)),
            ("<3", None),
            ("word", None),
            ("a@b", None),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
    }

    #[test]
    fn emoticons_end_where_a_word_does_not_go_on() {
        let found = |text: &str| {
            let mut chars = Vec::new();
            normalise(text, 0, &mut chars);
            emoticon(&chars)
        };
        assert_eq!(found(":-)"), Some((3, ":)")));
        assert_eq!(found(":D!"), Some((2, ":d")));
        assert_eq!(found(":dog"), None);
        assert_eq!(found("://"), None);
        assert_eq!(found("<3"), Some((2, "<3")));
    }
}
