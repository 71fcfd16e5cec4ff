//! `moderato completions` and `moderato man`.

use super::Outcome;
use super::output::Output;
use anyhow::Result;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::Write;

/// Write a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example:
  moderato completions fish > ~/.config/fish/completions/moderato.fish")]
pub(super) struct CompletionsArgs {
    shell: Shell,
}

/// Write the manual page, all commands in one
#[derive(Debug, Args)]
#[command(after_help = "Example:
  moderato man > moderato.1 && man ./moderato.1")]
pub(super) struct ManArgs {}

pub(super) fn completions(args: &CompletionsArgs, command: &mut Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "moderato", &mut script);
    print(&script)
}

pub(super) fn man(_: &ManArgs, command: &Command) -> Result<Outcome> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    sections(command, &mut page)?;
    print(&page)
}

/// A part of the manual for each command below `command`, and for those below them.
fn sections(command: &Command, page: &mut Vec<u8>) -> Result<()> {
    for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        let man = Man::new(subcommand.clone());
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
        man.render_extra_section(page)?;
        sections(subcommand, page)?;
    }
    Ok(())
}

fn print(bytes: &[u8]) -> Result<Outcome> {
    let mut out = Output::open(None)?;
    out.write_all(bytes)?;
    out.finish()?;
    Ok(Outcome::Done)
}
