//! Flags in, files and answers out: one file a command.
//!
//! The only room that opens files, prints, or knows of terminals; what a command computes is in the rooms below.

mod card;
mod cases;
mod columns;
mod comments;
mod community;
mod compare;
mod data;
mod decisions;
mod distinct;
mod evaluate;
mod evaluated;
mod explain;
mod extract;
mod findings;
mod given;
mod identity;
mod input;
mod inspect;
mod interrupt;
mod journal;
mod learned;
mod migrate;
mod models;
mod named;
mod output;
mod pipeline;
mod problem;
mod rendering;
mod report;
mod score;
mod scores;
mod serve;
mod shell;
mod signs;
mod slices;
mod slicing;
mod sources;
mod spans;
mod spreadsheet;
mod streamed;
mod suspect_list;
mod suspects;
mod swaps;
mod table;
mod talk;
mod threshold;
mod train;
mod walk;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use problem::Problem;

/// Labels reader comments for incivility, tone and stance, on this machine, and says why
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  moderato extract page.html                # comments of a saved page, as JSON
  moderato score comments.csv               # labels for the comments of a table
  moderato explain \"Get lost, you fool\"     # the words that made the labels
  moderato train recipe.toml -o my.model    # a model from a recipe

`moderato COMMAND --help` has more.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Extract(extract::ExtractArgs),
    Score(score::ScoreArgs),
    Train(Box<train::TrainArgs>),
    Evaluate(evaluate::EvaluateArgs),
    Compare(compare::CompareArgs),
    Report(report::ReportArgs),
    Suspects(suspects::SuspectsArgs),
    Threshold(threshold::ThresholdArgs),
    Explain(explain::ExplainArgs),
    Spans(spans::SpansArgs),
    Serve(serve::ServeArgs),
    Inspect(inspect::InspectArgs),
    Migrate(migrate::MigrateArgs),
    #[command(subcommand)]
    Decisions(decisions::DecisionsCommand),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// How a command ended, when it ended well enough to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// Everything was done and the answer is no.
    No,
    /// Some input could not be read; the rest was done.
    SomeUnreadable,
}

/// The command line, in which `-1` is the value of the flag before it, not a flag of its own: what is wrong with it can
/// then be said.
fn command() -> clap::Command {
    fn with_negative_numbers(command: clap::Command) -> clap::Command {
        command
            .mut_args(|arg| match arg.get_action() {
                ArgAction::Set | ArgAction::Append if !arg.is_positional() => {
                    arg.allow_negative_numbers(true)
                }
                _ => arg,
            })
            .mut_subcommands(with_negative_numbers)
    }
    with_negative_numbers(Cli::command())
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let parsed = command()
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command())));
    let outcome = match parsed {
        Ok(cli) => dispatch(cli.command),
        Err(error) if error.use_stderr() => {
            problem::print_usage(&error);
            return ExitCode::from(2);
        }
        Err(help) => shown(&help),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Ok(Outcome::SomeUnreadable) => ExitCode::from(2),
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            problem::print(&error);
            ExitCode::from(2)
        }
    }
}

/// Shows the help or the version that was asked for.
fn shown(help: &clap::Error) -> anyhow::Result<Outcome> {
    let written = help.print().and_then(|()| std::io::stdout().flush());
    written.map_err(|error| output::on(Path::new(output::STDOUT), &error))?;
    Ok(Outcome::Done)
}

fn dispatch(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Extract(args) => extract::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Suspects(args) => suspects::run(&args),
        Command::Threshold(args) => threshold::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Spans(args) => spans::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Decisions(command) => decisions::run(&command),
        Command::Completions(args) => shell::completions(&args, &mut Cli::command()),
        Command::Man(args) => shell::man(&args, &Cli::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command and those within it, with their names.
    fn all(command: &clap::Command, name: &str) -> Vec<(String, clap::Command)> {
        let within = command.get_subcommands().flat_map(|inner| {
            let name = format!("{name} {}", inner.get_name());
            all(inner, &name)
        });
        std::iter::once((name.to_owned(), command.clone())).chain(within).collect()
    }

    #[test]
    fn examples_fit_a_terminal_and_what_is_explained_is_wrapped_by_it() {
        for (name, command) in all(&Cli::command(), "moderato") {
            let Some(help) = command.get_after_help().map(ToString::to_string) else { continue };
            for paragraph in help.split("\n\n") {
                match paragraph.strip_prefix("Example") {
                    Some(examples) => {
                        let long = examples.lines().find(|line| line.chars().count() > 80);
                        assert_eq!(long, None, "{name}");
                    }
                    None => assert!(!paragraph.contains('\n'), "{name}: broken by hand: {paragraph}"),
                }
            }
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }
}
