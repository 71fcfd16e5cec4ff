//! One head's columns, fitted on documents that are counted already.

use super::TrainError;
use super::settings::HeadSettings;
use crate::counts::matrix::CountMatrix;
use crate::counts::weighted::WeightedMatrix;
use crate::counts::weighting::{FittedWeighting, Weighting};
use crate::label::{Head, HeadKind, LabelId, Truth};
use crate::logistic::{LinearModel, LogisticError, LogisticSettings};
use crate::model::{Link, ModelHead, derive};
use crate::naive_bayes::{ClassCounts, NaiveBayes, NaiveBayesError, NaiveBayesSettings};
use ndarray::Array2;
use rayon::prelude::*;
use std::ops::Range;

/// Documents to fit on: rows of one matrix, whatever heads they have labels for.
pub(super) struct Documents {
    counts: CountMatrix,
    /// Terms that are normed together: characters, words.
    blocks: Vec<Range<u32>>,
    /// Each weighting that a head asks for, fitted once on all rows.
    weighted: Vec<(FittedWeighting, WeightedMatrix)>,
}

/// A head's linear part.
pub(super) struct FittedHead {
    pub(super) weighting: FittedWeighting,
    pub(super) link: Link,
    pub(super) bias: Vec<f64>,
    /// Shape `(n_terms, n_columns)`.
    pub(super) weights: Array2<f64>,
    /// Of naive Bayes, what was counted.
    pub(super) classifiers: Vec<NaiveBayes>,
}

/// The truths of one head, and how much each document counts.
pub(super) struct Labels<'a> {
    /// One a document; none where the document has no label of this head.
    pub(super) truths: &'a [Option<Truth>],
    pub(super) weights: &'a [f32],
}

impl Documents {
    pub(super) fn new(
        counts: CountMatrix,
        n_characters: u32,
        weightings: impl IntoIterator<Item = Weighting>,
    ) -> Result<Self, TrainError> {
        let blocks = vec![0..n_characters, n_characters..counts.n_terms() as u32];
        let mut documents = Self { counts, blocks, weighted: Vec::new() };
        for weighting in weightings {
            if documents.weighted.iter().all(|(fitted, _)| fitted.weighting() != weighting) {
                let fitted = weighting.fit_blocks(&documents.counts, documents.blocks.clone())?;
                let matrix = fitted.weigh(documents.counts.clone());
                documents.weighted.push((fitted, matrix));
            }
        }
        Ok(documents)
    }

    /// The columns of `head`, fitted on the rows that have its labels.
    pub(super) fn fit(
        &self,
        head: &Head,
        settings: &HeadSettings,
        labels: &Labels<'_>,
    ) -> Result<FittedHead, TrainError> {
        match settings.naive_bayes() {
            Some(naive_bayes) => self.fit_naive_bayes(head, &naive_bayes, labels),
            None => self.fit_logistic(head, settings, labels),
        }
    }

    fn fit_naive_bayes(
        &self,
        head: &Head,
        settings: &NaiveBayesSettings,
        labels: &Labels<'_>,
    ) -> Result<FittedHead, TrainError> {
        let (n_classifiers, _) = derive::shape(head);
        let classifiers = (0..n_classifiers)
            .into_par_iter()
            .map(|i| Ok(settings.derive(labels.class_counts(head, settings, &self.counts, i)?)?))
            .collect::<Result<Vec<_>, TrainError>>()?;
        FittedHead::of_naive_bayes(head, classifiers)
    }
}

impl Documents {
    fn fit_logistic(
        &self,
        head: &Head,
        settings: &HeadSettings,
        labels: &Labels<'_>,
    ) -> Result<FittedHead, TrainError> {
        let wanted = |(fitted, _): &&(FittedWeighting, _)| fitted.weighting() == settings.weighting;
        let (weighting, matrix) = self.weighted.iter().find(wanted).ok_or_else(|| TrainError::Head {
            head: head.name.clone(),
            problem: "its weighting was not prepared".into(),
        })?;
        let rows: Vec<usize> = (0..labels.truths.len()).filter(|&i| labels.truths[i].is_some()).collect();
        let labelled = matrix.select_rows(&rows);
        let n_columns = ModelHead::columns_of(head);
        let columns = (0..n_columns)
            .into_par_iter()
            .map(|c| {
                let column = if n_columns == head.labels.len() { c } else { 1 };
                let truths: Vec<Option<bool>> = rows.iter().map(|&i| labels.holds(i, column)).collect();
                // A document that is not labelled for this column weighs nothing in it.
                let weight = |(truth, &i): (&Option<bool>, &usize)| {
                    truth.map_or(0.0, |_| f64::from(labels.weights[i]))
                };
                let weights: Vec<f64> = truths.iter().zip(&rows).map(weight).collect();
                let truths: Vec<bool> = truths.into_iter().map(Option::unwrap_or_default).collect();
                let n_true = truths.iter().filter(|truth| **truth).count() as u64;
                let fit = |s: LogisticSettings| s.check()?.fit(&labelled, &truths, Some(&weights));
                let regressions = settings.logistic(n_true).into_iter().map(fit);
                Ok(LinearModel::mean(&regressions.collect::<Result<Vec<_>, LogisticError>>()?))
            })
            .collect::<Result<Vec<LinearModel>, TrainError>>()?;
        let mut weights = Array2::zeros((matrix.n_terms(), n_columns));
        for (mut column, fitted) in weights.columns_mut().into_iter().zip(&columns) {
            column.assign(&ndarray::aview1(&fitted.weights));
        }
        Ok(FittedHead {
            weighting: weighting.clone(),
            link: Link::Logistic,
            bias: columns.iter().map(|fitted| fitted.bias).collect(),
            weights,
            classifiers: Vec::new(),
        })
    }
}

