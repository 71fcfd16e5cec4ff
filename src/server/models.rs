//! The models in service: one for all, and one for each community that has its own; exchanged all at once.

use crate::model::{Model, PredictionJson};
use crate::perspective::Attributes;
use arc_swap::{ArcSwap, Guard};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A model and the names it answers to.
#[derive(Debug)]
pub struct Served {
    /// The model.
    pub model: Model,
    /// Its names.
    pub attributes: Attributes,
    /// How its answers are written.
    pub json: PredictionJson,
    /// Its card as Markdown, if it has one.
    pub card: Option<String>,
    /// `NAME@HASH`.
    pub id: String,
}

impl Served {
    /// A model, ready to serve.
    pub fn new(model: Model, card: Option<String>) -> Self {
        let (attributes, json, id) = (Attributes::of(&model), PredictionJson::of(&model), model.id());
        Self { model, attributes, json, card, id }
    }
}

/// All models of one moment.
#[derive(Debug, Clone)]
pub struct ModelSet {
    /// Answers whoever has no model of their own.
    pub base: Arc<Served>,
    /// By community.
    pub communities: FxHashMap<String, Arc<Served>>,
}

impl ModelSet {
    /// The model of `community`, or the one for all.
    pub fn of(&self, community: Option<&str>) -> &Arc<Served> {
        community.and_then(|community| self.communities.get(community)).unwrap_or(&self.base)
    }
}

/// The models in service.
#[derive(Debug)]
pub struct Models(ArcSwap<ModelSet>);

impl Models {
    /// In service from now on.
    pub fn new(set: ModelSet) -> Self {
        Self(ArcSwap::from_pointee(set))
    }

    /// Those of this moment; whoever holds them keeps them.
    pub fn now(&self) -> Guard<Arc<ModelSet>> {
        self.0.load()
    }

    /// Puts others in their place; calls that are being answered finish with the old ones.
    pub fn replace(&self, set: ModelSet) {
        self.0.store(Arc::new(set));
    }
}
