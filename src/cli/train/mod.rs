//! `moderato train`: labelled comments in, a model and its cross-validated figures out.

mod figures;
mod lessons;
mod settings;
mod unused;

pub(super) use lessons::Lessons;
pub(super) use settings::{analyzer, plan};

use super::community::{self, CommunityArgs};
use super::data::{self, DataArgs};
use super::sources::{self, Opener};
use super::talk::{self, Talk};
use super::{Outcome, Problem, card, cases, identity, input, output, rendering, streamed};
use crate::corpus::{Corpus, Folds, LabelledComment, Recipe, learn_labels};
use crate::model::train::{self, Algorithm, Step};
use crate::report::{Provenance, Report, terminal};
use anyhow::Result;
use clap::Args;
use figures::{Scored, provenance, write_trials};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Train a model from a recipe, from files of labelled comments, or from decisions
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato train training/default.toml --data-dir ../data -o default.safetensors
  moderato train --data comments.csv --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility -o my.safetensors
  moderato train --data tone.tsv --no-header --text-column 1 --label-column 2 \\
      --labels 0=mixed,1=negative,2=neutral --split , --head tone -o tone.model
  moderato train --from-decisions desk.sqlite --community town -o town.model

The figures shown are cross-validated: every comment was scored by a model that had not seen it. Folds also \
choose calibration and thresholds; `--folds 0` does without, and leaves probabilities as the algorithm has \
them and thresholds at one half.")]
pub(super) struct TrainArgs {
    /// A recipe: heads, sources, columns, algorithms; see training/README.md
    #[arg(value_name = "RECIPE", conflicts_with_all = ["data", "from_decisions"])]
    recipe: Option<PathBuf>,
    /// Where the files of the recipe's sources are looked for first
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    community: CommunityArgs,
    /// How heads are fitted: multinomial, bernoulli, complement (on words), nblr, logistic (on words and characters)
    /// or auto, which tries them; with --data nblr unless given
    #[arg(long, value_name = "NAME", value_parser = parse_algorithm)]
    algorithm: Option<Algorithm>,
    /// A setting of the fit as a recipe's `fit` has it, such as `alpha=0.5`, `binary=true` or `c=3`
    #[arg(long = "fit", value_name = "NAME=VALUE")]
    fit: Vec<String>,
    /// A setting of the analysis as a recipe has it, such as `words=[1,3]` or `characters=[0,0]`
    #[arg(long = "analysis", value_name = "NAME=VALUE")]
    analysis: Vec<String>,
    /// A setting of the vocabulary as a recipe has it, such as `min-words=3` or `max-terms=100000`
    #[arg(long = "vocabulary", value_name = "NAME=VALUE")]
    vocabulary: Vec<String>,
    /// What thresholds are chosen for: f1, precision=0.9, recall=0.9 or flag-rate=0.02
    #[arg(long, value_name = "WISH")]
    threshold_for: Option<String>,
    /// How many folds; 0 for none
    #[arg(long, value_name = "K")]
    folds: Option<u16>,
    /// Divide folds by the CRC-32 of the text, as other programs can, instead of by lot
    #[arg(long)]
    folds_by_hash: bool,
    /// Where everything drawn by lot begins
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The time that the report states, in whatever form; none unless given
    #[arg(long, value_name = "TEXT", requires = "report")]
    time: Option<String>,
    /// Take about this much memory at most, such as 500MB: naive Bayes without folds then reads its input several
    /// times and holds none of it, at most so many terms are followed as fit, and what that may have missed is said;
    /// other fits are refused if they would take more
    #[arg(long, value_name = "SIZE")]
    memory: Option<streamed::Memory>,
    /// The model's name; that of the recipe, or of the head, unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The model file to write; it appears when it is whole
    #[arg(short, long, value_name = "MODEL")]
    pub(super) output: PathBuf,
    /// Also write a model card: what it is for, data, cross-validated figures, limits
    #[arg(long, value_name = "FILE")]
    pub(super) card: Option<PathBuf>,
    /// Also write report.json and report.md of the cross-validated figures into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) report: Option<PathBuf>,
    /// Functional cases to try the model on, for a table in the card: comments with a field `case` that says what
    /// each tests, and fields named as heads with what is right
    #[arg(long, value_name = "FILE", requires = "card")]
    cases: Option<PathBuf>,
}