/// A document and its class.
struct Row {
    document: usize,
    class: LabelId,
}

impl Labels<'_> {
    /// Whether label `label` is true of document `i`, if that is known.
    fn holds(&self, i: usize, label: usize) -> Option<bool> {
        match self.truths[i].as_ref()? {
            Truth::OneOf(truth) => Some(truth.index() == label),
            Truth::Each(holds) => holds.get(label).copied().flatten(),
        }
    }

    /// The documents that have labels, with the class of each: of a one-of head its label, of label `i` of a
    /// yes/no-each head no and yes.
    fn classes(&self, kind: HeadKind, i: usize) -> Vec<Row> {
        let class = |truth: &Truth| match truth {
            Truth::OneOf(label) if kind == HeadKind::OneOf => Some(*label),
            Truth::Each(holds) if kind == HeadKind::Each => {
                holds.get(i).copied().flatten().map(|yes| LabelId::from(usize::from(yes)))
            }
            _ => None,
        };
        let rows = self.truths.iter().enumerate();
        rows.filter_map(|(document, truth)| Some(Row { document, class: class(truth.as_ref()?)? })).collect()
    }

    /// What classifier `i` of a head of naive Bayes counts in the documents that have its labels.
    pub(super) fn class_counts(
        &self,
        head: &Head,
        settings: &NaiveBayesSettings,
        counts: &CountMatrix,
        i: usize,
    ) -> Result<ClassCounts, TrainError> {
        let (_, n_classes) = derive::shape(head);
        let mut sum = ClassCounts::zeros(counts.n_terms(), n_classes);
        for (row, class) in counts.rows().zip(self.classes_and_times(head, i)?) {
            if let Some((class, times)) = class {
                sum.add_document(row.iter(), class, u64::from(times), settings.counts_are_binary())
                    .map_err(NaiveBayesError::from)?;
            }
        }
        Ok(sum)
    }

    /// For classifier `i` of a head of naive Bayes, the class of each document and how many times it counts; none
    /// where there is no label.
    pub(super) fn classes_and_times(
        &self,
        head: &Head,
        i: usize,
    ) -> Result<Vec<Option<(LabelId, u32)>>, TrainError> {
        let rows = self.classes(head.kind, i);
        let documents: Vec<usize> = rows.iter().map(|row| row.document).collect();
        let times = self.multiplicities(head, &documents)?;
        let mut all = vec![None; self.truths.len()];
        for (n, row) in rows.iter().enumerate() {
            all[row.document] = Some((row.class, times.as_ref().map_or(1, |times| times[n])));
        }
        Ok(all)
    }

    /// How many times each document counts, as the whole numbers that naive Bayes keeps; none if each counts once.
    fn multiplicities(&self, head: &Head, documents: &[usize]) -> Result<Option<Vec<u32>>, TrainError> {
        if documents.iter().all(|&d| self.weights[d] == 1.0) {
            return Ok(None);
        }
        let whole = |&d: &usize| {
            let weight = self.weights[d];
            let is_whole = weight >= 0.0 && weight.fract() == 0.0 && weight < 1e6;
            is_whole
                .then_some(weight as u32)
                .ok_or_else(|| TrainError::Weight { head: head.name.clone(), weight })
        };
        documents.iter().map(whole).collect::<Result<_, _>>().map(Some)
    }
}

impl FittedHead {
    /// The head that these classifiers answer.
    pub(super) fn of_naive_bayes(head: &Head, classifiers: Vec<NaiveBayes>) -> Result<Self, TrainError> {
        let columns = derive::columns(head.kind, &classifiers);
        let n_terms = columns.weights.nrows();
        // Naive Bayes' length is that of the whole comment: one block.
        let blocks = vec![0..0, 0..n_terms as u32];
        let weighting = FittedWeighting::from_parts(columns.weighting, None, n_terms, blocks)?;
        Ok(Self { weighting, link: Link::Softmax, bias: columns.bias, weights: columns.weights, classifiers })
    }

    /// The log-odds of each document, shape `(n_documents, n_columns)`.
    pub(super) fn log_odds(&self, counts: &CountMatrix) -> Array2<f64> {
        let matrix = self.weighting.weigh(counts.clone());
        let mut log_odds = Array2::zeros((matrix.n_documents(), self.bias.len()));
        for (document, mut out) in log_odds.rows_mut().into_iter().enumerate() {
            out.iter_mut().zip(&self.bias).for_each(|(z, bias)| *z = *bias);
            for (term, value) in matrix.row(document).iter() {
                out.scaled_add(f64::from(value), &self.weights.row(term as usize));
            }
        }
        log_odds
    }
}
