//! `report.json` back into a [`Report`], to be rendered again without scoring.

use super::super::{DataSource, Findings, Provenance, Report};
use super::findings::read_findings;
use crate::evaluate::{
    BrierParts, ClassFigure, ClassScores, Confusion, ConfusionMatrix, Cooccurrence, Estimate, Evaluation,
    Figure, Histogram, Interval, IntervalBasis, Question, Reliability, ReliabilityBin, Score, ThresholdCurve,
};
use crate::label::{Head, HeadKind, LabelId, LabelSet};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A part of it is not as [`render`](super::render) writes it.
    #[error("`{path}`: {found}, expected {expected}")]
    Part {
        /// Where in the file, as `heads[1].per_class.civil`.
        path: String,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
}

/// The report that [`render`](super::render) wrote.
///
/// # Errors
/// If the text is not JSON, or a part that a report needs is missing or of another shape.
pub fn read(text: &str) -> Result<Report, ReadError> {
    let value: Value = serde_json::from_str(text)?;
    let root = Part::root(&value);
    let heads = match value.get("heads") {
        Some(_) => root.field("heads").items()?,
        None => vec![Part::root(&value)],
    };
    let evaluations: Vec<Evaluation> = heads.iter().map(evaluation).collect::<Result<_, _>>()?;
    let found =
        evaluations.iter().zip(&heads).map(|(of, part)| read_findings(&of.head, &part.field("findings")));
    let findings: Vec<Findings> = found.collect::<Result<_, _>>()?;
    let known = findings.iter().any(|findings| !findings.is_empty());
    Ok(Report {
        evaluations,
        findings: if known { findings } else { Vec::new() },
        provenance: provenance(&root.field("provenance"))?,
        ..Report::default()
    })
}

/// A value, and where it stands. A missing field reads as `null`.
pub(super) struct Part<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Part<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// Whether nothing stands there.
    pub(super) fn is_empty(&self) -> bool {
        self.value.is_null()
    }

    pub(super) fn field(&self, key: &str) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Part { value: self.value.get(key).unwrap_or(&Value::Null), path }
    }

    pub(super) fn items(&self) -> Result<Vec<Self>, ReadError> {
        let values = self.value.as_array().ok_or_else(|| self.error("a list"))?;
        let item = |(place, value)| Part { value, path: format!("{}[{place}]", self.path) };
        Ok(values.iter().enumerate().map(item).collect())
    }

    /// The fields named like the labels, in their order.
    fn of_labels(&self, labels: &LabelSet) -> Vec<Self> {
        labels.names().iter().map(|name| self.field(name)).collect()
    }

    pub(super) fn read<T: DeserializeOwned>(&self, expected: &'static str) -> Result<T, ReadError> {
        T::deserialize(self.value).map_err(|_| self.error(expected))
    }

    fn number(&self) -> Result<Option<f64>, ReadError> {
        self.read("a number or null")
    }

    /// Evaluations are of at most `u32::MAX` comments, so sums of what is read here do not overflow.
    pub(super) fn count(&self) -> Result<u64, ReadError> {
        self.read::<u32>("a count").map(u64::from)
    }

    pub(super) fn interval(&self) -> Result<Option<Interval>, ReadError> {
        let ends: Option<[f64; 2]> = self.read("two numbers or null")?;
        Ok(ends.map(|[low, high]| Interval { low, high }))
    }

    pub(super) fn error(&self, expected: &'static str) -> ReadError {
        let found = match self.value {
            Value::Null => "nothing".to_owned(),
            Value::Array(values) => format!("a list of {}", values.len()),
            Value::Object(fields) => format!("an object of {} fields", fields.len()),
            scalar => format!("{scalar:.40}"),
        };
        let path = if self.path.is_empty() { ".".to_owned() } else { self.path.clone() };
        ReadError::Part { path, found, expected }
    }
}

fn evaluation(part: &Part<'_>) -> Result<Evaluation, ReadError> {
    let head = Head {
        name: part.field("head").read("the head's name")?,
        kind: part.field("kind").read("one-of or each")?,
        labels: part.field("labels").read("the labels' names")?,
        target: part.field("target").read("a target's name or nothing")?,
    };
    let (reliability, questions) = (part.field("calibration"), part.field("threshold"));
    Ok(Evaluation {
        reliability: reliabilities(&reliability, &head)?,
        questions: self::questions(&questions, &head)?,
        ..evaluation_of(head, part)?
    })
}

