//! The page of the desk in a real browser: Chromium without a window, if the machine has one.

use crate::page::page;
use crate::serving::{Desk, Serving};
use moderato::server::store::Database;
use serde_json::json;
use std::process::{Command, Output};

/// What a browser makes of `address`: the page after its scripts ran, and what the console said; none without a
/// browser.
fn browse(desk: &Desk, address: &str) -> Option<(String, String)> {
    let run = |browser: &&str| -> Option<Output> {
        Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"])
            .args(["--virtual-time-budget=5000"])
            .arg(format!("--user-data-dir={}", desk.path("profile").display()))
            .arg(address)
            .output()
            .ok()
    };
    let output = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(run)?;
    let [dom, said] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let console = said.lines().filter(|line| line.contains("CONSOLE")).collect::<Vec<_>>().join("\n");
    Some((dom, console))
}

fn skipped() {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "skipped: no Chromium on this machine");
}

fn ask(serving: &Serving, text: &str) {
    let body = json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}});
    assert_eq!(serving.post("/comments:analyze", &body).code, 200);
}

#[test]
fn the_page_works_under_its_own_policy_and_comments_change_nothing() {
    let desk = Desk::new();
    let serving = desk.serve(&["--keep-text"]);
    ask(
        &serving,
        "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\"> you fool",
    );
    ask(&serving, "</li></ol></main><form action=//evil.example><button>Approve</button>");
    ask(&serving, "\u{202e}turned around\u{202c} and \u{0}odd");
    page(&serving, 3);
    let address = format!("http://{}/", serving.address);
    let Some((dom, console)) = browse(&desk, &address) else {
        return skipped();
    };
    assert_eq!(console, "", "nothing is refused by the policy");
    assert!(dom.contains("<title>moderato: to be decided</title>"), "no comment's script ran");
    assert!(dom.contains("<p class=\"keys\">"), "our own script ran: {dom}");
    assert_eq!(dom.matches("class=\"comment\"").count(), 3);
    assert!(!dom.contains("<img") && !dom.contains("action=\"//evil"), "{dom}");
}

#[test]
fn a_moderator_decides_from_the_keyboard() {
    let desk = Desk::new();
    let serving = desk.serve(&["--keep-text"]);
    for text in ["you utter fool", "a lovely evening", "what a stupid idea"] {
        ask(&serving, text);
    }
    page(&serving, 3);
    let Some(mut browser) = driven::Browser::start(&desk) else {
        return skipped();
    };
    browser.open(&format!("http://{}/?attribute=TOXICITY&order=score", serving.address));
    browser.until("document.activeElement.classList.contains('comment')");
    browser.press("r");
    browser.until("document.querySelectorAll('.comment.decided').length === 1");
    browser.until("document.querySelector('.said').textContent === 'Rejected.'");
    // It has moved on to the next comment by itself; labels, the second one, save.
    browser.press("l");
    browser.until("document.activeElement.closest('.comment')?.querySelector('details').open === true");
    browser.press("2");
    browser.press("s");
    browser.until("document.querySelectorAll('.comment.decided').length === 2");
    browser.press("a");
    browser.until("document.querySelectorAll('.comment.decided').length === 3");
    let kept =
        Database::open_existing(&desk.path("desk.db")).expect("the store").decisions().expect("it reads");
    let of = |id: i64| -> Vec<(&str, f64)> {
        let of = kept.iter().map(|d| &d.decision).filter(|d| d.comment == Some(id));
        of.map(|d| (d.attribute.as_str(), d.value)).collect()
    };
    assert_eq!(of(3), [("TOXICITY", 1.0)], "the most probable came first");
    assert_eq!(of(2), [("TOXICITY", 0.0)], "the least probable last");
    // A label was turned around; the others are as the model has them.
    assert!(of(1).len() > 5 && of(1)[0] == ("TOXICITY", 1.0), "{kept:?}");
    page(&serving, 0);
}

/// A browser that does as it is told: the DevTools protocol over a pair of pipes.
mod driven {
    use crate::serving::Desk;
    use serde_json::{Value, json};
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    pub(super) struct Browser {
        child: Child,
        to: std::io::PipeWriter,
        from: BufReader<std::io::PipeReader>,
        session: String,
        n_sent: u64,
    }

    impl Browser {
        /// A browser with one empty page; none without a browser.
        pub(super) fn start(desk: &Desk) -> Option<Self> {
            let names = ["chromium", "chromium-browser", "google-chrome"];
            let name = names.iter().find(|name| {
                let mut asked = Command::new(name);
                asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
                asked.status().is_ok_and(|status| status.success())
            })?;
            let (theirs_in, to) = std::io::pipe().expect("a pipe");
            let (from, theirs_out) = std::io::pipe().expect("a pipe");
            // The protocol is spoken on descriptors 3 and 4; a shell puts the pipes there.
            let child = Command::new("sh")
                .args(["-c", &format!("exec {name} \"$@\" 3<&0 4>&1 </dev/null >/dev/null"), "sh"])
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"])
                .arg(format!("--user-data-dir={}", desk.path("profile").display()))
                .stdin(theirs_in)
                .stdout(theirs_out)
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let mut browser =
                Self { child, to, from: BufReader::new(from), session: String::new(), n_sent: 0 };
            let page = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
            let attach = json!({"targetId": page["targetId"], "flatten": true});
            let attached = browser.ask("Target.attachToTarget", &attach);
            browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
            Some(browser)
        }

        /// Says something and waits for the answer to it.
        fn ask(&mut self, method: &str, params: &Value) -> Value {
            self.n_sent += 1;
            let mut message = json!({"id": self.n_sent, "method": method, "params": params});
            if !self.session.is_empty() {
                message["sessionId"] = self.session.clone().into();
            }
            self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
            loop {
                let mut bytes = Vec::new();
                let n = self.from.read_until(0, &mut bytes).expect("the browser speaks");
                assert!(n > 0, "the browser went away");
                bytes.pop();
                let said: Value = serde_json::from_slice(&bytes).expect("it speaks JSON");
                if said["id"] == self.n_sent {
                    assert!(said.get("error").is_none(), "{method}: {said}");
                    return said["result"].clone();
                }
            }
        }

        pub(super) fn open(&mut self, address: &str) {
            self.ask("Page.navigate", &json!({"url": address}));
        }

        /// Waits until `condition` holds in the page.
        pub(super) fn until(&mut self, condition: &str) {
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(60) {
                let asked = json!({"expression": format!("Boolean({condition})"), "returnByValue": true});
                let found = self.ask("Runtime.evaluate", &asked);
                if found.pointer("/result/value") == Some(&Value::Bool(true)) {
                    return;
                }
                std::thread::yield_now();
            }
            let asked = json!({"expression": "document.body.outerHTML", "returnByValue": true});
            let page = self.ask("Runtime.evaluate", &asked);
            panic!("never: {condition}\n{page}");
        }

        /// Presses a key, as a keyboard does.
        pub(super) fn press(&mut self, key: &str) {
            let down = json!({"type": "keyDown", "key": key, "text": key});
            self.ask("Input.dispatchKeyEvent", &down);
            self.ask("Input.dispatchKeyEvent", &json!({"type": "keyUp", "key": key}));
        }
    }

    impl Drop for Browser {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
