//! What a model learned, held against the comments it is evaluated on: its strongest terms, and the words it does
//! not know.

use super::evaluated::Labelled;
use crate::label::{Decision, HeadKind, LabelId, Truth};
use crate::model::{Model, ModelHead, Scorer};
use crate::report::{LabelTerms, UnknownTerms, WeighedTerm};
use crate::text::{Scratch, TermKind};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// How many terms of each side of a label are listed.
const TERMS: usize = 20;
/// How many words the model does not know are listed, and in how many comments a word must be for that.
const UNKNOWN: usize = 30;
const UNKNOWN_IN: u64 = 2;

/// What was found.
pub(super) struct Learned {
    pub(super) terms: Vec<LabelTerms>,
    /// `None` if the comments have no words, or the model counts none.
    pub(super) unknown: Option<UnknownTerms>,
    /// Of each comment the share of its words that the model does not know; `None` of one without words.
    pub(super) unknown_shares: Vec<Option<f64>>,
}

/// A term that is listed, by its column and side.
struct Listed {
    id: u32,
    column: usize,
    speaks_for: bool,
}

/// Looks at the words of every comment once.
pub(super) fn learned(labelled: &Labelled, model: &Model, head: &ModelHead) -> Learned {
    let listed: Vec<Listed> =
        (0..head.n_columns()).flat_map(|column| strongest(model, head, column)).collect();
    let words = Words::of(labelled, model, head, &listed);
    let position = model.heads().iter().position(|h| h.head.name == head.head.name).unwrap_or_default();
    let terms = (0..head.n_columns()).map(|column| {
        let deciding = deciding(model, position, column);
        let side = |speaks_for: bool| {
            let own = listed.iter().filter(|l| l.column == column && l.speaks_for == speaks_for);
            own.map(|l| weighed(l, &words, (model, head, position), &deciding)).collect()
        };
        LabelTerms {
            label: head.head.labels.name(label_of(head, column)).to_owned(),
            towards: side(true),
            against: side(false),
            n_deciding: deciding.len() as u64,
            deciding: deciding.iter().take(TERMS).map(|&id| model.vocabulary().text(id).to_owned()).collect(),
        }
    });
    Learned { terms: terms.collect(), unknown: words.unknown(), unknown_shares: words.shares }
}

/// The label a column speaks for.
fn label_of(head: &ModelHead, column: usize) -> LabelId {
    if head.is_two_way() { LabelId(1) } else { column.into() }
}

