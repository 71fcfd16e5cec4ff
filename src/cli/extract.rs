//! `moderato extract`: pages, tables and exports in, one record a comment out.

use super::comments::Job;
use super::input::{self, Inputs, ReadArgs, RoleArgs};
use super::output::{self, Output};
use super::spreadsheet::{guarded, write_row};
use super::{Outcome, Problem, comments, pipeline};
use crate::comment::Comment;
use crate::extract::Keep;
use crate::extract::personal::{Identity, Pseudonyms};
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Find the comments of pages, tables and exports: one record a comment
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato extract page.html
  moderato extract crawl/ -o comments.jsonl
  moderato extract crawl/ -o comments.jsonl --resume
  moderato extract 'crawl/**/*.html' news.warc.gz --explain
  zcat export.json.gz | moderato extract - --to csv

A page without comments gives no record, and that is no error. A page that cannot be read is told, and the \
next one is read. Records have `id` and `text`, and where \
known `author`, `author_url`, `time`, `parent`, `source`, `position`, `depth`, `permalink`, `votes`, `quoted`.")]
pub(super) struct ExtractArgs {
    #[command(flatten)]
    inputs: Inputs,
    /// Write here instead of to standard output; the file appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    #[command(flatten)]
    roles: RoleArgs,
    /// What to write
    #[arg(long, value_enum, default_value_t = To::Jsonl, value_name = "FORMAT")]
    to: To,
    /// Where quotations of others stand; they are in `quoted` in any case, and `score` leaves them out in any case
    #[arg(long, value_enum, default_value_t = QuotesIn::Text, value_name = "WHERE")]
    quotes: QuotesIn,
    /// When the pages were saved, as 2024-05-14T12:00:00Z: dates such as `2 hours ago` are read against it
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    crawled: Option<jiff::Timestamp>,
    /// Of exports, take pingbacks and trackbacks too
    #[arg(long)]
    pingbacks: bool,
    /// Of exports, keep e-mail and IP addresses
    #[arg(long, conflicts_with = "pseudonymise")]
    keep_personal: bool,
    /// What stands in `author`: the name, or what tells people apart who share a name
    #[arg(long, value_enum, default_value_t = AuthorAs::Name, value_name = "WHAT")]
    author_as: AuthorAs,
    /// Replace authors by codes that only this key can make again, of what `--author-as` says
    #[arg(long, value_name = "KEY")]
    pseudonymise: Option<String>,
    /// Say of each page, on standard error, which signs decided, and name in each record's `found_by` what its list
    /// was found by
    #[arg(long)]
    explain: bool,
    /// Go on where an earlier call with the same inputs and flags was broken off; without one, begin
    #[arg(long, requires = "output")]
    resume: bool,
    /// How many threads to use; all cores unless given
    #[arg(long, value_name = "N", value_parser = input::count::<NonZeroUsize>)]
    threads: Option<NonZeroUsize>,
}

impl ExtractArgs {
    /// All that changes what is written, so that no run goes on with the part of another.
    fn settings(&self) -> String {
        let Self { read, roles, to, quotes, crawled, pingbacks, keep_personal, .. } = self;
        let Self { author_as, pseudonymise, explain, .. } = self;
        format!(
            "{read:?} {roles:?} {to:?} {quotes:?} {crawled:?} {pingbacks} {keep_personal} {author_as:?} {pseudonymise:?} {explain}"
        )
    }
}

fn parse_time(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| "expected a time such as 2024-05-14T12:00:00Z".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// A JSON object a line
    Jsonl,
    /// A table with a header, each cell as it is
    Csv,
    /// The same for spreadsheets: what these would take for a formula gets an apostrophe before it, and so does what
    /// has one there already, so that taking one away gives what was there
    Spreadsheet,
}

/// What stands in `author`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AuthorAs {
    /// The name the comment is signed with
    Name,
    /// The address of the author's profile as the page gives it, which stays when the name is changed; where there is
    /// none, the name
    Link,
}

impl AuthorAs {
    fn identity(self) -> Identity {
        match self {
            Self::Name => Identity::Name,
            Self::Link => Identity::Link,
        }
    }
}

/// Where quotations of others stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QuotesIn {
    /// In the text, where the commenter put them, in lines that begin with `> `
    Text,
    /// In `quoted` alone: the text is the commenter's own words
    Apart,
}

