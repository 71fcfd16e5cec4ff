//! One comment's part of the page, and in it the element that has its words.
//!
//! What is beside the words is told here once, since every field asks for it: `text` reads them, `author` and `names`
//! find who wrote them, `about` the rest.

mod about;
mod author;
mod names;
mod text;

use super::dom::{Dom, Tag};
use super::records::Region;
use super::signs::{Context, DateMark, Signs, letters, states_membership};
use super::words::Meaning;
use rustc_hash::FxHashMap;
use std::ops::Range;

pub(super) use author::{Name, leading_name};
pub(in crate::extract) use names::clean_name;
pub(super) use names::name_beside_date;

/// An element that may hold a comment's words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    node: usize,
    /// Tags and classes from the region down, so that like elements of other regions can be told.
    path: u64,
    named: bool,
    weight: u32,
}

/// Where most regions of a group have their words.
pub(super) fn body_path(bodies: &[Vec<Body>]) -> Option<u64> {
    #[derive(Default)]
    struct Tally {
        n: usize,
        weight: f64,
        named: bool,
        depth: usize,
    }
    let mut tallies: FxHashMap<u64, Tally> = FxHashMap::default();
    for bodies in bodies {
        let mut seen = Vec::new();
        for (i, body) in bodies.iter().enumerate().filter(|(_, body)| body.weight > 0) {
            let tally = tallies.entry(body.path).or_default();
            tally.weight += f64::from(body.weight.min(4_000));
            tally.named |= body.named;
            tally.depth = tally.depth.max(i);
            if !seen.contains(&body.path) {
                seen.push(body.path);
                tally.n += 1;
            }
        }
    }
    let n = bodies.len();
    let mut fit: Vec<(u64, Tally)> = tallies
        .into_iter()
        .filter(|(_, t)| t.n * 10 >= n * 6 && (t.named || n >= 3) && t.weight > 0.0)
        .collect();
    fit.sort_by_key(|(path, t)| (t.depth, *path));
    let most = fit.iter().filter(|(_, t)| t.named).map(|(_, t)| t.weight).fold(0.0, f64::max);
    let most_of_all = fit.iter().map(|(_, t)| t.weight).fold(0.0, f64::max);
    // Named elements are preferred unless they hold little of what others do.
    let named = most > 0.3 * most_of_all;
    let bar = 0.75 * if named { most } else { most_of_all };
    // The innermost that holds nearly all.
    fit.iter().rev().find(|(_, t)| t.weight >= bar && (t.named || !named)).map(|(path, _)| *path)
}

/// Reads one region.
pub(super) struct Reading<'a> {
    dom: &'a Dom,
    signs: &'a Signs,
    parts: Vec<Range<usize>>,
    /// Letters of prose in all parts.
    total: u32,
    /// Where the commenter's words are.
    body: Range<usize>,
}

const SMALL: u32 = 160;

/// Whether a part begins as boards begin what they quote.
fn opens_a_quotation(text: &str) -> bool {
    let Some((first, _)) = text.char_indices().take(200).find(|(_, c)| !c.is_whitespace()) else {
        return false;
    };
    let text = &text[first..];
    ["Originally Posted by", "Originally posted by", "Zitat von", "Quote from:"]
        .iter()
        .any(|s| text.starts_with(s))
}

fn is_answer_to_subject(text: &str) -> bool {
    let text = if text.len() < 400 { text.trim_start() } else { text };
    ["Re: ", "RE: ", "AW: ", "Aw: ", "Antw: "].iter().any(|re| text.starts_with(re))
}

fn most_of(size: u32, total: u32) -> bool {
    size * 10 > total * 6
}

impl<'a> Reading<'a> {
    pub(super) fn new(dom: &'a Dom, signs: &'a Signs, region: &Region) -> Self {
        let parts = region.parts();
        let total = parts.iter().map(|p| signs.prose(p) + signs.links(p)).sum();
        Self { dom, signs, parts, total, body: region.nodes.clone() }
    }

    fn size(&self, node: usize) -> u32 {
        let nodes = node..self.dom.end(node);
        self.signs.prose(&nodes) + self.signs.links(&nodes)
    }

