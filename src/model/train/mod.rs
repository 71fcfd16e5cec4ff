//! Labelled comments in, a [`Model`] out: vocabulary, heads, calibration and thresholds.
//!
//! With folds, every comment is first scored by heads that never saw it, its vocabulary included. Those
//! out-of-fold log-odds are what calibrations and thresholds are chosen on, and what the cross-validated figures
//! are made of; then the heads are fitted once more, on everything.
//! Deliberately absent: reading comments, and figures; the out-of-fold predictions are returned for whoever
//! evaluates them.

mod auto;
mod counting;
mod fit;
mod out_of_fold;
mod settings;
mod stream;

pub use auto::Trial;
pub use out_of_fold::OutOfFold;
pub use settings::{Algorithm, HeadSettings, UnknownAlgorithm};
pub use stream::{Batch, Streamed, train_streamed};

use super::group::Layout;
use super::{About, Group, GroupError, Model, ModelHead, Readout};
use crate::calibration::ThresholdFor;
use crate::counts::matrix::CountMatrix;
use crate::counts::vectorizer::{Pruning, Vectorizer, VectorizerError};
use crate::counts::weighting::{FittedWeighting, WeightingError};
use crate::label::{Head, HeadKind, Truth};
use crate::logistic::LogisticError;
use crate::naive_bayes::NaiveBayesError;
use crate::text::{Analysis, AnalysisError, Analyzer};
use fit::{Documents, FittedHead, Labels};
use ndarray::{Array2, Axis};
use out_of_fold::{Counted, Job};
use rayon::prelude::*;

/// What to train: everything a recipe says but where the comments are.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Name, version, description, seed and sources.
    pub about: About,
    /// How texts become terms.
    pub analysis: Analysis,
    /// Whether `auto` heads may also choose other runs of words and characters.
    pub search_analysis: bool,
    /// Which terms are kept.
    pub pruning: Pruning,
    /// The heads and how each is fitted.
    pub heads: Vec<(Head, HeadSettings)>,
}

impl Plan {
    /// Each head as it is to be fitted.
    fn jobs(&self) -> Vec<Job<'_>> {
        self.heads.iter().enumerate().map(|(h, (head, settings))| Job { h, head, settings }).collect()
    }
}

/// Comments with their labels.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrainingSet<'a> {
    /// The comments' own words.
    pub texts: &'a [&'a str],
    /// For each head of the plan, the truth of each comment; none where it has no label of that head.
    pub truths: &'a [Vec<Option<Truth>>],
    /// How much each comment counts.
    pub weights: &'a [f32],
    /// The fold of each comment, for out-of-fold scores; empty for none.
    pub folds: &'a [u16],
    /// Of each comment whether it is only learned from: its labels are guesses, or it is a copy of another with some
    /// words changed. Calibrations, thresholds and out-of-fold answers are of the others. Empty where none is.
    pub unjudged: &'a [bool],
}

impl TrainingSet<'_> {
    /// Whether comment `i` has a say in calibrations and thresholds.
    fn is_judged(&self, i: usize) -> bool {
        !self.unjudged.get(i).copied().unwrap_or(false)
    }
}

/// A model and what it was chosen by.
#[derive(Debug)]
pub struct Trained {
    /// The model.
    pub model: Model,
    /// For each head, what it said of comments it had not seen; none without folds.
    pub out_of_fold: Vec<OutOfFold>,
    /// What [`Algorithm::Auto`] chose from; empty where nothing was left to choose.
    pub trials: Vec<Trial>,
}

/// What training is about to do; for those who wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Trying so many settings with these runs of words and characters.
    Trials(usize, Analysis),
    /// Running through all comments for the nth time of three.
    Pass(usize),
    /// Learning the vocabulary of this many comments.
    Vocabulary(usize),
    /// Fitting on all but fold `.0` (from 1) of `.1`.
    Fold(usize, usize),
    /// Fitting on everything.
    Final,
}

