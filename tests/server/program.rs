//! `moderato serve` as it is run: files that change, signals, logs, and more connections than one process has files.

use crate::client::{connect, get, post, request, to_end};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use tempfile::TempDir;

/// The program, which ends with the test.
pub(crate) struct Program {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
    /// Everything it logged so far.
    pub(crate) log: String,
    pub(crate) address: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moderato"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "debug"]).args(args);
        Self::run(command)
    }

    /// Runs a command that serves, until it listens.
    pub(crate) fn run(mut command: Command) -> Self {
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("moderato starts");
        let lines = BufReader::new(child.stderr.take().expect("standard error is a pipe")).lines();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = Self { child, lines, log: String::new(), address };
        let listening = program.logged("listening");
        program.address = listening["address"].as_str().and_then(|a| a.parse().ok()).expect("an address");
        program
    }

    /// Waits for the line with this message.
    pub(crate) fn logged(&mut self, message: &str) -> Value {
        for line in self.lines.by_ref() {
            let line = line.expect("the log is UTF-8");
            self.log += &line;
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
            if line["message"] == message {
                return line;
            }
        }
        panic!("no `{message}` in {}", self.log)
    }

    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(done.is_ok_and(|status| status.success()), "kill -{name}");
    }

    fn model(&self) -> String {
        get(self.address, "/v1/ready").json()["model"].as_str().expect("a model").to_owned()
    }
}

/// A file beside its place, then put there at once, as deployments do.
fn replace(path: &Path, bytes: &[u8]) {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).expect("a file is written");
    std::fs::rename(&beside, path).expect("a file is put in place");
}

fn model_file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)).expect("a model file")
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.safetensors");
    (folder, path)
}

