//! What a masked word may have meant: second readings, counted beside the word as written.
//!
//! A reading never replaces the word. Both are terms, the labels decide which of them weighs, and a reading that
//! is nonsense (`h1b` as `hib`) is a term that nobody else uses, so it is pruned or weighs nothing.
//!
//! | rule | as written | read as |
//! | :-- | :-- | :-- |
//! | leetspeak | `sh1t`, `a$$`, `1d10t` | `shit`, `ass`, `idiot` |
//! | elongation | `stooopid`, `fuuuck` | `stoopid`, `fuck` |
//! | masks | `f**k`, `f#ck`, `f-ck` | `f*ck` |
//! | hyphens | `wing-nuts` | `wingnuts` |
//! | letters apart | `f.u.c.k`, `i d i o t` | `fuck`, `idiot` |

/// Writes the reading of leetspeak and symbols for letters; false if the word has none, or would have no letter.
pub fn leet(word: &str, out: &mut String) -> bool {
    out.clear();
    let mut changed = false;
    let mut letters = 0;
    for c in word.chars() {
        let letter = match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            c => {
                letters += usize::from(c.is_alphabetic());
                out.push(c);
                continue;
            }
        };
        changed = true;
        out.push(letter);
    }
    changed && letters > 0 && !is_ordinal(word)
}

/// `4th`, `1st`, `20s`, `10k`: digits, then at most two letters.
fn is_ordinal(word: &str) -> bool {
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    letters.len() < word.len() && letters.len() <= 2 && letters.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Writes the word with runs of three and more of a letter cut to `keep`; false if there is no such run.
pub fn squeeze(word: &str, keep: usize, out: &mut String) -> bool {
    out.clear();
    let mut chars = word.chars().peekable();
    let mut changed = false;
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        let cut = run >= 3 && c.is_alphabetic();
        changed |= cut;
        (0..if cut { keep } else { run }).for_each(|_| out.push(c));
    }
    changed
}

/// Writes the word with each run of masks as one `*`; false if there is none, or that is how it is written.
pub fn masks(word: &str, out: &mut String) -> bool {
    out.clear();
    for c in word.chars() {
        if matches!(c, '*' | '#' | '@' | '$' | '!') {
            if !out.ends_with('*') {
                out.push('*');
            }
        } else {
            out.push(c);
        }
    }
    out.contains('*') && out.len() > 1 && out != word && !word.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: impl Fn(&str, &mut String) -> bool, word: &str, expected: Option<&str>) {
        let mut out = String::new();
        let read = rule(word, &mut out);
        assert_eq!(read.then_some(out.as_str()), expected, "{word}");
    }

    #[test]
    fn leetspeak_is_read_as_letters() {
        check(leet, "sh1t", Some("shit"));
        check(leet, "a$$hole", Some("asshole"));
        check(leet, "1d10t", Some("idiot"));
        check(leet, "4th", None);
        check(leet, "20s", None);
        check(leet, "2016", None);
        check(leet, "plain", None);
    }

    #[test]
    fn drawn_out_letters_are_cut() {
        check(|w, o| squeeze(w, 2, o), "stooopid", Some("stoopid"));
        check(|w, o| squeeze(w, 1, o), "fuuuck", Some("fuck"));
        check(|w, o| squeeze(w, 2, o), "good", None);
        check(|w, o| squeeze(w, 2, o), "1000", None);
    }

    #[test]
    fn masks_become_one_star() {
        check(masks, "f**k", Some("f*k"));
        check(masks, "f*ck", None);
        check(masks, "f#ck", Some("f*ck"));
        check(masks, "#maga", None);
        check(masks, "word", None);
    }
}
