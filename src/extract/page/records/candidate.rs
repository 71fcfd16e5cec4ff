//! A group that may be a list of comments, and how it stands to others.

use super::Group;
use super::evidence::{Evidence, evidence, in_comments};
use super::gather::Name;
use super::region::{Region, count_children, forward, nested, own};
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Dom;
use crate::extract::page::signs::Signs;
use crate::extract::page::words::Meaning;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) name: Name,
    pub(super) members: Vec<Region>,
    pub(super) evidence: Evidence,
}

impl Candidate {
    pub(super) fn new(dom: &Dom, signs: &Signs, members: &[u32], name: Name) -> Option<Self> {
        let ranges = members.iter().map(|m| *m as usize..dom.end(*m as usize)).collect();
        Self::of(dom, signs, ranges, name)
    }

    /// A candidate of ranges in document order, each apart from or within the one before.
    pub(super) fn of(dom: &Dom, signs: &Signs, ranges: Vec<Range<usize>>, name: Name) -> Option<Self> {
        let mut regions = nested(ranges);
        regions.retain(|r| {
            let parts = r.parts();
            own(&parts, |p| signs.prose(p)) > 0 && (signs.forum || own(&parts, |p| signs.stories(p)) == 0)
        });
        // Parts that look like most comments do, but stand elsewhere: the header of the article.
        let inside = |r: &Region| in_comments(dom, signs, r.nodes.start);
        let n_inside = regions.iter().filter(|r| inside(r)).count();
        if !signs.forum && n_inside < regions.len() && n_inside * 10 > regions.len() * 6 {
            regions.retain(inside);
        }
        let ranges = regions.into_iter().map(|r| r.nodes).collect();
        let members = nested(ranges);
        let evidence = evidence(dom, signs, &members, name)?;
        Some(Self { name, members, evidence })
    }

    /// The same with each member drawn out to the next one: `dt` and its `dd`, a header row and the rows below it.
    pub(super) fn joined(&self, dom: &Dom, signs: &Signs) -> Option<Self> {
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

    /// The same with the answers that stand within its members under another name: the editor's in a reader's comment.
    pub(super) fn with_answers(&self, dom: &Dom, signs: &Signs, candidates: &[Self]) -> Option<Self> {
        if signs.forum || self.evidence.in_comments.max(self.evidence.comment_words) < 0.5 {
            return None;
        }
        let complete = |c: &&Self| {
            let e = &c.evidence;
            let named = e.comment_words.max(e.post_words) > 0.5 && e.parts < 0.5;
            named
                && e.dated > 0.8
                && e.signed > 0.8
                && e.prose > 20.0
                && c.members.len() <= 2 * self.members.len()
        };
        let said = |c: &&Self| c.members.iter().all(|m| !signs.meaning[m.nodes.start].any(Meaning::QUOTE));
        candidates.iter().take(60).filter(complete).filter(said).find_map(|inner| {
            self.covered(inner)?;
            let mut ranges: Vec<_> =
                self.members.iter().chain(&inner.members).map(|m| m.nodes.clone()).collect();
            ranges.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
            ranges.dedup();
            let both = Self::of(dom, signs, ranges, self.name)?;
            let whole = both.members.len() == self.members.len() + inner.members.len();
            let speak = both.members.iter().filter(|m| own(&m.parts(), |p| signs.prose(p)) > 12).count();
            let holds = both.evidence.dated > 0.9
                && both.evidence.signed > 0.9
                && speak * 10 >= both.members.len() * 9;
            (whole && holds).then_some(both)
        })
    }

    pub(super) fn first(&self) -> usize {
        self.members.first().map_or(usize::MAX, |m| m.nodes.start)
    }

    pub(super) fn order(&self) -> f32 {
        self.evidence.score
    }

    /// How many members of `other` lie in each of these, if all do.
    pub(super) fn covered(&self, other: &Self) -> Option<Vec<usize>> {
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
    pub(super) fn are_parts(&self, counts: &[usize], signs: &Signs, whole: &Self) -> bool {
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
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let mut mine: Vec<Range<usize>> = self.members.iter().flat_map(Region::parts).collect();
        mine.sort_by_key(|r| r.start);
        other.members.iter().flat_map(Region::parts).any(|r| {
            let i = mine.partition_point(|m| m.end <= r.start);
            mine.get(i).is_some_and(|m| m.start < r.end)
        })
    }

    /// Whether any member shares something with `region`.
    pub(super) fn claims(&self, region: &Region) -> bool {
        let meets = |m: &Region| m.nodes.start < region.nodes.end && region.nodes.start < m.nodes.end;
        self.members.iter().any(meets)
    }

    /// Whether the evidence is enough.
    pub(super) fn holds(&self, signs: &Signs) -> bool {
        let e = &self.evidence;
        let several = e.n >= 2;
        if e.dated < 0.3 && (e.prose < 20.0 || e.n == 1 && e.prose < 80.0) {
            return false;
        }
        // Newspapers call a column of opinions `comment` as well.
        if e.teasers > 0.5 && (e.comment_words < 0.5 || e.in_comments < 0.5 && e.prose < 80.0) {
            return false;
        }
        if e.comment_words > 0.5 && e.parts < 0.5 {
            let alone = if e.in_comments > 0.5 { 0.9 } else { 1.5 };
            return if several {
                // What clients are said to have said has no date.
                e.dated + e.signed > 0.7 && (e.reviews < 0.5 || e.dated > 0.5)
            } else {
                e.dated + e.signed > alone && e.signed + e.named > 0.5 && e.many < 0.5
            };
        }
        if e.in_comments > 0.5 || e.comment_words > 0.5 {
            return if several {
                e.dated > 0.6 && e.signed > 0.3
                    || e.dated > 0.8 && e.signed + e.named > 0.8 && e.prose > 20.0 && e.parts < 0.5
                    || e.n >= 3 && e.signed > 0.8 && e.prose > 60.0 && e.parts < 0.5
            } else {
                e.dated + e.signed > 1.5 && e.crowded < 0.5
            };
        }
        if !signs.forum && e.voices.monologue && (e.voices.profiles < 0.5 || e.post_words < 0.5) {
            return false;
        }
        if e.typed > 0.5 {
            return e.dated > 0.6 && e.signed > 0.6;
        }
        if e.post_words > 0.5 {
            return e.dated > 0.6 && e.signed > 0.6 && (signs.forum || e.n >= 3 && e.teasers < 0.2);
        }
        let enough = if signs.forum { 2 } else { 3 };
        if e.voices.leads > 0.5 || e.quotes > 0.5 {
            return false;
        }
        // Several articles on a page are signed and dated too, but longer.
        let brief = signs.forum || e.prose < 1_000.0;
        e.n >= enough && e.dated > 0.8 && e.signed > 0.8 && e.prose > 40.0 && e.teasers < 0.2 && brief
    }

    pub(super) fn into_group(self, dom: &Dom) -> Group {
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