/// The evaluation of a slice, which has neither curves nor reliability of its own.
pub(super) fn evaluation_of(head: Head, part: &Part<'_>) -> Result<Evaluation, ReadError> {
    let intervals = part.field("intervals");
    let scores = Figure::ALL
        .into_iter()
        .filter(|figure| figure.applies_to(head.kind))
        .map(|figure| {
            let name = figure.name();
            let baselines = part.field("baselines");
            Ok(Score {
                figure,
                estimate: Estimate {
                    value: part.field(name).number()?,
                    interval: intervals.field(name).interval()?,
                },
                majority: baselines.field("majority").field(name).number()?,
                prior: baselines.field("prior").field(name).number()?,
            })
        })
        .collect::<Result<_, ReadError>>()?;
    Ok(Evaluation {
        n: part.field("n").count()?,
        confusion: confusion(part, &head)?,
        scores,
        classes: classes(part, &head)?,
        reliability: Vec::new(),
        questions: Vec::new(),
        intervals: basis(&intervals)?,
        head,
    })
}

fn confusion(part: &Part<'_>, head: &Head) -> Result<Confusion, ReadError> {
    let confusion = part.field("confusion");
    match head.kind {
        HeadKind::OneOf => Ok(Confusion::OneOf(matrix(&confusion, head.labels.len())?)),
        HeadKind::Each => {
            let together = part.field("together");
            let n_labels = head.labels.len();
            let labels = confusion.of_labels(&head.labels);
            Ok(Confusion::Each {
                matrices: labels.iter().map(|label| matrix(label, 2)).collect::<Result<_, _>>()?,
                together: Cooccurrence {
                    truth: square(&together.field("truth"), n_labels)?,
                    predicted: square(&together.field("predicted"), n_labels)?,
                },
            })
        }
    }
}

fn square(part: &Part<'_>, n: usize) -> Result<Vec<Vec<u64>>, ReadError> {
    let rows: Vec<Vec<u32>> = part.read("rows of counts")?;
    let fits = rows.len() == n && rows.iter().all(|row| row.len() == n);
    if !fits {
        return Err(part.error("as many rows and columns as labels"));
    }
    Ok(rows.into_iter().map(|row| row.into_iter().map(u64::from).collect()).collect())
}

fn matrix(part: &Part<'_>, n_classes: usize) -> Result<ConfusionMatrix, ReadError> {
    let rows = square(part, n_classes)?;
    Ok(ConfusionMatrix::from_rows(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>()))
}

fn classes(part: &Part<'_>, head: &Head) -> Result<Vec<ClassScores>, ReadError> {
    let (values, intervals) = (part.field("per_class"), part.field("intervals").field("per_class"));
    let labels = values.of_labels(&head.labels).into_iter().zip(intervals.of_labels(&head.labels));
    labels
        .enumerate()
        .map(|(label, (values, intervals))| {
            let mut estimates = [Estimate::default(); ClassFigure::ALL.len()];
            for (estimate, figure) in estimates.iter_mut().zip(ClassFigure::ALL) {
                estimate.value = values.field(figure.name()).number()?;
                estimate.interval = intervals.field(figure.name()).interval()?;
            }
            let (support, predicted) = (values.field("support").count()?, values.field("predicted").count()?);
            Ok(ClassScores { label: label.into(), support, predicted, estimates })
        })
        .collect()
}

fn basis(part: &Part<'_>) -> Result<Option<IntervalBasis>, ReadError> {
    if part.is_empty() {
        return Ok(None);
    }
    Ok(Some(IntervalBasis {
        resamples: part.field("resamples").read("a count")?,
        seed: part.field("seed").read("a number")?,
        n_groups: part.field("groups").read("a count or null")?,
    }))
}

fn reliabilities(part: &Part<'_>, head: &Head) -> Result<Vec<Reliability>, ReadError> {
    match head.kind {
        HeadKind::OneOf => Ok(vec![reliability(part)?]),
        HeadKind::Each => part.of_labels(&head.labels).iter().map(reliability).collect(),
    }
}

fn reliability(part: &Part<'_>) -> Result<Reliability, ReadError> {
    let bins = part.field("bins").items()?;
    let bin = |bin: &Part<'_>| {
        let number = |key: &str| bin.field(key).read::<f64>("a number");
        let (n, positives) = (bin.field("n").count()?, bin.field("positives").count()?);
        if n < positives {
            return Err(bin.error("no more positives than comments"));
        }
        Ok(ReliabilityBin {
            lowest: number("lowest")?,
            highest: number("highest")?,
            n,
            positives,
            mean_probability: number("mean_probability")?,
        })
    };
    let parts = part.field("brier_parts");
    let brier_parts = if parts.is_empty() {
        None
    } else {
        let number = |key: &str| parts.field(key).read::<f64>("a number");
        Some(BrierParts {
            reliability: number("reliability")?,
            resolution: number("resolution")?,
            uncertainty: number("uncertainty")?,
        })
    };
    Ok(Reliability {
        bins: bins.iter().map(bin).collect::<Result<_, _>>()?,
        ece: part.field("ece").number()?,
        brier_parts,
    })
}

