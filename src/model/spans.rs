//! Which words carried a label: weights of bytes in, stretches of the text out.
//!
//! A word weighs what its bytes weigh together. Words count that weigh at least some share of the heaviest: how
//! much a word must weigh to stand out depends on the length of the comment and on what else is in it, which a
//! fixed weight would not follow.

use std::ops::Range;

/// A word of a text and what its bytes weigh.
#[derive(Debug, Clone, PartialEq)]
pub struct WordWeight {
    /// Where it stands: byte offsets.
    pub span: Range<usize>,
    /// The sum of its bytes' weights.
    pub weight: f64,
}

/// The words of `text` and what they weigh, given the weight of each byte (see
/// [`byte_weights`](super::byte_weights)).
///
/// A word begins with a letter, digit or underscore and goes on through apostrophes, hyphens and the signs that
/// mask letters.
///
/// # Panics
/// If there are not as many weights as bytes.
pub fn word_weights(text: &str, weights: &[f64]) -> Vec<WordWeight> {
    assert_eq!(text.len(), weights.len(), "each byte has a weight");
    let mut words = Vec::new();
    let mut begun = None;
    let mut end = |begun: &mut Option<usize>, at: usize| {
        if let Some(start) = begun.take() {
            words.push(WordWeight { span: start..at, weight: weights[start..at].iter().sum() });
        }
    };
    for (at, c) in text.char_indices() {
        let begins = c.is_alphanumeric() || c == '_';
        if begins && begun.is_none() {
            begun = Some(at);
        } else if !begins && !"'’*@$-".contains(c) {
            end(&mut begun, at);
        }
    }
    end(&mut begun, text.len());
    words
}

/// The stretches of the words that weigh at least `share` of the heaviest, with the one byte between two such
/// words; none if no word weighs for the label.
pub fn carrying(words: &[WordWeight], share: f64) -> Vec<Range<usize>> {
    let heaviest = words.iter().map(|word| word.weight).fold(0.0, f64::max);
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut follows = false;
    for word in words {
        let carries = 0.0 < word.weight && share * heaviest <= word.weight;
        if carries {
            match spans.last_mut().filter(|last| follows && word.span.start <= last.end + 1) {
                Some(last) => last.end = word.span.end,
                None => spans.push(word.span.clone()),
            }
        }
        follows = carries;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words<'t>(text: &'t str, weigh: &[(&str, f64)]) -> (Vec<&'t str>, Vec<WordWeight>) {
        let mut weights = vec![0.0; text.len()];
        for (word, weight) in weigh {
            let at = text.find(word).unwrap();
            weights[at..at + word.len()].fill(weight / word.len() as f64);
        }
        let words = word_weights(text, &weights);
        (words.iter().map(|w| &text[w.span.clone()]).collect(), words)
    }

    #[test]
    fn words_hold_together_what_masks_and_joins() {
        let (names, _) = words("You f*ck-up, don't! «Ärger» (a$$)", &[]);
        assert_eq!(names, ["You", "f*ck-up", "don't", "Ärger", "a$$"]);
    }

    #[test]
    fn words_near_the_heaviest_carry_the_label() {
        let text = "what a stupid, lying idiot you are";
        let (_, words) = words(text, &[("stupid", 2.0), ("lying", 1.1), ("idiot", 1.5), ("you", -3.0)]);
        let carried = |share| carrying(&words, share).iter().map(|s| &text[s.clone()]).collect::<Vec<_>>();
        assert_eq!(carried(0.5), ["stupid", "lying idiot"]);
        assert_eq!(carried(0.6), ["stupid", "idiot"]);
        assert_eq!(carried(1.0), ["stupid"]);
        assert_eq!(carrying(&words[5..], 0.0).len(), 0, "what weighs against the label never carries it");
    }

    proptest! {
        #[test]
        fn spans_are_in_order_apart_and_within_the_text(
            text in "\\PC{0,40}",
            seed in proptest::collection::vec(-1.0f64..1.0, 160),
            share in 0.0f64..=1.0,
        ) {
            let words = word_weights(&text, &seed[..text.len()]);
            let mut before = 0;
            for span in carrying(&words, share) {
                prop_assert!(before <= span.start && span.start < span.end);
                prop_assert!(text.get(span.clone()).is_some());
                before = span.end;
            }
        }
    }
}
