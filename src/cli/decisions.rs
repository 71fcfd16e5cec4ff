//! `moderato decisions`: what people decided, as training data, as figures, and forgotten.

use super::columns::aligned;
use super::output::{self, Output};
use super::rendering::{self, TableOr};
use super::spreadsheet::{guarded, write_row};
use super::talk;
use super::{Outcome, Problem};
use crate::report::escape::visible;
use crate::server::store::{Database, Decision, Erased, NewDecision, Week, Which, weeks};
use anyhow::Result;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

/// What people decided: export, figures, forgetting
#[derive(Debug, Subcommand)]
pub(super) enum DecisionsCommand {
    Export(ExportArgs),
    Forget(ForgetArgs),
    Stats(StatsArgs),
}

/// Write decisions as training data: of several on one comment the last
#[derive(Debug, Args)]
#[command(after_help = "Example:
  moderato decisions export --store desk.db --attribute TOXICITY -o kept.jsonl
  moderato train --data kept.jsonl --label-column label --head toxicity \\
      -o our.model

Each record has `text`, `label` (yes, no), `value`, `attribute`, `community`, `weight`, `client_token`, `session`, \
`time`, `model` and what that model said, `probability`. Decisions whose texts were not kept are left out, and \
counted.")]
pub(super) struct ExportArgs {
    /// The store that `moderato serve` writes
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    /// Only decisions on this attribute
    #[arg(long, value_name = "NAME")]
    attribute: Option<String>,
    /// Only decisions of this community
    #[arg(long, value_name = "ID")]
    community: Option<String>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Records::Jsonl, value_name = "FORMAT")]
    to: Records,
    /// Write here instead of to standard output; the file appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Records {
    /// A JSON object a line
    Jsonl,
    /// A table with a header: what a spreadsheet would take for a formula gets an apostrophe before it
    Csv,
}

/// Erase what was kept of a comment, a session or a community, or all that is old
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
#[command(after_help = "Example:
  moderato decisions forget --store decisions.db --token comment:7f3a

Rows are overwritten, the file is packed anew, and its log emptied. Exit code 1 says that there was nothing to \
forget.")]
pub(super) struct ForgetArgs {
    /// The store that `moderato serve` writes
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    /// The client token of a comment
    #[arg(long, group = "which", value_name = "TOKEN")]
    token: Option<String>,
    /// The id of a session
    #[arg(long, group = "which", value_name = "ID")]
    session: Option<String>,
    /// The id of a community
    #[arg(long, group = "which", value_name = "ID")]
    community: Option<String>,
    /// All before this day (UTC), such as 2026-05-01
    #[arg(long, group = "which", value_name = "DATE", value_parser = parse_day)]
    before: Option<Day>,
}

/// Milliseconds since 1970 at which a day begins.
#[derive(Debug, Clone, Copy)]
struct Day(i64);

fn parse_day(text: &str) -> Result<Day, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| "expected a day such as 2026-05-01".to_owned())?;
    let time = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|e| e.to_string())?;
    Ok(Day(time.timestamp().as_millisecond()))
}

/// Show by week how far decisions and the model agree
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato decisions stats --store decisions.db
  moderato decisions stats --store decisions.db --at 0.8 --to json

Agreed: the share of decisions that the model would have made; found: of what people removed, the share it held; \
right: of what it held, the share that people removed. Decisions on comments it had not scored count in the first \
two columns alone.")]
pub(super) struct StatsArgs {
    /// The store that `moderato serve` writes
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    /// The probability from which the model is taken to say yes
    #[arg(long, default_value_t = 0.5, value_name = "PROBABILITY")]
    at: f64,
    /// Only decisions of this community
    #[arg(long, value_name = "ID")]
    community: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = TableOr::Table, value_name = "FORMAT")]
    to: TableOr,
}

pub(super) fn run(command: &DecisionsCommand) -> Result<Outcome> {
    match command {
        DecisionsCommand::Export(args) => export(args),
        DecisionsCommand::Forget(args) => forget(args),
        DecisionsCommand::Stats(args) => stats(args),
    }
}

const COLUMNS: [&str; 11] = [
    "text",
    "label",
    "value",
    "attribute",
    "community",
    "weight",
    "client_token",
    "session",
    "time",
    "model",
    "probability",
];

fn export(args: &ExportArgs) -> Result<Outcome> {
    output::check_apart(&args.output, [&args.store])?;
    let decisions = Database::open_existing(&args.store)?.standing_decisions()?;
    let same = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|w| w == found);
    let wanted = |d: &&Decision| {
        same(&args.community, &d.decision.said.community) && same(&args.attribute, &d.decision.attribute)
    };
    let mut out = Output::open(args.output.as_deref())?;
    let mut n_written = 0;
    let mut n_without = 0;
    if args.to == Records::Csv {
        let mut header = Vec::new();
        write_row(COLUMNS, &mut header);
        out.write_all(&header)?;
    }
    for decision in decisions.iter().filter(wanted) {
        let d = &decision.decision;
        let Some(text) = &d.said.text else {
            n_without += 1;
            continue;
        };
        n_written += 1;
        match args.to {
            Records::Jsonl => writeln!(out, "{}", record(d, text))?,
            Records::Csv => {
                let mut row = Vec::new();
                write_row(cells(d, text).map(|cell| guarded(&cell)), &mut row);
                out.write_all(&row)?;
            }
        }
    }
    out.finish()?;
    let mut line = talk::plural(n_written, "decision");
    if n_without > 0 {
        line.push_str(&format!(", {n_without} more without their texts"));
    }
    talk::say(&line);
    Ok(Outcome::Done)
}

