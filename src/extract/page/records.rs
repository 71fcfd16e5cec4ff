//! Which parts of a page are comments.
//!
//! Elements that share a tag and a class (or an id pattern, an `itemprop`, a path from the root) form a group.
//! A group is a list of comments if its members each hold prose, a person and a date of their own, and if words or
//! the page around them say so. Of groups that overlap the best one is taken, of equal ones the outermost.
//! A member's own region is what it holds without the members nested in it, so that replies nested in the comment
//! they answer count once.
//!
//! It is long: gathering, weighing and choosing share the candidate and its evidence.

use super::attributes::Key;
use super::dom::{Dom, Tag};
use super::signs::{Context, Signs, is_profile};
use super::words::{Meaning, meaning};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// One comment's part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    /// Its nodes: an element, or an element and the siblings that follow it.
    pub(super) nodes: Range<usize>,
    /// Parts of it that belong to other comments, in order.
    pub(super) holes: Vec<Range<usize>>,
}

impl Region {
    /// The parts of the region that are its own, in order.
    pub(super) fn parts(&self) -> Vec<Range<usize>> {
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

/// A group of elements taken for comments, and why.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) members: Vec<Region>,
    /// What its members have in common, as a selector.
    pub(super) selector: String,
    pub(super) evidence: Evidence,
}

/// What speaks for a group, as shares of its members.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    pub(super) n: usize,
    pub(super) dated: f32,
    pub(super) signed: f32,
    /// Mean letters of prose.
    pub(super) prose: f32,
    pub(super) comment_words: f32,
    pub(super) post_words: f32,
    pub(super) in_comments: f32,
    pub(super) teasers: f32,
    parts: f32,
    many: f32,
    quality: f32,
    score: f32,
}

/// The groups of comments in a page, best first; none overlaps another unless it lies within one member of it.
/// And the best of those whose evidence is not enough.
pub(super) fn groups(dom: &Dom, signs: &Signs) -> (Vec<Group>, Option<Group>) {
    let mut nearest: Option<Candidate> = None;
    let mut candidates: Vec<Candidate> = gather(dom, signs)
        .into_iter()
        .flat_map(|(members, name)| {
            let plain = Candidate::new(dom, signs, &members, name);
            let joined = plain.as_ref().and_then(|p| p.joined(dom, signs));
            [plain, joined]
        })
        .flatten()
        .filter_map(|c| {
            if c.holds(signs) {
                return Some(c);
            }
            if nearest.as_ref().is_none_or(|n| n.order() < c.order()) {
                nearest = Some(c);
            }
            None
        })
        .collect();
    candidates.sort_by(|a, b| b.order().total_cmp(&a.order()).then(a.first().cmp(&b.first())));
    let mut taken: Vec<Candidate> = Vec::new();
    let first_prose = |taken: &[Candidate]| taken.first().map_or(0.0, |t| t.evidence.prose);
    while let Some(best) = best(&candidates, &taken, signs) {
        let best = candidates.swap_remove(best);
        // What else there is must be like comments as well as unlike the ones found: the comments on an answer, the
        // first post of a thread, but not a list of names beside.
        if taken.is_empty() || (best.evidence.prose >= 0.2 * first_prose(&taken) && best.evidence.parts < 0.5)
        {
            taken.push(best);
        }
        candidates.sort_by(|a, b| b.order().total_cmp(&a.order()).then(a.first().cmp(&b.first())));
        if taken.len() >= 6 {
            break;
        }
    }
    let groups = taken.into_iter().map(|c| c.into_group(dom)).collect();
    (groups, nearest.map(|c| c.into_group(dom)))
}

/// The best candidate that shares nothing with those taken, or one around it that fits it member by member.
///
/// Of candidates that hold the same comments the outermost is the whole comment; one whose members each hold as
/// many of the best one's, of which one has most of the prose, is the whole that those are parts of.
fn best(candidates: &[Candidate], taken: &[Candidate], signs: &Signs) -> Option<usize> {
    let free = |c: &Candidate| taken.iter().all(|t| !t.overlaps(c));
    let first = candidates.iter().position(free)?;
    let mut best = first;
    for (i, c) in candidates.iter().enumerate().take(300) {
        let inner = &candidates[best];
        if c.order() < candidates[first].order() * 0.25 {
            break;
        }
        if i == best || c.first() > inner.first() || c.members.len() > inner.members.len() || !free(c) {
            continue;
        }
        let Some(counts) = c.covered(inner) else { continue };
        let same = c.members.len() == inner.members.len() && counts.iter().all(|n| *n == 1);
        let outer = c.first() < inner.first();
        let bar = if same && outer && inner.members.len() >= 2 {
            0.5
        } else if same && outer {
            0.93
        } else if inner.are_parts(&counts, signs, c) {
            0.25
        } else {
            continue;
        };
        if c.order() >= inner.order() * bar {
            best = i;
        }
    }
    Some(best)
}

