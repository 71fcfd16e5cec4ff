//! Slices as JSON.

use super::write::head;
use crate::evaluate::Slice;
use crate::report::SlicedHead;
use serde_json::{Map, Value, json};

/// What a head's report has that a slice leaves out: it would be many times as long as the report.
const LEFT_OUT: [&str; 6] = ["head", "kind", "target", "labels", "threshold", "calibration"];

/// A head's slices: the name of each, how many comments, and the figures with intervals, keyed as in a report.
pub fn slices(sliced: &SlicedHead) -> Value {
    sliced.slices.iter().map(slice).collect()
}

pub(super) fn slice(slice: &Slice) -> Value {
    let mut object = Map::from_iter([("name".into(), json!(slice.name)), ("n".into(), json!(slice.n()))]);
    if let Some(evaluation) = &slice.evaluation {
        let figures = head(evaluation).into_iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()));
        object.extend(figures);
    }
    Value::Object(object)
}
