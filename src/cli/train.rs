//! stub
use super::Outcome;
use clap::Args;
/// t
#[derive(Debug, Args)]
pub(super) struct TrainArgs {}
pub(super) fn run(_: &TrainArgs) -> anyhow::Result<Outcome> {
    Ok(Outcome::Done)
}
