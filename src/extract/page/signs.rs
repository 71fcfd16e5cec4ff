//! What each node of a page gives away by itself: its names, a date, a person, prose.
//!
//! One pass over the [`Dom`]. All later questions ("how many dates lie in here?") are subtractions of prefix sums.
//!
//! It is long: all signs are read in one pass over the page.

use super::attributes::Key;
use super::dom::{Dom, Tag};
use super::fields;
use super::words::{Meaning, meaning};
use crate::extract::date::{self, DateOptions, When};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Where a node lies, inherited from its ancestors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Context(u8);

impl Context {
    /// In something that is never a reader's words.
    pub(super) const MUTE: Self = Self(1);
    /// Beside the matter: navigation, teasers, lists of recent things.
    pub(super) const ASIDE: Self = Self(2);
    /// In a form to fill in.
    pub(super) const FORM: Self = Self(4);
    /// In something named for comments.
    pub(super) const COMMENTS: Self = Self(8);
    /// In a link.
    pub(super) const LINK: Self = Self(16);

    pub(super) fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

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
                if n > 3 && says_person(text) {
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
            forum_words += u32::from(own.any(Meaning::FORUM));
            let context = self.context(node, tag, own);
            self.signs.meaning.push(own);
            self.signs.context.push(context);
            if context.any(Context::MUTE) {
                continue;
            }
            so_far.dates += u32::from(self.element_date(node, tag, own) || self.unread_date(node, own));
            so_far.persons += u32::from(self.person(node, tag, own));
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

    fn context(&self, node: usize, tag: Tag, own: Meaning) -> Context {
        let mut context =
            if node == 0 { Context::default() } else { self.signs.context[self.dom.parent(node)] };
        if !self.announced.is_empty()
            && self.announced.iter().rev().take(8).any(|a| *a == self.dom.parent(node))
        {
            context = context.with(Context::COMMENTS);
        }
        let hidden_template = tag == Tag::Template && self.dom.attr(node, Key::Shadowrootmode).is_none();
        if tag.is_mute() || hidden_template {
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

    /// Whether an element marked as a time lies in a form: then the form holds comments.
    fn holds_dates(&self, node: usize) -> bool {
        self.dom.inside(node).take(2_000).any(|n| match self.dom.tag(n) {
            Tag::Time => true,
            Tag::Text => {
                let text = self.dom.text(n);
                text.len() < 100 && date::find(text, self.options).is_some()
            }
            _ => false,
        })
    }

    fn text_date(&mut self, node: usize, text: &str) -> bool {
        // Marked times have been read where their element stands.
        let parent = self.dom.parent(node);
        let marked = self.signs.date_marks.last().is_some_and(|m| m.exact && m.node as usize == parent);
        if text.len() > 400 || marked {
            return false;
        }
        let text = text.trim();
        if text.len() > 160 {
            return false;
        }
        let bare = When { iso: None, has_time: false, ambiguous: false, relative: false };
        let Some(when) = date::find(text, self.options).or_else(|| date::is_like(text).then_some(bare))
        else {
            return false;
        };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: false });
        true
    }

    /// Whether a text with a date goes on after a name in bold: `<b>Ada</b> on 12 May 2020`.
    fn follows_a_name(&self, node: usize, text: &str) -> bool {
        let Some(before) = node.checked_sub(1).filter(|b| self.dom.tag(*b) == Tag::Text) else {
            return false;
        };
        let bold = self.dom.parent(before);
        let joint = text.trim_start().bytes().take_while(|b| !b.is_ascii_digit()).count();
        self.dom.tag(bold) == Tag::B
            && self.dom.end(bold) == node
            && joint < 20
            && (1..=40).contains(&letters(self.dom.text(bold)))
    }

    fn element_date(&mut self, node: usize, tag: Tag, own: Meaning) -> bool {
        let found = self.dom.attrs(node).iter().find_map(|a| {
            let value = self.dom.value(*a);
            let when = match a.key {
                Key::Datetime
                | Key::DataTime
                | Key::DataTimestamp
                | Key::DataUtime
                | Key::CreatedTimestamp
                | Key::DataDatetime
                | Key::DataDate
                | Key::DataCreated
                | Key::DataEpoch
                | Key::DataCreatedAt => date::machine(value.trim()),
                Key::Title | Key::Content | Key::DataOriginalTitle if value.len() < 60 && value.len() > 7 => {
                    let dated = own.any(Meaning::DATE)
                        || matches!(tag, Tag::Time | Tag::Abbr | Tag::Span | Tag::A | Tag::Meta | Tag::Other);
                    let found = date::find(value, self.options).filter(|w| w.iso.is_some());
                    // What has the time of day as well is no part of a sentence.
                    found.filter(|w| dated || w.has_time)
                }
                _ => None,
            }?;
            Some(when)
        });
        let Some(when) = found else { return false };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: true });
        true
    }

    /// A part named for dates whose date has no year, or is written in an unknown way.
    fn unread_date(&mut self, node: usize, own: Meaning) -> bool {
        if !own.any(Meaning::DATE) || own.any(Meaning::BODY | Meaning::COUNT) {
            return false;
        }
        let text = self.dom.text(node);
        if !date::is_like(text) || date::find(text, self.options).is_some() {
            return false;
        }
        let when = When { iso: None, has_time: false, ambiguous: false, relative: false };
        self.signs.date_marks.push(DateMark { node: node as u32, when, exact: false });
        true
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
            && crate::extract::plain::announces(text)
            && !meaning(text).any(Meaning::ASIDE)
    }

    fn person(&self, node: usize, tag: Tag, own: Meaning) -> bool {
        if tag == Tag::Img {
            return own.any(Meaning::AVATAR)
                || self.dom.attr(node, Key::Src).is_some_and(|s| s.contains("avatar"))
                || self.dom.attr(node, Key::Alt).is_some_and(|s| s.contains("vatar"));
        }
        let text = self.dom.text(node);
        let most = if own.any(Meaning::PROFILE) { 300 } else { 60 };
        if text.len() > 1_200 || !(1..=most).contains(&letters(text)) {
            return false;
        }
        own.any(Meaning::AUTHOR | Meaning::PROFILE)
            || tag == Tag::Cite
            || (tag == Tag::A && is_profile(self.dom.attr(node, Key::Href).unwrap_or_default()))
            || self.dom.attr(node, Key::DataAuthor).is_some()
    }
}

