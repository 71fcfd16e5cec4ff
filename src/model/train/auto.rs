//! `auto`: which algorithm, smoothing, regularisation, weighting and n-grams serve a head best.
//!
//! Chosen by the log loss of calibrated out-of-fold probabilities, on the training data alone. First every way to
//! fit is tried with the plan's own n-grams, then other n-grams with the best of each kind, then neighbouring
//! strengths of regularisation.
//!
//! The figures that go with the choice are not those of the winner, which would be flattered by having won: the
//! comments of each fold are answered by whichever trial is best on the *other* folds.

use super::out_of_fold::{self, Counted, Job, OutOfFold};
use super::settings::{Algorithm, HeadSettings};
use super::{Plan, Step, TrainError, TrainingSet, count};
use crate::counts::weighting::{Norm, TermFrequency, Weighting};
use crate::label::Truth;
use crate::logistic::ClassWeight;
use crate::text::Analysis;

/// One way to fit a head, and what it came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The head.
    pub head: String,
    /// How it was fitted.
    pub settings: HeadSettings,
    /// On which terms.
    pub analysis: Analysis,
    /// Mean log loss of the calibrated out-of-fold probabilities, in nats.
    pub log_loss: f64,
    /// Whether it is the one that was taken.
    pub chosen: bool,
}

/// A plan with nothing left to choose.
pub(super) struct Chosen {
    pub(super) plan: Plan,
    /// What the chosen settings say out of fold, for every head; none if nothing was to be chosen.
    pub(super) out_of_fold: Option<Vec<OutOfFold>>,
    pub(super) trials: Vec<Trial>,
}

/// A trial with its answers.
struct Tried {
    h: usize,
    settings: HeadSettings,
    analysis: Analysis,
    answers: OutOfFold,
    /// Sum and number of log losses in each fold.
    losses: Vec<(f64, u64)>,
}

/// Chooses for every head whose algorithm is [`Algorithm::Auto`].
pub(super) fn choose(
    plan: &Plan,
    set: &TrainingSet<'_>,
    on_step: &mut impl FnMut(Step),
) -> Result<Chosen, TrainError> {
    let open: Vec<usize> =
        (0..plan.heads.len()).filter(|&h| plan.heads[h].1.algorithm == Algorithm::Auto).collect();
    let Some(&first) = open.first() else {
        return Ok(Chosen { plan: plan.clone(), out_of_fold: None, trials: Vec::new() });
    };
    if set.folds.is_empty() {
        return Err(TrainError::NoFolds { head: plan.heads[first].0.name.clone() });
    }
    let mut search = Search { plan, set, tried: Vec::new() };
    let first_round =
        open.iter().flat_map(|&h| first_candidates(&plan.heads[h].1).into_iter().map(move |s| (h, s)));
    search.run(plan.analysis, first_round.collect(), on_step)?;
    let mut analysis = plan.analysis;
    if plan.search_analysis {
        for other in analyses(plan.analysis) {
            let best = open.iter().map(|&h| (h, search.best(h, None).settings.clone())).collect();
            search.run(other, best, on_step)?;
        }
        analysis = search.best_analysis(&open);
    }
    let neighbours = open.iter().flat_map(|&h| {
        let best = search.best(h, Some(analysis)).settings.clone();
        neighbours(&best).into_iter().map(move |settings| (h, settings))
    });
    search.run(analysis, neighbours.collect(), on_step)?;
    search.finish(&open, analysis, on_step)
}

struct Search<'a> {
    plan: &'a Plan,
    set: &'a TrainingSet<'a>,
    tried: Vec<Tried>,
}

