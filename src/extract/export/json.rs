//! JSON exports: one document, or one record a line, with comments anywhere in it.

use super::markup::{plain, words};
use super::repair;
use super::shapes::{Markup, SHAPES, Shape};
use super::{Broken, Export, ExportOptions, keep};
use crate::comment::Comment;
use rustc_hash::FxHashMap;
use serde_json::Value;

pub(super) fn read(text: &str, options: &ExportOptions) -> Option<Export> {
    let mut export = Export::default();
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    loop {
        let whole_up_to = documents.byte_offset();
        let Some(document) = documents.next() else { break };
        match document {
            Ok(document) => walk(&document, options, &mut export),
            Err(error) => {
                let rest = &text[whole_up_to..];
                let found = if error.is_eof() { "the end of the export".into() } else { error.to_string() };
                let mut offset = text.len();
                if let Some((whole, end)) = repair::whole(rest)
                    && let Ok(document) = serde_json::from_str(&whole)
                {
                    walk(&document, options, &mut export);
                    offset = whole_up_to + end;
                }
                export.broken = Some(Broken::at(text, offset, found, "the rest of a JSON document"));
                break;
            }
        }
    }
    (!export.system.is_empty()).then_some(export)
}

/// Finds the comments in `document`, in its order, without recursion.
fn walk(document: &Value, options: &ExportOptions, export: &mut Export) {
    let names = commenters(document);
    // What is still to be looked at, and the source and comment it stands in.
    let mut open: Vec<(&Value, Option<String>, Option<String>)> = vec![(document, None, None)];
    while let Some((value, mut source, mut parent)) = open.pop() {
        match value {
            Value::Array(items) => {
                open.extend(items.iter().rev().map(|item| (item, source.clone(), parent.clone())));
            }
            Value::Object(fields) => {
                if let Some(shape) = SHAPES.iter().find(|s| s.has.iter().all(|p| at(value, p).is_some())) {
                    if export.system.is_empty() {
                        export.system = shape.system;
                    }
                    match comment(value, shape, options) {
                        Some(mut comment) => {
                            comment.parent = comment.parent.or_else(|| parent.clone());
                            comment.source = comment.source.or_else(|| source.clone());
                            if let Some(name) = comment.author.as_ref().and_then(|a| names.get(a.as_str())) {
                                comment.author = Some((*name).to_owned());
                            }
                            parent = Some(comment.id.clone()).filter(|id| !id.is_empty());
                            export.comments.push(comment);
                        }
                        None => export.n_empty += 1,
                    }
                } else if let Some(id) =
                    fields.get("id").or_else(|| fields.get("url")).and_then(Value::as_str)
                {
                    // Isso keeps a thread's comments within the thread.
                    source = fields.contains_key("comments").then(|| id.to_owned()).or(source);
                }
                let inner = fields.values().filter(|v| v.is_array() || v.is_object());
                let inner: Vec<_> = inner.map(|v| (v, source.clone(), parent.clone())).collect();
                open.extend(inner.into_iter().rev());
            }
            _ => {}
        }
    }
}

/// Commento keeps names apart from comments.
fn commenters(document: &Value) -> FxHashMap<&str, &str> {
    let list = document.get("commenters").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|c| Some((c.get("commenterHex")?.as_str()?, c.get("name")?.as_str()?)))
        .collect()
}

/// The value at a path; a number is a place in a list, `-1` its last.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let found = path.split('.').try_fold(value, |value, key| match value {
        Value::Array(items) if key == "-1" => items.last(),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    })?;
    (!found.is_null()).then_some(found)
}

fn text_at(value: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| match at(value, path)? {
        Value::String(s) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    })
}

fn number_at(value: &Value, paths: &[&str]) -> Option<i64> {
    paths.iter().find_map(|path| at(value, path)?.as_i64())
}

fn comment(value: &Value, shape: &Shape, options: &ExportOptions) -> Option<Comment> {
    let text = text_at(value, shape.text)?;
    let words = match shape.markup {
        Markup::Html => words(&text, false),
        Markup::Plain => plain(&text),
    };
    let votes = number_at(value, shape.votes);
    let against = number_at(value, shape.votes_against).unwrap_or(0);
    let parent = text_at(value, shape.parent).filter(|p| !shape.roots.contains(&p.as_str()));
    let mut comment = Comment {
        id: text_at(value, shape.id).unwrap_or_default(),
        text: words.text,
        quoted: words.quoted,
        author: text_at(value, shape.author).filter(|a| a != "anonymous" && a != "[deleted]"),
        time: text_at(value, shape.time).map(|t| time(&t)),
        parent: parent.and_then(|p| reddit_parent(shape, &p)),
        source: text_at(value, shape.source),
        permalink: text_at(value, shape.permalink),
        votes: votes.map(|v| v - against),
        ..Comment::default()
    };
    let deleted = ["deleted", "delete"].iter().any(|k| value.get(k) == Some(&Value::Bool(true)));
    let removed = matches!(comment.text.as_str(), "[deleted]" | "[removed]");
    let state = text_at(value, shape.state).map(|s| s.to_lowercase());
    keep(&mut comment, "state", if deleted || removed { Some("deleted") } else { state.as_deref() });
    // What Perspective said when the comment came in: Coral writes it down with each revision.
    for part in ["score", "model"] {
        let paths = ["revisions.-1", "revision"].map(|r| format!("{r}.metadata.perspective.{part}"));
        let said = text_at(value, &paths.each_ref().map(String::as_str));
        keep(&mut comment, &format!("perspective_{part}"), said.as_deref());
    }
    if options.keep_personal {
        keep(&mut comment, "email", text_at(value, shape.email).as_deref());
        keep(&mut comment, "ip", text_at(value, shape.ip).as_deref());
    }
    Some(comment)
}

/// Reddit's parents say of what kind they are: `t1_` a comment, `t3_` the submission.
fn reddit_parent(shape: &Shape, parent: &str) -> Option<String> {
    if shape.system != "Reddit" {
        return Some(parent.to_owned());
    }
    match parent.split_once('_') {
        Some(("t1", id)) => Some(id.to_owned()),
        Some(("t3", _)) => None,
        _ => Some(parent.to_owned()),
    }
}

/// Seconds since 1970 → ISO 8601.
fn time(text: &str) -> String {
    let seconds = text.parse::<f64>().ok().filter(|s| *s > 1e8 && *s < 4.2e12);
    let seconds = seconds.map(|s| if s > 1e11 { s / 1000.0 } else { s });
    seconds
        .and_then(|s| jiff::Timestamp::from_second(s as i64).ok())
        .map_or_else(|| text.to_owned(), |t| t.to_string())
}
