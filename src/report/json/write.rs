//! Evaluations as JSON values.

use super::super::{ComparedHead, Provenance, Report, SlicedHead};
use super::findings::findings;
use super::layout::layout;
use super::slices::slices;
use crate::evaluate::{
    ClassFigure, Comparison, Confusion, ConfusionMatrix, Estimate, Evaluation, Fairness, Figure, GroupAuc,
    Interval, Outcome, Rates, Reliability, Score,
};
use crate::label::Head;
use serde_json::{Map, Value, json};

/// Curves are written in steps of this part of the comments, so that the file stays small.
pub(crate) const CURVE_STEPS: u64 = 100;

/// The report as indented JSON, ended by a line break.
pub fn render(report: &Report) -> String {
    let mut text = layout(&value(report));
    text.push('\n');
    text
}

/// The report as a JSON value.
pub fn value(report: &Report) -> Value {
    let provenance = provenance(&report.provenance);
    let mut value = match report.evaluations.as_slice() {
        [_] => {
            let mut object = heads(report).next().unwrap_or_default();
            object.insert("provenance".into(), provenance);
            Value::Object(object)
        }
        _ => json!({
            "heads": heads(report).collect::<Vec<_>>(),
            "provenance": provenance,
        }),
    };
    for sliced in &report.slices {
        let key = if sliced.by == SlicedHead::SOURCE { "by_source" } else { "by_slice" };
        value[key][sliced.head.name.as_str()] = slices(sliced);
    }
    value
}

/// Each head's figures, and what is known beside them.
fn heads(report: &Report) -> impl Iterator<Item = Map<String, Value>> + '_ {
    report.evaluations.iter().enumerate().map(|(place, evaluation)| {
        let mut object = head(evaluation);
        if let Some(known) = report.findings.get(place).filter(|known| !known.is_empty()) {
            object.insert("findings".into(), findings(&evaluation.head, &known.clone().without_text()));
        }
        object
    })
}

pub(super) fn head(evaluation: &Evaluation) -> Map<String, Value> {
    let head = &evaluation.head;
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.into(), value);
    put("head", json!(head.name));
    put("kind", json!(head.kind));
    if let Some(target) = &head.target {
        put("target", json!(target));
    }
    put("labels", json!(head.labels));
    put("n", json!(evaluation.n));
    put("confusion", confusion(evaluation));
    for figure in Figure::ALL {
        if figure.applies_to(head.kind) {
            put(figure.name(), json!(evaluation.value(figure)));
        }
    }
    put("per_class", per_class(evaluation));
    put("intervals", intervals(evaluation));
    let baseline = |value: fn(&Score) -> Option<f64>| -> Map<String, Value> {
        evaluation.scores.iter().map(|score| (score.figure.name().into(), json!(value(score)))).collect()
    };
    put(
        "baselines",
        json!({"majority": baseline(|score| score.majority), "prior": baseline(|score| score.prior)}),
    );
    put("calibration", calibration(evaluation));
    put("threshold", thresholds(evaluation));
    if let Confusion::Each { together, .. } = &evaluation.confusion {
        put("together", json!({"truth": together.truth, "predicted": together.predicted}));
    }
    object
}

fn confusion(evaluation: &Evaluation) -> Value {
    let rows = |matrix: &ConfusionMatrix| json!(matrix.rows().collect::<Vec<_>>());
    match &evaluation.confusion {
        Confusion::OneOf(matrix) => rows(matrix),
        Confusion::Each { matrices, .. } => by_label(evaluation, matrices.iter().map(rows)),
    }
}

fn by_label(evaluation: &Evaluation, values: impl IntoIterator<Item = Value>) -> Value {
    Value::Object(evaluation.head.labels.names().iter().cloned().zip(values).collect())
}

fn per_class(evaluation: &Evaluation) -> Value {
    use ClassFigure::{Auc, AveragePrecision, Brier, F1, LogLoss, Precision, Recall};
    let value = |estimate: Estimate| json!(estimate.value);
    by_label(
        evaluation,
        evaluation.classes.iter().map(|class| {
            json!({
                Precision.name(): value(class[Precision]),
                Recall.name(): value(class[Recall]),
                F1.name(): value(class[F1]),
                "support": class.support,
                "predicted": class.predicted,
                Auc.name(): value(class[Auc]),
                AveragePrecision.name(): value(class[AveragePrecision]),
                LogLoss.name(): value(class[LogLoss]),
                Brier.name(): value(class[Brier]),
            })
        }),
    )
}

