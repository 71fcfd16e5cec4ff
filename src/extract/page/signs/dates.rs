//! Which nodes are dates: by their attributes, by their words, by their names.

use super::{DateMark, Reader, letters};
use crate::extract::date::{self, When};
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Tag;
use crate::extract::page::words::Meaning;

impl Reader<'_> {
    /// Whether an element marked as a time lies in a form: then the form holds comments.
    pub(super) fn holds_dates(&self, node: usize) -> bool {
        self.dom.inside(node).take(2_000).any(|n| match self.dom.tag(n) {
            Tag::Time => true,
            Tag::Text => {
                let text = self.dom.text(n);
                text.len() < 100 && date::find(text, self.options).is_some()
            }
            _ => false,
        })
    }

    pub(super) fn text_date(&mut self, node: usize, text: &str) -> bool {
        // Marked times have been read where their element stands.
        let parent = self.dom.parent(node);
        let marked = self.signs.date_marks.last().is_some_and(|m| m.exact && m.node as usize == parent);
        if text.len() > 400 || marked {
            return false;
        }
        let text = text.trim();
        if text.len() > 160 {
            return false;
        }
        let bare = When { iso: None, has_time: false, ambiguous: false, relative: false };
        let Some(when) = date::find(text, self.options).or_else(|| date::is_like(text).then_some(bare))
        else {
            return false;
        };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: false });
        true
    }

    /// Whether a text with a date goes on after a name in bold or a link: `<b>Ada</b> on 12 May 2020`.
    pub(super) fn follows_a_name(&self, node: usize, text: &str) -> bool {
        let Some(before) = node.checked_sub(1).filter(|b| self.dom.tag(*b) == Tag::Text) else {
            return false;
        };
        let bold = self.dom.parent(before);
        let joint = text.trim_start().bytes().take_while(|b| !b.is_ascii_digit()).count();
        let leads = |href: &str| !href.starts_with(['#', '?']) && !href.starts_with("javascript");
        let named = match self.dom.tag(bold) {
            Tag::B => true,
            Tag::A => self.dom.attr(bold, Key::Href).is_some_and(leads),
            _ => false,
        };
        named && self.dom.end(bold) == node && joint < 20 && (1..=40).contains(&letters(self.dom.text(bold)))
    }

    pub(super) fn element_date(&mut self, node: usize, tag: Tag, own: Meaning) -> bool {
        // What is written for machines comes before what is shown to those who point at it.
        let shown = |key: Key| matches!(key, Key::Title | Key::Content | Key::DataOriginalTitle);
        let attrs = self.dom.attrs(node);
        let ordered = attrs.iter().filter(|a| !shown(a.key)).chain(attrs.iter().filter(|a| shown(a.key)));
        let found = ordered.into_iter().find_map(|a| {
            let value = self.dom.value(*a);
            let when = match a.key {
                Key::Datetime
                | Key::DataTime
                | Key::DataTimestamp
                | Key::DataUtime
                | Key::CreatedTimestamp
                | Key::DataDatetime
                | Key::DataDate
                | Key::DataCreated
                | Key::DataEpoch
                | Key::DataCreatedAt => date::machine(value.trim()),
                Key::Title | Key::Content | Key::DataOriginalTitle if value.len() < 60 && value.len() > 7 => {
                    let dated = own.any(Meaning::DATE)
                        || matches!(tag, Tag::Time | Tag::Abbr | Tag::Span | Tag::A | Tag::Meta | Tag::Other);
                    let found = date::find(value, self.options).filter(|w| w.iso.is_some());
                    // What has the time of day as well is no part of a sentence.
                    found.filter(|w| dated || w.has_time)
                }
                _ => None,
            }?;
            Some(when)
        });
        let Some(when) = found else { return false };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: true });
        true
    }

    /// A part named for dates whose date has no year, or is written in an unknown way.
    pub(super) fn unread_date(&mut self, node: usize, own: Meaning) -> bool {
        if !own.any(Meaning::DATE) || own.any(Meaning::BODY | Meaning::COUNT) {
            return false;
        }
        let text = self.dom.text(node);
        if !date::is_like(text) || date::find(text, self.options).is_some() {
            return false;
        }
        let when = When { iso: None, has_time: false, ambiguous: false, relative: false };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: false });
        true
    }
}
