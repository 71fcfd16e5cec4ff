//! The page around the sections: head, contents, provenance, script and style.

use super::comments::CommentRow;
use super::comparison;
use super::findings;
use super::{curves, matrix, scores, thresholds};
use crate::evaluate::Evaluation;
use crate::report::escape::visible;
use crate::report::{ComparedHead, Findings, Report, SlicedHead, words};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Everything a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The figures.
    pub report: &'a Report,
    /// What else is known of each head, in the order of the report's evaluations; may be shorter.
    pub details: &'a [Details],
    /// Two models on the same comments, a head each.
    pub comparisons: &'a [ComparedHead],
    /// What to show of it.
    pub options: &'a PageOptions,
}

/// What to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageOptions {
    /// The page's title.
    pub title: String,
    /// Whether comments' texts stand in the page; without them it may travel.
    pub text: bool,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self { title: "moderato: evaluation".into(), text: true }
    }
}

/// What a page shows of a head's comments.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Details {
    /// Comments to read behind the matrix's cells: those that [`shown_comments`](super::shown_comments)
    /// names, or others; each is shown in the cells it belongs to.
    pub comments: Vec<CommentRow>,
}

/// The page as HTML.
pub fn render(page: &Page<'_>) -> String {
    let (nothing, none) = (Details::default(), Findings::default());
    let Page { report, details, comparisons, options } = page;
    let heads = report.evaluations.iter().enumerate();
    let sections = heads.map(|(place, evaluation)| {
        let details = details.get(place).unwrap_or(&nothing);
        let findings = report.findings.get(place).unwrap_or(&none);
        head_section(Part { place, evaluation, details, findings, slices: &report.slices, options })
    });
    let body = html! {
        header {
            h1 { (visible(&options.title)) }
            @if let Some(model) = &report.provenance.model { p.model { (visible(model)) } }
            (contents(page))
        }
        main {
            @for section in sections { (section) }
            @for (place, compared) in comparisons.iter().enumerate() {
                (comparison::section(place, compared, options))
            }
            (provenance(report))
        }
    };
    document(&options.title, &body).into_string()
}

/// One head's evaluation, and what is known beside it.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    /// Its number on the page, for anchors.
    pub(crate) place: usize,
    pub(crate) evaluation: &'a Evaluation,
    pub(crate) details: &'a Details,
    pub(crate) findings: &'a Findings,
    /// Of any head.
    pub(crate) slices: &'a [SlicedHead],
    pub(crate) options: &'a PageOptions,
}

fn document(title: &str, body: &Markup) -> Markup {
    let style = style();
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (visible(title)) }
                style { (PreEscaped(style)) }
            }
            body {
                (body)
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// The style sheet, and a class for each twentieth that shades a cell or a word: style attributes would need
/// a policy that allows any style.
fn style() -> String {
    let shade = |part| format!(".s{part} {{ --part: {}; }}\n", f64::from(part) / f64::from(SHADES));
    std::iter::once(STYLE.to_owned()).chain((0..=SHADES).map(shade)).collect()
}

const SHADES: u32 = 20;

/// The class that shades by `part`, from 0 to 1.
pub(crate) fn shade(part: f64) -> String {
    format!("s{}", (part.clamp(0.0, 1.0) * f64::from(SHADES)).round())
}

fn contents(page: &Page<'_>) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                @for (place, evaluation) in page.report.evaluations.iter().enumerate() {
                    li { a href={ "#head-" (place) } { (visible(&evaluation.head.name)) } }
                }
                @for (place, compared) in page.comparisons.iter().enumerate() {
                    li {
                        a href={ "#comparison-" (place) } {
                            (visible(&compared.comparison.before.head.name)) ", compared"
                        }
                    }
                }
                li { a href="#provenance" { "provenance" } }
            }
        }
    }
}

fn head_section(part: Part<'_>) -> Markup {
    let evaluation = part.evaluation;
    html! {
        section.head id={ "head-" (part.place) } {
            h2 { (visible(&words::headline(evaluation))) }
            (matrix::section(part))
            (scores::section(evaluation))
            (curves::section(evaluation))
            (thresholds::section(part))
            (findings::sections(part))
        }
    }
}

fn provenance(report: &Report) -> Markup {
    html! {
        section id="provenance" {
            h2 { "Provenance" }
            dl {
                @for (name, value) in report.provenance.entries() {
                    dt { (name) }
                    dd { code { (visible(&value)) } }
                }
            }
            p.note {
                "A model of counted words does not understand negation, quotation, counter-speech or sarcasm. \
                 What it says of a comment is a reason to look, not a verdict on its author."
            }
        }
    }
}

/// Base64 with padding, for the hash in the content security policy.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, i| bits << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for digit in 0..4 {
            let place = (bits >> (18 - 6 * digit)) as usize & 63;
            text.push(if digit <= chunk.len() { char::from(DIGITS[place]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), expected);
        }
    }

    fn page(report: &Report, details: &[Details], options: &PageOptions) -> String {
        render(&Page { report, details, comparisons: &[], options })
    }

    #[test]
    fn a_page_asks_nothing_of_others() {
        let html = page(&examples::report(), &examples::details(), &PageOptions::default());
        assert!(!html.contains("style="), "the policy forbids it");
        for outside in ["src=", "url(", "@import", "<link", "<iframe", "fetch(", "XMLHttp"] {
            assert!(!html.contains(outside), "{outside}");
        }
        // The namespace of SVG needs no request, and inline SVG needs no namespace.
        assert!(!html.contains("http://") && !html.contains("https://"), "no address at all");
    }

    #[test]
    fn hostile_names_and_comments_do_nothing() {
        let mut report = examples::report();
        report.evaluations =
            vec![examples::one_of(&["<script>alert(1)</script>", "\"><img onerror", "c\u{202e}"])];
        let mut details = examples::details();
        for row in &mut details[0].comments {
            row.id = "<b>\u{1b}[31m".into();
            row.text = "</details><script>alert(2)</script>\u{202e}&\n\"'<!--".into();
            row.marks.clear();
        }
        let html = page(&report, &details, &PageOptions::default());
        assert_eq!(html.matches("<script").count(), 1, "only ours");
        assert!(!html.contains("<img") && !html.contains("<b>") && !html.contains("<!--"));
        assert!(!html.contains(['\u{202e}', '\u{1b}']));
    }

    #[test]
    fn without_text_no_comment_is_in_the_page() {
        let options = PageOptions { text: false, ..PageOptions::default() };
        let (with, without) = (
            page(&examples::report(), &examples::details(), &PageOptions::default()),
            page(&examples::report(), &examples::details(), &options),
        );
        for words in ["again on Sundays", "fell off the", "brick knows more", "not thick", "you are."] {
            assert!(with.contains(words) && !without.contains(words), "{words}");
        }
        assert!(with.contains("<mark") && !without.contains("<mark"));
    }

    #[test]
    fn two_heads_and_a_comparison() {
        let html = render(&Page {
            report: &examples::report(),
            details: &examples::details(),
            comparisons: &[examples::comparison()],
            options: &PageOptions::default(),
        });
        let body = html.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0;
        insta::assert_snapshot!(body.replace("><", ">\n<"));
    }
}
