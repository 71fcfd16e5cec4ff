//! The tree while it is built: nodes that are linked to each other, so that they can be moved.

use super::attributes::Attrs;
use super::dom::{Dom, DomBuilder, Tag};
use html5ever::tendril::StrTendril;
use std::ops::Range;

pub(super) const NONE: u32 = u32::MAX;

/// What an arena node holds.
pub(super) enum Content {
    Text(StrTendril),
    /// With where its attributes begin among the page's, and how many they are.
    Element {
        tag: Tag,
        first: u32,
        n: u8,
    },
}

pub(super) struct Node {
    pub(super) parent: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) previous: u32,
    pub(super) next: u32,
    pub(super) depth: u32,
    pub(super) content: Content,
}

#[derive(Default)]
pub(super) struct Arena {
    pub(super) nodes: Vec<Node>,
    /// What repeated tags add to the attributes of the page's `html` and `body`, by the element.
    pub(super) added: Vec<(u32, Vec<Range<usize>>)>,
}

/// An element of a page with its attributes.
pub(super) fn element(tag: Tag, attrs: &Range<usize>) -> Content {
    Content::Element { tag, first: attrs.start as u32, n: attrs.len() as u8 }
}

impl Arena {
    pub(super) fn with_capacity(n: usize) -> Self {
        let mut arena = Self { nodes: Vec::with_capacity(n.min(1 << 20)), added: Vec::new() };
        arena.push(element(Tag::Document, &(0..0)));
        arena
    }

    pub(super) fn push(&mut self, content: Content) -> u32 {
        let id = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        self.nodes.push(Node {
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
            depth: 0,
            content,
        });
        id
    }

    pub(super) fn node(&mut self, id: u32) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn detach(&mut self, id: u32) {
        let (parent, previous, next) = {
            let node = self.node(id);
            (
                std::mem::replace(&mut node.parent, NONE),
                std::mem::replace(&mut node.previous, NONE),
                std::mem::replace(&mut node.next, NONE),
            )
        };
        if parent == NONE {
            return;
        }
        if previous == NONE {
            self.node(parent).first = next;
        } else {
            self.node(previous).next = next;
        }
        if next == NONE { self.node(parent).last = previous } else { self.node(next).previous = previous }
    }

    pub(super) fn append(&mut self, parent: u32, child: u32) {
        self.detach(child);
        let last = std::mem::replace(&mut self.node(parent).last, child);
        if last == NONE {
            self.node(parent).first = child;
        } else {
            self.node(last).next = child;
        }
        let depth = self.node(parent).depth + 1;
        let node = self.node(child);
        node.parent = parent;
        node.previous = last;
        node.depth = depth;
    }

    pub(super) fn insert_before(&mut self, sibling: u32, child: u32) {
        self.detach(child);
        let Node { parent, previous, depth, .. } = *self.node(sibling);
        if parent == NONE {
            return;
        }
        self.node(sibling).previous = child;
        if previous == NONE {
            self.node(parent).first = child;
        } else {
            self.node(previous).next = child;
        }
        let node = self.node(child);
        node.parent = parent;
        node.previous = previous;
        node.next = sibling;
        node.depth = depth;
    }

    /// Appends text, to the text before it if there is any: a page of `<` would else be a node each.
    pub(super) fn append_text(&mut self, parent: u32, text: StrTendril) {
        let last = self.node(parent).last;
        if last != NONE
            && let Content::Text(before) = &mut self.node(last).content
        {
            before.push_tendril(&text);
            return;
        }
        let id = self.push(Content::Text(text));
        self.append(parent, id);
    }

    /// Walks the tree in document order, without recursion.
    pub(super) fn into_dom(mut self, attrs: Attrs, json: Vec<StrTendril>) -> Dom {
        let mut dom = DomBuilder::new(self.nodes.len(), attrs);
        let added = std::mem::take(&mut self.added);
        let mut id = 0;
        loop {
            let first = {
                let node = self.node(id);
                match &mut node.content {
                    Content::Text(text) => dom.text(text),
                    Content::Element { tag, first, n } => {
                        let own = *first as usize..*first as usize + usize::from(*n);
                        match added.iter().find(|(to, _)| *to == id) {
                            Some((_, more)) => dom.open(*tag, std::iter::once(own).chain(more.clone())),
                            None => dom.open(*tag, [own]),
                        }
                    }
                }
                node.first
            };
            if first != NONE {
                id = first;
                continue;
            }
            loop {
                if matches!(self.node(id).content, Content::Element { .. }) {
                    dom.close();
                }
                let (next, parent) = (self.node(id).next, self.node(id).parent);
                if next != NONE {
                    id = next;
                    break;
                }
                if parent == NONE {
                    return dom.finish(json);
                }
                id = parent;
            }
        }
    }
}
