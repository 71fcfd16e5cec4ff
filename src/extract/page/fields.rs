//! One comment's part of the page → its text, author, time, id and votes.
//!
//! It is long: each field is found by a chain of signs, and the chains share what they have read.

use super::dom::{Dom, Tag};
use super::prose::{Prose, Step, prose};
use super::records::Region;
use super::signs::{Context, DateMark, Signs, is_profile, letters};
use super::words::{Meaning, meaning};
use crate::extract::date::{self, DateOptions};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A name that may be the author's.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// Where it stands; the document if it is part of a text.
    pub(super) node: usize,
    pub(super) text: String,
    /// What elements that hold such a name have in common.
    pub(super) shape: u64,
    pub(super) weight: i32,
}

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
        for (i, body) in bodies.iter().enumerate() {
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
        tag == Tag::Blockquote || (self.signs.meaning[node].any(Meaning::QUOTE) && tag.is_block())
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
                    if node > region.nodes.start && self.size(node) > 0 && !self.spans_hole(node, region) {
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
        if let Some(class) = self.dom.classes(node).find(|c| !c.bytes().any(|b| b.is_ascii_digit())) {
            hasher.write(class.as_bytes());
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
            if self.dom.tag(at) == Tag::Text {
                sum += letters(self.dom.text(at));
            }
            at += 1;
        }
        sum
    }

    /// The words, with what they quote.
    pub(super) fn prose(&self, author: Option<&str>) -> Prose {
        let whole = self.read(author, Step::Quote);
        // Where everything is a quotation, the page uses the element for its looks.
        let own = || whole.text.lines().any(|l| !l.is_empty() && !l.starts_with("> "));
        if !whole.quoted.is_empty() && !own() { self.read(author, Step::Into) } else { whole }
    }

    fn read(&self, author: Option<&str>, quotes: Step) -> Prose {
        let mut sum = Prose::default();
        let whole_region = !self.has_body();
        for part in &self.parts {
            let nodes = part.start.max(self.body.start)..part.end.min(self.body.end);
            if nodes.is_empty() {
                continue;
            }
            let mut seen_author = false;
            let read = prose(self.dom, nodes, |node| {
                if quotes != Step::Into && self.is_quote(node) && node > self.body.start {
                    return quotes;
                }
                let start = node == self.body.start;
                if !start && (self.is_beside(node) || (self.is_loose(node) && whole_region)) {
                    return Step::Over;
                }
                if whole_region
                    && !seen_author
                    && !start
                    && author.is_some_and(|a| self.dom.text(node).trim() == a)
                {
                    seen_author = true;
                    return Step::Over;
                }
                Step::Into
            });
            if !sum.text.is_empty() && !read.text.is_empty() {
                sum.text.push('\n');
            }
            sum.text.push_str(&read.text);
            sum.quoted.extend(read.quoted);
        }
        let dated = || !self.signs.date_marks(&self.body).is_empty();
        if whole_region || author.is_some_and(|a| sum.text.starts_with(a)) || dated() {
            sum.text = without_header(&sum.text, author, whole_region);
        }
        sum
    }

    /// A headline that the commenter gave, outside of the words: no link, and more than a name or date.
    pub(super) fn headline(&self, author: Option<&str>) -> Option<&'a str> {
        if !self.has_body() || self.signs.forum {
            return None;
        }
        let before = self.parts.iter().flat_map(Clone::clone).take(200).take_while(|n| *n < self.body.start);
        let heading = before.filter(|n| self.dom.tag(*n) == Tag::Heading).find(|n| {
            let meant = self.signs.meaning[*n];
            let other = Meaning::AUTHOR | Meaning::DATE | Meaning::ABOUT | Meaning::PROFILE | Meaning::ACTION;
            let linked = self.dom.inside(*n).any(|n| self.dom.tag(n) == Tag::A);
            let context = self.signs.context[*n].any(Context::MUTE.with(Context::FORM));
            !linked
                && !context
                && !meant.any(other)
                && self.signs.date_marks(&(*n..self.dom.end(*n))).is_empty()
        })?;
        let text = self.dom.text(heading).trim();
        let words = text.split_whitespace().count();
        let named = author.is_some_and(|a| text.contains(a)) || text.ends_with(':');
        ((3..=20).contains(&words) && text.len() < 160 && !named && !text.contains('\n')).then_some(text)
    }

    fn has_body(&self) -> bool {
        self.parts.first().is_some_and(|p| self.body.start > p.start)
    }

    /// Small links and dates between the words of a comment whose body has no name.
    fn is_loose(&self, node: usize) -> bool {
        match self.dom.tag(node) {
            Tag::A => {
                let href = self.dom.attr(node, "href").unwrap_or_default();
                let size = self.size(node);
                size < 25
                    && (href.starts_with('#')
                        || href.starts_with("javascript")
                        || is_profile(href)
                        || is_action(self.dom.text(node)))
            }
            Tag::Time | Tag::Cite => true,
            _ => false,
        }
    }

    /// Every element that may hold the author's name: outside of the words, or else at their beginning.
    pub(super) fn names(&self) -> Vec<Name> {
        let body = if self.has_body() { self.body.clone() } else { 0..0 };
        let mut names = self.names_in(&self.parts, &body, 24);
        if names.is_empty() {
            names.extend(self.name_beside_date());
        }
        if names.is_empty() && !body.is_empty() {
            names = self.names_in(std::slice::from_ref(&(body.start + 1..body.end)), &(0..0), 4);
        }
        names
    }

    fn names_in(&self, parts: &[Range<usize>], without: &Range<usize>, most: usize) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for part in parts {
            let mut node = part.start;
            while node < part.end && names.len() < most {
                if node == without.start && !without.is_empty() {
                    node = without.end.min(part.end);
                    continue;
                }
                let tag = self.dom.tag(node);
                if tag != Tag::Text && (tag.is_mute() || self.is_quote(node)) {
                    node = self.dom.end(node);
                    continue;
                }
                if tag != Tag::Text
                    && let Some(mut name) = self.name(node)
                {
                    // Names stand first.
                    name.weight -= 2 * i32::try_from(names.len()).unwrap_or(24);
                    names.push(name);
                }
                node += 1;
            }
        }
        names
    }

    fn name(&self, node: usize) -> Option<Name> {
        let meaning = self.signs.meaning[node];
        let tag = self.dom.tag(node);
        let mut weight = 0;
        let property = self.dom.attr(node, "itemprop").unwrap_or_default();
        let in_author =
            || self.dom.ancestors(node).take(3).any(|a| self.signs.meaning[a].any(Meaning::AUTHOR));
        // A subject line leads to the comment itself.
        let leads =
            |n: usize| self.dom.tag(n) == Tag::A && self.dom.attr(n, "href").is_some_and(|h| h.contains('#'));
        if meaning.any(Meaning::BODY | Meaning::SIGNATURE | Meaning::QUOTE)
            || tag == Tag::Heading && self.dom.inside(node).take(8).any(leads)
        {
            return None;
        }
        if meaning.any(Meaning::AUTHOR) {
            weight += 60;
            if meaning.any(
                Meaning::ABOUT
                    | Meaning::PROFILE
                    | Meaning::TITLE
                    | Meaning::COUNT
                    | Meaning::AVATAR
                    | Meaning::ACTION
                    | Meaning::DATE,
            ) {
                weight -= 25;
            }
        }
        if matches!(property, "author" | "creator") || property == "name" && in_author() {
            weight += 40;
        }
        if self.dom.classes(node).any(|c| c == "fn" || c == "username" || c == "author-name") {
            weight += 20;
        }
        if tag == Tag::Cite {
            weight += 40;
        }
        if tag == Tag::A && is_profile(self.dom.attr(node, "href").unwrap_or_default()) {
            weight += 45;
        }
        if tag == Tag::A
            && self.dom.attr(node, "rel").is_some_and(|r| r.contains("author") || r.contains("external"))
        {
            weight += 25;
        }
        if matches!(tag, Tag::B | Tag::Heading | Tag::Dt | Tag::Legend) {
            weight += 15;
        }
        if tag == Tag::A && self.follows_by(node) {
            weight += 45;
        }
        if weight <= 0 {
            return None;
        }
        if let Some(data) = self.dom.attr(node, "data-author").filter(|d| !d.is_empty()) {
            return Some(Name { node, text: data.to_owned(), shape: self.shape(node), weight: weight + 30 });
        }
        let raw = self.dom.text(node);
        if raw.len() > 400 {
            return None;
        }
        let text = clean_name(raw)?;
        // A tighter element around the same name says more of it.
        let children = self
            .dom
            .children(node)
            .filter(|c| self.dom.tag(*c) != Tag::Text && !self.dom.text(*c).trim().is_empty())
            .count();
        weight -= 8 * i32::try_from(children.min(6)).unwrap_or(6);
        Some(Name { node, text, shape: self.shape(node), weight })
    }

    /// Whether the text before says that a name comes: `Posted by: `.
    fn follows_by(&self, node: usize) -> bool {
        const ENDS: &[&str] =
            &["by", "by:", "von", "von:", "par", "par:", "por", "por:", "door", "da:", "от"];
        let before =
            node.checked_sub(1).filter(|b| self.dom.tag(*b) == Tag::Text).map(|b| self.dom.text(b).trim());
        let last = before.filter(|t| t.len() < 60).and_then(|t| t.split_whitespace().next_back());
        last.is_some_and(|w| ENDS.contains(&w.to_lowercase().as_str()))
    }

    fn shape(&self, node: usize) -> u64 {
        use std::hash::Hasher;
        let mut hasher = rustc_hash::FxHasher::default();
        for at in [node, self.dom.parent(node)] {
            hasher.write_u8(self.dom.tag(at) as u8);
            if let Some(class) = self.dom.classes(at).find(|c| !c.bytes().any(|b| b.is_ascii_digit())) {
                hasher.write(class.as_bytes());
            }
        }
        hasher.finish()
    }

    /// The address that the author's name, or the picture beside it, leads to.
    pub(super) fn profile(&self, author: &Name) -> Option<String> {
        let dom = self.dom;
        let leads = |node: usize| -> Option<&str> {
            let href = dom.attr(node, "href").filter(|_| dom.tag(node) == Tag::A)?.trim();
            // Mail addresses are nobody's business.
            let elsewhere = !href.is_empty() && !href.starts_with(['#', '?']);
            let known = ["javascript:", "mailto:", "tel:"].iter().all(|scheme| !href.starts_with(scheme));
            (elsewhere && known).then_some(href)
        };
        let named = (author.node > 0).then(|| {
            let around = dom.ancestors(author.node).take(3);
            let around = around.filter(|a| self.parts.first().is_some_and(|p| p.start <= *a));
            [author.node].into_iter().chain(dom.inside(author.node).take(16)).chain(around).find_map(leads)
        });
        let beside = || {
            let body = if self.has_body() { self.body.clone() } else { 0..0 };
            let links = self.parts.iter().flat_map(Clone::clone).filter(|n| !body.contains(n)).take(400);
            links.filter(|n| leads(*n).is_some_and(is_profile)).find_map(|n| {
                let text = dom.text(n).trim();
                (text.is_empty() || clean_name(text).is_some_and(|t| t == author.text)).then(|| leads(n))?
            })
        };
        named.flatten().or_else(beside).map(str::to_owned)
    }

    fn name_beside_date(&self) -> Option<Name> {
        let mark = self.marks().into_iter().find(|m| !m.exact)?;
        let text = name_beside_date(self.dom.text(mark.node as usize))?;
        Some(Name { node: 0, text, shape: 1, weight: 10 })
    }

    fn marks(&self) -> Vec<&'a DateMark> {
        self.parts.iter().flat_map(|p| self.signs.date_marks(p)).collect()
    }

    /// When it was written, as far as its dates tell.
    pub(super) fn time(&self, options: DateOptions) -> Option<String> {
        let inner_body = self.has_body();
        let mut best: Option<(i32, &DateMark)> = None;
        for mark in self.marks() {
            let node = mark.node as usize;
            let mut weight = 0;
            if inner_body && self.body.contains(&node) {
                weight -= 40;
            }
            if self.dom.ancestors(node).take(6).any(|a| self.is_quote(a)) {
                weight -= 60;
            }
            weight += if mark.exact { 30 } else { 0 };
            weight += if mark.when.has_time { 20 } else { 0 };
            weight += if mark.when.relative { -10 } else { 0 };
            weight -= if mark.when.iso.is_none() { 15 } else { 0 };
            for near in [node, self.dom.parent(node), self.dom.parent(self.dom.parent(node))] {
                let m = self.signs.meaning[near];
                if m.any(Meaning::DATE) && !m.any(Meaning::PROFILE) {
                    weight += 8;
                }
                if m.any(Meaning::PROFILE | Meaning::EDITED | Meaning::SIGNATURE) {
                    weight -= 45;
                }
            }
            let text =
                self.dom.text(if self.dom.tag(node) == Tag::Text { node } else { self.dom.parent(node) });
            if text.len() < 200 && is_about_something_else(text) {
                weight -= 60;
            }
            if best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, mark));
            }
        }
        let (_, mark) = best?;
        let when = if mark.when.ambiguous && !mark.exact {
            date::find(self.dom.text(mark.node as usize), options)?
        } else {
            mark.when.clone()
        };
        let iso = when.iso.map(|iso| self.with_time(iso, node_of(mark), options));
        iso.or_else(|| {
            let text = self.dom.text(mark.node as usize).split_whitespace().collect::<Vec<_>>().join(" ");
            (!text.is_empty() && text.len() < 60).then_some(text)
        })
    }

    /// A date with the time of day that stands beside it in an element of its own.
    fn with_time(&self, iso: String, node: usize, options: DateOptions) -> String {
        let around = self.dom.text(self.dom.parent(node));
        if iso.len() != 10 || around.len() > 80 {
            return iso;
        }
        let whole = date::find(around, options).and_then(|w| w.iso).filter(|w| w.starts_with(&iso));
        whole.unwrap_or(iso)
    }

    /// The id the page gives it, and its own address.
    pub(super) fn address(&self) -> (Option<String>, Option<String>) {
        let mut id = None;
        let mut link = None;
        for part in &self.parts {
            let body = if self.has_body() { self.body.clone() } else { 0..0 };
            for node in part.clone().filter(|n| !body.contains(n)).take(400) {
                if id.is_none() {
                    id = [
                        "data-comment-id",
                        "data-id",
                        "data-post-id",
                        "data-message-id",
                        "data-commentid",
                        "thingid",
                        "id",
                        "name",
                    ]
                    .iter()
                    .filter_map(|a| self.dom.attr(node, a))
                    .find(|v| v.len() < 80 && v.bytes().any(|b| b.is_ascii_digit()) && !v.contains(' '))
                    .map(str::to_owned);
                }
                if link.is_none() && self.dom.tag(node) == Tag::A {
                    let href = self.dom.attr(node, "href").unwrap_or_default();
                    let bookmark = self.dom.attr(node, "rel").is_some_and(|r| r.contains("bookmark"));
                    let dated = !self.signs.date_marks(&(node..self.dom.end(node))).is_empty();
                    let fragment = href.rsplit_once('#').is_some_and(|(_, f)| {
                        f.bytes().any(|b| b.is_ascii_digit()) && !f.contains("respond")
                    });
                    if (fragment || bookmark || dated)
                        && href.len() > 1
                        && !href.starts_with("javascript")
                        && !is_profile(href)
                        && !href.contains("replytocom")
                    {
                        link = Some(href.to_owned());
                    }
                }
                if id.is_some() && link.is_some() {
                    return (id, link);
                }
            }
        }
        (id, link)
    }

    /// Votes for it.
    pub(super) fn votes(&self) -> Option<i64> {
        let stated = self
            .parts
            .first()
            .and_then(|p| ["score", "data-score"].iter().find_map(|a| self.dom.attr(p.start, a)));
        if let Some(votes) = stated.and_then(|s| s.parse().ok()) {
            return Some(votes);
        }
        self.parts.iter().flat_map(Clone::clone).find_map(|node| {
            // What the count would be if the reader had voted is hidden.
            if !self.signs.meaning[node].any(Meaning::VOTE)
                || self.dom.classes(node).any(|c| c == "dislikes" || c == "likes")
            {
                return None;
            }
            let text = self.dom.text(node).trim();
            let text = text.split_whitespace().next().unwrap_or_default();
            if text.len() > 8 {
                return None;
            }
            let text = text.replace('−', "-");
            text.trim_start_matches('+').parse().ok()
        })
    }
}

