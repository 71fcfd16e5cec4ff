//! One comment's part of the page → its words: those of its body, less headers, buttons and what else is not said.

use super::Reading;
use super::names::{VERBS, clean_name};
use crate::extract::date::{self, DateOptions};
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Tag;
use crate::extract::page::prose::{Prose, Step, prose};
use crate::extract::page::signs::{Context, is_profile};
use crate::extract::page::words::Meaning;

impl<'a> Reading<'a> {
    /// The words, with what they quote.
    pub(in crate::extract::page) fn prose(&self, author: Option<&str>) -> Prose {
        let whole = self.read(author, Step::Quote);
        // Where everything is a quotation, the page uses the element for its looks.
        let own = || whole.text.lines().any(|l| !l.is_empty() && !l.starts_with("> "));
        if !whole.quoted.is_empty() && !own() { self.read(author, Step::Into) } else { whole }
    }

    fn read(&self, author: Option<&str>, quotes: Step) -> Prose {
        let mut sum = Prose::default();
        let whole_region = !self.has_body();
        for part in &self.parts {
            let nodes = part.start.max(self.body.start)..part.end.min(self.body.end);
            if nodes.is_empty() {
                continue;
            }
            let mut seen_author = false;
            let read = prose(self.dom, nodes, |node| {
                if quotes != Step::Into && self.is_quote(node) && node > self.body.start {
                    return quotes;
                }
                let start = node == self.body.start;
                if !start && (self.is_beside(node) || (self.is_loose(node) && whole_region)) {
                    return Step::Over;
                }
                if whole_region
                    && !seen_author
                    && !start
                    && author.is_some_and(|a| self.dom.text(node).trim() == a)
                {
                    seen_author = true;
                    return Step::Over;
                }
                Step::Into
            });
            if !sum.text.is_empty() && !read.text.is_empty() {
                sum.text.push('\n');
            }
            sum.text.push_str(&read.text);
            sum.quoted.extend(read.quoted);
        }
        let dated = || !self.signs.date_marks(&self.body).is_empty();
        if whole_region || author.is_some_and(|a| sum.text.starts_with(a)) || dated() {
            sum.text = without_header(&sum.text, author, whole_region);
        }
        sum.text.truncate(end_of_words(&sum.text, author));
        if is_head_alone(&sum.text, author) {
            sum.text.clear();
        }
        sum
    }

    /// A headline that the commenter gave, outside of the words: no link, and more than a name or date.
    pub(in crate::extract::page) fn headline(&self, author: Option<&str>) -> Option<&'a str> {
        if !self.has_body() || self.signs.forum {
            return None;
        }
        let before = self.parts.iter().flat_map(Clone::clone).take(200).take_while(|n| *n < self.body.start);
        let heading = before.filter(|n| self.dom.tag(*n) == Tag::Heading).find(|n| {
            let meant = self.signs.meaning[*n];
            let other = Meaning::AUTHOR | Meaning::DATE | Meaning::ABOUT | Meaning::PROFILE | Meaning::ACTION;
            let linked = self.dom.inside(*n).any(|n| self.dom.tag(n) == Tag::A);
            let context = self.signs.context[*n].any(Context::MUTE.with(Context::FORM));
            !linked
                && !context
                && !meant.any(other)
                && self.signs.date_marks(&(*n..self.dom.end(*n))).is_empty()
        })?;
        let text = self.dom.text(heading).trim();
        let words = text.split_whitespace().count();
        let named = author.is_some_and(|a| text.contains(a)) || text.ends_with(':');
        ((3..=20).contains(&words) && text.len() < 160 && !named && !text.contains('\n')).then_some(text)
    }

    /// Small links and dates between the words of a comment whose body has no name.
    fn is_loose(&self, node: usize) -> bool {
        match self.dom.tag(node) {
            Tag::A => {
                let href = self.dom.attr(node, Key::Href).unwrap_or_default();
                let size = self.size(node);
                size < 25
                    && (href.starts_with('#')
                        || href.starts_with("javascript")
                        || is_profile(href)
                        || is_action(self.dom.text(node)))
            }
            Tag::Time | Tag::Cite => true,
            _ => false,
        }
    }
}

