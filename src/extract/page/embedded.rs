//! Data that a page's scripts carry → comments that its markup does not show.
//!
//! Pages that are drawn by scripts are saved with what they were drawn from: JSON in a script of its own, behind
//! `window.… =`, or in a string for `JSON.parse`. Objects in it are comments if something around them is named for
//! comments (a key, a type) and each has a text and a date, and a person, or a type that says so. Absent: running
//! anything, and the names of any site or framework.

use super::words::{Meaning, meaning};
use crate::comment::Comment;
use crate::extract::{date, export};
use serde_json::{Map, Value};

/// Bytes of scripts that are read as data, of one page: a tree of JSON takes many times its bytes.
pub(super) const MOST: usize = 4 << 20;

/// The comments in a page's scripts, in order.
pub(super) fn comments<'s>(scripts: impl Iterator<Item = &'s str>) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut left = MOST;
    for script in scripts {
        if script.len() <= left {
            left -= script.len();
            documents(script).iter().for_each(|document| walk(document, &mut found));
        }
    }
    // One comment stands in several scripts, or twice in a cache.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|c: &Comment| seen.insert((c.author.clone(), c.time.clone(), c.text.clone())));
    found
}

/// Whether a script may hold comments as data, at a glance.
pub(super) fn may_hold(script: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(script.as_bytes(), word.as_bytes()).is_some();
    script.len() > 80 && (has("omment") || has("\"repl") || has("\"posts\"")) && has("\":")
}

/// The JSON documents in a script: all of it, or what is given a name in it.
fn documents(script: &str) -> Vec<Value> {
    const TRIES: usize = 16;
    let script = script.trim();
    if let Ok(whole) = serde_json::from_str(script) {
        return vec![whole];
    }
    let mut documents = Vec::new();
    let mut at = 0;
    for _ in 0..TRIES {
        let Some(assigned) = script[at..].find(['=', '(']) else { break };
        at += assigned + 1;
        let rest = script[at..].trim_start();
        if !rest.starts_with(['{', '[', '"']) {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(value)) = values.next() else { continue };
        at = script.len() - rest.len() + values.byte_offset();
        match value {
            // `JSON.parse("…")`
            Value::String(inner) => documents.extend(serde_json::from_str(&inner)),
            value => documents.push(value),
        }
    }
    documents
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Around {
    /// Whether a key or type on the way is named for comments.
    comments: bool,
    parent: Option<usize>,
}

fn walk(document: &Value, found: &mut Vec<Comment>) {
    let mut open = vec![(document, Around { comments: false, parent: None })];
    while let Some((value, around)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev().map(|item| (item, around))),
            Value::Object(fields) => {
                let typed = fields.get("__typename").or_else(|| fields.get("type")).and_then(Value::as_str);
                let typed = typed.is_some_and(|t| t.len() < 40 && meaning(t).any(Meaning::COMMENT));
                let mut around = Around { comments: around.comments || typed, ..around };
                if around.comments
                    && let Some(mut comment) = comment(fields, typed)
                {
                    if let Some(parent) = around.parent {
                        let above = &found[parent];
                        comment.parent =
                            comment.parent.or_else(|| Some(above.id.clone()).filter(|id| !id.is_empty()));
                        comment.depth = Some(above.depth.unwrap_or(0) + 1);
                    }
                    if comment.parent.is_none() {
                        comment.depth = Some(0);
                    }
                    around.parent = Some(found.len());
                    found.push(comment);
                }
                let inner: Vec<_> = fields
                    .iter()
                    .filter(|(_, v)| v.is_array() || v.is_object())
                    .map(|(key, v)| {
                        let named = key.len() < 60 && meaning(key).any(Meaning::COMMENT);
                        (v, Around { comments: around.comments || named, ..around })
                    })
                    .collect();
                open.extend(inner.into_iter().rev());
            }
            _ => {}
        }
    }
}

/// The first of `names`, whatever their case and joints, that is a text or number of some kind.
fn field(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let like = |key: &str, name: &str| {
        let mut letters = key.bytes().filter(|b| !matches!(b, b'_' | b'-')).map(|b| b.to_ascii_lowercase());
        name.bytes().all(|b| letters.next() == Some(b)) && letters.next().is_none()
    };
    names.iter().find_map(|name| match fields.iter().find(|(key, _)| like(key, name))?.1 {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn comment(fields: &Map<String, Value>, typed: bool) -> Option<Comment> {
    let text = field(
        fields,
        &[
            "text",
            "body",
            "bodyhtml",
            "bodytext",
            "content",
            "contenthtml",
            "comment",
            "commenttext",
            "commentbody",
            "message",
            "html",
            "rawmessage",
            "texthtml",
        ],
    )?;
    let time = field(
        fields,
        &[
            "createdat",
            "created",
            "createddate",
            "createdutc",
            "createtime",
            "datecreated",
            "date",
            "datetime",
            "publishedat",
            "published",
            "publisheddate",
            "datepublished",
            "postedat",
            "timestamp",
            "time",
            "commentdate",
            "creationdate",
            "submittedat",
            "submissiondate",
        ],
    )?;
    let time = when(&time)?;
    let names = ["displayname", "username", "name", "nickname", "nick", "screenname", "fullname", "login"];
    let direct = [
        "author",
        "authorname",
        "user",
        "username",
        "userdisplayname",
        "displayname",
        "nickname",
        "commenter",
        "commentername",
        "creator",
        "name",
        "login",
    ];
    let within = fields.iter().find_map(|(key, value)| {
        let person = matches!(
            key.to_ascii_lowercase().as_str(),
            "author" | "user" | "creator" | "commenter" | "member" | "profile" | "owner"
        );
        value.as_object().filter(|_| person).and_then(|person| field(person, &names))
    });
    let author = within.or_else(|| field(fields, &direct).filter(|a| a.len() < 80));
    let (text, quoted) = export::words_of(&text);
    if author.is_none() && !typed || text.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return None;
    }
    let number = |names: &[&str]| field(fields, names).and_then(|n| n.parse::<i64>().ok());
    let votes = number(&["score", "upvotes", "likes", "likecount", "votes", "upvotecount"]);
    let against = number(&["downvotes", "dislikes", "dislikecount"]).unwrap_or(0);
    let parent = field(fields, &["parentid", "parent", "replyto", "inreplyto", "parentcommentid"]);
    Some(Comment {
        id: field(fields, &["id", "commentid", "uuid", "guid", "cid"]).unwrap_or_default(),
        text,
        quoted,
        author,
        time: Some(time),
        parent: parent.filter(|p| !matches!(p.as_str(), "0" | "-1")),
        permalink: field(fields, &["permalink", "url"]),
        votes: votes.map(|v| v - against),
        ..Comment::default()
    })
}

/// ISO 8601 of a date as data has it: written out, or seconds or thousandths since 1970.
fn when(text: &str) -> Option<String> {
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if number > 1e11 { number / 1000.0 } else { number };
        let plausible = (1e8..4.2e9).contains(&seconds);
        let time = plausible.then(|| jiff::Timestamp::from_second(seconds as i64).ok()).flatten();
        return time.map(|t| t.to_string());
    }
    date::find(text, date::DateOptions::default())?.iso
}
