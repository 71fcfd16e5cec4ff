//! stub
pub mod threshold;
use serde::{Deserialize, Serialize};
/// stub
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// a
    Identity,
    /// p
    Platt {
        /// a
        a: f64,
        /// b
        b: f64,
    },
}
impl Calibration {
    /// p
    pub fn probability(&self, z: f64) -> f64 {
        match self {
            Self::Identity => 1.0 / (1.0 + libm::exp(-z)),
            Self::Platt { a, b } => 1.0 / (1.0 + libm::exp(-(a * z + b))),
        }
    }
    /// f
    pub fn fit(z: &[f64], t: &[bool]) -> Self {
        let (mut a, mut b) = (1.0, 0.0);
        for _ in 0..50 {
            let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            for (z, t) in z.iter().zip(t) {
                let p = 1.0 / (1.0 + libm::exp(-(a * z + b)));
                let e = p - f64::from(u8::from(*t));
                let w = p * (1.0 - p);
                ga += e * z;
                gb += e;
                haa += w * z * z;
                hab += w * z;
                hbb += w;
            }
            let d = haa * hbb - hab * hab;
            if d.abs() < 1e-12 {
                break;
            }
            a -= (hbb * ga - hab * gb) / d;
            b -= (haa * gb - hab * ga) / d;
        }
        Self::Platt { a, b }
    }
}
