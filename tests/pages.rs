//! Pages of each comment system, in its own markup and our own words, read as they should be.
//!
//! Beside each page `NAME.html` stands `NAME.json`: the records expected of it, in order.

use moderato::extract::page::{self, Page, PageOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages"))
}

fn read(bytes: &[u8]) -> Page {
    page::read(bytes, &PageOptions::default())
}

/// The fields that are compared.
fn records(page: &Page) -> Value {
    let record = |c: &moderato::comment::Comment| {
        json!({
            "id": c.id, "author": c.author, "author_url": c.author_url, "time": c.time, "parent": c.parent, "depth": c.depth, "votes": c.votes,
            "quoted": c.quoted, "text": c.text,
        })
    };
    page.comments.iter().map(record).collect()
}

fn check(name: &str) {
    let html = std::fs::read(folder().join(format!("{name}.html"))).expect("a page");
    let expected = std::fs::read_to_string(folder().join(format!("{name}.json"))).expect("its records");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    let page = read(&html);
    assert_eq!(records(&page), expected, "{name}");
    let explained: usize = page.explanations.iter().map(|e| e.n_comments).sum();
    assert_eq!(explained, page.comments.len(), "{name}");
}

#[test]
fn every_page_gives_the_records_beside_it() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .expect("pages")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".html").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 112);
    for name in &names {
        check(name);
    }
}

#[test]
fn ages_are_dates_against_the_crawl_time() {
    let html = std::fs::read(folder().join("youtube.html")).expect("a page");
    let mut options = PageOptions::default();
    options.crawled = Some("2023-05-12T00:00:00Z".parse().expect("a time"));
    let page = page::read(&html, &options);
    assert_eq!(page.comments[0].time.as_deref(), Some("2020-05-11"));
}

#[test]
fn quotations_stand_where_the_commenter_put_them_and_are_not_their_own_words() {
    let html = std::fs::read(folder().join("wordpress.html")).expect("a page");
    let page = page::read(&html, &PageOptions::default());
    let comment = &page.comments[1];
    assert_eq!(comment.quoted, ["Well done, council."]);
    assert!(comment.text.starts_with("> Well done, council.\n\nIt costs"), "{}", comment.text);
    assert!(comment.own_words().starts_with("It costs"), "{}", comment.own_words());
}

/// Each comment's author and words.
fn authors_and_words(page: &str) -> Vec<(String, String)> {
    let comments = read(page.as_bytes()).comments.into_iter();
    comments.map(|c| (c.author.unwrap_or_default(), c.text)).collect()
}

#[test]
fn a_note_under_a_post_heads_no_other_post() {
    // A row names who writes, the next one has the words; a note that they were edited stands under some.
    let post = |n: usize, who: &str, note: bool| {
        let note = if note {
            format!(
                "<div class=clear><b><small>[Post by {who} on 12 May 2020, 15:0{n} edited]</small></b></div>"
            )
        } else {
            String::new()
        };
        format!(
            "<tr><td rowspan=2 class=td{}><a name={n}></a><div class=profile-box><b>{who}</b><br>Regular</div></td><td>#{n} written: \
             12 May 2020, <span class=time>14:0{n}</span></td></tr><tr><td><div class=posting-text>The lane is open, says number {n}, and the buses \
             are on time.</div>{note}</td></tr>",
            n % 2 + 1
        )
    };
    let who = ["Ada", "Bob", "Ada", "Cleo", "Bob", "Dan"];
    let posts: String = who.iter().enumerate().map(|(n, who)| post(n, who, n % 3 != 1)).collect();
    let page = format!("<body class=forum><div class=topic><table class=thread>{posts}</table></div>");
    let found = authors_and_words(&page);
    for (n, (author, words)) in found.iter().enumerate() {
        assert_eq!(author, who[n]);
        assert!(words.contains(&format!("says number {n},")), "{words}");
    }
    assert_eq!(found.len(), who.len());
}

#[test]
fn names_are_no_times_no_counts_and_no_layout() {
    let item = |n: usize, header: &str| {
        format!(
            "<li class=comment id=c{n}>{header}<div class=comment-text>This is number {n} of many.</div><b>{n} Likes</b></li>"
        )
    };
    let page = format!(
        "<ol id=comments>{}{}{}{}</ol>",
        item(1, "<a class='person text-info' href=/u/ada>Ada @ada</a> <b>12:16pm</b> on <b>May 12, 2020</b>"),
        item(2, "Lane by Bob: <span class=s><b>12:17pm</b> on <b>May 12, 2020</b></span>"),
        item(3, "<h4><a href=/c/3>Re: Lane</a></h4><p>Author: Cleo <time>2020-05-12</time></p>"),
        item(4, "<b>4) Dan</b> on 12 May 2020"),
    );
    let authors: Vec<String> = authors_and_words(&page).into_iter().map(|(author, _)| author).collect();
    assert_eq!(authors, ["Ada", "", "Cleo", "Dan"]);
    let gone = page.replace("Lane by Bob:", "<a href=#2>Lane</a> by Bob:");
    assert_eq!(authors_and_words(&gone)[1].0, "Bob");
}

