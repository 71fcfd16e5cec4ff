//! A guess at a text's language, for answers that name one.
//!
//! Comments are short, and short texts are what such guesses get wrong; so a guess is only made where it can be
//! relied on, and nothing but [`Rules::strict_language`](super::Rules::strict_language) refuses a comment for it.

use whatlang::Lang;

/// As much of a text as is looked at: more changes no guess, and costs.
const MAX_BYTES: usize = 600;

/// Words of the beginning that are held against the list of English ones.
const MAX_WORDS: usize = 48;

/// The ISO 639-1 code of the language of `text`, if it can be told.
///
/// ```
/// use moderato::perspective::detect_language;
/// assert_eq!(detect_language("You are the best of them all"), Some("en"));
/// assert_eq!(detect_language("Ich habe keine Ahnung, was das hier bedeuten soll, aber schön ist es nicht."), Some("de"));
/// assert_eq!(detect_language("😀 12"), None);
/// ```
pub fn detect(text: &str) -> Option<&'static str> {
    let end = (0..=text.len().min(MAX_BYTES)).rev().find(|at| text.is_char_boundary(*at))?;
    let text = &text[..end];
    if is_plainly_english(text) {
        return Some("en");
    }
    let info = whatlang::detect(text)?;
    info.is_reliable().then(|| code(info.lang()))
}

/// Whether enough words are common in English: at least two, and one in six, of those that are common in no other
/// large language; or one of them, and one in four of those and of the short ones that others have as well. It answers
/// for nine English comments in ten at a hundredth of the price of comparing trigrams.
fn is_plainly_english(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let (mut n_words, mut n_english, mut n_short) = (0, 0, 0);
    for word in words.take(MAX_WORDS) {
        n_words += 1;
        let mut buffer = [0_u8; 7];
        let Some(lower) = buffer.get_mut(..word.len()) else { continue };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        n_english += usize::from(is_english(lower));
        n_short += usize::from(is_short(lower));
    }
    let both = n_english + n_short;
    (n_english >= 2 && 6 * n_english >= n_words) || (n_english >= 1 && both >= 3 && 4 * both >= n_words)
}

fn is_english(lower: &[u8]) -> bool {
    matches!(
        lower,
        b"as"
            | b"if"
            | b"my"
            | b"up"
            | b"and"
            | b"any"
            | b"are"
            | b"but"
            | b"can"
            | b"don"
            | b"get"
            | b"got"
            | b"has"
            | b"his"
            | b"how"
            | b"isn"
            | b"its"
            | b"not"
            | b"one"
            | b"our"
            | b"out"
            | b"the"
            | b"two"
            | b"who"
            | b"why"
            | b"yes"
            | b"you"
            | b"back"
            | b"been"
            | b"didn"
            | b"does"
            | b"even"
            | b"from"
            | b"good"
            | b"have"
            | b"into"
            | b"just"
            | b"know"
            | b"like"
            | b"make"
            | b"many"
            | b"most"
            | b"much"
            | b"need"
            | b"only"
            | b"over"
            | b"same"
            | b"some"
            | b"such"
            | b"take"
            | b"than"
            | b"that"
            | b"them"
            | b"then"
            | b"they"
            | b"this"
            | b"very"
            | b"wasn"
            | b"well"
            | b"were"
            | b"what"
            | b"when"
            | b"with"
            | b"your"
            | b"about"
            | b"after"
            | b"again"
            | b"being"
            | b"could"
            | b"doesn"
            | b"every"
            | b"first"
            | b"going"
            | b"money"
            | b"never"
            | b"other"
            | b"right"
            | b"thank"
            | b"their"
            | b"there"
            | b"these"
            | b"think"
            | b"those"
            | b"where"
            | b"which"
            | b"while"
            | b"would"
            | b"always"
            | b"before"
            | b"people"
            | b"please"
            | b"really"
            | b"should"
            | b"thanks"
            | b"because"
    )
}

fn is_short(lower: &[u8]) -> bool {
    matches!(
        lower,
        b"a" | b"i"
            | b"an"
            | b"at"
            | b"be"
            | b"by"
            | b"do"
            | b"go"
            | b"he"
            | b"in"
            | b"is"
            | b"it"
            | b"me"
            | b"no"
            | b"of"
            | b"on"
            | b"or"
            | b"so"
            | b"to"
            | b"us"
            | b"we"
            | b"all"
            | b"for"
            | b"had"
            | b"she"
            | b"too"
            | b"was"
            | b"here"
            | b"want"
            | b"will"
    )
}

/// ISO 639-1 where there is a code, else ISO 639-3.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "no",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

/// Whether `language`, as a caller writes it (`en`, `en-GB`, `EN_us`), is one of `known` (`en`).
pub(super) fn is_known(language: &str, known: &[String]) -> bool {
    let primary = language.split(['-', '_']).next().unwrap_or_default().trim();
    known
        .iter()
        .any(|known| known.eq_ignore_ascii_case(language.trim()) || known.eq_ignore_ascii_case(primary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_texts_have_a_language_and_scraps_have_none() {
        for (text, expected) in [
            ("They should have thought about this before voting", Some("en")),
            ("Je ne comprends pas pourquoi les gens votent encore pour ce maire après tout cela", Some("fr")),
            ("Это просто невероятно, как можно было так поступить с людьми", Some("ru")),
            ("No more lies, they all go in the end", Some("en")),
            (
                "Ik begrijp echt niet waarom de mensen nog steeds op deze burgemeester zouden stemmen",
                Some("nl"),
            ),
            ("Das war so nicht gut, wir haben in der Stadt kein Geld, also was will man", Some("de")),
            // Danish and Norwegian are too close to tell, and neither is English.
            ("Jeg har det godt, men det er for dyrt at bo i byen, og vi vil have det billigere", None),
            ("yo hamburger", None),
            ("🤷🤷", None),
            ("", None),
        ] {
            assert_eq!(detect(text), expected, "{text}");
        }
    }

    #[test]
    fn regions_and_case_do_not_matter() {
        let known = ["en".to_owned(), "hi-Latn".to_owned()];
        for (language, expected) in
            [("en", true), ("en-GB", true), ("EN_us", true), ("hi-latn", true), ("hi", false), ("", false)]
        {
            assert_eq!(is_known(language, &known), expected, "{language}");
        }
    }

    proptest! {
        #[test]
        fn any_text_may_be_asked(text in "\\PC{0,900}") {
            let _ = detect(&text);
        }
    }
}
