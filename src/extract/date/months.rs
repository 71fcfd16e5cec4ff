//! The names of months in a dozen languages, whole and cut short.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

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

/// The number of the month that a word in lower case names.
pub(super) fn month(word: &str) -> Option<i8> {
    MONTH_NAMES.get(word).copied()
}

/// Whether a word in lower case is the name of a month.
pub(in crate::extract) fn is_month(word: &str) -> bool {
    month(word).is_some()
}