#[test]
fn rows_that_differ_in_looks_hold_their_words_at_one_place() {
    let post = |n: usize| {
        let (looks, words) = (
            ["windowbg", "windowbg2"][n % 2],
            format!(
                "This is number {n} of many, and it is as long as what most people write of a bus lane that saves them time."
            ),
        );
        let words = if n == 3 { "<img src=x>".to_owned() } else { words };
        format!(
            "<tr><td class={looks}><table><tr><td><b><a href='?action=profile;u={n}'>Ada {n}</a></b><div class=smalltext>Favourite colour: red<br>\
             Favourite street: Mill Street<br>Posts: 16</div></td><td><div class=smalltext>on: April 04, 2020, 09:22:51 AM</div><hr>\
             <div class=post>{words}</div></td></tr></table></td></tr>"
        )
    };
    let page = format!(
        "<div class=forum><table class=bordercolor>{}</table></div>",
        (0..6).map(post).collect::<String>()
    );
    let found = authors_and_words(&page);
    let expected = [0, 1, 2, 4, 5]
        .map(|n| (format!("Ada {n}"), format!("This is number {n} of many, and it is as long as what most people write of a bus lane that saves them time.")));
    assert_eq!(found, expected);
}

#[test]
fn replies_to_comments_without_ids_know_what_they_answer() {
    let item = |who: &str, inner: &str| {
        format!(
            "<div class=sc-a><a href=/users/{who}>{who}</a> <time datetime=2020-05-12>x</time><p>{who} says that it rains a lot.</p>{inner}</div>"
        )
    };
    let page = format!("<div id=comments>{}{}</div>", item("Ada", &item("Bob", "")), item("Cleo", ""));
    let comments = read(page.as_bytes()).comments;
    let parents: Vec<_> = comments.iter().map(|c| (c.id.as_str(), c.parent.as_deref())).collect();
    assert_eq!(parents, [("1", None), ("2", Some("1")), ("3", None)]);
}

fn comment(n: usize) -> String {
    format!(
        "<li class=comment id=c{n}><cite>Ada {n}</cite> <time datetime=2020-05-12>x</time><p>This is number {n} of many.</p></li>"
    )
}

#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let list = |before: &str, after: &str| {
        format!("{before}<ol id=comments>{}{}</ol>{after}", comment(1), comment(2))
    };
    // Nested deeper than any page: what is below the bound is read flat.
    for (tag, n) in [
        ("div", 100_000),
        ("b", 20_000),
        ("a", 5_000),
        ("table", 5_000),
        ("ul><li", 5_000),
        ("p", 20_000),
        ("template", 5_000),
    ] {
        let deep = format!("<{tag}>").repeat(n);
        let _ = read(deep.as_bytes());
        let _ = read(format!("{deep}text{}", format!("</{tag}>").repeat(n)).as_bytes());
        let page = read(list("", &deep).as_bytes());
        assert_eq!(page.comments.len(), 2, "{tag}");
    }
    // Formatting elements left open are reopened in each paragraph by the letter of the standard.
    let _ = read("<p><b id=1><i class=x>a".repeat(5_000).as_bytes());
    let _ = read("<a href=1><div><table><a>".repeat(2_000).as_bytes());
    let attributes: String = (0..50_000).map(|i| format!(" a{i}=b")).collect();
    let _ = read(format!("<p{attributes}>").as_bytes());
    let _ = read(format!("<p {}>", "class=x ".repeat(50_000)).as_bytes());
    for text in [
        "&",
        "&#",
        "<",
        "</",
        "<!",
        "<!--",
        "&amp",
        "\0",
        "<p\0>",
        "<time>1 May 2020",
        "<div class=comment>",
        "<script>",
        "</p>",
    ] {
        let _ = read(text.repeat(10_000).as_bytes());
    }
    assert_eq!(read(list(&"<br>".repeat(50_000), "").as_bytes()).comments.len(), 2);
}

#[test]
fn ten_million_empty_elements_are_read() {
    let page = format!("<ol id=comments>{}{}</ol>{}", comment(1), comment(2), "<p>".repeat(10_000_000));
    assert_eq!(read(page.as_bytes()).comments.len(), 2);
}

