//! A table of scored comments that a moderator can read: labels, the comment's beginning, the words that weighed.

use super::score::label_names;
use crate::comment::Comment;
use crate::label::{Decision, HeadKind};
use crate::model::{Evidence, HeadPrediction, Model, ModelHead, Prediction};
use crate::report::escape::visible;
use crate::text::TermKind;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How wide the table may be, and whether colour may add to it.
pub(super) struct Style {
    pub(super) width: usize,
    pub(super) color: bool,
}

/// Columns of the first head's label.
const LABEL_WIDTH: usize = 13;
/// The words have one column in so many of what labels leave.
const WORDS_SHARE: usize = 3;

/// The first head's label, what other heads say, the comment, the words that weighed.
struct Widths {
    others: usize,
    text: usize,
    words: usize,
}

fn widths(model: &Model, style: &Style) -> Widths {
    let others = if model.heads().len() > 1 { style.width / 4 } else { 0 };
    let gaps = if others > 0 { 6 } else { 4 };
    let rest = style.width.saturating_sub(LABEL_WIDTH + others + gaps).max(24);
    let words = rest / WORDS_SHARE;
    Widths { others, text: rest - words, words }
}

/// The cells of a row, two spaces between; a column of no width is left out.
fn line(cells: [(String, usize); 4]) -> String {
    let cells = cells.into_iter().filter(|(_, width)| *width > 0).map(|(cell, width)| fit(&cell, width));
    let line = cells.collect::<Vec<_>>().join("  ");
    format!("{}\n", line.trim_end())
}

/// The names of the columns.
pub(super) fn header(model: &Model, style: &Style) -> String {
    let widths = widths(model, style);
    let names: Vec<&str> = model.heads().iter().map(|head| head.head.name.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    let others = names.get(1..).unwrap_or_default().join(", ");
    let others = if others.width() <= widths.others { others } else { "other heads".into() };
    line([
        (visible(first).into_owned(), LABEL_WIDTH),
        (visible(&others).into_owned(), widths.others),
        ("comment".into(), widths.text),
        ("weighed most".into(), widths.words),
    ])
}

/// One comment.
pub(super) fn row(model: &Model, comment: &Comment, prediction: &Prediction, style: &Style) -> String {
    let widths = widths(model, style);
    let answers: Vec<_> = model.heads().iter().zip(&prediction.heads).collect();
    let (first, others) =
        answers.split_first().map_or((None, &[][..]), |(first, others)| (Some(first), others));
    let label = first.map_or(String::new(), |(head, answer)| label_cell(head, answer));
    let others: Vec<String> = others.iter().filter_map(|(head, answer)| other_cell(head, answer)).collect();
    let own = comment.own_words();
    let text: Vec<&str> = own.split_whitespace().take(80).collect();
    let row = line([
        (label, LABEL_WIDTH),
        (others.join(", "), widths.others),
        (visible(&text.join(" ")).into_owned(), widths.text),
        (weighed_most(model, comment, prediction), widths.words),
    ]);
    match first {
        Some((head, answer)) if style.color && is_positive(head, &answer.decision) => {
            let at = row.char_indices().nth(LABEL_WIDTH).map_or(row.len(), |(at, _)| at);
            format!("\x1b[1m{}\x1b[0m{}", &row[..at], &row[at..])
        }
        _ => row,
    }
}

/// `uncivil 92%`; of labels that hold each on its own those that do.
fn label_cell(head: &ModelHead, answer: &HeadPrediction) -> String {
    match &answer.decision {
        Decision::OneOf(label) => {
            let p = 100.0 * answer.probabilities[label.index()];
            format!("{} {p:.0}%", visible(head.head.labels.name(*label)))
        }
        Decision::Each(_) => other_cell(head, answer).unwrap_or_else(|| "–".into()),
    }
}

/// What there is to say of another head: not that nothing holds, nor the label `none`.
fn other_cell(head: &ModelHead, answer: &HeadPrediction) -> Option<String> {
    let held = label_names(head, &answer.decision);
    let said: Vec<_> = held.into_iter().filter(|name| *name != "none").map(visible).collect();
    (!said.is_empty()).then(|| said.join(" "))
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
    let evidence = model.evidence(head, &comment.own_words());
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
