//! The page of the desk: what waits, as forms that work without a script.

use super::form::encoded;
use crate::report::escape::visible;
use crate::server::store::Order;
use maud::{DOCTYPE, Markup, html};
use std::ops::Range;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// `NAME@HASH` of the model that answers.
    pub(super) model: String,
    /// The attribute to be decided.
    pub(super) attribute: String,
    /// The attributes there are.
    pub(super) attributes: Vec<String>,
    /// Only of this community.
    pub(super) community: Option<String>,
    pub(super) order: Order,
    /// How many wait.
    pub(super) n_waiting: u64,
    /// The first of them.
    pub(super) cards: Vec<Card>,
    /// Something to be told first.
    pub(super) notice: Option<Notice>,
    /// Whether the visitor may decide.
    pub(super) may_decide: bool,
    /// Whether there is a way out.
    pub(super) has_session: bool,
}

/// What is told above the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// There is no store.
    NoStore,
    /// There is one, but texts are not kept.
    NoText,
    /// The store cannot be read.
    Trouble(String),
    /// What was just decided, and of which comment.
    Decided { id: i64, said: String },
}

/// A comment that waits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Card {
    pub(super) id: i64,
    pub(super) text: String,
    /// Stretches of the text that made the answer.
    pub(super) marks: Vec<Range<usize>>,
    pub(super) probability: f64,
    pub(super) community: String,
    pub(super) time: String,
    /// Each attribute of the model and whether it holds by the model.
    pub(super) labels: Vec<(String, bool)>,
}

/// The name of an order in addresses.
pub(super) fn order_name(order: Order) -> &'static str {
    match order {
        Order::Uncertainty => "uncertainty",
        Order::Score => "score",
        Order::Newest => "newest",
    }
}

/// The order of a name; the most uncertain first unless it says otherwise.
pub(super) fn order_of(name: &str) -> Order {
    let all = [Order::Uncertainty, Order::Score, Order::Newest];
    all.into_iter().find(|order| order_name(*order) == name).unwrap_or_default()
}

/// Where the same view is.
pub(super) fn address(attribute: &str, community: Option<&str>, order: Order) -> String {
    let community = community.map(|c| format!("&community={}", encoded(c))).unwrap_or_default();
    format!("/?attribute={}&order={}{community}", encoded(attribute), order_name(order))
}

fn document(body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "moderato: to be decided" }
                link rel="stylesheet" href="/review/style.css";
                link rel="icon" href="data:,";
                script src="/review/script.js" defer {}
            }
            body { (body) }
        }
    }
    .into_string()
}

/// The page that asks for a key.
pub(super) fn entrance(refused: bool) -> String {
    document(&html! {
        main {
            h1 { "To be decided" }
            @if refused { p.notice role="alert" { "That key does not open this page." } }
            form method="post" action="/review/enter" {
                label for="key" { "A key with the right admin" }
                " "
                input #key type="password" name="key" autocomplete="current-password" required autofocus;
                " "
                button { "Enter" }
            }
        }
    })
}

/// The queue.
pub(super) fn render(view: &View) -> String {
    document(&html! {
        header {
            h1 { "To be decided" }
            p.quiet { "Model " (visible(&view.model)) }
            (choices(view))
            @if view.has_session {
                form method="post" action="/review/leave" { button { "Leave" } }
            }
        }
        main {
            @if let Some(notice) = &view.notice { (told(view, notice)) }
            p { (waiting(view)) }
            p.keys hidden {
                kbd { "j" } " " kbd { "k" } " next, previous · " kbd { "a" } " approve · " kbd { "r" }
                " reject · " kbd { "l" } " labels, " kbd { "1" } "–" kbd { "9" } " to change them, " kbd { "s" }
                " to save them"
            }
            ol {
                @for card in &view.cards { li { (comment(view, card)) } }
            }
        }
    })
}

fn waiting(view: &View) -> String {
    match view.n_waiting {
        0 => "Nothing waits.".into(),
        1 => "One comment waits.".into(),
        n if n as usize > view.cards.len() => {
            format!("{n} comments wait; these are the first {}.", view.cards.len())
        }
        n => format!("{n} comments wait."),
    }
}

fn choices(view: &View) -> Markup {
    let orders = [
        (Order::Uncertainty, "the most uncertain"),
        (Order::Score, "the most probable"),
        (Order::Newest, "the newest"),
    ];
    html! {
        form method="get" action="/" {
            label { "Attribute "
                select name="attribute" {
                    @for name in &view.attributes {
                        option value=(name) selected[*name == view.attribute] { (visible(name)) }
                    }
                }
            }
            label { "First "
                select name="order" {
                    @for (order, name) in orders {
                        option value=(order_name(order)) selected[order == view.order] { (name) }
                    }
                }
            }
            @if let Some(community) = &view.community {
                label { "Community " input name="community" value=(community); }
            }
            button { "Show" }
        }
    }
}

fn told(view: &View, notice: &Notice) -> Markup {
    html! {
        div.notice role="status" {
            @match notice {
                Notice::NoStore => {
                    "This server keeps nothing. Start it with " code { "--store FILE --keep-text" }
                    ", and comments that are asked about will wait here."
                }
                Notice::NoText => {
                    "This server keeps no texts, so there is nothing to read here. Start it with "
                    code { "--keep-text" } " to keep those whose callers allow it."
                }
                Notice::Trouble(message) => { "The queue cannot be read: " (visible(message)) }
                Notice::Decided { id, said } => {
                    (visible(said)) " "
                    @if view.may_decide { (deeds(view, *id)) }
                }
            }
        }
    }
}