/// The name in `12.05.2020, 14:02, Name` and `Name schrieb am 12.05.2020`.
pub(super) fn name_beside_date(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 120 {
        return None;
    }
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    let joins = |w: &&str| !crate::extract::plain::is_date_word(w);
    let before: Vec<&str> = text[..first].split_whitespace().filter(joins).collect();
    let after = text[last + 1..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let after: Vec<&str> = after.split_whitespace().filter(joins).collect();
    [before, after].into_iter().find_map(|words| {
        let name = clean_name(&words.join(" "))?;
        let lower = name.to_lowercase();
        let about = meaning(&lower)
            .any(Meaning::DATE | Meaning::ABOUT | Meaning::EDITED | Meaning::COMMENT | Meaning::ACTION);
        (letters(&name) > 1 && words.len() <= 4 && !about && !is_about_something_else(&lower)).then_some(name)
    })
}

fn node_of(mark: &DateMark) -> usize {
    mark.node as usize
}

/// Words that make a date one of joining or editing.
fn is_about_something_else(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "joined",
        "join date",
        "registered",
        "registriert",
        "dabei seit",
        "mitglied seit",
        "member since",
        "edited",
        "bearbeitet",
        "modified",
        "inscrit",
        "registrado",
        "beigetreten",
        "geändert",
        "editado",
        "modifié",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|w| lower.contains(w))
}

