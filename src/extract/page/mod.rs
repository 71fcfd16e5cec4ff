//! A web page → its comments, and the signs by which they were found.
//!
//! In comes a page as bytes or text; out come [`Comment`]s in page order, without place and source, and an
//! [`Explanation`]. Absent on purpose: any list of sites, fetching, running of scripts.
//!
//! The page is parsed once into a flat tree (`parse`, `dom`), each node is asked what it gives away by itself
//! (`signs`, with the stock of words in `words` and the dates of `date`), groups of like parts are weighed
//! (`records`), and each part is read (`fields`, `prose`).

mod arena;
mod attributes;
mod charset;
mod dom;
mod embedded;
mod fields;
mod linked_data;
mod names;
mod parse;
mod prose;
mod records;
mod references;
mod signs;
mod tag;
mod thread;
mod tokens;
mod words;

use crate::comment::Comment;
use crate::extract::date::DateOptions;
use attributes::Key;
use dom::Dom;
use fields::{Body, Name, Reading, body_path};
use records::{Group, Region};
use rustc_hash::FxHashMap;
use signs::Signs;

pub use charset::decode;
pub(in crate::extract) use fields::clean_name;
pub(in crate::extract) use words::{Meaning, meaning};

/// What helps to read a page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PageOptions {
    /// When it was fetched: dates such as `2 hours ago` are read against it.
    pub crawled: Option<jiff::Timestamp>,
    /// The character set that the server named.
    pub charset: Option<String>,
    /// Whether each comment's `found_by`, in [`Comment::other_fields`], names what its list was found by.
    pub explain: bool,
}

/// The comments of a page, and why they were taken for such.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// In page order.
    pub comments: Vec<Comment>,
    /// One for each list of comments found.
    pub explanations: Vec<Explanation>,
    /// Of the lists of like parts that are no comments, the one that came nearest.
    pub nearest: Option<Explanation>,
    /// Elements that are nested deeper than any page's: their words stand in the element they are in, so replies
    /// that deep are run together.
    pub n_too_deep: u32,
    /// Elements past the most that are read of a page of its length; their words stand in the element they are in.
    pub n_too_many: u32,
}

/// The signs that decided for one list of comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// What the comments have in common: a selector.
    pub found_by: String,
    /// How many they are.
    pub n_comments: usize,
    /// The signs, each a clause.
    pub signs: Vec<String>,
}

/// The comments of a page given as bytes.
pub fn read(bytes: &[u8], options: &PageOptions) -> Page {
    read_text(&decode(bytes, options.charset.as_deref()), options)
}

/// The comments of a page given as text.
pub fn read_text(page: &str, options: &PageOptions) -> Page {
    let dom = parse::parse(page);
    let dates = DateOptions { crawled: options.crawled, month_first: false };
    let signs = Signs::of(&dom, dates);
    let (groups, nearest) = records::groups(&dom, &signs);
    let mut found = Page {
        nearest: nearest.map(|group| explain(&group, group.members.len())),
        n_too_deep: dom.n_too_deep,
        n_too_many: dom.n_too_many,
        ..Page::default()
    };
    let mut all: Vec<Placed> = Vec::new();
    for group in &groups {
        let mut comments = comments(&dom, &signs, group, options);
        if options.explain {
            let name =
                |c: &mut Comment| c.other_fields.insert("found_by".into(), group.selector.as_str().into());
            comments.iter_mut().for_each(|c| drop(name(&mut c.comment)));
        }
        if !comments.is_empty() {
            found.explanations.push(explain(group, comments.len()));
        }
        // Most pages have one list, which may be long.
        if all.is_empty() { all = comments } else { all.extend(comments) }
    }
    all.sort_by_key(|c| c.at);
    let places: Vec<(usize, Option<usize>)> = all.iter().map(|c| (c.at, c.answers)).collect();
    found.comments = all.into_iter().map(|c| c.comment).collect();
    // What the page shows is whole; linked data fills in where it shows nothing.
    let linked = linked_data::comments(&dom.json);
    if linked.len() > 2 * found.comments.len() {
        let unseen = linked_data::unseen(linked, &found.comments);
        if !unseen.is_empty() {
            let signs = vec!["schema.org comments in JSON-LD that the page does not show".to_owned()];
            found.explanations.push(Explanation {
                found_by: "JSON-LD".into(),
                n_comments: unseen.len(),
                signs,
            });
        }
        found.comments.extend(unseen.into_iter().map(|mut comment| {
            if options.explain {
                comment.other_fields.insert("found_by".into(), "JSON-LD".into());
            }
            comment
        }));
    }
    if found.comments.is_empty() {
        found.comments = embedded::comments(dom.data.iter().map(|script| &**script));
        if !found.comments.is_empty() {
            let signs = vec!["objects named as comments, each with a text, a date and a person".to_owned()];
            let n_comments = found.comments.len();
            let found_by = "data in a script".to_owned();
            found.explanations.push(Explanation { found_by, n_comments, signs });
        }
    }
    for (i, comment) in found.comments.iter_mut().enumerate() {
        comment.position = Some(i as u64 + 1);
        if comment.id.is_empty() {
            comment.id = (i + 1).to_string();
        }
    }
    for (i, (_, answers)) in places.iter().enumerate() {
        let Some(answers) = answers.filter(|_| found.comments[i].parent.is_none()) else { continue };
        if let Ok(parent) = places.binary_search_by_key(&answers, |(at, _)| *at) {
            found.comments[i].parent = Some(found.comments[parent].id.clone());
        }
    }
    found
}

