//! Files and standard input, opened; the flags that say how to read them.

use super::{Problem, given::given, talk::Hand, walk};
use crate::extract::{ExtractOptions, Format, Keep, NamedFields, Quoting};
use anyhow::{Context, Result};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// How to read inputs; the same for every command that reads comments.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// What the inputs are; recognised by their content unless named
    #[arg(help_heading = "How inputs are read", long, value_enum, default_value_t = From::Auto, value_name = "FORMAT")]
    pub(super) from: From,
    /// The field or column that holds the text; in JSON also a path such as `comment.body`, or through arrays
    /// `data.items[].body`
    #[arg(help_heading = "How inputs are read", long, visible_alias = "text-column", value_name = "NAME")]
    pub(super) text_field: Option<String>,
    /// What stands between the fields of a table, where it is neither comma, tab nor semicolon
    #[arg(help_heading = "How inputs are read", long, value_name = "CHARACTER")]
    pub(super) delimiter: Option<char>,
    /// Whether quotes enclose the fields of a table
    #[arg(help_heading = "How inputs are read", long, value_enum, default_value_t = Quotes::Auto)]
    pub(super) quoting: Quotes,
    /// The first row of a table is data; its columns are called 1, 2, 3 …
    #[arg(help_heading = "How inputs are read", long)]
    pub(super) no_header: bool,
}

/// Which fields say what of a comment, for commands that hand this on.
#[derive(Debug, Args)]
pub(super) struct RoleArgs {
    /// The field, column or path of the comment's id, where it has no usual name
    #[arg(help_heading = "How inputs are read", long, value_name = "NAME")]
    id_field: Option<String>,
    /// The field, column or path of the author's name
    #[arg(help_heading = "How inputs are read", long, value_name = "NAME")]
    author_field: Option<String>,
    /// The field, column or path of the time
    #[arg(help_heading = "How inputs are read", long, value_name = "NAME")]
    time_field: Option<String>,
    /// The field, column or path of the id of the comment that is answered
    #[arg(help_heading = "How inputs are read", long, value_name = "NAME")]
    parent_field: Option<String>,
}

impl RoleArgs {
    /// The same choices, as the reader wants them.
    pub(super) fn named(&self) -> NamedFields {
        NamedFields {
            id: self.id_field.clone(),
            author: self.author_field.clone(),
            time: self.time_field.clone(),
            parent: self.parent_field.clone(),
        }
    }

    /// The flags given for fields that a command hands on only where it keeps what it read.
    pub(super) fn kept(&self) -> impl Iterator<Item = &'static str> {
        given([
            (self.author_field.is_some(), "--author-field"),
            (self.time_field.is_some(), "--time-field"),
            (self.parent_field.is_some(), "--parent-field"),
        ])
    }
}

/// The formats of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum From {
    /// Recognise it by its content
    Auto,
    /// A saved page
    Html,
    /// A page saved as plain text
    Text,
    /// Plain text, a comment a line
    Lines,
    /// A JSON object a line
    Jsonl,
    /// A JSON array or document
    Json,
    /// A table with commas or semicolons
    Csv,
    /// A table with tabs
    Tsv,
    /// What a comment system exported: WordPress, Disqus, Commento, Isso, Remark42, Coral, Discourse …
    Export,
    /// A web crawl
    Warc,
}

impl From {
    pub(super) fn format(self) -> Format {
        match self {
            Self::Auto => Format::Auto,
            Self::Html => Format::Html,
            Self::Text => Format::Text,
            Self::Lines => Format::Lines,
            Self::Jsonl => Format::JsonLines,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
            Self::Tsv => Format::Tsv,
            Self::Export => Format::Export,
            Self::Warc => Format::Warc,
        }
    }
}

/// What quotes mean in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Quotes {
    /// As the first rows suggest
    Auto,
    /// They enclose fields
    On,
    /// They are characters
    Off,
}

