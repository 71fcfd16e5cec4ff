//! What is known of a head beside its figures, as JSON, and back.
//!
//! In `report.json` it stands without comments' texts; in `details.json` with them.

use super::read::{Part, ReadError, evaluation_of};
use super::slices::slice;
use super::write::{GROUP_AUCS, estimate as write_estimate, fairness};
use crate::evaluate::{Estimate, Fairness, GroupScores, IntervalBasis, Rates, Slice, Swap};
use crate::label::Head;
use crate::report::{Findings, SliceTable, SwapTest};
use serde_json::{Map, Value, json};

/// Only what there is.
pub(super) fn findings(of: &Head, findings: &Findings) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, values: Vec<Value>| {
        if !values.is_empty() {
            object.insert(key.into(), Value::Array(values));
        }
    };
    put("fairness", findings.fairness.iter().map(|f| fairness(of, f)).collect());
    put("swaps", findings.swaps.iter().map(swap_test).collect());
    put("terms", findings.terms.iter().map(|terms| json!(terms)).collect());
    put("slices", findings.slices.iter().map(slice_table).collect());
    put("cases", findings.cases.iter().map(|case| json!(case)).collect());
    put("suspects", findings.suspects.iter().map(|suspect| json!(suspect)).collect());
    if let Some(unknown) = &findings.unknown_terms {
        object.insert("unknown_terms".into(), json!(unknown));
    }
    Value::Object(object)
}

pub(super) fn read_findings(head: &Head, part: &Part<'_>) -> Result<Findings, ReadError> {
    let list = |key: &str| {
        let list = part.field(key);
        if list.is_empty() { Ok(Vec::new()) } else { list.items() }
    };
    Ok(Findings {
        fairness: list("fairness")?.iter().map(|part| read_fairness(head, part)).collect::<Result<_, _>>()?,
        swaps: list("swaps")?.iter().map(read_swap_test).collect::<Result<_, _>>()?,
        terms: list("terms")?.iter().map(|part| part.read("a label's terms")).collect::<Result<_, _>>()?,
        unknown_terms: part.field("unknown_terms").read("a share and a list of terms, or nothing")?,
        slices: list("slices")?.iter().map(|part| read_slice_table(head, part)).collect::<Result<_, _>>()?,
        cases: list("cases")?.iter().map(|part| part.read("a case")).collect::<Result<_, _>>()?,
        suspects: list("suspects")?.iter().map(|part| part.read("a suspect")).collect::<Result<_, _>>()?,
    })
}

fn slice_table(table: &SliceTable) -> Value {
    json!({"by": table.by, "slices": table.slices.iter().map(slice).collect::<Vec<_>>()})
}

fn read_slice_table(head: &Head, part: &Part<'_>) -> Result<SliceTable, ReadError> {
    let slice = |part: &Part<'_>| {
        let evaluated = !part.field("confusion").is_empty();
        let evaluation = evaluated.then(|| evaluation_of(head.clone(), part)).transpose()?;
        Ok(Slice { name: part.field("name").read("text")?, evaluation })
    };
    Ok(SliceTable {
        by: part.field("by").read("text")?,
        slices: part.field("slices").items()?.iter().map(slice).collect::<Result<_, ReadError>>()?,
    })
}

fn swap_test(test: &SwapTest) -> Value {
    json!({"label": test.label, "swaps": test.swaps.iter().map(swap).collect::<Vec<_>>()})
}

fn read_swap_test(part: &Part<'_>) -> Result<SwapTest, ReadError> {
    Ok(SwapTest {
        label: part.field("label").read("a label's name")?,
        swaps: part.field("swaps").items()?.iter().map(read_swap).collect::<Result<_, _>>()?,
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
        "mean_log_odds_change": swap.mean_log_odds_change,
        "auc_lost": swap.auc_lost,
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
        mean_log_odds_change: part.field("mean_log_odds_change").read("a number or null")?,
        auc_lost: part.field("auc_lost").read("a number or null")?,
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
