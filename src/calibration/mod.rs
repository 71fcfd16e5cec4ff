//! stub
pub mod threshold;
use serde::{Deserialize, Serialize};
/// stub
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// a
    Identity,
}
impl Calibration {
    /// p
    pub fn probability(&self, z: f64) -> f64 {
        1.0 / (1.0 + libm::exp(-z))
    }
}