/// What groups are called by, as the first member has it.
#[derive(Debug, Clone, Copy)]
enum Name {
    Class(u32, u16),
    Id(u32),
    Property(u32),
    Path(u32),
}

type Members = (Vec<u32>, Name);

/// Elements by what they share.
fn gather(dom: &Dom, signs: &Signs) -> Vec<Members> {
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
        Article, Blockquote, Dd, Details, Div, Dl, Dt, Li, Other, P, Section, Span, Table, Tbody, Td, Tr,
    };
    let nodes = node..dom.end(node);
    matches!(
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
    ) && !signs.context[node].any(Context::MUTE.with(Context::ASIDE).with(Context::FORM))
        && !signs.meaning[node].any(Meaning::PINGBACK)
        && signs.prose(&nodes) + signs.links(&nodes) > 0
        && (signs.dates(&nodes) + signs.persons(&nodes) > 0 || signs.context[node].any(Context::COMMENTS))
}

/// A name without the figures that number it, so that `comment-12` and `comment-13` are alike.
fn shape(name: &str) -> u64 {
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

#[derive(Debug, Clone)]
struct Candidate {
    name: Name,
    members: Vec<Region>,
    evidence: Evidence,
}

impl Candidate {
    fn new(dom: &Dom, signs: &Signs, members: &[u32], name: Name) -> Option<Self> {
        let ranges = members.iter().map(|m| *m as usize..dom.end(*m as usize)).collect();
        Self::of(dom, signs, ranges, name)
    }

    /// A candidate of ranges in document order, each apart from or within the one before.
    fn of(dom: &Dom, signs: &Signs, ranges: Vec<Range<usize>>, name: Name) -> Option<Self> {
        let mut regions = nested(ranges);
        regions.retain(|r| {
            let parts = r.parts();
            own(&parts, |p| signs.prose(p)) > 0 && (signs.forum || own(&parts, |p| signs.stories(p)) == 0)
        });
        let ranges = regions.into_iter().map(|r| r.nodes).collect();
        let members = nested(ranges);
        let evidence = evidence(dom, signs, &members, name)?;
        Some(Self { name, members, evidence })
    }

    /// The same with each member drawn out to the next one: `dt` and its `dd`, a header row and the rows below it.
    fn joined(&self, dom: &Dom, signs: &Signs) -> Option<Self> {
        if self.members.len() < 2 || self.evidence.dated + self.evidence.signed < 0.9 {
            return None;
        }
        let mut starts: Vec<usize> = self.members.iter().map(|m| m.nodes.start).collect();
        let mut lifts = 0;
        // The cell of a header row stands for its row.
        while starts.windows(2).any(|w| dom.parent(w[0]) != dom.parent(w[1])) {
            lifts += 1;
            starts = starts.into_iter().map(|s| dom.parent(s)).collect();
            if lifts > 2 || starts.windows(2).any(|w| w[0] >= w[1]) {
                return None;
            }
        }
        // A header comes first: what ends a row of words, such as a note that it was edited, heads no other.
        let before = self.members.iter().zip(&starts).map(|(m, start)| signs.prose(&(*start..m.nodes.start)));
        if before.sum::<u32>() as f32 > self.evidence.prose.max(40.0) * self.members.len() as f32 {
            return None;
        }
        let parent = dom.parent(starts[0]);
        let step = starts.windows(2).map(|w| count_children(dom, w[0], w[1])).min().unwrap_or(1).clamp(1, 6);
        if step < 2 {
            return None;
        }
        let ranges = starts
            .iter()
            .enumerate()
            .map(|(i, start)| {
                let stop = starts.get(i + 1).copied().unwrap_or(dom.end(parent));
                *start..forward(dom, *start, step, stop)
            })
            .collect();
        let joined = Self::of(dom, signs, ranges, self.name)?;
        // A header says little; what follows it says the rest.
        let header = self.evidence.prose < 80.0
            || self.evidence.prose < 300.0 && joined.evidence.prose > self.evidence.prose * 3.0;
        let worth = header
            && joined.evidence.prose > self.evidence.prose * 1.5 + 10.0
            && joined.evidence.quality > self.evidence.quality - 0.02;
        worth.then_some(joined)
    }

    fn first(&self) -> usize {
        self.members.first().map_or(usize::MAX, |m| m.nodes.start)
    }

    fn order(&self) -> f32 {
        self.evidence.score
    }

    /// How many members of `other` lie in each of these, if all do.
    fn covered(&self, other: &Self) -> Option<Vec<usize>> {
        let mut counts = vec![0; self.members.len()];
        for o in &other.members {
            let i = self.members.partition_point(|m| m.nodes.start <= o.nodes.start);
            let around = self.members[..i].iter().enumerate().rev().take(16);
            let (at, _) = around.into_iter().find(|(_, m)| m.nodes.end >= o.nodes.end)?;
            counts[at] += 1;
        }
        Some(counts)
    }

    /// Whether the members, `counts` of them in each whole, are parts: as many in each, and one with most of the prose.
    fn are_parts(&self, counts: &[usize], signs: &Signs, whole: &Self) -> bool {
        let Some(k) = counts.get(counts.len() / 2).copied() else { return false };
        let alike = counts.iter().filter(|n| **n == k).count();
        if !(2..=4).contains(&k) || counts.len() < 2 || alike * 10 < counts.len() * 7 {
            return false;
        }
        let mut sums = vec![0_u64; k];
        let mut at = 0;
        for n in counts {
            for (i, member) in self.members[at..at + n].iter().enumerate().filter(|_| *n == k) {
                sums[i] += u64::from(own(&member.parts(), |p| signs.prose(p)));
            }
            at += n;
        }
        let (least, most) =
            (sums.iter().min().copied().unwrap_or(0), sums.iter().max().copied().unwrap_or(0));
        // Replies nested in what they answer are comments of their own, and so is what has much to say.
        let nested = self.members.iter().any(|m| !m.holes.is_empty());
        // Or each lacks what the whole has: the author stands in one, the words in the other.
        let complete = |e: &Evidence| e.dated + e.signed;
        let lacking = complete(&whole.evidence) > complete(&self.evidence) + 0.2;
        !nested && least < 80 * alike as u64 && (lacking || least * 10 < most * 4)
    }

    /// Whether the two claim the same part of the page.
    fn overlaps(&self, other: &Self) -> bool {
        let mut mine: Vec<Range<usize>> = self.members.iter().flat_map(Region::parts).collect();
        mine.sort_by_key(|r| r.start);
        other.members.iter().flat_map(Region::parts).any(|r| {
            let i = mine.partition_point(|m| m.end <= r.start);
            mine.get(i).is_some_and(|m| m.start < r.end)
        })
    }

    /// Whether the evidence is enough.
    fn holds(&self, signs: &Signs) -> bool {
        let e = &self.evidence;
        let several = e.n >= 2;
        if e.dated < 0.3 && (e.prose < 20.0 || e.n == 1 && e.prose < 80.0) {
            return false;
        }
        if e.teasers > 0.5 && e.comment_words < 0.5 {
            return false;
        }
        if e.comment_words > 0.5 && e.parts < 0.5 {
            return if several { e.dated + e.signed > 0.7 } else { e.dated + e.signed > 0.9 && e.many < 0.5 };
        }
        if e.in_comments > 0.5 || e.comment_words > 0.5 {
            return if several {
                e.dated > 0.6 && e.signed > 0.3 || e.n >= 3 && e.signed > 0.8 && e.prose > 60.0
            } else {
                e.dated + e.signed > 1.5
            };
        }
        if e.post_words > 0.5 {
            return e.dated > 0.6 && e.signed > 0.6 && (signs.forum || e.n >= 3 && e.teasers < 0.2);
        }
        let enough = if signs.forum { 2 } else { 3 };
        e.n >= enough && e.dated > 0.8 && e.signed > 0.8 && e.prose > 40.0 && e.teasers < 0.2
    }

    fn into_group(self, dom: &Dom) -> Group {
        let selector = match self.name {
            Name::Class(node, i) => {
                let class = dom.classes(node as usize).nth(i.into()).unwrap_or_default();
                format!("{}.{class}", tag_name(dom, node))
            }
            Name::Id(node) => {
                format!("{}#{}", tag_name(dom, node), dom.attr(node as usize, Key::Id).unwrap_or_default())
            }
            Name::Property(node) => format!("{}[itemprop]", tag_name(dom, node)),
            Name::Path(node) => format!("{} by its path", tag_name(dom, node)),
        };
        Group { members: self.members, selector, evidence: self.evidence }
    }
}

fn tag_name(dom: &Dom, node: u32) -> String {
    format!("{:?}", dom.tag(node as usize)).to_lowercase()
}

/// Regions with the holes that later, nested ones make.
fn nested(ranges: Vec<Range<usize>>) -> Vec<Region> {
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

fn own(parts: &[Range<usize>], count: impl Fn(&Range<usize>) -> u32) -> u32 {
    parts.iter().map(count).sum()
}

/// The end of `n` siblings from `start` on, before `stop`.
fn forward(dom: &Dom, start: usize, n: usize, stop: usize) -> usize {
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

fn count_children(dom: &Dom, from: usize, to: usize) -> usize {
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

fn evidence(dom: &Dom, signs: &Signs, members: &[Region], name: Name) -> Option<Evidence> {
    if members.is_empty() {
        return None;
    }
    // A name that says what the members are outweighs what else they are called.
    let meant = match name {
        Name::Class(node, i) => meaning(dom.classes(node as usize).nth(i.into()).unwrap_or_default()),
        Name::Id(node) => meaning(dom.attr(node as usize, Key::Id).unwrap_or_default()),
        Name::Property(_) | Name::Path(_) => Meaning::NONE,
    };
    let mut e = Evidence { n: members.len(), ..Evidence::default() };
    let share = 1.0 / members.len() as f32;
    for member in members {
        let parts = member.parts();
        let dates = own(&parts, |p| signs.dates(p));
        let persons = own(&parts, |p| signs.persons(p));
        let prose = own(&parts, |p| signs.prose(p)) as f32;
        let node = member.nodes.start;
        let m = signs.meaning[node];
        let is = |yes: bool| if yes { share } else { 0.0 };
        e.dated += is(dates > 0);
        e.signed += is(persons > 0);
        e.prose += prose * share;
        e.comment_words += is(m.any(Meaning::COMMENT | Meaning::REVIEW));
        e.post_words += is(m.any(Meaning::POST | Meaning::REPLY));
        let own = m.any(Meaning::COMMENT | Meaning::REVIEW);
        let around = if own { dom.parent(node) } else { node };
        e.in_comments += is(around != 0 && signs.context[around].any(Context::COMMENTS));
        let naming = if meant.is_none() { m } else { meant };
        e.parts += is(naming.any(
            Meaning::ABOUT
                | Meaning::AUTHOR
                | Meaning::DATE
                | Meaning::ACTION
                | Meaning::TITLE
                | Meaning::COUNT,
        ));
        e.many += is(naming.any(Meaning::MANY | Meaning::LIST));
        e.teasers += is(is_teaser(dom, signs, &parts));
        let dates = match dates {
            0 => 0.0,
            1..=6 => 1.0,
            7..=12 => 0.5,
            _ => 0.1,
        };
        let persons = if persons > 0 { 1.0 } else { 0.0 };
        e.quality += (0.35 * dates + 0.3 * persons + 0.35 * (prose / 25.0).min(1.0)) * share;
    }
    let meant = 2.0 * e.comment_words - 0.5 * e.many - 0.7 * e.parts
        + 1.2 * (e.post_words - e.comment_words).max(0.0)
        + e.in_comments;
    e.score = e.n as f32 * e.quality.powi(3) * (1.0 + meant.max(0.0)) * (2.0 + e.prose / 20.0).ln();
    Some(e)
}

/// The figures that an id ends in, where they are enough to be its own.
fn own_number(id: &str) -> Option<&str> {
    let figures = id.len() - id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (figures >= 2).then(|| &id[id.len() - figures..])
}

/// Whether a part of the page only leads to another: a headline that is a link, and a few words.
fn is_teaser(dom: &Dom, signs: &Signs, parts: &[Range<usize>]) -> bool {
    if own(parts, |p| signs.links(p)) <= 15 {
        return false;
    }
    // A headline that leads to the part itself is its subject.
    let number = parts.first().and_then(|p| dom.attr(p.start, Key::Id)).and_then(own_number);
    let mut links = parts.iter().flat_map(|p| signs.link_nodes(p)).map(|a| *a as usize).take(8);
    links.any(|a| {
        let href = dom.attr(a, Key::Href).unwrap_or_default();
        let in_heading = matches!(dom.tag(dom.parent(a)), Tag::Heading | Tag::Headline)
            || dom.ancestors(a).take(3).any(|p| matches!(dom.tag(p), Tag::Heading | Tag::Headline))
            || dom.children(a).any(|c| matches!(dom.tag(c), Tag::Heading | Tag::Headline));
        in_heading
            && !href.contains('#')
            && !number.is_some_and(|number| href.contains(number))
            && !is_profile(href)
            && signs.links(&(a..dom.end(a))) > 15
            && !signs.meaning[a].any(Meaning::AUTHOR)
    })
}
