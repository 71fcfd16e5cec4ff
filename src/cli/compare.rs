//! `moderato compare`: two models on the same comments.

use super::data::DataArgs;
use super::evaluated::{IntervalArgs, Labelled};
use super::rendering::{self, To};
use super::talk::Talk;
use super::{Outcome, models, output, score};
use crate::evaluate::Comparison;
use crate::label::{Decision, HeadKind, Truth};
use crate::model::Model;
use crate::report::{ChangedComment, ComparedHead, Provenance, Report, json, markdown, terminal};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;

/// Compare two models on the same labelled comments: paired intervals, McNemar's test, what changed sides
#[derive(Debug, Args)]
#[command(after_help = "Example:
  moderato compare old.safetensors new.safetensors --data test.csv \\
      --label-column uncivil --labels 0=civil,1=uncivil --head incivility")]
pub(super) struct CompareArgs {
    /// The first model; `default` is the one inside the program
    #[arg(value_name = "A")]
    before: PathBuf,
    /// The second model; `default` is the one inside the program
    #[arg(value_name = "B")]
    after: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Also write comparison.json, comparison.md and comparison.html into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Leave the comments' texts out of the page
    #[arg(long)]
    no_text: bool,
    #[command(flatten)]
    intervals: IntervalArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t = To::Table, value_name = "FORMAT")]
    to: To,
}

/// The files that a comparison has in its folder.
const FILES: [&str; 3] = ["comparison.json", "comparison.md", "comparison.html"];

pub(super) fn run(args: &CompareArgs) -> Result<Outcome> {
    let inputs = args.data.data.iter().chain([&args.before, &args.after]);
    rendering::check_folder(args.output.as_deref(), &FILES, inputs)?;
    let [before, after] = [&args.before, &args.after].map(|path| match path.as_os_str() == "default" {
        true => models::load(None),
        false => models::load(Some(path)),
    });
    let models = [before?, after?];
    let talk = Talk::steps();
    let labelled = Labelled::read(&args.data, &models[0], &talk)?;
    let predictions = [labelled.predictions(&models[0])?, labelled.predictions(&models[1])?];
    let options = labelled.options(&args.intervals);
    let [first, second] = &predictions;
    let comparison = Comparison::of(&labelled.head, &labelled.truths, [first, second], &options)?;
    let compared = [ComparedHead {
        changed: changed(&labelled, &models[0], &comparison, [&first.decisions, &second.decisions]),
        comparison,
        before: models[0].id(),
        after: models[1].id(),
    }];
    // Both models are named beside their matrices.
    let own = labelled.provenance(&args.data, &args.intervals, &models[1]);
    let provenance =
        Provenance { model: Some(format!("{}, {}", models[0].id(), models[1].id())), recipe: None, ..own };
    let report = Report { provenance, ..Report::default() };
    let as_json = || {
        let mut value = json::comparison(&compared[0]);
        value["provenance"] = json::provenance(&report.provenance);
        format!("{value:#}\n")
    };
    let as_markdown =
        || markdown::render_comparison(&compared[0]) + &markdown::render_provenance(&report.provenance);
    let as_page = || rendering::page(&report, &[], &compared, !args.no_text);
    if let Some(folder) = &args.output {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{}: cannot make folder", folder.display()))?;
        for (file, text) in FILES.iter().zip([as_json(), as_markdown(), as_page()]) {
            output::write_file(&folder.join(file), text.as_bytes())?;
        }
    }
    talk.end();
    rendering::print_text(&match args.to {
        To::Table => terminal::render_comparison(&compared[0], &rendering::style()),
        To::Json => as_json(),
        To::Md => as_markdown(),
        To::Html => as_page(),
    })?;
    Ok(if labelled.n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

/// The comments that the models decided differently, to be read.
fn changed(
    labelled: &Labelled,
    model: &Model,
    comparison: &Comparison,
    [before, after]: [&[Decision]; 2],
) -> Vec<ChangedComment> {
    const SHOWN: usize = 1000;
    let Some(head) = model.head(&labelled.head.name) else { return Vec::new() };
    let names = |decision: &Decision| match score::label_names(head, decision) {
        names if names.is_empty() => "none".to_owned(),
        names => names.join(", "),
    };
    let mut seen: Vec<usize> = comparison.changes.iter().map(|change| change.comment).collect();
    seen.dedup();
    let row = |i: usize| {
        let comment = &labelled.corpus.comments[i];
        ChangedComment {
            id: comment.id.clone(),
            text: comment.text.clone(),
            truth: names(&as_decision(&labelled.truths[i], labelled.head.kind)),
            before: names(&before[i]),
            after: names(&after[i]),
        }
    };
    seen.into_iter().take(SHOWN).map(row).collect()
}

fn as_decision(truth: &Truth, kind: HeadKind) -> Decision {
    match truth {
        Truth::OneOf(label) if kind == HeadKind::OneOf => Decision::OneOf(*label),
        Truth::OneOf(_) => Decision::Each(Vec::new()),
        Truth::Each(holds) => Decision::Each(holds.iter().map(|holds| *holds == Some(true)).collect()),
    }
}
