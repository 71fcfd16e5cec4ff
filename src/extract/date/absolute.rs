//! Dates that name a year, and times of day.

use super::DateOptions;
use super::months::month;
use super::parts::{Part, mark, number, word};
use jiff::civil::{Date, Time};

fn year(value: i64, digits: usize) -> Option<i16> {
    match digits {
        4 if (1985..2100).contains(&value) => i16::try_from(value).ok(),
        2 => i16::try_from(if value < 70 { 2000 + value } else { 1900 + value }).ok(),
        _ => None,
    }
}

fn civil(y: i16, m: i64, d: i64) -> Option<Date> {
    Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()
}

/// A date that begins at `i`: date, parts used, ambiguous.
pub(super) fn date_at(parts: &[Part], i: usize, options: DateOptions) -> Option<(Date, usize, bool)> {
    if let Some(w) = word(parts, i) {
        // May 12th, 2020 · May. 12 2020
        let m = i64::from(month(w)?);
        let mut j = i + 1;
        if mark(parts, j, ".") {
            j += 1;
        }
        let (d, digits) = number(parts, j)?;
        if digits > 2 {
            return None;
        }
        j += 1;
        while mark(parts, j, ",'’.") || matches!(word(parts, j), Some("st" | "nd" | "rd" | "th")) {
            j += 1;
        }
        let (y, digits) = number(parts, j)?;
        // `May 12, 10:30` has no year
        if mark(parts, j + 1, ":") {
            return None;
        }
        return Some((civil(year(y, digits)?, m, d)?, j + 1 - i, false));
    }
    let (first, digits) = number(parts, i)?;
    if digits == 4 {
        // 2020-05-12 · 2020/5/12 · 2020年5月12日
        let y = year(first, 4)?;
        let between = |j: usize| mark(parts, j, "-/.") || matches!(word(parts, j), Some("年" | "月"));
        let (m, _) = between(i + 1).then(|| number(parts, i + 2))??;
        let (d, _) = between(i + 3).then(|| number(parts, i + 4))??;
        return Some((civil(y, m, d)?, 5, false));
    }
    if digits > 2 {
        return None;
    }
    // 12. Mai 2020 · 12 de mayo de 2020 · 12th of May, 2020 · 12-May-2020 · 12 мая 2020
    let mut j = i + 1;
    while mark(parts, j, ".-/,")
        || matches!(word(parts, j), Some("de" | "of" | "st" | "nd" | "rd" | "th" | "er"))
    {
        j += 1;
    }
    if let Some(m) = word(parts, j).and_then(month) {
        j += 1;
        while mark(parts, j, ".,-/'’") || matches!(word(parts, j), Some("de" | "del" | "do")) {
            j += 1;
        }
        let (y, digits) = number(parts, j)?;
        if mark(parts, j + 1, ":") {
            return None;
        }
        return Some((civil(year(y, digits)?, m.into(), first)?, j + 1 - i, false));
    }
    // 12.05.2020 · 5/12/20
    let separator = match parts.get(i + 1)? {
        Part::Mark(c @ ('.' | '/' | '-')) => *c,
        _ => return None,
    };
    let (second, digits) = number(parts, i + 2)?;
    if digits > 2 || parts.get(i + 3) != Some(&Part::Mark(separator)) {
        return None;
    }
    let (y, digits) = number(parts, i + 4)?;
    let y = year(y, digits)?;
    let ambiguous = separator != '.' && first <= 12 && second <= 12 && first != second;
    let month_first = separator != '.' && (second > 12 || (first <= 12 && options.month_first));
    let (d, m) = if month_first { (second, first) } else { (first, second) };
    Some((civil(y, m, d)?, 5, ambiguous))
}

/// The first time of day: 14:02 · 2:02 pm · 14h02 · 14.02 Uhr.
pub(super) fn time_in(parts: &[Part]) -> Option<Time> {
    (0..parts.len().min(16)).find_map(|i| {
        let (hour, digits) = number(parts, i)?;
        if digits > 2 {
            return None;
        }
        let colon = mark(parts, i + 1, ":") || matches!(word(parts, i + 1), Some("h" | "時"));
        let uhr = mark(parts, i + 1, ".") && word(parts, i + 3) == Some("uhr");
        let (minute, digits) = number(parts, i + 2).filter(|_| colon || uhr)?;
        if digits != 2 {
            return None;
        }
        let mut j = i + 3;
        let mut second = 0;
        if mark(parts, j, ":")
            && let Some((s, 2)) = number(parts, j + 1)
        {
            second = s;
            j += 2;
        }
        let half = match (word(parts, j), mark(parts, j + 1, ".").then(|| word(parts, j + 2)).flatten()) {
            (Some("pm"), _) | (Some("p"), Some("m")) => Some(12),
            (Some("am"), _) | (Some("a"), Some("m")) => Some(0),
            _ => None,
        };
        let hour = match half {
            Some(plus) if (1..=12).contains(&hour) => hour % 12 + plus,
            _ => hour,
        };
        Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
    })
}