fn comment(view: &View, card: &Card) -> Markup {
    html! {
        article.comment id=(format!("c{}", card.id)) tabindex="-1" aria-label=(format!("Comment {}", card.id)) {
            p.text dir="auto" { (marked(&card.text, &card.marks)) }
            p.facts.quiet {
                span { (visible(&view.attribute)) " " strong { (format!("{:.3}", card.probability)) } }
                span { (card.time) }
                @if !card.community.is_empty() { span { (visible(&card.community)) } }
            }
            @if view.may_decide {
                (deeds(view, card.id))
                (relabel(view, card))
            }
            p.said role="status" aria-live="polite" {}
        }
    }
}

/// What every form says of where it stands.
fn here(view: &View, id: i64) -> Markup {
    html! {
        input type="hidden" name="id" value=(id);
        input type="hidden" name="attribute" value=(view.attribute);
        input type="hidden" name="order" value=(order_name(view.order));
        @if let Some(community) = &view.community { input type="hidden" name="community" value=(community); }
    }
}

fn deeds(view: &View, id: i64) -> Markup {
    html! {
        form.deeds method="post" action="/review/decide" {
            (here(view, id))
            button.approve name="verdict" value="approve" { "Approve" }
            button.reject name="verdict" value="reject" { "Reject" }
        }
    }
}

fn relabel(view: &View, card: &Card) -> Markup {
    html! {
        details {
            summary { "Labels" }
            form method="post" action="/review/decide" {
                (here(view, card.id))
                fieldset {
                    legend.quiet { "What holds of this comment" }
                    @for (name, holds) in &card.labels {
                        label {
                            input type="checkbox" name="holds" value=(name) checked[*holds];
                            " " (visible(name))
                        }
                    }
                }
                button.relabel name="verdict" value="relabel" { "Save labels" }
            }
        }
    }
}

/// The text with its marks; they ascend and do not overlap.
fn marked(text: &str, marks: &[Range<usize>]) -> Markup {
    let mut pieces: Vec<(bool, &str)> = Vec::new();
    let mut end = 0;
    for mark in marks {
        let (Some(before), Some(within)) = (text.get(end..mark.start), text.get(mark.clone())) else {
            continue;
        };
        pieces.push((false, before));
        pieces.push((true, within));
        end = mark.end;
    }
    pieces.push((false, text.get(end..).unwrap_or_default()));
    html! {
        @for (is_marked, piece) in pieces {
            @if is_marked { mark { (lines(piece)) } } @else { (lines(piece)) }
        }
    }
}

/// The text with what would act on the page spelled out, but for the ends of its lines.
fn lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_comment_says_stays_what_it_says() {
        let hostile = "</p><script>alert(1)</script><form action='//evil.example'>\u{202e}\" onfocus=\"x";
        let card = Card {
            id: 7,
            text: hostile.into(),
            marks: vec![4..12, 40..60],
            probability: 0.5,
            community: hostile.into(),
            time: "2026-01-01T00:00:00Z".into(),
            labels: vec![(hostile.into(), true)],
        };
        let view = View {
            model: hostile.into(),
            attribute: hostile.into(),
            attributes: vec![hostile.into()],
            community: Some(hostile.into()),
            cards: vec![card],
            n_waiting: 1,
            notice: Some(Notice::Decided { id: 7, said: hostile.into() }),
            may_decide: true,
            has_session: true,
            ..View::default()
        };
        let page = render(&view);
        assert_eq!(page.matches("<script").count(), 1, "only ours");
        assert!(!page.contains("evil.example'>"), "{page}");
        assert!(!page.contains("\" onfocus"));
        // What is sent back stays as it is; what is shown is spelled out.
        let shown = page.split("class=\"text\"").nth(1).and_then(|rest| rest.split("</p>").next());
        assert!(
            shown.is_some_and(|shown| shown.contains("\\u{202e}") && !shown.contains('\u{202e}')),
            "{page}"
        );
        assert!(page.contains("<mark>"));
        assert!(!page.contains("http:") && !page.contains("https:"), "no address but our own");
    }

    #[test]
    fn nobody_decides_who_may_only_look() {
        let card = Card {
            id: 7,
            text: "a text".into(),
            marks: Vec::new(),
            probability: 0.5,
            community: String::new(),
            time: String::new(),
            labels: vec![("INSULT".into(), false)],
        };
        let page = |may_decide| render(&View { cards: vec![card.clone()], may_decide, ..View::default() });
        assert!(page(true).contains("/review/decide"));
        assert!(!page(false).contains("/review/decide"));
    }

    #[test]
    fn addresses_lead_back_to_the_same_view() {
        assert_eq!(
            address("A&B", Some("Coral:https://x"), Order::Score),
            "/?attribute=A%26B&order=score&community=Coral%3Ahttps%3A%2F%2Fx"
        );
        assert_eq!(order_of("nonsense"), Order::Uncertainty);
        assert_eq!(order_of(order_name(Order::Newest)), Order::Newest);
    }
}
