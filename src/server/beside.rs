//! What runs beside the model that answers: the endpoint we replace, and a model on trial; and what is recorded of
//! them.
//!
//! Enters: a call that was answered. Leaves: the answer of the other endpoint, if it gives one in time, and a row in
//! the store with what each of them said. Deliberately absent: decisions; nobody has decided anything yet.

use super::calls::kept;
use super::store::{NewComment, Said, Score, Source, Store};
use super::{App, Served, clock, with_workspace};
use crate::perspective::attribute::{Resolved, unversioned};
use crate::perspective::{AnalyzeRequest, Unknown};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode, Uri, header};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The longest answer that is read.
const MOST_ANSWER_BYTES: usize = 2 << 20;
/// Calls that may wait for the other endpoint at once; of others only ours is recorded.
const MOST_FORWARDED: usize = 256;

/// What runs beside the model that answers.
#[derive(Debug, Default)]
pub struct Beside {
    /// The endpoint that calls are forwarded to.
    pub endpoint: Option<Endpoint>,
    /// The model on trial.
    pub shadow: Option<Arc<Served>>,
}

/// Whose answer callers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answering {
    /// The endpoint's while it gives one, ours otherwise.
    #[default]
    Theirs,
    /// Ours.
    Ours,
}

/// An endpoint of the same contract somewhere else.
#[derive(Debug)]
pub struct Endpoint {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Up to `/comments:analyze`.
    base: String,
    /// The key to send there; the caller's own where there is none.
    key: Option<String>,
    patience: Duration,
    answering: Answering,
    room: Arc<Semaphore>,
}

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found `{0}`, expected an address such as https://commentanalyzer.googleapis.com/v1alpha1")]
pub struct BadEndpoint(String);

impl Endpoint {
    /// The endpoint at `url`, such as `https://commentanalyzer.googleapis.com/v1alpha1`; it is given `patience` to
    /// answer.
    ///
    /// # Errors
    /// If that is no address of HTTP.
    pub fn new(
        url: &str,
        key: Option<String>,
        patience: Duration,
        answering: Answering,
    ) -> Result<Self, BadEndpoint> {
        let base = url.trim_end_matches('/').to_owned();
        let parsed: Result<Uri, _> = base.parse();
        let fits = |uri: &Uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some()
                && uri.query().is_none()
        };
        parsed.ok().filter(fits).ok_or_else(|| BadEndpoint(url.to_owned()))?;
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let client =
            Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector.build());
        let room = Arc::new(Semaphore::new(MOST_FORWARDED));
        Ok(Self { client, base, key, patience, answering, room })
    }

    /// Where it is; its address is its name in the store.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Sends the call on; its answer, if it is a good one and comes in time.
    async fn ask(&self, body: Bytes, key: Option<&str>) -> Option<Bytes> {
        let _room = self.room.try_acquire().ok()?;
        let key = self.key.as_deref().or(key);
        let key = key.map(|key| format!("?key={}", super::review::encoded(key))).unwrap_or_default();
        let uri: Uri = format!("{}/comments:analyze{key}", self.base).parse().ok()?;
        let request = Request::post(uri)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("moderato/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(body))
            .ok()?;
        let asked = async {
            let response = self.client.request(request).await.map_err(|error| error.to_string())?;
            let status = response.status();
            if status != StatusCode::OK {
                return Err(format!("code {status}"));
            }
            let whole = Limited::new(response.into_body(), MOST_ANSWER_BYTES).collect().await;
            whole.map(|whole| whole.to_bytes()).map_err(|_| "an answer cut short".to_owned())
        };
        match tokio::time::timeout(self.patience, asked).await {
            Ok(Ok(answer)) => Some(answer),
            // Neither holds the key: an address is not part of what is said.
            Ok(Err(problem)) => {
                tracing::warn!(problem, "the recorded endpoint did not answer");
                None
            }
            Err(_) => {
                tracing::warn!(problem = "too late", "the recorded endpoint did not answer");
                None
            }
        }
    }
}

/// A call that was answered, as far as it is to be recorded.
pub(super) struct Answered {
    comment: NewComment,
    /// The names that were asked about.
    names: Vec<String>,
    /// What the comment says, kept for the model on trial even where it is not stored.
    text: String,
}

impl Answered {
    /// What is to be recorded of a call, if anything is: that is, there is a store, and somebody beside us to compare
    /// with or a queue to fill.
    pub(super) fn of(
        app: &App,
        request: &AnalyzeRequest<'_>,
        community: Option<&str>,
        served: &Served,
        values: impl Iterator<Item = (String, f64)>,
    ) -> Option<Self> {
        let store = app.store()?;
        let beside = app.beside();
        let compares = beside.endpoint.is_some() || beside.shadow.is_some();
        let queues = store.keeps_text() && !request.do_not_store;
        if !compares && !queues {
            return None;
        }
        let scores = values.map(|(name, value)| Score {
            source: Source::Ours,
            model: served.id.clone(),
            attribute: unversioned(&name).to_owned(),
            value,
        });
        let context = request.context.as_ref().and_then(|context| context.entries.first());
        let owned = |text: Option<&str>| kept(text.unwrap_or_default());
        let said = Said {
            community: owned(community),
            client_token: owned(request.client_token.as_deref()),
            session: owned(request.session_id.as_deref()),
            time_ms: clock::unix_ms(),
            text: Some(request.comment.text.clone().into_owned()),
            context: context.map(|entry| kept(&entry.text)),
            do_not_store: request.do_not_store,
        };
        let comment = NewComment { said, scores: scores.collect() };
        let names = request.requested_attributes.iter().map(|(name, _)| name.to_string()).collect();
        Some(Self { comment, names, text: request.comment.text.clone().into_owned() })
    }

