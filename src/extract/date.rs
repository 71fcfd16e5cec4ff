//! Dates as pages write them → ISO 8601.
//!
//! Reads absolute dates with month names in a dozen languages or in figures, with or without a time of day
//! (`absolute`, with the names in `months`), and dates relative to now (`relative`: `2 hours ago`, `gestern, 14:02`),
//! which have a value only against a given crawl time. All are read from a text's numbers, words and marks (`parts`).
//! A date without a year is none: it could be any year's.

mod absolute;
mod months;
mod parts;
mod relative;

use absolute::{date_at, time_in};
use jiff::Timestamp;
use jiff::civil::DateTime;
use months::month;
use parts::{Part, lowercase, parts};
use relative::{days_back, relative};

pub(in crate::extract) use months::is_month;
pub(in crate::extract) use parts::push_lowercase;

/// What a text says about when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct When {
    /// ISO 8601, unless it is relative and no crawl time was given.
    pub(in crate::extract) iso: Option<String>,
    /// Whether a time of day is part of it.
    pub(in crate::extract) has_time: bool,
    /// Whether day and month could be either way round.
    pub(in crate::extract) ambiguous: bool,
    /// Whether it is an age, not a date.
    pub(in crate::extract) relative: bool,
}

/// How to read what is not clear by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::extract) struct DateOptions {
    /// When the page was fetched.
    pub(in crate::extract) crawled: Option<Timestamp>,
    /// Whether `3/4/2020` is the 4th of March.
    pub(in crate::extract) month_first: bool,
}

/// The first date in `text`.
pub(in crate::extract) fn find(text: &str, options: DateOptions) -> Option<When> {
    let text = text.trim();
    if let Some(when) = machine(text) {
        return Some(when);
    }
    if !may_hold(text) {
        return None;
    }
    let text = lowercase(text);
    let parts = parts(&text);
    let found =
        (0..parts.len()).find_map(|i| date_at(&parts, i, options).map(|(d, used, amb)| (i, d, used, amb)));
    if let Some((at, date, used, ambiguous)) = found {
        let time = time_in(&parts[at + used..]).or_else(|| time_in(&parts[..at]));
        let iso = match time {
            Some(t) => format!("{}", DateTime::from_parts(date, t)),
            None => date.to_string(),
        };
        return Some(When { iso: Some(iso), has_time: time.is_some(), ambiguous, relative: false });
    }
    relative(&parts, options)
}

/// Whether a short text is a date or a time of day that lacks what would make it one: `Sunday 8th March`, `9:00am`.
pub(in crate::extract) fn is_like(text: &str) -> bool {
    if text.len() > 60 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let text = lowercase(text);
    let parts = parts(&text);
    let dated = parts.windows(2).any(|w| match w {
        [Part::Number { digits: 1..=2, .. }, Part::Word(m)]
        | [Part::Word(m), Part::Number { digits: 1..=2, .. }] => month(m).is_some(),
        _ => false,
    });
    let ordinal = parts
        .windows(3)
        .any(|w| matches!(w, [Part::Number { digits: 1..=2, .. }, _, Part::Word(m)] if month(m).is_some()));
    parts.len() <= 8 && (dated || ordinal || time_in(&parts).is_some() && parts.len() <= 4)
}

/// ISO 8601 itself, and seconds since 1970.
pub(in crate::extract) fn machine(text: &str) -> Option<When> {
    let b = text.as_bytes();
    if b.len() >= 10 && b.len() <= 40 && b[4] == b'-' && b[..4].iter().all(u8::is_ascii_digit) {
        let fixed = text.replacen(' ', "T", 1);
        let fixed = fixed.replace(' ', "");
        if fixed.parse::<Timestamp>().is_ok() {
            return Some(When { iso: Some(fixed), has_time: true, ambiguous: false, relative: false });
        }
        if let Ok(t) = fixed.parse::<DateTime>() {
            let has_time = b.len() > 11;
            let iso = if has_time { t.to_string() } else { t.date().to_string() };
            return Some(When { iso: Some(iso), has_time, ambiguous: false, relative: false });
        }
    }
    if (9..=13).contains(&b.len()) && b.iter().all(u8::is_ascii_digit) {
        let n: i64 = text.parse().ok()?;
        let seconds = if b.len() > 11 { n / 1000 } else { n };
        // 1990 to 2100
        if (631_152_000..4_102_444_800).contains(&seconds) {
            let iso = Timestamp::from_second(seconds).ok()?.to_string();
            return Some(When { iso: Some(iso), has_time: true, ambiguous: false, relative: false });
        }
    }
    None
}

/// A cheap look before the real one.
fn may_hold(text: &str) -> bool {
    if text.len() < 4 || text.len() > 200 {
        return false;
    }
    if text.bytes().any(|b| b.is_ascii_digit()) {
        return true;
    }
    // `yesterday`, `an hour ago`: short.
    text.len() <= 40
        && (text.as_bytes().windows(4).any(|w| w.eq_ignore_ascii_case(b" ago"))
            || text
                .split(|c: char| !c.is_alphabetic())
                .any(|w| w.len() > 3 && days_back(&lowercase(w)).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let options =
            DateOptions { crawled: Some("2021-03-05T12:00:00Z".parse().unwrap()), month_first: false };
        assert_eq!(find(text, options).and_then(|w| w.iso).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_the_languages_they_are_written_in() {
        check("12. Mai 2020 um 14:02 Uhr", Some("2020-05-12T14:02:00"));
        check("12.05.2020, 14.02 Uhr", Some("2020-05-12T14:02:00"));
        check("May 12th, 2020 at 2:02 pm", Some("2020-05-12T14:02:00"));
        check("Tue May 12, 2020 12:02 am", Some("2020-05-12T00:02:00"));
        check("le 12 mai 2020 à 14h02", Some("2020-05-12T14:02:00"));
        check("1er août 2020", Some("2020-08-01"));
        check("12 de mayo de 2020", Some("2020-05-12"));
        check("12 мая 2020 в 14:02", Some("2020-05-12T14:02:00"));
        check("2020年5月12日 14:02", Some("2020-05-12T14:02:00"));
        check("12-May-2020", Some("2020-05-12"));
        check("5/13/20", Some("2020-05-13"));
        check("3/4/2020", Some("2020-04-03"));
        check("16 maja 2020", Some("2020-05-16"));
        check("16 Sept 2020", Some("2020-09-16"));
        check("2020-05-12T14:02:00+02:00", Some("2020-05-12T14:02:00+02:00"));
        check("2020-05-12 14:02:11", Some("2020-05-12T14:02:11"));
        check("1589292120", Some("2020-05-12T14:02:00Z"));
    }

    #[test]
    fn ages_are_read_against_the_crawl_time_alone() {
        check("2 hours ago", Some("2021-03-05T10:00:00Z"));
        check("vor 3 Tagen", Some("2021-03-02"));
        check("il y a 5 minutes", Some("2021-03-05T11:55:00Z"));
        check("an hour ago", Some("2021-03-05T11:00:00Z"));
        check("gestern, 14:02", Some("2021-03-04T14:02:00"));
        let unknown = find("2 hours ago", DateOptions::default()).unwrap();
        assert!(unknown.relative && unknown.iso.is_none());
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "4",
            "2020",
            "May 12",
            "12 comments",
            "99/99/2020",
            "31.02.2020",
            "v. 1.2.3",
            "Mai 2020",
            "hier ist es schön und warm",
        ] {
            check(text, None);
        }
    }
}
