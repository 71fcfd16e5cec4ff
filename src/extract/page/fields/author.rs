//! One comment's part of the page → its author: every element that may hold the name, and where the name leads.

use super::Reading;
use super::names::name_beside_date;
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Dom;
use crate::extract::page::dom::Tag;
use crate::extract::page::fields::names::clean_name;
use crate::extract::page::signs::{Context, Signs, is_profile, letters};
use crate::extract::page::words::Meaning;
use std::ops::Range;

/// A name that may be the author's.
#[derive(Debug, Clone)]
pub(in crate::extract::page) struct Name {
    /// Where it stands; the document if it is part of a text.
    pub(in crate::extract::page) node: usize,
    pub(in crate::extract::page) text: String,
    /// What elements that hold such a name have in common.
    pub(in crate::extract::page) shape: u64,
    pub(in crate::extract::page) weight: i32,
}

/// Words that a name follows.
const BY: &[&str] = &["by", "by:", "von", "von:", "par", "par:", "por", "por:", "door", "da:", "от"];

/// The element that a part begins with, if it could be a name and a date follows: `<h3>Ada</h3> … <span>12 May</span>`.
pub(in crate::extract::page) fn leading_name(
    dom: &Dom,
    signs: &Signs,
    parts: &[Range<usize>],
) -> Option<(usize, String)> {
    let readable = |n: &usize| dom.tag(*n) == Tag::Text && !signs.context[*n].any(Context::MUTE);
    // One letter stands for a picture.
    let mut texts = parts.iter().flat_map(Clone::clone).take(60).filter(readable);
    let first = texts.find(|n| dom.text(*n).len() > 200 || letters(dom.text(*n)) > 1)?;
    let text = Some(dom.text(first)).filter(|t| t.len() <= 200)?.trim();
    let words = text.split_whitespace().count();
    let parent = dom.parent(first);
    let around = dom.text(parent);
    let dated = || {
        around.trim_start().starts_with(text) && !signs.date_marks(&(first + 1..dom.end(parent))).is_empty()
    };
    let alone = around.len() < 200 && (around.trim() == text || dated());
    let named = alone && text.len() < 60 && words <= 4 && !text.ends_with(['.', '!', '?', ':', ',']);
    let follows = || parts.iter().flat_map(|p| signs.date_marks(p)).any(|m| m.node as usize > first);
    if !(named && text.starts_with(char::is_alphabetic) && follows()) {
        return None;
    }
    Some((parent, clean_name(text)?))
}

