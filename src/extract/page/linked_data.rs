//! JSON-LD in a page → comments: schema.org `Comment`, `Answer`, `Review`, `DiscussionForumPosting`.
//!
//! Pages carry it for search engines, with some of the comments the page shows, or all, or the only ones there are.

use crate::comment::Comment;
use crate::extract::export;
use html5ever::tendril::StrTendril;
use serde_json::Value;

/// The comments in a page's JSON-LD scripts, in order.
pub(super) fn comments(scripts: &[StrTendril]) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut left = super::embedded::MOST;
    for script in scripts {
        if script.len() > left {
            continue;
        }
        left -= script.len();
        let text = script.trim().trim_start_matches("//<![CDATA[").trim_end_matches("//]]>").trim();
        // Line breaks within strings are common and forbidden.
        let parsed = serde_json::from_str::<Value>(text)
            .or_else(|_| serde_json::from_str(&text.replace(['\n', '\r', '\t'], " ")));
        if let Ok(document) = parsed {
            walk(&document, &mut found);
        }
    }
    for (i, comment) in found.iter_mut().enumerate() {
        if comment.id.is_empty() {
            comment.id = (i + 1).to_string();
        }
    }
    found
}

/// Walks a document without recursion, each value with the comment it stands in, and whether it stands under a name
/// for what others say of the thing around it.
fn walk(document: &Value, found: &mut Vec<Comment>) {
    const SAID: [&str; 7] =
        ["comment", "comments", "review", "reviews", "suggestedAnswer", "acceptedAnswer", "answer"];
    let mut open: Vec<(&Value, Option<usize>, bool)> = vec![(document, None, false)];
    while let Some((value, parent, said)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev().map(|item| (item, parent, said))),
            Value::Object(fields) => {
                let mut inner_parent = parent;
                if is_comment(value)
                    && (said || !is_the_page(value))
                    && let Some(mut comment) = comment(value)
                {
                    if let Some(p) = parent {
                        comment.parent = Some(found[p].id.clone()).filter(|id| !id.is_empty());
                        comment.depth = Some(found[p].depth.unwrap_or(0) + 1);
                    } else {
                        comment.depth = Some(0);
                    }
                    inner_parent = Some(found.len());
                    found.push(comment);
                }
                let inner = fields.iter().filter(|(_, v)| v.is_array() || v.is_object());
                let inner: Vec<_> =
                    inner.map(|(key, v)| (v, inner_parent, SAID.contains(&key.as_str()))).collect();
                open.extend(inner.into_iter().rev());
            }
            _ => {}
        }
    }
}

fn is_comment(value: &Value) -> bool {
    const TYPES: [&str; 6] =
        ["Comment", "UserComments", "Answer", "Review", "DiscussionForumPosting", "SocialMediaPosting"];
    let is =
        |t: &Value| t.as_str().is_some_and(|t| TYPES.contains(&t.rsplit('/').next().unwrap_or_default()));
    match value.get("@type") {
        Some(Value::Array(types)) => types.iter().any(is),
        Some(one) => is(one),
        None => false,
    }
}

/// Whether a review or posting that answers nothing is the page itself: a critic's review, an entry of a blog.
fn is_the_page(value: &Value) -> bool {
    let types = match value.get("@type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect::<Vec<_>>(),
        None => return false,
    };
    let is = |name: &str| types.iter().any(|t| t.rsplit('/').next() == Some(name));
    let answered = value.get("comment").is_some_and(|c| c.as_array().is_none_or(|c| !c.is_empty()));
    is("Review") || is("SocialMediaPosting") && !answered
}

fn text_of<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    names.iter().find_map(|n| value.get(n)?.as_str()).map(str::trim).filter(|t| !t.is_empty())
}

fn comment(value: &Value) -> Option<Comment> {
    let text = text_of(value, &["text", "commentText", "reviewBody", "articleBody", "description"])?;
    let (text, quoted) = export::words_of(text);
    let author = match value.get("author").or_else(|| value.get("creator")) {
        Some(Value::Array(authors)) => authors.first().and_then(|a| text_of(a, &["name", "alternateName"])),
        Some(Value::String(name)) => Some(name.trim()),
        Some(author) => text_of(author, &["name", "alternateName"]),
        None => None,
    };
    let address = text_of(value, &["url", "@id"]);
    let votes = value.get("upvoteCount").and_then(Value::as_i64);
    let against = value.get("downvoteCount").and_then(Value::as_i64).unwrap_or(0);
    Some(Comment {
        id: text_of(value, &["identifier", "@id", "url"]).unwrap_or_default().to_owned(),
        text,
        quoted,
        author: author.filter(|a| !a.is_empty()).map(str::to_owned),
        time: text_of(value, &["dateCreated", "datePublished", "commentTime"]).map(str::to_owned),
        permalink: address.filter(|a| a.contains('/') || a.starts_with('#')).map(str::to_owned),
        votes: votes.map(|v| v - against),
        ..Comment::default()
    })
}

/// Those of `linked` whose words are not among the comments that the page shows.
pub(super) fn unseen(linked: Vec<Comment>, shown: &[Comment]) -> Vec<Comment> {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).take(60).collect::<String>();
    let seen: std::collections::BTreeSet<String> = shown.iter().map(|c| bare(&c.text)).collect();
    linked.into_iter().filter(|c| !seen.contains(&bare(&c.text))).collect()
}
