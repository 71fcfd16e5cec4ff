//! The words in a comment's HTML, as exports hold it.

use crate::extract::page;

/// A comment's own words, and those it quotes.
pub(super) struct Words {
    pub(super) text: String,
    pub(super) quoted: Vec<String>,
}

/// Reads `html`; `lines` says that line breaks in it are line breaks to the reader, as WordPress keeps them.
pub(super) fn words(html: &str, lines: bool) -> Words {
    if !html.contains(['<', '&']) {
        let text = if lines {
            html.trim().to_owned()
        } else {
            html.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        return Words { text, quoted: Vec::new() };
    }
    let (text, quoted) = if lines && !html.contains("<p") && !html.contains("<br") {
        page::fragment(&html.replace('\n', "<br>"))
    } else {
        page::fragment(html)
    };
    Words { text, quoted }
}

/// Plain text or Markdown: quotations are the lines that begin with `>`.
pub(super) fn plain(text: &str) -> Words {
    let mut words = Words { text: String::new(), quoted: Vec::new() };
    let mut quote = String::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let unescaped = line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>'));
        if let Some(quoted) = unescaped {
            if !quote.is_empty() {
                quote.push('\n');
            }
            quote.push_str(quoted.trim());
            words.text.push_str("> ");
            words.text.push_str(quoted.trim());
            words.text.push('\n');
            continue;
        }
        if !quote.is_empty() {
            words.quoted.push(std::mem::take(&mut quote));
        }
        words.text.push_str(line);
        words.text.push('\n');
    }
    if !quote.is_empty() {
        words.quoted.push(quote);
    }
    words.text = words.text.trim().to_owned();
    words
}
