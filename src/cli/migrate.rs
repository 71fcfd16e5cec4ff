//! `moderato migrate`: logged scores of another service in, a model that answers as it did out.

use super::columns::aligned;
use super::input::ReadArgs;
use super::rendering::{self, TableOr};
use super::scores::{self, Fields, Logged, ScoreLog};
use super::talk::{self, Talk};
use super::{Outcome, Problem, community, models, output};
use crate::calibration::{Calibration, Isotonic};
use crate::evaluate::{Bootstrap, Interval, Migration, Moved, Pair};
use crate::model::adapt::{AdaptSettings, Adapted, Column, Lesson, Task};
use crate::model::{Model, SourceAbout};
use anyhow::Result;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Make a model that answers as the scores you have logged, and see what your old thresholds hold then
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato migrate --scores log.csv --score-field toxicity -o ours.safetensors
  moderato migrate --scores coral-comments.jsonl -o ours.safetensors
  moderato migrate --store recorded.db -o ours.safetensors   # by serve --record
  moderato migrate --scores log.jsonl --decision-field status --holdout 0.5 \\
      --score-field attributeScores.TOXICITY.summaryScore.value -o our.model

Of Coral's comments, as mongoexport writes them, the score that each revision carries and the final status are \
found by themselves. The table is out of fold: every comment was answered by a model that had not seen it; with \
--holdout it is about comments that were set apart before anything was learned. A comment is held where its \
score is above the threshold.")]
pub(super) struct MigrateArgs {
    /// Files of comments with the scores they were given: tables, JSON lines, exports
    #[arg(long, num_args = 1.., value_name = "FILE", required_unless_present = "store")]
    scores: Vec<PathBuf>,
    /// A store in which a server recorded scores, texts included
    #[arg(long, value_name = "FILE", conflicts_with = "scores")]
    store: Option<PathBuf>,
    /// The model to begin with; the one inside the program unless given
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// The attribute that was scored
    #[arg(long, default_value = "TOXICITY", value_name = "NAME")]
    attribute: String,
    /// The field that holds the score, or a path such as `revision.metadata.perspective.score`
    #[arg(long, value_name = "NAME")]
    score_field: Option<String>,
    /// The field that says what was decided in the end, such as `status`
    #[arg(long, value_name = "NAME")]
    decision_field: Option<String>,
    #[command(flatten)]
    read: ReadArgs,
    /// Set this share of the comments apart, and test on them
    #[arg(long, value_name = "SHARE")]
    holdout: Option<f64>,
    /// Thresholds to be told about
    #[arg(long, value_delimiter = ',', default_value = "0.5,0.6,0.7,0.8,0.9", value_name = "LIST")]
    thresholds: Vec<f64>,
    /// The threshold that the model is to hold comments from
    #[arg(long, default_value_t = 0.8, value_name = "PROBABILITY")]
    threshold: f64,
    /// How strongly the scores count against what the model knows; chosen by cross-validation unless given
    #[arg(long, value_name = "S")]
    strength: Option<f64>,
    /// How many folds
    #[arg(long, default_value_t = 5, value_name = "K")]
    folds: u16,
    /// Resamples for the intervals; 0 for none
    #[arg(long, default_value_t = 1000, value_name = "N")]
    resamples: u32,
    /// Where everything drawn by lot begins
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// The new model's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The model file to write; it appears when it is whole
    #[arg(short, long, value_name = "MODEL")]
    output: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = TableOr::Table, value_name = "FORMAT")]
    to: TableOr,
}