fn questions(part: &Part<'_>, head: &Head) -> Result<Vec<Question>, ReadError> {
    let labels = head.labels.ids().map(|label| (label, part.field(head.labels.name(label))));
    labels.filter(|(_, part)| !part.is_empty()).map(|(label, part)| question(label, &part)).collect()
}

fn question(label: LabelId, part: &Part<'_>) -> Result<Question, ReadError> {
    let thresholds: Vec<f64> = part.field("thresholds").read("a list of numbers")?;
    let rightly: Vec<u32> = part.field("rightly_held").read("a list of counts")?;
    let wrongly: Vec<u32> = part.field("wrongly_held").read("a list of counts")?;
    let sides = (part.field("positives").count()?, part.field("negatives").count()?);
    let columns = thresholds.len() == rightly.len() && thresholds.len() == wrongly.len();
    let steps = thresholds.into_iter().zip(rightly).zip(wrongly).map(|((t, r), w)| (t, r.into(), w.into()));
    let curve = ThresholdCurve::from_steps(sides, steps).filter(|_| columns);
    let bins = |side: &str| {
        let counts: [u32; Histogram::BINS] = part.field("histogram").field(side).read("twenty counts")?;
        Ok::<_, ReadError>(counts.map(u64::from))
    };
    Ok(Question {
        label,
        curve: curve.ok_or_else(|| part.error("falling thresholds with rising counts"))?,
        histogram: Histogram { negatives: bins("negatives")?, positives: bins("positives")? },
    })
}

fn provenance(part: &Part<'_>) -> Result<Provenance, ReadError> {
    let text = |key: &str| part.field(key).read::<Option<String>>("text or nothing");
    let sources = part.field("data");
    let sources = if sources.is_empty() { Vec::new() } else { sources.items()? };
    let source = |source: &Part<'_>| {
        Ok(DataSource {
            name: source.field("name").read("text")?,
            hash: source.field("hash").read("text or null")?,
            n_comments: source.field("n_comments").read("a count or null")?,
        })
    };
    Ok(Provenance {
        model: text("model")?,
        data: sources.iter().map(source).collect::<Result<_, ReadError>>()?,
        recipe: text("recipe")?,
        command: text("command")?,
        seed: part.field("seed").read("a count or nothing")?,
        version: text("version")?,
        time: text("time")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;
    use crate::report::examples;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_reads_back_the_same() {
        for evaluations in [
            vec![examples::two_labels()],
            vec![
                examples::one_of(&["positive", "negative", "neutral"]),
                examples::each(&["insult", "threat"]),
            ],
            vec![examples::one_sided()],
        ] {
            // What is known beside the figures is of heads with these labels.
            let known = evaluations[0].head == examples::two_labels().head;
            let findings = if known { examples::report().findings[..1].to_vec() } else { Vec::new() };
            let report = Report { evaluations, findings, ..examples::report() };
            let text = render(&report);
            let again = read(&text).unwrap();
            assert_eq!(again.provenance, report.provenance);
            assert_eq!(again.evaluations[0].scores, report.evaluations[0].scores);
            assert_eq!(again.evaluations[0].classes, report.evaluations[0].classes);
            assert_eq!(render(&again), text);
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_is_no_report_is_told_with_its_place() {
        check("{}", "`head`: nothing, expected the head's name");
        check("[1, 2]", "`head`: nothing, expected the head's name");
        check(r#"{"heads": 3}"#, "`heads`: 3, expected a list");
        check(
            r#"{"heads": [{"head": "x", "kind": "neither"}]}"#,
            "`heads[0].kind`: \"neither\", expected one-of or each",
        );
        assert!(read("{").unwrap_err().to_string().starts_with("not JSON: "));
        let text = render(&Report { evaluations: vec![examples::two_labels()], ..Report::default() });
        let mut value: Value = serde_json::from_str(&text).unwrap();
        value["confusion"] = serde_json::json!([[1, 2]]);
        check(&value.to_string(), "`confusion`: a list of 1, expected as many rows and columns as labels");
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in any::<String>(), cut in 0..8000_usize) {
            let _ = read(&text);
            let whole = render(&Report { evaluations: vec![examples::one_sided()], ..Report::default() });
            let _ = read(whole.get(..cut).unwrap_or(&whole));
        }
    }
}
