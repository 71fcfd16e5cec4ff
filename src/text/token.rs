//! Segmentation: the characters of one chunk (what stands between two spaces) into tokens.
//!
//! | chunk | tokens |
//! | :-- | :-- |
//! | `don't!!!` | `don't` `!!` |
//! | `Homan's` | `homan` `'s` |
//! | `wing-nuts,` | `wing` `-` `nuts` `,` |
//! | `f*ck`, `f**k`, `a$$`, `sh1t` | kept whole (a run of masks is one `*`) |
//! | `#SecureBorders` | `#secureborders` |
//! | `l'homme` | `l'` `homme` |
//! | `4,000,000` | `<number>` |
//! | `👍🏽👍` | `👍` `👍` |
//! | `你好` | `你` `好` |

use super::classes;
use super::normalise::NormalChar;
use std::ops::Range;

/// What a token is; its text is its characters unless the kind names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with the digits, apostrophes and masks within them.
    Word,
    /// A number of at most four digits.
    Number,
    /// The same punctuation mark once, or twice and more.
    Punctuation,
    /// A pictograph.
    Emoji,
    /// A class term or an emoticon: the text it counts as.
    Named(&'static str),
}

/// A stretch of normalised characters that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its characters, as positions in the chunk.
    pub chars: Range<usize>,
}

/// Appends the tokens of a chunk in order; spaces that entities left inside are dropped.
pub fn segment(chars: &[NormalChar], out: &mut Vec<Token>) {
    if let Some(class) = classes::of_chunk(chars) {
        out.push(Token { kind: TokenKind::Named(class), chars: 0..chars.len() });
        return;
    }
    let mut at = 0;
    while at < chars.len() {
        let (kind, len) = token_at(chars, at);
        if let Some(kind) = kind {
            out.push(Token { kind, chars: at..at + len });
        }
        at += len;
    }
}

/// The token that begins at `at`, and how many characters to go on by.
fn token_at(chars: &[NormalChar], at: usize) -> (Option<TokenKind>, usize) {
    let rest = &chars[at..];
    let c = rest[0].c;
    let after_word = at > 0 && chars[at - 1].c.is_alphanumeric();
    if !after_word && let Some((len, term)) = classes::emoticon(rest) {
        return (Some(TokenKind::Named(term)), len);
    }
    if c.is_whitespace() || classes::is_skin_tone(c) || c == '\u{200d}' {
        return (None, 1);
    }
    if classes::is_unspaced(c) {
        return (Some(TokenKind::Word), 1);
    }
    if c.is_alphabetic() || starts_masked(rest) {
        return (Some(TokenKind::Word), word_len(rest));
    }
    if c.is_numeric() {
        return number(rest);
    }
    if c == '\'' && after_word && is_clitic(rest) {
        return (Some(TokenKind::Word), 2);
    }
    if matches!(c, '#' | '@') && !after_word && rest.get(1).is_some_and(|n| n.c.is_alphabetic()) {
        let len = 1 + rest[1..].iter().take_while(|n| n.c.is_alphanumeric() || n.c == '_').count();
        let kind = if c == '#' { TokenKind::Word } else { TokenKind::Named(classes::MENTION) };
        return (Some(kind), len);
    }
    if classes::is_emoji(c) {
        return (Some(TokenKind::Emoji), 1);
    }
    (Some(TokenKind::Punctuation), rest.iter().take_while(|n| n.c == c).count())
}

/// `$hit`, `@ss`: a mask for a first letter; `$5` is money and `@someone` a person.
fn starts_masked(rest: &[NormalChar]) -> bool {
    let letters = rest[1..].iter().take_while(|n| n.c.is_alphabetic()).count();
    match rest[0].c {
        '$' => letters >= 2,
        '@' => letters == 2,
        _ => false,
    }
}

fn is_mask(c: char) -> bool {
    matches!(c, '*' | '@' | '$' | '#' | '!')
}

/// How many characters the word at the start of `rest` has.
fn word_len(rest: &[NormalChar]) -> usize {
    let letter = |i: usize| rest.get(i).is_some_and(|n| n.c.is_alphanumeric() && !classes::is_unspaced(n.c));
    let mut len = 1;
    loop {
        let Some(next) = rest.get(len).map(|n| n.c) else { return len };
        if letter(len) || is_mark(next) {
            len += 1;
        } else if next == '\'' && letter(len + 1) {
            if is_clitic(&rest[len..]) {
                return len;
            }
            len += 1;
            if is_elided(&rest[..len]) {
                return len;
            }
        } else if is_mask(next) {
            let run = rest[len..].iter().take_while(|n| is_mask(n.c)).count();
            let inner = next != '#' && next != '!' || run == 1;
            if inner && letter(len + run) {
                len += run;
            } else if trailing_mask(&rest[len..len + run], len) {
                return len + run;
            } else {
                return len;
            }
        } else {
            return len;
        }
    }
}

