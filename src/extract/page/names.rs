//! The names of elements, made without a look at the table of all names where they are common.

use html5ever::{LocalName, QualName, local_name};
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};

/// Formatting elements are named so: names of drawings' elements, which mean nothing outside of drawings.
pub(super) const BOLD: LocalName = local_name!("feflood");
/// The name of elements for stress.
pub(super) const ITALIC: LocalName = local_name!("feimage");
/// The name of all others.
pub(super) const FORMATTING: LocalName = local_name!("fetile");

/// The name in lower case, as the tree builder has it.
pub(super) fn local(name: &str) -> LocalName {
    match name {
        "a" => local_name!("a"),
        "b" => local_name!("b"),
        "br" => local_name!("br"),
        "button" => local_name!("button"),
        "dd" => local_name!("dd"),
        "div" => local_name!("div"),
        "em" => local_name!("em"),
        "h2" => local_name!("h2"),
        "h3" => local_name!("h3"),
        "i" => local_name!("i"),
        "img" => local_name!("img"),
        "input" => local_name!("input"),
        "li" => local_name!("li"),
        "link" => local_name!("link"),
        "meta" => local_name!("meta"),
        "p" => local_name!("p"),
        "script" => local_name!("script"),
        "span" => local_name!("span"),
        "strong" => local_name!("strong"),
        "svg" => local_name!("svg"),
        "td" => local_name!("td"),
        "tr" => local_name!("tr"),
        "ul" => local_name!("ul"),
        other => LocalName::from(other),
    }
}

/// The qualified names of a page, each once, so that a reference to one is all that a node needs.
///
/// They stand in blocks, each twice as long as the one before, that never move.
#[derive(Default)]
pub(super) struct Names {
    blocks: [OnceCell<Box<[OnceCell<QualName>]>>; 32],
    /// The number of each, from 1.
    found: RefCell<FxHashMap<QualName, u32>>,
}

impl Names {
    /// The name, as it is kept here.
    pub(super) fn kept(&self, name: QualName) -> &QualName {
        let number = {
            let mut found = self.found.borrow_mut();
            let next = found.len() as u32 + 1;
            // Not by `entry`, which would have the name even if it is known.
            match found.get(&name) {
                Some(number) => *number,
                None => {
                    found.insert(name.clone(), next);
                    next
                }
            }
        };
        let block = number.ilog2();
        let block_of = || (0..1_u32 << block).map(|_| OnceCell::new()).collect();
        let cells = self.blocks[block as usize].get_or_init(block_of);
        cells[(number - (1 << block)) as usize].get_or_init(|| name)
    }
}
