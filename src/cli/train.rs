//! `moderato train`: labelled comments in, a model and its cross-validated figures out.

use super::community::{self, CommunityArgs};
use super::data::{self, DataArgs, Opener};
use super::lessons::Lessons;
use super::slices::Cut;
use super::talk::{self, Talk};
use super::{Outcome, Problem, card, cases, findings, identity, input, output, rendering, streamed};
use crate::corpus::{Corpus, Folds, LabelledComment, Recipe, learn_labels};
use crate::counts::vectorizer::Pruning;
use crate::evaluate::{Bootstrap, Evaluation, Options, Predictions};
use crate::label::{Head, Truth};
use crate::model::train::{self, Algorithm, HeadSettings, Plan, Step, Trial};
use crate::model::{About, SourceAbout};
use crate::report::{Findings, Provenance, Report, SlicedHead, terminal};
use crate::text::Analysis;
use anyhow::{Context, Result};
use clap::Args;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Train a model from a recipe, or from files of labelled comments
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato train training/default.toml --data-dir ../data -o default.safetensors
  moderato train --data comments.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility -o my.safetensors
  moderato train --data tone.tsv --no-header --text-column 1 --label-column 2 --split , \\
      --labels 0=ambiguous,1=negative,2=neutral,3=positive --head tone -o tone.safetensors

