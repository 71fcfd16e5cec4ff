//! What the words in a page's `class`, `id` and `itemprop` values say an element is.
//!
//! Web pages name their parts for those who style them. The names differ from site to site, but they are made of
//! a small stock of words, in the language of whoever made the page. A value is cut into words (`commentList`,
//! `comment-list`, `commentlist` alike), each is looked up, and the meanings are joined.
//! Nothing here knows a site.

mod stock;

use crate::extract::date::push_lowercase;
use rustc_hash::FxHashMap;
use std::ops::{BitOr, BitOrAssign};
use std::sync::LazyLock;
use stock::{STEMS, STOCK};

/// A set of meanings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::extract) struct Meaning(u32);

impl Meaning {
    pub(in crate::extract) const NONE: Self = Self(0);
    /// What readers write below an article.
    pub(in crate::extract) const COMMENT: Self = Self(1);
    /// What people write in a forum; also an article of a blog.
    pub(in crate::extract) const POST: Self = Self(1 << 1);
    /// An answer to another comment; also the button that begins one.
    pub(in crate::extract) const REPLY: Self = Self(1 << 2);
    /// A word in the plural: what holds many.
    pub(in crate::extract) const MANY: Self = Self(1 << 3);
    /// A list, area, section.
    pub(in crate::extract) const LIST: Self = Self(1 << 4);
    /// Something to fill in.
    pub(in crate::extract) const FORM: Self = Self(1 << 5);
    /// Something to press: reply, report, share.
    pub(in crate::extract) const ACTION: Self = Self(1 << 6);
    /// Who wrote it.
    pub(in crate::extract) const AUTHOR: Self = Self(1 << 7);
    /// When it was written.
    pub(in crate::extract) const DATE: Self = Self(1 << 8);
    /// What was written.
    pub(in crate::extract) const BODY: Self = Self(1 << 9);
    /// A line that stands under all of a person's posts.
    pub(in crate::extract) const SIGNATURE: Self = Self(1 << 10);
    /// Somebody else's words.
    pub(in crate::extract) const QUOTE: Self = Self(1 << 11);
    /// A person's picture.
    pub(in crate::extract) const AVATAR: Self = Self(1 << 12);
    /// Votes and points.
    pub(in crate::extract) const VOTE: Self = Self(1 << 13);
    /// What stands beside the matter: teasers, advertisements, navigation, recent and related things.
    pub(in crate::extract) const ASIDE: Self = Self(1 << 14);
    /// Facts about a comment or its author.
    pub(in crate::extract) const ABOUT: Self = Self(1 << 15);
    /// A notice of another page that links here.
    pub(in crate::extract) const PINGBACK: Self = Self(1 << 16);
    /// A forum, thread or board.
    pub(in crate::extract) const FORUM: Self = Self(1 << 17);
    /// The comments that answer this one.
    pub(in crate::extract) const CHILDREN: Self = Self(1 << 18);
    /// A number of things.
    pub(in crate::extract) const COUNT: Self = Self(1 << 19);
    /// A headline.
    pub(in crate::extract) const TITLE: Self = Self(1 << 20);
    /// A note that it was edited.
    pub(in crate::extract) const EDITED: Self = Self(1 << 21);
    /// A review or rating of a product, recipe, place.
    pub(in crate::extract) const REVIEW: Self = Self(1 << 22);
    /// An article, story or news item.
    pub(in crate::extract) const STORY: Self = Self(1 << 23);
    /// Somebody's line on their rank, join date, number of posts.
    pub(in crate::extract) const PROFILE: Self = Self(1 << 24);
    /// A file hung onto a post.
    pub(in crate::extract) const ATTACHED: Self = Self(1 << 25);
    /// Hidden from those who see, read out to those who do not.
    pub(in crate::extract) const UNSEEN: Self = Self(1 << 26);

