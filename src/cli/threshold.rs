//! `moderato threshold`: where to put a threshold, and into the model with it.

use super::data::DataArgs;
use super::evaluated::{IntervalArgs, Labelled};
use super::talk::{self, Talk};
use super::{Outcome, Problem, models, output, rendering};
use crate::evaluate::{Evaluation, Options, Outcome as AtThreshold, Question};
use crate::report::terminal;
use anyhow::Result;
use clap::Args;
use std::fmt::Write;
use std::path::PathBuf;

/// Ask what thresholds do to labelled comments, and write one into a model
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato threshold --data test.csv --text-column text --label-column uncivil \\
      --labels 0=civil,1=uncivil --head incivility
  moderato threshold … --workload 120/5000            we can read 120 of 5,000 a day
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
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["precision", "at"])]
    miss_rate: Option<f64>,
    /// Of the comments held, hold at least this share rightly
    #[arg(long, value_name = "SHARE", conflicts_with = "at")]
    precision: Option<f64>,
    /// What this threshold does
    #[arg(long, value_name = "PROBABILITY")]
    at: Option<f64>,
    /// Write the model with the threshold found
    #[arg(short, long, value_name = "MODEL")]
    output: Option<PathBuf>,
    #[command(flatten)]
    intervals: IntervalArgs,
}

pub(super) fn run(args: &ThresholdArgs) -> Result<Outcome> {
    let mut model = models::load(args.model.as_deref())?;
    let talk = Talk::steps();
    let labelled = Labelled::read(&args.data, &model, &talk)?;
    let predictions = labelled.predictions(&model)?;
    let evaluation =
        Evaluation::of(&labelled.head, &labelled.truths, &predictions, &Options { bootstrap: None })?;
    talk.end();
    let question = args.question(&evaluation)?;
    let Some(found) = args.asked(question)? else {
        rendering::print_text(&terminal::render_thresholds(&evaluation, &rendering::style()))?;
        return match args.output {
            Some(_) => Err(Problem::new(
                "`--output` needs a threshold: ask by workload, miss rate, precision or --at",
            )
            .into()),
            None => Ok(Outcome::Done),
        };
    };
    rendering::print_text(&sentence(question, &found, evaluation.head.labels.name(question.label)))?;
    if let Some(path) = &args.output {
        model.set_threshold(&labelled.head.name, question.label, found.threshold).map_err(Problem::new)?;
        output::write_file(path, &model.to_bytes()?)?;
        talk::say(&format!("{}: {}", path.display(), model.id()));
    }
    Ok(if labelled.n_trouble == 0 { Outcome::Done } else { Outcome::SomeUnreadable })
}

impl ThresholdArgs {
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
        Problem::new(format!("`--workload` is `{text}`, expected a share such as 120/5000 or 0.024")).into()
    })
}

fn sentence(question: &Question, found: &AtThreshold, label: &str) -> String {
    let n = question.curve.n().max(1) as f64;
    let per_thousand = |count: u64| 1000.0 * count as f64 / n;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{label} from probability {:.4} on: of 1,000 comments {:.1} are held, {:.1} of them rightly, and {:.1} are missed",
        found.threshold,
        per_thousand(found.held()),
        per_thousand(found.rightly_held()),
        per_thousand(found.missed()),
    );
    text
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
