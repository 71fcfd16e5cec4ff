//! Which lesson is kept apart when, and what is left to learn from.

use super::Lesson;
use crate::text::ngrams::finish;

/// A fold for each lesson: those of like truth are dealt out in turn, in an order that the seed decides, so each fold
/// has its share of either answer. Lessons of the same text go together, for a text must not be seen before it is
/// asked.
pub(super) fn of(lessons: &[Lesson<'_>], n_folds: u16, seed: u64) -> Vec<u16> {
    let hash = |lesson: &Lesson<'_>| {
        let crc = crc32fast::hash(lesson.text.as_bytes());
        finish(u64::from(crc) ^ seed.rotate_left(32))
    };
    let mut order: Vec<(bool, u64, &str, usize)> =
        lessons.iter().enumerate().map(|(i, l)| (l.truth >= 0.5, hash(l), l.text, i)).collect();
    order.sort_unstable();
    let mut seen: std::collections::BTreeMap<&str, u16> = std::collections::BTreeMap::new();
    let mut folds = vec![0; lessons.len()];
    let mut next = 0;
    for (_, _, text, i) in order {
        folds[i] = *seen.entry(text).or_insert_with(|| {
            next = (next + 1) % n_folds;
            next
        });
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_share_the_answers_and_keep_a_text_together() {
        let texts: Vec<String> = (0..100).map(|i| format!("comment {}", i / 2)).collect();
        let lesson = |(i, text): (usize, &String)| (if i % 10 < 2 { 1.0 } else { 0.0 }, text.clone());
        let all: Vec<(f64, String)> = texts.iter().enumerate().map(lesson).collect();
        let lessons: Vec<Lesson<'_>> =
            all.iter().map(|(truth, text)| Lesson { text, truth: *truth, weight: 1.0 }).collect();
        let folds = of(&lessons, 5, 1);
        for k in 0..5 {
            let of_fold =
                |yes: bool| (0..100).filter(|&i| folds[i] == k && (lessons[i].truth >= 0.5) == yes).count();
            assert_eq!((of_fold(true), of_fold(false)), (4, 16), "fold {k}");
        }
        assert!((0..50).all(|i| folds[2 * i] == folds[2 * i + 1]));
        assert_ne!(of(&lessons, 5, 2), folds);
    }
}
