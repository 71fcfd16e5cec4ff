//! The sentences about the house that a reader relies on, checked against its source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room, its row, and its step within the row. A room imports from lower rows, or from earlier steps of its own:
/// counting needs to know what a term is, so `text` stands a step before `counts`.
const ROOMS: &[(&str, (u8, u8))] = &[
    ("comment", (0, 0)),
    ("label", (0, 0)),
    ("extract", (1, 0)),
    ("text", (1, 0)),
    ("counts", (1, 1)),
    ("counts::vectorizer", (2, 0)),
    ("corpus", (2, 0)),
    ("naive_bayes", (2, 0)),
    ("logistic", (2, 0)),
    ("calibration", (2, 0)),
    ("model", (3, 0)),
    ("evaluate", (4, 0)),
    ("perspective", (4, 0)),
    ("report", (5, 0)),
    // Its page shows what others wrote by the rules that reports show it by.
    ("server", (5, 1)),
    ("cli", (6, 0)),
    ("main", (7, 0)),
];

/// A file of `src`: its path there, the module it is, and what of it is neither comment nor test.
struct Source {
    path: String,
    module: Vec<String>,
    code: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder`, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder lists").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match path.is_dir() {
            _ if name == "target" || name == ".git" => {}
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// The path from the root, with slashes.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn rust_files(folder: &str) -> Vec<(String, String)> {
    let paths = files(&root().join(folder)).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    paths.map(|path| (shown(&path), fs::read_to_string(&path).expect("source is UTF-8"))).collect()
}

/// The lines before the tests at the end of a file.
fn production(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|w| w[0] == "#[cfg(test)]" && w[1].starts_with("mod ") && w[1].ends_with('{'));
    lines[..tests.unwrap_or(lines.len())].to_vec()
}

fn sources() -> Vec<Source> {
    let sources = rust_files("src").into_iter().map(|(path, text)| {
        let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
        let module = inner.split('/').filter(|part| *part != "mod").map(str::to_owned).collect();
        let code = production(&text).into_iter().filter(|line| !line.trim_start().starts_with("//"));
        Source { module, code: code.map(str::to_owned).collect(), path }
    });
    sources.collect()
}

/// The room of a module path: the longest of [`ROOMS`] that begins it.
fn room(module: &[String]) -> Option<(&'static str, (u8, u8))> {
    let begins =
        |room: &str| room.split("::").zip(module).filter(|(a, b)| a == b).count() == room.split("::").count();
    ROOMS.iter().copied().filter(|(name, _)| begins(name)).max_by_key(|(name, _)| name.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The paths in `line` that begin with `crate::` or `super::`, from the root of the crate.
fn imports(module: &[String], line: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let words = line.split(|c: char| !is_word(c) && c != ':').filter(|word| word.contains("::"));
    for word in words {
        let parts: Vec<&str> = word.split("::").collect();
        let n_super = parts.iter().take_while(|part| **part == "super").count();
        let base: Vec<String> = match parts[0] {
            "crate" => Vec::new(),
            "super" if n_super <= module.len() => module[..module.len() - n_super].to_vec(),
            _ => continue,
        };
        let rest = parts.iter().skip(n_super.max(1)).filter(|part| !part.is_empty());
        found.push(base.into_iter().chain(rest.map(|part| (*part).to_owned())).collect());
    }
    found
}

/// Fails with every complaint at once.
fn hold(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn a_module_imports_only_from_lower_rows() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| source.path != "src/lib.rs") {
        let Some((name, row)) = room(&source.module) else {
            complaints.push(format!("{}: is in no room of `ROOMS`", source.path));
            continue;
        };
        for line in &source.code {
            if line.contains("crate::{") {
                complaints.push(format!("{}: `{}`: expected one `use` a room", source.path, line.trim()));
            }
            for import in imports(&source.module, line) {
                let Some((imported, imported_row)) = room(&import) else { continue };
                if imported != name && imported_row >= row {
                    complaints.push(format!(
                        "{}: `{}`: {name} may not know {imported}",
                        source.path,
                        line.trim()
                    ));
                }
            }
        }
    }
    hold(&complaints);
}

#[test]
fn imports_are_seen() {
    let module = ["counts", "matrix"].map(str::to_owned);
    let names = |line| imports(&module, line).iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(names("use crate::model::{Model, Scorer};"), ["model"]);
    assert_eq!(names("use super::vectorizer::Pruning;"), ["counts::vectorizer::Pruning"]);
    assert_eq!(names("fn f(x: crate::cli::A) -> super::super::text::B {"), ["cli::A", "text::B"]);
    assert_eq!(names("use std::io;"), [""; 0]);
    assert_eq!(
        room(&["counts", "vectorizer", "x"].map(str::to_owned)).map(|r| r.0),
        Some("counts::vectorizer")
    );
    assert_eq!(room(&["countsman".to_owned()]), None);
}

/// Whether `line` speaks of `name` as a whole word, or as a path that begins with it.
fn mentions(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_none_or(|c| !is_word(c));
        let after = line[at + name.len()..].chars().next().is_none_or(|c| !is_word(c));
        before && (after || !name.ends_with(is_word))
    })
}

/// No file but those that begin with one of `allowed` mentions any of `names`.
fn only_in(allowed: &[&str], names: &[&str]) {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|s| !allowed.iter().any(|allowed| s.path.starts_with(allowed))) {
        for (line, name) in source.code.iter().flat_map(|line| names.iter().map(move |name| (line, *name))) {
            if mentions(line, name) {
                complaints.push(format!(
                    "{}: `{}`: `{name}` only in {}",
                    source.path,
                    line.trim(),
                    allowed.join(", ")
                ));
            }
        }
    }
    hold(&complaints);
}

#[test]
fn crates_stay_in_their_rooms() {
    only_in(
        &["src/cli/"],
        &["clap", "clap_complete", "clap_mangen", "indicatif", "anyhow", "tempfile", "terminal_size"],
    );
    only_in(&["src/server/", "src/cli/serve"], &["axum", "tokio", "rusqlite"]);
    only_in(&["src/counts/matrix.rs", "src/naive_bayes/"], &["linfa", "linfa_bayes"]);
}

#[test]
fn only_the_command_line_opens_files_prints_and_asks_for_the_time() {
    let names = [
        "std::fs",
        "fs::File",
        "File::open",
        "std::env",
        "env::var",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "dbg!",
        "stdin",
        "stdout",
        "stderr",
        "std::net",
        "Command::new",
    ];
    only_in(&["src/cli/", "src/server/store"], &names);
    only_in(&["src/cli/", "src/server/store", "src/server/clock.rs"], &["SystemTime", "Instant"]);
}

#[test]
fn nothing_is_unsafe() {
    only_in(&[], &["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"]);
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest is there");
    assert!(manifest.contains("unsafe_code = \""), "Cargo.toml: expected a lint on `unsafe_code`");
}

#[test]
fn every_file_has_a_home_and_says_what_it_is() {
    let mut complaints = Vec::new();
    for (path, text) in ["src", "tests", "benches", "examples"].iter().flat_map(|folder| rust_files(folder)) {
        let homeless = ["util", "utils", "helper", "helpers", "common", "misc"];
        if path.trim_end_matches(".rs").split('/').any(|part| homeless.contains(&part)) {
            complaints.push(format!("{path}: has no home: its concept has no name yet"));
        }
        if !text.starts_with("//! ") {
            complaints.push(format!("{path}: expected a first line that begins with `//! `"));
        }
    }
    hold(&complaints);
}

