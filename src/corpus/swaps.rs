//! Words that may stand for each other: lists of them in, texts with one in place of another out.
//!
//! For asking what a model makes of a comment that names another group, and for teaching it to make the same of it:
//! [`Swaps::like_terms`] and [`Swaps::copies`]. Words are found whole, whatever their case, and replaced in the case in
//! which they stand; nothing else of the text is changed, so `an old man` may become `an young man`.

use super::labeller::LabelledComment;
use crate::text::{Phrases, TextWords};
use rayon::prelude::*;

/// Terms for groups that a comment must not be judged by.
const LIKE_TERMS: &str = include_str!("like_terms.txt");

/// Words that may stand for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapSet {
    /// What the columns are called.
    pub names: Vec<String>,
    /// Words for the same thing, one a column.
    pub rows: Vec<Vec<String>>,
}

/// Sets of words, as a list has them: `[a | b]` names a set whose rows follow, `a | b` outside of one is a set of its
/// own, `#` begins a line of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swaps(pub Vec<SwapSet>);

/// A list that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: found {found}, expected {expected}")]
pub struct SwapsError {
    place: String,
    found: String,
    expected: String,
}

impl Swaps {
    /// How often a comment is copied at most: with all of four words, and with some of more.
    pub const MOST_COPIES: usize = 3;

    /// The sets of a list that the user calls `file`.
    ///
    /// ```
    /// use moderato::corpus::Swaps;
    ///
    /// let Swaps(sets) = Swaps::parse("[cats | dogs]\ncat | dog\npurrs | barks\n\nFinn | Dane", "pets.txt")?;
    /// assert_eq!(sets[0].rows.len(), 2);
    /// assert_eq!(sets[1].names, ["Finn", "Dane"]);
    /// # Ok::<(), moderato::corpus::SwapsError>(())
    /// ```
    ///
    /// # Errors
    /// If a row is no row, or there is none.
    pub fn parse(text: &str, file: &str) -> Result<Self, SwapsError> {
        let mut sets: Vec<SwapSet> = Vec::new();
        let mut open = false;
        for (line_number, line) in (1..).zip(text.lines().map(str::trim)) {
            let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            if line.starts_with('#') {
                continue;
            }
            if line.is_empty() {
                open = false;
                continue;
            }
            let heading = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let row = cells(heading.unwrap_or(line));
            let width =
                sets.last().filter(|_| open && heading.is_none()).map_or(row.len(), |set| set.names.len());
            if row.len() < 2 || row.len() != width || row.iter().any(String::is_empty) {
                let expected = if width < 2 {
                    "`word | other word`".to_owned()
                } else {
                    format!("{width} words between `|`")
                };
                let place = format!("{file}:{line_number}");
                return Err(SwapsError { place, found: format!("`{line}`"), expected });
            }
            match (heading, sets.last_mut().filter(|_| open)) {
                (Some(_), _) => {
                    sets.push(SwapSet { names: row, rows: Vec::new() });
                    open = true;
                }
                (None, Some(set)) => set.rows.push(row),
                (None, None) => sets.push(SwapSet { names: row.clone(), rows: vec![row] }),
            }
        }
        match sets.is_empty() {
            true => Err(SwapsError {
                place: file.to_owned(),
                found: "no swap".into(),
                expected: "lines of `word | other word`".into(),
            }),
            false => Ok(Self(sets)),
        }
    }

    /// Terms for sexes, orientations, beliefs, origins, colours, ages and abilities.
    pub fn like_terms() -> Self {
        // A test reads them.
        Self::parse(LIKE_TERMS, "built in").unwrap_or(Self(Vec::new()))
    }

