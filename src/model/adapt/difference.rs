//! What a community adds to weights: a mixture of what there is, and a regularised logistic regression on top of it.
//!
//! With `f` the mixture's log-odds and `x` the weighted terms, the difference `d` minimises
//!
//! ```text
//! ½ |d|² + strength · Σ weight · ln (1 + exp(-y (f + d₀ + d · x)))
//! ```
//!
//! which is the posterior mode of weights whose prior mean is the base: without decisions there is no difference, and
//! with many of them the base is forgotten. The base's own terms need no second look, since only the decisions'
//! texts appear in the sum.

use super::mixture::{Mixture, RIDGES};
use super::{AdaptError, AdaptSettings, Learned, Lesson, Task, folds, readout};
use crate::counts::weighted::WeightedMatrix;
use crate::logistic::{Answers, LinearModel, LogisticSettings};
use crate::model::{Group, Model};

/// The strengths that cross-validation chooses from, beside none.
const STRENGTHS: [f64; 6] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
/// Lessons as the regression sees them.
struct Lessons<'a> {
    lessons: &'a [Lesson<'a>],
    matrix: WeightedMatrix,
    /// What each column of the group says of each.
    columns: Vec<Vec<f64>>,
    /// Which column is to learn.
    own: usize,
    folds: Vec<u16>,
    seed: u64,
}

/// What was fitted to some of the lessons: a mixture, and for each strength a difference.
struct Fitted {
    mixture: Mixture,
    differences: Vec<LinearModel>,
}

impl Model {
    /// Changes the weights of a column to what its lessons teach.
    pub(super) fn learn_difference(
        &mut self,
        task: &Task<'_>,
        settings: &AdaptSettings,
    ) -> Result<Learned, AdaptError> {
        let head = &self.heads[task.column.head];
        let (g, place) = (head.group, self.place(task.column));
        let own = head.first_column + place;
        let group = &self.groups[g];
        let biases = self.biases(g);
        let texts: Vec<&str> = task.lessons.iter().map(|lesson| lesson.text).collect();
        let weighting = group.fitted_weighting(self.vocabulary().n_characters())?;
        let matrix = weighting.weigh(self.vectorizer.counts(texts.as_slice())?);
        let columns = matrix
            .rows()
            .map(|row| {
                let mut z = biases.clone();
                for (term, x) in row.iter() {
                    let weighted = z.iter_mut().enumerate();
                    weighted.for_each(|(column, z)| *z += f64::from(x) * group.weight(term, column));
                }
                z
            })
            .collect();
        let folds = folds::of(&task.lessons, settings.n_folds, settings.seed);
        let lessons = Lessons { lessons: &task.lessons, matrix, columns, own, folds, seed: settings.seed };
        let before: Vec<f64> = lessons.columns.iter().map(|z| z[own]).collect();
        let nothing = settings.strength == Some(0.0);

        let ridges = if nothing { &RIDGES[..1] } else { &RIDGES[1..] };
        let mixed = ridges.iter().map(|&r| Ok(lessons.cross_validate(r, &[])?.remove(0)));
        let mixed = mixed.collect::<Result<Vec<_>, AdaptError>>()?;
        let ridge = match readout::choose(&before, &mixed, &task.lessons) {
            0 => f64::INFINITY,
            i => ridges[i - 1],
        };
        let strengths = match settings.strength {
            Some(0.0) => Vec::new(),
            Some(strength) => vec![strength],
            None => STRENGTHS.to_vec(),
        };
        let tried = lessons.cross_validate(ridge, &strengths)?;
        let losses = tried.iter().map(|z| readout::log_loss(z, &task.lessons));
        let trials: Vec<(f64, f64)> =
            std::iter::once(0.0).chain(strengths.iter().copied()).zip(losses).collect();
        let chosen = match settings.strength {
            Some(_) => tried.len() - 1,
            None => readout::choose(&tried[0], &tried[1..], &task.lessons),
        };
        let strength = trials[chosen].0;
        let all: Vec<usize> = (0..task.lessons.len()).collect();
        let used: Vec<f64> = Some(strength).filter(|s| *s > 0.0).into_iter().collect();
        let fitted = lessons.fit(&all, ridge, &used)?;
        let weights = mixed_column(&self.groups[g], own, &fitted);
        let difference = fitted.differences.first().map_or(0.0, |d| d.bias);
        let mixture = &fitted.mixture;
        self.heads[task.column.head].bias[place] = mixture.log_odds(&biases) + difference;
        self.groups[g] = weights?;
        let has_new_threshold = self.recalibrate(task.column, &tried[chosen], &task.lessons);
        let (column, is_mixed) = (task.column, ridge.is_finite());
        let out_of_fold = tried[chosen].clone();
        Ok(Learned { column, strength, trials, before, out_of_fold, is_mixed, has_new_threshold })
    }

