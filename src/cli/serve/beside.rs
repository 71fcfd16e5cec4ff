//! The flags of what runs beside the model: the endpoint it replaces, and a model on trial.

use crate::cli::{Problem, input, models};
use crate::server::{Answering, Beside, Endpoint, Served};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Who is asked beside the model, and recorded.
#[derive(Debug, Args)]
pub(super) struct BesideArgs {
    /// Forward calls to this endpoint, and record what it says beside what we say; needs a store
    #[arg(help_heading = "Beside the model", long, value_name = "URL")]
    record: Option<String>,
    /// A file with the key to send there; the caller's own key unless given
    #[arg(help_heading = "Beside the model", long, value_name = "FILE", requires = "record")]
    record_key: Option<PathBuf>,
    /// Whose answer callers get: the endpoint's, while it gives one in time and ours otherwise, or always ours
    #[arg(help_heading = "Beside the model", long, value_enum, default_value_t = Answer::Theirs, requires = "record", value_name = "WHOSE")]
    answer: Answer,
    /// How many milliseconds the endpoint has to answer
    #[arg(
        help_heading = "Beside the model",
        long,
        default_value = "600",
        requires = "record",
        value_name = "MS",
        value_parser = input::count::<NonZeroU64>
    )]
    record_patience: NonZeroU64,
    /// Ask this model, too, and record what it says; needs a store
    #[arg(help_heading = "Beside the model", long, value_name = "MODEL")]
    shadow: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Answer {
    /// The endpoint's, or ours where there is none in time
    Theirs,
    /// Ours
    Ours,
}

impl BesideArgs {
    /// Who is asked.
    pub(super) fn open(&self, has_store: bool) -> Result<Beside> {
        if !has_store && (self.record.is_some() || self.shadow.is_some()) {
            let problem = Problem::new("found no store to record in, expected `--store`");
            return Err(problem.hint("for instance `--store moving.sqlite`").into());
        }
        let key = self.record_key.as_deref().map(input::read_file).transpose()?;
        let key = key.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        let answering = match self.answer {
            Answer::Theirs => Answering::Theirs,
            Answer::Ours => Answering::Ours,
        };
        let patience = Duration::from_millis(self.record_patience.get());
        let endpoint = self.record.as_deref().map(|url| Endpoint::new(url, key, patience, answering));
        let endpoint = endpoint.transpose().map_err(|error| Problem::new(format!("`--record`: {error}")))?;
        let shadow = self.shadow.as_deref().map(|path| models::load(Some(path))).transpose()?;
        Ok(Beside { endpoint, shadow: shadow.map(|model| Arc::new(Served::new(model, None))) })
    }
}
