//! moderato on the command line; everything is in [`moderato::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    moderato::cli::run()
}
