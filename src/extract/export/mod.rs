//! What comment systems export → comments.
//!
//! In comes an export as text: WordPress WXR and Disqus XML, or the JSON of Commento, Isso, Remark42, Coral,
//! Discourse, Reddit and Hacker News, whole documents or a record a line. Out come its comments by people, in the
//! export's order, and how many records were left out and why. Of a broken export what was whole comes out, with a
//! word on where it breaks.
//! Absent: e-mail and IP addresses unless asked for, external entities always.

mod disqus;
mod json;
mod markup;
mod repair;
mod shapes;
mod wxr;
mod xml;

use crate::comment::Comment;

/// What of an export comes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Whether pingbacks and trackbacks, notices by machines, come out as well.
    pub pingbacks: bool,
    /// Whether `email` and `ip` of commenters are kept in [`Comment::other_fields`].
    pub keep_personal: bool,
}

/// An export, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Export {
    /// The system it comes from.
    pub system: &'static str,
    /// Its comments, in its order; [`Comment::other_fields`] has `state` where the system keeps one: `approved`,
    /// `pending`, `spam`, `deleted`, or as the system says.
    pub comments: Vec<Comment>,
    /// Pingbacks and trackbacks that were left out.
    pub n_pingbacks: u64,
    /// Records without any text, such as deleted ones.
    pub n_empty: u64,
    /// Where and how it breaks off.
    pub broken: Option<Broken>,
}

/// Where an export breaks off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Line, from 1.
    pub line: u64,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: &'static str,
}

impl Broken {
    fn at(text: &str, offset: usize, found: impl Into<String>, expected: &'static str) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        Self { line: memchr::memchr_iter(b'\n', before).count() as u64 + 1, found: found.into(), expected }
    }
}

/// The comments of an export, or nothing if it is of no known system.
///
/// ```
/// use moderato::extract::export::{self, ExportOptions};
///
/// let page = r#"[{"id": "t1_a", "kind": "t1", "data": {"id": "a", "author": "ada", "body": "Why?"}}]"#;
/// let export = export::read(page, &ExportOptions::default()).ok_or("unknown")?;
/// assert_eq!((export.system, export.comments[0].text.as_str()), ("Reddit", "Why?"));
/// # Ok::<(), &str>(())
/// ```
pub fn read(text: &str, options: &ExportOptions) -> Option<Export> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // A stray character before the first tag is common where exports were pasted.
    let text = text.find(['<', '{', '[']).filter(|at| *at < 16).map_or(text, |at| &text[at..]);
    let mut export = match system(text)? {
        System::WordPress => wxr::read(text, options),
        System::Disqus => disqus::read(text, options),
        System::Json => json::read(text, options)?,
    };
    for (i, comment) in export.comments.iter_mut().enumerate() {
        comment.position = Some(i as u64 + 1);
        if comment.id.is_empty() {
            comment.id = (i + 1).to_string();
        }
    }
    Some(export)
}

/// Whether a file that begins so is an export that this reads better than the readers of tables and JSON do.
pub(crate) fn is_export(head: &[u8]) -> bool {
    let has = |key: &str| memchr::memmem::find(head, key.as_bytes()).is_some();
    let start = head.iter().take(16).position(|b| matches!(b, b'<' | b'{' | b'[')).unwrap_or(0);
    match head.get(start) {
        Some(b'<') => has("wordpress.org/export/") || has("<wp:") || has("<disqus"),
        Some(b'{' | b'[') => {
            has("\"commentHex\"")
                || has("\"post_stream\"")
                || has("\"remote_addr\"")
                || (has("\"storyID\"") && has("\"authorID\""))
                || (has("\"locator\"") && has("\"pid\""))
                || (has("\"Listing\"") && has("\"kind\""))
                || (has("\"children\"") && has("\"story_id\""))
        }
        _ => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    WordPress,
    Disqus,
    Json,
}

/// Which reader an export is for, by its beginning.
fn system(text: &str) -> Option<System> {
    if text.starts_with(['{', '[']) {
        return Some(System::Json);
    }
    if !text.starts_with('<') {
        return None;
    }
    let end = text.char_indices().nth(4_000).map_or(text.len(), |(i, _)| i);
    let head = &text[..end];
    if head.contains("wordpress.org/export/") || head.contains("<wp:") {
        Some(System::WordPress)
    } else if head.contains("<disqus") {
        Some(System::Disqus)
    } else {
        None
    }
}

/// A comment's text as systems hand it out, HTML or not: its own words, and those it quotes.
pub(in crate::extract) fn words_of(text: &str) -> (String, Vec<String>) {
    let words = markup::words(text, true);
    (words.text, words.quoted)
}

/// Puts a text field of a record beside the comment, unless it is empty.
fn keep(comment: &mut Comment, name: &str, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|v| !v.is_empty()) {
        comment.other_fields.insert(name.to_owned(), value.into());
    }
}