pub(super) fn run(args: &MigrateArgs) -> Result<Outcome> {
    args.check()?;
    let base = models::load(args.model.as_deref())?;
    let column = community::column(&base, &args.attribute)?;
    let log = args.read_log()?;
    log.check()?;
    let talk = Talk::steps();
    talk.step(format!("learning from {}", talk::plural(log.comments.len() as u64, "comment")));
    let (train, test) = args.divide(&log.comments);
    if train.is_empty() || (args.holdout.is_some() && test.is_empty()) {
        return Err(Problem::new("found too few comments to set some apart and learn from the others").into());
    }
    let (model, out_of_fold) = args.learn(&base, column, &train)?;
    let pairs = match args.holdout {
        Some(_) => test.iter().map(|c| pair(c, probability(&model, column, &c.text))).collect(),
        None => out_of_fold,
    };
    talk.step("resampling");
    let bootstrap = Bootstrap { resamples: args.resamples, seed: args.seed, groups: None };
    let bootstrap = Some(&bootstrap).filter(|b| b.resamples > 0);
    let migration = Migration::of(&pairs, &args.thresholds, bootstrap);
    talk.end();
    if let Some(path) = &args.output {
        output::write_file(path, &model.to_bytes()?)?;
        talk::say(&format!("{}: {}", path.display(), model.id()));
    }
    rendering::print_text(&match args.to {
        TableOr::Json => format!("{:#}\n", as_json(&migration, args, &model)),
        TableOr::Table => as_table(&migration, args),
    })?;
    for (n, what) in [(log.n_without, "without a score"), (log.n_unreadable, "that could not be read")] {
        if n > 0 {
            talk::say(&format!("{} {what}", talk::plural(n, "comment")));
        }
    }
    Ok(if log.n_unreadable == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

fn pair(logged: &Logged, new: f64) -> Pair {
    Pair { old: logged.score, new, decided: logged.decided }
}

fn probability(model: &Model, column: Column, text: &str) -> f64 {
    model.column_probability(column, model.log_odds(column, text))
}

impl MigrateArgs {
    fn check(&self) -> Result<()> {
        output::check_apart(&self.output, self.scores.iter().chain(&self.store))?;
        output::check_place(self.output.as_deref())?;
        let shares = self.thresholds.iter().chain([&self.threshold]);
        if let Some(bad) = shares.into_iter().find(|t| !(0.0..=1.0).contains(*t)) {
            return Err(
                Problem::new(format!("found threshold {bad}, expected a probability from 0 to 1")).into()
            );
        }
        if self.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Problem::new("`--name` is empty, expected the new model's name").into());
        }
        match self.holdout {
            Some(share) if !(share > 0.0 && share < 1.0) => {
                Err(Problem::new(format!("`--holdout` is {share}, expected a share between 0 and 1")).into())
            }
            _ => Ok(()),
        }
    }

    fn read_log(&self) -> Result<ScoreLog> {
        if let Some(store) = &self.store {
            return scores::of_store(store, &self.attribute);
        }
        let fields = Fields {
            attribute: &self.attribute,
            score: self.score_field.as_deref(),
            decision: self.decision_field.as_deref(),
        };
        scores::read(&self.scores, &self.read, &fields)
    }

    /// Comments to learn from, and comments to test on; copies of a text stand on one side.
    fn divide<'c>(&self, comments: &'c [Logged]) -> (Vec<&'c Logged>, Vec<&'c Logged>) {
        let Some(share) = self.holdout else { return (comments.iter().collect(), Vec::new()) };
        let is_test = |comment: &&Logged| {
            let mut hash = crc32fast::Hasher::new();
            hash.update(&self.seed.to_le_bytes());
            hash.update(comment.text.trim().as_bytes());
            f64::from(hash.finalize()) < share * f64::from(u32::MAX)
        };
        let (test, train) = comments.iter().partition(is_test);
        (train, test)
    }

    /// The model, and for each comment what models said that had not seen it.
    fn learn(&self, base: &Model, column: Column, comments: &[&Logged]) -> Result<(Model, Vec<Pair>)> {
        let lessons =
            comments.iter().map(|c| Lesson { text: &c.text, truth: c.score, weight: 1.0 }).collect();
        let settings = AdaptSettings {
            strength: self.strength,
            n_folds: self.folds,
            seed: self.seed,
            ..AdaptSettings::default()
        };
        let Adapted { model, mut learned, .. } = base.adapt(&[Task { column, lessons }], &settings)?;
        let log_odds = learned.remove(0).out_of_fold;
        let scores: Vec<f64> = comments.iter().map(|c| c.score).collect();
        let map = Isotonic::carrying(&log_odds, &scores)?;
        let name = self.name.clone().unwrap_or_else(|| format!("{}-migrated", base.about().name));
        let source = SourceAbout {
            name: format!("logged scores, {}", self.attribute),
            licence: "not for others: learned from another service's scores".into(),
            n_comments: comments.len() as u64,
        };
        let mut model = model.with_calibration(column, Calibration::Isotonic(map))?.renamed(&name, source);
        let head = model.heads()[column.head].head.name.clone();
        model
            .set_threshold(&head, crate::label::LabelId::from(column.label), self.threshold)
            .map_err(Problem::new)?;
        Ok((model, self.out_of_fold(comments, &log_odds)?))
    }

    /// Each comment mapped by a curve that is fitted to the others.
    fn out_of_fold(&self, comments: &[&Logged], log_odds: &[f64]) -> Result<Vec<Pair>> {
        let fold = |i: usize| i % usize::from(self.folds);
        let mut pairs = Vec::with_capacity(comments.len());
        let mut curves = Vec::new();
        for k in 0..usize::from(self.folds) {
            let others: Vec<usize> = (0..comments.len()).filter(|&i| fold(i) != k).collect();
            let x: Vec<f64> = others.iter().map(|&i| log_odds[i]).collect();
            let y: Vec<f64> = others.iter().map(|&i| comments[i].score).collect();
            curves.push(if others.is_empty() { None } else { Some(Isotonic::carrying(&x, &y)?) });
        }
        let curves: Vec<Calibration> =
            curves.into_iter().map(|c| c.map_or(Calibration::Identity, Calibration::Isotonic)).collect();
        for (i, (comment, &z)) in comments.iter().zip(log_odds).enumerate() {
            pairs.push(pair(comment, curves[fold(i)].probability(z)));
        }
        Ok(pairs)
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{:.1}%", 100.0 * share))
}

