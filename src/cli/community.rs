//! `moderato train --from-decisions`: a base model and a store of decisions in, a community's model out.

use super::columns::aligned;
use super::given::given;
use super::talk::{self, Talk};
use super::{Outcome, Problem, models, output, rendering};
use crate::evaluate::ranking::Ranking;
use crate::model::adapt::{AdaptSettings, Adapted, Column, Learned, Lesson, Task};
use crate::model::{Model, SourceAbout};
use crate::perspective::attribute::Resolved;
use crate::perspective::{Attributes, Unknown};
use crate::server::store::{Database, Decision};
use anyhow::Result;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What to learn from a store.
#[derive(Debug, Args)]
pub(super) struct CommunityArgs {
    /// A store of decisions with their texts, to learn a community's norms from
    #[arg(help_heading = "Decisions", long, value_name = "STORE", conflicts_with = "data")]
    pub(super) from_decisions: Option<PathBuf>,
    /// The model whose knowledge it begins with; the one inside the program unless given
    #[arg(help_heading = "Decisions", long, value_name = "MODEL")]
    pub(super) base: Option<PathBuf>,
    /// Only the decisions of this community; all of them unless given
    #[arg(help_heading = "Decisions", long, value_name = "ID")]
    community: Option<String>,
    /// How strongly decisions count against the base: for naive Bayes how many times each, 0 for not at all; chosen by
    /// cross-validation unless given
    #[arg(help_heading = "Decisions", long, value_name = "S")]
    strength: Option<f64>,
}

impl CommunityArgs {
    /// The flags given that only decisions have a use for.
    pub(super) fn flags(&self) -> impl Iterator<Item = &'static str> {
        given([
            (self.base.is_some(), "--base"),
            (self.community.is_some(), "--community"),
            (self.strength.is_some(), "--strength"),
        ])
    }
}

/// What `train` has flags for already.
pub(super) struct Rest<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) seed: Option<u64>,
    pub(super) folds: Option<u16>,
    pub(super) output: &'a Path,
}

/// The column that an attribute asks for, as a server resolves it; and whether it asks for the opposite, as `CIVIL` asks
/// a head of `civil` and `uncivil`.
fn resolve(model: &Model, attributes: &Attributes, attribute: &str) -> Option<(Column, bool)> {
    let Resolved::Answered(found) = attributes.resolve(attribute, Unknown::Map) else { return None };
    let is_opposite = model.heads()[found.head].is_two_way() && found.label == 0;
    Some((if is_opposite { Column { label: 1, ..found } } else { found }, is_opposite))
}

/// The column that an attribute asks for, in whatever case it was typed.
pub(super) fn column(model: &Model, attribute: &str) -> Result<Column> {
    let resolved = resolve(model, &Attributes::of(model), &attribute.to_uppercase());
    resolved.filter(|(_, is_opposite)| !is_opposite).map(|(column, _)| column).ok_or_else(|| {
        let labels = model.heads().iter().flat_map(|h| h.head.labels.names());
        let names: Vec<String> = labels.map(|name| name.to_uppercase()).collect();
        Problem::new(format!(
            "model {}: no label answers `{attribute}`, expected one of {}",
            model.id(),
            names.join(", ")
        ))
        .into()
    })
}

