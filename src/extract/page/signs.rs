//! What each node of a page gives away by itself: its names, a date, a person, prose.
//!
//! One pass over the [`Dom`]. All later questions ("how many dates lie in here?") are subtractions of prefix sums.
//!
//! Dates are told in `dates`, persons in `persons`, where a node lies in `context`.

mod context;
mod dates;
mod persons;

use super::attributes::Key;
use super::dom::{Dom, Tag};
use super::fields;
use super::words::{Meaning, meaning, own_meaning};
use crate::extract::date::{DateOptions, When};
use persons::{labels_a_name, says_person};
use rustc_hash::FxHashMap;
use std::ops::Range;

pub(super) use context::Context;
pub(super) use persons::{is_profile, states_membership};

/// A date in the page.
#[derive(Debug, Clone)]
pub(super) struct DateMark {
    pub(super) node: u32,
    pub(super) when: When,
    /// Whether it was written for machines.
    pub(super) exact: bool,
}

/// The signs of a whole page.
#[derive(Debug, Default)]
pub(super) struct Signs {
    pub(super) meaning: Vec<Meaning>,
    pub(super) context: Vec<Context>,
    pub(super) date_marks: Vec<DateMark>,
    /// Whether the page says that it is a forum.
    pub(super) forum: bool,
    /// The links of the page, in order.
    links: Vec<u32>,
    /// The elements that are or show a person, in order.
    persons: Vec<u32>,
    /// How much of each lies before a node, and at the end how much there is.
    before: Vec<Counts>,
}

/// How much there is of what is counted.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    dates: u32,
    persons: u32,
    prose: u32,
    links: u32,
    stories: u32,
}

impl Signs {
    /// How many dates lie in `nodes`.
    pub(super) fn dates(&self, nodes: &Range<usize>) -> u32 {
        self.before[nodes.end].dates - self.before[nodes.start].dates
    }
    /// How many names or pictures of persons lie in `nodes`.
    pub(super) fn persons(&self, nodes: &Range<usize>) -> u32 {
        self.before[nodes.end].persons - self.before[nodes.start].persons
    }
    /// How many letters lie in `nodes` outside of links, forms and the like.
    pub(super) fn prose(&self, nodes: &Range<usize>) -> u32 {
        self.before[nodes.end].prose - self.before[nodes.start].prose
    }
    /// How many letters lie in links in `nodes`.
    pub(super) fn links(&self, nodes: &Range<usize>) -> u32 {
        self.before[nodes.end].links - self.before[nodes.start].links
    }
    /// How many signs of an article lie in `nodes`: its headline, its marked body.
    pub(super) fn stories(&self, nodes: &Range<usize>) -> u32 {
        self.before[nodes.end].stories - self.before[nodes.start].stories
    }
    /// The elements in `nodes` that are or show a person, in order.
    pub(super) fn person_nodes(&self, nodes: &Range<usize>) -> &[u32] {
        let from = self.persons.partition_point(|n| (*n as usize) < nodes.start);
        let to = self.persons.partition_point(|n| (*n as usize) < nodes.end);
        &self.persons[from..to]
    }
    /// The links in `nodes`, in order.
    pub(super) fn link_nodes(&self, nodes: &Range<usize>) -> &[u32] {
        let from = self.links.partition_point(|n| (*n as usize) < nodes.start);
        let to = self.links.partition_point(|n| (*n as usize) < nodes.end);
        &self.links[from..to]
    }
    /// The dates in `nodes`, in order.
    pub(super) fn date_marks(&self, nodes: &Range<usize>) -> &[DateMark] {
        let from = self.date_marks.partition_point(|m| (m.node as usize) < nodes.start);
        let to = self.date_marks.partition_point(|m| (m.node as usize) < nodes.end);
        &self.date_marks[from..to]
    }

    /// The signs of `dom`.
    pub(super) fn of(dom: &Dom, options: DateOptions) -> Self {
        Reader { dom, options, names: FxHashMap::default(), signs: Self::default(), announced: Vec::new() }
            .read()
    }
}

struct Reader<'d> {
    dom: &'d Dom,
    options: DateOptions,
    names: FxHashMap<&'d str, Meaning>,
    signs: Signs,
    /// Parents of headings that announce comments; all that follows in them is such.
    announced: Vec<usize>,
}

