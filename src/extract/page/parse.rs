//! Markup → [`Dom`]: our cutter, html5ever's tree builder, our own arena.
//!
//! In comes a page as text, out comes a [`Dom`].
//! Two things stand between the cutter and the tree builder so that time and memory stay linear in the
//! page's size: elements nested deeper than [`MAX_DEPTH`] are read as if they were not there (their text is
//! kept, and how many they are is told), and so are elements past one in [`BYTES_PER_ELEMENT`] bytes; and formatting elements (`b`, `i`, `font` …) are named
//! so that the tree builder does not reopen each of them in each later paragraph, which unclosed ones make
//! quadratic.

use super::arena::{Arena, Content, NONE, element};
use super::dom::{Dom, Tag};
use super::names::{BOLD, FORMATTING, ITALIC, Names};
use super::tokens::{Piece, marked, tokens};
use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag as TagToken, TagKind, Token, TokenSink};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, local_name, ns};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

/// Elements nested deeper than this are left out, their text stays in the deepest one that is not.
pub(super) const MAX_DEPTH: u32 = 1024;
/// Elements past one in this many bytes are left out, their text stays: a tree takes some 200 bytes an element, and
/// even pages that are all markup need 20 to write one that says something.
const BYTES_PER_ELEMENT: usize = 20;
/// So many elements are read however short the page is.
const FEW_ELEMENTS: usize = 200_000;

/// The tree of `page`.
pub(super) fn parse(page: &str) -> Dom {
    let names = Names::default();
    let arena = RefCell::new(Arena::with_capacity(page.len() / 40));
    let sink = Sink { arena, names: &names, depth: Cell::new(0) };
    let options = TreeBuilderOpts {
        scripting_enabled: false,
        drop_doctype: true,
        exact_errors: false,
        ..TreeBuilderOpts::default()
    };
    let mut gate = Gate {
        builder: TreeBuilder::new(sink, options),
        skipped: Vec::new(),
        elements: 0,
        max_elements: (page.len() / BYTES_PER_ELEMENT).max(FEW_ELEMENTS),
        n_too_deep: 0,
        n_too_many: 0,
    };
    let (mut json, mut data) = (Vec::new(), Vec::new());
    let attrs = tokens(&StrTendril::from(page), |piece| match piece {
        Piece::Token(token) => gate.token(token),
        Piece::Json(text) => json.push(text),
        Piece::Data(text) => data.push(text),
    });
    // What the builder answers steers a tokenizer of its own, which there is none of: raw text never reaches it.
    let _ = gate.builder.process_token(Token::EOFToken, 1);
    gate.builder.end();
    let mut dom = gate.builder.sink.arena.take().into_dom(attrs, json);
    dom.data = data;
    dom.n_too_deep = gate.n_too_deep;
    dom.n_too_many = gate.n_too_many;
    dom
}

/// Lets tokens through to the tree builder, or not.
struct Gate<'n> {
    builder: TreeBuilder<Handle<'n>, Sink<'n>>,
    /// Names whose start tags were left out, innermost last, so that their end tags are left out too.
    skipped: Vec<LocalName>,
    elements: usize,
    max_elements: usize,
    n_too_deep: u32,
    n_too_many: u32,
}

impl Gate<'_> {
    fn token(&mut self, token: Token) {
        let token = match token {
            Token::TagToken(mut tag) => {
                if !self.passes(&tag) {
                    return;
                }
                if let Some(name) = plain_name(&tag.name) {
                    tag.name = name;
                }
                Token::TagToken(tag)
            }
            token => token,
        };
        let _ = self.builder.process_token(token, 1);
    }

    /// Whether the tag goes to the builder.
    fn passes(&mut self, tag: &TagToken) -> bool {
        // A frame left open within `noscript` would swallow the rest: browsers read neither, we read both. After
        // `plaintext` nothing would be markup.
        if matches!(tag.name, local_name!("iframe") | local_name!("plaintext") | local_name!("frameset")) {
            return false;
        }
        let depth = &self.builder.sink.depth;
        if tag.kind == TagKind::EndTag {
            if self.skipped.last() == Some(&tag.name) {
                self.skipped.pop();
                return false;
            }
            depth.set(depth.get().saturating_sub(1));
            return true;
        }
        if self.elements >= self.max_elements || depth.get() >= MAX_DEPTH {
            self.n_too_deep += u32::from(depth.get() >= MAX_DEPTH);
            self.n_too_many += u32::from(self.elements >= self.max_elements);
            if !tag.self_closing && !is_void(&tag.name) && self.skipped.len() < FEW_ELEMENTS {
                self.skipped.push(tag.name.clone());
            }
            return false;
        }
        self.elements += 1;
        true
    }
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("br")
            | local_name!("img")
            | local_name!("hr")
            | local_name!("input")
            | local_name!("meta")
            | local_name!("link")
            | local_name!("area")
            | local_name!("base")
            | local_name!("col")
            | local_name!("embed")
            | local_name!("source")
            | local_name!("track")
            | local_name!("wbr")
            | local_name!("param")
    )
}

