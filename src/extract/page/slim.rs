//! A page → the same page without what nobody will look at.
//!
//! More than half of a page's bytes are scripts, styles, drawings, comments and attributes that say nothing of
//! comments. They are left out before the real parser sees them, which makes it three times as fast. Tags are cut
//! exactly as the HTML standard's tokenizer cuts them, so that nothing else changes.
//! It also guards the parser: html5ever compares each attribute of a tag with all before it, so that one tag with a
//! million of them would take hours. Here a tag keeps at most one of each name that is looked at.

/// The page without scripts (but data), styles, drawings, comments and unread attributes.
pub(super) fn slim(page: &str) -> String {
    let bytes = page.as_bytes();
    let mut out = Slim { page, out: String::with_capacity(page.len() / 2), copied: 0 };
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'<') {
        at = open + 1;
        match bytes.get(at) {
            Some(b'!') if bytes[at..].starts_with(b"!--") => {
                // The standard's shortest comment is `<!-->`.
                at = find_all(bytes, at + 1, b"-->").map_or(bytes.len(), |i| i + 3);
                out.cut(open, at);
            }
            Some(b) if b.is_ascii_alphabetic() => at = out.tag(open),
            _ => {}
        }
    }
    out.finish()
}

struct Slim<'p> {
    page: &'p str,
    out: String,
    /// Up to where the page has been copied or cut; a character's start.
    copied: usize,
}

impl Slim<'_> {
    /// Leaves out `from..to`; both stand at ASCII bytes or the end.
    fn cut(&mut self, from: usize, to: usize) {
        self.out.push_str(&self.page[self.copied..from]);
        self.copied = to;
    }

    fn finish(mut self) -> String {
        self.out.push_str(&self.page[self.copied..]);
        self.out
    }

    /// Reads the start tag that opens at `open` and what it makes unreadable; returns where to go on.
    fn tag(&mut self, open: usize) -> usize {
        let bytes = self.page.as_bytes();
        let ends_name = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' | b'>');
        let name_end = bytes[open + 1..].iter().position(ends_name).map_or(bytes.len(), |i| open + 1 + i);
        let name = &bytes[open + 1..name_end];
        let end = self.attributes(name_end);
        let raw = RAW.iter().find(|(raw, _)| name.eq_ignore_ascii_case(raw.as_bytes()));
        let Some((raw, close)) = raw else { return end };
        let Some(closed) = find_ignoring_case(bytes, end, close.as_bytes()) else { return end };
        let data = *raw == "script" && self.page[open..end].contains("ld+json");
        if !data && !matches!(*raw, "textarea" | "title") {
            self.cut(end, closed);
        }
        closed
    }

    /// Reads attributes up to the tag's end, one past its `>`, and leaves out those that nobody looks at.
    fn attributes(&mut self, mut at: usize) -> usize {
        let bytes = self.page.as_bytes();
        let blank = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c');
        let mut seen = 0_u64;
        loop {
            let from = at;
            while at < bytes.len() && (blank(bytes[at]) || bytes[at] == b'/') {
                at += 1;
            }
            if at >= bytes.len() {
                return at;
            }
            if bytes[at] == b'>' {
                return at + 1;
            }
            let name = at;
            // A name may begin with `=`.
            at += 1;
            while at < bytes.len() && !blank(bytes[at]) && !matches!(bytes[at], b'/' | b'>' | b'=') {
                at += 1;
            }
            let name = &bytes[name..at];
            let mut value = at;
            while value < bytes.len() && blank(bytes[value]) {
                value += 1;
            }
            let mut text: &[u8] = b"";
            if bytes.get(value) == Some(&b'=') {
                value += 1;
                while value < bytes.len() && blank(bytes[value]) {
                    value += 1;
                }
                at = match bytes.get(value) {
                    Some(quote @ (b'"' | b'\'')) => {
                        let end = find(bytes, value + 1, *quote).unwrap_or(bytes.len());
                        text = &bytes[value + 1..end];
                        (end + 1).min(bytes.len())
                    }
                    _ => {
                        let end = bytes[value..].iter().position(|b| blank(*b) || *b == b'>');
                        let end = end.map_or(bytes.len(), |i| value + i);
                        text = &bytes[value..end];
                        end
                    }
                };
            }
            let wanted = wanted(name, text).filter(|i| seen & (1 << i) == 0);
            match wanted {
                Some(i) => seen |= 1 << i,
                // A blank stays in its place if the next attribute needs one: `from` is at one or at `/`.
                None => self.cut(from, at),
            }
        }
    }
}