/// A comment with the nodes that it, and the comment it answers, begin at.
struct Placed {
    at: usize,
    answers: Option<usize>,
    comment: Comment,
}

/// The words of a piece of markup, and those it quotes.
pub(in crate::extract) fn fragment(html: &str) -> (String, Vec<String>) {
    let dom = parse::parse(html);
    let whole = prose::prose(&dom, 0..dom.len(), |node| match dom.tag(node) {
        dom::Tag::Blockquote => prose::Step::Quote,
        tag if tag.is_mute() => prose::Step::Over,
        _ if dom.classes(node).any(|c| c == "quote") => prose::Step::Quote,
        _ => prose::Step::Into,
    });
    (whole.text, whole.quoted)
}

/// The comments of one group.
fn comments(dom: &Dom, signs: &Signs, group: &Group, options: &PageOptions) -> Vec<Placed> {
    let regions: &[Region] = &group.members;
    let mut readings: Vec<Reading<'_>> = regions.iter().map(|r| Reading::new(dom, signs, r)).collect();
    let bodies: Vec<Vec<Body>> = readings.iter().zip(regions).map(|(reading, r)| reading.bodies(r)).collect();
    let path = body_path(&bodies);
    for ((reading, bodies), region) in readings.iter_mut().zip(&bodies).zip(regions) {
        reading.settle(region, bodies, path);
    }
    // Of a list of a hundred thousand comments nothing is held that is not needed any more.
    drop(bodies);
    let names: Vec<Vec<Name>> = readings.iter().map(Reading::names).collect();
    let shapes = weigh(&names);
    let authors: Vec<Option<Name>> =
        names.into_iter().map(|names| choose(&names, &shapes).cloned()).collect();
    let month_first = DateOptions { crawled: options.crawled, month_first: month_first(dom, signs) };
    let threads = thread::threads(dom, signs, regions);
    let headlines: Vec<Option<&str>> = readings
        .iter()
        .zip(&authors)
        .map(|(reading, author)| reading.headline(author.as_ref().map(|a| a.text.as_str())))
        .collect();
    let mut n_headlines: FxHashMap<&str, u32> = FxHashMap::default();
    headlines.iter().flatten().for_each(|h| *n_headlines.entry(h).or_default() += 1);
    let mut made: Vec<Placed> = Vec::with_capacity(regions.len());
    // Which of them each region became.
    let mut which: Vec<Option<usize>> = Vec::with_capacity(regions.len());
    for (((reading, author), headline), region) in readings.iter().zip(&authors).zip(&headlines).zip(regions)
    {
        let author = author.as_ref();
        let mut prose = reading.prose(author.map(|a| a.text.as_str()));
        // What stands above every comment is the page's.
        let own = headline.filter(|h| n_headlines.get(h) == Some(&1));
        if let Some(headline) = own.filter(|h| !prose.text.starts_with(h)) {
            prose.text.insert_str(0, &format!("{headline}\n\n"));
        }
        if prose.text.chars().all(|c| !c.is_alphanumeric())
            && prose.quoted.is_empty()
            && prose.text.is_empty()
        {
            which.push(None);
            continue;
        }
        let (id, permalink) = reading.address();
        let fragment = || permalink.as_deref()?.rsplit_once('#').map(|(_, f)| f.to_owned());
        let id = id.or_else(fragment);
        let comment = Comment {
            id: id.unwrap_or_default(),
            text: prose.text,
            quoted: prose.quoted,
            author: author.map(|a| a.text.clone()),
            author_url: author.and_then(|a| reading.profile(a)),
            time: reading.time(month_first),
            permalink,
            votes: reading.votes(),
            ..Comment::default()
        };
        which.push(Some(made.len()));
        made.push(Placed { at: region.nodes.start, answers: None, comment });
    }
    for (i, thread) in threads.iter().enumerate() {
        let parent = thread.parent.and_then(|p| which[p]).map(|p| &made[p]);
        let (id, at) = (parent.map(|p| p.comment.id.clone()), parent.map(|p| p.at));
        if let Some(placed) = which[i].map(|i| &mut made[i]) {
            placed.comment.parent = id.filter(|id| !id.is_empty());
            placed.comment.depth = thread.depth;
            placed.answers = at;
        }
    }
    made
}

