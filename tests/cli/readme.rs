//! The README's tour runs as written.

use crate::folder::{Folder, data, repository};
use std::path::Path;

/// The lines within blocks of `language`.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line.trim_start().strip_prefix("```")) {
            (false, Some(marked)) => inside = marked.trim() == language,
            (true, Some(_)) => inside = false,
            (true, None) => found.push(line.to_owned()),
            _ => {}
        }
    }
    found
}

/// Commands of `console` blocks: what follows `$ `, joined with the lines that a backslash continues it with.
fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut open = false;
    for line in blocks(text, "console") {
        let part = match (open, line.strip_prefix("$ ")) {
            (true, _) => line.trim_start(),
            (false, Some(command)) => {
                commands.push(String::new());
                command
            }
            (false, None) => continue,
        };
        open = part.ends_with('\\');
        if let Some(command) = commands.last_mut() {
            command.push_str(part.trim_end_matches('\\'));
        }
    }
    commands
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("a folder lists") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("entries have names"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => std::fs::copy(&path, &target).map(|_| ()).expect("a file can be copied"),
        }
    }
}

fn readme() -> String {
    std::fs::read_to_string(repository("README.md")).expect("README.md is there")
}

#[test]
fn continued_lines_are_one_command() {
    let text = "```console\n$ moderato score a \\\n    -o b\nout\n$ ls\n```\n```sh\n$ not this\n```\n";
    assert_eq!(commands(text), ["moderato score a -o b", "ls"]);
}

#[test]
#[cfg(unix)]
fn the_tour_runs_as_written() {
    let readme = readme();
    let tour: Vec<String> = commands(&readme).into_iter().filter(|c| c.contains("moderato ")).collect();
    assert!(tour.len() >= 4, "found {} commands in README.md, expected a tour", tour.len());
    let folder = Folder::new();
    for part in ["training", "models"] {
        copy(Path::new(&repository(part)), &folder.path(part));
    }
    let program = Path::new(env!("CARGO_BIN_EXE_moderato")).parent().expect("the program is in a folder");
    let path = format!("{}:/usr/bin:/bin", program.display());
    for command in tour {
        let needs_data = command.contains("--data-dir") || command.contains("../shared");
        if needs_data && data("").is_none() {
            continue;
        }
        // A line may be a pipeline, or say with `# exit 1` that the answer is no.
        let expected = if command.contains("# exit 1") { 1 } else { 0 };
        let output = std::process::Command::new("sh")
            .args(["-ec", &command])
            .current_dir(folder.path(""))
            .env("PATH", &path)
            .env("NO_COLOR", "1")
            .output()
            .expect("a shell runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(expected), "$ {command}\n{stderr}");
        let words: Vec<&str> = command.split_whitespace().collect();
        for pair in words.windows(2).filter(|pair| ["-o", "--output", "--card", ">"].contains(&pair[0])) {
            assert!(folder.path(pair[1]).exists(), "$ {command}\nexpected `{}` afterwards", pair[1]);
        }
    }
}

#[test]
fn the_table_of_commands_has_them_all() {
    let readme = readme();
    let help = Folder::new().run(&["--help"]).done().stdout;
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // Two blanks, then the name; what goes on below it is further in.
    let names =
        listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
    for name in names.filter(|name| *name != "help") {
        let row =
            readme.lines().any(|line| line.starts_with('|') && line.contains(&format!("`moderato {name}")));
        let short = readme.lines().any(|line| line.starts_with(&format!("| `{name}")));
        assert!(row || short, "README.md: the table of commands has no row for `{name}`");
    }
}

#[test]
fn files_that_the_readme_links_are_there() {
    for link in readme().split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let file = link.split('#').next().unwrap_or_default();
        if !file.is_empty() && !link.contains("://") {
            assert!(Path::new(&repository(file)).exists(), "README.md: `{link}` is not there");
        }
    }
}
