//! A range of nodes → the words a person wrote, with paragraphs, and apart from them what they quote.

use super::attributes::Key;
use super::dom::{Dom, Tag};
use std::ops::Range;

/// The words of a comment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    /// As the reader sees them, those of others in lines that begin with `> `.
    pub(super) text: String,
    /// Those of others.
    pub(super) quoted: Vec<String>,
}

/// What a walk does at an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Reads on inside.
    Into,
    /// Leaves it out with all it holds.
    Over,
    /// Reads it as a quotation, which stands in the text in lines that begin with `> `.
    Quote,
}

/// Reads `nodes`; `step` says what to do at each element.
pub(super) fn prose(dom: &Dom, nodes: Range<usize>, mut step: impl FnMut(usize) -> Step) -> Prose {
    let mut prose = Prose::default();
    let mut own = Writer::default();
    let mut node = nodes.start;
    // Ends of the blocks that are open.
    let mut blocks: Vec<(usize, Tag)> = Vec::new();
    while node < nodes.end {
        while let Some((end, tag)) = blocks.last().copied().filter(|(end, _)| *end <= node) {
            debug_assert!(end <= node);
            own.block(tag);
            blocks.pop();
        }
        let tag = dom.tag(node);
        if tag == Tag::Text {
            let preformatted = blocks.iter().any(|(_, t)| *t == Tag::Pre);
            own.text(dom.text(node), preformatted);
            node += 1;
            continue;
        }
        let step = step(node);
        match step {
            Step::Over => {
                own.gap();
                node = dom.end(node);
            }
            Step::Quote => {
                own.block(Tag::Blockquote);
                let text = quotation(dom, node);
                if !text.is_empty() {
                    own.quote(&text);
                    prose.quoted.push(text);
                }
                node = dom.end(node);
            }
            Step::Into => {
                match tag {
                    Tag::Br => own.line(),
                    Tag::Img => own.picture(dom, node),
                    _ if tag.is_block() => {
                        own.block(tag);
                        blocks.push((dom.end(node), tag));
                    }
                    _ => {}
                }
                node += 1;
            }
        }
    }
    prose.text = own.finish();
    prose
}

/// All words of a quotation.
fn quotation(dom: &Dom, node: usize) -> String {
    let mut own = Writer::default();
    // Who is quoted stands in a line of its own.
    let mut cited = 0;
    for inner in dom.inside(node) {
        if inner == cited {
            own.line();
        }
        if dom.tag(inner) == Tag::Cite && cited == 0 && dom.text(inner).trim_end().ends_with(':') {
            cited = dom.end(inner);
        }
        match dom.tag(inner) {
            Tag::Text if !dom.tag(dom.parent(inner)).is_mute() => own.text(dom.text(inner), false),
            Tag::Br => own.line(),
            tag if tag.is_block() => own.block(tag),
            _ => {}
        }
    }
    own.finish()
}

/// Joins runs of text as a browser would show them.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks owed before the next word.
    breaks: usize,
    /// Whether a blank is owed.
    blank: bool,
}

impl Writer {
    fn text(&mut self, text: &str, preformatted: bool) {
        if preformatted {
            for (i, line) in text.split('\n').enumerate() {
                if i > 0 {
                    self.line();
                }
                self.words(line);
            }
        } else {
            self.words(text);
        }
    }

    fn words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if text.starts_with(is_blank) {
            self.blank = true;
        }
        for word in text.split(is_blank).filter(|w| !w.is_empty()) {
            self.owed();
            self.out.extend(word.chars().filter(|c| !is_invisible(*c)));
            self.blank = true;
        }
        self.blank = text.ends_with(is_blank);
    }

    fn owed(&mut self) {
        if self.out.is_empty() {
            self.breaks = 0;
        } else if self.breaks > 0 {
            self.out.extend(std::iter::repeat_n('\n', self.breaks));
        } else if self.blank {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.blank = false;
    }

    fn gap(&mut self) {
        self.blank = true;
    }

    fn line(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
    }

    fn block(&mut self, tag: Tag) {
        let breaks = if matches!(tag, Tag::P | Tag::Blockquote | Tag::Pre | Tag::Heading | Tag::Headline) {
            2
        } else {
            1
        };
        self.breaks = self.breaks.max(breaks);
    }

    fn quote(&mut self, text: &str) {
        for line in text.lines() {
            self.owed();
            self.out.push_str(if line.is_empty() { ">" } else { "> " });
            self.out.push_str(line);
            self.line();
        }
        self.block(Tag::Blockquote);
    }

    /// Smilies are words.
    fn picture(&mut self, dom: &Dom, node: usize) {
        let smiley =
            dom.classes(node).any(|c| c.contains("smil") || c.contains("emoji") || c.contains("emoticon"));
        if let Some(alt) = dom.attr(node, Key::Alt).filter(|a| smiley && a.len() < 32) {
            self.words(alt);
        }
    }

    fn finish(self) -> String {
        self.out
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}

/// Characters without width that only steer line breaking.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{AD}') || (c.is_control() && c != '\n')
}
