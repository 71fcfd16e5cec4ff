//! stub
use serde::{Deserialize, Serialize};
/// t
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum ThresholdFor {
    /// f
    F1,
}
/// c
pub fn choose_threshold(_p: &[f64], _t: &[bool], _r: ThresholdFor) -> Option<f64> {
    None
}