fn intervals(evaluation: &Evaluation) -> Value {
    let Some(basis) = evaluation.intervals else {
        return Value::Null;
    };
    let ends = |interval: Option<Interval>| json!(interval.map(|Interval { low, high }| [low, high]));
    let mut object = Map::new();
    object.insert("resamples".into(), json!(basis.resamples));
    object.insert("seed".into(), json!(basis.seed));
    object.insert("groups".into(), json!(basis.n_groups));
    for score in &evaluation.scores {
        object.insert(score.figure.name().into(), ends(score.estimate.interval));
    }
    let classes = evaluation.classes.iter().map(|class| {
        let figures = ClassFigure::ALL.into_iter();
        Value::Object(figures.map(|figure| (figure.name().into(), ends(class[figure].interval))).collect())
    });
    object.insert("per_class".into(), by_label(evaluation, classes));
    Value::Object(object)
}

fn calibration(evaluation: &Evaluation) -> Value {
    match (&evaluation.confusion, evaluation.reliability.as_slice()) {
        (Confusion::OneOf(_), [table]) => reliability(table),
        (_, tables) => by_label(evaluation, tables.iter().map(reliability)),
    }
}

fn reliability(table: &Reliability) -> Value {
    let bins: Vec<Value> = table
        .bins
        .iter()
        .map(|bin| {
            let Interval { low, high } = bin.interval();
            json!({
                "lowest": bin.lowest,
                "highest": bin.highest,
                "n": bin.n,
                "positives": bin.positives,
                "mean_probability": bin.mean_probability,
                "share": bin.share(),
                "interval": [low, high],
            })
        })
        .collect();
    let parts = table.brier_parts.map(|parts| {
        json!({
            "reliability": parts.reliability,
            "resolution": parts.resolution,
            "uncertainty": parts.uncertainty,
        })
    });
    json!({"ece": table.ece, "brier_parts": parts, "bins": bins})
}

/// Columns rather than objects: a curve has hundreds of steps.
fn thresholds(evaluation: &Evaluation) -> Value {
    let questions = evaluation.questions.iter().map(|question| {
        let curve = question.curve.thinned(CURVE_STEPS);
        let column = |number: fn(Outcome) -> Value| curve.outcomes().map(number).collect::<Vec<_>>();
        let value = json!({
            "positives": curve.positives(),
            "negatives": curve.n() - curve.positives(),
            "thresholds": column(|outcome| json!(outcome.threshold)),
            "rightly_held": column(|outcome| json!(outcome.rightly_held())),
            "wrongly_held": column(|outcome| json!(outcome.wrongly_held())),
            "histogram": {
                "negatives": question.histogram.negatives,
                "positives": question.histogram.positives,
            },
        });
        (evaluation.head.labels.name(question.label).to_owned(), value)
    });
    Value::Object(questions.collect())
}

/// Two models' answers to one head: both reports' heads, and what differs.
pub fn comparison(compared: &ComparedHead) -> Value {
    let Comparison { before, after, differences, tests, changes, intervals } = &compared.comparison;
    let differences = differences.iter().map(|(figure, difference)| {
        let interval = difference.interval.map(|Interval { low, high }| [low, high]);
        (figure.name().to_owned(), json!({"value": difference.value, "interval": interval}))
    });
    let tests: Vec<Value> = tests
        .iter()
        .map(|test| {
            json!({
                "only_before": test.only_before,
                "only_after": test.only_after,
                "p_value": test.p_value,
            })
        })
        .collect();
    json!({
        "before": {"model": compared.before, "report": head(before)},
        "after": {"model": compared.after, "report": head(after)},
        "differences": Value::Object(differences.collect()),
        "resamples": intervals.map(|basis| basis.resamples),
        "mcnemar": tests,
        "n_changed": changes.len(),
        "changed": compared.changed.iter().map(|changed| {
            json!({
                "id": changed.id,
                "truth": changed.truth,
                "before": changed.before,
                "after": changed.after,
            })
        }).collect::<Vec<_>>(),
    })
}

