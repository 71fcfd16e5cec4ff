//! Why: for each head and each of its columns the terms that weighed, with their places as the wire counts them.

use crate::model::{Evidence, Model};
use crate::text::TermKind;
use serde_json::{Map, Value, json};

/// The `n_terms` strongest terms of every column.
pub(super) fn of(model: &Model, text: &str, n_terms: usize) -> Value {
    let units = units(text);
    let heads = model.heads().iter().map(|head| {
        let labels = head.head.labels.names();
        let columns = model.evidence(head, text).into_iter().enumerate();
        let columns = columns.map(|(column, evidence)| {
            let label = if head.is_two_way() { 1 } else { column };
            of_column(&labels[label], &evidence, n_terms, &units)
        });
        (head.head.name.clone(), Value::Array(columns.collect()))
    });
    Value::Object(heads.collect::<Map<_, _>>())
}

fn of_column(label: &str, evidence: &Evidence, n_terms: usize, units: &[u32]) -> Value {
    let terms = evidence.terms.iter().take(n_terms).map(|term| {
        let spans = term.spans.iter().map(|span| json!({"begin": units[span.start], "end": units[span.end]}));
        json!({
            "text": term.text,
            "kind": match term.kind {
                TermKind::Words => "words",
                TermKind::Characters => "characters",
            },
            "contribution": term.contribution,
            "spans": spans.collect::<Vec<_>>(),
        })
    });
    json!({
        "label": label,
        "bias": evidence.bias,
        "logOdds": evidence.log_odds,
        "terms": terms.collect::<Vec<_>>(),
    })
}

/// For each byte of `text`, and its end, the UTF-16 code unit that begins there or before.
fn units(text: &str) -> Vec<u32> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut unit = 0;
    for c in text.chars() {
        units.extend(std::iter::repeat_n(unit, c.len_utf8()));
        unit += c.len_utf16() as u32;
    }
    units.push(unit);
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_units() {
        assert_eq!(units("aé😀b"), [0, 1, 1, 2, 2, 2, 2, 4, 5]);
    }
}
