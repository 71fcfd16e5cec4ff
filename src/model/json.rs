//! A prediction as JSON: what every line and every answer has in common is written once, so that writing one is mostly
//! copying.

use super::{Model, ModelHead, Prediction};
use crate::label::{Decision, HeadKind};

/// What of a model's answers is the same for every comment.
#[derive(Debug, Clone)]
pub struct PredictionJson {
    heads: Vec<HeadParts>,
    /// From the end of the last head on.
    model: String,
}

#[derive(Debug, Clone)]
struct HeadParts {
    kind: HeadKind,
    /// `"incivility":{`
    opening: String,
    /// `"civil"`, as JSON.
    labels: Vec<String>,
}

impl PredictionJson {
    /// That of `model`'s answers.
    pub fn of(model: &Model) -> Self {
        let head = |h: &ModelHead| HeadParts {
            kind: h.head.kind,
            opening: format!("{}:{{", quoted(&h.head.name)),
            labels: h.head.labels.names().iter().map(|name| quoted(name)).collect(),
        };
        Self {
            heads: model.heads().iter().map(head).collect(),
            model: format!("}},\"model\":{}", quoted(&model.id())),
        }
    }

    /// Appends the members `"heads":{…},"model":"NAME@HASH"`, without the braces of the object they belong to: for
    /// each head the `scores` (probabilities) of its labels and the `label`, or for heads whose labels hold each on
    /// its own the `labels`, that hold.
    ///
    /// ```
    /// use moderato::model::{Model, PredictionJson, Scorer};
    /// let model = Model::embedded()?;
    /// let mut out = b"{".to_vec();
    /// PredictionJson::of(&model).write(Scorer::new(&model).score("well said"), &mut out);
    /// out.push(b'}');
    /// let answer: serde_json::Value = serde_json::from_slice(&out)?;
    /// assert_eq!(answer["heads"]["incivility"]["label"], "civil");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&self, prediction: &Prediction, out: &mut Vec<u8>) {
        out.extend(b"\"heads\":{");
        for (i, (head, answer)) in self.heads.iter().zip(&prediction.heads).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend(head.opening.bytes());
            match &answer.decision {
                Decision::OneOf(label) => {
                    out.extend(b"\"label\":");
                    out.extend(head.labels[label.index()].bytes());
                }
                Decision::Each(holds) => {
                    out.extend(b"\"labels\":[");
                    let names = head.labels.iter().zip(holds).filter(|(_, holds)| **holds);
                    for (n, (name, _)) in names.enumerate() {
                        if n > 0 {
                            out.push(b',');
                        }
                        out.extend(name.bytes());
                    }
                    out.push(b']');
                }
            }
            debug_assert_eq!(head.kind == HeadKind::OneOf, matches!(answer.decision, Decision::OneOf(_)));
            out.extend(b",\"scores\":{");
            for (n, (name, p)) in head.labels.iter().zip(&answer.probabilities).enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                out.extend(name.bytes());
                out.push(b':');
                write_probability(*p, out);
            }
            out.extend(b"}}");
        }
        out.extend(self.model.bytes());
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Appends a probability with six decimals, trailing zeros left off; rounded, so `0` and `1` stand for less than
/// half a millionth from them.
pub fn write_probability(p: f64, out: &mut Vec<u8>) {
    let millionths = (p.clamp(0.0, 1.0) * 1e6).round() as u32;
    match millionths {
        0 => out.push(b'0'),
        1_000_000 => out.push(b'1'),
        _ => {
            let mut digits = [b'0'; 8];
            digits[1] = b'.';
            let mut rest = millionths;
            for digit in digits[2..].iter_mut().rev() {
                *digit += (rest % 10) as u8;
                rest /= 10;
            }
            let end = digits.iter().rposition(|d| *d != b'0').unwrap_or(0);
            out.extend(&digits[..=end]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_have_six_decimals_at_most() {
        let written = |p| {
            let mut out = Vec::new();
            write_probability(p, &mut out);
            String::from_utf8(out).unwrap()
        };
        for (p, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (0.92, "0.92"),
            (0.123_456_7, "0.123457"),
            (0.000_001, "0.000001"),
            (0.999_999_9, "1"),
            (f64::NAN, "0"),
        ] {
            assert_eq!(written(p), expected);
        }
    }
}
