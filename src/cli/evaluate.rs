//! `moderato evaluate`: a model against labelled comments; the confusion matrix first.

use super::data::{self, DataArgs, Opener};
use super::slices::{self, Cut};
use super::talk::{self, Talk};
use super::{Outcome, Problem, models, output};
use crate::corpus::{Corpus, LabelledComment, Recipe};
use crate::evaluate::{Bootstrap, Evaluation, Figure, Groups, Options, Predictions};
use crate::label::Truth;
use crate::model::{HeadPrediction, Model, ModelHead, Scorer};
use crate::report::{DataSource, Provenance, Report, SlicedHead, terminal};
use anyhow::Result;
use clap::{Args, ValueEnum};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use std::io::Write;
use std::path::PathBuf;

/// Compare a model with labelled comments: confusion matrix, figures with intervals, baselines
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato evaluate --data test.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility
  moderato evaluate --data test.csv --text-column text --label-column label --head incivility \\
      -m my.safetensors -o report --at-least macro_f1=0.75

With --at-least, exit code 1 says that the model fell short. Figures: accuracy, balanced_accuracy, macro_f1,
weighted_f1, auc, average_precision, log_loss, brier, ece and others; of the last three less is better.")]
pub(super) struct EvaluateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Also write report.json and report.md into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Also figures for each value of this column: what the comments come from, or test
    #[arg(long, value_name = "NAME")]
    slice_column: Option<String>,
    /// Exit with code 1 unless a figure is at least this good
    #[arg(long, value_name = "METRIC=VALUE")]
    at_least: Vec<String>,
    /// Resamples for the intervals; 0 for none
    #[arg(long, default_value_t = 1000, value_name = "N")]
    resamples: u32,
    /// Where everything drawn by lot begins
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// What to print
    #[arg(long, value_enum, default_value_t = To::Table, value_name = "FORMAT")]
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// For people
    Table,
    /// For programs
    Json,
    /// For documents
    Md,
}

pub(super) fn run(args: &EvaluateArgs) -> Result<Outcome> {
    let wishes = args.at_least.iter().map(|wish| Wish::parse(wish)).collect::<Result<Vec<_>>>()?;
    if args.data.data.is_empty() {
        return Err(Problem::new("found no `--data`, expected files of labelled comments").into());
    }
    let model = models::load(args.model.as_deref())?;
    let mut recipe = args.data.recipe()?;
    recipe.sources.iter_mut().for_each(|source| source.slice.clone_from(&args.slice_column));
    let head = models::head(&model, &recipe.heads[0].name)?;
    fit_to_model(&mut recipe, head)?;
    let talk = Talk::steps();
    talk.step("reading");
    let opener = Opener { folders: vec![PathBuf::new()] };
    let corpus = Corpus::read(&recipe, |source| opener.open(source))?;
    let n_trouble = data::report_trouble(&corpus, &talk);
    talk.step(talk::plural(corpus.comments.len() as u64, "comment"));
    let (evaluation, sliced) = evaluate(args, &model, head, &corpus)?;
    let report = Report { evaluations: vec![evaluation], provenance: provenance(args, &model, &corpus) };
    let written = slices::Written { report: &report, key: "by_slice", sliced: &sliced };
    talk.end();
    if let Some(folder) = &args.output {
        written.to_folder(folder)?;
    }
    let style = terminal::Style { color: output::stdout_has_color(), ..terminal::Style::default() };
    let mut out = output::Output::open(None)?;
    out.write_all(
        match args.to {
            To::Table => written.terminal(&style),
            To::Json => written.json(),
            To::Md => written.markdown(),
        }
        .as_bytes(),
    )?;
    out.finish()?;
    let short: Vec<String> =
        wishes.iter().filter_map(|wish| wish.falls_short(&report.evaluations[0])).collect();
    short.iter().for_each(|line| talk::say(line));
    Ok(match (n_trouble, short.is_empty()) {
        (0, true) => Outcome::Done,
        (0, false) => Outcome::No,
        _ => Outcome::SomeUnreadable,
    })
}

