//! What decisions are worth: the default model on communities it was not trained on, before and after.
//!
//! The figures are printed: `cargo test --test community -- --nocapture`.

#![expect(clippy::print_stdout, reason = "its figures are to be read")]

use moderato::model::Model;
use moderato::model::adapt::{AdaptSettings, Column, Lesson, Task};
use moderato::perspective::attribute::Resolved;
use moderato::perspective::{Attributes, Unknown};
use std::path::PathBuf;

/// The column that answers an attribute.
fn answering(model: &Model, attribute: &str) -> Column {
    match Attributes::of(model).resolve(attribute, Unknown::Map) {
        Resolved::Answered(column) => column,
        other => panic!("{attribute}: {other:?}"),
    }
}

/// A corpus that the default model never saw, as a community with its own idea of what is too much.
struct Community {
    file: &'static str,
    text: &'static str,
    label: &'static str,
    /// What the label's column says of a comment that this community removes.
    is_removed: fn(&str) -> bool,
}

const COMMUNITIES: &[Community] = &[
    Community {
        file: "incivility/c3_train.csv",
        text: "comment_text",
        label: "crowd_toxicity_level",
        is_removed: |level| level.parse::<f64>().is_ok_and(|level| level >= 1.5),
    },
    Community {
        file: "incivility/mupid_train.csv",
        text: "text",
        label: "impoliteness",
        is_removed: |value| value.starts_with('1'),
    },
    Community {
        file: "incivility/ucc_val.csv",
        text: "comment",
        label: "dismissive",
        is_removed: |value| value.starts_with('1'),
    },
    Community {
        file: "incivility/perspective_tweets.csv",
        text: "text",
        label: "uncivil",
        is_removed: |value| value == "yes",
    },
];

/// The file's comments with their labels; none, with a word about it, where the file is missing.
fn read(community: &Community) -> Option<Vec<(String, bool)>> {
    let data = std::env::var_os("MODERATO_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let path = data.join(community.file);
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        println!("skipped: {} is not there; MODERATO_DATA names the folder", community.file);
        return None;
    };
    let headers = reader.headers().expect("a header").clone();
    let place = |name: &str| headers.iter().position(|h| h == name).expect("the column is there");
    let (text, label) = (place(community.text), place(community.label));
    let rows = reader.records().map(|row| row.expect("a row"));
    Some(rows.map(|row| (row[text].to_owned(), (community.is_removed)(&row[label]))).collect())
}

/// An order that has nothing to do with the file's.
fn shuffled(rows: Vec<(String, bool)>) -> Vec<(String, bool)> {
    let mut keyed: Vec<(u32, (String, bool))> =
        rows.into_iter().map(|row| (crc32fast::hash(format!("{}7", row.0).as_bytes()), row)).collect();
    keyed.sort();
    keyed.dedup_by(|a, b| a.1.0 == b.1.0);
    keyed.into_iter().map(|(_, row)| row).collect()
}

/// The share of pairs in order.
fn auc(scored: &[(f64, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut n_no, mut pairs) = (0.0, 0.0);
    for tie in sorted.chunk_by(|a, b| a.0 == b.0) {
        let yes = tie.iter().filter(|s| s.1).count() as f64;
        let no = tie.len() as f64 - yes;
        pairs += yes * (n_no + no / 2.0);
        n_no += no;
    }
    let n_yes = sorted.len() as f64 - n_no;
    pairs / (n_yes * n_no)
}

fn f1(scored: &[(f64, bool)], threshold: f64) -> f64 {
    let held = |s: &&(f64, bool)| s.0 >= threshold;
    let both = scored.iter().filter(held).filter(|s| s.1).count() as f64;
    let either = scored.iter().filter(held).count() as f64 + scored.iter().filter(|s| s.1).count() as f64;
    if either == 0.0 { 0.0 } else { 2.0 * both / either }
}

fn log_loss(scored: &[(f64, bool)]) -> f64 {
    let loss = |&(p, yes): &(f64, bool)| -(if yes { p } else { 1.0 - p }).max(1e-12).ln();
    scored.iter().map(loss).sum::<f64>() / scored.len() as f64
}

/// AUC, F1 at the stored threshold, and log loss on `test`.
fn figures(model: &Model, column: Column, test: &[(String, bool)]) -> [f64; 3] {
    let threshold = model.heads()[column.head].readout.thresholds[column.label];
    let score =
        |(text, yes): &(String, bool)| (model.column_probability(column, model.log_odds(column, text)), *yes);
    let scored: Vec<(f64, bool)> = test.iter().map(score).collect();
    [auc(&scored), f1(&scored, threshold), log_loss(&scored)]
}

#[test]
fn decisions_help_a_community_and_a_few_do_no_harm() {
    let base = Model::embedded().expect("the default model");
    let column = answering(&base, "TOXICITY");
    let mut gains = Vec::new();
    for community in COMMUNITIES {
        let Some(rows) = read(community) else { continue };
        let rows = shuffled(rows);
        let half = rows.len() / 2;
        let (train, test) = (&rows[..half], &rows[half..(half + 2000).min(rows.len())]);
        let before = figures(&base, column, test);
        println!("{} {}: {} comments to test on", community.file, community.label, test.len());
        println!("  {:>5}  AUC {:.3}  F1 {:.3}  log loss {:.3}", 0, before[0], before[1], before[2]);
        for n in [50, 200, 1000].into_iter().filter(|n| *n <= half) {
            let lessons: Vec<Lesson<'_>> = train[..n]
                .iter()
                .map(|(text, yes)| Lesson { text, truth: f64::from(u8::from(*yes)), weight: 1.0 })
                .collect();
            let adapted =
                base.adapt(&[Task { column, lessons }], &AdaptSettings::default()).expect("it learns");
            let after = figures(&adapted.model, column, test);
            let learned = &adapted.learned[0];
            println!(
                "  {n:>5}  AUC {:.3}  F1 {:.3}  log loss {:.3}  strength {} · {} new terms{}",
                after[0],
                after[1],
                after[2],
                learned.strength,
                adapted.n_new_terms,
                if learned.is_mixed { " · mixed" } else { "" },
            );
            // A few decisions do no harm to speak of, many help.
            assert!(after[0] > before[0] - 0.01, "{n} decisions cost order: {after:?}, {before:?}");
            assert!(after[2] < before[2], "{n} decisions cost probabilities: {after:?}, {before:?}");
            if n == 1000 {
                assert!(after[0] > before[0], "{n} decisions teach order: {after:?}, {before:?}");
                gains.push(after[0] - before[0]);
                assert!(after[1] > before[1], "{n} decisions teach where to draw the line");
            }
        }
    }
    let mean = gains.iter().sum::<f64>() / gains.len().max(1) as f64;
    assert!(gains.is_empty() || mean > 0.01, "a thousand decisions teach order: {gains:?}");
}

/// A small model with a head of naive Bayes.
fn counting_model() -> Model {
    use moderato::counts::vectorizer::Pruning;
    use moderato::label::{Head, HeadKind, LabelId, LabelSet, Truth};
    use moderato::model::About;
    use moderato::model::train::{HeadSettings, Plan, TrainingSet, train};
    let labels = LabelSet::new(["civil", "uncivil"]).expect("two labels");
    let head = Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None };
    let plan = Plan {
        about: About { name: "counting".into(), ..About::default() },
        analysis: moderato::text::Analysis::default(),
        pruning: Pruning { min_words: 1, min_characters: 1, max_terms: None },
        search_analysis: false,
        heads: vec![(head, HeadSettings::default())],
    };
    let texts = ["thank you, a fair point", "thank you for the figures", "you fool", "what a fool you are"];
    let truths = [vec![0, 0, 1, 1].into_iter().map(|i| Some(Truth::OneOf(LabelId(i)))).collect()];
    let set = TrainingSet {
        texts: &texts,
        truths: &truths,
        weights: &[1.0; 4],
        folds: &[],
        ..TrainingSet::default()
    };
    train(&plan, &set, |_| ()).expect("it trains").model
}

