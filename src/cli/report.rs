//! `moderato report`: a report rendered again, without scoring.

use super::input;
use super::rendering::{self, To};
use super::{Outcome, Problem};
use crate::report::{Report, json};
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};

/// Render a report again, without scoring
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato report report --to md
  moderato report report/report.json
  moderato report report --write    # makes report.md and report.html again")]
pub(super) struct ReportArgs {
    /// A folder that `evaluate -o` wrote, or a report.json
    report: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value_t = To::Table, value_name = "FORMAT")]
    to: To,
    /// Write the files into the folder again instead of printing
    #[arg(long)]
    write: bool,
    /// Leave the comments' texts out of the page, for reports that travel
    #[arg(long)]
    no_text: bool,
}

pub(super) fn run(args: &ReportArgs) -> Result<Outcome> {
    let is_folder = args.report.is_dir();
    let path = if is_folder { args.report.join("report.json") } else { args.report.clone() };
    let hint = "`moderato evaluate -o DIR` and `train --report DIR` write reports";
    if is_folder && !path.exists() {
        let message = format!("{}: no such file, expected a folder with a report", path.display());
        return Err(Problem::new(message).hint(hint).into());
    }
    let mut report: Report = json::read(&text(&path)?)
        .map_err(|error| Problem::new(format!("{}: {error}", path.display())).hint(hint))?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let details_path = folder.join("details.json");
    let details = match details_path.exists() && !args.no_text {
        true => json::read_details(&text(&details_path)?, &mut report)
            .with_context(|| details_path.display().to_string())?,
        false => Vec::new(),
    };
    match (args.write, args.to) {
        (true, _) => {
            rendering::write_folder(&folder, &report, &details, !args.no_text && !details.is_empty())?;
        }
        (false, To::Html) => {
            rendering::print_text(&rendering::page(&report, &details, &[], !args.no_text))?;
        }
        (false, to) => rendering::print(&report, to)?,
    }
    Ok(Outcome::Done)
}

fn text(path: &Path) -> Result<String> {
    let bytes = input::read_file(path)?;
    Ok(String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{}: not UTF-8, expected JSON", path.display())))?)
}
