//! Elements that share a name, a property or a path.

use crate::extract::page::attributes::Key;
use crate::extract::page::dom::{Dom, Tag};
use crate::extract::page::signs::{Context, Signs};
use crate::extract::page::words::Meaning;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// What groups are called by, as the first member has it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Name {
    Class(u32, u16),
    Id(u32),
    Property(u32),
    Path(u32),
}

pub(super) type Members = (Vec<u32>, Name);

/// Elements by what they share.
pub(super) fn gather(dom: &Dom, signs: &Signs) -> Vec<Members> {
    let mut index: FxHashMap<u64, u32> = FxHashMap::default();
    let mut groups: Vec<Members> = Vec::new();
    let mut add = |key: u64, node: usize, name: Name| {
        let at = *index.entry(key).or_insert_with(|| {
            groups.push((Vec::new(), name));
            (groups.len() - 1) as u32
        });
        let members = &mut groups[at as usize].0;
        if members.last() != Some(&(node as u32)) {
            members.push(node as u32);
        }
    };
    let mut paths: Vec<u64> = vec![0; dom.len()];
    for node in 1..dom.len() {
        let tag = dom.tag(node);
        if tag == Tag::Text {
            continue;
        }
        let mut classes = dom.classes(node);
        let path = hash(&(paths[dom.parent(node)], tag, classes.next().map(shape)));
        paths[node] = path;
        if !may_hold(dom, signs, node) {
            continue;
        }
        let id = node as u32;
        for (i, class) in dom.classes(node).take(12).enumerate() {
            add(hash(&(1, tag, shape(class))), node, Name::Class(id, i as u16));
        }
        if let Some(value) = dom
            .attr(node, Key::Id)
            .filter(|v| v.bytes().any(|b| b.is_ascii_digit()) || !signs.meaning[node].is_none())
        {
            add(hash(&(2, tag, shape(value))), node, Name::Id(id));
        }
        for attr in dom.attrs(node) {
            use Key::{DataTestid, DataType, Itemprop, Itemtype, Property, Typeof};
            if matches!(attr.key, Itemprop | Itemtype | Typeof | Property | DataTestid | DataType) {
                let value = shape(dom.value(*attr));
                add(hash(&(3, tag, attr.key as u8, value)), node, Name::Property(id));
            }
        }
        add(hash(&(4, path, signs.context[node].any(Context::COMMENTS))), node, Name::Path(id));
    }
    groups
}

/// Whether an element can be a comment at all.
fn may_hold(dom: &Dom, signs: &Signs, node: usize) -> bool {
    use Tag::{
        Article, Blockquote, Dd, Details, Div, Dl, Dt, Li, Ol, Other, P, Section, Span, Table, Tbody, Td, Tr,
        Ul,
    };
    let nodes = node..dom.end(node);
    // A list whose items are the parts of one comment.
    let own = signs.meaning[node];
    let one = matches!(dom.tag(node), Ul | Ol)
        && own.any(Meaning::COMMENT | Meaning::POST)
        && !own.any(Meaning::MANY | Meaning::LIST | Meaning::CHILDREN);
    let part = matches!(
        dom.tag(node),
        Article
            | Blockquote
            | Dd
            | Details
            | Div
            | Dl
            | Dt
            | Li
            | Other
            | P
            | Section
            | Span
            | Table
            | Tbody
            | Td
            | Tr
    );
    (one || part)
        && !signs.context[node].any(Context::MUTE.with(Context::ASIDE).with(Context::FORM))
        && !signs.meaning[node].any(Meaning::PINGBACK)
        && signs.prose(&nodes) + signs.links(&nodes) > 0
        && (signs.dates(&nodes) + signs.persons(&nodes) > 0 || signs.context[node].any(Context::COMMENTS))
}

/// A name without the figures that number it, so that `comment-12` and `comment-13` are alike.
pub(super) fn shape(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    let mut in_figures = false;
    for b in name.bytes() {
        if b.is_ascii_digit() {
            if !in_figures {
                hasher.write_u8(b'#');
            }
            in_figures = true;
        } else {
            in_figures = false;
            hasher.write_u8(b.to_ascii_lowercase());
        }
    }
    hasher.finish()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}
