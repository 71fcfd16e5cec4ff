//! The desk: recorded comments that wait to be decided, as a page at `/`.
//!
//! Enters: requests of a browser. Leaves: the page, and decisions in the store, the same as `suggestscore` leaves.
//! Works without a script; with it, decisions are made from the keyboard.
//! Deliberately absent: anything from elsewhere. Style and script are part of the program, and the policy forbids the
//! rest.
//!
//! Where keys are set, the page asks for one with the right `admin`, and lets its owner decide if it has the right
//! `decide`, too. A form is taken from our own page only ([`origin`]).

mod answers;
mod decide;
mod form;
mod origin;
mod page;
mod session;

pub(super) use form::encoded;
pub(crate) use session::Sessions;

use super::keys::Right;
use super::router::header_key;
use super::store::{Comment, Queue, Store, StoreError, Waiting};
use super::{App, Served, clock, with_workspace};
use crate::label::HeadKind;
use crate::model::{byte_weights, carrying, word_weights};
use crate::perspective::Unknown;
use crate::perspective::attribute::{Column, Resolved, unversioned};
use answers::{fixed, html, plain, redirect};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use decide::{Verdict, decide};
use form::Form;
use page::{Card, Notice, View};
use session::Visitor;
use std::ops::Range;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Comments on a page.
const MOST_CARDS: u32 = 20;
/// A form of ours is smaller.
const MOST_FORM_BYTES: usize = 64 << 10;
/// The share of the heaviest word's weight from which on a word is marked.
const MARKED_SHARE: f64 = 0.4;

/// The desk's addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(queue))
        .route("/review/decide", post(decide))
        .route("/review/enter", post(enter))
        .route("/review/leave", post(leave))
        .route("/review/style.css", get(|| async { fixed(STYLE, "text/css; charset=utf-8") }))
        .route("/review/script.js", get(|| async { fixed(SCRIPT, "text/javascript; charset=utf-8") }))
}

async fn queue(State(app): State<App>, request: Request) -> Response {
    if let Some(refusal) = stranger(&app, request.headers()) {
        return refusal;
    }
    let Some(visitor) = visitor(&app, request.headers()) else {
        return html(StatusCode::UNAUTHORIZED, page::entrance(false));
    };
    let query = Form::parse(request.uri().query().unwrap_or_default());
    let mut view = View {
        attribute: query.first("attribute").map_or("TOXICITY", unversioned).to_owned(),
        community: query.first("community").filter(|c| !c.is_empty()).map(str::to_owned),
        order: page::order_of(query.first("order").unwrap_or_default()),
        may_decide: visitor.may_decide,
        has_session: !app.settings().keys.is_open(),
        ..View::default()
    };
    let served = app.models().now().of(view.community.as_deref()).clone();
    view.model.clone_from(&served.id);
    match app.store() {
        None => view.notice = Some(Notice::NoStore),
        Some(store) => {
            let asked = Queue {
                attribute: view.attribute.clone(),
                community: view.community.clone(),
                order: view.order,
                most: MOST_CARDS,
            };
            match waiting(store, asked).await {
                Ok((waiting, n_waiting, attributes)) => {
                    view.cards = waiting.into_iter().map(|w| card(&served, &view.attribute, w)).collect();
                    (view.n_waiting, view.attributes) = (n_waiting, attributes);
                }
                Err(error) => view.notice = Some(Notice::Trouble(error.to_string())),
            }
            if view.notice.is_none() && !store.keeps_text() {
                view.notice = Some(Notice::NoText);
            }
            let just = query.first("just").and_then(|id| id.parse().ok());
            let verdict = query.first("did").and_then(Verdict::of);
            if let (Some(id), Some(verdict), None) = (just, verdict, &view.notice) {
                view.notice = Some(Notice::Decided { id, said: verdict.said().to_owned() });
            }
        }
    }
    if !view.attributes.contains(&view.attribute) {
        view.attributes.push(view.attribute.clone());
    }
    html(StatusCode::OK, page::render(&view))
}

/// The first of what waits, how many wait, and the attributes there are.
async fn waiting(store: &Store, asked: Queue) -> Result<(Vec<Waiting>, u64, Vec<String>), StoreError> {
    reading(store, move |database| {
        let (waiting, n) = database.waiting(&asked)?;
        Ok((waiting, n, database.recorded_attributes()?))
    })
    .await
}

/// Reads the store on a thread that may wait for the disk.
async fn reading<T: Send + 'static>(
    store: &Store,
    read: impl FnOnce(super::store::Database) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let store = store.clone();
    let read = tokio::task::spawn_blocking(move || store.reader().and_then(read));
    read.await.unwrap_or(Err(StoreError::Closed))
}

