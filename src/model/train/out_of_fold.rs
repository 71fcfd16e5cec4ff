//! What each head says of comments it was not fitted on, and the calibrations and thresholds that follow.

use super::fit::{Documents, Labels};
use super::settings::HeadSettings;
use super::{Step, TrainError, TrainingSet};
use crate::calibration::{Calibration, Scored, ThresholdFor, choose_label_factors, choose_threshold};
use crate::counts::matrix::CountMatrix;
use crate::counts::vectorizer::{Pruning, Vectorizer};
use crate::label::{Decision, Head, HeadKind, LabelId, Truth};
use crate::model::{Link, ModelHead, Readout};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// One head's answers to the comments of its training set, each given by a fit that had not seen the comment.
#[derive(Debug, Clone)]
pub struct OutOfFold {
    /// The comments that have labels of this head, as positions in the training set, ascending.
    pub documents: Vec<usize>,
    /// Before calibration, shape `(n_documents, n_columns)`.
    pub log_odds: Array2<f64>,
    /// Calibrated on the other folds' answers, shape `(n_documents, n_labels)`.
    pub probabilities: Array2<f64>,
    /// Decided at thresholds chosen on the other folds' answers.
    pub decisions: Vec<Decision>,
    /// What the model carries: chosen on all answers.
    pub readout: Readout,
}

/// The fold that is tested now.
struct Fold {
    train: Vec<usize>,
    test: Vec<usize>,
}

impl Fold {
    fn of(folds: &[u16], k: u16) -> Self {
        let (test, train) = (0..folds.len()).partition(|&i| folds[i] == k);
        Self { train, test }
    }
}

/// A head of the plan, and one way to fit it.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    /// The head's position in the plan, whose truths it learns.
    pub(super) h: usize,
    pub(super) head: &'a Head,
    pub(super) settings: &'a HeadSettings,
}

/// The whole corpus, counted with the most terms that any fold can keep.
pub(super) struct Counted<'a> {
    pub(super) vectorizer: &'a Vectorizer,
    pub(super) counts: &'a CountMatrix,
    pub(super) pruning: Pruning,
}

/// Scores every comment with fits on the other folds, once for each job; nothing if there are no folds.
pub(super) fn score(
    jobs: &[Job<'_>],
    set: &TrainingSet<'_>,
    counted: &Counted<'_>,
    on_step: &mut impl FnMut(Step),
) -> Result<Vec<OutOfFold>, TrainError> {
    let Counted { vectorizer: whole, counts, pruning } = counted;
    let n_folds = set.folds.iter().max().map_or(0, |&last| last + 1);
    let n_texts = set.texts.len();
    let mut log_odds: Vec<Array2<f64>> = jobs
        .iter()
        .map(|job| Array2::from_elem((n_texts, ModelHead::columns_of(job.head)), f64::NAN))
        .collect();
    let mut links = vec![Link::Logistic; jobs.len()];
    for k in 0..n_folds {
        on_step(Step::Fold(usize::from(k) + 1, usize::from(n_folds)));
        let fold = Fold::of(set.folds, k);
        let train = counts.select_rows(&fold.train);
        let kept = pruning.keep(whole.vocabulary(), &train.document_frequencies());
        let n_characters = kept.partition_point(|&id| id < whole.vocabulary().n_characters()) as u32;
        let weightings = jobs.iter().filter_map(|job| job.settings.own_weighting());
        let documents = Documents::new(train.select_terms(&kept), n_characters, weightings)?;
        let test = counts.select_rows(&fold.test).select_terms(&kept);
        let weights: Vec<f32> = fold.train.iter().map(|&i| set.weights[i]).collect();
        let fit = |job: &Job<'_>| {
            let truths: Vec<Option<Truth>> =
                fold.train.iter().map(|&i| set.truths[job.h][i].clone()).collect();
            super::check_support(job.head, &super::support(job.head, truths.iter().flatten()))?;
            let labels = Labels { truths: &truths, weights: &weights };
            let fitted = documents.fit(job.head, job.settings, &labels)?;
            Ok((fitted.link, fitted.log_odds(&test)))
        };
        // Fits share the matrix and nothing else; side by side they use the cores better than one could.
        let fits: Vec<(Link, Array2<f64>)> = jobs.par_iter().map(fit).collect::<Result<_, TrainError>>()?;
        for (j, (link, answers)) in fits.into_iter().enumerate() {
            links[j] = link;
            for (row, &i) in answers.rows().into_iter().zip(&fold.test) {
                log_odds[j].row_mut(i).assign(&row);
            }
        }
    }
    if n_folds == 0 {
        return Ok(Vec::new());
    }
    let scores = jobs.par_iter().zip(log_odds).zip(links);
    Ok(scores
        .map(|((job, log_odds), link)| HeadScores::new(job, link, &log_odds, set).calibrated())
        .collect())
}

/// One head's out-of-fold log-odds beside the truth.
struct HeadScores<'a> {
    head: &'a Head,
    settings: &'a HeadSettings,
    link: Link,
    documents: Vec<usize>,
    log_odds: Array2<f64>,
    truths: Vec<&'a Truth>,
    weights: Vec<f64>,
    folds: Vec<u16>,
}