/// What links and buttons of comments say.
fn is_action(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "reply",
        "antworten",
        "antwort",
        "répondre",
        "responder",
        "rispondi",
        "reageer",
        "odpowiedz",
        "ответить",
        "report",
        "melden",
        "signaler",
        "denunciar",
        "segnala",
        "flag",
        "like",
        "gefällt mir",
        "share",
        "teilen",
        "permalink",
        "link",
        "edit",
        "quote",
        "zitieren",
        "citer",
        "citar",
        "log in to reply",
        "anmelden zum antworten",
        "login",
        "#",
        "reply to this",
        "zum antworten anmelden",
        "yanıtla",
        "svar",
    ];
    let text = text.trim().to_lowercase();
    text.is_empty() || WORDS.contains(&text.as_str())
}

/// A person's name out of an element's text; none if it is something else.
pub(in crate::extract) fn clean_name(raw: &str) -> Option<String> {
    let joined = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = joined.as_str();
    const BEFORE: &[&str] = &[
        "by ",
        "By ",
        "von ",
        "Von ",
        "Von: ",
        "par ",
        "Par ",
        "por ",
        "Por ",
        "posted by ",
        "Posted by ",
        "Written by ",
        "Comment by ",
        "Author: ",
        "Kommentar von ",
        "Commentaire de ",
    ];
    for prefix in BEFORE {
        if let Some(rest) = text.strip_prefix(prefix).filter(|r| !r.is_empty()) {
            text = rest;
        }
    }
    text = cut_verb(text);
    text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | ',' | '|' | '•' | '·' | '–' | '—' | '-' | '»' | '«')
    });
    let n = text.chars().count();
    if n == 0 || n > 60 || !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let lower = text.to_lowercase();
    if is_action(text) || NO_NAMES.contains(&lower.as_str()) {
        return None;
    }
    if text.ends_with(['?', '!']) && text.contains(' ') || text.split(' ').count() > 7 {
        return None;
    }
    if date::find(text, DateOptions::default()).is_some() || date::is_month(&lower) {
        return None;
    }
    Some(text.to_owned())
}

