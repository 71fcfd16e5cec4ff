//! Labels made wrong on purpose, to measure how well wrong labels are found.

use super::label_errors::LabelErrors;
use super::random::SplitMix64;
use crate::label::{Head, HeadKind, LabelId, Truth};
use std::collections::BTreeSet;

/// A label that was changed: of which comment and, of a yes-or-no-each head, of which label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flip {
    /// Which comment, from 0.
    pub comment: usize,
    /// The label that was flipped; `None` of a one-of head.
    pub label: Option<LabelId>,
}

/// Changes `share` of the known labels, drawn by lot from `seed`: of a one-of head to another label, each equally
/// likely; of a yes-or-no-each head from yes to no and from no to yes. Those changed, in ascending order.
///
/// A one-of head of one label has no other to change to, and keeps all.
pub fn flip_labels(head: &Head, truths: &mut [Truth], share: f64, seed: u64) -> Vec<Flip> {
    let n_labels = head.labels.len() as u32;
    if head.kind == HeadKind::OneOf && n_labels < 2 {
        return Vec::new();
    }
    let mut known: Vec<Flip> = Vec::new();
    for (comment, truth) in truths.iter().enumerate() {
        match truth {
            Truth::OneOf(_) => known.push(Flip { comment, label: None }),
            Truth::Each(holds) => {
                let of = holds.iter().enumerate().filter(|(_, holds)| holds.is_some());
                known.extend(of.map(|(label, _)| Flip { comment, label: Some(label.into()) }));
            }
        }
    }
    let mut random = SplitMix64::new(seed, 0);
    let wanted = (share.clamp(0.0, 1.0) * known.len() as f64).round() as usize;
    for drawn in 0..wanted {
        let rest = u32::try_from(known.len() - drawn).expect("evaluations are limited to u32 comments");
        known.swap(drawn, drawn + random.below(rest) as usize);
    }
    known.truncate(wanted);
    known.sort_unstable();
    for flip in &known {
        match (&mut truths[flip.comment], flip.label) {
            (Truth::OneOf(label), _) => {
                let other = random.below(n_labels - 1) as usize;
                *label = LabelId::from(other + usize::from(label.index() <= other));
            }
            (Truth::Each(holds), Some(label)) => {
                if let Some(holds) = &mut holds[label.index()] {
                    *holds = !*holds;
                }
            }
            (Truth::Each(_), None) => {}
        }
    }
    known
}

/// The suspects of all questions of a head in one list, the most suspicious first.
pub fn ranked_suspects(errors: &[LabelErrors]) -> Vec<(Option<LabelId>, super::Suspect)> {
    let mut ranked: Vec<_> =
        errors.iter().flat_map(|of| of.suspects.iter().map(|suspect| (of.label, *suspect))).collect();
    ranked.sort_by(|a, b| a.1.margin.total_cmp(&b.1.margin));
    ranked
}

/// How many of the first `k` of a ranked list were flipped; of fewer than `k`, all of them are looked at.
pub fn flipped_among(ranked: &[Flip], flips: &[Flip], k: usize) -> usize {
    let flips: BTreeSet<&Flip> = flips.iter().collect();
    ranked.iter().take(k).filter(|suspect| flips.contains(suspect)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::LabelSet;

    fn head(kind: HeadKind, labels: &[&str]) -> Head {
        Head {
            name: "tone".into(),
            kind,
            labels: LabelSet::new(labels.iter().copied()).unwrap(),
            target: None,
        }
    }

    #[test]
    fn as_many_labels_change_as_were_asked_for_and_no_others() {
        let head = head(HeadKind::OneOf, &["a", "b", "c"]);
        let before: Vec<Truth> = (0..90).map(|i| Truth::OneOf(LabelId(i % 3))).collect();
        let mut after = before.clone();
        let flips = flip_labels(&head, &mut after, 0.2, 7);
        assert_eq!(flips.len(), 18);
        let changed: Vec<usize> = (0..90).filter(|&i| before[i] != after[i]).collect();
        assert_eq!(changed, flips.iter().map(|flip| flip.comment).collect::<Vec<_>>());
        let mut again = before.clone();
        assert_eq!(flip_labels(&head, &mut again, 0.2, 7), flips);
        assert_eq!(again, after);
        let mut other = before;
        assert_ne!(flip_labels(&head, &mut other, 0.2, 8), flips);
    }

    #[test]
    fn unknown_answers_stay_unknown() {
        let head = head(HeadKind::Each, &["a", "b"]);
        let mut truths = vec![Truth::Each(vec![Some(true), None]); 10];
        let flips = flip_labels(&head, &mut truths, 1.0, 0);
        assert_eq!(flips.len(), 10);
        assert!(truths.iter().all(|truth| *truth == Truth::Each(vec![Some(false), None])));
    }

    #[test]
    fn found_flips_are_counted_among_the_first() {
        let flip = |comment| Flip { comment, label: None };
        let ranked = [4, 1, 9].map(flip);
        assert_eq!(flipped_among(&ranked, &[flip(1), flip(4), flip(7)], 1), 1);
        assert_eq!(flipped_among(&ranked, &[flip(1), flip(4), flip(7)], 10), 2);
    }
}