fn asking(text: &str) -> Value {
    json!({"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}})
}

#[test]
fn a_model_that_changes_is_exchanged_and_rubbish_is_not() {
    let (_folder, path) = folder();
    replace(&path, &model_file("default.safetensors"));
    let mut server = Program::start(&["-m", path.to_str().expect("UTF-8")]);
    let first = server.model();
    // Calls go on all the while.
    let address = server.address;
    let calls = std::thread::spawn(move || {
        (0..400)
            .map(|_| post(address, "/v1/score", &json!({"text": "good day"})).code)
            .all(|code| code == 200)
    });
    replace(&path, b"rubbish");
    let refused = server.logged("model refused, the old one stays in service");
    assert!(
        refused["error"].as_str().is_some_and(|error| error.contains("not a moderato model")),
        "{refused}"
    );
    assert_eq!(server.model(), first);
    let mut cut = model_file("stance-us-politicians.safetensors");
    cut.truncate(cut.len() / 2);
    replace(&path, &cut);
    server.logged("model refused, the old one stays in service");
    assert_eq!(server.model(), first);
    replace(&path, &model_file("stance-us-politicians.safetensors"));
    let read = server.logged("model read");
    assert!(read["model"].as_str().is_some_and(|id| id.starts_with("stance-us-politicians@")), "{read}");
    server.signal("HUP");
    server.logged("model read");
    assert!(server.model().starts_with("stance-us-politicians@"));
    assert!(calls.join().expect("calls end"), "no call was lost");
    let text = String::from_utf8(get(server.address, "/metrics").body).expect("UTF-8");
    assert!(text.contains("moderato_model_reloads_total{outcome=\"refused\"} 2"), "{text}");
}

#[test]
fn communities_have_models_of_their_own() {
    let (folder, _) = folder();
    let own = folder.path().join("Coral%3Ahttps%3A%2F%2Fnews.example.safetensors");
    replace(&own, &model_file("stance-us-politicians.safetensors"));
    let config = folder.path().join("serve.toml");
    std::fs::write(
        &config,
        "[[key]]\nname = \"news\"\nkey = \"n\"\ncommunity = \"Coral:https://news.example\"\n[[key]]\nname = \"all\"\nkey = \"a\"\n",
    )
    .expect("a file is written");
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let server = Program::start(&["--communities", &path(folder.path()), "--config", &path(&config)]);
    let model = |key: &str, community: Value| {
        let body = json!({"text": "good day", "communityId": community});
        let answer = post(server.address, &format!("/v1/score?key={key}"), &body).json();
        answer["model"].as_str().and_then(|id| id.split('@').next()).expect("a model").to_owned()
    };
    assert_eq!(model("a", json!("Coral:https://news.example")), "stance-us-politicians");
    assert_eq!(model("a", json!("Coral:https://other.example")), "default");
    assert_eq!(model("a", Value::Null), "default");
    assert_eq!(model("n", Value::Null), "stance-us-politicians", "a key says whose calls they are");
}

#[test]
fn signals_end_it_well() {
    for name in ["TERM", "INT"] {
        let mut server = Program::start(&[]);
        let mut idle = connect(server.address);
        server.signal(name);
        server.logged("stopped");
        assert_eq!(to_end(&mut idle), b"");
        assert_eq!(server.child.wait().expect("it ends").code(), Some(0), "{name}");
    }
}

#[test]
fn logs_hold_no_comment_and_no_key() {
    let mut server = Program::start(&[]);
    let secret = "zanzibar-quokka";
    post(server.address, &format!("/comments:analyze?key={secret}"), &asking(secret));
    post(
        server.address,
        "/comments:suggestscore",
        &json!({"comment": {"text": secret}, "attributeScores": {secret: {}}}),
    );
    post(server.address, "/v1/score", &json!({"text": secret, "evidence": true}));
    request(server.address, "POST /v1/lines", &[&format!("X-Goog-Api-Key: {secret}")], secret.as_bytes());
    request(
        server.address,
        "POST /comments:analyze",
        &[],
        format!("{{\"comment\":\"{secret}\"}}").as_bytes(),
    );
    get(server.address, &format!("/{secret}?key={secret}"));
    server.signal("TERM");
    server.logged("stopped");
    assert!(server.log.contains("\"call\":\"analyze\""), "{}", server.log);
    assert!(!server.log.contains(secret), "{}", server.log);
}

#[test]
fn ten_thousand_who_say_nothing_are_in_nobodys_way() {
    const MANY: usize = 10_000;
    let server = Program::start(&[]);
    let mut idle = Vec::new();
    while idle.len() < MANY {
        match std::net::TcpStream::connect(server.address) {
            Ok(stream) => idle.push(stream),
            // This process has not as many files; the server, which is another, has them for itself.
            Err(_) => {
                idle.truncate(idle.len().saturating_sub(50));
                break;
            }
        }
    }
    // Some of them begin to say something.
    for stream in idle.iter_mut().take(500) {
        let _ =
            stream.write_all(b"POST /comments:analyze HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    }
    for _ in 0..20 {
        assert_eq!(post(server.address, "/comments:analyze", &asking("good day")).code, 200);
    }
    assert!(idle.len() > 500, "opened {} connections", idle.len());
}

#[test]
fn mistakes_are_told_before_anything_starts() {
    let (folder, path) = folder();
    std::fs::write(&path, b"rubbish").expect("a file is written");
    let config = folder.path().join("serve.toml");
    let say = |text: &str, args: &[&str]| {
        std::fs::write(&config, text).expect("a file is written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_moderato"));
        let output =
            command.arg("serve").args(args).current_dir(folder.path()).output().expect("moderato runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    for (text, args, expected) in [
        ("", &["-m", "desk.safetensors"][..], "error: desk.safetensors: not a moderato model"),
        ("", &["-m", "nothing"], "error: nothing: no such file, expected a model"),
        ("\nport = 1", &["--config", "serve.toml"], "error: serve.toml:2: unknown field `port`"),
        ("listen = \"here\"", &["--config", "serve.toml"], "error: serve.toml: found `listen = \"here\"`"),
        ("", &["--config", "none.toml"], "error: none.toml: "),
        ("", &["--communities", "none"], "error: none: no such folder"),
        ("", &["--tls-cert", "a.pem", "--tls-key", "b.pem"], "error: a.pem: "),
        ("", &["--listen", "192.0.2.1:1"], "error: 192.0.2.1:1: cannot listen"),
    ] {
        let found = say(text, args);
        let found = found.lines().find(|line| line.starts_with("error")).unwrap_or(&found);
        assert!(found.starts_with(expected), "{args:?}: {found}");
    }
}

#[test]
fn calls_are_encrypted_where_there_are_certificates() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
    // A certificate of nobody, for this test alone:
    // openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
    //   -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    //   -addext basicConstraints=critical,CA:FALSE
    let file = |name: &str| format!("{}/tests/server/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let server = Program::start(&["--tls-cert", &file("cert.pem"), "--tls-key", &file("key.pem")]);
    // Who does not shake hands is nobody's concern.
    let mut plain = connect(server.address);
    plain.write_all(b"GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n").expect("bytes are taken");
    assert!(!to_end(&mut plain).starts_with(b"HTTP/1.1 200"));
    let mut roots = RootCertStore::empty();
    let pem = std::fs::read(file("cert.pem")).expect("a certificate");
    roots.add(CertificateDer::from_pem_slice(&pem).expect("PEM")).expect("a root");
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let answer = runtime.block_on(async {
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        let stream = tokio::net::TcpStream::connect(server.address).await.expect("the server accepts");
        let name = ServerName::try_from("localhost").expect("a name");
        let mut stream = connector.connect(name, stream).await.expect("hands are shaken");
        let request = b"GET /$discovery/rest HTTP/1.1\r\nHost: localhost:9\r\nConnection: close\r\n\r\n";
        stream.write_all(request).await.expect("a call is taken");
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        crate::client::answer(&all)
    });
    assert_eq!(answer.json()["rootUrl"], "https://localhost:9/");
}