/// What links and buttons of comments say.
pub(super) fn is_action(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "reply",
        "antworten",
        "antwort",
        "répondre",
        "responder",
        "rispondi",
        "reageer",
        "odpowiedz",
        "ответить",
        "report",
        "melden",
        "signaler",
        "denunciar",
        "segnala",
        "flag",
        "like",
        "gefällt mir",
        "share",
        "teilen",
        "permalink",
        "link",
        "edit",
        "quote",
        "zitieren",
        "citer",
        "citar",
        "log in to reply",
        "anmelden zum antworten",
        "login",
        "#",
        "reply to this",
        "zum antworten anmelden",
        "yanıtla",
        "svar",
        "svara",
        "vastaa",
        "odpovědět",
        "reagovat",
        "beantwoorden",
        "citeren",
        "empfehlen",
        "beitrag melden",
        "kommentar melden",
        "auf kommentar antworten",
        "auf diesen kommentar antworten",
        "report abuse",
        "report comment",
        "report this",
        "reply to this comment",
        "recommend",
        "upvote",
        "downvote",
        "me gusta",
        "j'aime",
        "j’aime",
        "mi piace",
        "curtir",
        "signaler un abus",
        "пожаловаться",
        "цитировать",
        "поделиться",
        "нравится",
        "回覆",
        "回复",
        "檢舉",
        "举报",
        "返信",
        "返信する",
        "通報",
        "통보",
        "답글",
        "신고",
    ];
    let text = text.trim().to_lowercase();
    text.is_empty() || WORDS.contains(&text.as_str())
}

/// Whether a line with a date has no other words than the author's name and those that join the two.
fn is_bare_date(line: &str, author: Option<&str>) -> bool {
    let rest = author.map_or_else(|| line.to_owned(), |author| line.replace(author, " "));
    let words = rest.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic));
    let mut words = words.filter(|w| !w.bytes().any(|b| b.is_ascii_digit()));
    !words.any(|w| {
        let word = w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        !crate::extract::plain::is_date_word(&word) && !date::is_month(&word) && !is_verb(&word)
    })
}

/// `says`, `schrieb` and the like, and what joins a name to a date.
fn is_verb(word: &str) -> bool {
    const JOINS: [&str; 13] =
        ["by", "on", "am", "pm", "um", "at", "von", "le", "el", "uhr", "posted", "wrote", "commented"];
    JOINS.contains(&word) || VERBS.iter().any(|v| v.trim() == word)
}

/// `#171193 by » 12 May 2020`: the head of a post without words.
fn is_head_alone(text: &str, author: Option<&str>) -> bool {
    if text.is_empty() || text.len() > 90 || text.contains('\n') {
        return false;
    }
    let numbered = text.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (numbered || date::find(text, DateOptions::default()).is_some()) && is_bare_date(text, author)
}

/// Where a comment's words end: before a line drawn above a signature, and before a last line of buttons.
fn end_of_words(text: &str, author: Option<&str>) -> usize {
    let mut end = text.len();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        // What is long goes on.
        let signature = at > 0 && text.len() - at < 400;
        if signature && bare.len() >= 5 && bare.bytes().all(|b| b == b'_') {
            end = at;
            break;
        }
        at += line.len();
    }
    // `Reply to Ada`
    let answers = |line: &str| {
        let verb = line.trim().strip_suffix(author.unwrap_or_default()).map(str::trim).unwrap_or_default();
        author.is_some()
            && ["Reply to", "Antwort an", "Antworte auf", "Répondre à", "Responder a"].contains(&verb)
    };
    let ends = |line: &str| are_actions(line) || answers(line);
    while let Some(last) = text[..end].rfind('\n').filter(|last| ends(&text[*last..end])) {
        end = last;
    }
    text[..end].trim_end().len()
}

/// `Like · Reply · 2`
fn are_actions(line: &str) -> bool {
    if line.len() > 120 || line.trim_start().starts_with('>') {
        return false;
    }
    let mut n_actions = 0;
    for part in line.split(['·', '|', '•', '∙']).map(str::trim).filter(|part| !part.is_empty()) {
        if is_action(part) {
            n_actions += 1;
        } else if !part.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
    }
    n_actions > 0
}

/// A comment's text without a first or last line that is its author and date.
///
/// Where the words have no element of their own a short line with a date is a header; else it must be nothing more.
fn without_header(text: &str, author: Option<&str>, loose: bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_header = |line: &str| {
        let line = line.trim();
        if line.starts_with('>') {
            return false;
        }
        let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
        line.is_empty()
            || bare.is_empty()
            || is_action(bare)
            || line.starts_with('#') && bare.bytes().all(|b| b.is_ascii_digit())
            || is_verb(&bare.to_lowercase())
            || author == Some(bare)
            || (line.len() < 90
                && date::find(line, DateOptions::default()).is_some()
                && line.split_whitespace().filter(|w| !w.bytes().any(|b| b.is_ascii_digit())).count() <= 8
                && (loose || is_bare_date(line, author)))
            || clean_name(line).as_deref().is_some_and(|n| Some(n) == author)
    };
    let mut cut = 0;
    while lines.len() > 1 && cut < 5 && is_header(lines[0]) {
        lines.remove(0);
        cut += 1;
    }
    while lines.len() > 1 && lines.last().is_some_and(|l| is_header(l)) {
        lines.pop();
    }
    lines.join("\n").trim().to_owned()
}