/// How much the elements of each shape that hold names weigh: those that most comments have, with different names.
fn weigh(names: &[Vec<Name>]) -> FxHashMap<u64, i32> {
    let mut shapes: FxHashMap<u64, (i32, usize, Vec<&str>)> = FxHashMap::default();
    for names in names {
        let mut seen = Vec::new();
        for name in names {
            if seen.contains(&name.shape) {
                continue;
            }
            seen.push(name.shape);
            let entry = shapes.entry(name.shape).or_default();
            entry.0 = entry.0.max(name.weight);
            entry.1 += 1;
            if entry.2.len() < 8 && !entry.2.contains(&name.text.as_str()) {
                entry.2.push(&name.text);
            }
        }
    }
    let n = names.len();
    shapes
        .into_iter()
        .map(|(shape, (weight, count, texts))| {
            let everywhere = i32::try_from(40 * count / n.max(1)).unwrap_or(0);
            let monotonous = n >= 3 && count >= 3 && texts.len() == 1;
            (shape, weight + everywhere - if monotonous { 50 } else { 0 })
        })
        .collect()
}

fn choose<'n>(names: &'n [Name], shapes: &FxHashMap<u64, i32>) -> Option<&'n Name> {
    let mut best: Option<(i32, &Name)> = None;
    for name in names {
        let weight = shapes.get(&name.shape).copied().unwrap_or(0) + name.weight / 2;
        if best.is_none_or(|(w, _)| weight > w) {
            best = Some((weight, name));
        }
    }
    // What is the same in all is no name, unless something says so.
    let (weight, best) = best.filter(|(weight, _)| *weight > 0)?;
    // A tighter element within it leaves out what is counted or said beside the name.
    let inner = names.iter().rev().find(|n| {
        let within =
            n.node > best.node && best.text.len() > n.text.len() && best.text.starts_with(n.text.as_str());
        within && shapes.get(&n.shape).copied().unwrap_or(0) + n.weight / 2 > weight / 2
    });
    Some(inner.unwrap_or(best))
}

/// Whether the page's dates in figures put the month first: a date that can be read no other way says so, and where
/// there is none, the language or a clock of twelve hours.
fn month_first(dom: &Dom, signs: &Signs) -> bool {
    let html = dom.nodes.iter().position(|n| n.tag == dom::Tag::Html);
    let us = html.and_then(|html| dom.attr(html, Key::Lang)).is_some_and(|l| l.eq_ignore_ascii_case("en-us"));
    let (mut sure, mut twelve) = (0_i32, false);
    for mark in signs.date_marks.iter().filter(|m| !m.exact) {
        let text = dom.text(mark.node as usize);
        let mut figures = text.split(|c: char| !c.is_ascii_digit()).filter_map(|f| f.parse::<u32>().ok());
        if let (true, Some(a), Some(b)) = (text.contains(['/', '-']), figures.next(), figures.next()) {
            sure += i32::from(a < 13 && b > 12 && b < 32) - i32::from(b < 13 && a > 12 && a < 32);
        }
        twelve |= text.contains("AM") || text.contains("PM") || has_twelve_hours(text);
    }
    sure > 0 || sure == 0 && (us || twelve)
}

/// `8:12am`
fn has_twelve_hours(text: &str) -> bool {
    let after = text.split(':').skip(1).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let mut after = after.map(str::trim_start);
    after.any(|rest| ["am", "pm", "a.m.", "p.m."].iter().any(|half| rest.starts_with(half)))
}

fn explain(group: &Group, n: usize) -> Explanation {
    let e = &group.evidence;
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let mut signs = vec![
        format!("{} like parts", e.n),
        format!("a date in {}", percent(e.dated)),
        format!("a person in {}", percent(e.signed)),
        format!("{:.0} letters of prose each", e.prose),
    ];
    for (share, clause) in [
        (e.comment_words, "named as comments"),
        (e.in_comments, "within a part named for comments"),
        (e.post_words, "named as posts"),
    ] {
        if share > 0.0 {
            signs.push(format!("{} {clause}", percent(share)));
        }
    }
    Explanation { found_by: group.selector.clone(), n_comments: n, signs }
}
