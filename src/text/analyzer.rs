//! The analyser: settings checked once, then text in, terms out, nothing allocated per comment.

use super::chunk::{self, Apart, LettersApart, Next, Part};
use super::classes;
use super::ngrams::{CharactersHash, Term, TermKind, WordHash, words_hash};
use super::normalise::{NormalChar, normalise};
use super::readings;
use super::token::{Token, TokenKind, segment};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How texts become terms; part of every model file.
///
/// | name | default | meaning | range |
/// | :-- | :-- | :-- | :-- |
/// | `words` | `[1, 2]` | shortest and longest run of words; `[0, 0]` for none | up to 3 |
/// | `characters` | `[2, 5]` | shortest and longest run of characters within a chunk; `[0, 0]` for none | up to 6 |
/// | `punctuation` | true | punctuation, pictographs and emoticons are words | |
/// | `readings` | true | masked words are also counted as what they may mean ([`readings`]) | |
/// | `markers` | true | a word in capitals, or drawn out, also counts as `<shout>`, `<elongated>` | |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Analysis {
    /// Shortest and longest run of words.
    pub words: [u8; 2],
    /// Shortest and longest run of characters.
    pub characters: [u8; 2],
    /// Whether punctuation, pictographs and emoticons are words.
    pub punctuation: bool,
    /// Whether masked words are also counted as what they may mean.
    pub readings: bool,
    /// Whether shouting and drawn-out letters are terms.
    pub markers: bool,
}

impl Default for Analysis {
    fn default() -> Self {
        Self { words: [1, 2], characters: [2, 5], punctuation: true, readings: true, markers: true }
    }
}

/// Settings that no analyser can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnalysisError {
    /// A range of n-grams that is empty, upside down or too long.
    #[error(
        "`{name}` is {found:?}, expected two numbers from 1 to {most}, the smaller first, or [0, 0] for none"
    )]
    Range {
        /// The setting.
        name: &'static str,
        /// Its value.
        found: [u8; 2],
        /// The longest run there may be.
        most: u8,
    },
    /// Neither words nor characters.
    #[error("both `words` and `characters` are [0, 0], expected at least one of them")]
    Nothing,
}

/// The longest run of words that can be a term.
pub const MAX_WORDS: usize = 3;
/// The longest run of characters that can be a term.
pub const MAX_CHARACTERS: usize = 6;

/// Checked [`Analysis`]: turns texts into terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analyzer {
    analysis: Analysis,
}

/// Buffers of one thread, reused from comment to comment.
#[derive(Debug, Default)]
pub struct Scratch {
    chars: Vec<NormalChar>,
    tokens: Vec<Token>,
    /// The comment's words, one space between.
    words: String,
    /// The characters of the current chunk, between bounds.
    chunk: Vec<ChunkChar>,
    chunk_text: String,
    /// The last words, newest last.
    recent: [Option<WordAt>; MAX_WORDS],
    reading: String,
    apart: LettersApart,
}

#[derive(Debug, Clone, Copy)]
struct WordAt {
    hash: u64,
    /// Where it begins in `Scratch::words`.
    at: u32,
    start: u32,
}

#[derive(Debug, Clone, Copy)]
struct ChunkChar {
    c: char,
    /// Where it begins in `Scratch::chunk_text`.
    at: u32,
    start: u32,
    end: u32,
}

impl TryFrom<Analysis> for Analyzer {
    type Error = AnalysisError;

    fn try_from(analysis: Analysis) -> Result<Self, AnalysisError> {
        let check = |name, [min, max]: [u8; 2], most| {
            let none = [min, max] == [0, 0];
            let fits = 1 <= min && min <= max && max <= most;
            if none || fits { Ok(()) } else { Err(AnalysisError::Range { name, found: [min, max], most }) }
        };
        check("words", analysis.words, MAX_WORDS as u8)?;
        check("characters", analysis.characters, MAX_CHARACTERS as u8)?;
        if analysis.words == [0, 0] && analysis.characters == [0, 0] {
            return Err(AnalysisError::Nothing);
        }
        Ok(Self { analysis })
    }
}

