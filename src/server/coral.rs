//! Coral's external moderation phase: a signed call for each new or edited comment, answered with what to do about it.
//!
//! Coral signs the body with HMAC-SHA256 of the phase's secret; while a secret is being rotated it signs with each of
//! them. A call whose signature none of our secrets made is refused. A comment over none of the thresholds is answered
//! with 204, which leaves it to Coral's other phases; one over a `hold` threshold is withheld and flagged; one over a
//! `reject` threshold is rejected, with the reason that the rule names.

use super::App;
use super::body::Whole;
use super::calls::Reply;
use super::clock::Moment;
use super::config::ConfigError;
use super::metrics::Kind;
use super::router::{JSON, respond};
use super::{ModelSet, Served, with_workspace};
use crate::extract;
use crate::perspective::attribute::Resolved;
use crate::perspective::{CallError, Unknown};
use axum::extract::{Request, State};
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

/// The phase, as it is configured.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoralConfig {
    /// The signing secrets that are good.
    pub secrets: Vec<String>,
    /// What is held and rejected; `TOXICITY` from .8 on is held unless said.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

impl fmt::Debug for CoralConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoralConfig").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// What is held and rejected for one attribute.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `TOXICITY`.
    pub attribute: String,
    /// Held above this probability.
    #[serde(default)]
    pub hold: Option<f64>,
    /// Rejected above this one.
    #[serde(default)]
    pub reject: Option<f64>,
    /// What it is flagged for.
    #[serde(default)]
    pub reason: FlagReason,
    /// Why it is rejected.
    #[serde(default)]
    pub code: RejectionCode,
    /// What the author is told.
    #[serde(default)]
    pub explanation: Option<String>,
    /// Tags that a held comment gets, such as `FEATURED`.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// What Coral flags a comment for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FlagReason {
    /// Shown as toxic.
    #[default]
    CommentDetectedToxic,
    /// Shown as spam.
    CommentDetectedSpam,
}

/// Why Coral says a comment was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RejectionCode {
    /// Offensive.
    Offensive,
    /// Abusive.
    #[default]
    Abusive,
    /// Spam.
    Spam,
    /// A banned word.
    BannedWord,
    /// An advertisement.
    Ad,
    /// Illegal content.
    IllegalContent,
    /// Harassment or bullying.
    HarassmentBullying,
    /// Misinformation.
    Misinformation,
    /// Hate speech.
    HateSpeech,
    /// Something else, which the explanation names.
    Other,
}

/// The phase at work.
#[derive(Clone)]
pub struct Phase {
    secrets: Vec<Hmac<Sha256>>,
    rules: Vec<Rule>,
}