    /// Whether an element holds something other than the comment's words.
    fn is_beside(&self, node: usize) -> bool {
        let tag = self.dom.tag(node);
        let meaning = self.signs.meaning[node];
        if tag == Tag::Text {
            return false;
        }
        if tag.is_mute() || self.signs.context[node].any(Context::MUTE.with(Context::FORM)) {
            return true;
        }
        let size = self.size(node);
        let body = meaning.any(Meaning::BODY)
            && !meaning.any(Meaning::AUTHOR | Meaning::DATE | Meaning::SIGNATURE | Meaning::PROFILE);
        if body && size > 0 {
            return false;
        }
        // What stands above a quotation, and the subject line of an answer.
        let label = || {
            let text = self.dom.text(node);
            text.len() < 80 && matches!(text.trim(), "Quote:" | "Zitat:" | "Citation :" | "Cita:")
        };
        if size < 12 && tag.is_block() && label()
            || tag == Tag::Heading && size <= 80 && is_answer_to_subject(self.dom.text(node))
        {
            return true;
        }
        // The subject line of a post.
        if tag == Tag::Heading
            && size <= 80
            && !most_of(size, self.total)
            && self.dom.inside(node).take(8).any(|n| self.dom.tag(n) == Tag::A)
        {
            return true;
        }
        if meaning.any(Meaning::SIGNATURE | Meaning::EDITED) {
            return size * 10 < self.total * 7;
        }
        let most = size * 10 > self.total * 6;
        if meaning.any(
            Meaning::PROFILE
                | Meaning::FORM
                | Meaning::ASIDE
                | Meaning::AVATAR
                | Meaning::ATTACHED
                | Meaning::UNSEEN,
        ) {
            return !most || size < 12 && self.holds_no_body(node);
        }
        let about = Meaning::ABOUT
            | Meaning::AUTHOR
            | Meaning::DATE
            | Meaning::COUNT
            | Meaning::VOTE
            | Meaning::ACTION
            | Meaning::TITLE;
        // `Posts: 12`, in a line of its own.
        if size <= 40 && !most && matches!(tag, Tag::Li | Tag::Dd | Tag::Dt | Tag::Div | Tag::P | Tag::Span) {
            let text = self.dom.text(node);
            if text.len() < 80 && states_membership(text) {
                return true;
            }
        }
        if meaning.any(about) || tag == Tag::Footer || tag == Tag::Header || tag == Tag::Time {
            return size <= SMALL && !most && self.holds_no_body(node);
        }
        // `<a class="reply-link">` is an action; `<div class="reply">` may be the reply itself.
        if meaning.any(Meaning::REPLY) && size < 40 && !most {
            return self.holds_no_body(node);
        }
        false
    }

    fn holds_no_body(&self, node: usize) -> bool {
        !self.dom.inside(node).any(|n| {
            let m = self.signs.meaning[n];
            m.any(Meaning::BODY)
                && !m.any(
                    Meaning::AUTHOR
                        | Meaning::DATE
                        | Meaning::ABOUT
                        | Meaning::SIGNATURE
                        | Meaning::PROFILE
                        | Meaning::ACTION,
                )
        })
    }

    fn is_quote(&self, node: usize) -> bool {
        let tag = self.dom.tag(node);
        tag == Tag::Blockquote
            || (self.signs.meaning[node].any(Meaning::QUOTE) && tag.is_block())
            || tag == Tag::Table && opens_a_quotation(self.dom.text(node))
    }

