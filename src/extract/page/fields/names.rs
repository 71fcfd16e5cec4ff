//! A text → the person's name in it, if it is one: without `Posted by`, without `wrote on Monday`, no rank, no button.

use super::about::is_about_something_else;
use super::text::is_action;
use crate::extract::date::{self, DateOptions};
use crate::extract::page::signs::letters;
use crate::extract::page::words::{Meaning, meaning};

/// The name in `12.05.2020, 14:02, Name` and `Name schrieb am 12.05.2020`.
pub(in crate::extract::page) fn name_beside_date(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 120 || date::find(text, DateOptions::default()).is_some_and(|when| when.relative) {
        return None;
    }
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())?;
    // `Submitted by Ada on Tue`
    const WROTE: [&str; 12] = [
        "submitted",
        "verfasst",
        "geschrieben",
        "eingetragen",
        "gepostet",
        "publié",
        "posté",
        "soumis",
        "enviado",
        "publicado",
        "inviato",
        "commented",
    ];
    let joins = |w: &&str| {
        let bare = w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !crate::extract::plain::is_date_word(w) && !WROTE.contains(&bare.as_str())
    };
    let before: Vec<&str> = text[..first].split_whitespace().filter(joins).collect();
    let after = text[last + 1..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let after: Vec<&str> = after.split_whitespace().filter(joins).collect();
    [before, after].into_iter().find_map(|words| {
        let name = clean_name(&words.join(" "))?;
        let lower = name.to_lowercase();
        let about = meaning(&lower)
            .any(Meaning::DATE | Meaning::ABOUT | Meaning::EDITED | Meaning::COMMENT | Meaning::ACTION);
        (letters(&name) > 1 && words.len() <= 4 && !about && !is_about_something_else(&lower)).then_some(name)
    })
}

/// A person's name out of an element's text; none if it is something else.
pub(in crate::extract) fn clean_name(raw: &str) -> Option<String> {
    let joined = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = joined.as_str();
    const BEFORE: &[&str] = &[
        "by ",
        "By ",
        "von ",
        "Von ",
        "Von: ",
        "par ",
        "Par ",
        "por ",
        "Por ",
        "posted by ",
        "Posted by ",
        "Written by ",
        "Comment by ",
        "Author: ",
        "Kommentar von ",
        "Commentaire de ",
    ];
    text = without_number(text);
    for prefix in BEFORE {
        if let Some(rest) = text.strip_prefix(prefix).filter(|r| !r.is_empty()) {
            text = rest;
        }
    }
    // The name and the handle: `Ada @ada`.
    if let Some((name, handle)) = text.split_once(" @")
        && !handle.contains(' ')
    {
        text = name;
    }
    // A subject line.
    if ["Re: ", "RE: ", "AW: ", "Aw: ", "Antw: "].iter().any(|re| text.starts_with(re)) {
        return None;
    }
    text = without_note(cut_verb(text));
    text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | ',' | '|' | '•' | '·' | '–' | '—' | '-' | '»' | '«' | '~')
    });
    let n = text.chars().count();
    if n == 0 || n > 60 || !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let lower = text.to_lowercase();
    if is_action(text) || NO_NAMES.contains(&lower.as_str()) {
        return None;
    }
    // `23 likes`
    let counts = text.split_once(' ').is_some_and(|(n, of)| {
        let counted = Meaning::VOTE | Meaning::ACTION | Meaning::COMMENT | Meaning::REPLY | Meaning::POST;
        n.bytes().all(|b| b.is_ascii_digit()) && meaning(of).any(counted)
    });
    if counts {
        return None;
    }
    if text.ends_with(['?', '!']) && text.contains(' ') || text.split(' ').count() > 7 {
        return None;
    }
    if date::find(text, DateOptions::default()).is_some() || date::is_like(text) || date::is_month(&lower) {
        return None;
    }
    Some(text.to_owned())
}

/// A name without what the page notes behind it: `Ada (not verified)`, `Ada (00234)`; nothing if it is all a note.
fn without_note(text: &str) -> &str {
    const NOTES: &[&str] = &[
        "not verified",
        "nicht überprüft",
        "non vérifié",
        "non verificato",
        "no verificado",
        "niet gecontroleerd",
        "niet geverifieerd",
        "niezweryfikowany",
        "не проверено",
        "guest",
        "gast",
        "author",
        "autor",
    ];
    let Some((name, note)) = text.trim_end().strip_suffix(')').and_then(|t| t.rsplit_once('(')) else {
        return text;
    };
    let note = note.trim().to_lowercase();
    let noted = NOTES.contains(&note.as_str()) || note.bytes().all(|b| b.is_ascii_digit());
    if noted || name.trim().is_empty() { name } else { text }
}

/// A text without the number of its comment: `3) Ada`, `#3 Ada`.
fn without_number(text: &str) -> &str {
    let marked = text.strip_prefix('#');
    let from = marked.unwrap_or(text);
    let rest = from.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == from.len() {
        return text;
    }
    let behind = rest.strip_prefix([')', '.', ':']).or(marked.map(|_| rest));
    let name = behind.and_then(|behind| behind.strip_prefix(' '));
    name.filter(|name| name.starts_with(char::is_alphabetic)).unwrap_or(text)
}

const NO_NAMES: &[&str] = &[
    "pm",
    "email",
    "e-mail",
    "www",
    "board administrator",
    "administrator",
    "logged",
    "gast",
    "guest",
    "anzeige",
    "original poster",
    "thread starter",
    "threadstarter",
    "themenstarter",
    "topic starter",
    "says",
    "sagt",
    "schreibt",
    "author",
    "autor",
    "member",
    "mitglied",
    "moderator",
    "admin-team",
    "guest user",
    "profile",
    "profil",
    "offline",
    "online",
    "top",
    "new",
    "op",
    "user",
    "name",
    "junior member",
    "senior member",
    "new member",
    "registered user",
    "full member",
    "staff",
    "website",
    "mehr",
    "more",
    "newbie",
    "by",
    "von",
    "par",
    "por",
    "log in",
    "sign in",
    "sign up",
    "register",
    "anmelden",
    "einloggen",
    "registrieren",
    "active member",
];

/// What stands between a name and what they say, or when.
pub(super) const VERBS: &[&str] = &[
    " says",
    " said",
    " wrote",
    " writes",
    " sagt",
    " sagte",
    " schrieb",
    " schreibt",
    " meint",
    " dit",
    " a écrit",
    " dice",
    " dijo",
    " ha scritto",
    " diz",
    " disse",
    " pisze",
    " napisał",
    " zegt",
    " schreef",
    " пишет",
    " on ",
    " am ",
    " at ",
    " vor ",
    " commented",
];

/// A name before `says`, `schrieb am …` and the like.
fn cut_verb(text: &str) -> &str {
    // Each begins with a blank, and counts where it stands first.
    let mut seen = 0_u64;
    for at in memchr::memchr_iter(b' ', text.as_bytes()) {
        let from = &text[at..];
        for (i, verb) in VERBS.iter().enumerate() {
            if seen & (1 << i) != 0 || !from.starts_with(verb) {
                continue;
            }
            seen |= 1 << i;
            let follows = from[verb.len()..].chars().next();
            let ends = verb.ends_with(' ') || follows.is_none_or(|c| !c.is_alphanumeric());
            // ` on ` and ` am ` end a name only before a figure.
            let dated = matches!(*verb, " on " | " am " | " at " | " vor ");
            if at > 0 && ends && (!dated || from.bytes().any(|b| b.is_ascii_digit())) {
                return &text[..at];
            }
        }
    }
    text
}
