//! Measuring loop.
use std::io::Write;
fn main() {
    let mut out = std::io::stdout().lock();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args[0] == "--bench" {
        let pages: Vec<Vec<u8>> = args[2..].iter().map(|p| std::fs::read(p).expect("read")).collect();
        let n: usize = args[1].parse().expect("number");
        let start = std::time::Instant::now();
        let mut k = 0;
        for _ in 0..n {
            for p in &pages {
                k += moderato::extract::page::read(p, &Default::default()).comments.len();
            }
        }
        let s = start.elapsed().as_secs_f64();
        writeln!(out, "{} pages/s, {} comments", (n * pages.len()) as f64 / s, k).expect("write");
        return;
    }
    let bytes = std::fs::read(&args[args.len() - 1]).expect("read");
    if args[args.len() - 1].ends_with(".txt") {
        for c in moderato::extract::plain::comments(&String::from_utf8_lossy(&bytes), None) {
            writeln!(out, "{:?} {:?}", c.author, c.text).expect("write");
        }
        return;
    }
    let mut options = moderato::extract::page::PageOptions::default();
    options.inline_quotes = args[0] != "-q";
    let page = moderato::extract::page::read(&bytes, &options);
    if args[0] == "-x" {
        for e in &page.explanations {
            writeln!(out, "# {} n={} {:?}", e.found_by, e.n_comments, e.signs).expect("write");
        }
    }
    for c in page.comments {
        let v = serde_json::json!({"id": c.id, "text": c.text, "author": c.author, "time": c.time, "parent": c.parent, "depth": c.depth, "votes": c.votes, "quoted": c.quoted, "permalink": c.permalink});
        writeln!(out, "{v}").expect("write");
    }
}
