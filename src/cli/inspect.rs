//! `moderato inspect`: what a model is, and what it learned.

use super::output::Output;
use super::rendering::{self, TextOr};
use super::{Outcome, models};
use crate::model::{Model, ModelHead};
use crate::report::escape::visible;
use crate::report::terminal;
use crate::text::TermKind;
use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// Show what a model is, what it was trained on, and its strongest words
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato inspect
  moderato inspect my.model --terms 30 --to json")]
pub(super) struct InspectArgs {
    /// A model file; the model inside the program unless given
    model: Option<PathBuf>,
    /// How many of the strongest words to list for and against each label
    #[arg(long, default_value_t = 10, value_name = "N")]
    terms: usize,
    /// What to write
    #[arg(long, value_enum, default_value_t = TextOr::Text, value_name = "FORMAT")]
    to: TextOr,
}

pub(super) fn run(args: &InspectArgs) -> Result<Outcome> {
    let model = models::load(args.model.as_deref())?;
    let mut out = Output::open(None)?;
    match args.to {
        TextOr::Json => writeln!(out, "{:#}", as_json(&model, args.terms))?,
        TextOr::Text => write_text(&model, args.terms, &mut out)?,
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// A column of a head: the label it speaks for, and the strongest words on both sides.
struct Column<'m> {
    label: &'m str,
    threshold: Option<f64>,
    support: Option<u64>,
    words_for: Vec<(&'m str, f32)>,
    words_against: Vec<(&'m str, f32)>,
}

fn columns<'m>(model: &'m Model, head: &'m ModelHead, n: usize) -> Vec<Column<'m>> {
    let vocabulary = model.vocabulary();
    let group = &model.groups()[head.group];
    let names = head.head.labels.names();
    let words = || (0..vocabulary.len() as u32).filter(|&id| vocabulary.kind(id) == TermKind::Words);
    (0..head.n_columns())
        .map(|column| {
            let label = if head.is_two_way() { 1 } else { column };
            let weight = |id: u32| group.weight(id, head.first_column + column) as f32;
            let mut ranked: Vec<(u32, f32)> = words().map(|id| (id, weight(id))).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let named = |&(id, weight): &(u32, f32)| (vocabulary.text(id), weight);
            Column {
                label: &names[label],
                threshold: head.readout.thresholds.get(column).copied(),
                support: head.support.get(label).copied(),
                words_for: ranked.iter().take(n).filter(|r| r.1 > 0.0).map(named).collect(),
                words_against: ranked.iter().rev().take(n).filter(|r| r.1 < 0.0).map(named).collect(),
            }
        })
        .collect()
}

fn write_text(model: &Model, n: usize, out: &mut impl Write) -> Result<()> {
    let about = model.about();
    let vocabulary = model.vocabulary();
    writeln!(out, "{} · version {}", model.id(), visible(&about.version))?;
    if !about.description.is_empty() {
        print_wrapped("", &visible(&about.description), out)?;
    }
    let n_characters = vocabulary.n_characters();
    writeln!(
        out,
        "\n{} terms: {} of words, {n_characters} of characters",
        vocabulary.len(),
        vocabulary.len() as u32 - n_characters
    )?;
    writeln!(out, "seed {}\n\ntrained on", about.seed)?;
    for source in &about.sources {
        let licence = match source.licence.as_str() {
            "" => String::new(),
            licence => format!(" ({})", visible(licence)),
        };
        writeln!(out, "  {:>7} comments  {}{licence}", source.n_comments, visible(&source.name))?;
    }
    for head in model.heads() {
        let target = head.head.target.as_ref().map_or(String::new(), |t| format!(" toward {}", visible(t)));
        let what = format!(
            "{}{target}: {} · {} · {} comments",
            visible(&head.head.name),
            head.head.labels,
            head.algorithm,
            head.n_documents
        );
        writeln!(out)?;
        print_wrapped("", &what, out)?;
        for column in columns(model, head, n) {
            let support = column.support.map_or(String::new(), |s| format!(", {s} comments"));
            let threshold =
                column.threshold.map_or(String::new(), |t| format!(", from probability {t:.3} on"));
            writeln!(out, "  {}{support}{threshold}", visible(column.label))?;
            print_wrapped("    for      ", &dotted(&column.words_for), out)?;
            print_wrapped("    against  ", &dotted(&column.words_against), out)?;
        }
    }
    Ok(())
}

/// `text` behind `name`, on lines as wide as those of reports; a line that goes on is indented as far.
fn print_wrapped(name: &str, text: &str, out: &mut impl Write) -> Result<()> {
    let indent = name.width().max(4);
    let lines = terminal::wrapped(text, rendering::style().width - indent);
    for (i, line) in lines.iter().enumerate() {
        let before = if i == 0 { name.to_owned() } else { " ".repeat(indent) };
        writeln!(out, "{before}{}", line.replace(NO_BREAK, " "))?;
    }
    Ok(())
}

/// Between words that stay on one line.
const NO_BREAK: &str = "\u{a0}";

/// Terms with dots between them, none of them broken by the end of a line.
fn dotted(terms: &[(&str, f32)]) -> String {
    let whole = |(term, _): &(&str, f32)| visible(term).replace(' ', NO_BREAK);
    terms.iter().map(whole).collect::<Vec<_>>().join(&format!("{NO_BREAK}· "))
}

fn as_json(model: &Model, n: usize) -> Value {
    let heads = model.heads().iter().map(|head| {
        let columns = columns(model, head, n).into_iter().map(|column| {
            json!({
                "label": column.label,
                "threshold": column.threshold,
                "support": column.support,
                "for": column.words_for.iter().map(|(w, x)| json!([w, x])).collect::<Vec<_>>(),
                "against": column.words_against.iter().map(|(w, x)| json!([w, x])).collect::<Vec<_>>(),
            })
        });
        json!({
            "head": head.head,
            "algorithm": head.algorithm,
            "n_documents": head.n_documents,
            "calibrations": head.readout.calibrations,
            "columns": columns.collect::<Vec<_>>(),
        })
    });
    json!({
        "model": model.id(),
        "about": model.about(),
        "analysis": model.analyzer().analysis(),
        "n_terms": model.vocabulary().len(),
        "n_characters": model.vocabulary().n_characters(),
        "heads": heads.collect::<Vec<_>>(),
    })
}
