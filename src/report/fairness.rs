//! Fairness over groups, before it has a format.

use super::number::{count, figure, interval, share, signed};
use super::table::Table;
use crate::evaluate::{Estimate, Fairness, GroupAuc, GroupScores, Rates, Swap};

/// The three AUCs of Borkan et al. (2019) in the order they print.
pub(crate) const AUCS: [(GroupAuc, &str); 3] =
    [(GroupAuc::Subgroup, "subgroup AUC"), (GroupAuc::Bpsn, "BPSN AUC"), (GroupAuc::Bnsp, "BNSP AUC")];

/// What stands beside a group that is too small.
pub(crate) const TOO_FEW: &str = "⚠";

/// What swap tests are.
pub(crate) const SWAPS: &str = "The same comments with one group's name replaced by another's: a fair model changes \
                                nothing. Change: of the probability; AUC lost: over all comments, these swapped.";

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
    let header = ["swap", "n", "change", "95%", "size", "log-odds", "newly held", "passed", "AUC lost"];
    let rows = swaps
        .iter()
        .map(|swap| {
            vec![
                swap.name.clone(),
                count(swap.n),
                signed(swap.mean_change.value),
                swap.mean_change.interval.map_or_else(String::new, |interval| {
                    format!("{} to {}", signed(Some(interval.low)), signed(Some(interval.high)))
                }),
                figure(swap.mean_size),
                signed(swap.mean_log_odds_change),
                count(swap.newly_held),
                count(swap.newly_passed),
                signed(swap.auc_lost),
            ]
        })
        .collect();
    Table { header: header.map(String::from).to_vec(), rows, numbered: false }
}

/// Both tables in one that fits a terminal: the values without their intervals.
pub(crate) fn brief(fairness: &Fairness) -> Table {
    let header = ["group", "with", "without", "subgroup", "BPSN", "BNSP", "wrongly held", "missed"];
    let groups = fairness.groups.iter().map(|group| {
        let aucs = AUCS.map(|(auc, _)| figure(group.auc(auc).value));
        (group_name(group), group.rates, aucs)
    });
    let means = AUCS.map(|(auc, _)| figure(fairness.power_mean(auc)));
    let rows = groups.chain([("all".to_owned(), fairness.overall, means)]).map(|(name, rates, aucs)| {
        let mut row = vec![name, count(rates.positives), count(rates.negatives)];
        row.extend(aucs);
        row.extend([rates.false_positive_rate, rates.false_negative_rate].map(|rate| share(rate.value)));
        row
    });
    Table { header: header.map(String::from).to_vec(), rows: rows.collect(), numbered: false }
}

/// The swaps that changed most, without intervals.
pub(crate) fn brief_swaps(swaps: &[Swap]) -> Table {
    const SHOWN: usize = 8;
    let mut largest: Vec<&Swap> = swaps.iter().collect();
    let size = |swap: &Swap| swap.mean_change.value.unwrap_or(0.0).abs();
    largest.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let header = ["swap", "n", "change", "log-odds", "newly held", "passed", "AUC lost"];
    let row = |swap: &&Swap| {
        vec![
            swap.name.clone(),
            count(swap.n),
            signed(swap.mean_change.value),
            signed(swap.mean_log_odds_change),
            count(swap.newly_held),
            count(swap.newly_passed),
            signed(swap.auc_lost),
        ]
    };
    let rows = largest.iter().take(SHOWN).map(row).collect();
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