const NO_NAMES: &[&str] = &[
    "pm",
    "email",
    "e-mail",
    "www",
    "board administrator",
    "administrator",
    "logged",
    "gast",
    "guest",
    "anzeige",
    "original poster",
    "thread starter",
    "threadstarter",
    "themenstarter",
    "topic starter",
    "says",
    "sagt",
    "schreibt",
    "author",
    "autor",
    "member",
    "mitglied",
    "moderator",
    "admin-team",
    "guest user",
    "profile",
    "profil",
    "offline",
    "online",
    "top",
    "new",
    "op",
    "user",
    "name",
    "junior member",
    "senior member",
    "new member",
    "registered user",
    "full member",
    "staff",
    "website",
    "mehr",
    "more",
    "newbie",
    "active member",
];

/// What stands between a name and what they say, or when.
const VERBS: &[&str] = &[
    " says",
    " said",
    " wrote",
    " writes",
    " sagt",
    " sagte",
    " schrieb",
    " schreibt",
    " meint",
    " dit",
    " a écrit",
    " dice",
    " dijo",
    " ha scritto",
    " diz",
    " disse",
    " pisze",
    " napisał",
    " zegt",
    " schreef",
    " пишет",
    " on ",
    " am ",
    " at ",
    " vor ",
    " commented",
];