    /// Elements that may hold the words, in document order.
    pub(super) fn bodies(&self, region: &Region) -> Vec<Body> {
        let mut bodies = Vec::new();
        let mut paths: Vec<(usize, u64)> = Vec::new();
        for part in &self.parts {
            let mut node = part.start;
            while node < part.end && bodies.len() < 200 {
                if self.is_beside(node) {
                    node = self.dom.end(node);
                    continue;
                }
                let tag = self.dom.tag(node);
                if tag != Tag::Text {
                    while paths.last().is_some_and(|(end, _)| *end <= node) {
                        paths.pop();
                    }
                    let path = self.path(paths.last().map_or(0, |p| p.1), node);
                    paths.push((self.dom.end(node), path));
                    if node > region.nodes.start && !self.spans_hole(node, region) {
                        let m = self.signs.meaning[node];
                        let about = Meaning::AUTHOR | Meaning::DATE | Meaning::ABOUT | Meaning::PROFILE;
                        // `comment-list-content` holds comments, `commentsListCommentText` one's words.
                        let list = m.any(Meaning::LIST) && !self.is_called_text(node);
                        let named = m.any(Meaning::BODY | Meaning::POST) && !m.any(about) && !list;
                        let block = tag.is_block()
                            && !matches!(
                                tag,
                                Tag::P | Tag::Heading | Tag::Ul | Tag::Ol | Tag::Li | Tag::Tr | Tag::Pre
                            );
                        if named || block {
                            bodies.push(Body { node, path, named, weight: self.weight(node) });
                        }
                    }
                }
                node += 1;
            }
        }
        bodies
    }

    fn is_called_text(&self, node: usize) -> bool {
        let ends = ["Text", "-text", "_text", "Body", "-body", "_body"];
        self.dom.classes(node).any(|class| ends.iter().any(|end| class.ends_with(end)))
    }

    fn path(&self, outer: u64, node: usize) -> u64 {
        use std::hash::Hasher;
        let mut hasher = rustc_hash::FxHasher::default();
        hasher.write_u64(outer);
        hasher.write_u8(self.dom.tag(node) as u8);
        // Rows are told apart by looks alone: `row1` and `row2`, `even` and `odd`.
        let looks = |c: &&str| matches!(*c, "odd" | "even" | "alt" | "first" | "last");
        if let Some(class) = self.dom.classes(node).find(|c| !looks(c)) {
            class.bytes().filter(|b| !b.is_ascii_digit()).for_each(|b| hasher.write_u8(b));
        }
        hasher.finish()
    }

    /// Takes the words to be in the elements at `path`, or else in the best named one, or anywhere.
    pub(super) fn settle(&mut self, region: &Region, bodies: &[Body], path: Option<u64>) {
        let at = |b: &Body| b.node..self.dom.end(b.node);
        if let Some(body) = path.and_then(|p| bodies.iter().filter(|b| b.path == p).max_by_key(|b| b.weight))
        {
            self.body = at(body);
            return;
        }
        let mut best: Option<&Body> = None;
        for body in bodies.iter().filter(|b| b.named) {
            // An inner one is better if it holds nearly as much.
            if best.is_none_or(|b| {
                body.weight > b.weight
                    || (self.dom.contains(b.node, body.node) && body.weight * 100 > b.weight * 85)
            }) {
                best = Some(body);
            }
        }
        let words: u32 = self.parts.iter().map(|p| self.signs.prose(p)).sum();
        self.body = match best {
            Some(body) if body.weight * 2 >= words || body.weight > 400 => at(body),
            _ => region.nodes.clone(),
        };
    }

    fn spans_hole(&self, node: usize, region: &Region) -> bool {
        let end = self.dom.end(node);
        let i = region.holes.partition_point(|h| h.end <= node);
        region.holes.get(i).is_some_and(|h| h.start < end)
    }

    /// Letters of an element that are not beside the matter.
    fn weight(&self, node: usize) -> u32 {
        let mut sum = 0;
        let mut at = node;
        while at < self.dom.end(node) {
            if at > node && self.is_beside(at) {
                at = self.dom.end(at);
                continue;
            }
            let text = if self.dom.tag(at) == Tag::Text { self.dom.text(at) } else { "" };
            if text.len() > 60 || self.signs.date_marks(&(at..at + 1)).is_empty() {
                sum += letters(text);
            }
            at += 1;
        }
        sum
    }

    fn has_body(&self) -> bool {
        self.parts.first().is_some_and(|p| self.body.start > p.start)
    }

    fn marks(&self) -> Vec<&'a DateMark> {
        self.parts.iter().flat_map(|p| self.signs.date_marks(p)).collect()
    }
}
