//! Why: the terms of a comment, what each added to the log-odds, and where it stands.

use super::{Model, ModelHead};
use crate::text::{Scratch, TermKind};
use std::collections::HashMap;
use std::ops::Range;

/// What made one column's log-odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What the column says of a comment without known terms.
    pub bias: f64,
    /// `bias` plus all contributions, before calibration.
    pub log_odds: f64,
    /// Every known term of the comment, the strongest first, whatever its sign.
    pub terms: Vec<TermEvidence>,
}

/// What one term added.
#[derive(Debug, Clone, PartialEq)]
pub struct TermEvidence {
    /// The normalised text; a space at either end of characters is the bound of a chunk.
    pub text: String,
    /// Words or characters.
    pub kind: TermKind,
    /// Natural logarithm of the factor by which it moved the odds.
    pub contribution: f64,
    /// Where it stands: byte offsets into the original text.
    pub spans: Vec<Range<usize>>,
}

impl Model {
    /// The evidence for each column of `head` in `text`: of two one-of labels one column, for the second label;
    /// else one column a label.
    ///
    /// The contributions and the bias of a column add up to its log-odds.
    pub fn evidence(&self, head: &ModelHead, text: &str) -> Vec<Evidence> {
        let mut bag = self.bag();
        let mut spans: HashMap<u32, Vec<Range<usize>>> = HashMap::new();
        self.analyzer().analyze(text, &mut Scratch::default(), |term| {
            if let Some(id) = self.vocabulary().id(term.hash) {
                bag.add(term.kind, &[id]);
                spans.entry(id).or_default().push(term.span.start as usize..term.span.end as usize);
            }
        });
        bag.complete();
        let group = &self.groups()[head.group];
        let mut columns: Vec<Evidence> =
            head.bias.iter().map(|&bias| Evidence { bias, log_odds: bias, terms: Vec::new() }).collect();
        group.values(&bag, |id, value| {
            for (at, column) in columns.iter_mut().enumerate() {
                let contribution = value * group.weight(id, head.first_column + at);
                column.log_odds += contribution;
                column.terms.push(TermEvidence {
                    text: self.vocabulary().text(id).to_owned(),
                    kind: self.vocabulary().kind(id),
                    contribution,
                    spans: spans[&id].clone(),
                });
            }
        });
        for column in &mut columns {
            column.terms.sort_by(|a, b| {
                b.contribution
                    .abs()
                    .total_cmp(&a.contribution.abs())
                    .then_with(|| (a.kind, &a.text).cmp(&(b.kind, &b.text)))
            });
        }
        columns
    }
}

/// How much each byte of a text of `len` bytes weighs: every contribution, spread evenly over its spans' bytes.
///
/// Overlapping terms add up, so the bytes' sum is the sum of the contributions.
pub fn byte_weights(terms: &[TermEvidence], len: usize) -> Vec<f64> {
    let mut weights = vec![0.0; len];
    for term in terms {
        let n_bytes: usize = term.spans.iter().map(ExactSizeIterator::len).sum();
        if n_bytes > 0 {
            let each = term.contribution / n_bytes as f64;
            term.spans.iter().cloned().flatten().for_each(|at| weights[at] += each);
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_share_what_their_terms_weigh() {
        let term = |contribution, spans: &[Range<usize>]| TermEvidence {
            text: String::new(),
            kind: TermKind::Words,
            contribution,
            spans: spans.to_vec(),
        };
        let weights = byte_weights(
            &[term(1.0, &[0..2, 3..5]), term(-0.5, std::slice::from_ref(&(1..2))), term(9.0, &[])],
            5,
        );
        assert_eq!(weights, [0.25, -0.25, 0.0, 0.25, 0.25]);
    }
}
