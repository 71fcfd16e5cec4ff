//! Decisions made on the page: a form in, rows of the store out.

use super::answers::{guarded, plain, redirect};
use super::form::Form;
use super::{form, labels, origin, page, reading, stranger, visitor};
use crate::perspective::attribute::Column;
use crate::server::keys::Right;
use crate::server::router::header_key;
use crate::server::store::{NewDecision, Said, StoreError};
use crate::server::{App, clock, with_workspace};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

/// What a form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Approve,
    Reject,
    Relabel,
}

impl Verdict {
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Approve, Self::Reject, Self::Relabel].into_iter().find(|verdict| verdict.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Relabel => "relabel",
        }
    }

    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Approve => "Approved.",
            Self::Reject => "Rejected.",
            Self::Relabel => "Labels saved.",
        }
    }
}

/// Why a decision was not kept.
enum Refused {
    Forbidden,
    Malformed,
    NotFound,
    Store(StoreError),
}

pub(super) async fn decide(State(app): State<App>, request: Request) -> Response {
    if let Some(refusal) = stranger(&app, request.headers()) {
        return refusal;
    }
    let (head, body) = request.into_parts();
    let accepts = head.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let wants_json = accepts.is_some_and(|accepts| accepts.contains("application/json"));
    let outcome = match form(&app, body).await {
        None => Err(Refused::Malformed),
        Some(form) => kept(&app, &head.headers, &form).await,
    };
    let (code, said) = match &outcome {
        Ok((verdict, _)) => (StatusCode::OK, verdict.said()),
        Err(Refused::Forbidden) => (StatusCode::FORBIDDEN, "You may not decide from here."),
        Err(Refused::Malformed) => (StatusCode::BAD_REQUEST, "That was no decision."),
        Err(Refused::NotFound) => (StatusCode::NOT_FOUND, "That comment is no longer here."),
        Err(Refused::Store(error)) => {
            tracing::error!(%error, "a decision was not kept");
            (StatusCode::SERVICE_UNAVAILABLE, "The decision could not be kept.")
        }
    };
    match outcome {
        _ if wants_json => {
            let mut response = guarded(Body::from(json!({"said": said}).to_string()), "application/json");
            *response.status_mut() = code;
            response
        }
        Ok((_, address)) => redirect(&address, None),
        Err(_) => plain(code, said),
    }
}

/// Keeps what a form says; where to go on.
async fn kept(app: &App, headers: &HeaderMap, form: &Form) -> Result<(Verdict, String), Refused> {
    // A key in a header is no browser's: nothing sends it along by itself.
    let may_decide = match header_key(headers) {
        Some(key) if !app.settings().keys.is_open() => {
            app.settings().keys.admit(Some(key), Right::Decide).is_ok()
        }
        _ => origin::is_ours(headers) && visitor(app, headers).is_some_and(|v| v.may_decide),
    };
    if !may_decide {
        return Err(Refused::Forbidden);
    }
    let store = app.store().ok_or(Refused::NotFound)?;
    let verdict = form.first("verdict").and_then(Verdict::of).ok_or(Refused::Malformed)?;
    let attribute = form.first("attribute").filter(|a| !a.is_empty()).ok_or(Refused::Malformed)?.to_owned();
    let id: i64 = form.first("id").and_then(|id| id.parse().ok()).ok_or(Refused::Malformed)?;
    let found = reading(store, move |database| database.comment(id)).await.map_err(Refused::Store)?;
    let comment = found.ok_or(Refused::NotFound)?.comment;
    let served = app.models().now().of(Some(&comment.said.community)).clone();
    let text = comment.said.text.clone().ok_or(Refused::NotFound)?;
    let prediction = with_workspace(&served.model, |workspace| workspace.score(&served.model, &text).clone());
    let holds: Vec<&str> = form.all("holds").collect();
    let all = labels(&served, &attribute);
    let said: Vec<(&str, Option<Column>, bool)> = match verdict {
        Verdict::Relabel => all
            .iter()
            .map(|(name, column)| (name.as_str(), *column, holds.contains(&name.as_str())))
            .collect(),
        _ => vec![(&attribute, all.first().and_then(|label| label.1), verdict == Verdict::Reject)],
    };
    let said_of = Said { time_ms: clock::unix_ms(), text: Some(text), ..comment.said };
    let decision = |(name, column, yes): (&str, Option<Column>, bool)| NewDecision {
        said: said_of.clone(),
        attribute: name.to_owned(),
        value: f64::from(u8::from(yes)),
        model: served.id.clone(),
        probability: column.map(|column| column.probability(&prediction)),
        origin: "review".to_owned(),
        comment: Some(id),
    };
    store.decide(said.into_iter().map(decision).collect()).await.map_err(Refused::Store)?;
    let community = form.first("community").filter(|c| !c.is_empty());
    let order = page::order_of(form.first("order").unwrap_or_default());
    let view = page::address(&attribute, community, order);
    Ok((verdict, format!("{view}&just={id}&did={}", verdict.name())))
}
