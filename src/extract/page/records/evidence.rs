//! What speaks for a group of like elements, and against it.

use super::gather::Name;
use super::region::{Region, own};
use super::voices::Voices;
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::{Dom, Tag};
use crate::extract::page::fields::leading_name;
use crate::extract::page::signs::{Context, Signs, is_profile};
use crate::extract::page::words::{Meaning, meaning};
use std::ops::Range;

/// What speaks for a group, as shares of its members.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::extract::page) struct Evidence {
    pub(in crate::extract::page) n: usize,
    pub(in crate::extract::page) dated: f32,
    pub(in crate::extract::page) signed: f32,
    /// Mean letters of prose.
    pub(in crate::extract::page) prose: f32,
    pub(in crate::extract::page) comment_words: f32,
    pub(in crate::extract::page) post_words: f32,
    pub(in crate::extract::page) in_comments: f32,
    pub(in crate::extract::page) teasers: f32,
    pub(super) parts: f32,
    pub(super) many: f32,
    /// Who speaks, where nothing names them comments.
    pub(super) voices: Voices,
    /// Members that are quotations.
    pub(super) quotes: f32,
    /// Members named as reviews and not as comments.
    pub(super) reviews: f32,
    /// Members that schema.org calls a comment or answer.
    pub(super) typed: f32,
    /// Members without a sign of a person that begin as with a name, each with another.
    pub(super) named: f32,
    /// Members with more persons or dates than one comment has.
    pub(super) crowded: f32,
    pub(super) quality: f32,
    pub(super) score: f32,
}

/// Members without a person that are asked whether they begin with a name.
const SAMPLE: usize = 64;

pub(super) fn evidence(dom: &Dom, signs: &Signs, members: &[Region], name: Name) -> Option<Evidence> {
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
    let mut names: Vec<String> = Vec::new();
    let mut n_nameless = 0;
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
        if persons == 0 && dates > 0 && n_nameless < SAMPLE {
            n_nameless += 1;
            names.extend(leading_name(dom, signs, &parts).map(|(_, name)| name));
        }
        e.comment_words += is(m.any(Meaning::COMMENT | Meaning::REVIEW));
        e.post_words += is(m.any(Meaning::POST | Meaning::REPLY));
        e.in_comments += is(in_comments(dom, signs, node));
        e.quotes += is(m.any(Meaning::QUOTE) || dom.tag(node) == Tag::Blockquote);
        e.reviews += is(m.any(Meaning::REVIEW) && !m.any(Meaning::COMMENT));
        e.typed += is(is_typed(dom, node));
        e.crowded += is(dates > 12 || persons > 12);
        let naming = if meant.is_none() { m } else { meant };
        e.parts += is(naming.any(
            Meaning::ABOUT
                | Meaning::AUTHOR
                | Meaning::DATE
                | Meaning::ACTION
                | Meaning::TITLE
                | Meaning::COUNT,
        ) || naming.any(Meaning::PROFILE) && !m.any(Meaning::COMMENT | Meaning::POST));
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
    // Where it is not named for comments, who speaks must tell.
    if e.comment_words <= 0.5 && e.in_comments <= 0.5 && e.dated > 0.5 && e.signed > 0.5 {
        e.voices = Voices::of(dom, signs, members);
    }
    let n_names = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() * 10 >= n_names * 6 {
        e.named = n_names as f32 / members.len().min(SAMPLE) as f32;
    }
    let meant = 2.0 * e.comment_words - 0.5 * e.many - 0.7 * e.parts
        + 1.2 * (e.post_words - e.comment_words).max(0.0)
        + e.in_comments;
    e.score = e.n as f32 * e.quality.powi(3) * (1.0 + meant.max(0.0)) * (2.0 + e.prose / 20.0).ln();
    Some(e)
}

fn is_typed(dom: &Dom, node: usize) -> bool {
    let types = ["Comment", "UserComments", "Answer", "DiscussionForumPosting"];
    let of = |key| dom.attr(node, key).and_then(|t| t.rsplit(['/', ':']).next());
    [Key::Itemtype, Key::Typeof].into_iter().filter_map(of).any(|t| types.contains(&t))
}

/// Whether an element lies in a part that is named for comments, other than itself.
pub(super) fn in_comments(dom: &Dom, signs: &Signs, node: usize) -> bool {
    let own = signs.meaning[node].any(Meaning::COMMENT | Meaning::REVIEW);
    let around = if own { dom.parent(node) } else { node };
    around != 0 && signs.context[around].any(Context::COMMENTS)
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
