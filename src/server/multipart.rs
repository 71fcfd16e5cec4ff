//! `POST /batch`: up to a hundred calls in one body, each answered for itself, in their order.

use super::addresses::{self, Peer};
use super::calls::{self, Call, Reply};
use super::clock::Moment;
use super::metrics::Kind;
use super::{App, router};
use crate::perspective::CallError;
use crate::perspective::batch::{Part, Writer, boundary, parts};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;

/// The most bytes of answers after which no more calls are answered: many times what a hundred ordinary ones have.
const MAX_ANSWERS: usize = 16 << 20;

/// Answers a batch.
pub(super) async fn batch(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, body) = request.into_parts();
    let written = async {
        let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type.and_then(boundary).ok_or_else(|| {
            CallError::Invalid(
                "Failed to parse batch request: expected `Content-Type: multipart/mixed; boundary=…`".into(),
            )
        })?;
        let limits = &app.settings().limits;
        let whole = app.0.bodies.read(body, limits.max_batch_bytes, limits).await?;
        let mut writer = Writer::default();
        let outer = (head.uri.query().unwrap_or_default(), router::header_key(&head.headers));
        let peer: Option<Peer> = head.extensions.get().copied();
        for (n, part) in parts(whole.bytes(), boundary)?.iter().enumerate() {
            // The batch was counted as its first call.
            let admitted = if n > 0 { addresses::admit(&app, peer) } else { Ok(()) };
            let reply = match admitted {
                Err(error) => error.into(),
                Ok(()) if writer.n_bytes() > MAX_ANSWERS => {
                    CallError::Invalid("The answers of this batch are too long.".into()).into()
                }
                Ok(()) => one(&app, outer, part).await,
            };
            let reason = StatusCode::from_u16(reply.code).ok().and_then(|code| code.canonical_reason());
            writer.push(part.content_id, (reply.code, reason.unwrap_or_default()), &reply.body);
            // A batch is long; others have their turn between its calls.
            tokio::task::coop::consume_budget().await;
        }
        Ok(writer.finish())
    };
    let result: Result<Vec<u8>, CallError> = written.await;
    let content_type = if result.is_ok() { Writer::CONTENT_TYPE } else { router::JSON };
    router::respond(&app, Kind::Batch, began, result.into(), content_type)
}

/// The answer to one part; the query and key of the batch serve where the part has none.
async fn one(app: &App, (outer_query, outer_key): (&str, Option<&str>), part: &Part<'_>) -> Reply {
    let began = Moment::now();
    let call = match &part.call {
        Ok(call) => call,
        Err(error) => return error.clone().into(),
    };
    let Some(kind) = calls::kind(call.path) else { return CallError::NotFound.into() };
    if call.method != "POST" {
        return CallError::MethodNotAllowed.into();
    }
    let query = if call.query.is_empty() { outer_query } else { call.query };
    let reply = calls::answer(app, Call { kind, query, key: outer_key, body: call.body }).await;
    app.metrics().answered(kind, reply.code, began.elapsed());
    reply
}
