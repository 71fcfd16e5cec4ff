//! What a report says beside its figures: fairness, what the model learned, where it errs, labels that look wrong.

use super::evaluated::Labelled;
use super::identity::{self, IdentityTerms};
use super::learned::learned;
use super::swaps::{self, SwapTests};
use super::{Problem, cases, models, slicing};
use crate::corpus::LabelledComment;
use crate::evaluate::{Fairness, LabelErrors, Options, Predictions, Subgroup, Suspect, ranked_suspects};
use crate::label::{Head, HeadKind, LabelId, Truth};
use crate::model::Model;
use crate::report::{Findings, SuspectRow};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What to look for beside the figures.
#[derive(Debug, Args)]
pub(super) struct FindingArgs {
    /// Fairness for groups that texts name: a file of `group: word, word` lines; a report (-o) has a list of its own
    /// unless given
    #[arg(help_heading = "What to look for", long, value_name = "FILE")]
    pub(super) identity_terms: Option<PathBuf>,
    /// Fairness for the groups of a column: its values, or whether it holds (0 to 1, yes or no); may be repeated
    #[arg(help_heading = "What to look for", long, value_name = "NAME")]
    pub(super) fairness_column: Vec<String>,
    /// The labels that fairness and swaps are about; of two labels the second, else all, unless given
    #[arg(help_heading = "What to look for", long, value_name = "LABEL")]
    pub(super) fairness_label: Vec<String>,
    /// Swap words in the comments and see what the answers do: a file of `word | other word` lines; a report (-o) has
    /// sets of its own unless given
    #[arg(help_heading = "What to look for", long, value_name = "FILE")]
    pub(super) swaps: Option<PathBuf>,
    /// Functional cases: comments with a field `case` that says what each tests, and a field named as the head
    #[arg(help_heading = "What to look for", long, value_name = "FILE")]
    pub(super) cases: Option<PathBuf>,
}

/// How many suspects a report lists.
const SUSPECTS: usize = 50;

impl FindingArgs {
    /// The files that are read for them.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.identity_terms, &self.swaps, &self.cases].into_iter().flatten()
    }

    /// Refuses what cannot be looked for, before the work.
    pub(super) fn check(&self, head: &Head) -> Result<()> {
        self.labels(head)?;
        IdentityTerms::read(self.identity_terms.as_deref())?;
        swaps::read(self.swaps.as_deref())?;
        Ok(())
    }

    /// Looks for what the flags ask for; in a report for everything there is.
    pub(super) fn look(
        &self,
        (labelled, model): (&Labelled, &Model),
        predictions: &Predictions,
        options: &Options,
        in_report: bool,
    ) -> Result<Findings> {
        let head = models::head(model, &labelled.head.name)?;
        let labels = self.labels(&labelled.head)?;
        let mut findings = Findings::default();
        let groups = self.groups(labelled, in_report)?;
        if !groups.is_empty() {
            for &label in &labels {
                let question = (&labelled.head, label);
                findings.fairness.push(Fairness::of(
                    question,
                    &labelled.truths,
                    predictions,
                    &groups,
                    options,
                )?);
            }
        }
        if in_report || self.swaps.is_some() {
            let swaps = swaps::read(self.swaps.as_deref())?;
            let bootstrap = options.bootstrap.as_ref();
            findings.swaps =
                SwapTests(&swaps).tests((labelled, model, head), predictions, &labels, bootstrap);
        }
        if let Some(path) = &self.cases {
            findings.cases = cases::each(model, &labelled.head.name, path)?;
        }
        if in_report {
            let learned = learned(labelled, model, head);
            findings.slices = slicing::all(labelled, predictions, &learned.unknown_shares, options)?;
            findings.terms = learned.terms;
            findings.unknown_terms = learned.unknown;
            let comments: Vec<&LabelledComment> = labelled.corpus.comments.iter().collect();
            findings.suspects = suspects(&labelled.head, &comments, (&labelled.truths, predictions))?;
        }
        Ok(findings)
    }

    fn groups(&self, labelled: &Labelled, in_report: bool) -> Result<Vec<Subgroup>> {
        let comments = &labelled.corpus.comments;
        let mut groups = Vec::new();
        for column in &self.fairness_column {
            groups.extend(identity::by_column(column, comments)?);
        }
        // Who names a column asks for its groups; who also names a list asks for both.
        if self.identity_terms.is_some() || in_report && groups.is_empty() {
            groups.extend(IdentityTerms::read(self.identity_terms.as_deref())?.subgroups(comments));
        }
        Ok(groups)
    }

    fn labels(&self, head: &Head) -> Result<Vec<LabelId>> {
        if self.fairness_label.is_empty() {
            let two = head.kind == HeadKind::OneOf && head.labels.len() == 2;
            return Ok(if two { vec![LabelId(1)] } else { head.labels.ids().collect() });
        }
        let id = |name: &String| {
            head.labels.id(name).ok_or_else(|| {
                let message = format!("`--fairness-label` is `{name}`, expected one of {}", head.labels);
                Problem::new(message).into()
            })
        };
        self.fairness_label.iter().map(id).collect()
    }
}

/// The comments whose label looks wrong, the most suspicious first, so many as a report has room for.
pub(super) fn suspects(
    head: &Head,
    comments: &[&LabelledComment],
    (truths, predictions): (&[Truth], &Predictions),
) -> Result<Vec<SuspectRow>> {
    let found = LabelErrors::of(head, truths, &predictions.probabilities)?;
    let row = |(label, suspect): (Option<LabelId>, Suspect)| {
        let comment = comments[suspect.comment];
        let name = |class: LabelId| match label {
            None => head.labels.name(class).to_owned(),
            Some(label) => {
                format!("{}: {}", head.labels.name(label), if class.0 == 1 { "yes" } else { "no" })
            }
        };
        SuspectRow {
            id: comment.id.clone(),
            text: comment.text.clone(),
            given: name(suspect.given),
            suggested: name(suspect.suggested),
            margin: suspect.margin,
        }
    };
    Ok(ranked_suspects(&found).into_iter().take(SUSPECTS).map(row).collect())
}
