//! What the user named → the files to read: folders are walked, patterns looked up.
//!
//! In come paths as typed; out come files in an order that is the same on every machine: inputs as given, what a
//! folder holds sorted by name. Absent: any look into the files.

use super::Problem;
use glob::MatchOptions;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A file to read, or why there is none.
pub(super) type Input = Result<PathBuf, Problem>;

/// The endings of files that are read in a folder; a file named on the command line is read whatever it ends in.
const ENDINGS: [&str; 19] = [
    "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "cfm", "txt", "text", "json", "jsonl",
    "ndjson", "csv", "tsv", "tab", "xml", "warc",
];

/// The files that `inputs` stand for, each with what went wrong in its stead; `output`, if it is among them, is not
/// read.
pub(super) fn files(inputs: &[PathBuf], output: Option<&Path>) -> Vec<Input> {
    let output = output.and_then(|path| path.canonicalize().ok());
    let mut files = Vec::new();
    for input in inputs {
        let before = files.len();
        if input.is_dir() {
            walk(input, &mut files);
        } else if is_pattern(input) {
            look_up(input, &mut files);
        } else {
            files.push(Ok(input.clone()));
            continue;
        }
        files.retain(|file| {
            !file.as_ref().is_ok_and(|file| output.is_some() && file.canonicalize().ok() == output)
        });
        if files.len() == before {
            files.push(Err(nothing_in(input)));
        }
    }
    files
}

fn nothing_in(input: &Path) -> Problem {
    if input.is_dir() {
        let hint = format!("files are read in folders if they end in {}", ENDINGS.join(", "));
        Problem::new(format!("{}: found no page in this folder", input.display())).hint(hint)
    } else {
        Problem::new(format!("{}: no file matches", input.display()))
    }
}

/// Whether the shell left a pattern for us: nothing is called so, and it has a pattern's signs.
fn is_pattern(input: &Path) -> bool {
    !input.exists() && input.to_str().is_some_and(|name| name.contains(['*', '?', '[']))
}

fn look_up(pattern: &Path, files: &mut Vec<Input>) {
    let name = pattern.to_string_lossy();
    // As shells do: a star stands for no folder's end and for no hidden file.
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    match glob::glob_with(&name, options) {
        Err(error) => {
            files.push(Err(Problem::new(format!("{name}: found no pattern: {}", error.msg))));
        }
        Ok(found) => {
            for path in found {
                match path {
                    Ok(path) if path.is_dir() => walk(&path, files),
                    Ok(path) => files.push(Ok(path)),
                    Err(error) => files.push(Err(cannot_list(error.path(), &error.error().to_string()))),
                }
            }
        }
    }
}

/// Every readable file below `folder`; hidden ones are passed over.
fn walk(folder: &Path, files: &mut Vec<Input>) {
    let shown =
        |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(shown) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_readable(entry.path()) => {
                files.push(Ok(entry.into_path()));
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                files.push(Err(cannot_list(&path, &error.to_string())));
            }
        }
    }
}

fn cannot_list(path: &Path, reason: &str) -> Problem {
    Problem::new(format!("{}: cannot list: {reason}", path.display()))
}

/// Whether a file in a folder is one to read: saved pages lie among their pictures and scripts.
fn is_readable(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = [".gz", ".zst"].iter().find_map(|packer| name.strip_suffix(packer)).unwrap_or(&name);
    name.rsplit_once('.').is_none_or(|(_, ending)| ENDINGS.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &[Input], root: &Path) -> Vec<String> {
        let name = |file: &Input| match file {
            Ok(path) => path.strip_prefix(root).unwrap_or(path).display().to_string(),
            Err(error) => format!("! {}", error.to_string().rsplit(": ").next().unwrap_or_default()),
        };
        found.iter().map(name).collect()
    }

    #[test]
    fn folders_are_walked_by_name_and_patterns_looked_up() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in [
            "b/2.html",
            "b/10.html",
            "b/x.png",
            "b/.hidden.html",
            "b/c/z.htm.gz",
            "a.html",
            "out.jsonl",
            "page",
        ] {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), "x").unwrap();
        }
        std::fs::create_dir(root.join("empty")).unwrap();
        let check = |inputs: &[&str], expected: &[&str]| {
            let inputs: Vec<PathBuf> = inputs.iter().map(|i| root.join(i)).collect();
            let found = files(&inputs, Some(&root.join("out.jsonl")));
            assert_eq!(names(&found, root), expected, "{inputs:?}");
        };
        check(&[""], &["a.html", "b/10.html", "b/2.html", "b/c/z.htm.gz", "page"]);
        check(&["b/*.html"], &["b/10.html", "b/2.html"]);
        check(&["**/*.htm*"], &["a.html", "b/10.html", "b/2.html", "b/c/z.htm.gz"]);
        check(&["b/x.png", "a.html"], &["b/x.png", "a.html"]);
        check(&["*.pdf", "empty"], &["! no file matches", "! found no page in this folder"]);
        check(&["gone.html"], &["gone.html"]);
    }
}
