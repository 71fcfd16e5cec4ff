//! `moderato threshold`: where to put a threshold, and into the model with it.

use super::data::DataArgs;
use super::evaluated::{IntervalArgs, Labelled};
use super::talk::{self, Talk};
use super::{Outcome, Problem, models, output, rendering};
use crate::evaluate::{Evaluation, Options, Outcome as AtThreshold, Question, TwoThresholds};
use crate::report::terminal;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Ask what thresholds do to labelled comments, and write one into a model
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato threshold --data test.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility
  moderato threshold … --workload 120/5000    # we can read 120 of 5,000 a day
  moderato threshold … --precision 0.95 --look-miss-rate 0.1
                                # hold the surest, look first at others
  moderato threshold … --miss-rate 0.1 -m my.safetensors -o strict.safetensors")]
pub(super) struct ThresholdArgs {
    #[command(flatten)]
    data: DataArgs,
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The label that is asked about; of two labels the second unless given
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    /// Hold no more than this share of all comments: 120/5000, or 0.024
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["miss_rate", "precision", "at"])]
    workload: Option<String>,
    /// Miss no more than this share of the comments to hold
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with_all = ["precision", "at"])]
    miss_rate: Option<f64>,
    /// Of the comments held, hold at least this share rightly
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "at")]
    precision: Option<f64>,
    /// What this threshold does
    #[arg(long, value_name = "PROBABILITY", value_parser = share)]
    at: Option<f64>,
    /// A second, lower threshold from which comments are looked at first: no more than this share of all in both
    /// queues
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["look_miss_rate", "look_at"])]
    look_workload: Option<String>,
    /// The same, so that no more than this share of the comments to hold passes unseen
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "look_at")]
    look_miss_rate: Option<f64>,
    /// The same, at this probability
    #[arg(long, value_name = "PROBABILITY", value_parser = share)]
    look_at: Option<f64>,
    /// Write the model with the threshold found; the second is the reader's matter, the model decides by one
    #[arg(short, long, value_name = "MODEL")]
    output: Option<PathBuf>,
    #[command(flatten)]
    intervals: IntervalArgs,
}

/// A number from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let found = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    found.ok_or_else(|| format!("found `{text}`, expected a number from 0 to 1"))
}

pub(super) fn run(args: &ThresholdArgs) -> Result<Outcome> {
    args.check()?;
    let mut model = models::load(args.model.as_deref())?;
    let talk = Talk::steps();
    let labelled = Labelled::read(&args.data, &model, &talk)?;
    let predictions = labelled.predictions(&model)?;
    let evaluation =
        Evaluation::of(&labelled.head, &labelled.truths, &predictions, &Options { bootstrap: None })?;
    talk.end();
    let question = args.question(&evaluation)?;
    let outcome = if labelled.n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable };
    let Some(found) = args.asked(question)? else {
        rendering::print_text(&terminal::render_thresholds(&evaluation, &rendering::style()))?;
        return Ok(outcome);
    };
    let label = evaluation.head.labels.name(question.label);
    let mut told = vec![sentence(question, &found, label)];
    if let Some(look) = args.look(question)? {
        if look.threshold > found.threshold {
            let (second, first) = (look.threshold, found.threshold);
            let message =
                format!("the second threshold would be {second:.4}, expected at most the first, {first:.4}");
            return Err(Problem::new(message).into());
        }
        told.extend(second_sentence(question, &question.curve.two(look.threshold, found.threshold)));
    }
    rendering::print_sentences(&told)?;
    if let Some(path) = &args.output {
        if found.held() == 0 {
            return Err(Problem::new(
                "no threshold holds so few comments, expected one to write into the model",
            )
            .into());
        }
        model.set_threshold(&labelled.head.name, question.label, found.threshold).map_err(Problem::new)?;
        output::write_file(path, &model.to_bytes()?)?;
        talk::say(&format!("{}: {}", path.display(), model.id()));
    }
    Ok(outcome)
}

impl ThresholdArgs {
    /// Finds out before the work what nothing would come of.
    fn check(&self) -> Result<()> {
        output::check_apart(&self.output, &self.data.data)?;
        output::check_place(self.output.as_deref())?;
        let asked = [&self.workload, &self.look_workload].into_iter().flatten();
        asked.map(|share| parse_share(share)).collect::<Result<Vec<f64>>>()?;
        let asks_first = self.workload.is_some()
            || self.miss_rate.is_some()
            || self.precision.is_some()
            || self.at.is_some();
        let asks_second =
            self.look_workload.is_some() || self.look_miss_rate.is_some() || self.look_at.is_some();
        let found = match (asks_first, asks_second, &self.output) {
            (false, true, _) => "a second threshold, expected a first one as well",
            (false, _, Some(_)) => "`--output` without a threshold, expected one to write into the model",
            _ => return Ok(()),
        };
        let hint = "ask by `--workload`, `--miss-rate`, `--precision` or `--at`";
        Err(Problem::new(format!("found {found}")).hint(hint).into())
    }

