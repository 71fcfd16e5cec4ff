//! stub
use super::Outcome;
use clap::Args;
/// t
#[derive(Debug, Args)]
pub(super) struct EvaluateArgs {}
pub(super) fn run(_: &EvaluateArgs) -> anyhow::Result<Outcome> {
    Ok(Outcome::Done)
}
