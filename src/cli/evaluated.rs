//! A model's answers to labelled comments: what `evaluate`, `compare` and `threshold` begin with.

use super::data::{self, DataArgs};
use super::slices::Cut;
use super::sources::{self, Opener};
use super::talk::{self, Talk};
use super::{Problem, models, rendering};
use crate::corpus::{Corpus, LabelledComment, Recipe};
use crate::evaluate::{Bootstrap, Groups, Options, Predictions};
use crate::label::{Head, Truth};
use crate::model::{HeadPrediction, Model, ModelHead, Scorer};
use crate::report::html::{CommentRow, Details, Mark, shown_comments};
use crate::report::{DataSource, Provenance, SlicedHead};
use anyhow::Result;
use clap::Args;
use ndarray::Array2;
use rayon::prelude::*;

/// How figures get their intervals.
#[derive(Debug, Args)]
pub(super) struct IntervalArgs {
    /// Resamples for the intervals; 0 for none
    #[arg(help_heading = "Intervals", long, default_value_t = 1000, value_name = "N")]
    resamples: u32,
    /// Where everything drawn by lot begins
    #[arg(help_heading = "Intervals", long, default_value_t = 0, value_name = "N")]
    pub(super) seed: u64,
    /// The time that reports state, in whatever form; none unless given, so that the same input gives the same bytes
    #[arg(help_heading = "Intervals", long, value_name = "TEXT")]
    pub(super) time: Option<String>,
}

/// Columns beside those of labels.
#[derive(Default)]
pub(super) struct Wanted {
    /// The one that slices are cut by.
    pub(super) slice: Option<String>,
    /// Those that comments carry along.
    pub(super) carried: Vec<String>,
    /// Those that they carry along where there are such.
    pub(super) if_there: Vec<String>,
}

/// Labelled comments that answer one head.
pub(super) struct Labelled {
    pub(super) head: Head,
    pub(super) corpus: Corpus,
    pub(super) truths: Vec<Truth>,
    /// Records that could not be used.
    pub(super) n_trouble: u64,
}

impl Labelled {
    /// Reads the data that `args` name, as answers to the model's head of that name.
    pub(super) fn read(args: &DataArgs, model: &Model, talk: &Talk) -> Result<Self> {
        Self::read_with(args, &Wanted::default(), model, talk)
    }

    /// The same, and of each comment what stands in other columns that are wanted.
    pub(super) fn read_with(args: &DataArgs, wanted: &Wanted, model: &Model, talk: &Talk) -> Result<Self> {
        if args.data.is_empty() {
            return Err(Problem::new("found no `--data`, expected files of labelled comments").into());
        }
        let mut recipe = args.recipe()?;
        for source in &mut recipe.sources {
            source.slice.clone_from(&wanted.slice);
            source.carry.clone_from(&wanted.carried);
            source.carry_if_there.clone_from(&wanted.if_there);
        }
        let head = models::head(model, &recipe.heads[0].name)?;
        fit_to_model(&mut recipe, head)?;
        talk.step("reading");
        let opener = Opener::of_flags(None);
        opener.check(&recipe)?;
        let corpus = Corpus::read(&recipe, |source| opener.open(source))?;
        let n_trouble = data::report_trouble(&corpus, talk);
        data::check_columns(&recipe, &corpus, &opener)?;
        talk.step(talk::plural(corpus.comments.len() as u64, "comment"));
        let truths = corpus.comments.iter().filter_map(|c| c.truths[0].clone()).collect();
        Ok(Self { head: head.head.clone(), corpus, truths, n_trouble })
    }

    /// What `model` says of each comment.
    pub(super) fn predictions(&self, model: &Model) -> Result<Predictions> {
        let head = models::head(model, &self.head.name)?;
        if head.head.labels != self.head.labels {
            let (found, expected) = (&head.head.labels, &self.head.labels);
            let message =
                format!("{}: head `{}` has labels {found}, expected {expected}", model.id(), self.head.name);
            return Err(Problem::new(message).into());
        }
        let position = model.heads().iter().position(|h| h.head.name == self.head.name).unwrap_or_default();
        Ok(predictions(model, &[position], &self.corpus.comments)?.remove(0))
    }

