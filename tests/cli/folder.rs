//! A temporary folder in which moderato is run, and what came of it.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder that goes when the test does.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    /// A folder with the tiny model in it, as `tiny.model`.
    pub(crate) fn with_model() -> Self {
        Self::new().file("tiny.model", crate::tiny::model())
    }

    /// The same folder with one more file.
    pub(crate) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), bytes).expect("a file can be written");
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The names of all files in it, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("a folder lists");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// moderato, about to run here, with nothing of the environment that could change what it says.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_moderato"));
        command.args(args).current_dir(self.0.path()).env_clear().env("NO_COLOR", "1").env("LANG", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args), b"", self.0.path())
    }

    /// Runs with `input` on standard input.
    pub(crate) fn run_on(&self, input: &[u8], args: &[&str]) -> Ran {
        Ran::of(self.command(args), input, self.0.path())
    }
}

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    folder: String,
}

impl Ran {
    fn of(mut command: Command, input: &[u8], folder: &Path) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("moderato starts");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let output = std::thread::scope(|scope| {
            // A program that does not read all of its input has its reasons.
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output().expect("moderato ends")
        });
        Self {
            code: output.status.code().expect("moderato exits by itself"),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
            folder: folder.display().to_string(),
        }
    }

    /// The same, if it was done.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }

    /// Standard output as one JSON document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}\n{self}"))
    }

    /// Standard output as JSON lines.
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        let lines = self.stdout.lines();
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }
}

/// As snapshots have it: paths and checksums of models replaced.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = format!(
            "exit {}\n── stdout\n{}── stderr\n{}",
            self.code,
            closed(&self.stdout),
            closed(&self.stderr)
        );
        let whole =
            whole.replace(&self.folder, "[FOLDER]").replace(env!("CARGO_MANIFEST_DIR"), "[REPOSITORY]");
        f.write_str(&without_hashes(&whole))
    }
}

/// Text that ends with a line break unless it is empty.
fn closed(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}⏎\n") }
}

/// `tiny@0123456789ab` and longer runs of hexadecimal digits become `[HASH]`: they follow from every detail of a fit.
fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_digit() || ('a'..='f').contains(&c) {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() >= 12 { "[HASH]" } else { &digits });
        digits.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// A file of the repository.
pub(crate) fn repository(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// A file of the data beside the project, or none where that is not there; says so once it is missing.
pub(crate) fn data(path: &str) -> Option<String> {
    let folder = std::env::var("MODERATO_DATA").unwrap_or_else(|_| repository("../shared/data"));
    let path = format!("{folder}/{path}");
    if Path::new(&path).exists() {
        return Some(path);
    }
    let _ = writeln!(std::io::stderr(), "skipped: no {path}");
    None
}
