//! Which comment answers which: by nesting, by lists of replies beside a comment, by what is stated of each comment,
//! by depth in class names.

use super::attributes::Key;
use super::dom::{Dom, Tag};
use super::records::Region;
use super::signs::Signs;
use super::words::Meaning;
use rustc_hash::FxHashMap;

/// A comment's place in its thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Thread {
    /// The index of the comment it answers.
    pub(super) parent: Option<usize>,
    pub(super) depth: Option<u32>,
}

/// The threads of regions in document order; without any sign of nesting all are without depth.
pub(super) fn threads(dom: &Dom, signs: &Signs, regions: &[Region]) -> Vec<Thread> {
    let nested = by_nesting(dom, signs, regions);
    if nested.iter().any(|t| t.parent.is_some()) {
        return nested;
    }
    if let Some(stated) = by_statement(dom, regions) {
        return stated;
    }
    let depths: Vec<Option<u32>> =
        regions.iter().map(|r| depth(dom, r.nodes.start).or_else(|| indent(dom, &r.nodes))).collect();
    if depths.iter().flatten().any(|d| Some(*d) != depths.iter().flatten().min().copied()) {
        return by_depth(&depths);
    }
    vec![Thread::default(); regions.len()]
}

fn by_nesting(dom: &Dom, signs: &Signs, regions: &[Region]) -> Vec<Thread> {
    let mut threads = vec![Thread::default(); regions.len()];
    let mut open: Vec<usize> = Vec::new();
    for i in 0..regions.len() {
        let nodes = &regions[i].nodes;
        while open.last().is_some_and(|o| regions[*o].nodes.end <= nodes.start) {
            open.pop();
        }
        let parent = open.last().copied().or_else(|| beside(dom, signs, regions, i));
        threads[i].parent = parent;
        threads[i].depth = Some(parent.and_then(|p| threads[p].depth).map_or(0, |d| d + 1));
        open.push(i);
    }
    threads
}

/// The comment that a list of replies, around region `i`, follows.
fn beside(dom: &Dom, signs: &Signs, regions: &[Region], i: usize) -> Option<usize> {
    let start = regions[i].nodes.start;
    let first = regions.first()?.nodes.start;
    for around in dom.ancestors(start).take(6) {
        if around == 0 || dom.contains(around, first) {
            return None;
        }
        if !signs.meaning[around].any(Meaning::CHILDREN | Meaning::REPLY) {
            continue;
        }
        // The last region that ends before the list, within the list's parent.
        let parent = dom.parent(around);
        let before = regions[..i].partition_point(|r| r.nodes.start < around);
        let mut candidate = before.checked_sub(1)?;
        // Of a thread before the list take the top.
        while let Some(outer) = candidate.checked_sub(1).filter(|o| {
            regions[*o].nodes.start > parent && regions[*o].nodes.end > regions[candidate].nodes.start
        }) {
            candidate = outer;
        }
        return (regions[candidate].nodes.start >= parent).then_some(candidate);
    }
    None
}

/// The threads by what each comment says of the one it answers: its id, or a link to it behind `in reply to`.
fn by_statement(dom: &Dom, regions: &[Region]) -> Option<Vec<Thread>> {
    let mut ids: FxHashMap<&str, usize> = FxHashMap::default();
    for (i, region) in regions.iter().enumerate() {
        for node in region.nodes.clone().take(4) {
            let stated =
                [Key::Id, Key::DataCommentId, Key::DataCommentid, Key::DataId, Key::DataPostId, Key::Name];
            for id in stated.into_iter().filter_map(|key| dom.attr(node, key)).filter(|id| !id.is_empty()) {
                ids.entry(id).or_insert(i);
                ids.entry(number_at_end(id)).or_insert(i);
            }
        }
    }
    let mut threads = vec![Thread { parent: None, depth: Some(0) }; regions.len()];
    for (i, region) in regions.iter().enumerate() {
        let parent = answered(dom, region, &ids).filter(|parent| *parent < i);
        threads[i].parent = parent;
        threads[i].depth = parent.map_or(Some(0), |p| threads[p].depth.map(|d| d + 1));
    }
    threads.iter().any(|t| t.parent.is_some()).then_some(threads)
}

