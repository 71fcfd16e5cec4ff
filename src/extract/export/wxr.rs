//! WordPress exports (WXR, 1.0 to 1.2).

use super::markup::words;
use super::xml::{Element, Records};
use super::{Export, ExportOptions, keep};
use crate::comment::Comment;

pub(super) fn read(text: &str, options: &ExportOptions) -> Export {
    let mut export = Export { system: "WordPress", ..Export::default() };
    let mut records = Records::new(text, &["link", "wp:comment"]);
    let mut source = None;
    loop {
        match records.next() {
            Ok(Some(element)) if element.name == "link" => source = Some(element.text.trim().to_owned()),
            Ok(Some(element)) => {
                let kind = element.field("wp:comment_type").unwrap_or_default();
                if matches!(kind, "pingback" | "trackback") && !options.pingbacks {
                    export.n_pingbacks += 1;
                    continue;
                }
                match comment(&element, source.as_deref(), options) {
                    Some(comment) => export.comments.push(comment),
                    None => export.n_empty += 1,
                }
            }
            Ok(None) => return export,
            Err(broken) => {
                export.broken = Some(broken);
                return export;
            }
        }
    }
}

fn comment(element: &Element, source: Option<&str>, options: &ExportOptions) -> Option<Comment> {
    let words = words(element.field("wp:comment_content")?, true);
    let time = match (element.field("wp:comment_date_gmt"), element.field("wp:comment_date")) {
        (Some(gmt), _) if !gmt.starts_with("0000") => Some(format!("{}Z", gmt.replacen(' ', "T", 1))),
        (_, local) => local.map(|l| l.replacen(' ', "T", 1)),
    };
    let mut comment = Comment {
        id: element.field("wp:comment_id").unwrap_or_default().to_owned(),
        text: words.text,
        quoted: words.quoted,
        author: element.field("wp:comment_author").map(str::to_owned),
        time,
        parent: element.field("wp:comment_parent").filter(|p| *p != "0").map(str::to_owned),
        source: source.map(str::to_owned),
        ..Comment::default()
    };
    let state = element.field("wp:comment_approved").map(|state| match state {
        "1" => "approved",
        "0" => "pending",
        "trash" => "deleted",
        other => other,
    });
    keep(&mut comment, "state", state);
    keep(&mut comment, "type", element.field("wp:comment_type").filter(|t| *t != "comment"));
    if options.keep_personal {
        keep(&mut comment, "email", element.field("wp:comment_author_email"));
        keep(&mut comment, "ip", element.field("wp:comment_author_IP"));
    }
    Some(comment)
}
