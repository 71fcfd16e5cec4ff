//! Exports of comment systems, read from text of our own and, where they are at hand, from real ones.

use moderato::extract::export::{self, Export, ExportOptions};
use std::io::Write as _;
use std::path::PathBuf;

fn read(text: &str) -> Export {
    export::read(text, &ExportOptions::default()).expect("a known system")
}

fn keeping() -> ExportOptions {
    let mut options = ExportOptions::default();
    options.keep_personal = true;
    options
}

/// System, and per comment: id, author, time, parent, votes, state, text.
fn check(text: &str, system: &str, expected: &[[&str; 7]]) {
    let export = read(text);
    assert_eq!(export.system, system);
    let found: Vec<[String; 7]> = export
        .comments
        .iter()
        .map(|c| {
            let state = c.other_fields.get("state").and_then(|s| s.as_str()).unwrap_or("");
            [
                c.id.clone(),
                c.author.clone().unwrap_or_default(),
                c.time.clone().unwrap_or_default(),
                c.parent.clone().unwrap_or_default(),
                c.votes.map(|v| v.to_string()).unwrap_or_default(),
                state.to_owned(),
                c.own_words().into_owned(),
            ]
        })
        .collect();
    assert_eq!(found, expected);
    for comment in &export.comments {
        assert!(!comment.other_fields.contains_key("email") && !comment.other_fields.contains_key("ip"));
    }
}

