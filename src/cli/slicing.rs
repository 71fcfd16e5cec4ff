//! Where a model errs: comments cut by length, source, time, language and unknown words.

use super::evaluated::Labelled;
use super::slices::Cut;
use crate::corpus::LabelledComment;
use crate::evaluate::{Bootstrap, Options, Predictions};
use crate::report::SliceTable;
use anyhow::Result;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A cut has no more slices than this; the rest goes into one.
const MOST: usize = 20;
/// And what the rest is called.
const REST: &str = "other";
/// Slices are many and their intervals guide the eye: fewer resamples do.
const RESAMPLES: u32 = 200;

/// The language of at most so many comments is guessed.
const LANGUAGES: usize = 20_000;

/// Fields that say where a comment is from and when it was written; carried along for slices.
pub(super) const CARRIED: [&str; 6] = ["source", "time", "date", "created_at", "timestamp", "published"];

/// Every cut of the comments that makes at least two slices.
pub(super) fn all(
    labelled: &Labelled,
    predictions: &Predictions,
    unknown_shares: &[Option<f64>],
    options: &Options,
) -> Result<Vec<SliceTable>> {
    let comments = &labelled.corpus.comments;
    let few = |bootstrap: &Bootstrap| Bootstrap {
        resamples: bootstrap.resamples.min(RESAMPLES),
        ..bootstrap.clone()
    };
    let options = Options { bootstrap: options.bootstrap.as_ref().map(few) };
    let lengths: Vec<_> = comments.iter().map(|c| Some(length(&c.text).to_owned())).collect();
    let sources = match comments.iter().any(|c| source(c).is_some()) {
        true => comments.iter().map(source).collect(),
        false => comments.iter().map(|c| Some(c.place.input.to_string())).collect(),
    };
    let times = periods(&comments.iter().map(time).collect::<Vec<_>>());
    // A guess takes longer than a prediction: of very many comments every so-manieth is enough to see where it errs.
    let step = comments.len().div_ceil(LANGUAGES).max(1);
    let language_by =
        if step == 1 { "language".to_owned() } else { format!("language, of 1 comment in {step}") };
    let guess = |(place, c): (usize, &LabelledComment)| {
        place.is_multiple_of(step).then(|| language(&c.text).to_owned())
    };
    let languages: Vec<_> = comments.par_iter().enumerate().map(guess).collect();
    let unknown: Vec<_> =
        unknown_shares.iter().map(|share| share.map(|share| rareness(share).to_owned())).collect();
    let mut tables = Vec::new();
    for (by, names, order) in [
        ("length", lengths, Some(&LENGTHS.map(|(_, name)| name)[..])),
        ("source", most_frequent(sources), None),
        ("time", times, None),
        (language_by.as_str(), most_frequent(languages), None),
        ("unknown words", unknown, Some(&SHARES.map(|(_, name)| name)[..])),
    ] {
        let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
        let cut = Cut { head: &labelled.head, truths: &labelled.truths, predictions, names: &names };
        let slices = cut.by(by, order, &options)?.slices;
        if 1 < slices.len() {
            tables.push(SliceTable { by: by.to_owned(), slices });
        }
    }
    Ok(tables)
}

/// Up to so many characters.
const LENGTHS: [(usize, &str); 5] = [
    (50, "up to 50 characters"),
    (150, "51 to 150"),
    (400, "151 to 400"),
    (1000, "401 to 1,000"),
    (usize::MAX, "over 1,000"),
];

fn length(text: &str) -> &'static str {
    let n = text.chars().count();
    LENGTHS.iter().find(|(most, _)| n <= *most).map_or(REST, |(_, name)| name)
}

/// Up to this share of words.
const SHARES: [(f64, &str); 4] =
    [(0.0, "none"), (0.1, "up to 10% of its words"), (0.25, "10% to 25%"), (1.0, "over 25%")];

fn rareness(share: f64) -> &'static str {
    SHARES.iter().find(|(most, _)| share <= *most).map_or(REST, |(_, name)| name)
}

