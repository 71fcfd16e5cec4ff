//! Which document is kept apart when.

/// A fold for each document, below `n_folds` and below the number of documents.
///
/// Documents are ranked by class and score and dealt out in turn. That needs no seed, and every fold has its share
/// of each class, easy and hard.
pub(super) fn by_rank<C: Ord>(scores: &[f64], classes: &[C], n_folds: usize) -> Vec<usize> {
    let n_folds = n_folds.clamp(1, scores.len().max(1));
    let mut ranked: Vec<usize> = (0..scores.len()).collect();
    ranked.sort_by(|&i, &j| classes[i].cmp(&classes[j]).then(scores[i].total_cmp(&scores[j])));
    let mut folds = vec![0; scores.len()];
    ranked.into_iter().enumerate().for_each(|(rank, document)| folds[document] = rank % n_folds);
    folds
}