const WXR: &str = r#"<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><link>https://blog.example</link>
<item><link>https://blog.example/1</link>
<wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_author><![CDATA[Ada & Co]]></wp:comment_author>
<wp:comment_author_email>ada@example.org</wp:comment_author_email><wp:comment_author_IP>192.0.2.7</wp:comment_author_IP>
<wp:comment_date>2020-05-12 16:02:00</wp:comment_date><wp:comment_date_gmt>2020-05-12 14:02:00</wp:comment_date_gmt>
<wp:comment_content><![CDATA[<blockquote>It rains.</blockquote>So
what?]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_type></wp:comment_type>
<wp:comment_parent>0</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>8</wp:comment_id><wp:comment_author>Elsewhere</wp:comment_author>
<wp:comment_content>[...] seen [...]</wp:comment_content><wp:comment_type>pingback</wp:comment_type></wp:comment>
<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_author>Bob</wp:comment_author>
<wp:comment_content>A &amp; B &unknown; C</wp:comment_content><wp:comment_approved>0</wp:comment_approved>
<wp:comment_parent>7</wp:comment_parent></wp:comment></item></channel></rss>"#;

#[test]
fn wordpress_exports_give_comments_by_people() {
    check(
        WXR,
        "WordPress",
        &[
            ["7", "Ada & Co", "2020-05-12T14:02:00Z", "", "", "approved", "So\nwhat?"],
            ["9", "Bob", "", "7", "", "pending", "A & B &unknown; C"],
        ],
    );
    let export = read(WXR);
    assert_eq!(export.n_pingbacks, 1);
    assert_eq!(export.comments[0].quoted, ["It rains."]);
    assert_eq!(export.comments[0].text, "> It rains.\n\nSo\nwhat?");
    assert_eq!(export.comments[0].source.as_deref(), Some("https://blog.example/1"));
    let kept = export::read(WXR, &keeping()).unwrap();
    assert_eq!(kept.comments[0].other_fields["email"], "ada@example.org");
    assert_eq!(kept.comments[0].other_fields["ip"], "192.0.2.7");
}

#[test]
fn disqus_exports_keep_what_was_deleted_or_spam_apart() {
    check(
        r#"<?xml version="1.0"?><disqus xmlns:dsq="http://disqus.com/disqus-internals">
        <thread dsq:id="1"><id/><link>https://blog.example/1</link></thread>
        <post dsq:id="4"><message><![CDATA[<p>One.</p><p>Two.</p>]]></message><createdAt>2020-05-12T14:02:00Z</createdAt>
        <isDeleted>false</isDeleted><isSpam>false</isSpam><author><email>a@example.org</email><name>Ada</name></author>
        <ipAddress>192.0.2.1</ipAddress><thread dsq:id="1"/></post>
        <post dsq:id="5"><message>Buy!</message><isDeleted>true</isDeleted><isSpam>true</isSpam><author><name>Spam</name></author>
        <thread dsq:id="1"/><parent dsq:id="4"/></post></disqus>"#,
        "Disqus",
        &[
            ["4", "Ada", "2020-05-12T14:02:00Z", "", "", "approved", "One.\n\nTwo."],
            ["5", "Spam", "", "4", "", "spam", "Buy!"],
        ],
    );
}

#[test]
fn json_exports_are_told_by_their_fields() {
    check(
        r#"{"version": 1, "comments": [{"commentHex": "a", "url": "/1", "commenterHex": "x", "markdown": "> so?\nNo.", "html": "",
        "parentHex": "root", "score": 2, "state": "approved", "creationDate": "2020-05-12T14:02:00Z", "deleted": false}],
        "commenters": [{"commenterHex": "x", "email": "a@example.org", "name": "Ada"}]}"#,
        "Commento",
        &[["a", "Ada", "2020-05-12T14:02:00Z", "", "2", "approved", "No."]],
    );
    check(
        r#"{"version": 1, "users": [], "posts": []}
{"id": "r1", "pid": "", "text": "<p>Yes.</p>", "orig": "Yes.", "user": {"name": "Ada", "id": "u", "ip": "192.0.2.1"}, "locator": {"site": "s", "url": "https://blog.example/1"}, "score": -1, "time": "2020-05-12T14:02:00Z"}
{"id": "r2", "pid": "r1", "text": "", "orig": "", "user": {"name": "Bob"}, "locator": {"url": "https://blog.example/1"}, "score": 0, "time": "", "delete": true}"#,
        "Remark42",
        &[["r1", "Ada", "2020-05-12T14:02:00Z", "", "-1", "", "Yes."]],
    );
    check(
        r#"[{"id": "/1", "title": "One", "comments": [{"id": 3, "author": "Ada", "email": "a@example.org", "website": "", "remote_addr": "192.0.2.0", "created": "2020-05-12 14:02:00", "text": "Hi"}]}]"#,
        "Isso",
        &[["3", "Ada", "2020-05-12 14:02:00", "", "", "", "Hi"]],
    );
    check(
        r#"{"id": "c1", "storyID": "s", "authorID": "u", "author": {"username": "ada", "email": "a@example.org"}, "parentID": null, "revisions": [{"body": "<div>old</div>"}, {"body": "<div>new</div>"}], "status": "APPROVED", "createdAt": {"$date": "2020-05-12T14:02:00Z"}, "actionCounts": {"REACTION": 4}}"#,
        "Coral",
        &[["c1", "ada", "2020-05-12T14:02:00Z", "", "4", "approved", "new"]],
    );
    check(
        r#"{"post_stream": {"posts": [{"id": 90, "post_number": 1, "username": "ada", "created_at": "2020-05-12T14:02:00Z", "cooked": "<p>First</p>"},
        {"id": 91, "post_number": 2, "username": "bob", "created_at": "2020-05-12T15:02:00Z", "cooked": "<aside class=\"quote\"><blockquote>First</blockquote></aside><p>Second</p>", "reply_to_post_number": 1}]}, "id": 5}"#,
        "Discourse",
        &[
            ["1", "ada", "2020-05-12T14:02:00Z", "", "", "", "First"],
            ["2", "bob", "2020-05-12T15:02:00Z", "1", "", "", "Second"],
        ],
    );
    check(
        r#"[{"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "a", "author": "ada", "body": "Up", "created_utc": 1589292120.0, "parent_id": "t3_x", "score": 5,
        "replies": {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"id": "b", "author": "[deleted]", "body": "[removed]", "parent_id": "t1_a", "score": 1, "replies": ""}}]}}}}]}}]"#,
        "Reddit",
        &[
            ["a", "ada", "2020-05-12T14:02:00Z", "", "5", "", "Up"],
            ["b", "", "", "a", "1", "deleted", "[removed]"],
        ],
    );
    check(
        r#"{"by": "ada", "id": 12, "parent": 11, "text": "A&#x27;s<p>B", "time": 1589292120, "type": "comment"}"#,
        "Hacker News",
        &[["12", "ada", "2020-05-12T14:02:00Z", "11", "", "", "A's\n\nB"]],
    );
    check(
        r#"{"id": 1, "type": "story", "author": "eve", "children": [{"id": 2, "created_at": "2020-05-12T14:02:00.000Z", "created_at_i": 1, "author": "ada", "text": "Up", "points": null, "parent_id": 1, "story_id": 1, "children": [
        {"id": 3, "created_at": "2020-05-12T15:02:00.000Z", "created_at_i": 2, "author": "bob", "text": "Down", "parent_id": 2, "story_id": 1, "children": []}]}]}"#,
        "Hacker News",
        &[
            ["2", "ada", "2020-05-12T14:02:00.000Z", "1", "", "", "Up"],
            ["3", "bob", "2020-05-12T15:02:00.000Z", "2", "", "", "Down"],
        ],
    );
}

