//! Reports, printed and written: what `evaluate`, `compare` and `report` end with.

use super::output::{self, Output};
use crate::report::html::{self, Details, Page, PageOptions};
use crate::report::{ComparedHead, Report, json, markdown, terminal};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    /// For people at a terminal
    Table,
    /// For programs
    Json,
    /// For documents
    Md,
    /// A page of its own
    Html,
}

/// What to print where there are words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TextOr {
    /// For people
    Text,
    /// For programs
    Json,
}

/// What to print where there is a table for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableOr {
    /// For people
    Table,
    /// For programs
    Json,
}

/// How to write for the terminal at hand.
pub(super) fn style() -> terminal::Style {
    terminal::Style { color: output::stdout_has_color(), ..terminal::Style::default() }
}

/// Prints a report.
pub(super) fn print(report: &Report, to: To) -> Result<()> {
    print_text(&match to {
        To::Table => terminal::render(report, &style()),
        To::Json => json::render(report),
        To::Md => markdown::render(report),
        To::Html => page(report, &[], &[], true),
    })
}

/// The command line of this process, as a shell would take it.
pub(super) fn command_line() -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    let quoted = |argument: String| match !argument.is_empty() && argument.chars().all(plain) {
        true => argument,
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    };
    let arguments =
        std::env::args_os().skip(1).map(|argument| quoted(argument.to_string_lossy().into_owned()));
    std::iter::once("moderato".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Prints text that is rendered already.
pub(super) fn print_text(text: &str) -> Result<()> {
    let mut out = Output::open(None)?;
    out.write_all(text.as_bytes())?;
    out.finish()
}

/// The files that a report may have in its folder.
pub(super) const FILES: [&str; 4] = ["report.json", "report.md", "report.html", "details.json"];

/// Refuses a folder to write `files` to that is a file, or whose files of these names are read.
pub(super) fn check_folder<'p>(
    folder: Option<&Path>,
    files: &[&str],
    inputs: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<()> {
    output::check_folder(folder)?;
    let written = folder.into_iter().flat_map(|folder| files.iter().map(|file| folder.join(file)));
    output::check_apart(written, inputs)
}

/// Prints sentences, each on lines as wide as those of reports; a line that goes on is indented.
pub(super) fn print_sentences(sentences: &[String]) -> Result<()> {
    const INDENT: &str = "  ";
    let wrapped = |sentence: &String| terminal::wrapped(sentence, style().width - INDENT.len());
    let lines = sentences.iter().map(|sentence| wrapped(sentence).join(&format!("\n{INDENT}")) + "\n");
    print_text(&lines.collect::<String>())
}

/// Writes `report.json`, `report.md` and `report.html` into a folder, and where comments may be read `details.json`,
/// from which `moderato report` makes the page again.
pub(super) fn write_folder(folder: &Path, report: &Report, details: &[Details], text: bool) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot make folder", folder.display()))?;
    output::write_file(&folder.join("report.json"), json::render(report).as_bytes())?;
    output::write_file(&folder.join("report.md"), markdown::render(report).as_bytes())?;
    let details_path = folder.join("details.json");
    if text {
        output::write_file(&details_path, json::render_details(report, details).as_bytes())?;
    }
    output::write_file(&folder.join("report.html"), page(report, details, &[], text).as_bytes())
}

/// Removes what an earlier report left of its comments: beside a report without texts it would be a lie.
pub(super) fn forget_comments(folder: &Path) -> Result<()> {
    let path = folder.join("details.json");
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{}: cannot remove", path.display()))
        }
        _ => Ok(()),
    }
}

/// A report as a web page.
pub(super) fn page(report: &Report, details: &[Details], comparisons: &[ComparedHead], text: bool) -> String {
    let options = PageOptions { text, ..PageOptions::default() };
    html::render(&Page { report, details, comparisons, options: &options })
}