/// All words with their weight in a column, the heaviest first.
fn ranked(model: &Model, head: &ModelHead, column: usize) -> Vec<(u32, f32)> {
    let (vocabulary, group) = (model.vocabulary(), &model.groups()[head.group]);
    let words = (0..vocabulary.len() as u32).filter(|&id| vocabulary.kind(id) == TermKind::Words);
    let mut ranked: Vec<(u32, f32)> =
        words.map(|id| (id, group.weight(id, head.first_column + column) as f32)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

fn strongest(model: &Model, head: &ModelHead, column: usize) -> Vec<Listed> {
    let ranked = ranked(model, head, column);
    let towards = ranked.iter().take(TERMS).filter(|(_, weight)| *weight > 0.0);
    let against = ranked.iter().rev().take(TERMS).filter(|(_, weight)| *weight < 0.0);
    let listed = |speaks_for| move |&(id, _): &(u32, f32)| Listed { id, column, speaks_for };
    towards.map(listed(true)).chain(against.map(listed(false))).collect()
}

/// The words that alone make a comment of the column's label, heaviest first; none if an empty comment has it too.
fn deciding(model: &Model, position: usize, column: usize) -> Vec<u32> {
    let head = &model.heads()[position];
    let label = label_of(head, column);
    let given = |scorer: &mut Scorer<'_>, text: &str| match &scorer.score(text).heads[position].decision {
        Decision::OneOf(decided) => *decided == label,
        Decision::Each(holds) => holds[label.index()],
    };
    if given(&mut Scorer::new(model), "") {
        return Vec::new();
    }
    let ranked = ranked(model, head, column);
    let candidates: Vec<u32> =
        ranked.into_iter().take_while(|(_, weight)| *weight > 0.0).map(|(id, _)| id).collect();
    let decides = |scorer: &mut Scorer<'_>, id: u32| given(scorer, model.vocabulary().text(id)).then_some(id);
    candidates.into_par_iter().map_init(|| Scorer::new(model), decides).flatten_iter().collect()
}

fn weighed(
    listed: &Listed,
    words: &Words,
    (model, head, position): (&Model, &ModelHead, usize),
    deciding: &[u32],
) -> WeighedTerm {
    let term = model.vocabulary().text(listed.id);
    let evidence = &model.evidence(head, term)[listed.column];
    let own = evidence.terms.iter().find(|found| found.kind == TermKind::Words && found.text == term);
    let weight = model.groups()[head.group].weight(listed.id, head.first_column + listed.column);
    let [n_with, n_without] = words.counts.get(&(listed.id, listed.column)).copied().unwrap_or_default();
    WeighedTerm {
        term: term.to_owned(),
        // What the analyser makes something else of when it stands alone has its bare weight.
        contribution: own.map_or(weight, |found| found.contribution),
        trained: trained(model, position, listed),
        n_with,
        n_without,
        decides: listed.speaks_for && deciding.contains(&listed.id),
    }
}

/// How often naive Bayes counted the term with the label, and without.
fn trained(model: &Model, position: usize, listed: &Listed) -> Option<[u64; 2]> {
    let head = &model.heads()[position];
    let (classifier, class) = match head.head.kind {
        HeadKind::OneOf => (model.classifiers(position).first()?, label_of(head, listed.column).index()),
        HeadKind::Each => (model.classifiers(position).get(listed.column)?, 1),
    };
    let row = classifier.counts().term_counts().row(listed.id as usize).to_owned();
    Some([row[class], row.sum() - row[class]])
}

/// What the comments' words are to the model.
#[derive(Default)]
struct Words {
    /// Of a listed term and column, how many comments with the column's label have it, and how many without.
    counts: HashMap<(u32, usize), [u64; 2]>,
    /// Of each comment, in order.
    shares: Vec<Option<f64>>,
    n_words: u64,
    n_unknown: u64,
    /// In how many comments each unknown word is.
    frequencies: BTreeMap<String, u64>,
}

/// What the words of one comment are.
struct CommentWords {
    known: Vec<u32>,
    unknown: Vec<String>,
    n_words: u64,
    n_unknown: u64,
}

impl Words {
    fn of(labelled: &Labelled, model: &Model, head: &ModelHead, listed: &[Listed]) -> Self {
        let mut columns: HashMap<u32, Vec<usize>> = HashMap::new();
        listed.iter().for_each(|l| columns.entry(l.id).or_default().push(l.column));
        let look = |scratch: &mut Scratch, text: &str| CommentWords::of(text, model, scratch, &columns);
        let comments: Vec<CommentWords> = labelled
            .corpus
            .comments
            .par_iter()
            .map_init(Scratch::default, |scratch, c| look(scratch, &c.text))
            .collect();
        let mut words = Self::default();
        for (comment, truth) in comments.into_iter().zip(&labelled.truths) {
            for id in comment.known {
                for &column in &columns[&id] {
                    let Some(holds) = has(truth, label_of(head, column)) else { continue };
                    words.counts.entry((id, column)).or_default()[usize::from(!holds)] += 1;
                }
            }
            words
                .shares
                .push((comment.n_words > 0).then(|| comment.n_unknown as f64 / comment.n_words as f64));
            words.n_words += comment.n_words;
            words.n_unknown += comment.n_unknown;
            comment.unknown.into_iter().for_each(|word| *words.frequencies.entry(word).or_default() += 1);
        }
        words
    }

    fn unknown(&self) -> Option<UnknownTerms> {
        // A model of characters knows no word at all, which says nothing.
        if self.n_words == 0 || self.n_unknown == self.n_words {
            return None;
        }
        let mut frequent: Vec<(String, u64)> = self
            .frequencies
            .iter()
            .filter(|(_, n)| UNKNOWN_IN <= **n)
            .map(|(word, &n)| (word.clone(), n))
            .collect();
        frequent.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        frequent.truncate(UNKNOWN);
        Some(UnknownTerms { share: self.n_unknown as f64 / self.n_words as f64, frequent })
    }
}

impl CommentWords {
    /// Single words only: of runs of words nearly all are unknown to any model.
    fn of(text: &str, model: &Model, scratch: &mut Scratch, listed: &HashMap<u32, Vec<usize>>) -> Self {
        let mut words = Self { known: Vec::new(), unknown: Vec::new(), n_words: 0, n_unknown: 0 };
        model.analyzer().analyze(text, scratch, |term| {
            if term.kind != TermKind::Words {
                return;
            }
            let id = model.vocabulary().id(term.hash);
            if let Some(id) = id.filter(|id| listed.contains_key(id)) {
                words.known.push(id);
            }
            let word = term.text();
            if word.contains(' ') || !word.contains(char::is_alphabetic) {
                return;
            }
            words.n_words += 1;
            if id.is_none() {
                words.n_unknown += 1;
                words.unknown.push(word.to_owned());
            }
        });
        words.known.sort_unstable();
        words.known.dedup();
        words.unknown.sort_unstable();
        words.unknown.dedup();
        words
    }
}

/// Whether the truth has `label`, if that is known.
fn has(truth: &Truth, label: LabelId) -> Option<bool> {
    match truth {
        Truth::OneOf(own) => Some(*own == label),
        Truth::Each(holds) => holds[label.index()],
    }
}
