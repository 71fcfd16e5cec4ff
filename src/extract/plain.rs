//! A page saved as plain text → its comments.
//!
//! A comment there is a header line that names its author, numbered (`2. Beach`) or dated (`Beach, 12 May 2020,
//! 14:02`), and the lines below it up to the next header. One header alone is not believed unless a line such as
//! `3 comments` stands before it: articles have bylines and numbered lists too. Absent: replies, which plain text
//! does not show.

use super::date::{self, DateOptions};
use super::page::{Meaning, clean_name, meaning};
use crate::comment::Comment;

/// A line that begins a comment.
#[derive(Debug, Clone, PartialEq)]
struct Header {
    line: usize,
    /// Lines it takes.
    taken: usize,
    number: Option<u64>,
    author: String,
    time: Option<String>,
    indent: usize,
}

/// The comments of `text`, in order; `crawled` is when it was saved, for dates such as `2 hours ago`.
///
/// ```
/// let page = "The council met.\n\n  1. Ada\n\n    About time.\n\n  2. Bob\n\n    Who pays?\n";
/// let comments = moderato::extract::plain::comments(page, None);
/// assert_eq!(comments[1].author.as_deref(), Some("Bob"));
/// assert_eq!(comments[1].text, "Who pays?");
/// ```
pub fn comments(text: &str, crawled: Option<jiff::Timestamp>) -> Vec<Comment> {
    let options = DateOptions { crawled, month_first: false };
    let lines: Vec<&str> = text.lines().collect();
    let announced = lines.iter().position(|l| announces(l));
    let numbered = numbered(&lines, announced);
    let headers = if numbered.is_empty() { dated(&lines, announced, options) } else { numbered };
    let mut comments = Vec::with_capacity(headers.len());
    for (i, header) in headers.iter().enumerate() {
        let stop = headers.get(i + 1).map_or(lines.len(), |next| next.line);
        let text = body(&lines[header.line + header.taken..stop], header.indent);
        if text.is_empty() {
            continue;
        }
        comments.push(Comment {
            id: header.number.map_or_else(|| (comments.len() + 1).to_string(), |n| n.to_string()),
            text,
            author: Some(header.author.clone()),
            time: header.time.clone(),
            position: Some(comments.len() as u64 + 1),
            ..Comment::default()
        });
    }
    comments
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// `3 comments`, `Kommentare (2)`; not `Leave a comment`.
pub(in crate::extract) fn announces(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    (1..=4).contains(&words)
        && line.len() <= 50
        && !line.ends_with(['.', '!', '?'])
        && meaning(line).any(Meaning::COMMENT)
        && (meaning(line).any(Meaning::MANY) || line.bytes().any(|b| b.is_ascii_digit()))
        && !is_invitation(line)
}

/// The line after which no comment stands.
fn is_invitation(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "leave a ",
        "post a ",
        "write a ",
        "add a comment",
        "add your",
        "schreibe ",
        "kommentar schreiben",
        "kommentar verfassen",
        "laisser un ",
        "deja un ",
        "log in to",
        "sign in to",
    ];
    let lower = line.trim().to_lowercase();
    lower.len() < 60 && WORDS.iter().any(|w| lower.starts_with(w))
}

/// Whether a line could be nothing but a name.
fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=5).contains(&words)
        && text.chars().count() <= 40
        && !text.ends_with(['.', '!', '?', ':', ';', ','])
        && text.chars().next().is_some_and(char::is_alphanumeric)
}

/// Headers such as `2. Beach`, with numbers that go on by one, each on a line of its own with prose below.
fn numbered(lines: &[&str], announced: Option<usize>) -> Vec<Header> {
    let mut runs: Vec<Vec<Header>> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(header) = number_header(line, i).filter(|_| has_body(lines, i)) else { continue };
        let follows = |run: &&mut Vec<Header>| {
            run.last().is_some_and(|l| l.indent == header.indent && l.number.map(|n| n + 1) == header.number)
        };
        match runs.iter_mut().rev().find(follows) {
            Some(run) => run.push(header),
            None => runs.push(vec![header]),
        }
    }
    let last = runs.into_iter().rfind(|run| run.len() >= 2 || announced.is_some_and(|a| a < run[0].line));
    last.unwrap_or_default()
}

fn number_header(line: &str, at: usize) -> Option<Header> {
    let trimmed = line.trim();
    let bare = trimmed.strip_prefix('#').unwrap_or(trimmed);
    let end = bare.find(|c: char| !c.is_ascii_digit())?;
    let number = bare.get(..end)?.parse().ok()?;
    let rest = bare[end..]
        .strip_prefix(['.', ')', ':'])
        .or_else(|| trimmed.starts_with('#').then_some(&bare[end..]))?;
    if !rest.starts_with(char::is_whitespace) || !is_name(rest.trim()) {
        return None;
    }
    Some(Header {
        line: at,
        taken: 1,
        number: Some(number),
        author: clean_name(rest)?,
        time: None,
        indent: indent(line),
    })
}

