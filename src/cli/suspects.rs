//! `moderato suspects`: labels that look wrong, as a list to correct and train from.

use super::data::{self, DataArgs, Opener};
use super::talk::{self, Talk};
use super::{Outcome, Problem, extract, output, rendering, train};
use crate::corpus::{Corpus, Folds, LabelledComment, Recipe, learn_labels};
use crate::evaluate::{Flip, LabelErrors, Suspect, flip_labels, flipped_among, ranked_suspects};
use crate::label::{Head, LabelId, Truth};
use crate::model::train::{Algorithm, OutOfFold, TrainingSet, UnknownAlgorithm};
use crate::report::terminal;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Find labels that look wrong: comments that models trained without them label otherwise, and surely
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato suspects --data comments.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility -o suspects.csv
  moderato suspects … --all -o corrected.csv           all comments, the suspects first
  moderato train --data corrected.csv --text-column text --label-column incivility \\
      --head incivility -o my.safetensors
  moderato suspects … --flip 0.05                      how well it finds labels flipped on purpose

The list has the label in a column named as the head (of a yes/no-each head a column for each label),
and beside it the label suggested: correct the first where the second is right, and train from the
file. In CSV a text that a spreadsheet would take for a formula gets an apostrophe before it; JSON
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
    let format = args.output.as_deref().map(ListFormat::of).transpose()?;
    let talk = Talk::steps();
    talk.step("reading");
    let mut recipe = args.data.recipe()?;
    recipe.folds = args.folds;
    recipe.seed = args.seed;
    recipe.heads[0].fit.insert("algorithm".into(), args.algorithm.name().into());
    let opener = Opener { folders: vec![PathBuf::new()] };
    learn_labels(&mut recipe, |source| opener.open(source))?;
    let corpus = Corpus::read(&recipe, |source| opener.open(source))?;
    let n_trouble = data::report_trouble(&corpus, &talk);
    data::check_columns(&recipe, &corpus)?;
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
        rendering::print_text(&list.measured(&flips, args.to))?;
    } else {
        rendering::print_text(&list.printed(&errors, args.to))?;
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
    let texts: Vec<&str> = corpus.comments.iter().map(|c| c.comment.text.as_str()).collect();
    let truths = [truths.iter().cloned().map(Some).collect()];
    let weights: Vec<f32> = corpus.comments.iter().map(|c| c.weight).collect();
    let folds = Folds::Stratified { k: recipe.folds, seed: recipe.seed }.assign(&corpus.comments);
    let set = TrainingSet { texts: &texts, truths: &truths, weights: &weights, folds: &folds };
    let trained = crate::model::train::train(&plan, &set, |step| talk.step(train::step_name(&step)))?;
    trained
        .out_of_fold
        .into_iter()
        .next()
        .ok_or_else(|| Problem::new("found no folds, expected at least 2").into())
}

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListFormat {
    Csv,
    JsonLines,
}

impl ListFormat {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|end| end.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::JsonLines),
            _ => {
                Err(Problem::new(format!("{}: expected a name that ends in .csv or .jsonl", path.display()))
                    .into())
            }
        }
    }
}

/// Comments, their labels, and which of these look wrong.
struct List<'a> {
    head: &'a Head,
    comments: &'a [LabelledComment],
    truths: &'a [Truth],
    ranked: &'a [(Option<LabelId>, Suspect)],
}

/// What looks wrong about one comment.
struct Row {
    comment: usize,
    suggested: String,
    margin: f64,
}

const YES_NO: [&str; 2] = ["no", "yes"];