impl Search<'_> {
    /// Tries settings of heads on one kind of terms; those that were tried already are passed over.
    fn run(
        &mut self,
        analysis: Analysis,
        candidates: Vec<(usize, HeadSettings)>,
        on_step: &mut impl FnMut(Step),
    ) -> Result<(), TrainError> {
        let known = |h: usize, s: &HeadSettings| {
            self.tried.iter().any(|t| t.h == h && t.settings == *s && t.analysis == analysis)
        };
        let candidates: Vec<_> = candidates.into_iter().filter(|(h, s)| !known(*h, s)).collect();
        if candidates.is_empty() {
            return Ok(());
        }
        on_step(Step::Trials(candidates.len(), analysis));
        let plan = Plan { analysis, ..self.plan.clone() };
        let (vectorizer, counts) = count(&plan, self.set)?;
        let counted = Counted { vectorizer: &vectorizer, counts: &counts, pruning: plan.pruning };
        let jobs: Vec<Job<'_>> =
            candidates.iter().map(|(h, settings)| Job { h: *h, head: &plan.heads[*h].0, settings }).collect();
        let answers = out_of_fold::score(&jobs, self.set, &counted, on_step)?;
        for ((h, settings), answers) in candidates.into_iter().zip(answers) {
            let losses = self.losses(h, &answers);
            self.tried.push(Tried { h, settings, analysis, answers, losses });
        }
        Ok(())
    }

    /// The log losses of each fold.
    fn losses(&self, h: usize, answers: &OutOfFold) -> Vec<(f64, u64)> {
        let n_folds = self.set.folds.iter().max().map_or(0, |&last| usize::from(last) + 1);
        let mut losses = vec![(0.0, 0); n_folds];
        for (row, &i) in answers.probabilities.rows().into_iter().zip(&answers.documents) {
            let (sum, n) = &mut losses[usize::from(self.set.folds[i])];
            let mut add = |p: f64| {
                *sum -= libm::log(p.max(1e-15));
                *n += 1;
            };
            match &self.set.truths[h][i] {
                Some(Truth::OneOf(label)) => add(row[label.index()]),
                Some(Truth::Each(holds)) => row.iter().zip(holds).for_each(|(&p, holds)| match holds {
                    Some(true) => add(p),
                    Some(false) => add(1.0 - p),
                    None => {}
                }),
                None => {}
            }
        }
        losses
    }

    /// The best trial of head `h`, among all or among those of one analysis; of equals the earlier.
    fn best(&self, h: usize, analysis: Option<Analysis>) -> &Tried {
        let candidates = self.tried.iter().filter(|t| t.h == h && analysis.is_none_or(|a| t.analysis == a));
        candidates
            .min_by(|a, b| a.log_loss(None).total_cmp(&b.log_loss(None)))
            .expect("the first round tries every head on every analysis")
    }

    /// The analysis with the least loss of all heads' best settings together, each head weighing the same.
    fn best_analysis(&self, open: &[usize]) -> Analysis {
        let mut analyses: Vec<Analysis> = Vec::new();
        for tried in &self.tried {
            if !analyses.contains(&tried.analysis) {
                analyses.push(tried.analysis);
            }
        }
        let loss = |analysis: &Analysis| -> f64 {
            open.iter()
                .map(|&h| self.best(h, Some(*analysis)).log_loss(None) / self.best(h, None).log_loss(None))
                .sum()
        };
        analyses.into_iter().min_by(|a, b| loss(a).total_cmp(&loss(b))).unwrap_or(self.plan.analysis)
    }

    fn finish(
        self,
        open: &[usize],
        analysis: Analysis,
        on_step: &mut impl FnMut(Step),
    ) -> Result<Chosen, TrainError> {
        let mut plan = Plan { analysis, ..self.plan.clone() };
        for &h in open {
            plan.heads[h].1 = self.best(h, Some(analysis)).settings.clone();
        }
        let fixed: Vec<usize> = (0..plan.heads.len()).filter(|h| !open.contains(h)).collect();
        let mut scores: Vec<Option<OutOfFold>> = vec![None; plan.heads.len()];
        if !fixed.is_empty() {
            let (vectorizer, counts) = count(&plan, self.set)?;
            let counted = Counted { vectorizer: &vectorizer, counts: &counts, pruning: plan.pruning };
            let jobs = plan.jobs();
            let jobs: Vec<Job<'_>> = fixed.iter().map(|&h| jobs[h]).collect();
            for (h, answers) in fixed.iter().zip(out_of_fold::score(&jobs, self.set, &counted, on_step)?) {
                scores[*h] = Some(answers);
            }
        }
        for &h in open {
            scores[h] = Some(self.honest(h, analysis));
        }
        let trials = self.tried.iter().map(|tried| Trial {
            head: plan.heads[tried.h].0.name.clone(),
            settings: tried.settings.clone(),
            analysis: tried.analysis,
            log_loss: tried.log_loss(None),
            chosen: tried.analysis == analysis && tried.settings == plan.heads[tried.h].1,
        });
        Ok(Chosen {
            trials: trials.collect(),
            out_of_fold: Some(scores.into_iter().flatten().collect()),
            plan,
        })
    }

    /// The winner's readout, with each fold answered by the trial that is best on the others.
    fn honest(&self, h: usize, analysis: Analysis) -> OutOfFold {
        let mut answers = self.best(h, Some(analysis)).answers.clone();
        let n_folds = self.set.folds.iter().max().map_or(0, |&last| last + 1);
        for k in 0..n_folds {
            let trials = self.tried.iter().filter(|t| t.h == h);
            let without = |t: &&Tried| t.log_loss(Some(usize::from(k)));
            let Some(best) = trials.min_by(|a, b| without(a).total_cmp(&without(b))) else { continue };
            for (row, &i) in best.answers.documents.iter().enumerate() {
                if self.set.folds[i] == k {
                    answers.probabilities.row_mut(row).assign(&best.answers.probabilities.row(row));
                    answers.log_odds.row_mut(row).assign(&best.answers.log_odds.row(row));
                    answers.decisions[row] = best.answers.decisions[row].clone();
                }
            }
        }
        answers
    }
}

