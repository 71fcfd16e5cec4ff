//! The desk's answers, each with the headers that keep the page to itself.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

/// Nothing but our own style, script and forms; nobody frames the page; nothing of it is kept on the way.
const GUARDS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`, under which a browser does not say where a form comes from.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(super) fn guarded(body: Body, content_type: &'static str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in GUARDS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(super) fn html(code: StatusCode, page: String) -> Response {
    let mut response = guarded(Body::from(page), "text/html; charset=utf-8");
    *response.status_mut() = code;
    response
}

pub(super) fn plain(code: StatusCode, said: &'static str) -> Response {
    let mut response = guarded(Body::from(said), "text/plain; charset=utf-8");
    *response.status_mut() = code;
    response
}

pub(super) fn fixed(text: &'static str, content_type: &'static str) -> Response {
    guarded(Body::from(text), content_type)
}

pub(super) fn redirect(address: &str, cookie: Option<&str>) -> Response {
    let mut response = guarded(Body::empty(), "text/plain; charset=utf-8");
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    if let Ok(address) = HeaderValue::from_str(address) {
        headers.insert(header::LOCATION, address);
    }
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}
