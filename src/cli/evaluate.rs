//! `moderato evaluate`: a model against labelled comments; the confusion matrix first.

use super::data::DataArgs;
use super::evaluated::{IntervalArgs, Labelled, Wanted};
use super::findings::FindingArgs;
use super::rendering::{self, To};
use super::talk::{self, Talk};
use super::{Outcome, Problem, models, slicing};
use crate::evaluate::{Evaluation, Figure};
use crate::report::{Report, SliceTable, SlicedHead};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Compare a model with labelled comments: confusion matrix, figures with intervals, baselines
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato evaluate --data test.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility
  moderato evaluate --data test.csv --label-column label --head incivility \\
      -m my.safetensors -o report --at-least macro_f1=0.75
  moderato evaluate … --identity-terms groups.txt --swaps pairs.txt \\
      --cases cases.jsonl -o report

With -o the report also says how the model treats groups that comments name, what swapping their \
names does, its strongest words, where it errs, and which labels look wrong.

With --at-least, exit code 1 says that the model fell short. Figures: accuracy, balanced_accuracy, macro_f1, \
weighted_f1, auc, average_precision, log_loss, brier, ece and others; of the last three less is better.")]
pub(super) struct EvaluateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Also write report.json, report.md and report.html into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Also figures for each value of this column: what the comments come from, or test
    #[arg(long, value_name = "NAME")]
    slice_column: Option<String>,
    /// Leave the comments' texts and words out, for reports that travel
    #[arg(long)]
    no_text: bool,
    #[command(flatten)]
    findings: FindingArgs,
    /// Exit with code 1 unless a figure is at least this good
    #[arg(long, value_name = "METRIC=VALUE")]
    at_least: Vec<String>,
    #[command(flatten)]
    intervals: IntervalArgs,
    /// What to print
    #[arg(long, value_enum, default_value_t = To::Table, value_name = "FORMAT")]
    to: To,
}

pub(super) fn run(args: &EvaluateArgs) -> Result<Outcome> {
    let wishes = args.at_least.iter().map(|wish| Wish::parse(wish)).collect::<Result<Vec<_>>>()?;
    let inputs = args.data.data.iter().chain(&args.model).chain(args.findings.files());
    rendering::check_folder(args.output.as_deref(), &rendering::FILES, inputs)?;
    let model = models::load(args.model.as_deref())?;
    let talk = Talk::steps();
    let labelled = Labelled::read_with(&args.data, &args.wanted(), &model, &talk)?;
    args.findings.check(&labelled.head)?;
    let predictions = labelled.predictions(&model)?;
    let options = labelled.options(&args.intervals);
    let evaluation = Evaluation::of(&labelled.head, &labelled.truths, &predictions, &options)?;
    let slices = args.slice_column.as_deref().map(|column| labelled.slices(column, &predictions, &options));
    let slices: Vec<SlicedHead> = slices.transpose()?.into_iter().collect();
    talk.step("looking closer");
    let in_report = args.output.is_some() || args.to == To::Html;
    let mut findings = args.findings.look((&labelled, &model), &predictions, &options, in_report)?;
    // Among the findings they are read back from `report.json`.
    let own = slices.iter().map(|own| SliceTable { by: own.by.clone(), slices: own.slices.clone() });
    findings.slices.splice(0..0, own);
    let report = Report {
        evaluations: vec![evaluation],
        slices,
        findings: vec![if args.no_text { findings.without_text() } else { findings }],
        provenance: labelled.provenance(&args.data, &args.intervals, &model),
    };
    let details = match in_report && !args.no_text {
        true => vec![labelled.details(&model, &predictions)?],
        false => Vec::new(),
    };
    if let Some(folder) = &args.output {
        talk.step("writing the report");
        rendering::write_folder(folder, &report, &details, !args.no_text)?;
        if args.no_text {
            rendering::forget_comments(folder)?;
        }
    }
    talk.end();
    match args.to {
        To::Html => rendering::print_text(&rendering::page(&report, &details, &[], !args.no_text))?,
        to => rendering::print(&report, to)?,
    }
    let short: Vec<String> =
        wishes.iter().filter_map(|wish| wish.falls_short(&report.evaluations[0])).collect();
    short.iter().for_each(|line| talk::say(line));
    Ok(match (labelled.n_trouble, short.is_empty()) {
        (0, true) => Outcome::Done,
        (0, false) => Outcome::No,
        _ => Outcome::SomeUnreadable,
    })
}

impl EvaluateArgs {
    /// Columns beside those of labels.
    fn wanted(&self) -> Wanted {
        Wanted {
            slice: self.slice_column.clone(),
            carried: self.findings.fairness_column.clone(),
            if_there: slicing::CARRIED.map(String::from).into(),
        }
    }
}

/// What `--at-least` asks of a figure.
struct Wish {
    figure: Figure,
    value: f64,
}

impl Wish {
    fn parse(wish: &str) -> Result<Self> {
        let wrong = |expected: String| Problem::new(format!("`--at-least` is `{wish}`, expected {expected}"));
        let (name, value) =
            wish.split_once('=').ok_or_else(|| wrong("METRIC=VALUE, such as macro_f1=0.75".into()))?;
        let names = || Figure::ALL.map(Figure::name).join(", ");
        let figure = Figure::by_name(name).ok_or_else(|| wrong(format!("one of {}", names())))?;
        let value = value.parse().ok().filter(|value: &f64| value.is_finite());
        let value = value.ok_or_else(|| wrong("a number after `=`".into()))?;
        Ok(Self { figure, value })
    }

    /// What to say if the figure is not as good, or undefined.
    fn falls_short(&self, evaluation: &Evaluation) -> Option<String> {
        let name = self.figure.name();
        let Some(found) = evaluation.value(self.figure) else {
            return Some(format!("{name} is undefined here, expected {}", self.value));
        };
        let (good, relation) = match self.figure.higher_is_better() {
            true => (found >= self.value, "least"),
            false => (found <= self.value, "most"),
        };
        (!good).then(|| format!("{name} is {found:.4}, expected at {relation} {}", self.value))
    }
}