impl List<'_> {
    /// A class as people write it.
    fn name(&self, label: Option<LabelId>, class: LabelId) -> String {
        match label {
            None => self.head.labels.name(class).to_owned(),
            Some(label) => format!("{}={}", self.head.labels.name(label), YES_NO[class.index().min(1)]),
        }
    }

    /// Each suspicious comment once, where its most suspicious label stands.
    fn by_comment(&self) -> Vec<Row> {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rows: Vec<Row> = Vec::new();
        for (label, suspect) in self.ranked {
            let suggested = self.name(*label, suspect.suggested);
            match places.get(&suspect.comment) {
                Some(&place) => {
                    let _ = write!(rows[place].suggested, "; {suggested}");
                }
                None => {
                    places.insert(suspect.comment, rows.len());
                    rows.push(Row { comment: suspect.comment, suggested, margin: suspect.margin });
                }
            }
        }
        rows
    }

    /// The columns of the labels, and what a truth has in each.
    fn columns(&self) -> Vec<&str> {
        match self.truths.first() {
            Some(Truth::Each(_)) => self.head.labels.names().iter().map(String::as_str).collect(),
            _ => vec![self.head.name.as_str()],
        }
    }

    fn cells(&self, truth: &Truth) -> Vec<&str> {
        match truth {
            Truth::OneOf(label) => vec![self.head.labels.name(*label)],
            Truth::Each(holds) => {
                holds.iter().map(|holds| holds.map_or("", |holds| YES_NO[usize::from(holds)])).collect()
            }
        }
    }

    /// The file to correct: the suspects, and after them, where `all` are wanted, the others in their order.
    fn file(&self, format: ListFormat, all: bool) -> Vec<u8> {
        let mut rows = self.by_comment();
        if all {
            let mut listed = vec![false; self.comments.len()];
            rows.iter().for_each(|row| listed[row.comment] = true);
            let others = (0..self.comments.len()).filter(|&comment| !listed[comment]);
            rows.extend(others.map(|comment| Row { comment, suggested: String::new(), margin: f64::NAN }));
        }
        let grouped = self.comments.iter().any(|c| c.group.is_some());
        let mut out = Vec::new();
        if format == ListFormat::Csv {
            let mut header = vec!["id", "text"];
            header.extend(self.columns());
            header.extend(["suggested", "margin"]);
            header.extend(grouped.then_some("group"));
            extract::write_row(header, &mut out);
        }
        for row in &rows {
            let (labelled, truth) = (&self.comments[row.comment], &self.truths[row.comment]);
            let group = labelled.group.as_deref().unwrap_or_default();
            match format {
                ListFormat::Csv => {
                    let mut cells = vec![guarded(&labelled.comment.id), guarded(&labelled.comment.text)];
                    cells.extend(self.cells(truth).into_iter().map(guarded));
                    cells.push(guarded(&row.suggested));
                    cells.push(if row.margin.is_nan() {
                        String::new()
                    } else {
                        format!("{:.4}", row.margin)
                    });
                    cells.extend(grouped.then(|| guarded(group)));
                    extract::write_row(cells, &mut out);
                }
                ListFormat::JsonLines => {
                    let mut object = Map::new();
                    object.insert("id".into(), json!(labelled.comment.id));
                    object.insert("text".into(), json!(labelled.comment.text));
                    let cells = self.columns().into_iter().zip(self.cells(truth));
                    object.extend(cells.map(|(column, cell)| (column.to_owned(), json!(cell))));
                    object.insert("suggested".into(), json!(row.suggested));
                    object.insert(
                        "margin".into(),
                        if row.margin.is_nan() { Value::Null } else { json!(row.margin) },
                    );
                    if grouped {
                        object.insert("group".into(), json!(group));
                    }
                    out.extend(Value::Object(object).to_string().bytes().chain([b'\n']));
                }
            }
        }
        out
    }

    /// The most suspicious, for people; all of them without texts, for programs.
    fn printed(&self, errors: &[LabelErrors], to: To) -> String {
        let noise = |of: &LabelErrors| {
            let question = of.label.map(|label| self.head.labels.name(label).to_owned());
            json!({"label": question, "estimated_noise": of.noise, "n_suspects": of.suspects.len()})
        };
        if to == To::Json {
            let suspects = self.ranked.iter().map(|(label, suspect)| {
                json!({
                    "id": self.comments[suspect.comment].comment.id,
                    "given": self.name(*label, suspect.given),
                    "suggested": self.name(*label, suspect.suggested),
                    "margin": suspect.margin,
                })
            });
            let report = json!({
                "head": self.head.name,
                "n": self.comments.len(),
                "questions": errors.iter().map(noise).collect::<Vec<_>>(),
                "suspects": suspects.collect::<Vec<_>>(),
            });
            return format!("{report:#}\n");
        }
        let mut text = String::new();
        for of in errors {
            let question =
                of.label.map_or(String::new(), |label| format!(", {}", self.head.labels.name(label)));
            let share = of.noise.map_or_else(|| "–".into(), |noise| format!("{:.1}%", 100.0 * noise));
            let n = talk::plural(of.suspects.len() as u64, "label");
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{}{question}: {n} of {} look wrong; estimated share of wrong labels {share}",
                self.head.name,
                self.comments.len()
            );
        }
        let rows: Vec<[String; 4]> = self
            .ranked
            .iter()
            .take(20)
            .map(|(label, suspect)| {
                [
                    self.comments[suspect.comment].comment.text.clone(),
                    self.name(*label, suspect.given),
                    self.name(*label, suspect.suggested),
                    format!("{:+.3}", suspect.margin),
                ]
            })
            .collect();
        if !rows.is_empty() {
            text.push('\n');
            text.push_str(&terminal::render_list(
                ["comment", "label", "suggested", "margin"],
                &rows,
                &rendering::style(),
            ));
        }
        text
    }

    /// How many of the labels flipped on purpose are among the first so many suspects.
    fn measured(&self, flips: &[Flip], to: To) -> String {
        let ranked: Vec<Flip> = self
            .ranked
            .iter()
            .map(|(label, suspect)| Flip { comment: suspect.comment, label: *label })
            .collect();
        let mut depths: Vec<usize> =
            [10, 20, 50, 100, 200, 500, 1000].into_iter().filter(|&k| k < ranked.len()).collect();
        depths.extend([flips.len().min(ranked.len()), ranked.len()]);
        depths.sort_unstable();
        depths.dedup();
        depths.retain(|&k| k > 0);
        let found: Vec<(usize, usize)> =
            depths.iter().map(|&k| (k, flipped_among(&ranked, flips, k))).collect();
        if to == To::Json {
            let depths =
                found.iter().map(|&(k, n)| json!({"k": k, "flipped": n, "precision": n as f64 / k as f64}));
            let report = json!({
                "head": self.head.name,
                "n": self.comments.len(),
                "n_flipped": flips.len(),
                "n_suspects": ranked.len(),
                "precision_at": depths.collect::<Vec<_>>(),
            });
            return format!("{report:#}\n");
        }
        let mut text = format!(
            "{}: {} of {} labels flipped on purpose, {} suspects\n\n",
            self.head.name,
            flips.len(),
            self.comments.len(),
            ranked.len()
        );
        let rows: Vec<[String; 4]> = found
            .iter()
            .map(|&(k, n)| {
                let share = |of: usize| format!("{:.1}%", 100.0 * n as f64 / of.max(1) as f64);
                [format!("first {k}"), n.to_string(), share(k), share(flips.len())]
            })
            .collect();
        text.push_str(&terminal::render_list(
            ["suspects", "flipped", "precision", "of all flipped"],
            &rows,
            &rendering::style(),
        ));
        text
    }
}

/// A cell that no spreadsheet takes for a formula; a number is none.
pub(super) fn guarded(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err() {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_texts() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@you", "'@you"),
            ("-1", "-1"),
            ("-cmd", "'-cmd"),
            ("\t=1", "'\t=1"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), expected);
        }
    }
}