/// What a comment's text seems to be written in. Short texts are guesses at best.
fn language(text: &str) -> &'static str {
    const UNSURE: &str = "not sure";
    const LEAST: usize = 20;
    if text.chars().filter(|c| c.is_alphabetic()).count() < LEAST {
        return UNSURE;
    }
    whatlang::detect(text).filter(whatlang::Info::is_reliable).map_or(UNSURE, |info| info.lang().eng_name())
}

fn field(comment: &LabelledComment, name: &str) -> Option<String> {
    match comment.fields.get(name)? {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

fn source(comment: &LabelledComment) -> Option<String> {
    field(comment, CARRIED[0])
}

fn time(comment: &LabelledComment) -> Option<String> {
    CARRIED[1..].iter().find_map(|name| field(comment, name))
}

/// The year of each time, or the month where all are of few years; times that do not begin with a date are in none.
fn periods(times: &[Option<String>]) -> Vec<Option<String>> {
    const FEW: usize = 2;
    let is_date = |time: &str| {
        let mut parts = time.splitn(3, '-');
        let part = |part: Option<&str>, digits| {
            part.is_some_and(|part: &str| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
        };
        part(parts.next(), 4) && part(parts.next().map(|month| month.get(..2).unwrap_or("")), 2)
    };
    let dates: Vec<Option<&str>> =
        times.iter().map(|time| time.as_deref().filter(|time| is_date(time))).collect();
    let years: BTreeSet<&str> = dates.iter().flatten().map(|date| &date[..4]).collect();
    let digits = if years.len() <= FEW { 7 } else { 4 };
    dates.iter().map(|date| date.and_then(|date| date.get(..digits)).map(str::to_owned)).collect()
}

/// The most frequent names, what is rarer under one.
fn most_frequent(names: Vec<Option<String>>) -> Vec<Option<String>> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    names.iter().flatten().for_each(|name| *counts.entry(name).or_default() += 1);
    if counts.len() <= MOST {
        return names;
    }
    let mut ranked: Vec<(&String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let kept: BTreeSet<String> = ranked.into_iter().take(MOST - 1).map(|(name, _)| name.clone()).collect();
    let keep = |name: String| if kept.contains(&name) { name } else { REST.to_owned() };
    names.into_iter().map(|name| name.map(keep)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_shares_have_their_bounds_below() {
        assert_eq!(length(&"ä".repeat(50)), LENGTHS[0].1);
        assert_eq!(length(&"a".repeat(51)), LENGTHS[1].1);
        assert_eq!(length(&"a".repeat(5000)), LENGTHS[4].1);
        assert_eq!((rareness(0.0), rareness(0.1), rareness(0.11)), (SHARES[0].1, SHARES[1].1, SHARES[2].1));
    }

    #[test]
    fn times_are_told_by_the_year_unless_there_are_few() {
        let check = |times: &[&str], expected: &[Option<&str>]| {
            let times: Vec<_> = times.iter().map(|time| Some((*time).to_owned())).collect();
            let found = periods(&times);
            assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
        };
        check(&["2024-01-02", "2024-03-04T10:00Z", "soon"], &[Some("2024-01"), Some("2024-03"), None]);
        check(&["2021-01-02", "2022-03", "2023-12-31"], &[Some("2021"), Some("2022"), Some("2023")]);
        check(&["2024-é", "1700000000"], &[None, None]);
    }

    #[test]
    fn rare_sources_are_put_together() {
        let names = (0..60).map(|i| Some(if i < 30 { "often".into() } else { format!("{i}") })).collect();
        let kept: BTreeSet<_> = most_frequent(names).into_iter().flatten().collect();
        assert_eq!(kept.len(), MOST);
        assert!(kept.contains("often") && kept.contains(REST));
    }

    #[test]
    fn short_texts_have_no_language() {
        assert_eq!(language("Ja, gut."), "not sure");
        let german =
            "Der Bürgermeister hat gestern wieder nicht gesagt, wann die Brücke endlich fertig wird.";
        assert_eq!(language(german), "German");
    }
}
