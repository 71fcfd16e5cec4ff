//! Dates that count back from now: days with a name, and ages.

use super::absolute::time_in;
use super::parts::{Part, number, word};
use super::{DateOptions, When};
use jiff::civil::DateTime;
use jiff::{Span, Timestamp};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Days back, and the words that say so.
const RELATIVE_DAYS: [(&str, i64); 3] = [
    ("today heute aujourd hoy hoje oggi vandaag dzisiaj dziś сегодня bugün idag", 0),
    ("yesterday gestern hier ayer ontem ieri gisteren wczoraj вчера dün igår", 1),
    ("vorgestern avant-hier anteayer anteontem eergisteren przedwczoraj позавчера", 2),
];

static DAYS_BACK: LazyLock<FxHashMap<&'static str, i64>> = LazyLock::new(|| {
    let days = RELATIVE_DAYS.iter().flat_map(|(names, back)| names.split(' ').map(|name| (name, *back)));
    days.collect()
});

/// How many days ago the day was that a word in lower case names.
pub(super) fn days_back(word: &str) -> Option<i64> {
    DAYS_BACK.get(word).copied()
}

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
pub(super) fn relative(parts: &[Part], options: DateOptions) -> Option<When> {
    let made = |iso: Option<String>, has_time| Some(When { iso, has_time, ambiguous: false, relative: true });
    let words: Vec<&str> = (0..parts.len()).filter_map(|i| word(parts, i)).collect();
    if words.len() > 12 {
        return None;
    }
    if let Some(back) = words.iter().filter_map(|w| days_back(w)).max() {
        let time = time_in(parts);
        // `hier` alone is also German for `here`
        if time.is_none() && words.len() > 2 {
            return None;
        }
        let iso = options.crawled.and_then(|now| {
            let date =
                now.to_zoned(jiff::tz::TimeZone::UTC).date().checked_sub(Span::new().days(back)).ok()?;
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
                    *w,
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
