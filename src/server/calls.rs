//! Perspective's two calls, whether they come alone or within a batch: bytes in, code and bytes out.

use super::beside::Answered;
use super::keys::{Caller, Right};
use super::metrics::Kind;
use super::query::Query;
use super::store::{NewDecision, Said};
use super::{App, clock, with_workspace};
use crate::perspective::attribute::Resolved;
use crate::perspective::{AnalyzeRequest, CallError, SuggestRequest, Unknown, analyze};

/// One call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'c> {
    pub(super) kind: Kind,
    /// What follows the question mark.
    pub(super) query: &'c str,
    /// A key that came in a header.
    pub(super) key: Option<&'c str>,
    pub(super) body: &'c [u8],
}

/// What is answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) body: Vec<u8>,
    /// Seconds after which to ask again.
    pub(super) retry_after: Option<u64>,
}

impl From<Result<Vec<u8>, CallError>> for Reply {
    fn from(result: Result<Vec<u8>, CallError>) -> Self {
        match result {
            Ok(body) => Self { code: 200, body, retry_after: None },
            Err(error) => Self::from(error),
        }
    }
}

impl From<CallError> for Reply {
    fn from(error: CallError) -> Self {
        let retry_after = match &error {
            CallError::QuotaExceeded { retry_after, .. } => Some(*retry_after),
            CallError::Unavailable => Some(1),
            _ => None,
        };
        Self { code: error.code(), body: error.to_json(), retry_after }
    }
}

/// The call a path names, if it is one of the two.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let path = path.strip_prefix("/v1alpha1").unwrap_or(path);
    match path.strip_prefix("/comments")? {
        ":analyze" | "%3Aanalyze" | "%3aanalyze" => Some(Kind::Analyze),
        ":suggestscore" | "%3Asuggestscore" | "%3asuggestscore" => Some(Kind::Suggestscore),
        _ => None,
    }
}

/// The longest context that is kept, in bytes: Coral writes identities into it, others whole articles.
const MAX_KEPT: usize = 4096;

/// As much of what a caller says about a comment as is kept with it.
pub(super) fn kept(text: &str) -> String {
    let end = (0..=text.len().min(MAX_KEPT)).rev().find(|at| text.is_char_boundary(*at));
    text[..end.unwrap_or_default()].to_owned()
}

/// Answers a call.
pub(super) async fn answer(app: &App, call: Call<'_>) -> Reply {
    let query = Query::parse(call.query);
    let key = query.key.as_deref().or(call.key);
    let right = if call.kind == Kind::Suggestscore { Right::Decide } else { Right::Score };
    let answered = match app.settings().keys.admit(key, right) {
        Err(error) => Err(error),
        Ok(caller) if call.kind == Kind::Suggestscore => suggest(app, &caller, call.body).await,
        Ok(caller) => {
            // A key of ours is nobody else's to know.
            let their_key = key.filter(|_| app.settings().keys.is_open());
            score(app, &caller, &call, their_key).await
        }
    };
    answered.and_then(|body| query.shape(body)).into()
}

async fn score(
    app: &App,
    caller: &Caller<'_>,
    call: &Call<'_>,
    key: Option<&str>,
) -> Result<Vec<u8>, CallError> {
    let (ours, answered) = {
        let request = AnalyzeRequest::parse(call.body)?;
        let models = app.models().now();
        let community = request.community_id.as_deref().or(caller.community);
        let served = models.of(community);
        let rules = &app.settings().rules;
        let names = (&served.model, &served.attributes);
        let answer = with_workspace(&served.model, |workspace| analyze(&request, names, rules, workspace))?;
        app.metrics().comments.inc();
        let values = answer.scores.iter().map(|score| (score.name.to_owned(), score.values[0]));
        (answer.to_json(), Answered::of(app, &request, community, served, values))
    };
    match answered {
        None => Ok(ours),
        Some(answered) => Ok(answered.settle(app, call.body, key).await.unwrap_or(ours)),
    }
}

async fn suggest(app: &App, caller: &Caller<'_>, body: &[u8]) -> Result<Vec<u8>, CallError> {
    let request = SuggestRequest::parse(body)?;
    let decisions = request.check()?;
    {
        // What nobody could be asked for, nobody decides on: a slip would be kept, and never be learned from.
        let models = app.models().now();
        let attributes = &models.of(request.community_id.as_deref().or(caller.community)).attributes;
        let unknown = app.settings().rules.unknown;
        if let Some(refused) =
            decisions.iter().find(|d| attributes.resolve(d.attribute, unknown) == Resolved::Refused)
        {
            return Err(CallError::UnknownAttribute(refused.attribute.to_owned()));
        }
    }
    app.metrics().decisions.inc_by(decisions.len() as u64);
    if let Some(store) = app.store() {
        let rows = {
            let models = app.models().now();
            let community = request.community_id.as_deref().or(caller.community);
            let served = models.of(community);
            let text = &*request.comment.text;
            let prediction =
                with_workspace(&served.model, |workspace| workspace.score(&served.model, text).clone());
            let context = request.context.as_ref().and_then(|context| context.entries.first());
            let said = Said {
                community: community.unwrap_or_default().to_owned(),
                client_token: request.client_token.as_deref().unwrap_or_default().to_owned(),
                session: request.session_id.as_deref().unwrap_or_default().to_owned(),
                time_ms: clock::unix_ms(),
                text: Some(text.to_owned()),
                context: context.map(|entry| kept(&entry.text)),
                do_not_store: request.do_not_store,
            };
            let row = |decision: &crate::perspective::Suggestion<'_>| NewDecision {
                said: said.clone(),
                attribute: decision.attribute.to_owned(),
                value: decision.value,
                model: served.id.clone(),
                probability: match served.attributes.resolve(decision.attribute, Unknown::Map) {
                    Resolved::Answered(column) => Some(column.probability(&prediction)),
                    _ => None,
                },
                origin: "suggestscore".to_owned(),
                comment: None,
            };
            decisions.iter().map(row).collect::<Vec<_>>()
        };
        store.decide(rows).await.map_err(|error| {
            tracing::error!(%error, "decisions were not kept");
            CallError::Unavailable
        })?;
    }
    Ok(request.write_answer())
}