/// Why no model could be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A label without a comment.
    #[error("head `{head}`: no training comment has label `{label}`, expected at least one")]
    EmptyLabel {
        /// The head's name.
        head: String,
        /// The label.
        label: String,
    },
    /// Nothing to choose by.
    #[error("head `{head}`: `auto` chooses by cross-validation: found no folds, expected at least 2")]
    NoFolds {
        /// The head's name.
        head: String,
    },
    /// A fit that needs its comments at hand.
    #[error(
        "head `{head}`: `{algorithm}` holds all comments in memory, expected an algorithm of naive Bayes"
    )]
    Streamed {
        /// The head's name.
        head: String,
        /// How it was to be fitted.
        algorithm: Algorithm,
    },
    /// A weight that naive Bayes cannot count with.
    #[error("head `{head}`: found weight {weight}, expected whole numbers, since naive Bayes keeps counts")]
    Weight {
        /// The head's name.
        head: String,
        /// The weight.
        weight: f32,
    },
    /// Settings no analyser can have.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// No vocabulary.
    #[error(transparent)]
    Vectorizer(#[from] VectorizerError),
    /// No weighting.
    #[error(transparent)]
    Weighting(#[from] WeightingError),
    /// No naive Bayes.
    #[error(transparent)]
    NaiveBayes(#[from] NaiveBayesError),
    /// No logistic regression.
    #[error(transparent)]
    Logistic(#[from] LogisticError),
    /// Weights that do not fit.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// A head that does not fit its group.
    #[error("head `{head}`: {problem}")]
    Head {
        /// The head's name.
        head: String,
        /// Found and expected.
        problem: String,
    },
}

/// Trains a model; `on_step` is told before each step.
///
/// The same plan and comments give the same model, whatever the number of threads.
///
/// # Errors
/// If a label has no comment, a setting is out of its range, or no term is left after pruning.
///
/// # Panics
/// If truths, weights or folds are not as many as texts.
pub fn train(
    plan: &Plan,
    set: &TrainingSet<'_>,
    mut on_step: impl FnMut(Step),
) -> Result<Trained, TrainError> {
    assert_eq!(set.truths.len(), plan.heads.len(), "truths must be given for each head");
    assert_eq!(set.weights.len(), set.texts.len(), "each text has a weight");
    assert!(set.folds.is_empty() || set.folds.len() == set.texts.len(), "each text has a fold");
    assert!(set.unjudged.is_empty() || set.unjudged.len() == set.texts.len(), "each text is judged or not");
    for ((head, settings), truths) in plan.heads.iter().zip(set.truths) {
        check_support(head, &support(head, truths.iter().flatten()))?;
        check_sought(head, settings)?;
    }
    let chosen = auto::choose(plan, set, &mut on_step)?;
    let plan = &chosen.plan;
    on_step(Step::Vocabulary(set.texts.len()));
    let needs_matrix = |(_, settings): &(Head, HeadSettings)| settings.naive_bayes().is_none();
    let all_judged = !set.unjudged.contains(&true);
    if set.folds.is_empty() && all_judged && !plan.heads.iter().any(needs_matrix) {
        let analyzer = Analyzer::try_from(plan.analysis)?;
        let (vectorizer, read) = Vectorizer::fit(analyzer, set.texts, plan.pruning)?;
        on_step(Step::Final);
        let comments =
            counting::Counted { documents: (&read).into(), truths: set.truths, weights: set.weights };
        let parts = counting::parts(plan, counting::count(plan, &vectorizer, comments)?)?;
        let model = parts.model(plan.about.clone(), vectorizer)?;
        return Ok(Trained { model, out_of_fold: Vec::new(), trials: chosen.trials });
    }
    let (whole, counts) = count(plan, set)?;
    let counted = Counted { vectorizer: &whole, counts: &counts, pruning: plan.pruning };
    let out_of_fold = match chosen.out_of_fold {
        Some(out_of_fold) => out_of_fold,
        None => out_of_fold::score(&plan.jobs(), set, &counted, &mut on_step)?,
    };
    on_step(Step::Final);
    let kept = plan.pruning.keep(whole.vocabulary(), &counts.document_frequencies());
    if kept.is_empty() {
        return Err(VectorizerError::NoTerms { n_texts: set.texts.len() }.into());
    }
    let vectorizer = match kept.len() == whole.vocabulary().len() {
        true => whole,
        false => Vectorizer::new(*whole.analyzer(), whole.vocabulary().select(&kept)),
    };
    let counts = counts.select_terms(&kept);
    let weightings = plan.heads.iter().filter_map(|(_, settings)| settings.own_weighting());
    let documents = Documents::new(counts, vectorizer.vocabulary().n_characters(), weightings)?;
    let fit = |(h, (head, settings)): (usize, &(Head, HeadSettings))| {
        documents.fit(head, settings, &Labels { truths: &set.truths[h], weights: set.weights })
    };
    let fitted: Vec<FittedHead> =
        plan.heads.par_iter().enumerate().map(fit).collect::<Result<_, TrainError>>()?;
    let mut parts = Parts::default();
    for ((h, (head, settings)), fitted) in plan.heads.iter().enumerate().zip(fitted) {
        let truths = set.truths[h].iter().enumerate().filter(|(i, _)| set.is_judged(*i));
        let truths = truths.filter_map(|(_, truth)| truth.as_ref());
        let support = Support { labels: support(head, truths.clone()), n_documents: truths.count() as u64 };
        parts.add(head, settings, support, fitted, out_of_fold.get(h));
    }
    let model = parts.model(plan.about.clone(), vectorizer)?;
    Ok(Trained { model, out_of_fold, trials: chosen.trials })
}

/// Counts the corpus with the most terms any fold can keep: pruned again, with its own counts, in each fold and at
/// the end.
fn count(plan: &Plan, set: &TrainingSet<'_>) -> Result<(Vectorizer, CountMatrix), TrainError> {
    let every = Pruning { max_terms: None, ..plan.pruning };
    let (whole, read) = Vectorizer::fit(Analyzer::try_from(plan.analysis)?, set.texts, every)?;
    let counts = whole.counts(&read)?;
    Ok((whole, counts))
}

fn check_support(head: &Head, support: &[u64]) -> Result<(), TrainError> {
    match support.iter().position(|n| *n == 0) {
        Some(empty) => {
            Err(TrainError::EmptyLabel { head: head.name.clone(), label: head.labels.names()[empty].clone() })
        }
        None => Ok(()),
    }
}

/// Whether thresholds are sought for labels that there are.
fn check_sought(head: &Head, settings: &HeadSettings) -> Result<(), TrainError> {
    let ThresholdFor::MeanF1(names) = &settings.threshold_for else { return Ok(()) };
    let unknown = names.iter().find(|name| head.labels.id(name).is_none());
    let problem = match unknown {
        Some(name) => format!("`threshold-for` names `{name}`, expected one of {}", head.labels),
        None if head.kind == HeadKind::Each || head.labels.len() < 3 => {
            "`threshold-for` is a mean over some labels, expected a head with three of which one holds".into()
        }
        None => return Ok(()),
    };
    Err(TrainError::Head { head: head.name.clone(), problem })
}

/// How many comments have each label.
fn support<'t>(head: &Head, truths: impl Iterator<Item = &'t Truth>) -> Vec<u64> {
    let mut support = vec![0; head.labels.len()];
    for truth in truths {
        match truth {
            Truth::OneOf(label) => support[label.index()] += 1,
            Truth::Each(holds) => {
                holds.iter().zip(&mut support).for_each(|(yes, n)| *n += u64::from(*yes == Some(true)));
            }
        }
    }
    support
}

/// How many comments a head was fitted on.
struct Support {
    /// With each label.
    labels: Vec<u64>,
    /// In all.
    n_documents: u64,
}

/// Heads on their way into a model, gathered into groups that share a weighting.
#[derive(Default)]
struct Parts {
    groups: Vec<(FittedWeighting, bool, Vec<Array2<f64>>)>,
    heads: Vec<ModelHead>,
    classifiers: Vec<Vec<crate::naive_bayes::NaiveBayes>>,
}

impl Parts {
    fn add(
        &mut self,
        head: &Head,
        settings: &HeadSettings,
        support: Support,
        fitted: FittedHead,
        out_of_fold: Option<&OutOfFold>,
    ) {
        let derived = !fitted.classifiers.is_empty();
        let found = self.groups.iter().position(|(w, d, _)| *w == fitted.weighting && *d == derived);
        let group = found.unwrap_or_else(|| {
            self.groups.push((fitted.weighting, derived, Vec::new()));
            self.groups.len() - 1
        });
        let columns = &mut self.groups[group].2;
        let first_column = columns.iter().map(Array2::ncols).sum();
        columns.push(fitted.weights);
        let readout = match out_of_fold {
            Some(out_of_fold) => out_of_fold.readout.clone(),
            None => Readout::plain(head, fitted.link),
        };
        self.heads.push(ModelHead {
            head: head.clone(),
            algorithm: settings.algorithm.name().to_owned(),
            readout,
            group,
            first_column,
            bias: fitted.bias,
            support: support.labels,
            n_documents: support.n_documents,
        });
        self.classifiers.push(fitted.classifiers);
    }

    fn model(self, about: About, vectorizer: Vectorizer) -> Result<Model, TrainError> {
        let n_terms = vectorizer.vocabulary().len();
        let mut groups = Vec::new();
        for (weighting, derived, columns) in self.groups {
            let n_columns = columns.iter().map(Array2::ncols).sum();
            let views: Vec<_> = columns.iter().map(Array2::view).collect();
            let apart = (1..n_terms as u32).contains(&weighting.blocks()[0].end);
            let group = if derived {
                Group::underived(Layout { weighting: weighting.weighting(), apart, n_terms, n_columns })?
            } else {
                // Each has a row a term.
                let weights = ndarray::concatenate(Axis(1), &views).unwrap_or_default();
                Group::fitted(weighting.weighting(), apart, weighting.idf(), &weights)?
            };
            groups.push(group);
        }
        let model = Model::assemble(about, vectorizer, groups, self.heads, self.classifiers);
        let mut model = model.map_err(|(head, problem)| TrainError::Head { head, problem })?;
        model.sign();
        Ok(model)
    }
}
