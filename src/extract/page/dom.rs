//! A page as a flat list: nodes in document order, all text in one string.
//!
//! A subtree is a range of nodes and a range of text, so that "how much text", "how many dates" and "what
//! lies in here" are subtractions, and no walk recurses.

use super::attributes::{Attr, Attrs, Key};
use html5ever::tendril::StrTendril;
use std::ops::Range;

pub(super) use super::tag::Tag;

/// One element or run of text.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) tag: Tag,
    /// The parent's index; the document is its own.
    pub(super) parent: u32,
    /// One past the last node inside.
    pub(super) end: u32,
    /// Where its text starts.
    pub(super) text: u32,
    attrs: u32,
}

/// A page, flat.
#[derive(Debug, Default)]
pub(super) struct Dom {
    pub(super) nodes: Vec<Node>,
    text: String,
    attrs: Attrs,
    /// The `application/ld+json` scripts.
    pub(super) json: Vec<StrTendril>,
    /// Other scripts that may hold comments as data.
    pub(super) data: Vec<StrTendril>,
    /// Elements left out because they are nested too deep.
    pub(super) n_too_deep: u32,
    /// Elements left out because there are too many.
    pub(super) n_too_many: u32,
}

impl Dom {
    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn tag(&self, node: usize) -> Tag {
        self.nodes[node].tag
    }

    pub(super) fn parent(&self, node: usize) -> usize {
        self.nodes[node].parent as usize
    }

    pub(super) fn end(&self, node: usize) -> usize {
        self.nodes[node].end as usize
    }

    /// Whether `outer` is `inner` or around it.
    pub(super) fn contains(&self, outer: usize, inner: usize) -> bool {
        outer <= inner && inner < self.end(outer)
    }

    /// The nodes inside `node`, in document order, without itself.
    pub(super) fn inside(&self, node: usize) -> Range<usize> {
        node + 1..self.end(node)
    }

    /// The children of `node`.
    pub(super) fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(node);
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.end(child);
                child
            })
        })
    }

    /// The elements around `node`, innermost first, without itself.
    pub(super) fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let mut at = node;
        std::iter::from_fn(move || {
            (at != 0).then(|| {
                at = self.parent(at);
                at
            })
        })
    }

    /// All text inside `node` as it stands in the page.
    pub(super) fn text(&self, node: usize) -> &str {
        self.text_of(node..self.end(node))
    }

    /// All text in a range of nodes.
    pub(super) fn text_of(&self, nodes: Range<usize>) -> &str {
        &self.text[self.text_at(nodes.start)..self.text_at(nodes.end)]
    }

    /// Where the text of `node` starts; one past the last node is the end.
    pub(super) fn text_at(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(self.text.len(), |n| n.text as usize)
    }

    /// The attributes of `node`.
    pub(super) fn attrs(&self, node: usize) -> &[Attr] {
        let start = self.nodes[node].attrs as usize;
        let end = self.nodes.get(node + 1).map_or(self.attrs.len(), |n| n.attrs as usize);
        self.attrs.list(start..end)
    }

    /// What an attribute says.
    pub(super) fn value(&self, attr: Attr) -> &str {
        self.attrs.value(attr)
    }

    /// The attribute `key` of `node`.
    pub(super) fn attr(&self, node: usize, key: Key) -> Option<&str> {
        self.attrs(node).iter().find(|a| a.key == key).map(|a| self.value(*a))
    }

    /// The values of all attributes called `key`.
    pub(super) fn attrs_called(&self, key: Key) -> impl Iterator<Item = &str> {
        self.attrs.list(0..self.attrs.len()).iter().filter(move |a| a.key == key).map(|a| self.value(*a))
    }

    /// The classes of `node`.
    pub(super) fn classes(&self, node: usize) -> impl Iterator<Item = &str> {
        self.attr(node, Key::Class).unwrap_or_default().split_ascii_whitespace()
    }
}

/// Makes a [`Dom`] of elements opened and closed in document order.
pub(super) struct DomBuilder {
    dom: Dom,
    /// The attributes in document order.
    attrs: Vec<Attr>,
    open: Vec<u32>,
}

impl DomBuilder {
    /// For a page of `nodes` with `attrs`, in whatever order.
    pub(super) fn new(nodes: usize, attrs: Attrs) -> Self {
        let attrs_len = attrs.len();
        let dom = Dom { nodes: Vec::with_capacity(nodes), attrs, ..Dom::default() };
        Self { dom, attrs: Vec::with_capacity(attrs_len), open: Vec::new() }
    }

    fn push(&mut self, tag: Tag) -> u32 {
        let id = self.dom.nodes.len() as u32;
        self.dom.nodes.push(Node {
            tag,
            parent: self.open.last().copied().unwrap_or(0),
            end: id + 1,
            text: self.dom.text.len() as u32,
            attrs: self.attrs.len() as u32,
        });
        id
    }

    /// Opens an element whose attributes are those in `ranges`; of several with one name the first one counts.
    pub(super) fn open(&mut self, tag: Tag, ranges: impl IntoIterator<Item = Range<usize>>) {
        let id = self.push(tag);
        let mut present = 0_u64;
        for range in ranges {
            for attr in self.dom.attrs.list(range) {
                let bit = 1 << attr.key as u32;
                if present & bit == 0 {
                    self.attrs.push(*attr);
                    present |= bit;
                }
            }
        }
        self.open.push(id);
    }

    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let parent = self.open.last().copied().unwrap_or(0);
        // The tokenizer hands over entities and line breaks apart.
        if !self.dom.nodes.last().is_some_and(|n| n.tag == Tag::Text && n.parent == parent) {
            self.push(Tag::Text);
        }
        self.dom.text.push_str(text);
    }

    pub(super) fn close(&mut self) {
        if let Some(id) = self.open.pop() {
            self.dom.nodes[id as usize].end = self.dom.nodes.len() as u32;
        }
    }

    pub(super) fn finish(mut self, json: Vec<StrTendril>) -> Dom {
        while !self.open.is_empty() {
            self.close();
        }
        self.dom.attrs.replace_list(self.attrs);
        self.dom.json = json;
        self.dom
    }
}