/// A name before `says`, `schrieb am …` and the like.
fn cut_verb(text: &str) -> &str {
    let cut = VERBS.iter().filter_map(|v| {
        let at = text.find(v)?;
        let rest = &text[at + v.len()..];
        (at > 0 && rest.chars().next().is_none_or(|c| !c.is_alphanumeric() || v.ends_with(' '))).then_some(at)
    });
    // ` on ` and ` am ` end a name only before a figure
    let cut = cut.filter(|at| {
        let rest = &text[*at..];
        !(rest.starts_with(" on ")
            || rest.starts_with(" am ")
            || rest.starts_with(" at ")
            || rest.starts_with(" vor "))
            || rest.bytes().any(|b| b.is_ascii_digit())
    });
    cut.min().map_or(text, |at| &text[..at])
}

/// Whether a line with a date has no other words than the author's name and those that join the two.
fn is_bare_date(line: &str, author: Option<&str>) -> bool {
    let rest = author.map_or_else(|| line.to_owned(), |author| line.replace(author, " "));
    let words = rest.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic));
    let mut words = words.filter(|w| !w.bytes().any(|b| b.is_ascii_digit()));
    !words.any(|w| {
        let word = w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !crate::extract::plain::is_date_word(&word) && !date::is_month(&word) && !is_verb(&word)
    })
}