    /// Asks the endpoint, records what all said, and says whose answer the caller gets: theirs, or none for ours.
    pub(super) async fn settle(self, app: &App, body: &[u8], key: Option<&str>) -> Option<Vec<u8>> {
        let body = Bytes::copy_from_slice(body);
        let key = key.map(str::to_owned);
        let answering = app.beside().endpoint.as_ref().map(|endpoint| endpoint.answering);
        let app = app.clone();
        let whole = async move {
            let theirs = match &app.beside().endpoint {
                Some(endpoint) => endpoint.ask(body, key.as_deref()).await,
                None => None,
            };
            self.record(&app, theirs.as_deref());
            theirs
        };
        match answering {
            None | Some(Answering::Theirs) => whole.await.map(|answer| answer.to_vec()),
            Some(Answering::Ours) => {
                // Nobody waits for it.
                tokio::spawn(whole);
                None
            }
        }
    }

    fn record(mut self, app: &App, theirs: Option<&[u8]>) {
        let Some(store) = app.store() else { return };
        if let Some(shadow) = &app.beside().shadow {
            self.comment.scores.extend(shadow_scores(shadow, &self.names, &self.text));
        }
        if let (Some(endpoint), Some(theirs)) = (&app.beside().endpoint, theirs) {
            self.comment.scores.extend(their_scores(endpoint, theirs));
        }
        self.keep(app, store);
    }

    fn keep(self, app: &App, store: &Store) {
        if !store.record(self.comment) {
            app.metrics().unrecorded.inc();
        }
    }
}

/// What the model on trial says of the same names.
fn shadow_scores(shadow: &Served, names: &[String], text: &str) -> Vec<Score> {
    let prediction = with_workspace(&shadow.model, |workspace| workspace.score(&shadow.model, text).clone());
    let score = |name: &String| match shadow.attributes.resolve(name, Unknown::Map) {
        Resolved::Answered(column) => Some(Score {
            source: Source::Shadow,
            model: shadow.id.clone(),
            attribute: unversioned(name).to_owned(),
            value: column.probability(&prediction),
        }),
        _ => None,
    };
    names.iter().filter_map(score).collect()
}

/// The summary scores of an answer; nothing of one that is none.
fn their_scores(endpoint: &Endpoint, answer: &[u8]) -> Vec<Score> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let scores = answer.get("attributeScores").and_then(Value::as_object);
    let score = |(name, score): (&String, &Value)| {
        let value = score.pointer("/summaryScore/value")?.as_f64().filter(|v| (0.0..=1.0).contains(v))?;
        Some(Score {
            source: Source::Theirs,
            model: endpoint.base.clone(),
            attribute: unversioned(name).to_owned(),
            value,
        })
    };
    scores.into_iter().flatten().filter_map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Result<Endpoint, BadEndpoint> {
        Endpoint::new(url, None, Duration::from_secs(1), Answering::Theirs)
    }

    #[test]
    fn endpoints_are_addresses() {
        for url in ["https://commentanalyzer.googleapis.com/v1alpha1/", "http://127.0.0.1:8099"] {
            assert_eq!(endpoint(url).unwrap().address(), url.trim_end_matches('/'));
        }
        for url in ["", "commentanalyzer.googleapis.com", "ftp://x", "http://", "https://x/?key=1", "a b"] {
            assert!(endpoint(url).is_err(), "{url}");
        }
    }

    #[test]
    fn their_scores_are_read_from_whatever_they_send() {
        let endpoint = endpoint("http://x").unwrap();
        let read = |answer: &str| {
            let scores = their_scores(&endpoint, answer.as_bytes()).into_iter();
            scores.map(|s| (s.attribute, s.value)).collect::<Vec<_>>()
        };
        let answer = r#"{"attributeScores": {"TOXICITY@6": {"summaryScore": {"value": 0.25, "type": "PROBABILITY"}},
            "INSULT": {"summaryScore": {"value": 7}}, "THREAT": {}, "SPAM": 3}, "languages": ["en"]}"#;
        assert_eq!(read(answer), [("TOXICITY".to_owned(), 0.25)]);
        for odd in ["", "[]", "{}", "{\"attributeScores\": []}", "\u{fffd}"] {
            assert_eq!(read(odd), []);
        }
    }
}
