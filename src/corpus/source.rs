//! Sources, read.

use super::error::CorpusError;
use super::labeller::{LabelledComment, Labeller, Row};
use super::recipe::{Recipe, SourceBalance, SourceRecipe};
use crate::comment::{Comment, Place};
use crate::extract::{Comments, ExtractError, FieldOptions, Frame, Frames};
use rayon::prelude::*;
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
                Ok(mut comment) => self.labeller.label(&mut comment),
                Err(error) => return Some(Err(error.into())),
            };
            if let Some(row) = self.counts.take(row) {
                return Some(row);
            }
        }
    }
}

impl SourceCounts {
    /// Counts a row; none if there is nothing to learn from it.
    fn take(&mut self, row: Result<Row, CorpusError>) -> Option<Result<LabelledComment, CorpusError>> {
        match row {
            Ok(Row::Labelled(labelled)) => {
                self.n_labelled += 1;
                return Some(Ok(labelled));
            }
            Ok(Row::Unlabelled) => self.n_unlabelled += 1,
            Ok(Row::Dropped) => self.n_dropped += 1,
            Ok(Row::NotWanted) => self.n_not_wanted += 1,
            Err(error) => {
                self.n_wrong += 1;
                return Some(Err(error));
            }
        }
        None
    }
}

/// What a frame held.
#[derive(Default)]
struct ReadFrame {
    comments: Vec<LabelledComment>,
    errors: Vec<CorpusError>,
    counts: SourceCounts,
    /// The columns that no row so far has.
    missing: Vec<String>,
}

impl ReadFrame {
    fn add(&mut self, comment: Result<&mut Comment, ExtractError>, labeller: &Labeller) {
        match comment.map_err(CorpusError::from) {
            Ok(comment) => match self.take(comment, labeller) {
                Some(Ok(labelled)) => self.comments.push(labelled),
                Some(Err(error)) => self.errors.push(error),
                None => {}
            },
            Err(error) => self.errors.push(error),
        }
    }

    fn take(
        &mut self,
        comment: &mut Comment,
        labeller: &Labeller,
    ) -> Option<Result<LabelledComment, CorpusError>> {
        self.missing.retain(|column| !comment.other_fields.contains_key(column));
        self.counts.take(labeller.label(comment))
    }
}

impl ReadFrame {
    /// Adds what the next frame held, but for its comments, which are returned.
    fn append(&mut self, next: Self) -> Vec<LabelledComment> {
        let room = Corpus::MAX_ERRORS.saturating_sub(self.errors.len());
        self.errors.extend(next.errors.into_iter().take(room));
        self.counts += next.counts;
        self.missing.retain(|column| next.missing.contains(column));
        next.comments
    }
}

/// All labelled comments of a recipe.
#[derive(Debug, Default)]
pub struct Corpus {
    /// The comments: sources in the recipe's order, rows in the files'.
    pub comments: Vec<LabelledComment>,
    /// What became of the rows of each source.
    pub counts: Vec<SourceCounts>,
    /// Of each source the columns that the recipe names and no row has. A table without such a column is an error at
    /// once; records may have it here and there.
    pub missing: Vec<Vec<String>>,
    /// The first errors met, at most [`Corpus::MAX_ERRORS`]; [`counts`](Self::counts) has them all.
    pub errors: Vec<CorpusError>,
}

impl Corpus {
    /// How many errors are kept.
    pub const MAX_ERRORS: usize = 100;