/// The meaning of a value without the classes that only say which categories an article is filed under, or how a part
/// is laid out.
fn own_meaning(value: &str) -> Meaning {
    let filed =
        |class: &str| ["category-", "tag-", "topic-", "cat-", "term-"].iter().any(|p| class.starts_with(p));
    let idle = |class: &str| filed(class) || is_layout(class);
    if !value.split_ascii_whitespace().any(idle) {
        return meaning(value);
    }
    value.split_ascii_whitespace().filter(|c| !idle(c)).map(meaning).fold(Meaning::NONE, |a, b| a | b)
}

/// Whether a class comes from a stock of looks: `text-muted` is no text, `justify-content-between` no content.
fn is_layout(class: &str) -> bool {
    const LOOKS: &[&str] = &[
        "muted",
        "info",
        "center",
        "left",
        "right",
        "start",
        "end",
        "primary",
        "secondary",
        "success",
        "danger",
        "warning",
        "light",
        "dark",
        "white",
        "black",
        "nowrap",
        "truncate",
        "break",
        "small",
        "xs",
        "sm",
        "base",
        "lg",
        "xl",
        "uppercase",
        "lowercase",
        "capitalize",
        "reset",
        "decoration-none",
        "gray",
        "grey",
    ];
    let looks = |rest: &str| {
        let word = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        LOOKS.contains(&word)
    };
    class.strip_prefix("text-").is_some_and(looks)
        || class.starts_with("justify-content-")
        || class.starts_with("align-content-")
}

/// Whether a short text is one that stands beside a person: `Posts: 12`, `Registered: …`, `… wrote:`.
fn says_person(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "posts:",
        "joined:",
        "registered:",
        "join date:",
        "location:",
        "beiträge:",
        "registriert",
        "dabei seit",
        "mitglied seit",
        "ort:",
        "messages:",
        "inscrit",
        "mensajes:",
        "registrado",
        "messaggi:",
        "iscritto",
        "berichten:",
        "lid sinds",
        "posty:",
        "dołączył",
        "сообщений:",
        "says:",
        "schrieb ",
        "schreibt ",
        "sagt ",
        "sagte ",
        "wrote ",
        "said ",
        "a écrit ",
        "escribió ",
        "ha scritto ",
        "schrieb:",
        "wrote:",
        "kommentar von",
        "comment by",
        "commentaire de",
    ];
    let text = text.trim();
    if text.len() > 60 {
        return false;
    }
    let bytes = text.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit() || c == ' ').as_bytes();
    let Some(first) = bytes.first().map(u8::to_ascii_lowercase) else { return false };
    let starts = |s: &&str| {
        s.as_bytes()[0] == first
            && bytes.len() >= s.len()
            && bytes[..s.len()].eq_ignore_ascii_case(s.as_bytes())
    };
    let ends = |s: &&str| {
        bytes.len() >= s.len() && bytes[bytes.len() - s.len()..].eq_ignore_ascii_case(s.as_bytes())
    };
    STARTS.iter().any(starts)
        || bytes.ends_with(b":")
            && [" says:", " said:", " schrieb:", " wrote:", " a dit :", " dice:"].iter().any(ends)
}

/// Letters and figures, roughly: everything but blanks.
pub(super) fn letters(text: &str) -> u32 {
    // Bytes that begin a character and are no ASCII blank or control.
    text.bytes().map(|b| u32::from(b > b' ' && b & 0xC0 != 0x80)).sum()
}

/// Whether an address is that of a person's page.
pub(super) fn is_profile(href: &str) -> bool {
    // By the byte that each begins with.
    const PARTS: &[(u8, &[&str])] = &[
        (
            b'/',
            &[
                "/user/",
                "/users/",
                "/profil",
                "/member",
                "/u/",
                "/author/",
                "/people/",
                "/community/user",
                "/autor/",
                "/@",
                "/nutzer",
                "/benutzer",
                "/usuario",
                "/personal_pages/",
            ],
        ),
        (b'a', &["action=profile"]),
        (b'm', &["memberlist", "member.php", "mode=viewprofile"]),
        (b'p', &["profile.php"]),
        (b's', &["showuser="]),
        (b'u', &["u=", "userid=", "user?id=", "user_id", "uid=", "userinfo"]),
    ];
    let bytes = href.as_bytes();
    let begins = |at: usize, parts: &[&str]| parts.iter().any(|p| bytes[at..].starts_with(p.as_bytes()));
    href.len() < 300
        && bytes.iter().enumerate().any(|(at, byte)| {
            matches!(byte, b'/' | b'a' | b'm' | b'p' | b's' | b'u')
                && PARTS.iter().any(|(first, parts)| first == byte && begins(at, parts))
        })
}
