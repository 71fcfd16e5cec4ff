//! A comment's part of the page: ranges of nodes, and what is nested in them.

use crate::extract::page::dom::{Dom, Tag};
use std::ops::Range;

/// One comment's part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract::page) struct Region {
    /// Its nodes: an element, or an element and the siblings that follow it.
    pub(in crate::extract::page) nodes: Range<usize>,
    /// Parts of it that belong to other comments, in order.
    pub(in crate::extract::page) holes: Vec<Range<usize>>,
}

impl Region {
    /// The parts of the region that are its own, in order.
    pub(in crate::extract::page) fn parts(&self) -> Vec<Range<usize>> {
        let mut parts = Vec::with_capacity(self.holes.len() + 1);
        let mut from = self.nodes.start;
        for hole in &self.holes {
            if hole.start > from {
                parts.push(from..hole.start);
            }
            from = from.max(hole.end);
        }
        if from < self.nodes.end {
            parts.push(from..self.nodes.end);
        }
        parts
    }
}

/// Regions with the holes that later, nested ones make.
pub(super) fn nested(ranges: Vec<Range<usize>>) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::with_capacity(ranges.len());
    let mut open: Vec<usize> = Vec::new();
    for nodes in ranges {
        while open.last().is_some_and(|o| regions[*o].nodes.end <= nodes.start) {
            open.pop();
        }
        if let Some(outer) = open.last() {
            regions[*outer].holes.push(nodes.clone());
        }
        open.push(regions.len());
        regions.push(Region { nodes, holes: Vec::new() });
    }
    regions
}

pub(super) fn own(parts: &[Range<usize>], count: impl Fn(&Range<usize>) -> u32) -> u32 {
    parts.iter().map(count).sum()
}

/// The end of `n` siblings from `start` on, before `stop`.
pub(super) fn forward(dom: &Dom, start: usize, n: usize, stop: usize) -> usize {
    let mut end = start;
    let mut left = n;
    while end < stop && left > 0 {
        if dom.tag(end) != Tag::Text {
            left -= 1;
        }
        end = dom.end(end);
    }
    end.min(stop)
}

pub(super) fn count_children(dom: &Dom, from: usize, to: usize) -> usize {
    let mut n = 0;
    let mut at = from;
    while at < to && n < 20 {
        if dom.tag(at) != Tag::Text {
            n += 1;
        }
        at = dom.end(at);
    }
    n
}