fn label(d: &NewDecision) -> &'static str {
    if d.value >= 0.5 { "yes" } else { "no" }
}

fn record(d: &NewDecision, text: &str) -> serde_json::Value {
    json!({
        "text": text,
        "label": label(d),
        "value": d.value,
        "attribute": d.attribute,
        "community": d.said.community,
        "weight": 1,
        "client_token": d.said.client_token,
        "session": d.said.session,
        "time": time(d.said.time_ms),
        "model": d.model,
        "probability": d.probability,
    })
}

/// The same as cells, in the order of [`COLUMNS`].
fn cells(d: &NewDecision, text: &str) -> [String; COLUMNS.len()] {
    [
        text.to_owned(),
        label(d).to_owned(),
        d.value.to_string(),
        d.attribute.clone(),
        d.said.community.clone(),
        "1".to_owned(),
        d.said.client_token.clone(),
        d.said.session.clone(),
        time(d.said.time_ms),
        d.model.clone(),
        d.probability.map(|p| p.to_string()).unwrap_or_default(),
    ]
}

/// Milliseconds since 1970 → ISO 8601.
fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|time| time.to_string()).unwrap_or_default()
}

/// Days since 1970 → ISO 8601.
fn day(days: i64) -> String {
    time(days.saturating_mul(86_400_000)).chars().take(10).collect()
}

fn forget(args: &ForgetArgs) -> Result<Outcome> {
    let mut database = Database::open_existing(&args.store)?;
    let which = match (&args.token, &args.session, &args.community, args.before) {
        (Some(token), ..) => Which::Token(token.clone()),
        (_, Some(session), ..) => Which::Session(session.clone()),
        (_, _, Some(community), _) => Which::Community(community.clone()),
        (.., Some(Day(time))) => Which::Before(time),
        _ => {
            return Err(
                Problem::new("found nothing to forget, expected `--token` or one of the others").into()
            );
        }
    };
    // An empty name is no name, and would be everybody's.
    if matches!(&which, Which::Token(name) | Which::Session(name) if name.is_empty()) {
        return Err(Problem::new("found an empty name, expected a token or a session").into());
    }
    let Erased { n_decisions, n_comments, decisions_left, comments_left, is_thorough } =
        database.forget(&which)?;
    let both = |decisions: u64, comments: u64| {
        let comments = talk::plural(comments, "recorded comment");
        format!("{} and {comments}", talk::plural(decisions, "decision"))
    };
    let mut text =
        format!("erased {}\n{} remain\n", both(n_decisions, n_comments), both(decisions_left, comments_left));
    let nothing = n_decisions + n_comments == 0;
    if !nothing {
        text.push_str("models that learned from them keep what they learned until they are trained again\n");
    }
    if !is_thorough {
        text.push_str("another program was reading the store: its log is emptied when that is done\n");
    }
    rendering::print_text(&text)?;
    Ok(if nothing { Outcome::No } else { Outcome::Done })
}

fn stats(args: &StatsArgs) -> Result<Outcome> {
    if !(0.0..=1.0).contains(&args.at) {
        return Err(Problem::new(format!("`--at` is {}, expected a probability from 0 to 1", args.at)).into());
    }
    let mut decisions = Database::open_existing(&args.store)?.standing_decisions()?;
    decisions.retain(|d| args.community.as_ref().is_none_or(|c| *c == d.decision.said.community));
    let weeks = weeks(&decisions, args.at);
    rendering::print_text(&match args.to {
        TableOr::Table => stats_table(&weeks),
        TableOr::Json => format!("{:#}\n", stats_json(&weeks, args.at)),
    })?;
    talk::say(&talk::plural(decisions.len() as u64, "decision"));
    Ok(Outcome::Done)
}

/// The weeks of each attribute and model under their names, which need the width of a line.
fn stats_table(weeks: &[Week]) -> String {
    let percent = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |s| format!("{:.1}%", 100.0 * s));
    let row = |week: &Week| {
        vec![
            day(week.monday),
            week.n_decisions.to_string(),
            week.n_yes.to_string(),
            percent(week.agreement.share()),
            percent(week.agreement.recall()),
            percent(week.agreement.precision()),
        ]
    };
    let mut parts: BTreeMap<(&str, &str), Vec<Vec<String>>> = BTreeMap::new();
    for week in weeks {
        parts.entry((&week.attribute, &week.model)).or_default().push(row(week));
    }
    let header = ["week of", "decisions", "yes", "agreed", "found", "right"];
    let tables = parts.into_iter().map(|((attribute, model), rows)| {
        format!("{} · {}\n{}", visible(attribute), visible(model), aligned(1, &header, &rows))
    });
    tables.collect::<Vec<_>>().join("\n")
}

fn stats_json(weeks: &[Week], at: f64) -> serde_json::Value {
    let row = |week: &Week| {
        json!({
            "week": day(week.monday),
            "attribute": week.attribute,
            "model": week.model,
            "n_decisions": week.n_decisions,
            "n_yes": week.n_yes,
            "n_answered": week.n_answered,
            "both": week.agreement.both,
            "missed": week.agreement.missed,
            "false_alarms": week.agreement.false_alarms,
            "neither": week.agreement.neither,
            "agreement": week.agreement.share(),
            "recall": week.agreement.recall(),
            "precision": week.agreement.precision(),
        })
    };
    json!({"at": at, "weeks": weeks.iter().map(row).collect::<Vec<_>>()})
}
