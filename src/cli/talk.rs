//! What is said on standard error: progress, troubles, a closing sentence.

use crate::extract::{ExtractError, Tally};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{Read, Write};

/// Progress on long work, and the troubles met on the way. Progress shows on a terminal only.
pub(super) struct Talk {
    bar: ProgressBar,
    n_told: u64,
}

/// Troubles beyond this many are only counted.
const MAX_TOLD: u64 = 20;

impl Talk {
    /// Bytes read, of `len` where that is known.
    pub(super) fn reading(len: Option<u64>) -> Self {
        let bar = match len {
            Some(len) => ProgressBar::new(len).with_style(style(
                "{wide_bar:.dim} {bytes}/{total_bytes} {msg} {binary_bytes_per_sec} {eta} left",
            )),
            None => {
                ProgressBar::no_length().with_style(style("{spinner} {bytes} {msg} {binary_bytes_per_sec}"))
            }
        };
        Self { bar, n_told: 0 }
    }

    /// Steps of unknown length.
    pub(super) fn steps() -> Self {
        let bar = ProgressBar::new_spinner().with_style(style("{spinner} {msg} ({elapsed})"));
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        Self { bar, n_told: 0 }
    }

    /// What is being done.
    pub(super) fn step(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }

    /// A reader whose bytes move the bar.
    pub(super) fn wrap<R: Read>(&self, reader: R) -> impl Read + use<R> {
        self.bar.wrap_read(reader)
    }

    /// A record that could not be read.
    pub(super) fn trouble(&mut self, error: &ExtractError) {
        self.n_told += 1;
        // That the rest of the input is lost is said even after many records that are.
        let ends_input = matches!(
            error,
            ExtractError::Read { .. } | ExtractError::Broken { .. } | ExtractError::Bomb { .. }
        );
        if ends_input || self.n_told <= MAX_TOLD {
            self.say(&format!("warning: {error}"));
        } else if self.n_told == MAX_TOLD + 1 {
            self.say("warning: more records like these are counted, not listed");
        }
    }

    /// A line on standard error, above the bar.
    pub(super) fn say(&self, line: &str) {
        self.bar.suspend(|| say(line));
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.end();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A line on standard error. That it cannot be written (the stream was closed) is nobody's concern.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// `3 comments`, `1 comment, 2 unreadable records, 1 with invalid UTF-8 replaced`.
pub(super) fn tally_line(tally: Tally) -> String {
    let mut line = plural(tally.n_comments, "comment");
    if tally.n_unreadable > 0 {
        line.push_str(&format!(", {}", plural(tally.n_unreadable, "unreadable record")));
    }
    if tally.n_replaced > 0 {
        line.push_str(&format!(", {} with invalid UTF-8 replaced", tally.n_replaced));
    }
    line
}

/// `1 comment`, `2 comments`.
pub(super) fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
