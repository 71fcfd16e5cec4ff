//! Labelled comments on the command line: which files, which columns, which value is which label.

use super::Problem;
use super::given::given;
use super::input::{self, Quotes, ReadArgs};
use super::sources::Opener;
use super::talk::{self, Talk};
use crate::corpus::{
    AllowedValues, Corpus, CorpusError, HeadSource, Mapping, Recipe, SimpleRecipe, unknown_column,
};
use crate::extract::Quoting;
use crate::label::HeadKind;
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Labelled comments.
#[derive(Debug, Args)]
pub(super) struct DataArgs {
    /// Files of labelled comments, all of one kind
    #[arg(help_heading = "Labelled comments", long, num_args = 1.., value_name = "FILE")]
    pub(super) data: Vec<PathBuf>,
    /// The column of the labels; LABEL=COLUMN, again and again, where each label has a column of its own
    #[arg(help_heading = "Labelled comments", long, value_name = "NAME", requires = "data")]
    pub(super) label_column: Vec<String>,
    /// The question that the labels answer, such as incivility
    #[arg(help_heading = "Labelled comments", long, value_name = "NAME", requires = "data")]
    pub(super) head: Option<String>,
    /// Which value is which label: `0=civil,1=uncivil`, `<1.5=civil,>=1.5=uncivil`, `*=other`; the values
    /// themselves unless given
    #[arg(help_heading = "Labelled comments", long, value_name = "MAPPING", requires = "data")]
    pub(super) labels: Option<String>,
    /// Leave rows out whose label is not named in --labels; otherwise they are errors
    #[arg(help_heading = "Labelled comments", long, requires = "labels")]
    pub(super) drop_unnamed: bool,
    /// Whether exactly one label holds, or each on its own
    #[arg(help_heading = "Labelled comments", long, value_enum, value_name = "KIND")]
    pub(super) kind: Option<Kind>,
    /// What stands between several labels in one field
    #[arg(help_heading = "Labelled comments", long, value_name = "TEXT", value_parser = input::text())]
    pub(super) split: Option<String>,
    /// Only rows whose column has this value
    #[arg(help_heading = "Labelled comments", long = "where", value_name = "COLUMN=VALUE")]
    pub(super) only: Vec<String>,
    /// A column whose equal values belong together: article, debate, author
    #[arg(help_heading = "Labelled comments", long, value_name = "NAME")]
    pub(super) group_column: Option<String>,
    /// The column of the comments' ids, where it has no usual name
    #[arg(help_heading = "Labelled comments", long, visible_alias = "id-field", value_name = "NAME")]
    pub(super) id_column: Option<String>,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

/// How labels answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Exactly one label holds
    OneOf,
    /// Each label holds or not
    Each,
}

impl DataArgs {
    /// The flags given beside `--data`, which say nothing without it.
    pub(super) fn flags(&self) -> Vec<&'static str> {
        let own = given([
            (!self.label_column.is_empty(), "--label-column"),
            (self.head.is_some(), "--head"),
            (self.labels.is_some(), "--labels"),
            (self.drop_unnamed, "--drop-unnamed"),
            (self.kind.is_some(), "--kind"),
            (self.split.is_some(), "--split"),
            (!self.only.is_empty(), "--where"),
            (self.group_column.is_some(), "--group-column"),
            (self.id_column.is_some(), "--id-column"),
        ]);
        own.chain(self.read.flags()).collect()
    }

    /// The recipe that these flags stand for.
    pub(super) fn recipe(&self) -> Result<Recipe> {
        input::once_from_stdin(&self.data)?;
        let head = self.head.clone().ok_or_else(|| {
            Problem::new("found no `--head`, expected the name of the question that the labels answer")
                .hint("for instance `--head incivility`")
        })?;
        let columns = self.columns_by_label()?;
        let first = match (&columns, self.label_column.as_slice()) {
            (Some(columns), _) => columns.values().next().cloned(),
            (None, [one]) => Some(one.clone()),
            (None, _) => None,
        };
        let label = first.ok_or_else(|| match self.label_column.len() {
            0 => Problem::new("found no `--label-column`, expected the column of the labels"),
            n => Problem::new(format!(
                "found {n} `--label-column`, expected one, or LABEL=COLUMN for each label"
            )),
        })?;
        let files = self.data.iter().map(|path| path.display().to_string()).collect();
        let mut simple = SimpleRecipe::new(files, label, head.clone());
        let options = self.read.options(crate::extract::Keep::Nothing)?;
        simple.text.clone_from(&self.read.text_field);
        simple.labels =
            self.labels.as_deref().map(str::parse::<Mapping>).transpose().map_err(CorpusError::from)?;
        simple.drop_unnamed = self.drop_unnamed;
        simple.format = options.format;
        simple.header = !self.read.no_header;
        simple.quoting = match self.read.quoting {
            Quotes::Auto => Quoting::Auto,
            Quotes::On => Quoting::On,
            Quotes::Off => Quoting::Off,
        };
        let mut recipe = match columns {
            None => simple.recipe()?,
            Some(columns) => by_columns(simple, &head, &columns)?,
        };
        if self.kind == Some(Kind::Each) || self.split.is_some() {
            recipe.heads[0].kind = HeadKind::Each;
        }
        answers(&mut recipe, &head).for_each(|answers| answers.split.clone_from(&self.split));
        let only = self.wanted_rows()?;
        for source in &mut recipe.sources {
            source.group.clone_from(&self.group_column);
            source.id.clone_from(&self.id_column);
            source.only.clone_from(&only);
            source.delimiter = self.read.delimiter;
        }
        Ok(recipe)
    }

    /// LABEL=COLUMN pairs, if that is what was given.
    fn columns_by_label(&self) -> Result<Option<BTreeMap<String, String>>> {
        let pairs: Vec<_> = self.label_column.iter().map(|given| given.split_once('=')).collect();
        if pairs.iter().all(Option::is_none) {
            return Ok(None);
        }
        let pair = |(pair, given): (Option<(&str, &str)>, &String)| {
            let (label, column) = pair.ok_or_else(|| {
                Problem::new(format!("`--label-column` is `{given}`, expected LABEL=COLUMN as the others"))
            })?;
            Ok((label.to_owned(), column.to_owned()))
        };
        pairs.into_iter().zip(&self.label_column).map(pair).collect::<Result<_>>().map(Some)
    }

    fn wanted_rows(&self) -> Result<BTreeMap<String, AllowedValues>> {
        let one = |given: &String| match given.split_once('=') {
            Some((column, value)) => Ok((column.to_owned(), AllowedValues::Text(value.to_owned()))),
            None => Err(Problem::new(format!("`--where` is `{given}`, expected COLUMN=VALUE")).into()),
        };
        self.only.iter().map(one).collect()
    }
}