fn parse_algorithm(name: &str) -> Result<Algorithm, train::UnknownAlgorithm> {
    name.parse()
}

pub(super) fn run(args: &TrainArgs) -> Result<Outcome> {
    args.check_unused()?;
    if args.recipe.is_none() && args.community.from_decisions.is_none() && args.data.data.is_empty() {
        let message = "found nothing to train from, expected a recipe, `--data` or `--from-decisions`";
        let hint = "for instance `--data comments.csv --label-column label --head incivility`";
        return Err(Problem::new(message).hint(hint).into());
    }
    if let Some(store) = &args.community.from_decisions {
        args.check_outputs(args.community.from_decisions.iter().chain(&args.community.base))?;
        let rest = community::Rest {
            name: args.name.as_deref(),
            seed: args.seed,
            folds: args.folds,
            output: &args.output,
        };
        return community::train(store, &args.community, &rest);
    }
    let folder = args.data_dir.as_deref();
    let (mut recipe, opener) = match &args.recipe {
        Some(path) => (read_recipe(path)?, Opener::of_recipe(folder, path)),
        None => (args.data.recipe()?, Opener::of_flags(folder)),
    };
    let sources: Vec<PathBuf> = recipe.sources.iter().map(|source| opener.path(&source.file)).collect();
    args.check_outputs(sources.iter().chain(&args.recipe).chain(&args.cases))?;
    args.change(&mut recipe)?;
    opener.check(&recipe)?;
    let talk = Talk::steps();
    talk.step("reading");
    learn_labels(&mut recipe, |source| opener.open(source))?;
    if let Some(memory) = args.memory
        && streamed::is_wanted(memory, &recipe, &opener)?
    {
        return streamed::run(args, memory, &recipe, &opener, &talk);
    }
    let corpus = Corpus::read(&recipe, |source| opener.open(source))?;
    let n_trouble = data::report_trouble(&corpus, &talk);
    data::check_columns(&recipe, &corpus, &opener)?;
    if recipe.folds > 0 {
        data::check_folds(recipe.folds, corpus.comments.len())?;
    }
    let plan = plan(&recipe, &corpus)?;
    let folds = args.folds(&recipe, &corpus.comments);
    let lessons = Lessons::new(&recipe, &corpus, &folds);
    let texts = lessons.texts();
    let trained = train::train(&plan, &lessons.set(&texts), |step| talk.step(step_name(&step)))?;
    talk.step("evaluating");
    let (mut evaluations, mut slices, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for ((head, _), (out_of_fold, truths)) in
        plan.heads.iter().zip(trained.out_of_fold.iter().zip(&lessons.truths))
    {
        let scored = Scored::new(head, out_of_fold, truths, recipe.seed);
        evaluations.push(scored.evaluation()?);
        slices.extend(scored.by_source(&recipe, &corpus)?);
        if args.report.is_some() {
            findings.push(scored.findings(&corpus)?);
        }
    }
    let notes = match &recipe.card_notes {
        Some(file) if args.card.is_some() => Some(identity::text(&opener.path(file))?),
        _ => None,
    };
    let cases = args.cases.as_deref().map(|path| cases::of(&trained.model, path)).transpose()?;
    let mut report = Report {
        evaluations,
        slices,
        findings: Vec::new(),
        provenance: provenance(&recipe, &trained.model.id(), &corpus),
    };
    output::write_file(&args.output, &trained.model.to_bytes()?)?;
    if let Some(path) = &args.card {
        let card = card::Card {
            is_of_recipe: args.recipe.is_some(),
            model: &trained.model,
            recipe: &recipe,
            report: &report,
            cases: cases.as_deref().unwrap_or_default(),
            notes: notes.as_deref(),
        };
        output::write_file(path, card.render().as_bytes())?;
    }
    if let Some(folder) = &args.report {
        // The card says none of this: it is the same wherever the model was made.
        report.findings = findings;
        args.trace(&mut report.provenance, &recipe, &opener);
        rendering::write_folder(folder, &report, &[], false)?;
        rendering::forget_comments(folder)?;
    }
    talk.end();
    let mut out = output::Output::open(None)?;
    write_trials(&trained.trials, &mut out)?;
    if !report.evaluations.is_empty() {
        let style = terminal::Style { color: output::stdout_has_color(), ..terminal::Style::default() };
        writeln!(out, "cross-validated, {} folds\n\n{}", recipe.folds, terminal::render(&report, &style))?;
    }
    out.finish()?;
    talk::say(&format!(
        "{}: {} · {} terms · {}",
        args.output.display(),
        trained.model.id(),
        trained.model.vocabulary().len(),
        talk::plural(corpus.comments.len() as u64, "comment"),
    ));
    // The process is about to end: giving a million comments back one by one would take as long as fitting them.
    std::mem::forget((lessons, trained));
    std::mem::forget(corpus);
    Ok(if n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

/// Reads a recipe file.
pub(super) fn read_recipe(path: &Path) -> Result<Recipe> {
    let name = path.display().to_string();
    let bytes = input::read_file(path)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{name}: not UTF-8, expected a TOML recipe")))?;
    let is_toml = path.extension().is_some_and(|ending| ending == "toml");
    Recipe::from_toml(name, &text).map_err(|error| match is_toml {
        true => error.into(),
        false => Problem::new(error.to_string()).hint("labelled comments are named with `--data`").into(),
    })
}

impl TrainArgs {
    /// Finds out before the work, not after it, that a result has no place to go, or would go over what is read.
    fn check_outputs<'p>(&self, inputs: impl Iterator<Item = &'p PathBuf> + Clone) -> Result<()> {
        let files: Vec<&PathBuf> = [Some(&self.output), self.card.as_ref()].into_iter().flatten().collect();
        for path in &files {
            drop(output::Output::open(Some(path))?);
        }
        if files.len() == 2 && files[0] == files[1] {
            let message = format!("{}: found one name for model and card, expected two", files[0].display());
            return Err(Problem::new(message).into());
        }
        output::check_apart(files, inputs.clone())?;
        rendering::check_folder(self.report.as_deref(), &rendering::FILES, inputs)
    }

    /// What an auditor needs beside the recipe: the command, the time, the bytes of every source.
    fn trace(&self, provenance: &mut Provenance, recipe: &Recipe, opener: &Opener) {
        provenance.command = Some(rendering::command_line());
        provenance.time.clone_from(&self.time);
        for (data, source) in provenance.data.iter_mut().zip(&recipe.sources) {
            data.hash = sources::file_hash(&opener.path(&source.file)).map(|hash| format!("sha256:{hash}"));
        }
    }

    fn folds(&self, recipe: &Recipe, comments: &[LabelledComment]) -> Vec<u16> {
        match recipe.folds {
            0 => Vec::new(),
            k if self.folds_by_hash => Folds::ByHash { k }.assign(comments),
            k => Folds::Stratified { k, seed: recipe.seed }.assign(comments),
        }
    }
}

pub(super) fn step_name(step: &Step) -> String {
    match step {
        Step::Trials(n, analysis) => {
            format!("trying {n} settings, words {:?}, characters {:?}", analysis.words, analysis.characters)
        }
        Step::Vocabulary(n) => format!("reading the vocabulary of {n} comments"),
        Step::Pass(n) => format!("pass {n} of 3 over the comments"),
        Step::Fold(k, n) => format!("fold {k} of {n}"),
        Step::Final => "fitting on all comments".into(),
    }
}
