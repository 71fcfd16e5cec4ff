//! Dates as pages write them → ISO 8601.
//!
//! Reads absolute dates with month names in a dozen languages or in figures, with or without a time of day, and
//! dates relative to now (`2 hours ago`, `gestern, 14:02`), which have a value only against a given crawl time.
//! A date without a year is none: it could be any year's.
//!
//! It is long: most of it is the names of months and the cases of its tests.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

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

/// The first twelve letters are enough to know a month; prefixes of at least three letters count.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "januar",
        "jänner",
        "janvier",
        "enero",
        "janeiro",
        "gennaio",
        "januari",
        "stycznia",
        "styczeń",
        "ledna",
        "января",
        "янв",
        "ocak",
        "sty",
        "ene",
        "gen",
    ],
    &[
        "february",
        "februar",
        "février",
        "fevrier",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
        "lutego",
        "luty",
        "února",
        "февраля",
        "фев",
        "şubat",
    ],
    &[
        "march",
        "märz",
        "maerz",
        "mars",
        "marzo",
        "março",
        "maart",
        "marca",
        "marzec",
        "března",
        "марта",
        "мар",
        "mart",
        "mrt",
        "mär",
        "mrz",
    ],
    &[
        "april",
        "avril",
        "abril",
        "aprile",
        "kwietnia",
        "kwiecień",
        "dubna",
        "апреля",
        "апр",
        "nisan",
        "avr",
        "abr",
    ],
    &["may", "mai", "mayo", "maio", "maggio", "mei", "maja", "května", "мая", "май", "mayıs", "maj"],
    &[
        "june", "juni", "juin", "junio", "junho", "giugno", "czerwca", "czerwiec", "června", "июня", "июн",
        "haziran",
    ],
    &[
        "july",
        "juli",
        "juillet",
        "julio",
        "julho",
        "luglio",
        "lipca",
        "lipiec",
        "července",
        "июля",
        "июл",
        "temmuz",
    ],
    &[
        "august",
        "août",
        "aout",
        "agosto",
        "augustus",
        "sierpnia",
        "sierpień",
        "srpna",
        "августа",
        "авг",
        "ağustos",
    ],
    &[
        "september",
        "septembre",
        "septiembre",
        "setembro",
        "settembre",
        "września",
        "wrzesień",
        "září",
        "сентября",
        "сен",
        "eylül",
        "setiembre",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "outubro",
        "ottobre",
        "października",
        "październik",
        "října",
        "октября",
        "окт",
        "ekim",
    ],
    &["november", "novembre", "noviembre", "novembro", "listopada", "listopad", "ноября", "ноя", "kasım"],
    &[
        "december",
        "dezember",
        "décembre",
        "decembre",
        "diciembre",
        "dezembro",
        "dicembre",
        "desember",
        "grudnia",
        "grudzień",
        "prosince",
        "декабря",
        "дек",
        "aralık",
    ],
];

/// Names, and abbreviations of three and four letters; a full name decides before an abbreviation does: `maj` is May,
/// not March.
static MONTH_NAMES: LazyLock<FxHashMap<&'static str, i8>> = LazyLock::new(|| {
    let mut names = FxHashMap::default();
    for (names_of, number) in MONTHS.iter().zip(1..) {
        for name in *names_of {
            names.insert(*name, number);
        }
    }
    for (names_of, number) in MONTHS.iter().zip(1..) {
        for name in *names_of {
            for (n, (end, _)) in name.char_indices().enumerate() {
                if n == 3 || n == 4 {
                    names.entry(&name[..end]).or_insert(number);
                }
            }
        }
    }
    names
});

fn month(word: &str) -> Option<i8> {
    MONTH_NAMES.get(word).copied()
}

/// Whether a word in lower case is the name of a month.
pub(in crate::extract) fn is_month(word: &str) -> bool {
    month(word).is_some()
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Number { value: i64, digits: usize },
    Word(String),
    Mark(char),
}

/// Most letters of most pages are ASCII, and those have one lower case.
pub(in crate::extract) fn push_lowercase(c: char, word: &mut String) {
    if c.is_ascii() { word.push(c.to_ascii_lowercase()) } else { word.extend(c.to_lowercase()) }
}

/// The text's numbers, words and marks.
fn parts(text: &str) -> Vec<(Part, usize)> {
    let mut parts = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_digit() {
            let (mut value, mut digits) = (i64::from(c as u8 - b'0'), 1);
            while let Some((_, d)) = chars.peek().copied().filter(|(_, d)| d.is_ascii_digit()) {
                value = value.saturating_mul(10).saturating_add(i64::from(d as u8 - b'0'));
                digits += 1;
                chars.next();
            }
            parts.push((Part::Number { value, digits }, at));
        } else if c.is_alphabetic() {
            let mut word = String::new();
            push_lowercase(c, &mut word);
            while let Some((_, d)) = chars.peek().copied().filter(|(_, d)| d.is_alphabetic()) {
                // 年, 月, 日 and the like are words of one letter
                if matches!(d, '年' | '月' | '日' | '時' | '分')
                    || matches!(c, '年' | '月' | '日' | '時' | '分')
                {
                    break;
                }
                push_lowercase(d, &mut word);
                chars.next();
            }
            parts.push((Part::Word(word), at));
        } else if !c.is_whitespace() {
            parts.push((Part::Mark(c), at));
        }
        if parts.len() > 60 {
            break;
        }
    }
    parts
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
    let parts: Vec<Part> = parts(text).into_iter().map(|(p, _)| p).collect();
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
    let parts: Vec<Part> = parts(text).into_iter().map(|(p, _)| p).collect();
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
    text.len() <= 40 && {
        let lower = text.to_lowercase();
        lower.contains(" ago")
            || lower.split(|c: char| !c.is_alphabetic()).any(|w| {
                w.len() > 3 && RELATIVE_DAYS.iter().any(|(words, _)| words.split(' ').any(|r| r == w))
            })
    }
}

