//! Logs: JSON lines on standard error, without any comment in them.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Nothing
    Off,
    /// What failed
    Error,
    /// And what may be a mistake
    Warn,
    /// And what changes: start, stop, models
    Info,
    /// And every call, with its code and time
    Debug,
}

/// Logs from now on; a panic is told by its place alone, since its message may hold a comment.
pub(super) fn start(level: Level) {
    let level = match level {
        Level::Off => LevelFilter::OFF,
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .try_init();
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map_or(String::new(), ToString::to_string);
            tracing::error!(place, "panic");
        }));
    }
}
