//! Sources, read.

use super::error::CorpusError;
use super::labeller::{LabelledComment, Labeller, Row};
use super::recipe::{Recipe, SourceRecipe};
use crate::comment::Place;
use crate::extract::Comments;
use std::io::{self, Read};
use std::ops::AddAssign;

/// What became of the rows of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Rows that could be read, whatever became of them.
    pub n_rows: u64,
    /// Rows that answer at least one head.
    pub n_labelled: u64,
    /// Rows with nothing in their label fields.
    pub n_unlabelled: u64,
    /// Rows left out because the mapping does not name their labels.
    pub n_dropped: u64,
    /// Rows that the recipe's `where` does not take.
    pub n_not_wanted: u64,
    /// Rows whose label or weight is an error.
    pub n_wrong: u64,
    /// Records that could not be read.
    pub n_unreadable: u64,
    /// Rows in which bytes that are no UTF-8 were replaced.
    pub n_replaced: u64,
}

impl AddAssign for SourceCounts {
    fn add_assign(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_labelled += other.n_labelled;
        self.n_unlabelled += other.n_unlabelled;
        self.n_dropped += other.n_dropped;
        self.n_not_wanted += other.n_not_wanted;
        self.n_wrong += other.n_wrong;
        self.n_unreadable += other.n_unreadable;
        self.n_replaced += other.n_replaced;
    }
}

/// The labelled comments of one source, in order; an error is a row that is none, and the rest goes on.
pub struct SourceReader<'r> {
    comments: Comments<'r>,
    labeller: Labeller,
    counts: SourceCounts,
}

impl<'r> SourceReader<'r> {
    /// Reads the source at `source_idx` of `recipe` from `reader`, its opened file.
    ///
    /// # Errors
    /// If the file cannot be read as the recipe says.
    ///
    /// # Panics
    /// If the recipe has no such source.
    pub fn open(
        recipe: &Recipe,
        source_idx: usize,
        reader: impl Read + Send + 'r,
    ) -> Result<Self, CorpusError> {
        let source = &recipe.sources[source_idx];
        let comments = Comments::open(source.file.as_str(), reader, &source.extract_options())?;
        Ok(Self { comments, labeller: Labeller::new(recipe, source_idx), counts: SourceCounts::default() })
    }

    /// What has become of the rows so far.
    pub fn counts(&self) -> SourceCounts {
        let tally = self.comments.tally();
        SourceCounts {
            n_rows: tally.n_comments,
            n_unreadable: tally.n_unreadable,
            n_replaced: tally.n_replaced,
            ..self.counts
        }
    }
}

impl Iterator for SourceReader<'_> {
    type Item = Result<LabelledComment, CorpusError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = match self.comments.next()? {
                Ok(comment) => self.labeller.label(comment),
                Err(error) => return Some(Err(error.into())),
            };
            match row {
                Ok(Row::Labelled(labelled)) => {
                    self.counts.n_labelled += 1;
                    return Some(Ok(labelled));
                }
                Ok(Row::Unlabelled) => self.counts.n_unlabelled += 1,
                Ok(Row::Dropped) => self.counts.n_dropped += 1,
                Ok(Row::NotWanted) => self.counts.n_not_wanted += 1,
                Err(error) => {
                    self.counts.n_wrong += 1;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// All labelled comments of a recipe.
#[derive(Debug, Default)]
pub struct Corpus {
    /// The comments: sources in the recipe's order, rows in the files'.
    pub comments: Vec<LabelledComment>,
    /// What became of the rows of each source.
    pub counts: Vec<SourceCounts>,
    /// The first errors met, at most [`Corpus::MAX_ERRORS`]; [`counts`](Self::counts) has them all.
    pub errors: Vec<CorpusError>,
}

impl Corpus {
    /// How many errors are kept.
    pub const MAX_ERRORS: usize = 100;

    /// Reads every source of `recipe`, whose file `open` opens.
    ///
    /// Rows that cannot be read or have a label that is not named are left out, counted and reported in
    /// [`errors`](Self::errors); whether that is trouble is for the caller to say.
    ///
    /// # Errors
    /// If a source cannot be opened, is not what the recipe says, or has no label at all.
    pub fn read<'r>(
        recipe: &Recipe,
        mut open: impl FnMut(&SourceRecipe) -> io::Result<Box<dyn Read + Send + 'r>>,
    ) -> Result<Self, CorpusError> {
        let mut corpus = Self::default();
        for (source_idx, source) in recipe.sources.iter().enumerate() {
            let reader = open(source).map_err(|error| open_error(source, error))?;
            let mut rows = SourceReader::open(recipe, source_idx, reader)?;
            for row in rows.by_ref() {
                match row {
                    Ok(comment) => corpus.comments.push(comment),
                    Err(error) if corpus.errors.len() < Self::MAX_ERRORS => corpus.errors.push(error),
                    Err(_) => {}
                }
            }
            let counts = rows.counts();
            if counts.n_labelled == 0 && counts.n_wrong == 0 {
                return Err(CorpusError::NothingLabelled {
                    place: Place::input(source.file.as_str()),
                    name: source.name.clone(),
                    n_rows: counts.n_rows,
                    columns: label_columns(source),
                });
            }
            corpus.counts.push(counts);
        }
        Ok(corpus)
    }
}

pub(crate) fn open_error(source: &SourceRecipe, error: io::Error) -> CorpusError {
    CorpusError::Open { file: source.file.clone(), name: source.name.clone(), source: error }
}

fn label_columns(source: &SourceRecipe) -> String {
    let columns = source.heads.values().flat_map(|head| head.column.iter().chain(head.columns.values()));
    columns.map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}