/// Whether a blank line and then prose follow line `at`, so that it is no item of a list.
fn has_body(lines: &[&str], at: usize) -> bool {
    let blank = lines.get(at + 1).is_some_and(|l| l.trim().is_empty());
    let indented = lines.get(at + 1).is_some_and(|l| indent(l) > indent(lines[at]));
    let next = lines[at + 1..].iter().take(4).find(|l| !l.trim().is_empty());
    (blank || indented) && next.is_some_and(|l| number_header(l, 0).is_none())
}

/// Headers with a date: `Beach, 12 May 2020` or a name and, on the next line, a date.
fn dated(lines: &[&str], announced: Option<usize>, options: DateOptions) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        if announced.is_some_and(|a| i <= a) || line.len() > 120 {
            continue;
        }
        let Some(when) = date::find(line, options) else { continue };
        let alone = name_beside(line);
        let above = i.checked_sub(1).map(|above| lines[above].trim()).filter(|l| is_name(l));
        let header = match (alone, above) {
            (Some(author), _) => {
                Header { line: i, taken: 1, number: None, author, time: when.iso, indent: indent(line) }
            }
            (None, Some(above)) if is_only_date(line) => {
                let Some(author) = clean_name(above) else { continue };
                Header { line: i - 1, taken: 2, number: None, author, time: when.iso, indent: indent(line) }
            }
            _ => continue,
        };
        if headers.last().is_none_or(|l| l.line + l.taken <= header.line) {
            headers.push(header);
        }
    }
    let enough = if announced.is_some() { 1 } else { 2 };
    if headers.len() < enough { Vec::new() } else { headers }
}

/// The name that is left when the date is taken out of a header line.
fn name_beside(line: &str) -> Option<String> {
    let line = line.trim();
    if line.ends_with(['.', '!', '?']) || line.split_whitespace().count() > 12 {
        return None;
    }
    let first = line.find(|c: char| c.is_ascii_digit())?;
    let before: Vec<&str> = line[..first].split_whitespace().filter(|w| !is_date_word(w)).collect();
    let name = clean_name(&before.join(" "))?;
    is_name(&name).then_some(name)
}

fn is_only_date(line: &str) -> bool {
    name_beside(line).is_none() && line.split_whitespace().count() <= 8
}

/// Words that belong to a date or stand between it and a name.
pub(in crate::extract) fn is_date_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "on",
        "at",
        "am",
        "um",
        "le",
        "el",
        "der",
        "den",
        "vom",
        "il",
        "said",
        "says",
        "wrote",
        "sagt",
        "schrieb",
        "posted",
        "by",
        "von",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "par",
        "por",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "-",
        "|",
        "uhr",
        "h",
    ];
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    bare.is_empty()
        || WORDS.contains(&bare.as_str())
        || bare.ends_with("day")
        || date::find(&format!("1 {bare} 2020"), DateOptions::default()).is_some()
}

/// The lines of a comment, paragraphs apart, up to a line that is not indented as they are.
fn body(lines: &[&str], header: usize) -> String {
    let inner = lines.iter().find(|l| !l.trim().is_empty()).map_or(0, |l| indent(l));
    let mut text = String::new();
    let mut blank = false;
    for line in lines {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            blank = true;
            continue;
        }
        if is_invitation(trimmed) || (inner > header && indent(line) <= header) {
            break;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        text.push_str(trimmed);
        blank = false;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &[(&str, &str)]) {
        let found = comments(page, None);
        let found: Vec<(&str, &str)> =
            found.iter().map(|c| (c.author.as_deref().unwrap_or(""), c.text.as_str())).collect();
        assert_eq!(found, expected, "{page}");
    }

    #[test]
    fn numbered_and_dated_headers_begin_comments() {
        check(
            "Story.\n\n  2. Ada\n\n    Yes.\n\n    No.\n\n  3. Bob Ross\n\n    Why?\n\nFooter",
            &[("Ada", "Yes.\n\nNo."), ("Bob Ross", "Why?")],
        );
        check(
            "Story.\n\n2 Comments\n\nAda says: May 12, 2020 at 2:02 pm\nYes.\n\nBob, 13 May 2020\nWhy?\n\nLeave a reply\nName",
            &[("Ada", "Yes."), ("Bob", "Why?")],
        );
        check("Text.\n\nKommentare (1)\n\nAda\n12.05.2020, 14:02\n\nGut so.\n", &[("Ada", "Gut so.")]);
    }

    #[test]
    fn articles_have_no_comments() {
        for page in [
            "",
            "By Ada Byron\nMay 12, 2020\n\nThe council met.",
            "Five rules:\n\n1. Eat\n2. Sleep\n3. Run\n\nThat is all.",
            "1. The first reason\n\nBecause it is so.",
            "On May 12, 2020 the council met.\nOn May 13, 2020 it met again.",
            "\0\u{7}\n#\n#1\n1.\n٣. x",
        ] {
            check(page, &[]);
        }
    }
}