/// `f***`, `a$$`: two or more masks of one kind that end a stub of at most two letters.
fn trailing_mask(run: &[NormalChar], letters: usize) -> bool {
    let mask = run[0].c;
    letters <= 2 && run.len() >= 2 && matches!(mask, '*' | '$') && run.iter().all(|n| n.c == mask)
}

/// `'s` at the end of a word.
fn is_clitic(rest: &[NormalChar]) -> bool {
    rest.len() >= 2 && rest[1].c == 's' && rest.get(2).is_none_or(|n| !n.c.is_alphanumeric() && n.c != '\'')
}

/// `l'`, `d'`, `qu'` …: a short word that leans on the next; `o'` and English contractions are not.
fn is_elided(word: &[NormalChar]) -> bool {
    matches!(word, [a, _] if matches!(a.c, 'l' | 'd' | 'j' | 'c' | 'n'))
        || matches!(word, [q, u, _] if q.c == 'q' && u.c == 'u')
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Digits with the points and commas between them; long ones are a class.
fn number(rest: &[NormalChar]) -> (Option<TokenKind>, usize) {
    let mut digits = 0;
    let mut len = 0;
    while let Some(next) = rest.get(len) {
        if next.c.is_numeric() {
            digits += 1;
        } else if next.c.is_alphabetic() && !classes::is_unspaced(next.c) {
            return (Some(TokenKind::Word), word_len(rest)); // 4th, h1b, 5h1t
        } else if !(matches!(next.c, '.' | ',' | ':') && rest.get(len + 1).is_some_and(|n| n.c.is_numeric()))
        {
            break;
        }
        len += 1;
    }
    let kind = if digits <= 4 { TokenKind::Number } else { TokenKind::Named(classes::NUMBER) };
    (Some(kind), len)
}

#[cfg(test)]
mod tests {
    use super::super::normalise::normalise;
    use super::*;

    fn check(chunk: &str, expected: &[&str]) {
        let mut chars = Vec::new();
        normalise(chunk, 0, &mut chars);
        let mut tokens = Vec::new();
        segment(&chars, &mut tokens);
        let texts: Vec<String> = tokens
            .iter()
            .map(|t| match t.kind {
                TokenKind::Named(name) => name.to_owned(),
                _ => chars[t.chars.clone()].iter().map(|n| n.c).collect(),
            })
            .collect();
        assert_eq!(texts, expected, "{chunk:?}");
    }

    #[test]
    fn chunks_fall_into_tokens() {
        check("don't!!!", &["don't", "!!!"]);
        check("Homan's", &["homan", "'s"]);
        check("they’re", &["they're"]);
        check("wing-nuts,", &["wing", "-", "nuts", ","]);
        check("f*ck", &["f*ck"]);
        check("f**king", &["f**king"]);
        check("f***", &["f***"]);
        check("a$$", &["a$$"]);
        check("a$$hole", &["a$$hole"]);
        check("$hit", &["$hit"]);
        check("$500", &["$", "500"]);
        check("sh1t", &["sh1t"]);
        check("b!tch", &["b!tch"]);
        check("what!!!no", &["what", "!!!", "no"]);
        check("#SecureBorders!", &["#secureborders", "!"]);
        check("l'homme", &["l'", "homme"]);
        check("qu'il", &["qu'", "il"]);
        check("o'clock", &["o'clock"]);
        check("4,000,000", &["<number>"]);
        check("2016.", &["2016", "."]);
        check("4th", &["4th"]);
        check("👍🏽👍", &["👍", "👍"]);
        check("你好!", &["你", "好", "!"]);
        check("(really?)", &["(", "really", "?", ")"]);
        check("ok:)", &["ok", ":", ")"]);
        check(":-)", &[":)"]);
        check("...", &["..."]);
        check("@someone_else,", &["<mention>"]);
        check("RT:@someone", &["rt", ":", "<mention>"]);
        check("**bold**", &["**", "bold", "**"]);
        check("a&nbsp;b", &["a", "b"]);
        check("", &[]);
    }
}