impl fmt::Debug for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phase").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Phase {
    /// The phase that `config` describes.
    ///
    /// # Errors
    /// If there is no secret, or a threshold is no probability, or comments would be rejected before they are held.
    pub fn new(config: &CoralConfig) -> Result<Self, ConfigError> {
        let wrong = |name: &str, problem: String| Err(ConfigError::Value { name: name.into(), problem });
        if config.secrets.iter().all(String::is_empty) {
            return wrong("coral.secrets", "found none, expected the phase's signing secret".into());
        }
        for rule in &config.rules {
            let thresholds = [rule.hold, rule.reject];
            let mut given = thresholds.iter().flatten();
            if thresholds == [None, None] {
                let problem = format!("rule on `{}` has neither `hold` nor `reject`", rule.attribute);
                return wrong("coral.rule", problem);
            }
            if let (Some(hold), Some(reject)) = (rule.hold, rule.reject)
                && reject < hold
            {
                let problem = format!(
                    "rule on `{}`: found `reject = {reject}` below `hold = {hold}`, expected it above",
                    rule.attribute
                );
                return wrong("coral.rule", problem);
            }
            if let Some(found) = given.find(|threshold| !(0.0..=1.0).contains(*threshold)) {
                let problem = format!("rule on `{}`: found {found}, expected a probability", rule.attribute);
                return wrong("coral.rule", problem);
            }
        }
        let toxic = Rule {
            attribute: "TOXICITY".into(),
            hold: Some(0.8),
            reject: None,
            reason: FlagReason::default(),
            code: RejectionCode::default(),
            explanation: None,
            tags: Vec::new(),
        };
        let rules = if config.rules.is_empty() { vec![toxic] } else { config.rules.clone() };
        let secrets = config.secrets.iter().filter(|secret| !secret.is_empty());
        // An HMAC takes keys of any length.
        let secrets = secrets.filter_map(|secret| Hmac::new_from_slice(secret.as_bytes()).ok()).collect();
        Ok(Self { secrets, rules })
    }

    /// The first attribute of a rule that none of `models` answers: the rule would never hold a comment.
    pub fn unanswered<'p>(&'p self, models: &ModelSet) -> Option<&'p str> {
        let served = || models.communities.values().chain([&models.base]);
        let answers = |served: &Arc<Served>, attribute: &str| {
            matches!(served.attributes.resolve(attribute, Unknown::Map), Resolved::Answered(_))
        };
        let mut attributes = self.rules.iter().map(|rule| rule.attribute.as_str());
        attributes.find(|attribute| !served().any(|served| answers(served, attribute)))
    }

    /// Whether one of the signatures of `header`, `sha256=HEX,sha256=HEX`, was made with one of the secrets.
    pub fn is_signed(&self, header: &str, body: &[u8]) -> bool {
        /// More than any rotation has.
        const MOST: usize = 8;
        let hex = header.split(',').take(MOST).filter_map(|one| one.trim().strip_prefix("sha256="));
        let signatures: Vec<Vec<u8>> = hex.filter_map(from_hex).collect();
        self.secrets.iter().any(|secret| {
            let signed = secret.clone().chain_update(body);
            signatures.iter().any(|signature| signed.clone().verify_slice(signature).is_ok())
        })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// What Coral sends, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    comment: EventComment,
    #[serde(rename = "tenantID")]
    tenant_id: Option<String>,
    tenant_domain: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EventComment {
    /// HTML.
    body: Option<String>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'p> {
    status: &'static str,
    actions: Vec<Flag>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moderation_action: Option<ModerationAction<'p>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Flag {
    action_type: &'static str,
    reason: FlagReason,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ModerationAction<'p> {
    status: &'static str,
    rejection_reason: RejectionReason<'p>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct RejectionReason<'p> {
    code: RejectionCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    detailed_explanation: Option<&'p str>,
}

/// `POST /v1/coral`.
pub(super) async fn moderate(State(app): State<App>, request: Request) -> Response {
    let began = Moment::now();
    let (head, body) = request.into_parts();
    let answered = async {
        let phase = app.settings().coral.as_ref().ok_or(CallError::NotFound)?;
        let limits = &app.settings().limits;
        let whole: Whole<'_> = app.0.bodies.read(body, limits.max_body_bytes, limits).await?;
        let signature = head.headers.get("x-coral-signature").and_then(|value| value.to_str().ok());
        if !signature.is_some_and(|signature| phase.is_signed(signature, whole.bytes())) {
            return Err(CallError::Forbidden);
        }
        let event: Event = serde_json::from_slice(whole.bytes())
            .map_err(|_| CallError::Invalid("Invalid JSON payload received.".into()))?;
        decide(&app, phase, &event)
    };
    let reply = match answered.await {
        Ok(None) => Reply { code: 204, body: Vec::new(), retry_after: None },
        Ok(Some(body)) => Ok(body).into(),
        Err(error) => error.into(),
    };
    respond(&app, Kind::Coral, began, reply, JSON)
}

/// What to do about a comment; nothing if it is over no threshold.
fn decide(app: &App, phase: &Phase, event: &Event) -> Result<Option<Vec<u8>>, CallError> {
    let text = extract::markup_text(event.comment.body.as_deref().unwrap_or_default());
    if text.is_empty() {
        return Ok(None);
    }
    let models = app.models().now();
    let named = event.tenant_domain.as_deref().into_iter().flat_map(|domain| {
        [format!("Coral:https://{domain}"), format!("Coral:http://{domain}"), format!("Coral:{domain}")]
    });
    let mut named = named.chain(event.tenant_id.clone());
    let own = named.find(|community| models.communities.contains_key(community));
    let served = models.of(own.as_deref());
    let prediction = with_workspace(&served.model, |workspace| workspace.score(&served.model, &text).clone());
    app.metrics().comments.inc();
    let probability = |rule: &Rule| match served.attributes.resolve(&rule.attribute, Unknown::Map) {
        Resolved::Answered(column) => column.probability(&prediction),
        _ => f64::NEG_INFINITY,
    };
    let over = |threshold: Option<f64>, p: f64| threshold.is_some_and(|threshold| p > threshold);
    let scored: Vec<(&Rule, f64)> = phase.rules.iter().map(|rule| (rule, probability(rule))).collect();
    let rejects = scored.iter().find(|(rule, p)| over(rule.reject, *p)).map(|(rule, _)| *rule);
    let held: Vec<&Rule> = scored
        .iter()
        .filter(|(rule, p)| over(rule.hold, *p) || over(rule.reject, *p))
        .map(|(rule, _)| *rule)
        .collect();
    if held.is_empty() {
        return Ok(None);
    }
    let mut reasons: Vec<FlagReason> = Vec::new();
    held.iter().for_each(|rule| {
        if !reasons.contains(&rule.reason) {
            reasons.push(rule.reason);
        }
    });
    let answer = Answer {
        status: if rejects.is_some() { "REJECTED" } else { "SYSTEM_WITHHELD" },
        actions: reasons.into_iter().map(|reason| Flag { action_type: "FLAG", reason }).collect(),
        tags: held.iter().flat_map(|rule| rule.tags.iter().map(String::as_str)).collect(),
        moderation_action: rejects.map(|rule| ModerationAction {
            status: "REJECTED",
            rejection_reason: RejectionReason {
                code: rule.code,
                detailed_explanation: rule.explanation.as_deref(),
            },
        }),
    };
    serde_json::to_vec(&answer).map(Some).map_err(|_| CallError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '{"a":1}' | openssl dgst -sha256 -hmac secret`
    const SIGNED: &str = "sha256=aa9e2e3575f5d7098b6caccd790888c36d5fdb63342a73bada2d6a51747a8494";

    #[test]
    fn one_good_signature_of_several_is_enough() {
        let phase = |secrets: &[&str]| {
            let secrets = secrets.iter().map(|s| (*s).to_owned()).collect();
            Phase::new(&CoralConfig { secrets, rules: Vec::new() }).unwrap()
        };
        let body = b"{\"a\":1}";
        for (secrets, header, expected) in [
            (&["secret"][..], SIGNED.to_owned(), true),
            (&["older", "secret"], SIGNED.to_uppercase().replace("SHA256", "sha256"), true),
            (&["secret"], format!("sha256=00ff, {SIGNED}"), true),
            (&["older"], SIGNED.to_owned(), false),
            (&["secret"], String::new(), false),
            (&["secret"], "sha256=".to_owned(), false),
            (&["secret"], "sha256=é1".to_owned(), false),
        ] {
            assert_eq!(phase(secrets).is_signed(&header, body), expected, "{secrets:?} {header}");
        }
        assert!(!phase(&["secret"]).is_signed(SIGNED, b"{\"a\":2}"));
    }
}
