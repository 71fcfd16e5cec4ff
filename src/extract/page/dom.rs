//! A page as a flat list: nodes in document order, all text in one string.
//!
//! A subtree is a range of nodes and a range of text, so that "how much text", "how many dates" and "what
//! lies in here" are subtractions, and no walk recurses.

use super::attributes::{Attr, Attrs, Key};
use super::names::{BOLD, ITALIC};
use html5ever::tendril::StrTendril;
use html5ever::{LocalName, local_name};
use std::ops::Range;

/// An element's kind, as far as anything here tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Tag {
    Document,
    Text,
    Foreign,
    A,
    Abbr,
    Address,
    Article,
    Aside,
    B,
    Blockquote,
    Body,
    Br,
    Button,
    Center,
    Cite,
    Dd,
    Del,
    Details,
    Dl,
    Div,
    Dt,
    Fieldset,
    Figcaption,
    Figure,
    Footer,
    Form,
    Head,
    Heading,
    /// `h1`
    Headline,
    Header,
    Hr,
    Html,
    I,
    Iframe,
    Img,
    Input,
    Label,
    Legend,
    Li,
    Link,
    Main,
    Meta,
    Nav,
    Noscript,
    Ol,
    Option,
    P,
    Pre,
    Q,
    Script,
    Section,
    Select,
    Span,
    Style,
    Summary,
    Table,
    Tbody,
    Td,
    Template,
    Textarea,
    Tfoot,
    Th,
    Thead,
    Time,
    Title,
    Tr,
    Ul,
    Other,
}

impl Tag {
    /// The tag of an HTML element's name.
    pub(super) fn of(name: &LocalName) -> Self {
        match *name {
            local_name!("a") => Self::A,
            local_name!("abbr") => Self::Abbr,
            local_name!("address") => Self::Address,
            local_name!("article") => Self::Article,
            local_name!("aside") => Self::Aside,
            local_name!("blockquote") => Self::Blockquote,
            local_name!("body") => Self::Body,
            local_name!("br") => Self::Br,
            local_name!("button") => Self::Button,
            local_name!("center") => Self::Center,
            local_name!("cite") => Self::Cite,
            local_name!("dd") => Self::Dd,
            local_name!("del") => Self::Del,
            local_name!("details") => Self::Details,
            local_name!("dl") => Self::Dl,
            local_name!("div") => Self::Div,
            local_name!("dt") => Self::Dt,
            local_name!("fieldset") => Self::Fieldset,
            local_name!("figcaption") => Self::Figcaption,
            local_name!("figure") => Self::Figure,
            local_name!("footer") => Self::Footer,
            local_name!("form") => Self::Form,
            local_name!("head") => Self::Head,
            local_name!("h1") => Self::Headline,
            local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6") => Self::Heading,
            local_name!("header") => Self::Header,
            local_name!("hr") => Self::Hr,
            local_name!("html") => Self::Html,
            local_name!("iframe") => Self::Iframe,
            local_name!("img") => Self::Img,
            local_name!("input") => Self::Input,
            local_name!("label") => Self::Label,
            local_name!("legend") => Self::Legend,
            local_name!("li") => Self::Li,
            local_name!("link") => Self::Link,
            local_name!("main") => Self::Main,
            local_name!("meta") => Self::Meta,
            local_name!("nav") => Self::Nav,
            local_name!("noscript") => Self::Noscript,
            local_name!("ol") => Self::Ol,
            local_name!("option") => Self::Option,
            local_name!("p") => Self::P,
            local_name!("pre") => Self::Pre,
            local_name!("q") => Self::Q,
            local_name!("script") => Self::Script,
            local_name!("section") => Self::Section,
            local_name!("select") => Self::Select,
            local_name!("span") => Self::Span,
            local_name!("style") => Self::Style,
            local_name!("summary") => Self::Summary,
            local_name!("table") => Self::Table,
            local_name!("tbody") => Self::Tbody,
            local_name!("td") => Self::Td,
            local_name!("template") => Self::Template,
            local_name!("textarea") => Self::Textarea,
            local_name!("tfoot") => Self::Tfoot,
            local_name!("th") => Self::Th,
            local_name!("thead") => Self::Thead,
            local_name!("time") => Self::Time,
            local_name!("title") => Self::Title,
            local_name!("tr") => Self::Tr,
            local_name!("ul") => Self::Ul,
            BOLD => Self::B,
            ITALIC => Self::I,
            _ => Self::Other,
        }
    }

    /// Whether it stands on lines of its own.
    pub(super) fn is_block(self) -> bool {
        use Tag::{
            Address, Article, Aside, Blockquote, Body, Center, Dd, Details, Div, Dl, Dt, Fieldset,
            Figcaption, Figure, Footer, Form, Header, Heading, Headline, Hr, Html, Li, Main, Nav, Ol, P, Pre,
            Section, Summary, Table, Tbody, Td, Tfoot, Th, Thead, Tr, Ul,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Body
                | Center
                | Dd
                | Details
                | Div
                | Dl
                | Dt
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | Header
                | Heading
                | Headline
                | Hr
                | Html
                | Li
                | Main
                | Nav
                | Ol
                | P
                | Pre
                | Section
                | Summary
                | Table
                | Tbody
                | Td
                | Tfoot
                | Th
                | Thead
                | Tr
                | Ul
        )
    }

    /// Whether what it holds is never a reader's words.
    pub(super) fn is_mute(self) -> bool {
        use Tag::{
            Button, Foreign, Head, Iframe, Input, Legend, Nav, Option, Script, Select, Style, Textarea, Title,
        };
        matches!(
            self,
            Button
                | Foreign
                | Head
                | Iframe
                | Input
                | Legend
                | Nav
                | Option
                | Script
                | Select
                | Style
                | Textarea
                | Title
        )
    }
}

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