    /// Reads every source of `recipe`, whose file `open` opens, and balances them.
    ///
    /// Rows that cannot be read or have a label that is not named are left out, counted and reported in
    /// [`errors`](Self::errors); whether that is trouble is for the caller to say.
    ///
    /// # Errors
    /// If a source cannot be opened, is not what the recipe says, or has no label at all.
    pub fn read<'r>(
        recipe: &Recipe,
        open: impl FnMut(&SourceRecipe) -> io::Result<Box<dyn Read + Send + 'r>>,
    ) -> Result<Self, CorpusError> {
        let mut comments = Vec::new();
        let corpus = Self::pass(recipe, open, |frames| {
            frames.into_iter().for_each(|frame| comments.extend(frame));
            Ok::<(), CorpusError>(())
        })?;
        if recipe.balance_sources != SourceBalance::Size {
            let sizes: Vec<u64> = corpus.counts.iter().map(|counts| counts.n_labelled).collect();
            let factors = recipe.balance_sources.factors(&sizes);
            comments.iter_mut().for_each(|c| c.weight *= factors[usize::from(c.source_idx)]);
        }
        Ok(Self { comments, ..corpus })
    }

    /// Runs through every source of `recipe`, handing on the labelled comments of some frames at a time, frame by
    /// frame, and keeping none.
    ///
    /// # Errors
    /// As [`read`](Self::read), and whatever `each` returns.
    pub fn pass<'r, E: From<CorpusError> + Send>(
        recipe: &Recipe,
        mut open: impl FnMut(&SourceRecipe) -> io::Result<Box<dyn Read + Send + 'r>>,
        mut each: impl FnMut(Vec<Vec<LabelledComment>>) -> Result<(), E> + Send,
    ) -> Result<Self, E> {
        let mut corpus = Self::default();
        for (source_idx, source) in recipe.sources.iter().enumerate() {
            let reader = open(source).map_err(|error| open_error(source, error))?;
            let counts = corpus.pass_source(recipe, source_idx, reader, &mut each)?;
            if counts.n_labelled == 0 && counts.n_wrong == 0 {
                let missing = corpus.missing.last().and_then(|missing| missing.first());
                if let Some(column) = missing.filter(|_| counts.n_rows > 0) {
                    return Err(E::from(unknown_column(source, column, open(source).ok())));
                }
                return Err(E::from(CorpusError::NothingLabelled {
                    place: Place::input(source.file.as_str()),
                    name: source.name.clone(),
                    n_rows: counts.n_rows,
                    n_not_wanted: counts.n_not_wanted,
                    columns: label_columns(source),
                }));
            }
            corpus.counts.push(counts);
        }
        Ok(corpus)
    }

    /// As a [`SourceReader`] reads, on all cores: a few frames at a time, in order.
    fn pass_source<E: From<CorpusError> + Send>(
        &mut self,
        recipe: &Recipe,
        source_idx: usize,
        reader: impl Read + Send,
        each: &mut (impl FnMut(Vec<Vec<LabelledComment>>) -> Result<(), E> + Send),
    ) -> Result<SourceCounts, E> {
        /// Frames in memory at once.
        const FRAMES: usize = 16;
        let source = &recipe.sources[source_idx];
        let frames = Frames::open(source.file.as_str(), reader, &source.extract_options());
        let mut frames = frames.map_err(CorpusError::from)?;
        let (parser, labeller) = (frames.parser(), Labeller::new(recipe, source_idx));
        let read = |frame: Result<Frame, ExtractError>| {
            let mut read = ReadFrame { missing: source.columns(), ..ReadFrame::default() };
            match frame {
                Ok(frame) => {
                    let tally = parser.parse(&frame, &mut |comment| read.add(comment, &labeller));
                    read.counts.n_rows = tally.n_comments;
                    read.counts.n_unreadable = tally.n_unreadable;
                    read.counts.n_replaced = tally.n_replaced;
                }
                Err(error) => {
                    read.errors.push(error.into());
                    read.counts.n_unreadable = 1;
                }
            }
            read
        };
        let mut sum = ReadFrame { missing: source.columns(), ..ReadFrame::default() };
        let mut next = || frames.by_ref().take(FRAMES).collect::<Vec<_>>();
        let (mut batch, mut parsed) = (next(), Vec::new());
        while !(batch.is_empty() && parsed.is_empty()) {
            // While some frames are parsed, those before are handed on and the next are read.
            let (now_parsed, handed_on) = rayon::join(
                || batch.into_par_iter().map(read).collect(),
                || {
                    let comments = std::mem::take(&mut parsed).into_iter().map(|frame| sum.append(frame));
                    each(comments.collect()).map(|()| next())
                },
            );
            (batch, parsed) = (handed_on?, now_parsed);
        }
        self.missing.push(sum.missing);
        self.errors.extend(sum.errors.into_iter().take(Self::MAX_ERRORS.saturating_sub(self.errors.len())));
        Ok(sum.counts)
    }
}

/// That a column the recipe names is in no row of a source, with those that are in the first one; `reader` has the
/// source from its beginning.
pub fn unknown_column(source: &SourceRecipe, column: &str, reader: Option<impl Read + Send>) -> CorpusError {
    let mut options = source.extract_options();
    options.fields = FieldOptions { text: Some(column.to_owned()), ..FieldOptions::default() };
    // Asked for a text in this column, the reader says what there is instead.
    let refused = reader.and_then(|reader| Frames::open(source.file.as_str(), reader, &options).err());
    let error = match refused {
        Some(error @ ExtractError::UnknownField { .. }) => error,
        _ => ExtractError::UnknownField {
            place: Place::input(source.file.as_str()),
            name: column.to_owned(),
            columns: Vec::new(),
        },
    };
    error.into()
}

pub(crate) fn open_error(source: &SourceRecipe, error: io::Error) -> CorpusError {
    CorpusError::Open { file: source.file.clone(), name: source.name.clone(), source: error }
}

fn label_columns(source: &SourceRecipe) -> String {
    let columns = source.heads.values().flat_map(|head| head.column.iter().chain(head.columns.values()));
    columns.map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ")
}
