//! What lies in deploy/ starts: the settings, the unit's command, the image's command and its check.

use crate::client::{get, post};
use crate::program::Program;
use moderato::server::config::Config;
use moderato::server::keys::Right;
use serde_json::json;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

fn deployed(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)).expect("a file")
}

/// Where state is kept on a machine; here it is a folder of the test.
const STATE: &str = "/var/lib/moderato";

/// Starts the words of a command, with `changes` made in it.
fn start(words: &[&str], changes: &[(&str, &str)]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moderato"));
    command.args(
        words
            .iter()
            .map(|word| changes.iter().fold((*word).to_owned(), |word, (from, to)| word.replace(from, to))),
    );
    Program::run(command)
}

#[test]
fn the_settings_are_as_the_unit_needs_them() {
    let config = Config::parse(&deployed("serve.toml")).expect("it is read");
    let settings = config.settings().expect("they are settings");
    assert!(settings.keys.admit(Some("change-me-coral"), Right::Decide).is_ok());
    assert!(settings.keys.admit(Some("change-me-coral"), Right::Admin).is_err());
    assert!(settings.keys.admit(Some("change-me-desk"), Right::Admin).is_ok());
    assert!(settings.keys.admit(None, Right::Score).is_err());
    assert!(config.store.is_some_and(|store| store.starts_with(STATE)));
    // What is commented out can be put in.
    let whole: String = deployed("serve.toml")
        .lines()
        .map(|line| {
            let code = line
                .strip_prefix("# ")
                .filter(|rest| rest.contains(" = ") && !rest.ends_with('.') || rest.starts_with('['));
            format!("{}\n", code.unwrap_or(line))
        })
        .collect();
    let settings = Config::parse(&whole).and_then(|config| config.settings()).expect("it is read");
    assert!(settings.addresses.is_some() && settings.public_url.is_some());
}

#[test]
fn the_units_command_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = deployed("moderato.service");
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let words: Vec<&str> = command.split(' ').collect();
    assert!(unit.contains("LoadCredential=serve.toml:") && unit.contains("StateDirectory=moderato\n"));
    let here = folder.path().to_str().expect("UTF-8");
    let settings = deployed("serve.toml").replace(STATE, here).replace("127.0.0.1:8080", "127.0.0.1:0");
    std::fs::write(folder.path().join("serve.toml"), settings).expect("a file is written");
    let server = start(&words[1..], &[("%d", here)]);
    let body = json!({"comment": {"text": "a"}, "requestedAttributes": {"TOXICITY": {}}});
    assert_eq!(post(server.address, "/v1alpha1/comments:analyze?key=change-me-coral", &body).code, 200);
    assert_eq!(post(server.address, "/v1alpha1/comments:analyze", &body).code, 403);
    assert!(folder.path().join("decisions.db").exists());
}

#[test]
fn the_images_command_serves_and_its_check_sees_it() {
    let file = deployed("Containerfile");
    let list = |name: &str| -> Vec<String> {
        let line = file.lines().find_map(|line| line.strip_prefix(&format!("{name} [")));
        serde_json::from_str(&format!("[{}", line.unwrap_or_else(|| panic!("no {name}")))).expect("a list")
    };
    assert!(file.contains("\nUSER 65532"), "nobody runs it as root");
    let folder = tempfile::tempdir().expect("a folder");
    let command = list("CMD");
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    let check = list("HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD");
    let here = folder.path().to_str().expect("UTF-8");
    let mut server = start(&words, &[(STATE, here), ("0.0.0.0:8080", "127.0.0.1:0")]);
    assert_eq!(get(server.address, "/v1/ready").code, 200);
    let port = format!("/127.0.0.1/{}", server.address.port());
    let healthy = || {
        let status =
            Command::new(&check[0]).arg(&check[1]).arg(check[2].replace("/127.0.0.1/8080", &port)).output();
        status.ok().map(|output| output.status.success())
    };
    let Some(found) = healthy() else {
        let _ = writeln!(std::io::stderr(), "skipped: no bash on this machine");
        return;
    };
    assert!(found, "it is well");
    server.signal("TERM");
    server.logged("stopped");
    assert_eq!(healthy(), Some(false), "it is gone");
}