impl<'d> Reader<'d> {
    fn read(mut self) -> Signs {
        let n = self.dom.len();
        self.signs.meaning.reserve(n);
        self.signs.context.reserve(n);
        self.signs.before.reserve(n + 1);
        let mut forum_words = 0;
        let mut so_far = Counts::default();
        // Where everything has a headline, a headline says nothing.
        let headlines = self.dom.nodes.iter().filter(|n| n.tag == Tag::Headline).count() <= 3;
        let bodies =
            self.dom.attrs_called(Key::Itemprop).filter(|v| v.ends_with("articleBody")).take(2).count() < 2;
        for node in 0..n {
            self.signs.before.push(so_far);
            let tag = self.dom.tag(node);
            if tag == Tag::Text {
                let context = self.signs.context[self.dom.parent(node)];
                self.signs.meaning.push(Meaning::NONE);
                self.signs.context.push(context);
                if context.any(Context::MUTE) {
                    continue;
                }
                let text = self.dom.text(node);
                let n = letters(text);
                if context.any(Context::LINK) {
                    so_far.links += n;
                } else if !context.any(Context::FORM) {
                    so_far.prose += n;
                }
                if n > 0 && self.text_date(node, text) {
                    so_far.dates += 1;
                    let named = context.any(Context::COMMENTS)
                        && (fields::name_beside_date(text).is_some() || self.follows_a_name(node, text));
                    so_far.persons += u32::from(named);
                }
                if n > 3 && (says_person(text) || labels_a_name(text) && !context.any(Context::FORM)) {
                    so_far.persons += 1;
                    // The bare verb, as in `<b>Ada</b> says:`, is what blogs write above comments.
                    let verb_alone = text.split_whitespace().nth(1).is_none();
                    forum_words +=
                        u32::from(!verb_alone && (!text.trim_end().ends_with(':') || text.len() < 20));
                }
                continue;
            }
            if tag == Tag::A {
                self.signs.links.push(node as u32);
            }
            let own = self.names(node, tag);
            // A newspaper has topics too.
            forum_words += u32::from(own.any(Meaning::FORUM) && !own.any(Meaning::ASIDE | Meaning::STORY));
            let context = self.context(node, tag, own);
            self.signs.meaning.push(own);
            self.signs.context.push(context);
            if context.any(Context::MUTE) {
                continue;
            }
            so_far.dates += u32::from(self.element_date(node, tag, own) || self.unread_date(node, own));
            if self.person(node, tag, own) {
                so_far.persons += 1;
                self.signs.persons.push(node as u32);
            }
            so_far.stories += u32::from(self.is_story(node, tag, (headlines, bodies)));
            if self.announces(node, tag) {
                self.announced.push(self.dom.parent(node));
            }
        }
        self.signs.before.push(so_far);
        self.signs.forum = forum_words >= 3;
        self.signs
    }

    fn names(&mut self, node: usize, tag: Tag) -> Meaning {
        let mut sum = Meaning::NONE;
        for attr in self.dom.attrs(node) {
            let value = match attr.key {
                Key::Class
                | Key::Id
                | Key::Itemprop
                | Key::Property
                | Key::DataTestid
                | Key::DataRole
                | Key::DataType
                | Key::DataQa => self.dom.value(*attr),
                Key::Role if self.dom.value(*attr) == "comment" => "comment",
                Key::AriaLabel if is_labelled_a_comment(self.dom.value(*attr)) => "comment",
                Key::Itemtype | Key::Typeof => {
                    self.dom.value(*attr).rsplit(['/', ':']).next().unwrap_or_default()
                }
                _ => continue,
            };
            sum |= *self.names.entry(value).or_insert_with(|| own_meaning(value));
        }
        if matches!(tag, Tag::Html | Tag::Body) {
            // A theme hangs everything it knows onto the body.
            return if sum.any(Meaning::FORUM) { Meaning::FORUM } else { Meaning::NONE };
        }
        sum
    }

