//! `moderato score`: comments in, labels and probabilities out.

use super::comments::Job;
use super::input::{self, Inputs, ReadArgs, RoleArgs};
use super::output::{self, Output};
use super::spreadsheet::{guarded, write_row};
use super::{Outcome, Problem, comments, extract, models, pipeline, table};
use crate::comment::Comment;
use crate::extract::Keep;
use crate::label::{Decision, LabelId};
use crate::model::{Model, ModelHead, Prediction, PredictionJson, Scorer, write_probability};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Label every comment of pages, tables and exports
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato score comments.csv -o scored.jsonl
  moderato score page.html --to table
  moderato score tweets.csv -m stances.safetensors --target \"Joe Biden\"
  moderato extract crawl/*.html | moderato score - --keep --to csv

Each JSON line has the comment's `id`, and under `heads` for each head the `scores` (probabilities) of its \
labels and the `label`, or for heads whose labels hold each on its own the `labels`, that hold at the model's \
thresholds. On a terminal a table is shown.

Exit code 2 says that some record could not be read; the others were scored.")]
pub(super) struct ScoreArgs {
    #[command(flatten)]
    inputs: Inputs,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Of stances, only that toward this target; heads without a target are asked as well
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Write here instead of to standard output; the file appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    roles: RoleArgs,
    /// What to write: JSON lines, or a table where standard output is a terminal
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<To>,
    /// Carry the fields of the input along
    #[arg(long)]
    keep: bool,
    /// How many threads to use; all cores unless given
    #[arg(long, value_name = "N", value_parser = input::count::<NonZeroUsize>)]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// A JSON object a line
    Jsonl,
    /// A table with a header, for spreadsheets: what these would take for a formula gets an apostrophe before it
    Csv,
    /// A table for people, with the words that weighed most
    Table,
}

pub(super) fn run(args: &ScoreArgs) -> Result<Outcome> {
    args.inputs.check()?;
    let model = models::toward(models::load(args.model.as_deref())?, args.target.as_deref())?;
    let to = args.to.unwrap_or(match args.output.is_none() && output::stdout_is_terminal() {
        true => To::Table,
        false => To::Jsonl,
    });
    let keep = if args.keep { Keep::All } else { Keep::Nothing };
    if let Some(flag) = args.roles.kept().next().filter(|_| !args.keep || to == To::Table) {
        let message = format!("found `{flag}`, expected `--keep` with it: nothing else shows that field");
        return Err(Problem::new(message)
            .hint("`--keep` carries fields along into JSON lines and CSV")
            .into());
    }
    let mut options = args.read.options(keep)?;
    options.fields.named = args.roles.named();
    let threads = args.threads.unwrap_or_else(pipeline::default_threads);
    output::check_apart(args.output.as_deref(), args.inputs.inputs.iter().chain(&args.model))?;
    let mut out = Output::open(args.output.as_deref())?;
    let style = table::Style { width: output::terminal_width(), color: output::stdout_has_color() };
    match to {
        To::Jsonl => {}
        To::Csv => out.write_all(&csv_header(&model, args.keep))?,
        To::Table => out.write_all(table::header(&model, &style).as_bytes())?,
    }
    let json = PredictionJson::of(&model);
    let writer = || {
        let mut scorer = Scorer::new(&model);
        let (json, model, style, keep) = (&json, &model, &style, args.keep);
        move |comment: &mut Comment, out: &mut Vec<u8>| {
            let prediction = scorer.score(&comment.own_words());
            match to {
                To::Jsonl => write_json(json, comment, prediction, keep, out),
                To::Csv => write_csv(model, comment, prediction, keep, out),
                To::Table => out.extend(table::row(model, comment, prediction, style).bytes()),
            }
        }
    };
    let inputs = args.inputs.files(args.output.as_deref());
    let job = Job { inputs: &inputs, options: &options, threads, from: None, explain: false };
    let summary = comments::write_each(&job, writer, &mut out)?;
    out.finish()?;
    summary.say();
    Ok(summary.outcome())
}

fn write_json(
    json: &PredictionJson,
    comment: &Comment,
    prediction: &Prediction,
    keep: bool,
    out: &mut Vec<u8>,
) {
    out.extend(b"{\"id\":");
    write_quoted(&comment.id, out);
    out.push(b',');
    json.write(prediction, out);
    if keep {
        for (name, value) in kept_fields(comment) {
            out.push(b',');
            write_quoted(&name, out);
            out.push(b':');
            out.extend(value.to_string().bytes());
        }
    }
    out.extend(b"}\n");
}

/// The comment's own fields, less those whose names the answer needs.
fn kept_fields(comment: &Comment) -> impl Iterator<Item = (String, serde_json::Value)> + use<> {
    let taken = ["id", "heads", "model"];
    extract::fields(comment).into_iter().filter(move |(name, _)| !taken.contains(&name.as_str()))
}

fn write_quoted(text: &str, out: &mut Vec<u8>) {
    // Writing a string to memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

fn csv_header(model: &Model, keep: bool) -> Vec<u8> {
    let mut cells = vec!["id".to_owned()];
    for head in model.heads() {
        cells.push(head.head.name.clone());
        cells.extend(head.head.labels.names().iter().map(|label| format!("{}.{label}", head.head.name)));
    }
    cells.push("model".into());
    if keep {
        cells.extend(["text", "fields"].map(str::to_owned));
    }
    let mut out = Vec::new();
    write_row(cells, &mut out);
    out
}

fn write_csv(model: &Model, comment: &Comment, prediction: &Prediction, keep: bool, out: &mut Vec<u8>) {
    let mut cells: Vec<Vec<u8>> = vec![guarded(&comment.id).into()];
    for (head, answer) in model.heads().iter().zip(&prediction.heads) {
        cells.push(label_names(head, &answer.decision).join("|").into());
        cells.extend(answer.probabilities.iter().map(|p| {
            let mut cell = Vec::new();
            write_probability(*p, &mut cell);
            cell
        }));
    }
    cells.push(model.id().into());
    if keep {
        // The rest in one cell: the columns of a table must be known before its first row, and records differ.
        let rest: serde_json::Map<_, _> = kept_fields(comment).filter(|(name, _)| name != "text").collect();
        cells.push(guarded(&comment.text).into());
        cells.push(serde_json::Value::Object(rest).to_string().into());
    }
    write_row(cells, out);
}

/// The names of the labels that hold.
pub(super) fn label_names<'h>(head: &'h ModelHead, decision: &Decision) -> Vec<&'h str> {
    let labels = &head.head.labels;
    match decision {
        Decision::OneOf(label) => vec![labels.name(*label)],
        Decision::Each(holds) => {
            let held = holds.iter().enumerate().filter(|(_, holds)| **holds);
            held.map(|(i, _)| labels.name(LabelId::from(i))).collect()
        }
    }
}