#[test]
fn what_naive_bayes_learned_it_forgets_byte_for_byte() {
    let base = counting_model();
    let column = answering(&base, "INCIVILITY");
    let lesson = |text, truth| Lesson { text, truth, weight: 2.0 };
    let kept = [lesson("a fair fool", 0.0)];
    let forgotten = [lesson("thank the figures, you point", 1.0), lesson("what a thank you", 0.0)];
    let mut both = base.clone();
    both.learn_counts(column, &kept, 3).expect("it counts");
    let one = both.to_bytes().expect("bytes");
    both.learn_counts(column, &forgotten, 5).expect("it counts");
    assert_ne!(both.to_bytes().expect("bytes"), one);
    both.forget_counts(column, &forgotten, 5).expect("it subtracts");
    assert_eq!(both.to_bytes().expect("bytes"), one);
    both.forget_counts(column, &kept, 3).expect("it subtracts");
    assert_eq!(both.to_bytes().expect("bytes"), base.to_bytes().expect("bytes"));
    let error = both.forget_counts(column, &[lesson("a fool a fool a fool a fool", 1.0)], 9);
    assert!(error.is_err_and(|e| e.to_string().contains("negative")), "what was never learned");
    assert_eq!(both.to_bytes().expect("bytes"), base.to_bytes().expect("bytes"), "nothing was changed");
}

#[test]
fn a_community_model_adds_up_and_is_the_same_every_time() {
    let base = Model::embedded().expect("the default model");
    let column = answering(&base, "TOXICITY");
    let texts: Vec<String> = (0..120)
        .map(|i| match i % 3 {
            0 => format!("the quorblatter of street {i} strikes again"),
            _ => format!("a lovely evening in street {i}"),
        })
        .collect();
    let lesson = |(i, text): (usize, &'static str)| Lesson {
        text,
        truth: f64::from(u8::from(i % 3 == 0)),
        weight: 1.0,
    };
    let texts: Vec<&'static str> = texts.into_iter().map(|text| &*text.leak()).collect();
    let lessons: Vec<Lesson<'_>> = texts.iter().copied().enumerate().map(lesson).collect();
    let adapt = || {
        base.adapt(&[Task { column, lessons: lessons.clone() }], &AdaptSettings::default())
            .expect("it learns")
    };
    let (model, again) = (adapt(), adapt());
    assert!(model.n_new_terms > 0, "a word that the base does not know joins the vocabulary");
    let model = model.model;
    assert_eq!(model.to_bytes().expect("bytes"), again.model.to_bytes().expect("bytes"));
    let text = "a quorblatter";
    assert!(model.log_odds(column, text) > base.log_odds(column, text) + 1.0);
    let evidence = &model.evidence(&model.heads()[column.head], text)[column.label];
    let sum: f64 = evidence.terms.iter().map(|term| term.contribution).sum();
    assert!((evidence.bias + sum - evidence.log_odds).abs() < 1e-9);
    assert!(evidence.terms[..3].iter().any(|term| "a quorblatter".contains(term.text.trim())));
    // Other columns know no word they did not know, and stay where they are but for the length of such comments.
    let other = answering(&base, "INCIVILITY");
    assert_eq!(model.log_odds(other, "you fool"), base.log_odds(other, "you fool"));
    let read = Model::from_bytes(&model.to_bytes().expect("bytes")).expect("it is a model");
    assert_eq!(read.log_odds(column, text), model.log_odds(column, text));
}