pub(super) fn train(store: &Path, args: &CommunityArgs, rest: &Rest<'_>) -> Result<Outcome> {
    let base = models::load(args.base.as_deref())?;
    let decisions = Database::open_existing(store)?.standing_decisions()?;
    let wanted = |d: &&Decision| args.community.as_ref().is_none_or(|c| *c == d.decision.said.community);
    let decisions: Vec<&Decision> = decisions.iter().filter(wanted).collect();
    let (tasks, n_left_out) = tasks(&base, &decisions);
    if tasks.is_empty() {
        let message = format!(
            "{}: found {}, none with its text and an attribute that {} answers",
            store.display(),
            talk::plural(decisions.len() as u64, "decision"),
            base.id()
        );
        return Err(Problem::new(message)
            .hint("texts are kept where the server runs with `--keep-text`")
            .into());
    }
    let talk = Talk::steps();
    let settings = AdaptSettings {
        strength: args.strength,
        n_folds: rest.folds.unwrap_or(5),
        seed: rest.seed.unwrap_or(1),
        ..AdaptSettings::default()
    };
    let n_lessons: usize = tasks.iter().map(|task| task.lessons.len()).sum();
    talk.step(format!("learning from {}", talk::plural(n_lessons as u64, "decision")));
    let Adapted { model, learned, n_new_terms } = base.adapt(&tasks, &settings)?;
    let community = args.community.as_deref();
    let name = match (rest.name, community) {
        (Some(name), _) => name.to_owned(),
        (None, Some(community)) => format!("{}+{community}", base.about().name),
        (None, None) => format!("{}+decisions", base.about().name),
    };
    let source = SourceAbout {
        name: community.map_or_else(|| "decisions".into(), |c| format!("decisions of {c}")),
        licence: "the community's own".into(),
        n_comments: n_lessons as u64,
    };
    let model = model.renamed(&name, source);
    talk.end();
    output::write_file(rest.output, &model.to_bytes()?)?;
    rendering::print_text(&table(&base, &model, &tasks, &learned))?;
    if n_left_out > 0 {
        talk::say(&format!(
            "{} without a text or a label to answer it",
            talk::plural(n_left_out, "decision")
        ));
    }
    talk::say(&format!(
        "{}: {} · {} terms, {n_new_terms} of them new · {}",
        rest.output.display(),
        model.id(),
        model.vocabulary().len(),
        talk::plural(n_lessons as u64, "decision"),
    ));
    Ok(Outcome::Done)
}

/// The decisions by column, in the order they were made, and how many have no text or no column.
fn tasks<'d>(base: &Model, decisions: &[&'d Decision]) -> (Vec<Task<'d>>, u64) {
    let mut columns: BTreeMap<Column, Vec<Lesson<'d>>> = BTreeMap::new();
    let mut n_left_out = 0;
    let attributes = Attributes::of(base);
    for decision in decisions.iter().map(|d| &d.decision) {
        match (decision.said.text.as_deref(), resolve(base, &attributes, &decision.attribute)) {
            (Some(text), Some((column, is_opposite))) => {
                let truth = f64::from(u8::from((decision.value >= 0.5) != is_opposite));
                columns.entry(column).or_default().push(Lesson { text, truth, weight: 1.0 });
            }
            _ => n_left_out += 1,
        }
    }
    (columns.into_iter().map(|(column, lessons)| Task { column, lessons }).collect(), n_left_out)
}

/// What was learned of each column: figures of the base beside those out of fold.
fn table(base: &Model, model: &Model, tasks: &[Task<'_>], learned: &[Learned]) -> String {
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    let rows = tasks.iter().zip(learned).map(|(task, learned)| {
        let figures = |model: &Model, log_odds: &[f64]| {
            let answers = log_odds.iter().zip(&task.lessons).enumerate();
            let ranked = answers
                .map(|(i, (&z, lesson))| (i, model.column_probability(task.column, z), lesson.truth >= 0.5));
            Ranking::new(ranked).figures(&vec![1; task.lessons.len()])
        };
        let (before, after) = (figures(base, &learned.before), figures(model, &learned.out_of_fold));
        let n_yes = task.lessons.iter().filter(|lesson| lesson.truth >= 0.5).count();
        vec![
            base.column_name(task.column).to_owned(),
            task.lessons.len().to_string(),
            n_yes.to_string(),
            figure(before.auc),
            figure(after.auc),
            figure(before.log_loss),
            figure(after.log_loss),
            format!("{}{}", learned.strength, if learned.is_mixed { ", mixed" } else { "" }),
        ]
    });
    let header = ["label", "decisions", "yes", "AUC before", "after", "loss before", "after", "strength"];
    format!(
        "what models say of decisions they had not seen, before and after learning from the\nothers: area under the ROC curve, and log loss\n\n{}",
        aligned(1, &header, &rows.collect::<Vec<_>>())
    )
}
