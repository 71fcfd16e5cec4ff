//! A table of scored comments that a moderator can read: labels, the comment's beginning, the words that weighed.

use super::score::label_names;
use crate::comment::Comment;
use crate::label::{Decision, HeadKind};
use crate::model::{Evidence, Model, ModelHead, Prediction};
use crate::report::escape::visible;
use crate::text::TermKind;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How wide the table may be, and whether colour may add to it.
pub(super) struct Style {
    pub(super) width: usize,
    pub(super) color: bool,
}

/// Columns of labels; the comment and the words share what is left.
const LABEL_WIDTH: usize = 13;
const WORDS_SHARE: usize = 3;

struct Widths {
    labels: usize,
    text: usize,
    words: usize,
}

fn widths(model: &Model, style: &Style) -> Widths {
    let labels = model.heads().len() * (LABEL_WIDTH + 2);
    let rest = style.width.saturating_sub(labels + 2).max(24);
    let words = rest / WORDS_SHARE;
    Widths { labels: LABEL_WIDTH, text: rest - words, words }
}

/// The names of the columns.
pub(super) fn header(model: &Model, style: &Style) -> String {
    let widths = widths(model, style);
    let mut line = String::new();
    for head in model.heads() {
        line.push_str(&fit(&head.head.name, widths.labels));
        line.push_str("  ");
    }
    line.push_str(&fit("comment", widths.text));
    line.push_str("  weighed most\n");
    line
}

/// One comment.
pub(super) fn row(model: &Model, comment: &Comment, prediction: &Prediction, style: &Style) -> String {
    let widths = widths(model, style);
    let mut line = String::new();
    for (head, answer) in model.heads().iter().zip(&prediction.heads) {
        let cell = fit(&label_cell(head, &answer.decision, &answer.probabilities), widths.labels);
        let alarming = style.color && is_positive(head, &answer.decision);
        line.push_str(&if alarming { format!("\x1b[1m{cell}\x1b[0m") } else { cell });
        line.push_str("  ");
    }
    let text: Vec<&str> = comment.text.split_whitespace().take(80).collect();
    line.push_str(&fit(&visible(&text.join(" ")), widths.text));
    line.push_str("  ");
    line.push_str(fit(&weighed_most(model, comment, prediction), widths.words).trim_end());
    line.push('\n');
    line
}

/// `uncivil 92%`; of labels that hold each on its own the most probable that holds, and how many more.
fn label_cell(head: &ModelHead, decision: &Decision, probabilities: &[f64]) -> String {
    let percent = |p: f64| format!("{:.0}%", 100.0 * p);
    match decision {
        Decision::OneOf(label) => {
            format!("{} {}", head.head.labels.name(*label), percent(probabilities[label.index()]))
        }
        Decision::Each(_) => {
            let held = label_names(head, decision);
            let strongest = held.iter().max_by(|a, b| {
                let p = |name: &str| head.head.labels.id(name).map_or(0.0, |id| probabilities[id.index()]);
                p(a).total_cmp(&p(b))
            });
            match (strongest, held.len()) {
                (None, _) => "–".into(),
                (Some(name), 1) => (*name).to_owned(),
                (Some(name), n) => format!("{name} +{}", n - 1),
            }
        }
    }
}

/// Whether the answer is the second of two labels.
fn is_positive(head: &ModelHead, decision: &Decision) -> bool {
    head.is_two_way() && matches!(decision, Decision::OneOf(label) if label.index() == 1)
}

/// The words that spoke most for what the first head says, each once, longer runs before their parts.
fn weighed_most(model: &Model, comment: &Comment, prediction: &Prediction) -> String {
    let Some((head, answer)) = model.heads().first().zip(prediction.heads.first()) else {
        return String::new();
    };
    let evidence = model.evidence(head, &comment.text);
    let (column, sign) = speaking(head, &answer.decision);
    let words = strongest_words(&evidence[column], sign, 4);
    words.iter().map(|word| visible(word).into_owned()).collect::<Vec<_>>().join(", ")
}

/// The column that speaks for a decision, and the sign with which it does.
pub(super) fn speaking(head: &ModelHead, decision: &Decision) -> (usize, f64) {
    match decision {
        Decision::OneOf(label) if head.head.kind == HeadKind::OneOf && head.is_two_way() => {
            (0, if label.index() == 1 { 1.0 } else { -1.0 })
        }
        Decision::OneOf(label) => (label.index(), 1.0),
        Decision::Each(holds) => (holds.iter().position(|h| *h).unwrap_or(0), 1.0),
    }
}

/// At most `n` words, or runs of words, whose contributions have this sign, the strongest first; none that another
/// one holds already.
fn strongest_words(evidence: &Evidence, sign: f64, n: usize) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let speaking = evidence.terms.iter().filter(|t| t.kind == TermKind::Words && t.contribution * sign > 0.0);
    for term in speaking {
        let told = words.iter().any(|w| w.split(' ').any(|part| term.text.split(' ').any(|p| p == part)));
        if !told && term.text.chars().any(char::is_alphanumeric) {
            words.push(&term.text);
        }
        if words.len() == n {
            break;
        }
    }
    words
}

/// `text` in exactly `width` columns: cut with an ellipsis, or filled with spaces.
fn fit(text: &str, width: usize) -> String {
    let full = UnicodeWidthStr::width(text);
    if full <= width {
        return format!("{text}{}", " ".repeat(width - full));
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > width {
            break;
        }
        used += w;
        out.push(c);
    }
    out.push('…');
    out.push_str(&" ".repeat(width - used - 1));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_or_filled_to_their_width() {
        assert_eq!(fit("abc", 5), "abc  ");
        assert_eq!(fit("abcdef", 5), "abcd…");
        assert_eq!(fit("你好吗", 5), "你好…");
        assert_eq!(fit("你好吗", 4), "你… ");
    }
}
