//! One comment's part of the page → when it was written, its id and address, and the votes for it.

use super::Reading;
use crate::extract::date::{self, DateOptions};
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Tag;
use crate::extract::page::signs::{DateMark, is_profile};
use crate::extract::page::words::Meaning;

impl Reading<'_> {
    /// When it was written, as far as its dates tell.
    pub(in crate::extract::page) fn time(&self, options: DateOptions) -> Option<String> {
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
    pub(in crate::extract::page) fn address(&self) -> (Option<String>, Option<String>) {
        let mut id = None;
        let mut link: Option<String> = None;
        let first = self.parts.first().map_or(0, |p| p.start);
        let mut deep = false;
        for part in &self.parts {
            let body = if self.has_body() { self.body.clone() } else { 0..0 };
            for node in part.clone().filter(|n| !body.contains(n)).take(400) {
                if id.is_none() {
                    id = [
                        Key::DataCommentId,
                        Key::DataId,
                        Key::DataPostId,
                        Key::DataPid,
                        Key::DataMessageId,
                        Key::DataCommentid,
                        Key::Thingid,
                        Key::Id,
                        Key::Name,
                    ]
                    .into_iter()
                    .filter_map(|key| self.dom.attr(node, key))
                    .find(|v| v.len() < 80 && v.bytes().any(|b| b.is_ascii_digit()) && !v.contains(' '))
                    .map(str::to_owned);
                    // Far below the comment's own element an id is that of one of its parts, or of what comes next.
                    deep = node > first + 8;
                }
                if link.is_none() && self.dom.tag(node) == Tag::A {
                    let href = self.dom.attr(node, Key::Href).unwrap_or_default();
                    let bookmark = self.dom.attr(node, Key::Rel).is_some_and(|r| r.contains("bookmark"));
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
                    return (id.filter(|_| !deep || !has_fragment(&link)), link);
                }
            }
        }
        (id.filter(|_| !deep || !has_fragment(&link)), link)
    }

    /// Votes for it.
    pub(in crate::extract::page) fn votes(&self) -> Option<i64> {
        let stated = self.parts.first().and_then(|p| {
            [Key::Score, Key::DataScore].into_iter().find_map(|key| self.dom.attr(p.start, key))
        });
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

fn has_fragment(link: &Option<String>) -> bool {
    let fragment = link.as_deref().and_then(|link| link.rsplit_once('#'));
    fragment.is_some_and(|(_, fragment)| fragment.bytes().any(|b| b.is_ascii_digit()))
}

fn node_of(mark: &DateMark) -> usize {
    mark.node as usize
}

/// Words that make a date one of joining or editing.
pub(super) fn is_about_something_else(text: &str) -> bool {
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
