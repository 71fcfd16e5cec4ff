//! Dividing labelled comments: folds for cross-validation, shares for training and test.
//!
//! Rows of one group, and rows with the same text (case and white space aside), always fall together, so that
//! nothing a model is tested on was learned. Which fold a row falls into depends on the texts and the seed, and
//! not on the order of the files.

use super::labeller::LabelledComment;
use std::collections::HashMap;

/// How comments are divided for cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// Each fold with the same share of every source and combination of labels, as far as groups allow.
    Stratified {
        /// How many folds.
        k: u16,
        /// Which of the many such divisions.
        seed: u64,
    },
    /// By the CRC-32 of the text's UTF-8 bytes modulo `k`: folds that any other program can make too.
    ByHash {
        /// How many folds.
        k: u16,
    },
}

impl Folds {
    /// The fold of each comment, from 0; same length and order as `comments`.
    ///
    /// # Panics
    /// If there are no folds.
    pub fn assign(&self, comments: &[LabelledComment]) -> Vec<u16> {
        match *self {
            Self::Stratified { k, seed } => divide(comments, &vec![1.0; usize::from(k)], seed),
            Self::ByHash { k } => {
                let fold = |text: &str| crc32fast::hash(text.as_bytes()) % u32::from(k);
                comments.iter().map(|c| u16::try_from(fold(&c.text)).unwrap_or_default()).collect()
            }
        }
    }

    /// Positions of the comments outside `fold` and of those in it, in order: what trains and what tests.
    pub fn positions(folds: &[u16], fold: u16) -> (Vec<usize>, Vec<usize>) {
        (0..folds.len()).partition(|&i| folds[i] != fold)
    }
}

/// How comments are divided into parts of unlike sizes: 0.8 to train, 0.2 to test.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// The size of each part in proportion to the others.
    pub shares: Vec<f64>,
    /// Which of the many such divisions.
    pub seed: u64,
}

impl Shares {
    /// Training and test, with `test` (between 0 and 1) for the test.
    pub fn train_test(test: f64, seed: u64) -> Self {
        Self { shares: vec![1.0 - test, test], seed }
    }

    /// The part of each comment, from 0; each part has its share of every source and combination of labels.
    ///
    /// # Panics
    /// If there are no parts.
    pub fn assign(&self, comments: &[LabelledComment]) -> Vec<u16> {
        divide(comments, &self.shares, self.seed)
    }
}

/// Rows that must stay together.
struct Cluster {
    order: u64,
    rows: Vec<usize>,
}

/// Gives each row a part.
///
/// Clusters come in order of size, the largest first, and among equals by lot; each goes to the part where its
/// strata are scarcest for the part's share (as scikit-learn's StratifiedGroupKFold does, which minimises the
/// variance of label shares between folds).
fn divide(comments: &[LabelledComment], shares: &[f64], seed: u64) -> Vec<u16> {
    assert!(!shares.is_empty(), "comments are divided into at least one part");
    let strata = strata(comments);
    let n_strata = strata.iter().max().map_or(0, |last| last + 1);
    let mut held = vec![vec![0_u64; n_strata]; shares.len()];
    let mut sizes = vec![0_u64; shares.len()];
    let mut totals = vec![0_u64; n_strata];
    for &stratum in &strata {
        totals[stratum] += 1;
    }
    let mut parts = vec![0; comments.len()];
    for cluster in clusters(comments, seed) {
        let counts = counted(cluster.rows.iter().map(|&row| strata[row]));
        let cost = |part: usize| {
            let share = shares[part].max(f64::MIN_POSITIVE);
            let crowding: f64 = counts
                .iter()
                .map(|&(stratum, n)| (2 * held[part][stratum] + n) as f64 * n as f64 / totals[stratum] as f64)
                .sum();
            (crowding / share, (sizes[part] + 1) as f64 / share)
        };
        let scarcest = (0..shares.len()).map(|part| (cost(part), part));
        let (_, part) =
            scarcest.reduce(|best, next| if next.0 < best.0 { next } else { best }).unwrap_or_default();
        for (stratum, n) in counts {
            held[part][stratum] += n;
        }
        sizes[part] += cluster.rows.len() as u64;
        for row in cluster.rows {
            parts[row] = u16::try_from(part).unwrap_or(u16::MAX);
        }
    }
    parts
}

/// For each row the number of its stratum: its source and everything it answers.
fn strata(comments: &[LabelledComment]) -> Vec<usize> {
    let mut numbers = HashMap::new();
    comments
        .iter()
        .map(|c| {
            let next = numbers.len();
            *numbers.entry((c.source_idx, &c.truths)).or_insert(next)
        })
        .collect()
}

/// How often each value stands in `values`, in ascending order.
fn counted(values: impl Iterator<Item = usize>) -> Vec<(usize, u64)> {
    let mut values: Vec<usize> = values.collect();
    values.sort_unstable();
    values.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
}

/// Rows joined by a text or a group, directly or through others.
fn clusters(comments: &[LabelledComment], seed: u64) -> Vec<Cluster> {
    let hashes: Vec<u64> = comments.iter().map(|c| text_hash(&c.text)).collect();
    let mut parents: Vec<usize> = (0..comments.len()).collect();
    let mut by_text = HashMap::new();
    let mut by_group = HashMap::new();
    for (row, comment) in comments.iter().enumerate() {
        let twin = *by_text.entry(hashes[row]).or_insert(row);
        join(&mut parents, twin, row);
        if let Some(group) = &comment.group {
            let fellow = *by_group.entry((comment.source_idx, group)).or_insert(row);
            join(&mut parents, fellow, row);
        }
    }
    let mut positions = HashMap::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    for (row, &hash) in hashes.iter().enumerate() {
        let root = root(&mut parents, row);
        let position = *positions.entry(root).or_insert(clusters.len());
        if position == clusters.len() {
            clusters.push(Cluster { order: u64::MAX, rows: Vec::new() });
        }
        let cluster = &mut clusters[position];
        cluster.order = cluster.order.min(mixed(hash ^ mixed(seed)));
        cluster.rows.push(row);
    }
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.rows.len()), cluster.order));
    clusters
}

fn root(parents: &mut [usize], mut row: usize) -> usize {
    while parents[row] != row {
        parents[row] = parents[parents[row]];
        row = parents[row];
    }
    row
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    parents[one.max(other)] = one.min(other);
}

/// FNV-1a of the text in lower case with single blanks.
fn text_hash(text: &str) -> u64 {
    let squashed = text.split_whitespace().flat_map(|word| word.chars().chain([' ']));
    let mut bytes = [0; 4];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for c in squashed.flat_map(char::to_lowercase) {
        for &byte in c.encode_utf8(&mut bytes).as_bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// Scatters the bits of `x`, one to one (the last step of SplitMix64; Steele, Lea and Flood 2014).
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