/// `says`, `schrieb` and the like, and what joins a name to a date.
fn is_verb(word: &str) -> bool {
    const JOINS: [&str; 12] =
        ["by", "on", "am", "um", "at", "von", "le", "el", "uhr", "posted", "wrote", "commented"];
    JOINS.contains(&word) || VERBS.iter().any(|v| v.trim() == word)
}

/// A comment's text without a first or last line that is its author and date.
///
/// Where the words have no element of their own a short line with a date is a header; else it must be nothing more.
fn without_header(text: &str, author: Option<&str>, loose: bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_header = |line: &str| {
        let line = line.trim();
        if line.starts_with('>') {
            return false;
        }
        let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
        line.is_empty()
            || bare.is_empty()
            || is_action(bare)
            || author == Some(bare)
            || (line.len() < 90
                && date::find(line, DateOptions::default()).is_some()
                && line.split_whitespace().count() <= 10
                && (loose || is_bare_date(line, author)))
            || clean_name(line).as_deref().is_some_and(|n| Some(n) == author)
    };
    let mut cut = 0;
    while lines.len() > 1 && cut < 5 && is_header(lines[0]) {
        lines.remove(0);
        cut += 1;
    }
    while lines.len() > 1 && lines.last().is_some_and(|l| is_header(l)) {
        lines.pop();
    }
    lines.join("\n").trim().to_owned()
}