/// Elements whose content is no markup, or nothing to read, and how they are closed.
const RAW: [(&str, &str); 6] = [
    ("script", "</script"),
    ("style", "</style"),
    ("svg", "</svg"),
    ("select", "</select"),
    ("textarea", "</textarea"),
    ("title", "</title"),
];

/// The attributes anything here looks at; the last ones are Reddit's.
const WANTED: [&str; 55] = [
    "class", "id", "href", "title", "datetime", "rel", "role", "type", "name", "content", "alt", "lang", "property", "typeof",
    "itemprop", "itemtype", "itemscope", "style", "width", "src", "aria-level", "author", "score", "permalink", "depth",
    "created-timestamp", "thingid", "parentid", "shadowrootmode", "charset", "encoding", "data-author", "data-time", "data-timestamp", "data-utime",
    "data-datetime", "data-date", "data-created", "data-created-at", "data-epoch", "data-original-title", "data-comment-id",
    "data-id", "data-post-id", "data-message-id", "data-commentid", "data-depth", "data-level", "data-indent", "data-testid",
    "data-role", "data-type", "data-qa", "data-parent-id", "data-score",
];

/// Which of [`WANTED`] an attribute is, if its value can say anything.
fn wanted(name: &[u8], value: &[u8]) -> Option<usize> {
    if name.len() < 2 || name.len() > 19 || value.len() > 2_000 {
        return None;
    }
    let first = name[0].to_ascii_lowercase();
    let i = WANTED.iter().position(|w| {
        let w = w.as_bytes();
        w[0] == first && w.len() == name.len() && w.eq_ignore_ascii_case(name)
    })?;
    let says = match WANTED[i] {
        "style" => value.windows(11).any(|w| w.eq_ignore_ascii_case(b"margin-left") || w.eq_ignore_ascii_case(b"adding-left")),
        _ => true,
    };
    says.then_some(i)
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    memchr::memchr(byte, bytes.get(from..)?).map(|i| from + i)
}

fn find_all(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes.get(from..)?, needle).map(|i| from + i)
}

/// `needle` starts with an ASCII byte that has no case.
fn find_ignoring_case(bytes: &[u8], mut from: usize, needle: &[u8]) -> Option<usize> {
    loop {
        let at = find(bytes, from, needle[0])?;
        if bytes.get(at..at + needle.len())?.eq_ignore_ascii_case(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str, expected: &str) {
        assert_eq!(slim(page), expected, "{page}");
    }

    #[test]
    fn what_nobody_reads_is_left_out() {
        check("<p class=a onclick='x>y' title=\"b > c\">é</p>", "<p class=a title=\"b > c\">é</p>");
        check("<script>if (a<b) '</p>'</script >x", "<script></script >x");
        check("<script type=\"application/ld+json\">{}</script>", "<script type=\"application/ld+json\">{}</script>");
        check("a<!-- <p> -->b<!-->c", "abc");
        check("<a href=x/y><b></b>", "<a href=x/y><b></b>");
        check("<img src=x style='margin-left:3px' style=b/>", "<img src=x style='margin-left:3px'/>");
        check("<title><p onclick></title><p onclick>", "<title><p onclick></title><p>");
        check("<p class='a'class='b'id=c>", "<p class='a'id=c>");
    }

    #[test]
    fn what_is_broken_stays_as_it_is() {
        for page in ["", "<", "<p", "<p class", "<p class=", "<p class='", "a < b", "</p x>", "<!doctype html>", "<script>", "<ü>", "<p é=ü>ü"] {
            let _ = slim(page);
        }
        check("<script>a", "<script>a");
        check("<!doctype html>1 < 2</p >", "<!doctype html>1 < 2</p >");
    }

    #[test]
    fn a_million_attributes_are_none() {
        let attributes: String = (0..200_000).map(|i| format!(" a{i}")).collect();
        check(&format!("<p{attributes}>é"), "<p>é");
        check(&format!("<p{}>é", " class=a".repeat(1_000)), "<p class=a>é");
    }
}