The figures shown are cross-validated: every comment was scored by a model that had not seen it. Folds also
choose calibration and thresholds; `--folds 0` does without, and leaves probabilities as the algorithm has
them and thresholds at one half.")]
pub(super) struct TrainArgs {
    /// A recipe: heads, sources, columns, algorithms; see training/README.md
    #[arg(value_name = "RECIPE", required_unless_present_any = ["data", "from_decisions"], conflicts_with_all = ["data", "from_decisions"])]
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
    if let Some(store) = &args.community.from_decisions {
        args.check_outputs()?;
        let rest = community::Rest {
            name: args.name.as_deref(),
            seed: args.seed,
            folds: args.folds,
            output: &args.output,
        };
        return community::train(store, &args.community, &rest);
    }
    let (mut recipe, mut opener) = match &args.recipe {
        Some(path) => (read_recipe(path)?, Opener { folders: vec![folder_of(path)] }),
        None => (args.data.recipe()?, Opener { folders: vec![PathBuf::new()] }),
    };
    opener.folders.splice(0..0, args.data_dir.clone());
    args.check_outputs()?;
    output::check_apart(Some(&args.output), &args.data.data)?;
    args.change(&mut recipe)?;
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
    data::check_columns(&recipe, &corpus)?;
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
    Ok(if n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

/// Reads a recipe file.
pub(super) fn read_recipe(path: &Path) -> Result<Recipe> {
    let name = path.display().to_string();
    let bytes = input::read_file(path)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{name}: not UTF-8, expected a TOML recipe")))?;
    Ok(Recipe::from_toml(name, &text)?)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

impl TrainArgs {
    /// What flags change about the recipe.
    fn change(&self, recipe: &mut Recipe) -> Result<()> {
        recipe.name = self.name.clone().unwrap_or_else(|| recipe.name.clone());
        recipe.seed = self.seed.unwrap_or(recipe.seed);
        recipe.folds = self.folds.unwrap_or(recipe.folds);
        if recipe.folds == 1 {
            return Err(Problem::new("found 1 fold, expected 0 for none, or at least 2").into());
        }
        // Plain naive Bayes takes terms for independent, which the characters of one word are least of all.
        if self.algorithm.is_some_and(|a| a.naive_bayes().is_some()) && recipe.analysis.is_empty() {
            recipe.analysis.insert("characters".into(), toml::Value::Array(vec![0.into(), 0.into()]));
        }
        set_all(&mut recipe.analysis, &self.analysis, "--analysis")?;
        set_all(&mut recipe.vocabulary, &self.vocabulary, "--vocabulary")?;
        for head in &mut recipe.heads {
            let unsaid = self.recipe.is_none().then_some(Algorithm::Nblr);
            if let Some(algorithm) = self.algorithm.or(unsaid) {
                head.fit.insert("algorithm".into(), algorithm.name().into());
            }
            if let Some(wish) = &self.threshold_for {
                head.fit.insert("threshold-for".into(), wish.as_str().into());
            }
            set_all(&mut head.fit, &self.fit, "--fit")?;
        }
        Ok(())
    }

    /// Finds out before the work, not after it, that a result has no place to go.
    fn check_outputs(&self) -> Result<()> {
        let files: Vec<&PathBuf> = [Some(&self.output), self.card.as_ref()].into_iter().flatten().collect();
        for path in &files {
            drop(output::Output::open(Some(path))?);
        }
        if files.len() == 2 && files[0] == files[1] {
            let message = format!("{}: found one name for model and card, expected two", files[0].display());
            return Err(Problem::new(message).into());
        }
        match &self.report {
            Some(folder) if folder.exists() && !folder.is_dir() => {
                Err(Problem::new(format!("{}: found a file, expected a folder", folder.display())).into())
            }
            _ => Ok(()),
        }
    }

    /// What an auditor needs beside the recipe: the command, the time, the bytes of every source.
    fn trace(&self, provenance: &mut Provenance, recipe: &Recipe, opener: &Opener) {
        provenance.command = Some(rendering::command_line());
        provenance.time.clone_from(&self.time);
        for (data, source) in provenance.data.iter_mut().zip(&recipe.sources) {
            data.hash = data::file_hash(&opener.path(&source.file)).map(|hash| format!("sha256:{hash}"));
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

/// Sets NAME=VALUE pairs, the values as TOML has them; a bare word is a text.
fn set_all(table: &mut toml::Table, pairs: &[String], flag: &str) -> Result<()> {
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Problem::new(format!("`{flag}` is `{pair}`, expected NAME=VALUE")))?;
        let parsed = toml::from_str::<toml::Table>(&format!("value = {value}")).ok();
        let value = parsed.and_then(|mut t| t.remove("value")).unwrap_or_else(|| value.into());
        table.insert(name.to_owned(), value);
    }
    Ok(())
}

/// The parts of a recipe that corpus rooms pass through, read; `part` names them in errors.
fn settings<T: DeserializeOwned>(table: &toml::Table, part: &str) -> Result<T> {
    let value = toml::Value::Table(table.clone());
    value
        .try_into()
        .map_err(|e: toml::de::Error| Problem::new(format!("{part}: {}", e.message().trim_end())).into())
}

/// What the recipe says to train.
pub(super) fn plan(recipe: &Recipe, corpus: &Corpus) -> Result<Plan> {
    let mut heads = Vec::new();
    for head in &recipe.heads {
        let part = format!("`fit` of head `{}`", head.name);
        let settings: HeadSettings = settings(&head.fit, &part)?;
        let labels = head.labels.clone().with_context(|| format!("head `{}` has no labels", head.name))?;
        let head = Head { name: head.name.clone(), kind: head.kind, labels, target: head.target.clone() };
        heads.push((head, settings));
    }
    let sources = recipe.sources.iter().zip(&corpus.counts).map(|(source, counts)| SourceAbout {
        name: source.name.clone(),
        licence: source.licence.clone(),
        n_comments: counts.n_labelled,
    });
    Ok(Plan {
        about: About {
            name: recipe.name.clone(),
            version: recipe.version.clone(),
            description: recipe.description.clone(),
            seed: recipe.seed,
            sources: sources.collect(),
        },
        analysis: settings::<Analysis>(&recipe.analysis, "`analysis`")?,
        // n-grams that the recipe names are not for `auto` to change.
        search_analysis: !recipe.analysis.contains_key("words")
            && !recipe.analysis.contains_key("characters"),
        pruning: settings::<Pruning>(&recipe.vocabulary, "`vocabulary`")?,
        heads,
    })
}

/// A head's out-of-fold answers beside what is true.
struct Scored<'a> {
    head: &'a Head,
    /// Which comments of the corpus these are.
    documents: &'a [usize],
    truths: Vec<Truth>,
    predictions: Predictions,
    options: Options,
}

impl<'a> Scored<'a> {
    fn new(head: &'a Head, out_of_fold: &'a train::OutOfFold, truths: &[Option<Truth>], seed: u64) -> Self {
        Self {
            head,
            documents: &out_of_fold.documents,
            truths: out_of_fold.documents.iter().filter_map(|&i| truths[i].clone()).collect(),
            predictions: Predictions {
                probabilities: out_of_fold.probabilities.clone(),
                decisions: out_of_fold.decisions.clone(),
            },
            options: Options { bootstrap: Some(Bootstrap { seed, ..Bootstrap::default() }) },
        }
    }

    fn evaluation(&self) -> Result<Evaluation> {
        Ok(Evaluation::of(self.head, &self.truths, &self.predictions, &self.options)?)
    }

    /// The labels that look wrong to fits that had not seen them.
    fn findings(&self, corpus: &Corpus) -> Result<Findings> {
        let comments: Vec<&LabelledComment> = self.documents.iter().map(|&i| &corpus.comments[i]).collect();
        let suspects = findings::suspects(self.head, &comments, (&self.truths, &self.predictions))?;
        Ok(Findings { suspects, ..Findings::default() })
    }

    /// How the head does on the comments of each source, where several sources answer it.
    fn by_source(&self, recipe: &Recipe, corpus: &Corpus) -> Result<Option<SlicedHead>> {
        let answers =
            recipe.sources.iter().filter(|source| !source.weak && source.heads.contains_key(&self.head.name));
        let order: Vec<&str> = answers.map(|source| source.name.as_str()).collect();
        if order.len() < 2 {
            return Ok(None);
        }
        let name = |&i: &usize| {
            let source = recipe.sources.get(usize::from(corpus.comments[i].source_idx));
            source.map(|source| source.name.as_str())
        };
        let names: Vec<Option<&str>> = self.documents.iter().map(name).collect();
        let cut =
            Cut { head: self.head, truths: &self.truths, predictions: &self.predictions, names: &names };
        Ok(Some(cut.by(SlicedHead::SOURCE, Some(&order), &self.options)?))
    }
}

fn provenance(recipe: &Recipe, model: &str, corpus: &Corpus) -> Provenance {
    let data = recipe.sources.iter().zip(&corpus.counts).map(|(source, counts)| crate::report::DataSource {
        name: source.name.clone(),
        hash: None,
        n_comments: Some(counts.n_labelled),
    });
    Provenance {
        model: Some(model.to_owned()),
        data: data.collect(),
        recipe: Some(recipe.name.clone()),
        seed: Some(recipe.seed),
        version: Some(env!("CARGO_PKG_VERSION").into()),
        ..Provenance::default()
    }
}

/// The table that `auto` chose from, the best first.
fn write_trials(trials: &[Trial], out: &mut impl Write) -> Result<()> {
    let mut heads: Vec<&str> = trials.iter().map(|trial| trial.head.as_str()).collect();
    heads.sort_unstable();
    heads.dedup();
    for head in heads {
        let mut rows: Vec<&Trial> = trials.iter().filter(|trial| trial.head == head).collect();
        rows.sort_by(|a, b| a.log_loss.total_cmp(&b.log_loss));
        writeln!(out, "{head}: what auto chose from\n\n  log loss  settings")?;
        for trial in rows {
            let mark = if trial.chosen { '*' } else { ' ' };
            writeln!(out, "{mark} {:>8.4}  {trial}", trial.log_loss)?;
        }
        writeln!(out)?;
    }
    Ok(())
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
