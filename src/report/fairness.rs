//! Fairness over groups, before it has a format.

use super::number::{count, figure, interval};
use super::table::Table;
use crate::evaluate::{Estimate, Fairness, GroupAuc, GroupScores, Rates, Swap};

/// The three AUCs of Borkan et al. (2019) in the order they print.
pub(crate) const AUCS: [(GroupAuc, &str); 3] =
    [(GroupAuc::Subgroup, "subgroup AUC"), (GroupAuc::Bpsn, "BPSN AUC"), (GroupAuc::Bnsp, "BNSP AUC")];

/// What stands beside a group that is too small.
pub(crate) const TOO_FEW: &str = "⚠";

/// What the tables must be read with, a sentence each.
pub(crate) fn notes() -> [String; 2] {
    [
        "Subgroup AUC: order within the group. BPSN: the group's harmless comments against the others' bad ones; \
         low means they are taken for bad. BNSP: the group's bad comments against the others' harmless ones; low \
         means they are missed (Borkan et al. 2019)."
            .into(),
        format!(
            "{TOO_FEW}: fewer than {} comments with or without the label; such figures say next to nothing. The \
             last row has power means (power -5), which lean to the worst group.",
            Rates::SMALLEST_SIDE
        ),
    ]
}

/// The AUCs of each group.
pub(crate) fn aucs(fairness: &Fairness) -> Table {
    let mut header = vec!["group".to_owned()];
    for (_, name) in AUCS {
        header.extend([name.to_owned(), "95%".into()]);
    }
    let mut table = Table { header, ..Table::default() };
    for group in &fairness.groups {
        let estimates = AUCS.into_iter().map(|(auc, _)| group.auc(auc));
        table.rows.push(row(group_name(group), estimates));
    }
    let means = AUCS.map(|(auc, _)| Estimate { value: fairness.power_mean(auc), interval: None });
    table.rows.push(row("all groups".into(), means));
    table
}

/// How many comments of each group have the label, and how they were decided.
pub(crate) fn rates(fairness: &Fairness) -> Table {
    let header = ["group", "with", "without", "wrongly held", "95%", "missed", "95%"];
    let mut table = Table { header: header.map(String::from).to_vec(), ..Table::default() };
    let groups = fairness.groups.iter().map(|group| (group_name(group), group.rates));
    for (name, rates) in groups.chain([("all comments".to_owned(), fairness.overall)]) {
        let mut cells = row(name, [rates.false_positive_rate, rates.false_negative_rate]);
        cells.splice(1..1, [count(rates.positives), count(rates.negatives)]);
        table.rows.push(cells);
    }
    table
}

/// What swaps did.
pub(crate) fn swaps(swaps: &[Swap]) -> Table {
    let header = ["swap", "comments", "mean change", "95%", "mean size", "newly held", "newly passed"];
    let rows = swaps
        .iter()
        .map(|swap| {
            vec![
                swap.name.clone(),
                count(swap.n),
                figure(swap.mean_change.value),
                interval(swap.mean_change.interval),
                figure(swap.mean_size),
                count(swap.newly_held),
                count(swap.newly_passed),
            ]
        })
        .collect();
    Table { header: header.map(String::from).to_vec(), rows, numbered: false }
}

fn group_name(group: &GroupScores) -> String {
    if group.rates.are_of_too_few() { format!("{TOO_FEW} {}", group.name) } else { group.name.clone() }
}

fn row(name: String, estimates: impl IntoIterator<Item = Estimate>) -> Vec<String> {
    let mut cells = vec![name];
    for estimate in estimates {
        cells.extend([figure(estimate.value), interval(estimate.interval)]);
    }
    cells
}
