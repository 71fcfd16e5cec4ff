//! `moderato suspects`: labels that look wrong, as a list to correct and train from.

use super::data::{self, DataArgs};
use super::sources::Opener;
use super::suspect_list::{List, ListFormat};
use super::talk::{self, Talk};
use super::{Outcome, Problem, output, rendering, train};
use crate::corpus::{Corpus, Folds, Recipe, learn_labels};
use crate::evaluate::{LabelErrors, flip_labels, ranked_suspects};
use crate::label::Truth;
use crate::model::train::{Algorithm, OutOfFold, TrainingSet, UnknownAlgorithm};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Find labels that look wrong: comments that models trained without them label otherwise, and surely
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato suspects --data comments.csv --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility -o suspects.csv
  moderato suspects … --all -o corrected.csv    # all comments, suspects first
  moderato train --data corrected.csv --text-column text \\
      --label-column incivility --head incivility -o my.safetensors
  moderato suspects … --flip 0.05    # of labels flipped, how many are found

The list has the label in a column named as the head (of a yes/no-each head a column for each label), \
and beside it the label suggested: correct the first where the second is right, and train from the \
file. In CSV a text that a spreadsheet would take for a formula gets an apostrophe before it; JSON \
lines have texts as they are.")]
pub(super) struct SuspectsArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How the models that judge are fitted, as `train` has it
    #[arg(long, default_value = "nblr", value_name = "NAME", value_parser = parse_algorithm)]
    algorithm: Algorithm,
    /// How many folds; every comment is judged by a model fitted on the others
    #[arg(long, default_value_t = 5, value_name = "K")]
    folds: u16,
    /// Where everything drawn by lot begins
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The list to write, .csv or .jsonl; it appears when it is whole
    #[arg(short, long, value_name = "FILE", conflicts_with = "flip")]
    output: Option<PathBuf>,
    /// Write all comments, those whose labels look right after the others
    #[arg(long, requires = "output")]
    all: bool,
    /// Flip this share of the labels first, and say how many of them are found among the first 10, 20, 50 …
    #[arg(long, value_name = "SHARE")]
    flip: Option<f64>,
    /// What to print
    #[arg(long, value_enum, default_value_t = To::Table, value_name = "FORMAT")]
    to: To,
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// The most suspicious, for people
    Table,
    /// Everything, for programs
    Json,
}

fn parse_algorithm(name: &str) -> Result<Algorithm, UnknownAlgorithm> {
    name.parse()
}

pub(super) fn run(args: &SuspectsArgs) -> Result<Outcome> {
    if args.data.data.is_empty() {
        return Err(Problem::new("found no `--data`, expected files of labelled comments").into());
    }
    if let Some(share) = args.flip.filter(|share| !(0.0..=0.5).contains(share)) {
        return Err(Problem::new(format!("`--flip` is {share}, expected a share from 0 to 0.5")).into());
    }
    if args.folds == 0 {
        let message = "found 0 folds, expected at least 2: every comment is judged by others";
        return Err(Problem::new(message).into());
    }
    output::check_apart(args.output.as_deref(), &args.data.data)?;
    let format = args.output.as_deref().map(ListFormat::of).transpose()?;
    output::check_place(args.output.as_deref())?;
    let talk = Talk::steps();
    talk.step("reading");
    let mut recipe = args.data.recipe()?;
    recipe.folds = args.folds;
    recipe.seed = args.seed;
    recipe.heads[0].fit.insert("algorithm".into(), args.algorithm.name().into());
    let opener = Opener::of_flags(None);
    opener.check(&recipe)?;
    learn_labels(&mut recipe, |source| opener.open(source))?;
    let corpus = Corpus::read(&recipe, |source| opener.open(source))?;
    let n_trouble = data::report_trouble(&corpus, &talk);
    data::check_columns(&recipe, &corpus, &opener)?;
    let n_comments = corpus.comments.len();
    data::check_folds(args.folds, n_comments)?;
    let mut truths: Vec<Truth> = corpus.comments.iter().filter_map(|c| c.truths[0].clone()).collect();
    let head = train::plan(&recipe, &corpus)?.heads.remove(0).0;
    let flips = args.flip.map(|share| flip_labels(&head, &mut truths, share, args.seed)).unwrap_or_default();
    let judged = judge(&recipe, &corpus, &truths, &talk)?;
    let errors = LabelErrors::of(&head, &truths, &judged.probabilities)?;
    let ranked = ranked_suspects(&errors);
    talk.end();
    let list = List { head: &head, comments: &corpus.comments, truths: &truths, ranked: &ranked };
    if args.flip.is_some() {
        rendering::print_text(&list.measured(&flips, args.to == To::Json))?;
    } else {
        rendering::print_text(&list.printed(&errors, args.to == To::Json))?;
        if let (Some(path), Some(format)) = (&args.output, format) {
            output::write_file(path, &list.file(format, args.all))?;
            let n = talk::plural(list.by_comment().len() as u64, "suspect");
            talk::say(&format!("{}: {n} of {}", path.display(), talk::plural(n_comments as u64, "comment")));
        }
    }
    Ok(if n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

/// What models that were not fitted on a comment say of it.
fn judge(recipe: &Recipe, corpus: &Corpus, truths: &[Truth], talk: &Talk) -> Result<OutOfFold> {
    let plan = train::plan(recipe, corpus)?;
    let texts: Vec<&str> = corpus.comments.iter().map(|c| c.text.as_str()).collect();
    let truths = [truths.iter().cloned().map(Some).collect()];
    let weights: Vec<f32> = corpus.comments.iter().map(|c| c.weight).collect();
    let folds = Folds::Stratified { k: recipe.folds, seed: recipe.seed }.assign(&corpus.comments);
    let set = TrainingSet {
        texts: &texts,
        truths: &truths,
        weights: &weights,
        folds: &folds,
        ..TrainingSet::default()
    };
    let trained = crate::model::train::train(&plan, &set, |step| talk.step(train::step_name(&step)))?;
    trained
        .out_of_fold
        .into_iter()
        .next()
        .ok_or_else(|| Problem::new("found no folds, expected at least 2").into())
}
