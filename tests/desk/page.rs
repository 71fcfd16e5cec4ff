//! The page of the desk, by plain forms.

use crate::serving::{Answer, Desk, Serving};
use moderato::server::store::{Database, Decision};
use serde_json::json;

const HOSTILE: &str =
    "</p><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\"> you fool";

fn ask(serving: &Serving, text: &str) {
    let body =
        json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "communityId": "town"});
    assert_eq!(serving.post("/comments:analyze", &body).code, 200);
}

/// The page, once `n` comments wait.
pub(crate) fn page(serving: &Serving, n: usize) -> String {
    let expected = match n {
        0 => "Nothing waits.".to_owned(),
        1 => "One comment waits.".to_owned(),
        n => format!("{n} comments wait."),
    };
    loop {
        let answer = serving.call("GET", "/?attribute=TOXICITY&order=score", &[], "");
        assert_eq!(answer.code, 200, "{answer:?}");
        if answer.body.contains(&expected) {
            return answer.body;
        }
        std::thread::yield_now();
    }
}

fn decisions(desk: &Desk) -> Vec<Decision> {
    Database::open_existing(&desk.path("desk.db")).expect("the store").decisions().expect("it reads")
}

fn send(serving: &Serving, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    serving.call("POST", "/review/decide", &all, form)
}

#[test]
fn what_waits_is_decided_by_plain_forms() {
    let desk = Desk::new();
    let serving = desk.serve(&["--keep-text"]);
    ask(&serving, HOSTILE);
    ask(&serving, "a lovely evening");
    let html = page(&serving, 2);
    assert_eq!(html.matches("<script").count(), 1, "only ours: {html}");
    assert!(html.contains("&lt;script&gt;") && !html.contains("<img"), "{html}");
    assert!(html.contains("fool</mark>"), "evidence is marked: {html}");
    let policy = serving.call("GET", "/", &[], "");
    let policy = policy.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!html.contains("http://") && !html.contains("https://"), "no request elsewhere");

    let origin = serving.origin();
    let answer = send(&serving, "id=1&attribute=TOXICITY&order=score&verdict=reject", &[("Origin", &origin)]);
    assert_eq!(answer.code, 303);
    let next = answer.header("location").expect("a place to go on").to_owned();
    assert!(serving.call("GET", &next, &[], "").body.contains("Rejected."));
    page(&serving, 1);
    let form = "id=2&attribute=TOXICITY&verdict=relabel&holds=INSULT&holds=NEGATIVE";
    let answer = send(&serving, form, &[("Origin", &origin), ("Accept", "application/json")]);
    assert_eq!((answer.code, answer.json()["said"].as_str()), (200, Some("Labels saved.")));
    page(&serving, 0);
    let kept = decisions(&desk);
    let first = &kept[0].decision;
    assert_eq!((first.attribute.as_str(), first.value, first.comment), ("TOXICITY", 1.0, Some(1)));
    assert_eq!(
        (first.said.text.as_deref(), first.said.community.as_str(), first.origin.as_str()),
        (Some(HOSTILE), "town", "review")
    );
    let yes: Vec<&str> = kept[1..]
        .iter()
        .map(|d| &d.decision)
        .filter(|d| d.value == 1.0)
        .map(|d| d.attribute.as_str())
        .collect();
    assert_eq!(yes, ["INSULT", "NEGATIVE"]);
    assert!(kept.len() > 5 && kept[1..].iter().all(|d| d.decision.comment == Some(2)));
    // What suggestscore says of the same text takes it from the queue, too.
    ask(&serving, "and a third one");
    page(&serving, 1);
    let body = json!({"comment": {"text": "and a third one"}, "clientToken": "comment:3",
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}}});
    assert_eq!(serving.post("/comments:suggestscore", &body).code, 200);
    page(&serving, 0);
}