#[test]
fn of_a_broken_export_what_was_whole_comes_out() {
    let cut = &WXR[..WXR.rfind("Bob").unwrap()];
    let export = read(cut);
    assert_eq!((export.comments.len(), export.broken.map(|b| b.line)), (1, Some(11)));
    let listing = r#"[{"id": "t1_a", "data": {"id": "a", "author": "ada", "body": "Up"}}, {"data": {"id": "b", "author": "bo"#;
    let export = read(listing);
    assert_eq!(export.comments.len(), 1);
    assert!(export.broken.is_some());
}

#[test]
fn entities_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/hostname">]>
<disqus><post dsq:id="1"><message>&b;&x;</message></post></disqus>"#;
    let export = read(bomb);
    assert!(export.comments.is_empty());
    assert!(export.broken.unwrap().found.contains("entities"));
}

#[test]
fn what_is_no_export_is_none() {
    for text in [
        "",
        "<html><body>hello</body></html>",
        "{}",
        "[]",
        "{\"text\": \"x\"}",
        "id,text\n1,x\n",
        "<rss><channel/></rss>",
        "{",
        "[1,2",
    ] {
        assert_eq!(export::read(text, &ExportOptions::default()), None, "{text}");
    }
}

#[test]
fn real_exports_give_the_counts_that_are_known_of_them() {
    let data = std::env::var_os("MODERATO_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let folder = data.join("pages/exports");
    let Ok(wxr) = std::fs::read_to_string(folder.join("timothyfitz_wordpress_wxr.xml")) else {
        writeln!(std::io::stderr(), "skipped: no exports at hand").unwrap_or_default();
        return;
    };
    let export = read(&wxr);
    let pending = export.comments.iter().filter(|c| c.other_fields["state"] != "approved").count();
    assert_eq!((export.comments.len(), export.n_pingbacks), (206, 175));
    let mut all = ExportOptions::default();
    all.pingbacks = true;
    let export = export::read(&wxr, &all).unwrap();
    let unapproved = export.comments.iter().filter(|c| c.other_fields["state"] != "approved").count();
    assert_eq!((export.comments.len(), unapproved), (381, 24));
    assert!(pending <= 24);
    for (name, n) in [
        ("isso_disqus.xml", 5),
        ("remark42_disqus.xml", 6),
        ("remark42_commento.json", 3),
        ("isso_wordpress.xml", 8),
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let export = read(&text);
        assert!(export.broken.is_none(), "{name}: {:?}", export.broken);
        assert_eq!(export.comments.len(), n, "{name}");
    }
}
