//! How long a comment takes: to become terms (`analyse` the plain way, with spans; `read` as the scoring loop does), to
//! be scored by every head, to be explained.
//!
//! `cargo bench --bench score`; the texts are our own starter comments, one core does all of it. Each figure is the
//! time of one pass over all comments; `thrpt` is comments a second, and its inverse the time a comment takes.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use moderato::extract::{Comments, ExtractOptions};
use moderato::model::{Model, Scorer};
use moderato::text::{Scratch, TermReader};
use std::hint::black_box;

/// The texts of the starter comments.
fn texts() -> Vec<String> {
    let bytes: &[u8] = include_bytes!("../training/starter/comments.jsonl");
    let comments =
        Comments::open("comments.jsonl", bytes, &ExtractOptions::default()).expect("they are JSON lines");
    comments.map(|comment| comment.expect("each can be read").text).collect()
}

fn score(criterion: &mut Criterion) {
    let texts = texts();
    let model = Model::embedded().expect("the model inside is sound");
    let mut group = criterion.benchmark_group("comment");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("analyse", |bencher| {
        let mut scratch = Scratch::default();
        bencher.iter(|| {
            let mut n_terms = 0_u64;
            for text in &texts {
                model.analyzer().analyze(text, &mut scratch, |term| n_terms += black_box(term.hash) & 1);
            }
            n_terms
        });
    });
    group.bench_function("read", |bencher| {
        let mut reader = TermReader::default();
        let known = model.vocabulary().lookup();
        bencher.iter(|| {
            let mut n_terms = 0_u32;
            for text in &texts {
                model.analyzer().read_terms(text, &mut reader, &known, |_, ids: &[u32]| {
                    n_terms += black_box(ids).len() as u32;
                });
            }
            n_terms
        });
    });
    group.bench_function("score", |bencher| {
        let mut scorer = Scorer::new(&model);
        bencher.iter(|| {
            for text in &texts {
                black_box(scorer.score(text));
            }
        });
    });
    group.sample_size(10);
    group.bench_function("explain", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                for head in model.heads() {
                    black_box(model.evidence(head, text));
                }
            }
        });
    });
    group.finish();
}

criterion_group!(benches, score);
criterion_main!(benches);