impl Reading<'_> {
    /// Every element that may hold the author's name: outside of the words, or else at their beginning.
    pub(in crate::extract::page) fn names(&self) -> Vec<Name> {
        let body = if self.has_body() { self.body.clone() } else { 0..0 };
        let mut names = self.names_in(&self.parts, &body, 24);
        names.extend(self.name_after_label(&body));
        if names.is_empty() {
            names.extend(self.name_beside_date().or_else(|| self.name_after_by()));
        }
        if names.is_empty() && !body.is_empty() {
            let leading =
                leading_name(self.dom, self.signs, &self.parts).filter(|(node, _)| *node < body.start);
            names.extend(leading.map(|(node, text)| Name { node, text, shape: self.shape(node), weight: 5 }));
        }
        if names.is_empty() && !body.is_empty() {
            names = self.names_in(std::slice::from_ref(&(body.start + 1..body.end)), &(0..0), 4);
            // A name that stands later is one that the commenter names.
            names.retain(|name| letters(self.dom.text_of(body.start..name.node)) < 12);
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
                let mute = tag.is_mute() && self.signs.context[node].any(Context::MUTE);
                if tag != Tag::Text && (mute || self.is_quote(node)) {
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
        let property = self.dom.attr(node, Key::Itemprop).unwrap_or_default();
        let in_author =
            || self.dom.ancestors(node).take(3).any(|a| self.signs.meaning[a].any(Meaning::AUTHOR));
        // A subject line leads to the comment itself.
        let leads = |n: usize| {
            self.dom.tag(n) == Tag::A && self.dom.attr(n, Key::Href).is_some_and(|h| h.contains('#'))
        };
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
        if tag == Tag::A && is_profile(self.dom.attr(node, Key::Href).unwrap_or_default()) {
            weight += 45;
        }
        if tag == Tag::A
            && self.dom.attr(node, Key::Rel).is_some_and(|r| r.contains("author") || r.contains("external"))
        {
            weight += 25;
        }
        if matches!(tag, Tag::B | Tag::Heading | Tag::Dt | Tag::Legend) {
            weight += 15;
        }
        if tag == Tag::A && self.follows_by(node) {
            weight += 45;
        }
        if self.dom.attr(node, Key::DataAuthor).is_some() {
            weight += 30;
        }
        if tag == Tag::A && weight == 0 && self.precedes_date(node) {
            weight += 30;
        }
        if weight <= 0 {
            return None;
        }
        if let Some(data) = self.dom.attr(node, Key::DataAuthor).filter(|d| !d.is_empty()) {
            return Some(Name { node, text: data.to_owned(), shape: self.shape(node), weight: weight + 30 });
        }
        let raw = self.dom.text(node);
        if raw.len() > 400 {
            return None;
        }
        let inside = node + 1..self.dom.end(node);
        let text = if inside.len() > 1 && !self.signs.date_marks(&inside).is_empty() {
            self.name_within(inside)?
        } else {
            let before_comma = || raw.split_once(',').and_then(|(name, _)| clean_name(name));
            let dated = !self.signs.date_marks(&(node..inside.end)).is_empty();
            clean_name(raw).or_else(|| dated.then(before_comma).flatten())?
        };
        // A tighter element around the same name says more of it.
        let children = self
            .dom
            .children(node)
            .filter(|c| self.dom.tag(*c) != Tag::Text && !self.dom.text(*c).trim().is_empty())
            .count();
        weight -= 8 * i32::try_from(children.min(6)).unwrap_or(6);
        Some(Name { node, text, shape: self.shape(node), weight })
    }

    /// The name in a part that holds a date as well: `Ada · <a>12 May</a>`.
    fn name_within(&self, inside: Range<usize>) -> Option<String> {
        let texts = inside.filter(|n| self.dom.tag(*n) == Tag::Text).map(|n| self.dom.text(n));
        // `Ada am <time>12.05.2020</time>`
        let joints = [" on", " am", " at", " um", " vor", " le", " il", " el"];
        let bare = |t: &str| {
            let name = t.trim();
            joints.iter().find_map(|joint| name.strip_suffix(joint)).unwrap_or(name).to_owned()
        };
        texts.filter(|t| letters(t) > 1).take(3).find_map(|t| clean_name(&bare(t)))
    }

    /// Whether the text before says that a name comes: `Posted by: `.
    fn follows_by(&self, node: usize) -> bool {
        let before =
            node.checked_sub(1).filter(|b| self.dom.tag(*b) == Tag::Text).map(|b| self.dom.text(b).trim());
        let last = before.filter(|t| t.len() < 60).and_then(|t| t.split_whitespace().next_back());
        last.is_some_and(|w| BY.contains(&w.to_lowercase().as_str()))
    }

    /// Whether a link that leads elsewhere stands right before a date: `<a href=…>Ada</a> · 12 May 2020`.
    fn precedes_date(&self, node: usize) -> bool {
        let after = self.dom.end(node);
        let near = after..(after + 8).min(self.signs.meaning.len());
        if near.is_empty() || self.dom.attr(node, Key::Href).is_none_or(|h| h.starts_with('#')) {
            return false;
        }
        let Some(mark) = self.signs.date_marks(&near).first() else { return false };
        let date = mark.node as usize;
        let joint = || self.dom.text(date).bytes().take_while(|b| !b.is_ascii_digit()).count();
        letters(self.dom.text_of(after..date)) <= 2 && (mark.exact || joint() < 12)
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
    pub(in crate::extract::page) fn profile(&self, author: &Name) -> Option<String> {
        let dom = self.dom;
        let leads = |node: usize| -> Option<&str> {
            let href = dom.attr(node, Key::Href).filter(|_| dom.tag(node) == Tag::A)?.trim();
            // Mail addresses are nobody's business.
            let elsewhere = !href.is_empty()
                && (!href.contains('#') || is_profile(href))
                && (!href.starts_with('?') || is_profile(href));
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

    /// The name in a text such as `Author: Ada`, outside of the words.
    fn name_after_label(&self, body: &Range<usize>) -> Option<Name> {
        const LABELS: &[&str] = &[
            "author",
            "autor",
            "auteur",
            "autore",
            "verfasser",
            "name",
            "nom",
            "nombre",
            "nome",
            "posted by",
            "von",
            "by",
        ];
        let texts = self.parts.iter().flat_map(Clone::clone).filter(|n| !body.contains(n)).take(100);
        texts.filter(|n| self.dom.tag(*n) == Tag::Text).find_map(|node| {
            let text = self.dom.text(node).trim();
            let (label, name) = text.split_once(':').filter(|_| text.len() < 60)?;
            if !LABELS.contains(&label.trim_end().to_lowercase().as_str()) {
                return None;
            }
            let text = clean_name(name)?;
            Some(Name { node: self.dom.parent(node), text, shape: 3, weight: 60 })
        })
    }

    /// The name in a text such as `by Ada: `, which leads nowhere because its owner is gone.
    fn name_after_by(&self) -> Option<Name> {
        let texts = self.parts.iter().flat_map(Clone::clone).take(100);
        let mut texts = texts.filter(|n| self.dom.tag(*n) == Tag::Text).map(|n| self.dom.text(n).trim());
        let text = texts.find_map(|text| {
            let name = text.strip_suffix([':', ',']).filter(|t| t.len() < 60)?;
            let (by, name) = name.trim().split_once(' ')?;
            BY.contains(&by.to_lowercase().as_str()).then(|| clean_name(name)).flatten()
        })?;
        Some(Name { node: 0, text, shape: 2, weight: 10 })
    }

    fn name_beside_date(&self) -> Option<Name> {
        let mark = self.marks().into_iter().find(|m| !m.exact)?;
        let text = name_beside_date(self.dom.text(mark.node as usize))?;
        Some(Name { node: 0, text, shape: 1, weight: 10 })
    }
}
