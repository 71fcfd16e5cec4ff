//! The program as people run it: one module a command, then what holds for all of them.
//!
//! One crate, so that there is one thing to link. A test runs `moderato` in a [`folder`] of its own and compares
//! exit code, standard output and standard error with a snapshot; where figures depend on a fit, it looks at the
//! shape of the answer instead.

mod folder;
mod tiny;

// A command each.
mod evaluate;
mod explain;
mod extract;
mod findings;
mod inspect;
mod score;
mod shell;
mod spans;
mod suspects;
mod train;

// What holds for all.
mod bad_input;
mod breaking_off;
mod crawl;
mod long_lines;
mod options;
mod pipes;

// The model inside the program, the recipes, the data beside the project, and the README.
mod embedded;
mod readme;
mod reproduction;
mod sklearn_counts;
