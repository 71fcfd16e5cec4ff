//! Our own answers, beyond Perspective's: every head with its evidence, streams of lines, and what an operator asks.

mod evidence;
mod lines;
mod splitter;

use super::App;
use super::calls::Reply;
use super::clock::Moment;
use super::keys::{Caller, Right};
use super::metrics::Kind;
use super::query::Query;
use super::router::{JSON, header_key, respond};
use super::with_workspace;
use crate::model::Model;
use crate::perspective::CallError;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The longest text that is scored here: longer than any comment, and scored in a few milliseconds.
const MAX_TEXT: usize = 64 << 10;

/// The description of all addresses.
const OPENAPI: &str = include_str!("../openapi.json");

/// Lets the caller of `head` do what needs `right`.
fn admit<'a>(app: &'a App, head: &Parts, right: Right) -> Result<Caller<'a>, CallError> {
    let query = Query::parse(head.uri.query().unwrap_or_default());
    app.settings().keys.admit(query.key.as_deref().or_else(|| header_key(&head.headers)), right)
}

/// A comment to be scored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
struct ScoreRequest<'a> {
    /// Comes back in the answer.
    id: Option<Value>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "communityId", alias = "community")]
    community: Option<Cow<'a, str>>,
    /// Whether the words that weighed are wanted.
    evidence: bool,
    /// How many of them for each label.
    terms: Option<usize>,
}

impl<'a> ScoreRequest<'a> {
    /// Reads a body, or a line of one.
    fn parse(body: &'a [u8]) -> Result<Self, CallError> {
        let request: Self = serde_json::from_slice(body)
            .map_err(|error| CallError::Invalid(format!("Invalid JSON payload received. {error}")))?;
        match request.text.as_deref() {
            None => Err(CallError::Invalid("Missing text: expected the comment in a field `text`.".into())),
            Some(text) if text.trim().is_empty() => Err(CallError::CommentEmpty),
            Some(text) if text.len() > MAX_TEXT => Err(CallError::CommentTooLong),
            Some(_) => Ok(request),
        }
    }

    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }
}

/// Appends the answer to `request`: `{"id":…,"heads":{…},"model":"…"}`.
fn write_score(app: &App, community: Option<&str>, request: &ScoreRequest<'_>, out: &mut Vec<u8>) {
    let models = app.models().now();
    let served = models.of(request.community.as_deref().or(community));
    out.push(b'{');
    if let Some(id) = &request.id {
        out.extend(b"\"id\":");
        out.extend(id.to_string().bytes());
        out.push(b',');
    }
    with_workspace(&served.model, |workspace| {
        served.json.write(workspace.score(&served.model, request.text()), out);
    });
    if request.evidence {
        let evidence = evidence::of(&served.model, request.text(), request.terms.unwrap_or(20));
        out.extend(b",\"evidence\":");
        out.extend(evidence.to_string().bytes());
    }
    out.push(b'}');
    app.metrics().comments.inc();
}

/// `POST /v1/score`.
pub(super) async fn score(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, body) = request.into_parts();
    let answered = async {
        let caller = admit(&app, &head, Right::Score)?;
        let limits = &app.settings().limits;
        let whole = app.0.bodies.read(body, limits.max_body_bytes, limits).await?;
        let request = ScoreRequest::parse(whole.bytes())?;
        let mut out = Vec::with_capacity(1024);
        write_score(&app, caller.community, &request, &mut out);
        Query::parse(head.uri.query().unwrap_or_default()).shape(out)
    };
    let reply = answered.await.into();
    respond(&app, Kind::Score, began, reply, JSON)
}

/// `POST /v1/lines`: a line of JSON in, a line out, as they come.
pub(super) async fn lines(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, body) = request.into_parts();
    let community = match admit(&app, &head, Right::Score) {
        Err(error) => return respond(&app, Kind::Lines, began, error.into(), JSON),
        Ok(caller) => caller.community.map(str::to_owned),
    };
    app.metrics().answered(Kind::Lines, 200, began.elapsed());
    let mut response = Response::new(Body::new(lines::Scored::new(app, body, community)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson; charset=UTF-8"));
    response
}

/// What a model says of itself.
fn about(model: &Model) -> Value {
    let heads = model.heads().iter().map(|head| {
        json!({
            "name": head.head.name,
            "answers": match head.head.kind {
                crate::label::HeadKind::OneOf => "exactly one",
                crate::label::HeadKind::Each => "each on its own",
            },
            "labels": head.head.labels.names(),
            "target": head.head.target,
            "algorithm": head.algorithm,
            "thresholds": head.readout.thresholds,
            "comments": head.n_documents,
        })
    });
    json!({"model": model.id(), "about": model.about(), "heads": heads.collect::<Vec<_>>()})
}

/// `GET /v1/model`.
pub(super) async fn model(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, _) = request.into_parts();
    let answered = admit(&app, &head, Right::Score).map(|caller| {
        let models = app.models().now();
        let served = models.of(caller.community);
        let mut answer = about(&served.model);
        let named = |(name, column): (&str, crate::perspective::Column)| {
            let head = &served.model.heads()[column.head].head;
            (name.to_owned(), json!({"head": head.name, "label": head.labels.names()[column.label]}))
        };
        answer["attributes"] = served.attributes.names().into();
        answer["mapped"] = Value::Object(served.attributes.mapped().into_iter().map(named).collect());
        let mut communities: Vec<&String> = models.communities.keys().collect();
        communities.sort();
        answer["communities"] = json!(communities);
        answer.to_string().into_bytes()
    });
    respond(&app, Kind::Other, began, answered.into(), JSON)
}

/// `GET /v1/card`.
pub(super) async fn card(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, _) = request.into_parts();
    let answered = admit(&app, &head, Right::Score).and_then(|caller| {
        let models = app.models().now();
        models.of(caller.community).card.clone().map(String::into_bytes).ok_or(CallError::NotFound)
    });
    let kind = if answered.is_ok() { "text/markdown; charset=UTF-8" } else { JSON };
    respond(&app, Kind::Other, began, answered.into(), kind)
}

/// `GET /v1/health`: the process lives.
pub(super) async fn health(State(app): State<App>) -> Response {
    respond(&app, Kind::Other, Moment::now(), Ok(b"{\"status\":\"ok\"}".to_vec()).into(), JSON)
}

/// `GET /v1/ready`: calls may be sent here.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let reply = if app.is_stopping() {
        Reply::from(CallError::Unavailable)
    } else {
        let model = app.models().now().base.id.clone();
        Ok(json!({"status": "ready", "model": model}).to_string().into_bytes()).into()
    };
    respond(&app, Kind::Other, Moment::now(), reply, JSON)
}

/// `GET /v1/metrics`.
pub(super) async fn metrics(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, _) = request.into_parts();
    let answered = admit(&app, &head, Right::Admin).map(|_| app.metrics().text().into_bytes());
    let fine = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let kind = if answered.is_ok() { fine } else { JSON };
    respond(&app, Kind::Other, began, answered.into(), kind)
}

/// `GET /v1/openapi.json`.
pub(super) async fn openapi(State(app): State<App>) -> Response {
    respond(&app, Kind::Other, Moment::now(), Ok(OPENAPI.as_bytes().to_vec()).into(), JSON)
}