impl ReadArgs {
    /// The flags given.
    pub(super) fn flags(&self) -> impl Iterator<Item = &'static str> {
        given([
            (self.from != From::Auto, "--from"),
            (self.text_field.is_some(), "--text-column"),
            (self.delimiter.is_some(), "--delimiter"),
            (self.quoting != Quotes::Auto, "--quoting"),
            (self.no_header, "--no-header"),
        ])
    }

    /// The same choices, as the reader wants them.
    pub(super) fn options(&self, keep: Keep) -> Result<ExtractOptions> {
        let mut options = ExtractOptions { format: self.from.format(), ..ExtractOptions::default() };
        options.fields.text.clone_from(&self.text_field);
        options.fields.keep = keep;
        options.table.header = !self.no_header;
        options.table.quoting = match self.quoting {
            Quotes::Auto => Quoting::Auto,
            Quotes::On => Quoting::On,
            Quotes::Off => Quoting::Off,
        };
        if let Some(delimiter) = self.delimiter {
            let byte = u8::try_from(delimiter).ok().filter(u8::is_ascii);
            let byte = byte.ok_or_else(|| {
                Problem::new(format!("`--delimiter` is `{delimiter}`, expected an ASCII character"))
            })?;
            options.table.delimiter = Some(byte);
        }
        Ok(options)
    }
}

/// A text that is not empty.
pub(super) fn text() -> NonEmptyStringValueParser {
    NonEmptyStringValueParser::new()
}

/// How many of something, at least one.
pub(super) fn count<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "expected a whole number from 1".to_owned())
}

/// Opens a file, or standard input for `-`; its bytes move the bar of `talk`.
pub(super) fn open(path: &Path, talk: Option<&Hand>) -> Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        if std::io::stdin().is_terminal() {
            super::talk::say("reading comments from the terminal, until Ctrl-D");
        }
        return Ok(watched(std::io::stdin(), None, talk));
    }
    let file = open_file(path)?;
    let length = file.metadata().ok().map(|m| m.len());
    Ok(watched(file, length, talk))
}

fn watched(
    reader: impl Read + Send + 'static,
    length: Option<u64>,
    talk: Option<&Hand>,
) -> Box<dyn Read + Send> {
    match talk {
        Some(talk) => Box::new(talk.reading(length, reader)),
        None => Box::new(reader),
    }
}

/// Opens a file that must not be a folder.
pub(super) fn open_file(path: &Path) -> Result<File> {
    let cannot = || format!("{}: cannot read", path.display());
    let file = match File::open(path) {
        // Said in the same words on every system.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Problem::new(format!("{}: no such file", path.display())).into());
        }
        file => file.with_context(cannot)?,
    };
    if file.metadata().with_context(cannot)?.is_dir() {
        return Err(Problem::new(format!("{}: found a folder, expected a file", path.display())).into());
    }
    Ok(file)
}

/// The whole of a small file.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.read_to_end(&mut bytes).with_context(|| format!("{}: cannot read", path.display()))?;
    Ok(bytes)
}

/// Refuses standard input more than once.
pub(super) fn once_from_stdin(inputs: &[PathBuf]) -> Result<()> {
    match inputs.iter().filter(|input| *input == Path::new("-")).count() {
        0 | 1 => Ok(()),
        n => Err(Problem::new(format!("found standard input (`-`) {n} times, expected it once")).into()),
    }
}

/// The inputs of a command.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// Files, folders with all they hold, patterns such as `crawl/**/*.html`, or `-` for standard input; plain, .gz
    /// or .zst
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
}

impl Inputs {
    /// Refuses standard input twice: the second time there would be nothing in it.
    pub(super) fn check(&self) -> Result<()> {
        once_from_stdin(&self.inputs)
    }

    /// The files they stand for, without `output`.
    pub(super) fn files(&self, output: Option<&Path>) -> Vec<walk::Input> {
        walk::files(&self.inputs, output)
    }

    /// Whether standard input is among them, which cannot be read again.
    pub(super) fn has_stdin(&self) -> bool {
        self.inputs.iter().any(|input| input == Path::new("-"))
    }
}