impl Tried {
    /// The mean log loss, less that of one fold if it is named.
    fn log_loss(&self, without: Option<usize>) -> f64 {
        let folds = self.losses.iter().enumerate().filter(|(k, _)| without != Some(*k));
        let (sum, n) = folds.fold((0.0, 0), |(sum, n), (_, loss)| (sum + loss.0, n + loss.1));
        sum / n.max(1) as f64
    }
}

/// Every kind of fit, at settings that suit most corpora, whatever the recipe says of the strength of a fit.
fn first_candidates(settings: &HeadSettings) -> Vec<HeadSettings> {
    let plain = HeadSettings {
        calibration: settings.calibration,
        threshold_for: settings.threshold_for.clone(),
        ..HeadSettings::default()
    };
    let of = |algorithm| HeadSettings { algorithm, ..plain.clone() };
    let mut candidates = Vec::new();
    for algorithm in [Algorithm::Multinomial, Algorithm::Complement] {
        candidates.push(of(algorithm));
        candidates.push(HeadSettings {
            binary: true,
            length_normalisation: true,
            alpha: 0.3,
            ..of(algorithm)
        });
    }
    candidates.push(of(Algorithm::Bernoulli));
    let tf_idf = plain.weighting;
    let binary = Weighting { term_frequency: TermFrequency::Binary, ..tf_idf };
    let no_idf = Weighting { inverse_document_frequency: false, ..tf_idf };
    for weighting in [tf_idf, binary, no_idf] {
        for c in [1.0, 4.0, 16.0] {
            candidates.push(HeadSettings { weighting, c, ..of(Algorithm::Nblr) });
        }
    }
    let unnormed = Weighting { norm: Norm::None, ..binary };
    candidates.push(HeadSettings { weighting: unnormed, c: 0.05, ..of(Algorithm::Nblr) });
    for algorithm in [Algorithm::Logistic, Algorithm::Blend] {
        for c in [1.0, 4.0, 16.0] {
            candidates.push(HeadSettings { c, ..of(algorithm) });
        }
    }
    candidates
}

/// Other runs of words and characters than those of the plan.
fn analyses(planned: Analysis) -> Vec<Analysis> {
    let runs = [([1, 2], [2, 5]), ([1, 2], [0, 0]), ([1, 3], [2, 6]), ([1, 1], [2, 5]), ([1, 2], [3, 6])];
    let others = runs.into_iter().map(|(words, characters)| Analysis { words, characters, ..planned });
    others.filter(|other| *other != planned).collect()
}

/// The same fit, regularised or smoothed more and less; and with the rare label weighed up.
fn neighbours(best: &HeadSettings) -> Vec<HeadSettings> {
    match best.algorithm.naive_bayes() {
        Some(_) => [0.1, 0.3, 3.0].map(|f| HeadSettings { alpha: best.alpha * f, ..best.clone() }).to_vec(),
        None => {
            let mut neighbours = [0.5, 2.0].map(|f| HeadSettings { c: best.c * f, ..best.clone() }).to_vec();
            neighbours.push(HeadSettings { class_weight: ClassWeight::Balanced, ..best.clone() });
            if matches!(best.algorithm, Algorithm::Nblr | Algorithm::Blend) {
                neighbours.extend([0.1, 0.3].map(|f| HeadSettings { alpha: best.alpha * f, ..best.clone() }));
            }
            neighbours
        }
    }
}

/// The settings that tell this trial from others, in words.
impl std::fmt::Display for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let s = &self.settings;
        write!(f, "{}", s.algorithm)?;
        match s.algorithm.naive_bayes() {
            Some(_) => {
                write!(f, " alpha={}", s.alpha)?;
                f.write_str(if s.binary { " binary" } else { "" })?;
                f.write_str(if s.length_normalisation { " length-normalisation" } else { "" })?;
            }
            None => {
                write!(f, " c={}", s.c)?;
                if s.algorithm != Algorithm::Logistic && s.alpha != 1.0 {
                    write!(f, " alpha={}", s.alpha)?;
                }
                f.write_str(match s.weighting.term_frequency {
                    TermFrequency::Raw => " raw",
                    TermFrequency::Binary => " binary",
                    TermFrequency::Sublinear => " sublinear",
                })?;
                f.write_str(if s.weighting.inverse_document_frequency { " idf" } else { "" })?;
                f.write_str(match s.weighting.norm {
                    Norm::None => "",
                    Norm::Length => " length",
                    Norm::Euclidean => " euclidean",
                })?;
                f.write_str(if s.class_weight == ClassWeight::Balanced { " balanced" } else { "" })?;
            }
        }
        let run = |f: &mut std::fmt::Formatter<'_>, name: &str, [min, max]: [u8; 2]| match (min, max) {
            (0, 0) => Ok(()),
            _ => write!(f, ", {name} {min}–{max}"),
        };
        run(f, "words", self.analysis.words)?;
        run(f, "characters", self.analysis.characters)
    }
}
