//! A page → the tokens that its tree is built from.
//!
//! html5ever's tree builder makes the tree; this cuts the page for it, as the HTML standard's tokenizer does, but
//! looks only at what anything here will look at: text and tags come out as slices of the page, attributes if they
//! say something of comments, and scripts, styles, drawings, form fields and comments are passed over at the speed
//! of a search for their end. Three quarters of a usual page are such.
//! A tag keeps at most one attribute of each name that is looked at: the builder compares each with all before it.

use super::attributes::{Attr, Attrs, Key, wanted};
use super::embedded;
use super::names;
use super::references::decoded;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Doctype, Tag, TagKind, Token};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use std::ops::Range;

/// What a page is cut into.
pub(super) enum Piece {
    /// For the tree builder.
    Token(Token),
    /// The text of a script that holds linked data.
    Json(StrTendril),
    /// The text of another script that may hold comments as data.
    Data(StrTendril),
}

/// Cuts `page` into pieces, in order; the attributes of its tags come out at the end, and each tag says by its one
/// [`mark`] which of them are its own.
pub(super) fn tokens(page: &StrTendril, mut visit: impl FnMut(Piece)) -> Attrs {
    let mut cutter = Cutter { page, bytes: page.as_bytes(), at: 0, attrs: Attrs::default() };
    while cutter.at < cutter.bytes.len() {
        cutter.piece(&mut visit);
    }
    cutter.attrs
}

/// What a tag has in place of its attributes: which of the page's they are, in seven letters of six bits each, so
/// that it takes no memory of its own.
fn mark(range: Range<usize>) -> Attribute {
    let n = range.len().min(63);
    let packed = (range.start as u64) << 6 | n as u64;
    let letters: [u8; 7] = std::array::from_fn(|i| b'0' + (packed >> (6 * i) & 63) as u8);
    let value = std::str::from_utf8(&letters).unwrap_or_default();
    Attribute { name: QualName::new(None, ns!(), local_name!("")), value: value.into() }
}

/// Which of the page's attributes are those of a tag with `attributes`.
pub(super) fn marked(attributes: &[Attribute]) -> Range<usize> {
    let Some(mark) = attributes.iter().find(|a| a.name.local == local_name!("")) else { return 0..0 };
    let packed = mark.value.bytes().rev().fold(0_u64, |sum, b| sum << 6 | u64::from(b.saturating_sub(b'0')));
    let start = (packed >> 6) as usize;
    start..start + (packed & 63) as usize
}

struct Cutter<'p> {
    page: &'p StrTendril,
    bytes: &'p [u8],
    at: usize,
    attrs: Attrs,
}

/// Elements whose content is no markup, or never a reader's words, and how they are closed.
static PASSED_OVER: [(LocalName, &str); 10] = [
    (local_name!("script"), "</script"),
    (local_name!("style"), "</style"),
    (local_name!("svg"), "</svg"),
    (local_name!("select"), "</select"),
    (local_name!("textarea"), "</textarea"),
    (local_name!("title"), "</title"),
    (local_name!("xmp"), "</xmp"),
    (local_name!("noembed"), "</noembed"),
    (local_name!("noframes"), "</noframes"),
    (local_name!("object"), "</object"),
];

