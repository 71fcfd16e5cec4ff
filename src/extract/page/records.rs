//! Which parts of a page are comments.
//!
//! Elements that share a tag and a class (or an id pattern, an `itemprop`, a path from the root) form a group.
//! A group is a list of comments if its members each hold prose, a person and a date of their own, and if words or
//! the page around them say so. Of groups that overlap the best one is taken, of equal ones the outermost.
//! A member's own region is what it holds without the members nested in it, so that replies nested in the comment
//! they answer count once.
//!
//! `gather` finds what is alike, `evidence` weighs it, `voices` asks who speaks in it, `candidate` tells whether it is
//! enough, `opener` adds the post that a thread begins with; the choice is here.

mod candidate;
mod evidence;
mod gather;
mod opener;
mod region;
mod voices;

use super::dom::Dom;
use super::signs::Signs;
use candidate::Candidate;
use evidence::Evidence;
use gather::gather;

pub(super) use region::Region;

/// A group of elements taken for comments, and why.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) members: Vec<Region>,
    /// What its members have in common, as a selector.
    pub(super) selector: String,
    pub(super) evidence: Evidence,
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
        let best = best.with_answers(dom, signs, &candidates).unwrap_or(best);
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
    if let Some(answers) = taken.first()
        && let Some(opener) = opener::opener(dom, signs, answers)
        && !taken.iter().any(|t| t.claims(&opener))
    {
        taken[0].members.insert(0, opener);
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
