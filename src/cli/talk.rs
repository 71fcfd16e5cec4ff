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
    /// Bytes of one input.
    pub(super) fn input() -> Self {
        let bar =
            ProgressBar::no_length().with_style(style("{spinner} {bytes} {msg} {binary_bytes_per_sec}"));
        Self { bar, n_told: 0 }
    }

    /// Inputs read, of `n`.
    pub(super) fn inputs(n: u64) -> Self {
        let bar =
            ProgressBar::new(n).with_style(style("{wide_bar:.dim} {pos}/{len} {msg} {per_sec} {eta} left"));
        Self { bar, n_told: 0 }
    }

    /// One of the inputs is done.
    pub(super) fn input_done(&self) {
        self.bar.inc(1);
    }

    /// A hand on the bar, for the thread that reads.
    pub(super) fn hand(&self) -> Hand {
        Hand(self.bar.clone())
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
        self.aside(|| say(line));
    }

    /// Does what prints on standard error, above the bar.
    pub(super) fn aside(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A hand on the bar that another holds.
pub(super) struct Hand(ProgressBar);

impl Hand {
    /// A reader whose bytes, `length` of them where that is known, move the bar.
    pub(super) fn reading<R: Read>(&self, length: Option<u64>, reader: R) -> impl Read + use<R> {
        if let Some(length) = length {
            self.0.set_length(length);
            self.0.set_style(style(
                "{wide_bar:.dim} {bytes}/{total_bytes} {msg} {binary_bytes_per_sec} {eta} left",
            ));
        }
        self.0.wrap_read(reader)
    }

    /// So many inputs are done already.
    pub(super) fn inputs_done(&self, n: u64) {
        self.0.inc(n);
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