/// One label's fairness over groups.
pub fn fairness(head: &Head, fairness: &Fairness) -> Value {
    let groups = fairness.groups.iter().map(|group| {
        let mut object = Map::new();
        object.insert("name".into(), json!(group.name));
        object.append(&mut rates(&group.rates));
        for (auc, name) in GROUP_AUCS {
            object.insert(name.into(), estimate(group.auc(auc)));
        }
        Value::Object(object)
    });
    let means = GROUP_AUCS.map(|(auc, name)| (name.to_owned(), json!(fairness.power_mean(auc))));
    json!({
        "head": head.name,
        "label": head.labels.name(fairness.label),
        "overall": rates(&fairness.overall),
        "groups": groups.collect::<Vec<_>>(),
        "resamples": fairness.intervals.map(|basis| basis.resamples),
        "seed": fairness.intervals.map(|basis| basis.seed),
        "n_groups": fairness.intervals.and_then(|basis| basis.n_groups),
        "power_means": Value::Object(means.into_iter().collect()),
    })
}

pub(super) const GROUP_AUCS: [(GroupAuc, &str); 3] =
    [(GroupAuc::Subgroup, "subgroup_auc"), (GroupAuc::Bpsn, "bpsn_auc"), (GroupAuc::Bnsp, "bnsp_auc")];

fn rates(rates: &Rates) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("positives".into(), json!(rates.positives));
    object.insert("negatives".into(), json!(rates.negatives));
    object.insert("too_few".into(), json!(rates.are_of_too_few()));
    object.insert("false_positive_rate".into(), estimate(rates.false_positive_rate));
    object.insert("false_negative_rate".into(), estimate(rates.false_negative_rate));
    object
}

pub(super) fn estimate(estimate: Estimate) -> Value {
    let interval = estimate.interval.map(|Interval { low, high }| [low, high]);
    json!({"value": estimate.value, "interval": interval})
}

/// Where figures come from: what is known of it.
pub fn provenance(provenance: &Provenance) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(key.into(), value);
        }
    };
    put("model", provenance.model.as_ref().map(|model| json!(model)));
    let data: Vec<Value> = provenance
        .data
        .iter()
        .map(|source| json!({"name": source.name, "hash": source.hash, "n_comments": source.n_comments}))
        .collect();
    put("data", (!data.is_empty()).then_some(json!(data)));
    put("recipe", provenance.recipe.as_ref().map(|recipe| json!(recipe)));
    put("command", provenance.command.as_ref().map(|command| json!(command)));
    put("seed", provenance.seed.map(|seed| json!(seed)));
    put("version", provenance.version.as_ref().map(|version| json!(version)));
    put("time", provenance.time.as_ref().map(|time| json!(time)));
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn one_head() {
        let report = Report { evaluations: vec![examples::two_labels()], ..examples::report() };
        insta::assert_snapshot!(render(&report));
    }

    #[test]
    fn attributes() {
        let report =
            Report { evaluations: vec![examples::each(&["toxicity", "threat"])], ..Report::default() };
        insta::assert_snapshot!(render(&report));
    }

    #[test]
    fn two_models_and_groups() {
        let compared = comparison(&examples::comparison());
        assert_eq!(compared["before"]["report"]["head"], "incivility");
        assert!(compared["differences"]["accuracy"]["value"].as_f64().is_some_and(|value| value < 0.0));
        let fairness = fairness(&examples::two_labels().head, &examples::report().findings[0].fairness[0]);
        assert_eq!(fairness["groups"][1]["name"], "anglers");
        assert_eq!(fairness["groups"][1]["too_few"], true);
        assert!(fairness["power_means"]["bpsn_auc"].is_number());
    }

    #[test]
    fn several_heads_stand_in_a_list() {
        let value = value(&examples::report());
        assert_eq!(value["heads"].as_array().unwrap().len(), 2);
        assert_eq!(value["provenance"]["model"], "example@0123456789ab");
    }

    #[test]
    fn what_is_undefined_is_null() {
        let report = Report { evaluations: vec![examples::one_sided()], ..Report::default() };
        let value = value(&report);
        assert!(value["auc"].is_null() && value["per_class"]["uncivil"]["recall"].is_null());
    }
}