    /// Whether any of `others` is in the set.
    pub(in crate::extract) fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The set less `others`.
    pub(in crate::extract) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether it is empty.
    pub(in crate::extract) fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Meaning {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Meaning {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

static WORDS: LazyLock<FxHashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for (meaning, list) in STOCK {
        for word in list.split_whitespace() {
            *words.entry(word).or_insert(Meaning::NONE) |= *meaning;
        }
    }
    words
});

/// The meaning of a value without the classes that only say which categories an article is filed under, or how a part
/// is laid out.
pub(super) fn own_meaning(value: &str) -> Meaning {
    let filed =
        |class: &str| ["category-", "tag-", "topic-", "cat-", "term-"].iter().any(|p| class.starts_with(p));
    let idle = |class: &str| filed(class) || is_layout(class) || tells_what_is_there(class);
    if !value.split_ascii_whitespace().any(|c| idle(c) || is_hook(c)) {
        return meaning(value);
    }
    let classes = value.split_ascii_whitespace().filter(|c| !idle(c));
    // What scripts find a part by says what they do there: `js-ad-companion` holds no advertisement.
    let meant = |c| if is_hook(c) { meaning(c).without(Meaning::ASIDE) } else { meaning(c) };
    classes.map(meant).fold(Meaning::NONE, |a, b| a | b)
}

fn is_hook(class: &str) -> bool {
    class.starts_with("js-") || class.starts_with("js_")
}

/// Whether a class tells what a part has or has not, or may be done to it: `has-sidebar`, `item--is-commentable`.
fn tells_what_is_there(class: &str) -> bool {
    let modifier = class.rsplit_once("--").map_or(class, |(_, modifier)| modifier);
    let has = ["has-", "has_", "no-", "with-", "without-", "show-", "hide-"];
    has.iter().any(|p| modifier.starts_with(p))
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

/// The meanings of a whole attribute value.
pub(in crate::extract) fn meaning(value: &str) -> Meaning {
    let mut sum = Meaning::NONE;
    let mut user = false;
    let mut field = false;
    each_word(value, |word| {
        // `userContent` is what a user wrote, not who the user is.
        let own = word_meaning(word);
        if user && !own.any(Meaning::BODY | Meaning::POST | Meaning::COMMENT) {
            sum |= Meaning::AUTHOR;
        }
        user = word == "user";
        // `field--name-body` is a field called so.
        if !(user || field && word == "name") {
            sum |= own;
        }
        field = word == "field";
    });
    if user { sum | Meaning::AUTHOR } else { sum }
}

/// Hands each word of a value, in lower case, to `visit`.
fn each_word(value: &str, mut visit: impl FnMut(&str)) {
    // A value longer than this is data, not names.
    const MOST: usize = 400;
    if value.is_ascii() && value.len() <= MOST {
        let lower = value.to_ascii_lowercase();
        let bytes = value.as_bytes();
        let mut start = 0;
        for (at, b) in bytes.iter().enumerate() {
            let joint = b.is_ascii_uppercase() && at > 0 && bytes[at - 1].is_ascii_lowercase();
            if joint || !b.is_ascii_alphabetic() {
                if start < at {
                    visit(&lower[start..at]);
                }
                start = if joint { at } else { at + 1 };
            }
        }
        if start < bytes.len() {
            visit(&lower[start..]);
        }
        return;
    }
    let mut word = String::new();
    let mut last_lower = false;
    for c in value.chars().take(MOST) {
        if (c.is_uppercase() && last_lower || !c.is_alphabetic()) && !word.is_empty() {
            visit(&word);
            word.clear();
        }
        if c.is_alphabetic() {
            push_lowercase(c, &mut word);
        }
        last_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        visit(&word);
    }
}

/// The meanings of one word in lower case.
fn word_meaning(word: &str) -> Meaning {
    if let Some(meaning) = WORDS.get(word) {
        return *meaning;
    }
    if word.len() < 6 || word.len() > 40 {
        return Meaning::NONE;
    }
    if let Some(joined) = compound(word) {
        return joined;
    }
    // What may be commented on, or was, is not a comment.
    if matches!(word, "commentable" | "commented") {
        return Meaning::NONE;
    }
    if STEMS.iter().any(|s| word.starts_with(s)) {
        return Meaning::COMMENT;
    }
    // `hnuser`, `bbauthor`
    if ["user", "username", "author", "nick"].iter().any(|s| word.ends_with(s)) {
        Meaning::AUTHOR
    } else {
        Meaning::NONE
    }
}

/// The joined meanings of a word that is made of stock words: longest first, with nothing left over.
fn compound(word: &str) -> Option<Meaning> {
    // Where no way on from a beginning leads to the end, a shorter beginning may: `posts|ignature`, `post|signature`.
    let mut dead: u64 = 0;
    let mut path: Vec<(usize, Meaning)> = Vec::new();
    let mut start = 0;
    let mut longest = word.len();
    loop {
        let rest = &word[start..];
        if start > 0 && matches!(rest, "" | "s" | "e" | "en" | "er" | "n") {
            return Some(path.iter().fold(Meaning::NONE, |sum, (_, meaning)| sum | *meaning));
        }
        let ends = rest.char_indices().map(|(i, c)| i + c.len_utf8()).rev();
        let next = ends
            .filter(|end| *end >= 3 && *end < word.len() && start + end < longest)
            .filter(|end| dead & (1 << (start + end)) == 0)
            .find_map(|end| WORDS.get(&rest[..end]).map(|m| (start + end, *m)));
        if let Some((end, meaning)) = next {
            path.push((start, meaning));
            start = end;
            longest = word.len() + 1;
        } else {
            dead |= 1 << start;
            let (before, _) = path.pop()?;
            longest = start;
            start = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_they_are_joined() {
        for value in
            ["comment-list", "commentList", "commentlist", "comment_list", "COMMENT list", "kommentarliste"]
        {
            let m = meaning(value);
            assert!(m.any(Meaning::COMMENT) && m.any(Meaning::LIST | Meaning::MANY), "{value}");
        }
        assert!(meaning("postbody").any(Meaning::BODY));
        assert!(meaning("postsignature").any(Meaning::SIGNATURE));
        assert!(meaning("Kommentarfeld").any(Meaning::COMMENT));
        assert!(meaning("recent-comments widget").any(Meaning::ASIDE));
        assert!(meaning("комментарии").any(Meaning::COMMENT));
        assert_eq!(meaning("commune-12"), Meaning::NONE);
        assert_eq!(meaning(""), Meaning::NONE);
    }
}
