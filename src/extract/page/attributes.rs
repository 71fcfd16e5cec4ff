//! The attributes that say something of comments.

use html5ever::LocalName;
use std::sync::LazyLock;

/// The attributes anything here looks at; the last ones are Reddit's.
const WANTED: [&str; 56] = [
    "class",
    "id",
    "href",
    "title",
    "datetime",
    "rel",
    "role",
    "type",
    "name",
    "content",
    "alt",
    "lang",
    "property",
    "typeof",
    "itemprop",
    "itemtype",
    "itemscope",
    "style",
    "width",
    "src",
    "aria-level",
    "author",
    "score",
    "permalink",
    "depth",
    "created-timestamp",
    "thingid",
    "parentid",
    "shadowrootmode",
    "charset",
    "encoding",
    "data-author",
    "data-time",
    "data-timestamp",
    "data-utime",
    "data-datetime",
    "data-date",
    "data-created",
    "data-created-at",
    "data-epoch",
    "data-original-title",
    "data-comment-id",
    "data-id",
    "data-post-id",
    "data-message-id",
    "data-commentid",
    "data-depth",
    "data-level",
    "data-indent",
    "data-testid",
    "data-role",
    "data-type",
    "data-qa",
    "data-parent-id",
    "data-score",
    "indent",
];

/// [`WANTED`] as the tree has them.
pub(super) static WANTED_NAMES: LazyLock<Vec<LocalName>> =
    LazyLock::new(|| WANTED.iter().map(|n| LocalName::from(*n)).collect());

/// Which of [`WANTED`] an attribute is, if its value can say anything.
pub(super) fn wanted(name: &[u8], value: &[u8]) -> Option<usize> {
    if name.len() < 2 || name.len() > 19 || value.len() > 2_000 {
        return None;
    }
    let first = name[0].to_ascii_lowercase();
    let i = WANTED.iter().position(|w| {
        let w = w.as_bytes();
        w[0] == first && w.len() == name.len() && w.eq_ignore_ascii_case(name)
    })?;
    let says = match WANTED[i] {
        // Depth in old tables.
        "style" => value
            .windows(11)
            .any(|w| w.eq_ignore_ascii_case(b"margin-left") || w.eq_ignore_ascii_case(b"adding-left")),
        _ => true,
    };
    says.then_some(i)
}
