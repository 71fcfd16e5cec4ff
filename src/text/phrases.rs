//! Phrases of a list, found in texts word for word, whatever their case.
//!
//! For questions about texts (who is named in them?), not for terms: nothing here is counted or learned.

use std::collections::BTreeMap;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Phrases to be found.
///
/// ```
/// use moderato::text::Phrases;
///
/// let phrases = Phrases::new(["old men", "old"]);
/// let found = phrases.find("Old-men's talk of old times");
/// assert_eq!(found.iter().map(|f| f.phrase).collect::<Vec<_>>(), [0, 1]);
/// assert_eq!(found[0].span, 0..7);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    /// By their first word: the rest of the words, and which phrase; longer ones first.
    by_first: BTreeMap<String, Vec<(Vec<String>, usize)>>,
}

/// A phrase where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPhrase {
    /// Its position in the list.
    pub phrase: usize,
    /// Byte offsets into the text.
    pub span: Range<usize>,
}

/// The words of a text, for several lists of phrases.
#[derive(Debug, Clone)]
pub struct TextWords<'t> {
    text: &'t str,
    words: Vec<(String, Range<usize>)>,
}

impl<'t> TextWords<'t> {
    /// Taken apart.
    pub fn of(text: &'t str) -> Self {
        Self { text, words: words(text).collect() }
    }
}

impl Phrases {
    /// Of one or more words each; what holds no word is never found. Of equal phrases the first is found.
    pub fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = S>) -> Self {
        let mut by_first: BTreeMap<String, Vec<(Vec<String>, usize)>> = BTreeMap::new();
        for (phrase, text) in phrases.into_iter().enumerate() {
            let mut words = words(text.as_ref()).map(|(word, _)| word);
            if let Some(first) = words.next() {
                by_first.entry(first).or_default().push((words.collect(), phrase));
            }
        }
        by_first.values_mut().for_each(|rests| rests.sort_by_key(|(rest, _)| usize::MAX - rest.len()));
        Self { by_first }
    }

    /// The phrases of `text` from its beginning on: of those that begin at one word the longest, none within
    /// another. Words of a phrase may be set apart by blanks or hyphens, and end in a possessive `'s`, which is
    /// not part of the span.
    pub fn find(&self, text: &str) -> Vec<FoundPhrase> {
        self.find_in(&TextWords::of(text))
    }

    /// The same, in a text whose words are known already.
    pub fn find_in(&self, text: &TextWords<'_>) -> Vec<FoundPhrase> {
        let TextWords { text, words } = text;
        let mut found = Vec::new();
        let mut next = 0;
        while next < words.len() {
            let rests = self.by_first.get(&words[next].0).map(Vec::as_slice).unwrap_or_default();
            let here = rests.iter().find(|(rest, _)| follows(text, &words[next..], rest));
            let Some((rest, phrase)) = here else {
                next += 1;
                continue;
            };
            let last = next + rest.len();
            found.push(FoundPhrase { phrase: *phrase, span: words[next].1.start..words[last].1.end });
            next = last + 1;
        }
        found
    }
}

/// Whether `rest` follows the first of `words`, with nothing but blanks and hyphens between.
fn follows(text: &str, words: &[(String, Range<usize>)], rest: &[String]) -> bool {
    let between = |pair: &[(String, Range<usize>)]| {
        text[pair[0].1.end..pair[1].1.start].chars().all(|c| c.is_whitespace() || c == '-')
    };
    words.len() > rest.len()
        && words[1..].iter().zip(rest).all(|((word, _), wanted)| word == wanted)
        && words[..=rest.len()].windows(2).all(between)
}

/// Words in small letters, without a possessive ending, and where they stand.
fn words(text: &str) -> impl Iterator<Item = (String, Range<usize>)> + '_ {
    text.unicode_word_indices().map(|(start, word)| {
        let bare = ["'s", "’s", "'S", "’S"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        (bare.to_lowercase(), start..start + bare.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[&str]) {
        let phrases = Phrases::new(["women", "old women", "black", "black women", "black women", ""]);
        let found: Vec<&str> = phrases.find(text).into_iter().map(|found| &text[found.span]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn whole_words_are_found_and_the_longest_phrase_wins() {
        check("Women and old  women", &["Women", "old  women"]);
        check("the womenfolk", &[]);
        check("Black-women’s choir, black. women", &["Black-women", "black", "women"]);
        check("WOMEN'S", &["WOMEN"]);
        check("old. women", &["women"]);
        check("", &[]);
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text_in_order(text in "\\PC{0,80}", phrases in prop::collection::vec("\\PC{0,8}", 0..6)) {
            let found = Phrases::new(&phrases).find(&text);
            prop_assert!(found.iter().all(|f| f.phrase < phrases.len() && text.get(f.span.clone()).is_some()));
            prop_assert!(found.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        }
    }
}
