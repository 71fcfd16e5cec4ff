//! Bodies, read whole: bounded in size, in time, and in what all of them may hold at once.

use super::config::Limits;
use crate::perspective::CallError;
use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Bodies up to this many bytes are read at once; larger ones take turns.
const SMALL: usize = 64 << 10;

/// The unit in which larger bodies take room.
const UNIT: usize = 1 << 20;

/// How much all larger bodies may hold together, in units.
const UNITS: usize = 64;

/// Room for bodies: who sends a large one slowly makes others with large ones wait, and nobody else.
#[derive(Debug)]
pub(super) struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(UNITS))
    }
}

impl Room {
    /// Takes room until what is held is enough for `bytes`; as they come, so that who sends slowly holds little.
    async fn grow<'r>(
        &'r self,
        held: &mut Option<SemaphorePermit<'r>>,
        bytes: usize,
    ) -> Result<(), CallError> {
        let needed = bytes.div_ceil(UNIT).min(UNITS);
        let more = needed.saturating_sub(held.as_ref().map_or(0, SemaphorePermit::num_permits));
        if more > 0 {
            let more = u32::try_from(more).map_err(|_| CallError::Internal)?;
            let more = self.0.acquire_many(more).await.map_err(|_| CallError::Unavailable)?;
            match held {
                Some(held) => held.merge(more),
                None => *held = Some(more),
            }
        }
        Ok(())
    }

    /// Reads `body`, at most `limit` bytes of it, and gives them to `work`.
    ///
    /// # Errors
    /// If there are more bytes, they do not come in time, or the connection breaks.
    pub(super) async fn read(
        &self,
        mut body: Body,
        limit: usize,
        limits: &Limits,
    ) -> Result<Whole<'_>, CallError> {
        // What is announced as too large need not come first.
        if body.size_hint().lower() > limit as u64 {
            return Err(CallError::TooLarge { limit });
        }
        let whole = async {
            let mut permit = None;
            let mut first = Bytes::new();
            let mut all = Vec::new();
            while let Some(frame) = body.frame().await {
                let frame =
                    frame.map_err(|_| CallError::Invalid("The request body was cut short.".into()))?;
                let Ok(data) = frame.into_data() else { continue };
                let length = first.len() + all.len() + data.len();
                if length > limit {
                    return Err(CallError::TooLarge { limit });
                }
                if length > SMALL {
                    self.grow(&mut permit, length).await?;
                }
                // Most bodies come in one piece, which need not be copied.
                match (first.is_empty(), all.is_empty()) {
                    (true, true) => first = data,
                    (false, _) => {
                        all.extend_from_slice(&std::mem::take(&mut first));
                        all.extend_from_slice(&data);
                    }
                    (true, false) => all.extend_from_slice(&data),
                }
            }
            let bytes = if all.is_empty() { first } else { Bytes::from(all) };
            Ok(Whole { bytes, _room: permit })
        };
        within(limits.body, whole).await.unwrap_or(Err(CallError::TooSlow))
    }
}

/// `work`'s result, if it comes in time.
pub(super) async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, work).await.ok()
}

/// A body, and the room it holds while it is looked at.
#[derive(Debug)]
pub(super) struct Whole<'r> {
    bytes: Bytes,
    _room: Option<SemaphorePermit<'r>>,
}

impl Whole<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
