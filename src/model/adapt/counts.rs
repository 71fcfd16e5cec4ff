//! What a community adds to counts: its own, exactly.

use super::{AdaptError, AdaptSettings, Column, Learned, Lesson, Task, folds, readout};
use crate::counts::matrix::CountMatrix;
use crate::label::{HeadKind, LabelId};
use crate::model::{Model, ModelHead, derive};
use crate::naive_bayes::{ClassCounts, LabelledCounts, NaiveBayes, NaiveBayesSettings};

/// The strengths that cross-validation chooses from, beside none: how many times each lesson counts.
const STRENGTHS: [u32; 6] = [1, 2, 5, 10, 30, 100];

impl Model {
    /// Adds the counts of lessons about a column, each `times` times, and says how the model answers then.
    ///
    /// # Errors
    /// If the head keeps no counts, or a lesson is no whole number of yeses or noes.
    pub fn learn_counts(
        &mut self,
        column: Column,
        lessons: &[Lesson<'_>],
        times: u32,
    ) -> Result<(), AdaptError> {
        self.change_counts(column, lessons, times, true)
    }

    /// Takes away what [`learn_counts`](Self::learn_counts) added, as if the lessons had never been: the model is then
    /// what it was, byte for byte.
    ///
    /// # Errors
    /// As [`learn_counts`](Self::learn_counts), or if the lessons were never learned.
    pub fn forget_counts(
        &mut self,
        column: Column,
        lessons: &[Lesson<'_>],
        times: u32,
    ) -> Result<(), AdaptError> {
        self.change_counts(column, lessons, times, false)
    }

    fn change_counts(
        &mut self,
        column: Column,
        lessons: &[Lesson<'_>],
        times: u32,
        adds: bool,
    ) -> Result<(), AdaptError> {
        let texts: Vec<&str> = lessons.iter().map(|lesson| lesson.text).collect();
        let counts = self.vectorizer.counts(texts.as_slice())?;
        let all: Vec<usize> = (0..lessons.len()).collect();
        let counted = Counted::new(self, column, lessons, &counts)?;
        let (other, classes) = counted.class_counts(&all, times)?;
        let i = counted.classifier;
        let old = self.classifiers[column.head].get(i).ok_or_else(|| {
            AdaptError::Head(self.heads[column.head].head.name.clone(), "keeps no counts".into())
        })?;
        let mut sum = old.counts().clone();
        match adds {
            true => sum.merge(&other),
            false => sum.subtract(&other),
        }
        .map_err(crate::naive_bayes::NaiveBayesError::from)?;
        let settings = NaiveBayesSettings { n_classes: None, ..old.settings().clone() };
        self.classifiers[column.head][i] = settings.derive(sum)?;
        let head = &mut self.heads[column.head];
        count_support(head, column, &classes, adds);
        let columns = derive::columns(head.head.kind, &self.classifiers[column.head]);
        head.bias = columns.bias;
        self.groups[head.group].derive(head.first_column, &columns.weights);
        self.sign();
        Ok(())
    }

    /// Learns a task by counting, as many times as cross-validation finds best.
    pub(super) fn learn_counts_of(
        &mut self,
        task: &Task<'_>,
        settings: &AdaptSettings,
    ) -> Result<Learned, AdaptError> {
        let texts: Vec<&str> = task.lessons.iter().map(|lesson| lesson.text).collect();
        let counts = self.vectorizer.counts(texts.as_slice())?;
        let counted = Counted::new(self, task.column, &task.lessons, &counts)?;
        let times = match settings.strength {
            Some(s) => vec![whole("strength", s)?],
            None => STRENGTHS.to_vec(),
        };
        let all: Vec<usize> = (0..task.lessons.len()).collect();
        let mut before = vec![0.0; all.len()];
        counted.answer(&all, &ClassCounts::zeros(counts.n_terms(), counted.n_classes()), &mut before)?;
        let folds = folds::of(&task.lessons, settings.n_folds, settings.seed);
        let mut tried = vec![vec![0.0; all.len()]; times.len()];
        for k in 0..settings.n_folds {
            let (test, train): (Vec<usize>, Vec<usize>) = all.iter().partition(|&&i| folds[i] == k);
            for (answers, &times) in tried.iter_mut().zip(&times) {
                counted.answer(&test, &counted.class_counts(&train, times)?.0, answers)?;
            }
        }
        let mut trials = vec![(0.0, readout::log_loss(&before, &task.lessons))];
        let losses = tried.iter().map(|answers| readout::log_loss(answers, &task.lessons));
        trials.extend(times.iter().map(|&t| f64::from(t)).zip(losses));
        let chosen = match settings.strength {
            Some(_) => 1,
            None => readout::choose(&before, &tried, &task.lessons),
        };
        let out_of_fold = if chosen == 0 { before.clone() } else { tried[chosen - 1].clone() };
        if chosen > 0 {
            self.learn_counts(task.column, &task.lessons, times[chosen - 1])?;
        }
        let has_new_threshold = self.recalibrate(task.column, &out_of_fold, &task.lessons);
        let (column, strength) = (task.column, trials[chosen].0);
        Ok(Learned { column, strength, trials, before, out_of_fold, is_mixed: false, has_new_threshold })
    }
}

/// Comments of each label that the head was fitted on.
fn count_support(head: &mut ModelHead, column: Column, classes: &[LabelId], adds: bool) {
    let n = classes.len() as u64;
    let change = |number: &mut u64, by: u64| {
        *number = if adds { number.saturating_add(by) } else { number.saturating_sub(by) };
    };
    change(&mut head.n_documents, n);
    match head.head.kind {
        HeadKind::OneOf => classes.iter().for_each(|class| change(&mut head.support[class.index()], 1)),
        HeadKind::Each => {
            let n_yes = classes.iter().filter(|class| class.index() == 1).count() as u64;
            change(&mut head.support[column.label], n_yes);
        }
    }
}

/// Lessons as a classifier counts them.
struct Counted<'a> {
    model: &'a Model,
    column: Column,
    classifier: usize,
    counts: &'a CountMatrix,
    /// For each lesson its class and how many times it counts; none where it has no class: that a comment is not of
    /// one of several labels does not say of which it is.
    classes: Vec<Option<(LabelId, u32)>>,
}

impl<'a> Counted<'a> {
    fn new(
        model: &'a Model,
        column: Column,
        lessons: &[Lesson<'_>],
        counts: &'a CountMatrix,
    ) -> Result<Self, AdaptError> {
        let head = &model.heads[column.head];
        let class = |lesson: &Lesson<'_>| {
            let times = whole("weight", lesson.weight)?;
            let yes = match lesson.truth {
                1.0 => true,
                0.0 => false,
                found => {
                    return Err(AdaptError::NotWhole { what: "truth", found, expected: "0 or 1" });
                }
            };
            Ok(match (head.head.kind, yes) {
                (HeadKind::Each, _) => Some((LabelId::from(usize::from(yes)), times)),
                (HeadKind::OneOf, true) => Some((LabelId::from(column.label), times)),
                (HeadKind::OneOf, false) if head.is_two_way() => {
                    Some((LabelId::from(1 - column.label), times))
                }
                (HeadKind::OneOf, false) => None,
            })
        };
        let classes = lessons.iter().map(class).collect::<Result<_, AdaptError>>()?;
        let classifier = if head.head.kind == HeadKind::Each { column.label } else { 0 };
        Ok(Self { model, column, classifier, counts, classes })
    }

    fn nb(&self) -> &NaiveBayes {
        &self.model.classifiers[self.column.head][self.classifier]
    }

    fn n_classes(&self) -> usize {
        self.nb().n_classes()
    }

    /// The counts of some of the lessons, and the classes they have.
    fn class_counts(&self, lessons: &[usize], times: u32) -> Result<(ClassCounts, Vec<LabelId>), AdaptError> {
        let known: Vec<(usize, LabelId, u32)> =
            lessons.iter().filter_map(|&i| self.classes[i].map(|(class, n)| (i, class, n))).collect();
        let rows: Vec<usize> = known.iter().map(|k| k.0).collect();
        let labels: Vec<LabelId> = known.iter().map(|k| k.1).collect();
        let multiplicities: Vec<u32> = known.iter().map(|k| k.2.saturating_mul(times)).collect();
        let counts = self.counts.select_rows(&rows);
        let labelled =
            LabelledCounts { counts: &counts, labels: &labels, multiplicities: Some(&multiplicities) };
        let binary = self.nb().settings().counts_are_binary();
        let counted = ClassCounts::of(&labelled, self.n_classes(), binary);
        Ok((counted.map_err(crate::naive_bayes::NaiveBayesError::from)?, labels))
    }

    /// Writes the log-odds of some lessons, given what was counted beside the model's own counts.
    fn answer(&self, lessons: &[usize], more: &ClassCounts, out: &mut [f64]) -> Result<(), AdaptError> {
        let mut classifiers = self.model.classifiers[self.column.head].clone();
        let old = &classifiers[self.classifier];
        let mut sum = old.counts().clone();
        sum.merge(more).map_err(crate::naive_bayes::NaiveBayesError::from)?;
        let settings = NaiveBayesSettings { n_classes: None, ..old.settings().clone() };
        classifiers[self.classifier] = settings.derive(sum)?;
        let head = &self.model.heads[self.column.head];
        let columns = derive::columns(head.head.kind, &classifiers);
        let place = self.model.place(self.column);
        let weighting =
            self.model.groups[head.group].fitted_weighting(self.model.vocabulary().n_characters())?;
        let matrix = weighting.weigh(self.counts.select_rows(lessons));
        for (row, &i) in matrix.rows().zip(lessons) {
            let dot = row.iter().map(|(t, x)| f64::from(x) * columns.weights[(t as usize, place)]);
            out[i] = columns.bias[place] + dot.sum::<f64>();
        }
        Ok(())
    }
}

fn whole(what: &'static str, found: f64) -> Result<u32, AdaptError> {
    match found.fract() == 0.0 && (0.0..1e6).contains(&found) {
        true => Ok(found as u32),
        false => Err(AdaptError::NotWhole { what, found, expected: "a whole number" }),
    }
}
