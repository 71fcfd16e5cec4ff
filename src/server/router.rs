//! Which address leads where. [`ROUTES`] is the whole list but for the desk's page: the router is made of it, and a test
//! holds the description of the service against it.

use super::calls::{self, Call, Reply};
use super::clock::Moment;
use super::metrics::Kind;
use super::{App, addresses, coral, multipart, own, review};
use crate::perspective::{CallError, discovery};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Perspective's two calls.
    Call,
    /// Many of them.
    Batch,
    /// What clients read before they call.
    Discovery,
    /// A comment with all heads and evidence.
    Score,
    /// Comments as lines.
    Lines,
    /// What the model is.
    Model,
    /// Its card.
    Card,
    /// Whether the process lives.
    Health,
    /// Whether calls should be sent to it.
    Ready,
    /// Figures.
    Metrics,
    /// The description of all this.
    OpenApi,
    /// Coral's external moderation phase.
    Coral,
}

/// Every address that is answered, with its verb.
pub const ROUTES: &[(&str, &str, Door)] = &[
    ("post", "/v1alpha1/comments:analyze", Door::Call),
    ("post", "/v1alpha1/comments:suggestscore", Door::Call),
    ("post", "/comments:analyze", Door::Call),
    ("post", "/comments:suggestscore", Door::Call),
    ("post", "/batch", Door::Batch),
    ("post", "/batch/commentanalyzer/v1alpha1", Door::Batch),
    ("get", "/$discovery/rest", Door::Discovery),
    ("post", "/v1/score", Door::Score),
    ("post", "/v1/lines", Door::Lines),
    ("get", "/v1/model", Door::Model),
    ("get", "/v1/card", Door::Card),
    ("get", "/v1/health", Door::Health),
    ("get", "/v1/ready", Door::Ready),
    ("get", "/v1/metrics", Door::Metrics),
    ("get", "/metrics", Door::Metrics),
    ("get", "/v1/openapi.json", Door::OpenApi),
    ("post", "/v1/coral", Door::Coral),
];

/// `Content-Type` of nearly all answers.
pub(super) const JSON: &str = "application/json; charset=UTF-8";

/// All addresses of `app`.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for (_, path, door) in ROUTES {
        router = router.route(path, method(*door));
        // Some clients write the colon and the dollar as bytes that need not be.
        for (plain, coded) in [(":", "%3A"), (":", "%3a"), ("$", "%24")] {
            if path.contains(plain) {
                router = router.route(&path.replace(plain, coded), method(*door));
            }
        }
    }
    // Before the layer, which must answer for every verb that a page may ask about.
    let router = limited(&app, router.method_not_allowed_fallback(not_allowed));
    // No other origin may read the desk's page, whatever it may read else.
    let router = match cors(&app.settings().cors_origins) {
        Some(layer) => router.layer(layer),
        None => router,
    };
    let router = router
        .merge(limited(&app, review::routes()))
        .fallback(|State(app): State<App>| async move { refuse(&app, CallError::NotFound) })
        .method_not_allowed_fallback(not_allowed);
    let metrics_of = app.clone();
    let router = router.layer(CatchPanicLayer::custom(move |_panic: Box<dyn std::any::Any + Send>| {
        // What it says may hold a comment's text, and is not told.
        metrics_of.metrics().panics.inc();
        tracing::error!("a call ended in a fault");
        response(CallError::Internal.into(), JSON)
    }));
    router.with_state(app)
}

/// With calls counted by address, where that is set.
fn limited(app: &App, router: Router<App>) -> Router<App> {
    match &app.settings().addresses {
        Some(_) => router.route_layer(from_fn_with_state(app.clone(), counted)),
        None => router,
    }
}

/// Who watches over us is let pass whenever it asks.
async fn counted(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/v1/health" | "/v1/ready") {
        return next.run(request).await;
    }
    match addresses::admit(&app, request.extensions().get().copied()) {
        Err(error) => refuse(&app, error),
        Ok(()) => next.run(request).await,
    }
}

fn method(door: Door) -> MethodRouter<App> {
    match door {
        Door::Call => post(call),
        Door::Batch => post(multipart::batch),
        Door::Discovery => get(describe),
        Door::Score => post(own::score),
        Door::Lines => post(own::lines),
        Door::Model => get(own::model),
        Door::Card => get(own::card),
        Door::Health => get(own::health),
        Door::Ready => get(own::ready),
        Door::Metrics => get(own::metrics),
        Door::OpenApi => get(own::openapi),
        Door::Coral => post(coral::moderate),
    }
}

/// None where no origin is let in.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origin = match origins {
        [] => return None,
        origins if origins.iter().any(|origin| origin == "*") => AllowOrigin::from(Any),
        origins => AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())),
    };
    Some(CorsLayer::new().allow_origin(origin).allow_methods(Any).allow_headers(Any))
}

/// Perspective's calls.
async fn call(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, body) = request.into_parts();
    let kind = calls::kind(head.uri.path()).unwrap_or(Kind::Other);
    let limits = &app.settings().limits;
    let reply = match app.0.bodies.read(body, limits.max_body_bytes, limits).await {
        Err(error) => error.into(),
        Ok(whole) => {
            let query = head.uri.query().unwrap_or_default();
            let key = header_key(&head.headers);
            calls::answer(&app, Call { kind, query, key, body: whole.bytes() }).await
        }
    };
    respond(&app, kind, began, reply, JSON)
}

/// `GET /$discovery/rest`.
async fn describe(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let document = discovery(&root(&app, request.headers()));
    respond(&app, Kind::Other, began, Ok(document.into_bytes()).into(), JSON)
}

/// The address callers reach us by: as configured, or as they named it.
fn root(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.settings().public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let scheme = if app.settings().is_encrypted { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let plain = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]%".contains(&b));
    format!("{scheme}://{}", host.filter(plain).filter(|host| !host.is_empty()).unwrap_or("localhost"))
}

/// The key in a header, where there is one.
pub(super) fn header_key(headers: &HeaderMap) -> Option<&str> {
    if let Some(key) = headers.get("x-goog-api-key").or_else(|| headers.get("x-api-key")) {
        return key.to_str().ok();
    }
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// Counts and logs an answer, and makes it a response.
pub(super) fn respond(
    app: &App,
    kind: Kind,
    began: Moment,
    reply: Reply,
    content_type: &'static str,
) -> Response {
    let took = began.elapsed();
    app.metrics().answered(kind, reply.code, took);
    tracing::debug!(call = kind.name(), code = reply.code, micros = took.as_micros() as u64, "answered");
    response(reply, content_type)
}

/// To a call that names no host, or several.
pub(super) fn without_host(app: &App) -> Response {
    refuse(app, CallError::Invalid("The request must have one `Host` header.".into()))
}

async fn not_allowed(State(app): State<App>) -> Response {
    refuse(&app, CallError::MethodNotAllowed)
}

fn refuse(app: &App, error: CallError) -> Response {
    respond(app, Kind::Other, Moment::now(), error.into(), JSON)
}

fn response(reply: Reply, content_type: &'static str) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(seconds) = reply.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
