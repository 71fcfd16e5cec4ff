//! Disqus exports.

use super::markup::words;
use super::xml::{Element, Records};
use super::{Export, ExportOptions, keep};
use crate::comment::Comment;
use rustc_hash::FxHashMap;

pub(super) fn read(text: &str, options: &ExportOptions) -> Export {
    let mut export = Export { system: "Disqus", ..Export::default() };
    let mut records = Records::new(text, &["thread", "post"]);
    let mut threads: FxHashMap<String, String> = FxHashMap::default();
    loop {
        match records.next() {
            Ok(Some(thread)) if thread.name == "thread" => {
                if let (Some(id), Some(link)) = (thread.id(), thread.field("link")) {
                    threads.insert(id.to_owned(), link.to_owned());
                }
            }
            Ok(Some(post)) => match comment(&post, &threads, options) {
                Some(comment) => export.comments.push(comment),
                None => export.n_empty += 1,
            },
            Ok(None) => return export,
            Err(broken) => {
                export.broken = Some(broken);
                return export;
            }
        }
    }
}

fn comment(post: &Element, threads: &FxHashMap<String, String>, options: &ExportOptions) -> Option<Comment> {
    let words = words(post.field("message")?, false);
    let author = post.child("author");
    let from_author = |name| author.and_then(|a| a.field(name));
    let thread = post.child("thread").and_then(Element::id);
    let mut comment = Comment {
        id: post.id().or_else(|| post.field("id")).unwrap_or_default().to_owned(),
        text: words.text,
        quoted: words.quoted,
        author: from_author("name").or_else(|| from_author("username")).map(str::to_owned),
        time: post.field("createdAt").map(str::to_owned),
        parent: post.child("parent").and_then(Element::id).map(str::to_owned),
        source: thread.map(|t| threads.get(t).cloned().unwrap_or_else(|| t.to_owned())),
        ..Comment::default()
    };
    let state = match (post.field("isDeleted"), post.field("isSpam")) {
        (_, Some("true")) => "spam",
        (Some("true"), _) => "deleted",
        _ => "approved",
    };
    keep(&mut comment, "state", Some(state));
    if options.keep_personal {
        keep(&mut comment, "email", from_author("email"));
        keep(&mut comment, "ip", post.field("ipAddress"));
    }
    Some(comment)
}