fn number_at_end(id: &str) -> &str {
    let name = id.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() < id.len() { &id[name.len()..] } else { id }
}

fn answered(dom: &Dom, region: &Region, ids: &FxHashMap<&str, usize>) -> Option<usize> {
    let keys = [Key::DataParentId, Key::DataParentid, Key::DataParent, Key::Parentid];
    let stated = region.nodes.clone().take(4).find_map(|node| {
        let id = keys.into_iter().find_map(|key| dom.attr(node, key))?;
        ids.get(id).or_else(|| ids.get(number_at_end(id)))
    });
    stated.copied().or_else(|| {
        let mut links = region.nodes.clone().take(80).filter(|n| dom.tag(*n) == Tag::A);
        links.find_map(|link| {
            let (_, id) = dom.attr(link, Key::Href)?.rsplit_once('#')?;
            let before = link.checked_sub(1).filter(|b| dom.tag(*b) == Tag::Text).map_or("", |b| dom.text(b));
            (names_an_answer(before) || names_an_answer(dom.text(link))).then(|| ids.get(id).copied())?
        })
    })
}

/// `in reply to`, before a link or in it.
fn names_an_answer(text: &str) -> bool {
    const CUES: [&str; 8] = [
        "reply to",
        "replying to",
        "antwort auf",
        "en réponse à",
        "en respuesta a",
        "in risposta a",
        "em resposta a",
        "ответ на",
    ];
    if text.len() > 80 {
        return false;
    }
    let lower = text.to_lowercase();
    CUES.iter().any(|cue| lower.contains(cue))
}

fn by_depth(depths: &[Option<u32>]) -> Vec<Thread> {
    let base = depths.iter().flatten().min().copied().unwrap_or(0);
    let mut open: Vec<(u32, usize)> = Vec::new();
    depths
        .iter()
        .enumerate()
        .map(|(i, depth)| {
            let own = depth.unwrap_or(base);
            while open.last().is_some_and(|(d, _)| *d >= own) {
                open.pop();
            }
            let thread = Thread { parent: open.last().map(|(_, p)| *p), depth: Some(open.len() as u32) };
            open.push((own, i));
            thread
        })
        .collect()
}

/// A depth that the page states within the comment's first elements: an indent as a picture's width.
fn indent(dom: &Dom, nodes: &std::ops::Range<usize>) -> Option<u32> {
    nodes.clone().take(12).find_map(|node| {
        let stated = dom.attr(node, Key::Indent).and_then(|v| v.trim().parse().ok());
        stated.or_else(|| {
            let picture = dom.tag(node) == Tag::Img && dom.classes(dom.parent(node)).any(|c| c == "ind");
            picture.then(|| dom.attr(node, Key::Width)?.trim().parse().ok()).flatten()
        })
    })
}

/// A depth that the page states: `depth-2`, `level_2`, `data-depth`, an indent in pixels.
fn depth(dom: &Dom, node: usize) -> Option<u32> {
    for attr in [Key::DataDepth, Key::AriaLevel, Key::Depth, Key::DataLevel, Key::DataIndent] {
        if let Some(depth) = dom.attr(node, attr).and_then(|v| v.trim().parse().ok()) {
            return Some(depth);
        }
    }
    let classes = dom.classes(node).find_map(|class| {
        let name = class.trim_end_matches(|c: char| c.is_ascii_digit());
        let figures = &class[name.len()..];
        let name = name.trim_end_matches(['-', '_']);
        let name = name.rsplit(['-', '_']).next().unwrap_or_default();
        matches!(name, "depth" | "level" | "indent" | "tier" | "lvl" | "ebene" | "niveau")
            .then(|| figures.parse().ok())
            .flatten()
    });
    classes.or_else(|| {
        let style = dom.attr(node, Key::Style)?;
        let (_, rest) = style.split_once("margin-left").or_else(|| style.split_once("padding-left"))?;
        let figures: String =
            rest.trim_start_matches([':', ' ']).chars().take_while(char::is_ascii_digit).collect();
        figures.parse().ok()
    })
}