/// A formatting element's name outside the standard's list of them.
fn plain_name(name: &LocalName) -> Option<LocalName> {
    Some(match *name {
        local_name!("b") | local_name!("strong") => BOLD,
        local_name!("i") | local_name!("em") => ITALIC,
        local_name!("u")
        | local_name!("font")
        | local_name!("big")
        | local_name!("small")
        | local_name!("tt")
        | local_name!("code")
        | local_name!("nobr")
        | local_name!("s")
        | local_name!("strike") => FORMATTING,
        _ => return None,
    })
}

/// A node of the arena with its name, so that the builder's many name checks need not look it up.
#[derive(Clone, Copy)]
struct Handle<'n> {
    id: u32,
    name: &'n QualName,
}

#[derive(Debug)]
struct Name<'a>(&'a QualName);

impl ElemName for Name<'_> {
    fn ns(&self) -> &html5ever::Namespace {
        &self.0.ns
    }
    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
    fn expanded(&self) -> ExpandedName<'_> {
        self.0.expanded()
    }
}

struct Sink<'n> {
    arena: RefCell<Arena>,
    names: &'n Names,
    /// How deep the element appended last stands, less one for each end tag since: at least as deep as the
    /// next one will stand, but for end tags that close nothing. (The builder does not tell of each pop.)
    depth: Cell<u32>,
}

impl<'n> TreeSink for Sink<'n> {
    type Handle = Handle<'n>;
    type Output = Self;
    type ElemName<'a>
        = Name<'a>
    where
        Self: 'a;

    fn finish(self) -> Self {
        self
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> Handle<'n> {
        Handle { id: 0, name: self.names.kept(QualName::new(None, ns!(), local_name!(""))) }
    }
    fn elem_name<'a>(&'a self, target: &'a Handle<'n>) -> Name<'a> {
        Name(target.name)
    }
    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle<'n> {
        let tag = if name.ns == ns!(html) { Tag::of(&name.local) } else { Tag::Foreign };
        let id = self.arena.borrow_mut().push(element(tag, &marked(&attrs)));
        Handle { id, name: self.names.kept(name) }
    }
    fn create_comment(&self, _: StrTendril) -> Handle<'n> {
        // The gate lets no comment through; the builder asks for none by itself.
        Handle { id: self.arena.borrow_mut().push(Content::Text(StrTendril::new())), ..self.get_document() }
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle<'n> {
        self.create_comment(StrTendril::new())
    }
    fn append(&self, parent: &Handle<'n>, child: NodeOrText<Handle<'n>>) {
        let mut arena = self.arena.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => {
                arena.append(parent.id, node.id);
                self.depth.set(arena.node(node.id).depth);
            }
            NodeOrText::AppendText(text) => arena.append_text(parent.id, text),
        }
    }
    fn append_based_on_parent_node(
        &self,
        element: &Handle<'n>,
        previous: &Handle<'n>,
        child: NodeOrText<Handle<'n>>,
    ) {
        let has_parent = self.arena.borrow_mut().node(element.id).parent != NONE;
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &Handle<'n>) -> Handle<'n> {
        *target
    }
    fn same_node(&self, x: &Handle<'n>, y: &Handle<'n>) -> bool {
        x.id == y.id
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, sibling: &Handle<'n>, child: NodeOrText<Handle<'n>>) {
        let mut arena = self.arena.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => arena.insert_before(sibling.id, node.id),
            NodeOrText::AppendText(text) => {
                let parent = arena.node(sibling.id).parent;
                if parent != NONE {
                    let id = arena.push(Content::Text(text));
                    arena.insert_before(sibling.id, id);
                }
            }
        }
    }
    fn add_attrs_if_missing(&self, target: &Handle<'n>, attrs: Vec<Attribute>) {
        let more = marked(&attrs);
        let added = &mut self.arena.borrow_mut().added;
        if more.is_empty() {
            return;
        }
        match added.iter_mut().find(|(to, _)| *to == target.id) {
            Some((_, ranges)) => ranges.push(more),
            None => added.push((target.id, vec![more])),
        }
    }
    fn remove_from_parent(&self, target: &Handle<'n>) {
        self.arena.borrow_mut().detach(target.id);
    }
    fn reparent_children(&self, node: &Handle<'n>, new_parent: &Handle<'n>) {
        let mut arena = self.arena.borrow_mut();
        loop {
            let child = arena.node(node.id).first;
            if child == NONE {
                break;
            }
            arena.append(new_parent.id, child);
        }
    }
}
