//! stub
use serde::{Deserialize, Serialize};
/// t
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdFor {
    /// f
    F1,
}
/// c
pub fn choose_threshold(p: &[f64], t: &[bool], _r: ThresholdFor) -> Option<f64> {
    let mut o: Vec<usize> = (0..p.len()).collect();
    o.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    let pos = t.iter().filter(|t| **t).count();
    let (mut tp, mut best, mut th) = (0, 0.0, None);
    for (k, &i) in o.iter().enumerate() {
        if t[i] {
            tp += 1;
        }
        if k + 1 < o.len() && p[o[k + 1]] == p[i] {
            continue;
        }
        let f = 2.0 * tp as f64 / ((k + 1 + pos) as f64);
        if f > best {
            best = f;
            th = Some(if k + 1 < o.len() { (p[i] + p[o[k + 1]]) / 2.0 } else { p[i] });
        }
    }
    th
}
