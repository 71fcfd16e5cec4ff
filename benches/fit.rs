//! How fast the learning rooms are, on made-up comments whose terms are as rare and as many as real ones.
//!
//! `cargo bench --bench fit`; one core does the fits, counting and scoring use all.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use linfa::DatasetBase;
use linfa::traits::Fit;
use moderato::calibration::{Calibration, Scored};
use moderato::counts::matrix::{CountMatrix, CountMatrixBuilder};
use moderato::counts::weighting::{Norm, TermFrequency, Weighting};
use moderato::label::LabelId;
use moderato::logistic::LogisticSettings;
use moderato::naive_bayes::NaiveBayes;
use ndarray::Array1;

const N_DOCUMENTS: u32 = 4_000;
const N_TERMS: u32 = 60_000;
/// Words and characters of a comment of some sixty words.
const N_TOKENS: u32 = 600;

const TF_IDF: Weighting = Weighting {
    term_frequency: TermFrequency::Sublinear,
    inverse_document_frequency: true,
    norm: Norm::Euclidean,
};

/// A cheap scramble of two numbers to one between 0 and 1.
fn scramble(document: u32, token: u32) -> f64 {
    let mixed = (u64::from(document) << 32 | u64::from(token)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}

/// Terms fall off as in Zipf's law; every second comment is uncivil and draws a tenth of its terms from its own.
fn corpus() -> (CountMatrix, Vec<bool>) {
    let mut builder = CountMatrixBuilder::new();
    for document in 0..N_DOCUMENTS {
        let row = (0..N_TOKENS).map(|token| {
            let rank = f64::from(N_TERMS).powf(scramble(document, token)) as u32;
            let own = u32::from(token % 10 == 0 && document % 2 == 1);
            ((rank.wrapping_mul(7919) + own * 13) % N_TERMS, 1)
        });
        builder.push_row(row);
    }
    let truth = (0..N_DOCUMENTS).map(|document| document % 2 == 1).collect();
    (builder.finish(N_TERMS as usize).expect("terms are below `N_TERMS`"), truth)
}

fn naive_bayes(c: &mut Criterion) {
    let (counts, truth) = corpus();
    let labels: Array1<LabelId> = truth.iter().map(|&yes| LabelId(u16::from(yes))).collect();
    let dataset = DatasetBase::new(counts.clone(), labels);
    let model = NaiveBayes::params().fit(&dataset).expect("two classes");
    c.bench_function("naive Bayes: fit", |b| b.iter(|| NaiveBayes::params().fit(&dataset)));
    c.bench_function("naive Bayes: probabilities", |b| b.iter(|| model.probabilities(&counts)));
}

fn logistic(c: &mut Criterion) {
    let (counts, truth) = corpus();
    let fitted = TF_IDF.fit(&counts);
    c.bench_function("weighting: tf-idf", |b| {
        b.iter_batched(|| counts.clone(), |counts| fitted.weigh(counts), BatchSize::LargeInput);
    });
    let matrix = fitted.weigh(counts);
    for (name, settings) in [
        ("logistic: ratios, c 1", LogisticSettings::default()),
        ("logistic: ratios, c 10", LogisticSettings { c: 10.0, ..LogisticSettings::default() }),
        ("logistic: plain, c 1", LogisticSettings { ratios: false, ..LogisticSettings::default() }),
    ] {
        let params = settings.check().expect("settings are in range");
        c.bench_function(name, |b| b.iter(|| params.fit(&matrix, &truth, None)));
    }
    let params = LogisticSettings::default().check().expect("settings are in range");
    let path = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
    c.bench_function("logistic: a path of six c", |b| {
        b.iter(|| params.fit_path(&matrix, &truth, None, &path));
    });
}

fn calibration(c: &mut Criterion) {
    let truth: Vec<bool> = (0..10_000).map(|document| scramble(document, 1) < 0.3).collect();
    let log_odds: Vec<f64> = (0u32..)
        .zip(&truth)
        .map(|(document, &yes)| 8.0 * (scramble(document, 2) - 0.5) + f64::from(u8::from(yes)))
        .collect();
    let scored = Scored::new(&log_odds, &truth, None).expect("one truth a document");
    c.bench_function("calibration: choose on 10,000", |b| b.iter(|| Calibration::choose(&scored, 5)));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = naive_bayes, logistic, calibration
}
criterion_main!(benches);
