//! Who speaks in a group of like elements that nothing names as comments: several people, or one, or a list of links.
//!
//! The first members stand for all, so that this costs little however many there are.

use super::region::Region;
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::{Dom, Tag};
use crate::extract::page::fields::clean_name;
use crate::extract::page::signs::{Context, Signs, is_profile, letters};
use crate::extract::page::words::Meaning;
use std::ops::Range;

/// What the first members of a group tell of who speaks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Voices {
    /// Whether all, three or more, show one person: the newsroom, or who publishes a list of changes.
    pub(super) monologue: bool,
    /// Share that lead to the page of a person.
    pub(super) profiles: f32,
    /// Share that begin with a link to something else.
    pub(super) leads: f32,
}

/// Members that are looked at.
const MOST: usize = 32;

impl Voices {
    pub(super) fn of(dom: &Dom, signs: &Signs, members: &[Region]) -> Self {
        let mut voices = Self::default();
        let share = 1.0 / members.len().clamp(1, MOST) as f32;
        for member in members.iter().take(MOST) {
            let leads_to_person = |n: usize| dom.attr(n, Key::Href).is_some_and(is_profile);
            let parts = member.parts();
            voices.profiles += if persons(signs, &parts).any(leads_to_person) { share } else { 0.0 };
            voices.leads += if leads(dom, signs, &parts) { share } else { 0.0 };
        }
        // As a rule the second is another than the first, and no more need be asked.
        let mut shown = members.iter().take(MOST).map(|member| shown(dom, signs, member));
        let first = shown.next().unwrap_or_default();
        voices.monologue = members.len() >= 3 && !first.is_empty() && shown.all(|name| name == first);
        voices
    }
}

/// What may hold the person of a part.
fn persons(signs: &Signs, parts: &[Range<usize>]) -> impl Iterator<Item = usize> {
    parts.iter().flat_map(|p| signs.person_nodes(p)).take(12).map(|n| *n as usize)
}

/// The name that a member shows; pictures tell nobody apart.
fn shown<'d>(dom: &'d Dom, signs: &Signs, member: &Region) -> &'d str {
    let parts = member.parts();
    let mut names = persons(signs, &parts).map(|n| dom.text(n)).filter(|t| t.len() < 200).map(str::trim);
    names.find(|t| clean_name(t).is_some()).unwrap_or_default()
}

/// Whether a part begins with the name of something else that it leads to, as a row of a list of topics does.
fn leads(dom: &Dom, signs: &Signs, parts: &[Range<usize>]) -> bool {
    let readable = |n: &usize| dom.tag(*n) == Tag::Text && !signs.context[*n].any(Context::MUTE);
    let texts = parts.iter().flat_map(Clone::clone).take(60).filter(readable);
    let mut texts = texts.map(|n| (n, dom.text(n))).take_while(|(_, text)| text.len() < 400);
    let Some((first, text)) = texts.find(|(_, text)| letters(text) > 1) else { return false };
    let Some(link) = dom.ancestors(first).take(3).find(|a| dom.tag(*a) == Tag::A) else { return false };
    let href = dom.attr(link, Key::Href).unwrap_or_default();
    let person = is_profile(href)
        || signs.meaning[link].any(Meaning::AUTHOR)
        || dom.attr(link, Key::Rel).is_some_and(|r| r.contains("nofollow") || r.contains("author"));
    letters(text) > 12 && !href.contains('#') && !person
}