fn percent_interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |i| format!("{:.1}–{:.1}%", 100.0 * i.low, 100.0 * i.high))
}

fn plain(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.3}"))
}

fn plain_interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |i| format!("{:.3}–{:.3}", i.low, i.high))
}

fn as_table(migration: &Migration, args: &MigrateArgs) -> String {
    let seen = if args.holdout.is_some() { "set apart" } else { "out of fold" };
    let Moved { value, interval } = migration.rank_correlation;
    let mut text = format!(
        "{}: {}, {seen}\nrank correlation with the logged scores {}{}\n\n",
        args.attribute,
        talk::plural(migration.n_comments as u64, "comment"),
        plain(value),
        interval.map_or_else(String::new, |interval| format!(" ({})", plain_interval(Some(interval)))),
    );
    let header = ["threshold", "it held", "ours holds", "95%", "as many at", "95%", "also held"];
    let row = |t: &crate::evaluate::OldThreshold| {
        vec![
            format!("{:.2}", t.at),
            percent(Some(t.old_share)),
            percent(t.new_share.value),
            percent_interval(t.new_share.interval),
            plain(t.same_share_at.value),
            plain_interval(t.same_share_at.interval),
            percent(t.also_held.value),
        ]
    };
    text += &aligned(1, &header, &migration.thresholds.iter().map(row).collect::<Vec<_>>());
    text += "\nas many at: where our threshold holds as many; also held: what of the comments\n\
             it held ours holds, too\n";
    if migration.n_decided > 0 {
        let header = ["threshold", "it found", "ours finds", "it was right", "ours is right"];
        let row = |t: &crate::evaluate::OldThreshold| {
            let figures = [t.old_recall, t.new_recall, t.old_precision, t.new_precision];
            std::iter::once(format!("{:.2}", t.at)).chain(figures.map(percent)).collect()
        };
        text += &format!(
            "\nof {} that were decided: the share of the removed ones that was found,\n\
             and the share of the found ones that was removed\n\n",
            talk::plural(migration.n_decided as u64, "comment"),
        );
        text += &aligned(1, &header, &migration.thresholds.iter().map(row).collect::<Vec<_>>());
    }
    text
}

fn as_json(migration: &Migration, args: &MigrateArgs, model: &Model) -> serde_json::Value {
    let moved = |m: Moved| json!({"value": m.value, "low": m.interval.map(|i| i.low), "high": m.interval.map(|i| i.high)});
    let row = |t: &crate::evaluate::OldThreshold| {
        json!({
            "threshold": t.at,
            "old_share": t.old_share,
            "new_share": moved(t.new_share),
            "same_share_at": moved(t.same_share_at),
            "also_held": moved(t.also_held),
            "old_recall": t.old_recall,
            "new_recall": t.new_recall,
            "old_precision": t.old_precision,
            "new_precision": t.new_precision,
        })
    };
    json!({
        "model": model.id(),
        "attribute": args.attribute,
        "tested": if args.holdout.is_some() { "set apart" } else { "out of fold" },
        "n_comments": migration.n_comments,
        "n_decided": migration.n_decided,
        "rank_correlation": moved(migration.rank_correlation),
        "thresholds": migration.thresholds.iter().map(row).collect::<Vec<_>>(),
    })
}