/// The data answer the model's question, with its labels.
fn fit_to_model(recipe: &mut Recipe, head: &ModelHead) -> Result<()> {
    let labels = &head.head.labels;
    for answers in recipe.sources.iter().flat_map(|source| source.heads.values()) {
        let named = answers.labels.as_ref().filter(|_| answers.columns.is_empty());
        let given = named.map(|mapping| mapping.labels()).unwrap_or_default();
        let given = given.into_iter().chain(answers.columns.keys().map(String::as_str));
        for name in given {
            if labels.id(name).is_none() {
                return Err(Problem::new(format!(
                    "`--labels`: head `{}` has no label `{name}`, expected one of {labels}",
                    head.head.name
                ))
                .into());
            }
        }
    }
    recipe.heads[0].labels = Some(labels.clone());
    recipe.heads[0].kind = head.head.kind;
    Ok(())
}

/// What the heads at `positions` say of `comments`.
pub(super) fn predictions(
    model: &Model,
    positions: &[usize],
    comments: &[LabelledComment],
) -> Result<Vec<Predictions>> {
    let answers: Vec<Vec<HeadPrediction>> = comments
        .par_iter()
        .map_init(
            || Scorer::new(model),
            |scorer, c| {
                let prediction = scorer.score(&c.comment.text);
                positions.iter().map(|&h| prediction.heads[h].clone()).collect()
            },
        )
        .collect();
    let of_head = |(i, &h): (usize, &usize)| {
        let n_labels = model.heads()[h].head.labels.len();
        let flat: Vec<f64> = answers.iter().flat_map(|a| a[i].probabilities.iter().copied()).collect();
        Ok(Predictions {
            probabilities: Array2::from_shape_vec((answers.len(), n_labels), flat)?,
            decisions: answers.iter().map(|a| a[i].decision.clone()).collect(),
        })
    };
    positions.iter().enumerate().map(of_head).collect()
}

/// Those of the comments at `rows`.
pub(super) fn select(predictions: &Predictions, rows: &[usize]) -> Predictions {
    Predictions {
        probabilities: predictions.probabilities.select(Axis(0), rows),
        decisions: rows.iter().map(|&i| predictions.decisions[i].clone()).collect(),
    }
}

/// The evaluation, and what each slice came to where slices are asked for.
fn evaluate(
    args: &EvaluateArgs,
    model: &Model,
    head: &ModelHead,
    corpus: &Corpus,
) -> Result<(Evaluation, Vec<SlicedHead>)> {
    let position = model.heads().iter().position(|h| h.head.name == head.head.name).unwrap_or_default();
    let truths: Vec<Truth> = corpus.comments.iter().filter_map(|c| c.truths[0].clone()).collect();
    let predictions = predictions(model, &[position], &corpus.comments)?.remove(0);
    let groups = args
        .data
        .group_column
        .as_ref()
        .map(|_| Groups::by_name(corpus.comments.iter().map(|c| c.group.clone())));
    let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed, groups };
    let options = Options { bootstrap: (args.resamples > 0).then_some(bootstrap) };
    let evaluation = Evaluation::of(&head.head, &truths, &predictions, &options)?;
    let Some(by) = &args.slice_column else { return Ok((evaluation, Vec::new())) };
    let names: Vec<Option<&str>> = corpus.comments.iter().map(|c| c.slice.as_deref()).collect();
    let cut = Cut { head: &head.head, truths: &truths, predictions: &predictions, names: &names };
    Ok((evaluation, vec![cut.by(by, None, &options)?]))
}

fn provenance(args: &EvaluateArgs, model: &Model, corpus: &Corpus) -> Provenance {
    let data = args.data.data.iter().zip(&corpus.counts).map(|(path, counts)| DataSource {
        name: path.display().to_string(),
        hash: data::file_hash(path).map(|hash| format!("sha256:{hash}")),
        n_comments: Some(counts.n_labelled),
    });
    Provenance {
        model: Some(model.id()),
        data: data.collect(),
        seed: Some(args.seed),
        version: Some(env!("CARGO_PKG_VERSION").into()),
        ..Provenance::default()
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
        let value = value.parse().map_err(|_| wrong("a number after `=`".into()))?;
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
