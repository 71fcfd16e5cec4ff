//! What a page shows beside the figures, as a file of its own: it holds comments, `report.json` does not.

use super::super::Report;
use super::super::html::{Details, SliceTable};
use super::layout::layout;
use super::read::{Part, ReadError, evaluation};
use super::write::{GROUP_AUCS, estimate as write_estimate, fairness, head};
use crate::evaluate::{Estimate, Fairness, GroupScores, IntervalBasis, Rates, Slice, Swap};
use crate::label::Head;
use serde_json::{Value, json};

/// The details of a report's heads as JSON: a list, in the report's order.
pub fn render_details(report: &Report, details: &[Details]) -> String {
    let heads = report.evaluations.iter().zip(details);
    let values: Vec<Value> = heads.map(|(evaluation, details)| value(&evaluation.head, details)).collect();
    let mut text = layout(&Value::Array(values));
    text.push('\n');
    text
}

/// The details that [`render_details`] wrote for the same report.
///
/// # Errors
/// If the text is not JSON, or a part is missing or of another shape.
pub fn read_details(text: &str, report: &Report) -> Result<Vec<Details>, ReadError> {
    let value: Value = serde_json::from_str(text)?;
    let parts = Part::root(&value).items()?;
    let heads = report.evaluations.iter().map(|evaluation| &evaluation.head);
    heads.zip(&parts).map(|(head, part)| details(head, part)).collect()
}

fn value(of: &Head, details: &Details) -> Value {
    let slices = details.slices.iter().map(|table| {
        let slices = table
            .slices
            .iter()
            .map(|slice| json!({"name": slice.name, "report": slice.evaluation.as_ref().map(head)}));
        json!({"by": table.by, "slices": slices.collect::<Vec<_>>()})
    });
    json!({
        "head": of.name,
        "comments": details.comments,
        "fairness": details.fairness.iter().map(|f| fairness(of, f)).collect::<Vec<_>>(),
        "swaps": details.swaps.iter().map(swap).collect::<Vec<_>>(),
        "terms": details.terms,
        "unknown_terms": details.unknown_terms,
        "slices": slices.collect::<Vec<_>>(),
        "cases": details.cases,
        "suspects": details.suspects,
    })
}

fn details(head: &Head, part: &Part<'_>) -> Result<Details, ReadError> {
    let list = |key: &str| part.field(key).items();
    Ok(Details {
        comments: part.field("comments").read("a list of comments")?,
        fairness: list("fairness")?.iter().map(|part| read_fairness(head, part)).collect::<Result<_, _>>()?,
        swaps: list("swaps")?.iter().map(read_swap).collect::<Result<_, _>>()?,
        terms: part.field("terms").read("a list of labels' terms")?,
        unknown_terms: part.field("unknown_terms").read("a share and a list of terms, or null")?,
        slices: list("slices")?.iter().map(slice_table).collect::<Result<_, _>>()?,
        cases: part.field("cases").read("a list of cases")?,
        suspects: part.field("suspects").read("a list of suspects")?,
    })
}

fn slice_table(part: &Part<'_>) -> Result<SliceTable, ReadError> {
    let slice = |part: &Part<'_>| {
        let report = part.field("report");
        let evaluation = if report.is_empty() { None } else { Some(evaluation(&report)?) };
        Ok(Slice { name: part.field("name").read("text")?, evaluation })
    };
    Ok(SliceTable {
        by: part.field("by").read("text")?,
        slices: part.field("slices").items()?.iter().map(slice).collect::<Result<_, ReadError>>()?,
    })
}

fn read_fairness(head: &Head, part: &Part<'_>) -> Result<Fairness, ReadError> {
    let label: String = part.field("label").read("a label's name")?;
    let label = head.labels.id(&label).ok_or_else(|| part.field("label").error("a label of the head"))?;
    let resamples: Option<u32> = part.field("resamples").read("a count or null")?;
    let basis = |resamples| {
        Ok::<_, ReadError>(IntervalBasis {
            resamples,
            seed: part.field("seed").read("a number")?,
            n_groups: part.field("n_groups").read("a count or null")?,
        })
    };
    let group = |part: &Part<'_>| {
        let mut aucs = [Estimate::default(); 3];
        for (auc, (_, name)) in aucs.iter_mut().zip(GROUP_AUCS) {
            *auc = estimate(&part.field(name))?;
        }
        let [subgroup_auc, bpsn_auc, bnsp_auc] = aucs;
        let name = part.field("name").read("text")?;
        Ok(GroupScores { name, subgroup_auc, bpsn_auc, bnsp_auc, rates: rates(part)? })
    };
    Ok(Fairness {
        label,
        overall: rates(&part.field("overall"))?,
        groups: part.field("groups").items()?.iter().map(group).collect::<Result<_, ReadError>>()?,
        intervals: resamples.map(basis).transpose()?,
    })
}

fn swap(swap: &Swap) -> Value {
    json!({
        "name": swap.name,
        "n": swap.n,
        "mean_change": write_estimate(swap.mean_change),
        "mean_size": swap.mean_size,
        "newly_held": swap.newly_held,
        "newly_passed": swap.newly_passed,
    })
}

fn read_swap(part: &Part<'_>) -> Result<Swap, ReadError> {
    Ok(Swap {
        name: part.field("name").read("text")?,
        n: part.field("n").count()?,
        mean_change: estimate(&part.field("mean_change"))?,
        mean_size: part.field("mean_size").read("a number or null")?,
        newly_held: part.field("newly_held").count()?,
        newly_passed: part.field("newly_passed").count()?,
    })
}

fn rates(part: &Part<'_>) -> Result<Rates, ReadError> {
    Ok(Rates {
        positives: part.field("positives").count()?,
        negatives: part.field("negatives").count()?,
        false_positive_rate: estimate(&part.field("false_positive_rate"))?,
        false_negative_rate: estimate(&part.field("false_negative_rate"))?,
    })
}

fn estimate(part: &Part<'_>) -> Result<Estimate, ReadError> {
    let value = part.field("value").read("a number or null")?;
    Ok(Estimate { value, interval: part.field("interval").interval()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn what_was_written_reads_back_the_same() {
        let (report, details) = (examples::report(), examples::details());
        let text = render_details(&report, &details);
        let again = read_details(&text, &report).unwrap();
        assert_eq!(again[0].comments, details[0].comments);
        assert_eq!(again[0].fairness, details[0].fairness);
        assert_eq!(again[1], details[1]);
        assert_eq!(render_details(&report, &again), text);
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let report = examples::report();
        let check = |text: &str, expected: &str| {
            assert_eq!(read_details(text, &report).unwrap_err().to_string(), expected);
        };
        check(r#"[{"comments": 1}]"#, "`[0].comments`: 1, expected a list of comments");
        check("{}", "`.`: an object of 0 fields, expected a list");
    }
}