    /// How intervals are made; comments of one group are resampled together.
    pub(super) fn options(&self, args: &IntervalArgs) -> Options {
        let grouped = self.corpus.comments.iter().any(|c| c.group.is_some());
        let groups = grouped.then(|| Groups::by_name(self.corpus.comments.iter().map(|c| c.group.clone())));
        let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed, groups };
        Options { bootstrap: (args.resamples > 0).then_some(bootstrap) }
    }

    /// The figures of each value of the column that slices are cut by.
    pub(super) fn slices(
        &self,
        column: &str,
        predictions: &Predictions,
        options: &Options,
    ) -> Result<SlicedHead> {
        let names: Vec<Option<&str>> = self.corpus.comments.iter().map(|c| c.slice.as_deref()).collect();
        let cut = Cut { head: &self.head, truths: &self.truths, predictions, names: &names };
        cut.by(column, None, options)
    }

    /// The comments to be read behind the matrix, with the words that weighed.
    pub(super) fn details(&self, model: &Model, predictions: &Predictions) -> Result<Details> {
        let head = models::head(model, &self.head.name)?;
        let row = |&i: &usize| {
            let comment = &self.corpus.comments[i];
            CommentRow {
                id: comment.id.clone(),
                text: comment.text.clone(),
                truth: self.truths[i].clone(),
                decision: predictions.decisions[i].clone(),
                probabilities: predictions.probabilities.row(i).to_vec(),
                marks: marks(model, head, &comment.text),
            }
        };
        let comments = shown_comments(&self.truths, predictions).par_iter().map(row).collect();
        Ok(Details { comments })
    }

    /// Where the figures come from.
    pub(super) fn provenance(&self, args: &DataArgs, intervals: &IntervalArgs, model: &Model) -> Provenance {
        let data = args.data.iter().zip(&self.corpus.counts).map(|(path, counts)| DataSource {
            name: path.display().to_string(),
            hash: sources::file_hash(path).map(|hash| format!("sha256:{hash}")),
            n_comments: Some(counts.n_labelled),
        });
        Provenance {
            model: Some(model.id()),
            data: data.collect(),
            recipe: Some(recipe_of(model)),
            command: Some(rendering::command_line()),
            seed: Some(intervals.seed),
            version: Some(env!("CARGO_PKG_VERSION").into()),
            time: intervals.time.clone(),
        }
    }
}

/// The recipe a model says it was made from.
fn recipe_of(model: &Model) -> String {
    let about = model.about();
    match about.version.is_empty() {
        true => about.name.clone(),
        false => format!("{}, version {}", about.name, about.version),
    }
}

/// What the heads at `positions` say of `comments`.
pub(super) fn predictions(
    model: &Model,
    positions: &[usize],
    comments: &[LabelledComment],
) -> Result<Vec<Predictions>> {
    let answers = |scorer: &mut Scorer<'_>, text: &str| -> Vec<HeadPrediction> {
        let prediction = scorer.score(text);
        positions.iter().map(|&h| prediction.heads[h].clone()).collect()
    };
    let answers: Vec<Vec<HeadPrediction>> =
        comments.par_iter().map_init(|| Scorer::new(model), |scorer, c| answers(scorer, &c.text)).collect();
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

/// The strongest terms of a text for each column of a head, each place of a term with its part of the contribution.
fn marks(model: &Model, head: &ModelHead, text: &str) -> Vec<Mark> {
    const TERMS: usize = 24;
    const LEAST: f64 = 0.05;
    let mut marks = Vec::new();
    for (column, evidence) in model.evidence(head, text).into_iter().enumerate() {
        let label = if head.is_two_way() { 1 } else { column };
        for term in evidence.terms.into_iter().take(TERMS).filter(|t| t.contribution.abs() >= LEAST) {
            let each = term.contribution / term.spans.len() as f64;
            marks.extend(term.spans.into_iter().map(|span| Mark {
                span,
                label: label.into(),
                contribution: each,
            }));
        }
    }
    marks
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
                let name_of_head = &head.head.name;
                let message = format!(
                    "`--labels`: head `{name_of_head}` has no label `{name}`, expected one of {labels}"
                );
                return Err(Problem::new(message).into());
            }
        }
    }
    recipe.heads[0].labels = Some(labels.clone());
    recipe.heads[0].kind = head.head.kind;
    Ok(())
}