#[test]
fn nobody_else_makes_a_browser_decide() {
    let desk = Desk::new();
    let serving = desk.serve(&["--keep-text"]);
    ask(&serving, "you fool");
    page(&serving, 1);
    let form = "id=1&attribute=TOXICITY&verdict=approve";
    for headers in [
        &[][..],
        &[("Origin", "http://evil.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(send(&serving, form, headers).code, 403, "{headers:?}");
    }
    // A name that leads here and belongs to somebody else.
    let rebound = [("Host", "evil.example"), ("Origin", "http://evil.example")];
    assert_eq!(send(&serving, form, &rebound).code, 421);
    assert_eq!(serving.call("GET", "/", &[("Host", "evil.example")], "").code, 421);
    let origin = serving.origin();
    let ours = [("Origin", origin.as_str())];
    for (form, code) in [
        ("", 400),
        ("id=1&attribute=TOXICITY&verdict=explode", 400),
        ("id=x&attribute=TOXICITY&verdict=approve", 400),
        ("id=1&verdict=approve", 400),
        ("id=99&attribute=TOXICITY&verdict=approve", 404),
        ("\u{0}%%%=&&=", 400),
    ] {
        assert_eq!(send(&serving, form, &ours).code, code, "{form}");
    }
    assert_eq!(decisions(&desk), []);
}

#[test]
fn keys_open_the_page() {
    let desk = Desk::new();
    let key = |name: &str, rights: &str| {
        format!("[[key]]\nname = \"{name}\"\nkey = \"{name}-secret\"\nrights = {rights}\n")
    };
    let keys = key("coral", "[\"score\", \"decide\"]")
        + &key("reader", "[\"admin\"]")
        + &key("desk", "[\"admin\", \"decide\"]");
    desk.file("serve.toml", &keys);
    let serving = desk.serve(&["--keep-text", "--config", "serve.toml"]);
    let body = json!({"comment": {"text": "you fool"}, "requestedAttributes": {"TOXICITY": {}}});
    assert_eq!(serving.post("/comments:analyze?key=coral-secret", &body).code, 200);
    let origin = serving.origin();
    let closed = serving.call("GET", "/", &[], "");
    assert_eq!(closed.code, 401);
    assert!(!closed.body.contains("fool") && closed.body.contains("password"));
    let enter = |key: &str| {
        let form = format!("key={key}");
        serving.call("POST", "/review/enter", &[("Origin", origin.as_str())], &form)
    };
    assert_eq!(enter("coral-secret").code, 403, "not a key of the desk");
    assert_eq!(enter("nonsense").code, 403);
    assert_eq!(serving.call("POST", "/review/enter", &[], "key=desk-secret").code, 403, "from nowhere");
    let cookie = |key: &str| {
        let answer = enter(key);
        assert_eq!(answer.code, 303);
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("secret")
        );
        cookie.split(';').next().expect("its pair").to_owned()
    };
    let (reader, desk_cookie) = (cookie("reader-secret"), cookie("desk-secret"));
    let see = |cookie: &str| serving.call("GET", "/", &[("Cookie", cookie)], "");
    while !see(&reader).body.contains("One comment waits.") {
        std::thread::yield_now();
    }
    assert!(!see(&reader).body.contains("/review/decide"), "who may only look sees no buttons");
    let form = "id=1&attribute=TOXICITY&verdict=reject";
    let decide = |cookie: &str| send(&serving, form, &[("Origin", &origin), ("Cookie", cookie)]).code;
    assert_eq!((decide(""), decide(&reader), decisions(&desk).len()), (403, 403, 0));
    assert_eq!((decide(&desk_cookie), decisions(&desk).len()), (303, 1));
}

#[test]
fn a_page_without_texts_says_so() {
    let desk = Desk::new();
    let serving = desk.serve(&[]);
    ask(&serving, "you fool");
    let page = serving.call("GET", "/", &[], "");
    assert_eq!(page.code, 200);
    assert!(page.body.contains("keeps no texts") && !page.body.contains("fool"), "{}", page.body);
}
