//! The post that a thread begins with, where its part of the page is made otherwise than those that answer it.
//!
//! It is told by schema.org, as the question around its answers, or because it is built of the same named parts: the
//! name, date and words of both stand in elements of the same classes.

use super::candidate::Candidate;
use super::evidence::in_comments;
use super::gather::shape;
use super::region::Region;
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::{Dom, Tag};
use crate::extract::page::signs::{Context, Signs};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The opening post before the members of `answers`, if there is one.
pub(super) fn opener(dom: &Dom, signs: &Signs, answers: &Candidate) -> Option<Region> {
    let first = answers.members.first()?.nodes.clone();
    let nodes = question(dom, signs, &first).or_else(|| alike(dom, signs, &first))?;
    Some(Region { nodes, holes: Vec::new() })
}

/// The outermost part of a `Question`, before the first answer in it, that is a post.
fn question(dom: &Dom, signs: &Signs, first: &Range<usize>) -> Option<Range<usize>> {
    let asks = |node: usize| {
        let is = |key| dom.attr(node, key).is_some_and(|t| t.ends_with("Question"));
        is(Key::Itemtype) || is(Key::Typeof)
    };
    let whole = dom.ancestors(first.start).find(|a| asks(*a))?;
    let parts = (whole + 1..first.start).map(|node| node..dom.end(node));
    parts.filter(|nodes| nodes.end <= first.start).find(|nodes| is_post(signs, nodes))
}

/// Whether nodes hold what a post does, and no more.
fn is_post(signs: &Signs, nodes: &Range<usize>) -> bool {
    (1..=6).contains(&signs.dates(nodes))
        && (1..=12).contains(&signs.persons(nodes))
        && (20..=8_000).contains(&signs.prose(nodes))
}

/// The element before the first answer that has most of its classes, of those that have as many the innermost.
fn alike(dom: &Dom, signs: &Signs, first: &Range<usize>) -> Option<Range<usize>> {
    // Fewer say little, and one post has not many more.
    const FEWEST: usize = 5;
    const MOST: usize = 40;
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for node in first.clone().skip(1) {
        for class in dom.classes(node) {
            if places.len() < MOST {
                places.entry(shape(class)).or_default();
            }
        }
    }
    if places.len() < FEWEST {
        return None;
    }
    for node in 0..first.start {
        for class in dom.classes(node).take(12) {
            if let Some(places) = places.get_mut(&shape(class)) {
                places.push(node);
            }
        }
    }
    let beside = Context::MUTE.with(Context::ASIDE).with(Context::FORM);
    let mut best: Option<(usize, Range<usize>)> = None;
    for node in 1..first.start {
        let nodes = node..dom.end(node);
        let part = matches!(
            dom.tag(node),
            Tag::Div | Tag::Li | Tag::Article | Tag::Section | Tag::Td | Tag::Tr | Tag::Table
        );
        if !part
            || nodes.end > first.start
            || signs.context[node].any(beside)
            || in_comments(dom, signs, node)
            || !is_post(signs, &nodes)
            || signs.stories(&nodes) > 0
        {
            continue;
        }
        let has = |places: &&Vec<usize>| {
            let next = places.partition_point(|p| *p < nodes.start);
            places.get(next).is_some_and(|p| *p < nodes.end)
        };
        let shared = places.values().filter(has).count();
        if shared * 10 >= places.len() * 6 && best.as_ref().is_none_or(|(most, _)| shared >= *most) {
            best = Some((shared, nodes));
        }
    }
    best.map(|(_, nodes)| nodes)
}