impl<'a> HeadScores<'a> {
    fn new(job: &Job<'a>, link: Link, log_odds: &Array2<f64>, set: &TrainingSet<'a>) -> Self {
        let Job { h, head, settings } = *job;
        let truths = &set.truths[h];
        let documents: Vec<usize> =
            (0..truths.len()).filter(|&i| truths[i].is_some() && set.is_judged(i)).collect();
        Self {
            head,
            settings,
            link,
            log_odds: log_odds.select(Axis(0), &documents),
            truths: documents.iter().filter_map(|&i| truths[i].as_ref()).collect(),
            weights: documents.iter().map(|&i| f64::from(set.weights[i])).collect(),
            folds: documents.iter().map(|&i| set.folds[i]).collect(),
            documents,
        }
    }

    /// A readout for the model from all answers, and for each fold's figures one from the other folds'.
    fn calibrated(self) -> OutOfFold {
        let all: Vec<usize> = (0..self.documents.len()).collect();
        let readout = self.choose(&all);
        let mut probabilities = Array2::zeros((self.documents.len(), self.head.labels.len()));
        let mut decisions = vec![Decision::Each(Vec::new()); self.documents.len()];
        let n_folds = self.folds.iter().max().map_or(0, |&last| last + 1);
        let mut answer = Vec::new();
        for k in 0..n_folds {
            let fold = Fold::of(&self.folds, k);
            let readout = self.choose(&fold.train);
            for &i in &fold.test {
                readout.probabilities(self.head, &self.log_odds.row(i).to_vec(), &mut answer);
                probabilities.row_mut(i).assign(&ndarray::aview1(&answer));
                decisions[i] = readout.decide(self.head, &answer);
            }
        }
        let Self { documents, log_odds, .. } = self;
        OutOfFold { documents, log_odds, probabilities, decisions, readout }
    }

    /// Calibrations, then thresholds, from these rows.
    fn choose(&self, rows: &[usize]) -> Readout {
        let n_columns = self.log_odds.ncols();
        let mut readout = Readout::plain(self.head, self.link);
        let several = self.head.kind == HeadKind::OneOf && n_columns > 1;
        readout.calibrations = (0..n_columns).map(|c| self.calibrate(rows, c)).collect();
        let sought: Vec<LabelId> = match &self.settings.threshold_for {
            ThresholdFor::MacroF1 => (0..self.head.labels.len()).map(LabelId::from).collect(),
            ThresholdFor::MeanF1(names) => {
                names.iter().filter_map(|name| self.head.labels.id(name)).collect()
            }
            _ => Vec::new(),
        };
        if several && sought.is_empty() {
            return readout;
        }
        let answer = |&i: &usize| {
            let mut probabilities = Vec::new();
            readout.probabilities(self.head, &self.log_odds.row(i).to_vec(), &mut probabilities);
            probabilities
        };
        let answers: Vec<Vec<f64>> = rows.iter().map(answer).collect();
        if several {
            readout.factors = choose_label_factors(n_columns, &answers, &self.labels(rows), &sought);
            return readout;
        }
        let threshold = |c: usize| {
            let label = if n_columns == self.head.labels.len() { c } else { 1 };
            let known = rows.iter().zip(&answers).filter_map(|(&i, p)| Some((p[label], self.truth(i, c)?)));
            let (probabilities, truths): (Vec<f64>, Vec<bool>) = known.unzip();
            choose_threshold(&probabilities, &truths, &self.settings.threshold_for).unwrap_or(0.5)
        };
        readout.thresholds = (0..n_columns).map(threshold).collect();
        readout
    }

    /// Whether what column `c` speaks for is true of row `i`, if that is known.
    fn truth(&self, i: usize, c: usize) -> Option<bool> {
        match self.truths[i] {
            Truth::OneOf(label) if self.head.labels.len() == 2 => Some(*label == LabelId(1)),
            Truth::OneOf(label) => Some(label.index() == c),
            Truth::Each(holds) => holds.get(c).copied().flatten(),
        }
    }

    /// The one-of label of each row.
    fn labels(&self, rows: &[usize]) -> Vec<LabelId> {
        let label = |&i: &usize| match self.truths[i] {
            Truth::OneOf(label) => *label,
            Truth::Each(_) => LabelId(0),
        };
        rows.iter().map(label).collect()
    }

    fn calibrate(&self, rows: &[usize], c: usize) -> Calibration {
        let mut log_odds = Vec::with_capacity(rows.len());
        let mut truths = Vec::with_capacity(rows.len());
        let mut weights = Vec::with_capacity(rows.len());
        for &i in rows {
            if let Some(truth) = self.truth(i, c) {
                log_odds.push(self.log_odds[[i, c]]);
                truths.push(truth);
                weights.push(self.weights[i]);
            }
        }
        // Log-odds of a fit are finite, and weights were checked when they were read.
        match Scored::new(&log_odds, &truths, Some(&weights)) {
            Ok(scored) => self.settings.calibration.fit(&scored),
            Err(_) => Calibration::Identity,
        }
    }
}