/// The columns of tables.
const COLUMNS: [&str; 12] = [
    "id",
    "text",
    "author",
    "author_url",
    "time",
    "parent",
    "source",
    "position",
    "depth",
    "permalink",
    "votes",
    "quoted",
];

pub(super) fn run(args: &ExtractArgs) -> Result<Outcome> {
    args.inputs.check()?;
    let mut options = args.read.options(Keep::Details)?;
    options.fields.named = args.roles.named();
    options.quotes_apart = args.quotes == QuotesIn::Apart;
    options.page.crawled = args.crawled;
    options.export.pingbacks = args.pingbacks;
    options.export.keep_personal = args.keep_personal;
    options.page.explain = args.explain;
    let pseudonyms = pseudonyms(args.pseudonymise.as_deref())?;
    let by = args.author_as.identity();
    let threads = args.threads.unwrap_or_else(pipeline::default_threads);
    if args.resume && args.inputs.has_stdin() {
        let problem = Problem::new("`-`: standard input cannot be gone on with, expected files or folders");
        return Err(problem.hint("leave out `--resume`").into());
    }
    if args.resume {
        output::check_resumable(args.output.as_deref())?;
    }
    output::check_apart(args.output.as_deref(), &args.inputs.inputs)?;
    let inputs = args.inputs.files(args.output.as_deref());
    let (mut out, from) = Output::open_part(args.output.as_deref(), &args.settings(), &inputs, args.resume)?;
    if args.to != To::Jsonl && from.is_none() {
        writeln!(out, "{}", COLUMNS.join(","))?;
    }
    let write = || {
        |comment: &mut Comment, out: &mut Vec<u8>| {
            if let Some(pseudonyms) = &pseudonyms {
                pseudonyms.hide(comment, by);
            } else if by == Identity::Link && comment.author_url.is_some() {
                comment.author.clone_from(&comment.author_url);
            }
            match args.to {
                To::Jsonl => write_json(comment, out),
                To::Csv => write_csv(comment, str::to_owned, out),
                To::Spreadsheet => write_csv(comment, guarded, out),
            }
        }
    };
    let job = Job { inputs: &inputs, options: &options, threads, from, explain: args.explain };
    let summary = comments::write_each(&job, write, &mut out)?;
    out.finish()?;
    summary.say();
    Ok(summary.outcome())
}

/// What hides names, if there is a key.
fn pseudonyms(key: Option<&str>) -> Result<Option<Pseudonyms>> {
    if key.is_some_and(|key| key.trim().is_empty()) {
        let problem = Problem::new("`--pseudonymise` has an empty key, expected one that nobody can guess");
        return Err(problem.hint("without a key whoever has a name can tell its code").into());
    }
    Ok(key.map(Pseudonyms::new))
}

/// A record of `--to jsonl`: what is not known is left out.
#[derive(Serialize)]
struct Record<'c> {
    id: &'c str,
    text: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_url: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    votes: Option<i64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    quoted: &'c [String],
    #[serde(flatten)]
    other_fields: &'c Map<String, Value>,
}

impl<'c> Record<'c> {
    fn of(comment: &'c Comment) -> Self {
        Self {
            id: &comment.id,
            text: &comment.text,
            author: comment.author.as_deref(),
            author_url: comment.author_url.as_deref(),
            time: comment.time.as_deref(),
            parent: comment.parent.as_deref(),
            source: comment.source.as_deref(),
            position: comment.position,
            depth: comment.depth,
            permalink: comment.permalink.as_deref(),
            votes: comment.votes,
            quoted: &comment.quoted,
            other_fields: &comment.other_fields,
        }
    }
}

/// Appends the comment as a JSON line. Writing plain data to memory cannot fail.
pub(super) fn write_json(comment: &Comment, out: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *out, &Record::of(comment)).is_ok() {
        out.push(b'\n');
    }
}

/// The comment's fields as JSON, in the record's order.
pub(super) fn fields(comment: &Comment) -> Map<String, Value> {
    match serde_json::to_value(Record::of(comment)) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn write_csv(comment: &Comment, cell: impl Fn(&str) -> String, out: &mut Vec<u8>) {
    let fields = fields(comment);
    let cells = COLUMNS.iter().map(|column| cell(&fields.get(*column).map(plain).unwrap_or_default()));
    write_row(cells, out);
}

/// A JSON value as a table's cell: strings without quotes.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(plain).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
