//! Real clients against the real program: see tests/clients.

use crate::program::Program;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `tests/clients/install` puts them: beside what cargo builds.
fn installed(path: &str) -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_BIN_EXE_moderato")).ancestors().nth(2)?;
    let found = target.join("clients").join(path);
    if !found.exists() {
        let _ =
            writeln!(std::io::stderr(), "skipped: no {}, which tests/clients/install makes", found.display());
    }
    found.exists().then_some(found)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// Runs `command` with the address of a server; fails unless it ends well.
#[track_caller]
fn run(mut command: Command) {
    let server = Program::start(&[]);
    let output = command.arg(format!("http://{}", server.address)).output().expect("the client runs");
    let [out, err] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(output.status.success() && out == "fine\n", "{out}{err}");
}

fn node(program: &str) {
    let Some(package) = installed("node/installed") else { return };
    let mut command = Command::new("node");
    // Packages are looked for from there.
    command.current_dir(package.parent().expect("it is in a folder")).arg(script(program));
    run(command);
}

#[test]
fn googles_client_for_python_calls_alone_and_in_batches() {
    let Some(installed) = installed("python/installed") else { return };
    let mut command = Command::new(installed.with_file_name("bin/python"));
    command.arg(script("google_client.py"));
    run(command);
}

#[test]
fn googles_client_for_node_discovers_and_calls() {
    node("google_client.js");
}

#[test]
fn the_package_for_node_calls() {
    node("perspective_client.js");
}
