//! How long a page takes by its size: bytes a second should stay level from 10 KB to 10 MB.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use moderato::extract::page::{self, PageOptions};
use std::hint::black_box;

/// A page with `n` comments, half of them replies.
fn comments(n: usize) -> String {
    let comment = |i: usize| {
        format!(
            "<li class=\"comment even\" id=\"comment-{i}\"><cite class=\"fn\"><a href=\"/user/{i}\">Ada {i}</a></cite> \
             <time datetime=\"2020-05-12T14:02:00Z\">12 May 2020</time><div class=\"comment-content\"><p>The new bus lane \
             saves me ten minutes every morning, and {i} others too.</p></div>"
        )
    };
    let pairs: String = (0..n / 2)
        .map(|i| format!("{}<ul class=\"children\">{}</li></ul></li>", comment(2 * i), comment(2 * i + 1)))
        .collect();
    format!("<!DOCTYPE html><html><body><ol class=\"comment-list\">{pairs}</ol></body></html>")
}

fn by_size(c: &mut Criterion) {
    let mut group = c.benchmark_group("page");
    group.sample_size(10);
    let options = PageOptions::default();
    for n in [30, 300, 3_000, 30_000] {
        for (name, page) in
            [("comments", comments(n)), ("empty", "<p>".repeat(n * 100)), ("deep", "<div>".repeat(n * 60))]
        {
            group.throughput(Throughput::Bytes(page.len() as u64));
            group.bench_with_input(BenchmarkId::new(name, page.len()), &page, |b, page| {
                b.iter(|| page::read_text(black_box(page), &options));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, by_size);
criterion_main!(benches);