impl Analyzer {
    /// The settings it was made from.
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Calls `emit` with every term of `text`, in reading order.
    ///
    /// Spans are byte offsets into `text`; a text of 4 GiB or more is read up to there.
    ///
    /// ```
    /// use moderato::text::{Analysis, Analyzer, Scratch};
    /// let analyzer = Analyzer::try_from(Analysis { words: [1, 1], characters: [0, 0], ..Analysis::default() })?;
    /// let mut terms = Vec::new();
    /// analyzer.analyze("No, NO!", &mut Scratch::default(), |term| terms.push(term.text().to_owned()));
    /// assert_eq!(terms, ["no", ",", "no", "!"]);
    /// # Ok::<(), moderato::text::AnalysisError>(())
    /// ```
    pub fn analyze(&self, text: &str, scratch: &mut Scratch, mut emit: impl FnMut(Term<'_>)) {
        scratch.begin();
        let mut line_starts = true;
        let mut at = 0;
        while let Some(Next { chunk, line_starts: line_started }) = chunk::next(text, at) {
            line_starts |= line_started;
            at = chunk.end;
            let (Ok(start), Ok(_)) = (u32::try_from(chunk.start), u32::try_from(chunk.end)) else { break };
            self.chunk(&text[chunk], start, line_starts, scratch, &mut emit);
            line_starts = false;
        }
        if self.analysis.readings {
            scratch.end_letters_apart(&mut emit);
        }
    }

    fn chunk(
        &self,
        chunk: &str,
        start: u32,
        line_starts: bool,
        scratch: &mut Scratch,
        emit: &mut impl FnMut(Term<'_>),
    ) {
        let tokens = scratch.read(chunk, start);
        if self.analysis.words != [0, 0] {
            for (i, token) in tokens.iter().enumerate() {
                let kind = scratch.kind_of(token, line_starts && i == 0);
                let span = scratch.chars[token.chars.start].start..scratch.chars[token.chars.end - 1].end;
                let at = self.counts_as_word(kind).then(|| scratch.write_word(kind, token.chars.clone()));
                if let Some(at) = at {
                    self.words(at, &span, scratch, emit);
                }
                let emit_beside = &mut |word: &str| emit_word(word, &span, emit);
                self.markers(kind, &scratch.chars[token.chars.clone()], emit_beside);
                if let Some(event) = self.apart(kind, &scratch.chars[token.chars.clone()]) {
                    scratch.follow(event, &span, emit);
                }
                self.readings(kind, token, at, scratch, &mut |word| emit_word(word, &span, emit));
            }
        }
        if self.analysis.characters != [0, 0] && !scratch.is_class(&tokens) {
            self.characters(scratch, emit);
        }
        scratch.tokens = tokens;
    }

    /// Calls `each` with what a chunk holds whatever stands beside it: what [`chunk`](Self::chunk) emits, without
    /// runs of words and without spans.
    pub(super) fn chunk_parts(
        &self,
        chunk: &str,
        line_starts: bool,
        scratch: &mut Scratch,
        each: &mut dyn FnMut(Part),
    ) {
        let tokens = scratch.read(chunk, 0);
        scratch.words.clear();
        if self.analysis.words != [0, 0] {
            for (i, token) in tokens.iter().enumerate() {
                let kind = scratch.kind_of(token, line_starts && i == 0);
                let at = self.counts_as_word(kind).then(|| scratch.write_word(kind, token.chars.clone()));
                if let Some(at) = at {
                    each(Part::Word(WordHash::of(&scratch.words[at as usize..])));
                }
                let beside = &mut |word: &str| each(Part::Beside(words_hash([WordHash::of(word)])));
                self.markers(kind, &scratch.chars[token.chars.clone()], beside);
                self.readings(kind, token, at, scratch, beside);
                if let Some(event) = self.apart(kind, &scratch.chars[token.chars.clone()]) {
                    each(Part::Apart(event));
                }
            }
        }
        if self.analysis.characters != [0, 0] && !scratch.is_class(&tokens) {
            self.characters(scratch, &mut |term| each(Part::Characters(term.hash)));
        }
        scratch.tokens = tokens;
    }

    /// Whether a token is counted itself; signs are only where they are asked for.
    fn counts_as_word(&self, kind: TokenKind) -> bool {
        let is_sign = matches!(kind, TokenKind::Punctuation | TokenKind::Emoji)
            || matches!(kind, TokenKind::Named(name) if !name.starts_with('<') || name.starts_with("<3"));
        !is_sign || self.analysis.punctuation
    }

    /// Emits the word that was written last and the runs of words that end in it.
    fn words(&self, at: u32, span: &Range<u32>, scratch: &mut Scratch, emit: &mut impl FnMut(Term<'_>)) {
        let [min, max] = self.analysis.words.map(usize::from);
        let end = scratch.words.len() as u32;
        let hash = WordHash::of(&scratch.words[at as usize..]);
        scratch.recent.rotate_left(1);
        scratch.recent[MAX_WORDS - 1] = Some(WordAt { hash, at, start: span.start });
        for n in min..=max {
            let words = &scratch.recent[MAX_WORDS - n..];
            let Some(first) = words[0] else { break };
            emit(Term {
                hash: words_hash(words.iter().flatten().map(|w| w.hash)),
                kind: TermKind::Words,
                span: first.start..span.end,
                normalised: &scratch.words,
                range: first.at..end,
            });
        }
    }

    /// Gives the markers of a word: shouted, drawn out.
    fn markers(&self, kind: TokenKind, letters: &[NormalChar], each: &mut impl FnMut(&str)) {
        if kind != TokenKind::Word || !self.analysis.markers {
            return;
        }
        if letters.len() >= 4 && letters.iter().all(|n| n.upper || !n.c.is_alphabetic()) {
            each(classes::SHOUT);
        }
        if is_elongated(letters) {
            each(classes::ELONGATED);
        }
    }

    /// What a token means for letters apart; none for what may stand between them.
    fn apart(&self, kind: TokenKind, chars: &[NormalChar]) -> Option<Apart> {
        let is_separator = kind == TokenKind::Punctuation
            && matches!(chars, [mark] if matches!(mark.c, '.' | '-' | '_' | '*' | '/' | ','));
        match (kind, chars) {
            _ if !self.analysis.readings || is_separator => None,
            (TokenKind::Word, [letter]) => Some(Apart::Letter(letter.c)),
            _ => Some(Apart::End),
        }
    }

    /// Gives what a word, written from byte `at` of the comment's words on, may mean.
    fn readings(
        &self,
        kind: TokenKind,
        token: &Token,
        at: Option<u32>,
        scratch: &mut Scratch,
        each: &mut impl FnMut(&str),
    ) {
        let letters = &scratch.chars[token.chars.clone()];
        let plain = letters.iter().all(|n| n.c.is_ascii_lowercase()) && !is_elongated(letters);
        let (TokenKind::Word, Some(at), true, false) = (kind, at, self.analysis.readings, plain) else {
            return;
        };
        let Scratch { words, reading, .. } = scratch;
        let word = &words[at as usize..];
        if readings::squeeze(word, 2, reading) {
            each(reading);
            if readings::squeeze(word, 1, reading) {
                each(reading);
            }
        }
        if readings::leet(word, reading) {
            each(reading);
        }
        if readings::masks(word, reading) {
            each(reading);
        }
    }

    fn characters(&self, scratch: &mut Scratch, emit: &mut impl FnMut(Term<'_>)) {
        let [min, max] = self.analysis.characters.map(usize::from);
        scratch.write_chunk();
        let Scratch { chunk, chunk_text, .. } = scratch;
        let n_chars = chunk.len() - 1; // the last entry only marks the end
        for first in 0..n_chars {
            let mut hash = CharactersHash::new();
            for n in 1..=max.min(n_chars - first) {
                let last = &chunk[first + n - 1];
                hash.push(last.c);
                if n >= min {
                    emit(Term {
                        hash: hash.term(),
                        kind: TermKind::Characters,
                        span: chunk[first].start..last.end,
                        normalised: chunk_text,
                        range: chunk[first].at..chunk[first + n].at,
                    });
                }
            }
        }
    }
}

/// Whether a letter stands three times and more in a row.
fn is_elongated(letters: &[NormalChar]) -> bool {
    letters.windows(3).any(|w| w[0].c == w[1].c && w[1].c == w[2].c && w[0].c.is_alphabetic())
}

fn emit_word(word: &str, span: &Range<u32>, emit: &mut impl FnMut(Term<'_>)) {
    emit(Term {
        hash: words_hash([WordHash::of(word)]),
        kind: TermKind::Words,
        span: span.clone(),
        normalised: word,
        range: 0..word.len() as u32,
    });
}

impl Scratch {
    fn begin(&mut self) {
        self.words.clear();
        self.recent = [None; MAX_WORDS];
        self.apart.clear();
    }

    /// The tokens of a chunk that begins at byte `start`; to be given back to `tokens`.
    fn read(&mut self, chunk: &str, start: u32) -> Vec<Token> {
        self.chars.clear();
        normalise(chunk, start, &mut self.chars);
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.clear();
        segment(&self.chars, &mut tokens);
        tokens
    }

    /// Whether the whole chunk is one thing, such as a link, whose characters are chance.
    fn is_class(&self, tokens: &[Token]) -> bool {
        matches!(tokens, [Token { kind: TokenKind::Named(name), chars }]
            if name.starts_with('<') && chars.len() == self.chars.len())
    }

    /// What a token is, the mark of a quoted line included.
    fn kind_of(&self, token: &Token, line_starts: bool) -> TokenKind {
        let is_mark = token.kind == TokenKind::Punctuation && token.chars.len() == 1;
        match line_starts && is_mark && self.chars[token.chars.start].c == '>' {
            true => TokenKind::Named(classes::QUOTE),
            false => token.kind,
        }
    }

    /// Appends the token to the comment's words, and says where.
    fn write_word(&mut self, kind: TokenKind, chars: Range<usize>) -> u32 {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        let at = self.words.len() as u32;
        match kind {
            TokenKind::Named(name) => self.words.push_str(name),
            // Two and more of a mark are one term, however many.
            TokenKind::Punctuation => {
                chars.take(2).for_each(|i| self.words.push(self.chars[i].c));
            }
            _ => {
                let letters = &self.chars[chars];
                letters
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| !repeats(letters, *i))
                    .for_each(|(_, n)| self.words.push(n.c));
            }
        }
        at
    }

    /// Writes the current chunk between bounds, letters drawn out cut to three.
    fn write_chunk(&mut self) {
        self.chunk.clear();
        self.chunk_text.clear();
        let mut push = |c, start, end| {
            self.chunk.push(ChunkChar { c, at: self.chunk_text.len() as u32, start, end });
            self.chunk_text.push(c);
        };
        let start = self.chars.first().map_or(0, |n| n.start);
        let end = self.chars.last().map_or(0, |n| n.end);
        push(' ', start, start);
        for (i, n) in self.chars.iter().enumerate() {
            if !repeats(&self.chars, i) && !n.c.is_whitespace() {
                push(n.c, n.start, n.end);
            }
        }
        push(' ', end, end);
        self.chunk.push(ChunkChar { c: '\0', at: self.chunk_text.len() as u32, start: end, end });
    }

    /// Collects letters apart, and emits them as a word where they end.
    fn follow(&mut self, event: Apart, span: &Range<u32>, emit: &mut impl FnMut(Term<'_>)) {
        match event {
            Apart::Letter(c) => self.apart.push(c, span),
            Apart::End => self.end_letters_apart(emit),
        }
    }

    fn end_letters_apart(&mut self, emit: &mut impl FnMut(Term<'_>)) {
        if self.apart.n >= LettersApart::FEWEST {
            emit_word(&self.apart.letters, &self.apart.span, emit);
        }
        self.apart.clear();
    }
}

/// Whether the character at `i` is the fourth or later of a run; three say "drawn out", more say no more.
fn repeats(chars: &[NormalChar], i: usize) -> bool {
    i >= 3 && chars[i - 3..i].iter().all(|n| n.c == chars[i].c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ngrams::term_hash;
    use proptest::prelude::*;

    fn terms(analysis: Analysis, text: &str) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        Analyzer::try_from(analysis).unwrap().analyze(text, &mut Scratch::default(), |term| {
            assert_eq!(term.hash, term_hash(term.kind, term.text()), "{:?}", term.text());
            found.push((term.text().to_owned(), term.span.start as usize..term.span.end as usize));
        });
        found
    }

    fn check(words: [u8; 2], text: &str, expected: &[&str]) {
        let found = terms(Analysis { words, characters: [0, 0], ..Analysis::default() }, text);
        assert_eq!(found.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn words_come_in_reading_order_with_the_runs_that_end_in_them() {
        check([1, 1], "No, NO!", &["no", ",", "no", "!"]);
        check([1, 2], "Not my mayor", &["not", "my", "not my", "mayor", "my mayor"]);
        check([2, 3], "a b c", &["a b", "b c", "a b c", "abc"]);
        check([1, 1], "", &[]);
        check([1, 1], " \n\t ", &[]);
    }

    #[test]
    fn what_a_word_may_mean_is_counted_beside_it() {
        check([1, 1], "sh1t", &["sh1t", "shit"]);
        check([1, 1], "soooooo", &["sooo", "<elongated>", "soo", "so"]);
        check([1, 1], "f.u.c.k off", &["f", ".", "u", ".", "c", ".", "k", "off", "fuck"]);
        check([1, 1], "you i d i o t", &["you", "i", "d", "i", "o", "t", "idiot"]);
        check([1, 1], "I am a", &["i", "am", "a"]);
        check([1, 1], "f**king", &["f**king", "f*king"]);
        check([1, 1], "LOCK them UP", &["lock", "<shout>", "them", "up"]);
        check([1, 1], "> quoted", &["<quote>", "quoted"]);
        check([1, 1], "3 > 2", &["3", ">", "2"]);
        check([1, 1], "see https://example.org/x now", &["see", "<link>", "now"]);
        check([1, 1], "!!!!! :-)", &["!!", ":)"]);
    }

    #[test]
    fn without_punctuation_only_words_are_left() {
        let analysis =
            Analysis { words: [1, 1], characters: [0, 0], punctuation: false, ..Analysis::default() };
        let found = terms(analysis, "No!!! :) 👍 https://example.org");
        assert_eq!(found.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(), ["no", "<link>"]);
    }

    #[test]
    fn characters_keep_within_their_chunk() {
        let analysis = Analysis { words: [0, 0], characters: [2, 3], ..Analysis::default() };
        let found = terms(analysis, "ab c");
        let expected = [
            (" a", 0..1),
            (" ab", 0..2),
            ("ab", 0..2),
            ("ab ", 0..2),
            ("b ", 1..2),
            (" c", 3..4),
            (" c ", 3..4),
            ("c ", 3..4),
        ];
        assert_eq!(found, expected.map(|(t, s)| (t.to_owned(), s)));
    }

    #[test]
    fn spans_point_into_the_original_text() {
        let text = "You ＦＯＯＬ, id\u{200b}iot &amp; sh1t";
        let words = |t: &str| {
            terms(Analysis { words: [1, 1], characters: [0, 0], ..Analysis::default() }, text)
                .into_iter()
                .find(|(w, _)| w == t)
                .map(|(_, s)| &text[s])
        };
        assert_eq!(words("fool"), Some("ＦＯＯＬ"));
        assert_eq!(words("idiot"), Some("id\u{200b}iot"));
        assert_eq!(words("&"), Some("&amp;"));
        assert_eq!(words("shit"), Some("sh1t"));
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        let refuse = |words, characters| {
            Analyzer::try_from(Analysis { words, characters, ..Analysis::default() }).unwrap_err().to_string()
        };
        assert_eq!(
            refuse([0, 0], [0, 0]),
            "both `words` and `characters` are [0, 0], expected at least one of them"
        );
        assert!(refuse([2, 1], [0, 0]).starts_with("`words` is [2, 1], expected two numbers from 1 to 3"));
        assert!(refuse([1, 1], [2, 7]).starts_with("`characters` is [2, 7]"));
    }

    proptest! {
        #[test]
        fn every_term_has_its_hash_and_a_span_within_the_text(text in "\\PC*|[a-cA-C1$*@.!' \n-]{0,40}") {
            let analysis = Analysis { words: [1, 3], characters: [1, 6], ..Analysis::default() };
            for (term, span) in terms(analysis, &text) {
                prop_assert!(!term.is_empty());
                prop_assert!(text.get(span.clone()).is_some(), "{term:?} {span:?}");
                prop_assert!(!term.contains('\n'));
            }
        }
    }
}