/// The recipe where each label has a column: a mapping says what is yes there and what is no.
fn by_columns(mut simple: SimpleRecipe, head: &str, columns: &BTreeMap<String, String>) -> Result<Recipe> {
    let labels = simple.labels.take();
    let named = labels.as_ref().map(Mapping::labels).unwrap_or_default();
    if let Some(other) = named.into_iter().find(|name| !matches!(*name, "yes" | "no")) {
        let message =
            format!("`--labels` maps to `{other}`, expected yes or no, since each label has a column");
        return Err(Problem::new(message).hint("for instance `--labels 0=no,1=yes`").into());
    }
    let mut recipe = simple.recipe()?;
    recipe.heads[0].labels = Some(crate::label::LabelSet::new(columns.keys().cloned())?);
    recipe.heads[0].kind = HeadKind::Each;
    for answers in answers(&mut recipe, head) {
        answers.column = None;
        answers.columns.clone_from(columns);
        answers.labels.clone_from(&labels);
    }
    Ok(recipe)
}

fn answers<'r>(recipe: &'r mut Recipe, head: &'r str) -> impl Iterator<Item = &'r mut HeadSource> {
    recipe.sources.iter_mut().filter_map(move |source| source.heads.get_mut(head))
}

/// Says what could not be read, and whether there was anything.
pub(super) fn report_trouble(corpus: &Corpus, talk: &Talk) -> u64 {
    const SHOWN: usize = 10;
    for error in corpus.errors.iter().take(SHOWN) {
        talk.say(&format!("warning: {error}"));
    }
    let n: u64 = corpus.counts.iter().map(|c| c.n_wrong + c.n_unreadable).sum();
    if n > SHOWN as u64 {
        talk.say(&format!("warning: {} in all were left out", talk::plural(n, "record")));
    }
    for (what, n) in [
        ("without a label", corpus.counts.iter().map(|c| c.n_unlabelled).sum::<u64>()),
        ("whose label is not named", corpus.counts.iter().map(|c| c.n_dropped).sum()),
    ] {
        if n > 0 {
            talk.say(&format!("note: {} {what} left out", talk::plural(n, "record")));
        }
    }
    if let Some(hint) = corpus.errors.iter().find_map(CorpusError::hint) {
        talk.say(&format!("hint: {hint}"));
    }
    n
}

/// Refuses a column that no record of a source has, and one for groups or slices that is empty in all of them: either
/// is a slip, and figures would be of nothing.
pub(super) fn check_columns(recipe: &Recipe, corpus: &Corpus, opener: &Opener) -> Result<()> {
    for (source, missing) in recipe.sources.iter().zip(&corpus.missing) {
        if let Some(column) = missing.first() {
            return Err(unknown_column(source, column, opener.open(source).ok()).into());
        }
    }
    for (source_idx, source) in recipe.sources.iter().enumerate() {
        let own = || corpus.comments.iter().filter(move |c| usize::from(c.source_idx) == source_idx);
        for (what, column, found) in [
            ("group", &source.group, own().any(|c| c.group.is_some())),
            ("slice", &source.slice, own().any(|c| c.slice.is_some())),
        ] {
            if let Some(column) = column.as_ref().filter(|_| !found && own().next().is_some()) {
                let message = format!(
                    "{}: found nothing in column `{column}` of any comment, expected the {what} of some",
                    source.file
                );
                return Err(Problem::new(message).into());
            }
        }
    }
    Ok(())
}

/// Refuses more folds than comments.
pub(super) fn check_folds(folds: u16, n_comments: usize) -> Result<()> {
    match folds {
        1 => Err(Problem::new("found 1 fold, expected at least 2").into()),
        k if usize::from(k) > n_comments => {
            let message =
                format!("found {k} folds for {n_comments} comments, expected at most as many as comments");
            Err(Problem::new(message).hint("with few comments try `--folds 0` or `--folds 2`").into())
        }
        _ => Ok(()),
    }
}