impl Cutter<'_> {
    fn piece(&mut self, visit: &mut impl FnMut(Piece)) {
        let open = self.find(self.at, b'<').unwrap_or(self.bytes.len());
        if open > self.at {
            self.text(self.at, open, visit);
        }
        self.at = open;
        match self.bytes.get(open + 1) {
            _ if open >= self.bytes.len() => {}
            Some(b'!') if self.bytes[open..].starts_with(b"<!--") => {
                // The standard's shortest comment is `<!-->`.
                let end = memchr::memmem::find(&self.bytes[open + 2..], b"-->");
                self.at = end.map_or(self.bytes.len(), |i| open + 2 + i + 3);
            }
            Some(b'!') => {
                let end = self.past(open, b'>');
                let inside = &self.page[open..end];
                if inside.len() >= 9
                    && inside.is_char_boundary(9)
                    && inside[..9].eq_ignore_ascii_case("<!doctype")
                {
                    visit(Piece::Token(Token::DoctypeToken(doctype(inside))));
                }
                self.at = end;
            }
            Some(b'?') => self.at = self.past(open, b'>'),
            Some(b'/') => match self.bytes.get(open + 2) {
                Some(b) if b.is_ascii_alphabetic() => self.end_tag(open, visit),
                Some(_) => self.at = self.past(open, b'>'),
                None => self.literal(open, visit),
            },
            Some(b) if b.is_ascii_alphabetic() => self.start_tag(open, visit),
            _ => self.literal(open, visit),
        }
    }

    fn find(&self, from: usize, byte: u8) -> Option<usize> {
        memchr::memchr(byte, self.bytes.get(from..)?).map(|i| from + i)
    }

    /// One past the next `byte`, or the end.
    fn past(&self, from: usize, byte: u8) -> usize {
        self.find(from, byte).map_or(self.bytes.len(), |i| i + 1)
    }

    /// A `<` that begins no tag.
    fn literal(&mut self, open: usize, visit: &mut impl FnMut(Piece)) {
        visit(Piece::Token(Token::CharacterTokens("<".into())));
        self.at = open + 1;
    }

    fn text(&self, from: usize, to: usize, visit: &mut impl FnMut(Piece)) {
        let raw = &self.page[from..to];
        let text = match memchr::memchr2(b'&', 0, raw.as_bytes()).is_some() {
            true => StrTendril::from(decoded(raw, false).replace('\0', "")),
            false => self.slice(from, to),
        };
        if !text.is_empty() {
            visit(Piece::Token(Token::CharacterTokens(text)));
        }
    }

    /// A part of the page, not copied.
    fn slice(&self, from: usize, to: usize) -> StrTendril {
        // Pages are bounded far below 4 GiB.
        match (u32::try_from(from), u32::try_from(to - from)) {
            (Ok(from), Ok(n)) => self.page.subtendril(from, n),
            _ => StrTendril::new(),
        }
    }

    fn name(&self, from: usize) -> (LocalName, usize) {
        let ends = |b: &u8| is_blank(*b) || matches!(b, b'/' | b'>');
        let end = self.bytes[from..].iter().position(ends).map_or(self.bytes.len(), |i| from + i);
        let name = &self.page[from..end];
        // No element that matters has a longer name, and names are kept for ever.
        let name = if name.len() > 32 { "x-long" } else { name };
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            (names::local(&name.to_ascii_lowercase()), end)
        } else {
            (names::local(name), end)
        }
    }

    fn end_tag(&mut self, open: usize, visit: &mut impl FnMut(Piece)) {
        let (name, end) = self.name(open + 2);
        self.at = end;
        let closed = self.attributes(false);
        if closed.is_some() {
            visit(Piece::Token(Token::TagToken(tag(TagKind::EndTag, name, false, Vec::new()))));
        }
    }

    fn start_tag(&mut self, open: usize, visit: &mut impl FnMut(Piece)) {
        let (name, end) = self.name(open + 1);
        self.at = end;
        let first = self.attrs.len();
        // A tag that the page's end cuts is none.
        let Some(self_closing) = self.attributes(true) else { return };
        if let Some((raw, close)) = PASSED_OVER.iter().find(|(raw, _)| *raw == name)
            && !(self_closing && *raw == local_name!("svg"))
        {
            self.pass_over(raw, close, first, visit);
            self.attrs.truncate(first);
            return;
        }
        let attrs = self.told(&name, first..self.attrs.len());
        visit(Piece::Token(Token::TagToken(tag(TagKind::StartTag, name, self_closing, attrs))));
    }

    /// What the builder is told of a tag's attributes: which they are, and the few that it looks at itself.
    fn told(&self, name: &LocalName, own: Range<usize>) -> Vec<Attribute> {
        if own.is_empty() {
            return Vec::new();
        }
        let steers = match *name {
            local_name!("input") => Some((Key::Type, local_name!("type"))),
            local_name!("template") => Some((Key::Shadowrootmode, local_name!("shadowrootmode"))),
            local_name!("annotation-xml") => Some((Key::Encoding, local_name!("encoding"))),
            _ => None,
        };
        let mut told = vec![mark(own.clone())];
        if let Some((key, local)) = steers
            && let Some(attr) = self.attrs.list(own).iter().find(|a| a.key == key)
        {
            let value = self.attrs.value(*attr).into();
            told.push(Attribute { name: QualName::new(None, ns!(), local), value });
        }
        told
    }

    /// Goes to the end of an element whose tag has been read, `first` its first attribute; data comes out.
    fn pass_over(&mut self, raw: &LocalName, close: &str, first: usize, visit: &mut impl FnMut(Piece)) {
        let script = *raw == local_name!("script");
        let Some(closed) = self.find_ignoring_case(self.at, close) else {
            if script || *raw == local_name!("style") {
                self.at = self.bytes.len();
            }
            return;
        };
        let own = self.attrs.list(first..self.attrs.len());
        let typed = |attr: &Attr| attr.key == Key::Type && self.attrs.value(*attr).contains("ld+json");
        if script && own.iter().any(typed) {
            visit(Piece::Json(self.slice(self.at, closed)));
        } else if script && embedded::may_hold(&self.page[self.at..closed]) {
            visit(Piece::Data(self.slice(self.at, closed)));
        }
        self.at = self.past(closed, b'>');
    }

    /// Reads attributes up to one past the tag's `>`, and keeps them if `kept`; returns whether the tag closes itself,
    /// or nothing if the page ends.
    fn attributes(&mut self, kept: bool) -> Option<bool> {
        let bytes = self.bytes;
        let mut seen = 0_u64;
        let mut at = self.at;
        loop {
            while at < bytes.len() && (is_blank(bytes[at]) || bytes[at] == b'/') {
                at += 1;
            }
            if at >= bytes.len() {
                self.at = at;
                return None;
            }
            if bytes[at] == b'>' {
                self.at = at + 1;
                return Some(bytes[at - 1] == b'/');
            }
            let name = at;
            // A name may begin with `=`.
            at += 1;
            while at < bytes.len() && !is_blank(bytes[at]) && !matches!(bytes[at], b'/' | b'>' | b'=') {
                at += 1;
            }
            let name = name..at;
            let mut value = at;
            while value < bytes.len() && is_blank(bytes[value]) {
                value += 1;
            }
            let mut text = at..at;
            if bytes.get(value) == Some(&b'=') {
                value += 1;
                while value < bytes.len() && is_blank(bytes[value]) {
                    value += 1;
                }
                at = match bytes.get(value) {
                    Some(quote @ (b'"' | b'\'')) => {
                        let end = self.find(value + 1, *quote).unwrap_or(bytes.len());
                        text = value + 1..end;
                        (end + 1).min(bytes.len())
                    }
                    _ => {
                        let end = bytes[value..].iter().position(|b| is_blank(*b) || *b == b'>');
                        let end = end.map_or(bytes.len(), |i| value + i);
                        text = value..end;
                        end
                    }
                };
            }
            if !kept {
                continue;
            }
            let which =
                wanted(&bytes[name], &bytes[text.clone()]).filter(|key| seen & (1 << *key as u32) == 0);
            if let Some(key) = which {
                seen |= 1 << key as u32;
                let raw = &self.page[text];
                if raw.as_bytes().contains(&b'&') {
                    self.attrs.push(key, &decoded(raw, true));
                } else {
                    self.attrs.push(key, raw);
                }
            }
        }
    }

    /// `needle` starts with an ASCII byte that has no case.
    fn find_ignoring_case(&self, mut from: usize, needle: &str) -> Option<usize> {
        let needle = needle.as_bytes();
        loop {
            let at = self.find(from, needle[0])?;
            if self.bytes.get(at..at + needle.len())?.eq_ignore_ascii_case(needle) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

fn tag(kind: TagKind, name: LocalName, self_closing: bool, attrs: Vec<Attribute>) -> Tag {
    Tag { kind, name, self_closing, attrs, had_duplicate_attributes: false }
}

/// The document type, as far as it tells old pages, in which a table does not end a paragraph.
fn doctype(declaration: &str) -> Doctype {
    let mut quoted = declaration.split(['"', '\'']).skip(1).step_by(2);
    let public_id = quoted.next().map(StrTendril::from);
    Doctype {
        name: Some("html".into()),
        public_id,
        system_id: quoted.next().map(StrTendril::from),
        force_quirks: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tags as they are written, text in brackets.
    fn check(page: &str, expected: &str) {
        let mut pieces = Vec::new();
        let attrs = tokens(&StrTendril::from(page), |piece| pieces.push(piece));
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Token(Token::CharacterTokens(text)) => out.push_str(&format!("[{text}]")),
                Piece::Token(Token::TagToken(tag)) => {
                    out.push_str(if tag.kind == TagKind::EndTag { "</" } else { "<" });
                    out.push_str(&tag.name);
                    for a in attrs.list(marked(&tag.attrs)) {
                        out.push_str(&format!(" {:?}={}", a.key, attrs.value(*a)).to_lowercase());
                    }
                    out.push_str(if tag.self_closing { "/>" } else { ">" });
                }
                Piece::Token(_) => out.push('!'),
                Piece::Json(json) | Piece::Data(json) => out.push_str(&format!("{{{json}}}")),
            }
        }
        assert_eq!(out, expected, "{page}");
    }

    #[test]
    fn pages_are_cut_as_the_standard_cuts_them() {
        check(
            "<!doctype html><P CLASS=a onclick='x>y' title=\"b > c\">é</p >",
            "!<p class=a title=b > c>[é]</p>",
        );
        check("<script>if (a<b) '</p>'</script >x<style>p{}</style>", "[x]");
        check("<script type=\"application/ld+json\">{}</script>", "{{}}");
        check("a<!-- <p> -->b<!-->c<?php x?>d</ x>e</>f<!x>g", "[a][b][c][d][e][f][g]");
        check("<a href=x/y><b/></b>", "<a href=x/y><b/></b>");
        check("<p class='a'class='b'id=c>", "<p class=a id=c>");
        check("1 < 2 &amp; 3 &#x27;&#146; &copy &notit; &x; &", "[1 ][<][ 2 & 3 '’ © ¬it; &x; &]");
        check("<a href='?a=1&copy=2&amp;b'>", "<a href=?a=1&copy=2&b>");
        check("<textarea><p></textarea><svg><p></svg><p>", "<p>");
        check("a\0b", "[ab]");
    }

    #[test]
    fn what_breaks_off_is_dropped() {
        for page in ["<p class", "<p class=", "<p class='a>", "<script>a", "<!-- a", "<!doctype", "</p"] {
            check(page, if page == "<!doctype" { "!" } else { "" });
        }
        check("<", "[<]");
        check("</", "[<][/]");
    }

    #[test]
    fn a_million_attributes_are_none() {
        let attributes: String = (0..200_000).map(|i| format!(" a{i}")).collect();
        check(&format!("<p{attributes}>é"), "<p>[é]");
        check(&format!("<p{}>é", " class=a".repeat(1_000)), "<p class=a>[é]");
    }
}