    fn question<'e>(&self, evaluation: &'e Evaluation) -> Result<&'e Question> {
        let labels = &evaluation.head.labels;
        let wanted = match &self.label {
            None => evaluation.questions.first(),
            Some(name) => evaluation.questions.iter().find(|q| labels.name(q.label) == name),
        };
        let asked: Vec<&str> = evaluation.questions.iter().map(|q| labels.name(q.label)).collect();
        let message = format!(
            "`--label` is `{}`, expected one of {}",
            self.label.as_deref().unwrap_or_default(),
            asked.join(", ")
        );
        wanted.ok_or_else(|| Problem::new(message).into())
    }

    /// The second threshold, if one was asked for.
    fn look(&self, question: &Question) -> Result<Option<AtThreshold>> {
        let curve = &question.curve;
        Ok(match (&self.look_workload, self.look_miss_rate, self.look_at) {
            (Some(share), ..) => Some(curve.by_workload(parse_share(share)?)),
            (_, Some(rate), _) => Some(curve.by_miss_rate(rate).ok_or_else(|| {
                Problem::new(format!("no threshold reaches a miss rate of {rate} on these comments"))
            })?),
            (.., Some(at)) => Some(curve.at(at)),
            _ => None,
        })
    }

    /// What was asked for; none if nothing was.
    fn asked(&self, question: &Question) -> Result<Option<AtThreshold>> {
        let curve = &question.curve;
        let unreachable = |what: &str| Problem::new(format!("no threshold reaches {what} on these comments"));
        Ok(match (&self.workload, self.miss_rate, self.precision, self.at) {
            (Some(share), ..) => Some(curve.by_workload(parse_share(share)?)),
            (_, Some(rate), ..) => {
                Some(curve.by_miss_rate(rate).ok_or_else(|| unreachable(&format!("a miss rate of {rate}")))?)
            }
            (_, _, Some(share), _) => Some(
                curve.by_precision(share).ok_or_else(|| unreachable(&format!("a precision of {share}")))?,
            ),
            (.., Some(at)) => Some(curve.at(at)),
            _ => None,
        })
    }
}

/// What the lower of two thresholds adds.
fn second_sentence(question: &Question, two: &TwoThresholds) -> Option<String> {
    if two.look.held() == 0 {
        return None;
    }
    let n = question.curve.n().max(1) as f64;
    let per_thousand = |count: u64| 1000.0 * count as f64 / n;
    Some(format!(
        "look first from probability {:.4} on: another {:.1} are looked at, and {:.1} are missed by both",
        two.look.threshold,
        per_thousand(two.looked_at()),
        per_thousand(two.look.missed()),
    ))
}

/// `120/5000` or `0.024`.
fn parse_share(text: &str) -> Result<f64> {
    let share = match text.split_once('/') {
        Some((part, whole)) => {
            part.trim().parse::<f64>().ok().zip(whole.trim().parse::<f64>().ok()).map(|(p, w)| p / w)
        }
        None => text.parse().ok(),
    };
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| {
        let message = format!("found workload `{text}`, expected a share such as 120/5000 or 0.024");
        Problem::new(message).into()
    })
}

fn sentence(question: &Question, found: &AtThreshold, label: &str) -> String {
    let n = question.curve.n().max(1) as f64;
    let per_thousand = |count: u64| 1000.0 * count as f64 / n;
    if found.held() == 0 {
        return format!(
            "{label}: no threshold holds so few; of 1,000 comments {:.1} are missed",
            per_thousand(found.missed())
        );
    }
    format!(
        "{label} from probability {:.4} on: of 1,000 comments {:.1} are held, {:.1} of them rightly, and {:.1} are \
         missed",
        found.threshold,
        per_thousand(found.held()),
        per_thousand(found.rightly_held()),
        per_thousand(found.missed()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_are_shares_or_so_many_of_so_many() {
        assert_eq!(parse_share("120/5000").unwrap(), 0.024);
        assert_eq!(parse_share("0.5").unwrap(), 0.5);
        for bad in ["", "x", "2", "1/0", "-1"] {
            assert!(parse_share(bad).is_err(), "{bad}");
        }
    }
}