fn year(value: i64, digits: usize) -> Option<i16> {
    match digits {
        4 if (1985..2100).contains(&value) => i16::try_from(value).ok(),
        2 => i16::try_from(if value < 70 { 2000 + value } else { 1900 + value }).ok(),
        _ => None,
    }
}

fn number(parts: &[Part], i: usize) -> Option<(i64, usize)> {
    match parts.get(i)? {
        Part::Number { value, digits } => Some((*value, *digits)),
        _ => None,
    }
}

fn mark(parts: &[Part], i: usize, marks: &str) -> bool {
    matches!(parts.get(i), Some(Part::Mark(c)) if marks.contains(*c))
}

fn word(parts: &[Part], i: usize) -> Option<&str> {
    match parts.get(i)? {
        Part::Word(w) => Some(w),
        _ => None,
    }
}

fn civil(y: i16, m: i64, d: i64) -> Option<Date> {
    Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()
}

/// A date that begins at `i`: date, parts used, ambiguous.
fn date_at(parts: &[Part], i: usize, options: DateOptions) -> Option<(Date, usize, bool)> {
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
fn time_in(parts: &[Part]) -> Option<Time> {
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

/// Days back, and the words that say so.
const RELATIVE_DAYS: [(&str, i64); 3] = [
    ("today heute aujourd hoy hoje oggi vandaag dzisiaj dziś сегодня bugün idag", 0),
    ("yesterday gestern hier ayer ontem ieri gisteren wczoraj вчера dün igår", 1),
    ("vorgestern avant-hier anteayer anteontem eergisteren przedwczoraj позавчера", 2),
];

/// Seconds in a unit of time, by the beginnings of its names.
const UNITS: [(&str, i64); 7] = [
    ("sec sek seg s сек", 1),
    ("min мин dakika", 60),
    ("hour stund std heure hora ora ore uur uren godz час saat h hr hrs tim", 3_600),
    ("day tag jour dia día giorn dag dni dzień ден дн дня gün d", 86_400),
    ("week woch semaine semana settiman weken tydz tyg недел hafta vecka w wk", 604_800),
    ("mon mois mes maand miesi месяц ay månad mo", 2_629_746),
    ("year jahr an año ano anni anno jaar rok lat lata год лет yıl år y yr", 31_556_952),
];

fn unit(name: &str) -> Option<i64> {
    UNITS.iter().find_map(|(names, seconds)| {
        names
            .split(' ')
            .any(|n| name == n || (n.chars().count() >= 3 && name.starts_with(n)))
            .then_some(*seconds)
    })
}

/// `2 hours ago`, `vor 3 Tagen`, `il y a 5 minutes`, `yesterday, 14:02`.
fn relative(parts: &[Part], options: DateOptions) -> Option<When> {
    let made = |iso: Option<String>, has_time| Some(When { iso, has_time, ambiguous: false, relative: true });
    let words: Vec<&str> = (0..parts.len()).filter_map(|i| word(parts, i)).collect();
    if words.len() > 12 {
        return None;
    }
    let day =
        RELATIVE_DAYS.iter().rev().find(|(names, _)| words.iter().any(|w| names.split(' ').any(|n| n == *w)));
    if let Some((_, back)) = day {
        let time = time_in(parts);
        // `hier` alone is also German for `here`
        if time.is_none() && words.len() > 2 {
            return None;
        }
        let iso = options.crawled.and_then(|now| {
            let date =
                now.to_zoned(jiff::tz::TimeZone::UTC).date().checked_sub(Span::new().days(*back)).ok()?;
            Some(time.map_or_else(|| date.to_string(), |t| DateTime::from_parts(date, t).to_string()))
        });
        return made(iso, time.is_some());
    }
    let says_ago = words.iter().any(|w| {
        matches!(
            *w,
            "ago"
                | "vor"
                | "hace"
                | "há"
                | "ha"
                | "fa"
                | "geleden"
                | "temu"
                | "назад"
                | "önce"
                | "sedan"
                | "siden"
                | "sitten"
        )
    }) || words.windows(3).any(|w| w == ["il", "y", "a"]);
    if !says_ago {
        return None;
    }
    let (count, seconds) = (0..parts.len()).find_map(|i| {
        let seconds = word(parts, i + 1).and_then(unit)?;
        match (&parts[i], number(parts, i)) {
            (_, Some((n, _))) => Some((n, seconds)),
            (Part::Word(w), None)
                if matches!(
                    w.as_str(),
                    "a" | "an" | "one" | "einer" | "einem" | "un" | "une" | "una" | "um" | "uma" | "een"
                ) =>
            {
                Some((1, seconds))
            }
            _ => None,
        }
    })?;
    let iso = options.crawled.and_then(|now| {
        let then = now.as_second().checked_sub(count.checked_mul(seconds)?)?;
        let then = Timestamp::from_second(then).ok()?;
        // An age in days says nothing of the hour.
        Some(if seconds >= 86_400 {
            then.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
        } else {
            then.to_string()
        })
    });
    made(iso, seconds < 86_400)
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