/// Lines of code before the tests. Documentation may be as long as it needs to be, and a table of cases as long as
/// there are cases.
const MOST_LINES: usize = 400;

#[test]
fn long_files_say_why() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| source.code.len() > MOST_LINES) {
        let text = fs::read_to_string(root().join(&source.path)).expect("source is UTF-8");
        if !text.lines().take_while(|line| line.starts_with("//!")).any(|line| line.contains("long")) {
            let n_lines = source.code.len();
            complaints.push(format!(
                "{}: {n_lines} lines, expected {MOST_LINES}, or in its header why it is so long",
                source.path
            ));
        }
    }
    hold(&complaints);
}

#[test]
fn each_room_is_on_the_map() {
    let map = fs::read_to_string(root().join("src/lib.rs")).expect("the map is there");
    let rooms: BTreeMap<&str, bool> = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(|room| (room, map.contains(&format!("//! | [`{room}`] |"))))
        .collect();
    assert!(rooms.len() > 10, "found {} rooms", rooms.len());
    let missing: Vec<&&str> =
        rooms.iter().filter(|(_, is_there)| !**is_there).map(|(room, _)| room).collect();
    assert!(missing.is_empty(), "src/lib.rs: the table has no row for {missing:?}");
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    // In two parts each, so that this file is none of them.
    let homes = [["/ho", "me/"], ["/Use", "rs/"], ["/ro", "ot/"], ["/wo", "rk/"], ["C:\\Use", "rs"]]
        .map(|parts| parts.concat());
    let mut complaints = Vec::new();
    for path in files(root()) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (line, text) in text.lines().enumerate() {
            let found = homes.iter().flat_map(|home| text.match_indices(home.as_str()));
            // A path begins there, and is not the middle of an address.
            let begins = |at: usize| {
                text[..at].chars().next_back().is_none_or(|c| !is_word(c) && !"./-~}]".contains(c))
            };
            if found.into_iter().any(|(at, _)| begins(at)) {
                complaints.push(format!("{}:{}: names a path of one machine", shown(&path), line + 1));
            }
        }
    }
    hold(&complaints);
}