    /// The constant of each column of a group.
    fn biases(&self, g: usize) -> Vec<f64> {
        let mut biases = vec![0.0; self.groups[g].n_columns()];
        for head in self.heads.iter().filter(|head| head.group == g) {
            biases[head.first_column..][..head.bias.len()].copy_from_slice(&head.bias);
        }
        biases
    }
}

/// The group with one column changed.
fn mixed_column(group: &Group, own: usize, fitted: &Fitted) -> Result<Group, AdaptError> {
    let n_columns = group.n_columns();
    let mut weights = group.columns();
    let difference = fitted.differences.first().map(|d| d.weights.as_slice()).unwrap_or_default();
    let is_own = fitted.mixture == Mixture::own(own, n_columns);
    for (term, mut row) in weights.rows_mut().into_iter().enumerate() {
        let mixed: f64 = match is_own {
            true => row[own],
            false => row.iter().zip(&fitted.mixture.shares).map(|(w, a)| w * a).sum(),
        };
        row[own] = mixed + difference.get(term).copied().unwrap_or_default();
    }
    Ok(group.with_columns(&weights)?)
}

impl Lessons<'_> {
    /// The log-odds that fits on the other folds give each lesson: without a difference, then for each strength.
    fn cross_validate(&self, ridge: f64, strengths: &[f64]) -> Result<Vec<Vec<f64>>, AdaptError> {
        let mut answers = vec![vec![0.0; self.lessons.len()]; strengths.len() + 1];
        let n_folds = self.folds.iter().max().map_or(0, |last| last + 1);
        for k in 0..n_folds {
            let (test, train): (Vec<usize>, Vec<usize>) =
                (0..self.lessons.len()).partition(|&i| self.folds[i] == k);
            let fitted = self.fit(&train, ridge, strengths)?;
            for i in test {
                let mixed = fitted.mixture.log_odds(&self.columns[i]);
                answers[0][i] = mixed;
                for (answers, d) in answers[1..].iter_mut().zip(&fitted.differences) {
                    let dot = self.matrix.row(i).iter().map(|(t, x)| f64::from(x) * d.weights[t as usize]);
                    answers[i] = mixed + d.bias + dot.sum::<f64>();
                }
            }
        }
        Ok(answers)
    }

    /// What some of the lessons teach.
    fn fit(&self, lessons: &[usize], ridge: f64, strengths: &[f64]) -> Result<Fitted, AdaptError> {
        let mixture = Mixture::fit(self.own, &self.columns, self.lessons, lessons, ridge);
        if strengths.is_empty() {
            return Ok(Fitted { mixture, differences: Vec::new() });
        }
        let (mut rows, mut truth, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for &i in lessons {
            let lesson = self.lessons[i];
            for (yes, share) in [(true, lesson.truth), (false, 1.0 - lesson.truth)] {
                if share > 0.0 {
                    rows.push(i);
                    truth.push(yes);
                    weights.push(share * lesson.weight);
                }
            }
        }
        let offsets: Vec<f64> = rows.iter().map(|&i| mixture.log_odds(&self.columns[i])).collect();
        let params = LogisticSettings { ratios: false, seed: self.seed, ..LogisticSettings::default() };
        let answers = Answers { truth: &truth, weights: Some(&weights), offsets: Some(&offsets) };
        let matrix = self.matrix.select_rows(&rows);
        let differences = params.check()?.fit_path_onto(&matrix, &answers, strengths)?;
        Ok(Fitted { mixture, differences })
    }
}