#[test]
fn replies_nested_deeper_than_any_page_are_told() {
    let replies: String =
        (0..1_000).map(|n| format!("{}<ul>", comment(n).trim_end_matches("</li>"))).collect();
    let page = read(format!("<ol id=comments>{replies}").as_bytes());
    assert!(page.n_too_deep > 0 && page.comments.len() > 300, "{}", page.comments.len());
    let shallow = read(format!("<ol id=comments>{}{}", comment(1), comment(2)).as_bytes());
    assert_eq!((shallow.n_too_deep, shallow.n_too_many), (0, 0));
}

#[test]
fn words_beside_a_date_and_headlines_of_their_own_stay() {
    let item = |n: u8, headline: &str, text: &str| {
        format!(
            "<li class=comment id=c{n}><cite>Ada</cite> <time>2020-05-1{n}</time>{headline}\
             <div class=comment-text>{text}</div></li>"
        )
    };
    let news = "News of 31.10.2018:<br>The lane is open, and the buses are on time.";
    let page = format!(
        "<ol id=comments>{}{}{}</ol>",
        item(1, "", news),
        item(2, "<h5>A small step, if you ask me</h5>", "Much was promised, little was built."),
        item(3, "", "Ada, 12.05.2020<br>The buses are on time here, too.")
    );
    let texts: Vec<String> = read(page.as_bytes()).comments.into_iter().map(|c| c.text).collect();
    let expected = [
        "News of 31.10.2018:\nThe lane is open, and the buses are on time.",
        "A small step, if you ask me\n\nMuch was promised, little was built.",
        "The buses are on time here, too.",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn data_in_scripts_is_read_however_it_is_put() {
    let json = r#"{"list": {"comments": [{"id": 7, "author": "Ada", "created_utc": 1589292120, "body": "It rains a lot here."}]}}"#;
    let quoted = serde_json::to_string(json).expect("a string");
    for script in [
        format!("<script type=application/json id=x>{json}</script>"),
        format!("<script>var a = 1; window.state={json}; go(a);</script>"),
        format!("<script>window.state = JSON.parse({quoted});</script>"),
    ] {
        let page = read(script.as_bytes());
        let found: Vec<_> =
            page.comments.iter().map(|c| (c.id.as_str(), c.text.as_str(), c.time.as_deref())).collect();
        assert_eq!(found, [("7", "It rains a lot here.", Some("2020-05-12T14:02:00Z"))], "{script}");
    }
    // An article in the same dress is none, and what the page shows goes before what its scripts hold.
    let article = json.replace("comments", "articles");
    assert!(read(format!("<script>a = {article}</script>").as_bytes()).comments.is_empty());
    let both = format!("<script>a = {json}</script><ol id=comments>{}{}</ol>", comment(1), comment(2));
    assert_eq!(read(both.as_bytes()).comments.len(), 2);
}

#[test]
fn broken_and_mislabelled_pages_are_read() {
    let list = format!("<ol id=comments>{}{}", comment(1), comment(2).replace("number", "Nümber"));
    assert_eq!(read(list.as_bytes()).comments.len(), 2);
    let latin: Vec<u8> = list.chars().map(|c| c as u8).collect();
    let labelled = [b"<meta charset=utf-8>".as_slice(), &latin].concat();
    assert!(read(&labelled).comments[1].text.contains("Nümber"));
    let nulls = list.replace("This", "Th\0is");
    assert!(read(nulls.as_bytes()).comments[0].text.starts_with("This"));
    assert!(read(b"").comments.is_empty());
    assert!(read(&[0xFF; 1000]).comments.is_empty());
}

fn pages() -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("pages")
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "html"))
        .collect();
    files.sort();
    files.into_iter().map(|p| std::fs::read(p).expect("a page")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = moderato::extract::plain::comments(&text, None);
        let _ = moderato::extract::export::read(&text, &Default::default());
    }

    #[test]
    fn altered_pages_are_read(which in 0_usize..67, cuts in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_usize..40), 1..12)) {
        let pages = pages();
        let mut page = pages[which % pages.len()].clone();
        for (at, byte, length) in cuts {
            let at = at.index(page.len());
            match byte % 4 {
                0 => page[at] = byte,
                1 => { page.drain(at..(at + length).min(page.len() - 1)); }
                2 => { let part = page[at..(at + length * 8).min(page.len())].to_vec(); page.splice(at..at, part); }
                _ => page.insert(at, b"<>\"'&/="[length % 7]),
            }
            if page.is_empty() { break; }
        }
        for comment in read(&page).comments {
            prop_assert!(!comment.text.is_empty() || !comment.quoted.is_empty());
        }
    }
}
