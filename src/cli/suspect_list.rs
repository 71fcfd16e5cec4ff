//! Labels that look wrong, as a list: to print, to correct and train from, to be measured.

use super::spreadsheet::{guarded, write_row};
use super::{Problem, rendering, talk};
use crate::corpus::LabelledComment;
use crate::evaluate::{Flip, LabelErrors, Suspect, flipped_among};
use crate::label::{Head, LabelId, Truth};
use crate::report::terminal;
use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListFormat {
    Csv,
    JsonLines,
}

impl ListFormat {
    pub(super) fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::JsonLines),
            _ => {
                Err(Problem::new(format!("{}: expected a name that ends in .csv or .jsonl", path.display()))
                    .into())
            }
        }
    }
}

/// Comments, their labels, and which of these look wrong.
pub(super) struct List<'a> {
    pub(super) head: &'a Head,
    pub(super) comments: &'a [LabelledComment],
    pub(super) truths: &'a [Truth],
    pub(super) ranked: &'a [(Option<LabelId>, Suspect)],
}

/// What looks wrong about one comment.
pub(super) struct Row {
    comment: usize,
    suggested: String,
    margin: f64,
}

const YES_NO: [&str; 2] = ["no", "yes"];

impl List<'_> {
    /// A class as people write it.
    fn name(&self, label: Option<LabelId>, class: LabelId) -> String {
        match label {
            None => self.head.labels.name(class).to_owned(),
            Some(label) => format!("{}={}", self.head.labels.name(label), YES_NO[class.index().min(1)]),
        }
    }

    /// Each suspicious comment once, where its most suspicious label stands.
    pub(super) fn by_comment(&self) -> Vec<Row> {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rows: Vec<Row> = Vec::new();
        for (label, suspect) in self.ranked {
            let suggested = self.name(*label, suspect.suggested);
            match places.get(&suspect.comment) {
                Some(&place) => {
                    let _ = write!(rows[place].suggested, "; {suggested}");
                }
                None => {
                    places.insert(suspect.comment, rows.len());
                    rows.push(Row { comment: suspect.comment, suggested, margin: suspect.margin });
                }
            }
        }
        rows
    }

    /// The columns of the labels, and what a truth has in each.
    fn columns(&self) -> Vec<&str> {
        match self.truths.first() {
            Some(Truth::Each(_)) => self.head.labels.names().iter().map(String::as_str).collect(),
            _ => vec![self.head.name.as_str()],
        }
    }

    fn cells(&self, truth: &Truth) -> Vec<&str> {
        match truth {
            Truth::OneOf(label) => vec![self.head.labels.name(*label)],
            Truth::Each(holds) => {
                holds.iter().map(|holds| holds.map_or("", |holds| YES_NO[usize::from(holds)])).collect()
            }
        }
    }

    /// The file to correct: the suspects, and after them, where `all` are wanted, the others in their order.
    pub(super) fn file(&self, format: ListFormat, all: bool) -> Vec<u8> {
        let mut rows = self.by_comment();
        if all {
            let mut listed = vec![false; self.comments.len()];
            rows.iter().for_each(|row| listed[row.comment] = true);
            let others = (0..self.comments.len()).filter(|&comment| !listed[comment]);
            rows.extend(others.map(|comment| Row { comment, suggested: String::new(), margin: f64::NAN }));
        }
        let grouped = self.comments.iter().any(|c| c.group.is_some());
        let mut out = Vec::new();
        if format == ListFormat::Csv {
            let mut header = vec!["id", "text"];
            header.extend(self.columns());
            header.extend(["suggested", "margin"]);
            header.extend(grouped.then_some("group"));
            write_row(header, &mut out);
        }
        for row in &rows {
            let (labelled, truth) = (&self.comments[row.comment], &self.truths[row.comment]);
            let group = labelled.group.as_deref().unwrap_or_default();
            match format {
                ListFormat::Csv => {
                    let mut cells = vec![guarded(&labelled.id), guarded(&labelled.text)];
                    cells.extend(self.cells(truth).into_iter().map(guarded));
                    cells.push(guarded(&row.suggested));
                    cells.push(if row.margin.is_nan() {
                        String::new()
                    } else {
                        format!("{:.4}", row.margin)
                    });
                    cells.extend(grouped.then(|| guarded(group)));
                    write_row(cells, &mut out);
                }
                ListFormat::JsonLines => {
                    let mut object = Map::new();
                    object.insert("id".into(), json!(labelled.id));
                    object.insert("text".into(), json!(labelled.text));
                    let cells = self.columns().into_iter().zip(self.cells(truth));
                    object.extend(cells.map(|(column, cell)| (column.to_owned(), json!(cell))));
                    object.insert("suggested".into(), json!(row.suggested));
                    object.insert(
                        "margin".into(),
                        if row.margin.is_nan() { Value::Null } else { json!(row.margin) },
                    );
                    if grouped {
                        object.insert("group".into(), json!(group));
                    }
                    out.extend(Value::Object(object).to_string().bytes().chain([b'\n']));
                }
            }
        }
        out
    }

    /// The most suspicious, for people; all of them without texts, for programs.
    pub(super) fn printed(&self, errors: &[LabelErrors], as_json: bool) -> String {
        let noise = |of: &LabelErrors| {
            let question = of.label.map(|label| self.head.labels.name(label).to_owned());
            json!({"label": question, "estimated_noise": of.noise, "n_suspects": of.suspects.len()})
        };
        if as_json {
            let suspects = self.ranked.iter().map(|(label, suspect)| {
                json!({
                    "id": self.comments[suspect.comment].id,
                    "given": self.name(*label, suspect.given),
                    "suggested": self.name(*label, suspect.suggested),
                    "margin": suspect.margin,
                })
            });
            let report = json!({
                "head": self.head.name,
                "n": self.comments.len(),
                "questions": errors.iter().map(noise).collect::<Vec<_>>(),
                "suspects": suspects.collect::<Vec<_>>(),
            });
            return format!("{report:#}\n");
        }
        let mut text = String::new();
        for of in errors {
            let question =
                of.label.map_or(String::new(), |label| format!(", {}", self.head.labels.name(label)));
            let share = of.noise.map_or_else(|| "–".into(), |noise| format!("{:.1}%", 100.0 * noise));
            let n = talk::plural(of.suspects.len() as u64, "label");
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}{question}: {n} of {} look wrong; estimated share of wrong labels {share}",
                self.head.name,
                self.comments.len()
            );
        }
        let rows: Vec<[String; 4]> = self
            .ranked
            .iter()
            .take(20)
            .map(|(label, suspect)| {
                [
                    self.comments[suspect.comment].text.clone(),
                    self.name(*label, suspect.given),
                    self.name(*label, suspect.suggested),
                    format!("{:+.3}", suspect.margin),
                ]
            })
            .collect();
        if !rows.is_empty() {
            text.push('\n');
            text.push_str(&terminal::render_list(
                ["comment", "label", "suggested", "margin"],
                &rows,
                &rendering::style(),
            ));
        }
        text
    }

    /// How many of the labels flipped on purpose are among the first so many suspects.
    pub(super) fn measured(&self, flips: &[Flip], as_json: bool) -> String {
        let ranked: Vec<Flip> = self
            .ranked
            .iter()
            .map(|(label, suspect)| Flip { comment: suspect.comment, label: *label })
            .collect();
        let mut depths: Vec<usize> =
            [10, 20, 50, 100, 200, 500, 1000].into_iter().filter(|&k| k < ranked.len()).collect();
        depths.extend([flips.len().min(ranked.len()), ranked.len()]);
        depths.sort_unstable();
        depths.dedup();
        depths.retain(|&k| k > 0);
        let found: Vec<(usize, usize)> =
            depths.iter().map(|&k| (k, flipped_among(&ranked, flips, k))).collect();
        if as_json {
            let depths =
                found.iter().map(|&(k, n)| json!({"k": k, "flipped": n, "precision": n as f64 / k as f64}));
            let report = json!({
                "head": self.head.name,
                "n": self.comments.len(),
                "n_flipped": flips.len(),
                "n_suspects": ranked.len(),
                "precision_at": depths.collect::<Vec<_>>(),
            });
            return format!("{report:#}\n");
        }
        let mut text = format!(
            "{}: {} of {} labels flipped on purpose, {} suspects\n\n",
            self.head.name,
            flips.len(),
            self.comments.len(),
            ranked.len()
        );
        let rows: Vec<[String; 4]> = found
            .iter()
            .map(|&(k, n)| {
                let share = |of: usize| format!("{:.1}%", 100.0 * n as f64 / of.max(1) as f64);
                [format!("first {k}"), n.to_string(), share(k), share(flips.len())]
            })
            .collect();
        text.push_str(&terminal::render_list(
            ["suspects", "flipped", "precision", "of all flipped"],
            &rows,
            &rendering::style(),
        ));
        text
    }
}