fn card(served: &Served, attribute: &str, waiting: Waiting) -> Card {
    let Waiting { comment: Comment { id, comment }, probability } = waiting;
    let text = comment.said.text.unwrap_or_default();
    let labels = labels(served, attribute);
    let prediction = with_workspace(&served.model, |workspace| workspace.score(&served.model, &text).clone());
    let holds = |column: Column| {
        let head = &served.model.heads()[column.head];
        let thresholds = &head.readout.thresholds;
        let threshold = thresholds.get(if head.is_two_way() { 0 } else { column.label });
        column.probability(&prediction) >= threshold.copied().unwrap_or(0.5)
    };
    Card {
        id,
        marks: marks(served, attribute, &text),
        probability,
        community: comment.said.community,
        time: jiff::Timestamp::from_millisecond(comment.said.time_ms)
            .map(|t| t.to_string())
            .unwrap_or_default(),
        labels: labels.into_iter().map(|(name, column)| (name, column.is_some_and(holds))).collect(),
        text,
    }
}

/// What may be said of a comment: the attribute that is asked about, and the yes/no labels of the model.
fn labels(served: &Served, attribute: &str) -> Vec<(String, Option<Column>)> {
    let resolve = |name: &str| match served.attributes.resolve(name, Unknown::Map) {
        Resolved::Answered(column) => Some(column),
        _ => None,
    };
    let heads = served.model.heads().iter();
    let of_model = heads.flat_map(|head| match (head.head.kind, head.is_two_way()) {
        (HeadKind::Each, _) => head.head.labels.names(),
        (HeadKind::OneOf, true) => &head.head.labels.names()[1..],
        (HeadKind::OneOf, false) => &[],
    });
    let mut names: Vec<String> = vec![attribute.to_owned()];
    for name in of_model.map(|label| label.to_uppercase()) {
        if resolve(&name).is_some() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .map(|name| {
            let column = resolve(&name);
            (name, column)
        })
        .collect()
}

/// The words that made the answer.
fn marks(served: &Served, attribute: &str, text: &str) -> Vec<Range<usize>> {
    let Resolved::Answered(column) = served.attributes.resolve(attribute, Unknown::Map) else {
        return Vec::new();
    };
    let head = &served.model.heads()[column.head];
    let evidence = served.model.evidence(head, text);
    let (place, sign) = match (head.is_two_way(), column.label) {
        (true, 0) => (0, -1.0),
        (true, _) => (0, 1.0),
        (false, label) => (label, 1.0),
    };
    let Some(evidence) = evidence.get(place) else { return Vec::new() };
    let weights: Vec<f64> = byte_weights(&evidence.terms, text.len()).into_iter().map(|w| sign * w).collect();
    carrying(&word_weights(text, &weights), MARKED_SHARE)
}

async fn enter(State(app): State<App>, request: Request) -> Response {
    if let Some(refusal) = stranger(&app, request.headers()) {
        return refusal;
    }
    let (head, body) = request.into_parts();
    let form = form(&app, body).await.unwrap_or_default();
    let keys = &app.settings().keys;
    let key = form.first("key");
    if !origin::is_ours(&head.headers) || keys.admit(key, Right::Admin).is_err() {
        return html(StatusCode::FORBIDDEN, page::entrance(true));
    }
    let visitor = Visitor { may_decide: keys.admit(key, Right::Decide).is_ok() };
    let value = app.sessions().cookie(visitor, clock::unix_ms());
    let secure = if app.settings().is_encrypted { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}", session::COOKIE);
    redirect("/", Some(&cookie))
}

async fn leave(State(app): State<App>, request: Request) -> Response {
    match origin::is_ours(request.headers()) {
        true => {
            let over = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict", session::COOKIE);
            redirect("/", Some(&over))
        }
        false => stranger(&app, request.headers())
            .unwrap_or_else(|| plain(StatusCode::FORBIDDEN, "You may not do that from here.")),
    }
}

/// What is said to whoever took a name that may be anybody's; where keys are set a name gives nothing away.
fn stranger(app: &App, headers: &HeaderMap) -> Option<Response> {
    let known = origin::is_for_us(headers, app.settings().public_url.as_deref());
    (app.settings().keys.is_open() && !known).then(|| {
        let said = "This page answers to addresses, to localhost, and to the name in --public-url.";
        plain(StatusCode::MISDIRECTED_REQUEST, said)
    })
}

/// Who asks, if they may look.
fn visitor(app: &App, headers: &HeaderMap) -> Option<Visitor> {
    let keys = &app.settings().keys;
    if keys.is_open() {
        return Some(Visitor { may_decide: true });
    }
    if let Some(key) = header_key(headers) {
        let may_look = keys.admit(Some(key), Right::Admin).is_ok();
        return may_look.then(|| Visitor { may_decide: keys.admit(Some(key), Right::Decide).is_ok() });
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let now = clock::unix_ms();
    cookies.into_iter().find_map(|cookies| app.sessions().visitor(cookies, now))
}

/// A form, if it comes whole and in time.
async fn form(app: &App, body: Body) -> Option<Form> {
    let limits = &app.settings().limits;
    let whole = app.0.bodies.read(body, MOST_FORM_BYTES, limits).await.ok()?;
    Some(Form::parse(&String::from_utf8_lossy(whole.bytes())))
}