    /// The comments that hold a word of a set, with the texts they become when other words of the set stand there: at
    /// most [`MOST_COPIES`](Self::MOST_COPIES) each, no two alike.
    ///
    /// Of a set, all words of a comment move on by the same number of columns. Small sets are gone through; of large
    /// ones it follows from the text how far, so over many comments every word has its turn, and no seed is needed.
    pub fn copies(&self, comments: &[LabelledComment]) -> Vec<(usize, Vec<String>)> {
        let words = || self.0.iter().flat_map(|set| set.rows.iter().flatten());
        let phrases = Phrases::new(words());
        let place = |(s, set): (usize, &SwapSet)| {
            let rows = 0..set.rows.len();
            let columns = set.names.len();
            rows.flat_map(move |row| (0..columns).map(move |column| Cell { set: s, row, column }))
                .collect::<Vec<_>>()
        };
        let cells: Vec<Cell> = self.0.iter().enumerate().flat_map(place).collect();
        let copy = |(i, comment): (usize, &LabelledComment)| {
            let text = &comment.text;
            let found = phrases.find_in(&TextWords::of(text));
            let lot = crc32fast::hash(text.as_bytes()) as usize;
            let other = |phrase: usize, nth: usize| {
                let Cell { set, row, column } = cells[phrase];
                let set = &self.0[set];
                let n = set.names.len();
                let on = if n <= Self::MOST_COPIES + 1 { nth } else { 1 + (lot + nth * (n / 3)) % (n - 1) };
                set.rows[row][(column + on) % n].as_str()
            };
            let mut copies: Vec<String> = Vec::new();
            for nth in 1..=Self::MOST_COPIES {
                let replacements = found.iter().map(|found| (found.span.clone(), other(found.phrase, nth)));
                let copy = replaced(text, replacements);
                if copy != *text && !copies.contains(&copy) {
                    copies.push(copy);
                }
            }
            (!copies.is_empty()).then_some((i, copies))
        };
        comments.par_iter().enumerate().filter_map(copy).collect()
    }
}

/// Where a word stands in a list.
#[derive(Debug, Clone, Copy)]
struct Cell {
    set: usize,
    row: usize,
    column: usize,
}

/// `text` with other words at some places, which are in order and apart; each in the case of what stood there.
pub fn replaced<'w>(
    text: &str,
    replacements: impl IntoIterator<Item = (std::ops::Range<usize>, &'w str)>,
) -> String {
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for (span, word) in replacements {
        result.push_str(&text[end..span.start]);
        result.push_str(&in_case_of(&text[span.clone()], word));
        end = span.end;
    }
    result.push_str(&text[end..]);
    result
}

/// `word` in capitals where `model` is, or with its first letter as a capital; else as the list has it.
fn in_case_of(model: &str, word: &str) -> String {
    let shouted =
        model.chars().filter(|c| c.is_alphabetic()).count() > 1 && !model.chars().any(char::is_lowercase);
    if shouted {
        return word.to_uppercase();
    }
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if model.starts_with(char::is_uppercase) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(text: &str) -> LabelledComment {
        LabelledComment { text: text.into(), ..LabelledComment::default() }
    }

    #[test]
    fn comments_are_copied_with_like_words_in_their_case() {
        let swaps = Swaps::parse("cat | dog\n\n[red | blue]\nred | blue\ncrimson | azure", "list").unwrap();
        let comments = ["Nothing here", "CATS? A Cat, a red and a CRIMSON dog.", "concatenated"].map(comment);
        let copies = swaps.copies(&comments);
        assert_eq!(copies, [(1, vec!["CATS? A Dog, a blue and a AZURE cat.".to_owned()])]);
    }

    #[test]
    fn small_sets_are_gone_through_and_of_large_ones_every_word_has_its_turn() {
        let comments: Vec<_> = (0..60).map(|n| comment(&format!("a cat {n}"))).collect();
        let check = |list: &str, n: usize, least: usize| {
            let copies = Swaps::parse(list, "list").unwrap().copies(&comments);
            assert!(copies.len() == 60 && copies.iter().all(|(_, texts)| texts.len() == n), "{list}");
            let texts = || copies.iter().flat_map(|(_, texts)| texts);
            for word in list.split(" | ").skip(1) {
                assert!(texts().filter(|text| text.contains(word)).count() >= least, "{list}: {word}");
            }
        };
        check("cat | dog", 1, 60);
        check("cat | dog | cow", 2, 60);
        check("cat | dog | cow | hen | pig | owl | fox | rat", 3, 10);
    }

    #[test]
    fn lists_that_do_not_fit_are_told_with_their_line() {
        for (list, expected) in [
            ("cat", "list:1: found `cat`, expected `word | other word`"),
            ("[a | b]\nc | d | e", "list:2: found `c | d | e`, expected 2 words between `|`"),
            ("# nothing\n", "list: found no swap, expected lines of `word | other word`"),
            ("a | ", "list:1: found `a |`, expected 2 words between `|`"),
        ] {
            assert_eq!(Swaps::parse(list, "list").unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn the_built_in_terms_are_read_and_each_stands_once() {
        let Swaps(sets) = Swaps::like_terms();
        assert!(sets.len() > 4);
        let mut words: Vec<String> =
            sets.iter().flat_map(|s| s.rows.iter().flatten()).map(|w| w.to_lowercase()).collect();
        let n = words.len();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), n);
    }
}