    fn context(&mut self, node: usize, tag: Tag, own: Meaning) -> Context {
        let mut context =
            if node == 0 { Context::default() } else { self.signs.context[self.dom.parent(node)] };
        if !self.announced.is_empty()
            && self.announced.iter().rev().take(8).any(|a| *a == self.dom.parent(node))
        {
            context = context.with(Context::COMMENTS);
        }
        let hidden_template = tag == Tag::Template && self.dom.attr(node, Key::Shadowrootmode).is_none();
        // A notice that another page links here is nobody's comment.
        let notice = own.any(Meaning::PINGBACK)
            && !own.any(Meaning::MANY | Meaning::LIST | Meaning::COMMENT)
            && matches!(tag, Tag::Li | Tag::Article | Tag::Div)
            && self.dom.text(node).len() < 800;
        if tag.is_mute() && !self.is_named_button(node, tag) || hidden_template || notice {
            context = context.with(Context::MUTE);
        }
        if tag == Tag::A {
            context = context.with(Context::LINK);
        }
        let text = self.dom.text_at(self.dom.end(node)) - self.dom.text_at(node);
        // What holds most of the page is not beside it, however it is named.
        let most = text * 2 > self.dom.text_at(self.dom.len());
        if (tag == Tag::Form || own.any(Meaning::FORM))
            && !own.any(Meaning::BODY)
            && text < 3_000
            && !self.holds_dates(node)
        {
            context = context.with(Context::FORM);
        }
        // Short, signed and dated, one below the other, and yet the newsroom's own words.
        if self.dom.attr(node, Key::Itemtype).is_some_and(|t| t.ends_with("LiveBlogPosting")) {
            return context.with(Context::ASIDE);
        }
        let comments =
            own.any(Meaning::COMMENT | Meaning::REVIEW) && !own.any(Meaning::COUNT | Meaning::ACTION);
        if comments && !own.any(Meaning::ASIDE) {
            context = context.without(Context::ASIDE).with(Context::COMMENTS);
        } else if !most
            && (matches!(tag, Tag::Nav | Tag::Aside)
                || (own.any(Meaning::ASIDE) && !own.any(Meaning::POST | Meaning::BODY)))
        {
            context = context.with(Context::ASIDE);
        }
        context
    }

    /// Whether a button is what a person is called by: it opens what the page knows of them.
    fn is_named_button(&mut self, node: usize, tag: Tag) -> bool {
        let text = self.dom.text(node);
        if tag != Tag::Button || text.len() > 300 || fields::clean_name(text).is_none() {
            return false;
        }
        (node..self.dom.end(node)).take(4).filter(|n| self.dom.tag(*n) != Tag::Text).any(|n| {
            let meant = self.names(n, self.dom.tag(n));
            meant.any(Meaning::AUTHOR)
                && !meant.any(Meaning::ACTION | Meaning::FORM | Meaning::VOTE | Meaning::COUNT)
        })
    }

    /// Whether a node marks the page's own article.
    fn is_story(&self, node: usize, tag: Tag, (headlines, bodies): (bool, bool)) -> bool {
        if tag == Tag::Headline {
            return headlines && letters(self.dom.text(node)) > 10;
        }
        let is = |key: Key, ends: &[&str]| {
            self.dom.attr(node, key).is_some_and(|v| ends.iter().any(|e| v.ends_with(e)))
        };
        bodies && is(Key::Itemprop, &["articleBody"]) || is(Key::Itemtype, &["Article", "BlogPosting"])
    }

    /// Whether an element is a heading such as `3 comments`.
    fn announces(&self, node: usize, tag: Tag) -> bool {
        if !(tag == Tag::Heading || matches!(tag, Tag::Div | Tag::P | Tag::Legend)) {
            return false;
        }
        let text = self.dom.text(node);
        if text.len() > 80 || text.len() < 4 {
            return false;
        }
        let links = self.dom.inside(node).take(50).any(|n| self.dom.tag(n) == Tag::A);
        let numbered = text.bytes().any(|b| b.is_ascii_digit());
        (tag == Tag::Heading || !links && !numbered)
            && (crate::extract::plain::announces(text) || tag == Tag::Heading && counts_answers(text))
            && !meaning(text).any(Meaning::ASIDE)
    }
}

/// `Comment by Ada 2 hours ago`, as a part is read out to those who do not see it.
fn is_labelled_a_comment(label: &str) -> bool {
    const BY: [&str; 9] = [
        "Comment by ",
        "Comment from ",
        "Reply by ",
        "Kommentar von ",
        "Antwort von ",
        "Commentaire de ",
        "Comentario de ",
        "Comentário de ",
        "Commento di ",
    ];
    label.len() < 160 && BY.iter().any(|by| label.starts_with(by))
}

/// `3 responses to “Bus lane”`, `Discussion (3)`.
fn counts_answers(text: &str) -> bool {
    // Boards count replies, below a first post that is one of them.
    const ANSWERS: [&str; 9] = [
        "response",
        "responses",
        "thought",
        "thoughts",
        "discussion",
        "diskussion",
        "gedanke",
        "gedanken",
        "meinungen",
    ];
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut words = text.split_whitespace().take(3).map(bare);
    text.bytes().any(|b| b.is_ascii_digit()) && words.any(|w| ANSWERS.contains(&w.as_str()))
}

/// Letters and figures, roughly: everything but blanks.
pub(super) fn letters(text: &str) -> u32 {
    // Bytes that begin a character and are no ASCII blank or control.
    text.bytes().map(|b| u32::from(b > b' ' && b & 0xC0 != 0x80)).sum()
}
