//! What is counted, for Prometheus.

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// A call, as figures are kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `comments:analyze`.
    Analyze,
    /// `comments:suggestscore`.
    Suggestscore,
    /// A batch as a whole.
    Batch,
    /// `/v1/score`.
    Score,
    /// `/v1/lines`.
    Lines,
    /// Coral's external moderation phase.
    Coral,
    /// Everything else.
    Other,
}

const KINDS: [Kind; 7] =
    [Kind::Analyze, Kind::Suggestscore, Kind::Batch, Kind::Score, Kind::Lines, Kind::Coral, Kind::Other];

impl Kind {
    /// What logs and figures call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Suggestscore => "suggestscore",
            Self::Batch => "batch",
            Self::Score => "score",
            Self::Lines => "lines",
            Self::Coral => "coral",
            Self::Other => "other",
        }
    }
}

impl EncodeLabelValue for Kind {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.name(), encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    call: Kind,
    code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    call: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reload {
    outcome: &'static str,
}

/// Upper bounds of the buckets of latency, in seconds.
const BUCKETS: [f64; 12] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0];

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    /// Those that were answered well, by kind: most of them, and without a look into the family.
    fine: [Counter; KINDS.len()],
    seconds: [Histogram; KINDS.len()],
    reloads: Family<Reload, Counter>,
    /// Comments that were scored.
    pub comments: Counter,
    /// Decisions that were taken in.
    pub decisions: Counter,
    /// Connections that are open.
    pub connections: Gauge,
    /// Connections that were closed to make room.
    pub evicted: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Comments that were to be recorded when the store had no room.
    pub unrecorded: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("moderato");
        let requests = Family::<Answered, Counter>::default();
        let by_call =
            Family::<Call, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let seconds = KINDS.map(|call| by_call.get_or_create(&Call { call }).clone());
        let fine = KINDS.map(|call| requests.get_or_create(&Answered { call, code: 200 }).clone());
        let reloads = Family::<Reload, Counter>::default();
        let (comments, decisions, evicted, panics, unrecorded) = Default::default();
        let connections = Gauge::default();
        registry.register("requests", "Calls that were answered", requests.clone());
        registry.register("request_seconds", "Time from the call's head to its answer", by_call);
        registry.register("comments", "Comments that were scored", Counter::clone(&comments));
        registry.register("decisions", "Decisions that were taken in", Counter::clone(&decisions));
        registry.register("connections", "Connections that are open", connections.clone());
        registry.register("evicted", "Idle connections closed to make room", Counter::clone(&evicted));
        registry.register("panics", "Calls that ended in a fault of ours", Counter::clone(&panics));
        let dropped = "Comments not recorded, since the store had no room";
        registry.register("unrecorded", dropped, Counter::clone(&unrecorded));
        registry.register("model_reloads", "Times that a model file was read anew", reloads.clone());
        Self {
            registry,
            requests,
            fine,
            seconds,
            reloads,
            comments,
            decisions,
            connections,
            evicted,
            panics,
            unrecorded,
        }
    }
}

impl Metrics {
    /// A call was answered.
    pub fn answered(&self, call: Kind, code: u16, took: Duration) {
        match code {
            200 => self.fine[call as usize].inc(),
            code => self.requests.get_or_create(&Answered { call, code }).inc(),
        };
        self.seconds[call as usize].observe(took.as_secs_f64());
    }

    /// A model file was read anew.
    pub fn reloaded(&self, fine: bool) {
        let outcome = if fine { "read" } else { "refused" };
        self.reloads.get_or_create(&Reload { outcome }).inc();
    }

    /// All figures, in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_told() {
        let metrics = Metrics::default();
        metrics.answered(Kind::Analyze, 200, Duration::from_micros(70));
        metrics.answered(Kind::Coral, 401, Duration::from_secs(2));
        metrics.reloaded(false);
        let text = metrics.text();
        for line in [
            "moderato_requests_total{call=\"analyze\",code=\"200\"} 1",
            "moderato_requests_total{call=\"coral\",code=\"401\"} 1",
            "moderato_request_seconds_bucket{le=\"0.0001\",call=\"analyze\"} 1",
            "moderato_model_reloads_total{outcome=\"refused\"} 1",
            "moderato_connections 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
