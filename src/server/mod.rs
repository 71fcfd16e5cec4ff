//! Perspective's calls over HTTP, and our own: a [`router`] around an [`App`], and [`serve`] that lets connections in.
//!
//! ```text
//! connection ──listen──▶ router ──body──▶ calls ──perspective──▶ Model
//!                          │                └──▶ store (decisions)
//!                          ├─ batch: many calls in one
//!                          ├─ own: every head with evidence, streams of lines, the card, health, metrics
//!                          ├─ coral: an external moderation phase
//!                          ├─ review: the page of the desk
//!                          └─ beside: the endpoint we replace, and a model on trial
//! ```
//!
//! Enters: an [`App`] made of settings, models and a store, and a socket that is open already. Leaves: answers, figures,
//! and decisions in the store. Deliberately absent: the wire contract, which needs no socket
//! ([`crate::perspective`]); flags, files and signals, which are the command line's.
//!
//! A comment is scored where its call is read, on the thread that reads it: that takes a few dozen microseconds, less
//! than handing it to another thread and back. Each thread keeps a [`Workspace`](crate::model::Workspace) for each of
//! the models it used last.

pub mod addresses;
mod beside;
mod body;
mod calls;
mod clock;
pub mod config;
pub mod coral;
mod connections;
pub mod keys;
mod listen;
mod metrics;
mod models;
mod multipart;
mod own;
mod query;
mod review;
mod router;
mod stalled;
pub mod store;
pub mod tls;
mod workspaces;

pub use beside::{Answering, BadEndpoint, Beside, Endpoint};
pub use config::{Limits, Settings};
pub use listen::serve;
pub use metrics::{Kind, Metrics};
pub use models::{ModelSet, Models, Served};
pub use router::{ROUTES, router};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::Store;
use workspaces::with_workspace;

/// What every call needs; cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    models: Models,
    store: Option<Store>,
    metrics: Metrics,
    bodies: body::Room,
    beside: Beside,
    sessions: review::Sessions,
    stopping: AtomicBool,
}

impl App {
    /// An app that answers with `models` and keeps decisions in `store`, if there is one.
    pub fn new(settings: Settings, models: ModelSet, store: Option<Store>) -> Self {
        Self::with(settings, models, store, Beside::default())
    }

    /// The same, with others beside whose answers are recorded.
    pub fn with(settings: Settings, models: ModelSet, store: Option<Store>, beside: Beside) -> Self {
        let inner = Inner {
            bodies: body::Room::default(),
            beside,
            sessions: review::Sessions::new(tls::random()),
            models: Models::new(models),
            metrics: Metrics::default(),
            stopping: AtomicBool::new(false),
            settings,
            store,
        };
        Self(Arc::new(inner))
    }

    /// How it answers.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The models in service.
    pub fn models(&self) -> &Models {
        &self.0.models
    }

    /// Where decisions are kept.
    pub fn store(&self) -> Option<&Store> {
        self.0.store.as_ref()
    }

    /// Who is asked beside the model that answers.
    pub fn beside(&self) -> &Beside {
        &self.0.beside
    }

    /// Who was let in to the desk.
    fn sessions(&self) -> &review::Sessions {
        &self.0.sessions
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// From now on it says that it is not ready.
    fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
    }
}
