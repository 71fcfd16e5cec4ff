//! How a server answers: [`Settings`], and the file they may be written in.
//!
//! ```toml
//! listen = "127.0.0.1:8080"
//! model = "desk.safetensors"
//! unknown_attributes = "map"          # or "refuse", "omit"
//!
//! [[key]]
//! name = "coral"
//! key = "any string"                  # or sha256 = "64 hexadecimal digits"
//! rights = ["score", "decide"]        # and "admin"
//! per_second = 50
//! community = "Coral:https://news.example"
//!
//! [communities]
//! "Coral:https://news.example" = "news.safetensors"
//!
//! [coral]
//! secrets = ["the phase's signing secret"]
//!
//! [[coral.rule]]
//! attribute = "TOXICITY"
//! hold = 0.8
//! ```
//!
//! Deliberately absent: reading the file, and paths: they are resolved by the command line.

use super::addresses::Addresses;
use super::coral::{CoralConfig, Phase};
use super::keys::{Key, KeyHash, Keyring, Rate, Right};
use crate::perspective::{Rules, Unknown};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// How a server answers.
#[derive(Debug, Default)]
pub struct Settings {
    /// The address callers reach it by; else it is as they name it.
    pub public_url: Option<String>,
    /// Whether it speaks TLS itself.
    pub is_encrypted: bool,
    /// How questions are taken.
    pub rules: Rules,
    /// Who may call.
    pub keys: Keyring,
    /// How often one address may call, where that is set.
    pub addresses: Option<Addresses>,
    /// What is too much.
    pub limits: Limits,
    /// Pages of which origins may call from a browser; `*` for all.
    pub cors_origins: Vec<String>,
    /// Coral's external moderation phase, where it is set up.
    pub coral: Option<Phase>,
}

/// What is too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a call.
    pub max_body_bytes: usize,
    /// Bytes of a batch.
    pub max_batch_bytes: usize,
    /// Connections at once; the longest idle one makes room for a new one.
    pub max_connections: usize,
    /// For the head of a call to arrive, and for an idle connection to be kept.
    pub idle: Duration,
    /// For the body of a call to arrive.
    pub body: Duration,
    /// For a caller to take a part of the answer.
    pub write: Duration,
    /// For calls to be finished when the server stops.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 4 << 20,
            max_batch_bytes: 16 << 20,
            max_connections: 16_384,
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            write: Duration::from_secs(30),
            stop: Duration::from_secs(30),
        }
    }
}

/// A file of settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: Option<String>,
    /// As [`Settings::public_url`].
    pub public_url: Option<String>,
    /// A model file.
    pub model: Option<PathBuf>,
    /// Where decisions are kept.
    pub store: Option<PathBuf>,
    /// Whether texts are kept with them.
    pub keep_text: bool,
    /// `map`, `refuse` or `omit`.
    pub unknown_attributes: Option<UnknownAttributes>,
    /// Whether comments in other languages are refused.
    pub strict_language: bool,
    /// The languages the models know.
    pub languages: Option<Vec<String>>,
    /// Model files, by community.
    pub communities: BTreeMap<String, PathBuf>,
    /// Who may call.
    #[serde(rename = "key")]
    pub keys: Vec<KeyConfig>,
    /// How often one address may call.
    pub rate: Option<RateConfig>,
    /// What is too much.
    pub limits: LimitsConfig,
    /// Certificates.
    pub tls: Option<TlsConfig>,
    /// Origins of pages that may call from a browser.
    pub cors: CorsConfig,
    /// Coral's external moderation phase.
    pub coral: Option<CoralConfig>,
}

/// See [`Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownAttributes {
    /// A neighbour answers.
    Map,
    /// It is refused.
    Refuse,
    /// It is left out.
    Omit,
}

impl From<UnknownAttributes> for Unknown {
    fn from(unknown: UnknownAttributes) -> Self {
        match unknown {
            UnknownAttributes::Map => Self::Map,
            UnknownAttributes::Refuse => Self::Refuse,
            UnknownAttributes::Omit => Self::Omit,
        }
    }
}

/// One key.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// What logs call it.
    pub name: String,
    /// The key itself.
    #[serde(default)]
    pub key: Option<String>,
    /// Or its SHA-256.
    #[serde(default)]
    pub sha256: Option<String>,
    /// What it may be used for; scoring and deciding unless said.
    #[serde(default)]
    pub rights: Option<Vec<Right>>,
    /// Whose calls they are.
    #[serde(default)]
    pub community: Option<String>,
    /// Calls a second.
    #[serde(default)]
    pub per_second: Option<NonZeroU32>,
    /// Calls at once; as many as a second has unless said.
    #[serde(default)]
    pub burst: Option<NonZeroU32>,
}

impl std::fmt::Debug for KeyConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyConfig").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How often one address may call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateConfig {
    /// Calls a second.
    pub per_second: NonZeroU32,
    /// Calls at once; as many as a second has unless said.
    #[serde(default)]
    pub burst: Option<NonZeroU32>,
}

impl RateConfig {
    fn rate(&self) -> Rate {
        Rate { per_second: self.per_second, burst: self.burst.unwrap_or(self.per_second) }
    }
}

/// See [`Limits`]; durations in seconds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Bytes of a call.
    pub body_bytes: Option<usize>,
    /// Bytes of a batch.
    pub batch_bytes: Option<usize>,
    /// Connections at once.
    pub connections: Option<usize>,
    /// For a head to arrive.
    pub idle_seconds: Option<u32>,
    /// For a body to arrive.
    pub body_seconds: Option<u32>,
    /// For an answer to be taken.
    pub write_seconds: Option<u32>,
    /// For calls to be finished.
    pub stop_seconds: Option<u32>,
}

/// Where the certificates are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The chain, as PEM.
    pub cert: PathBuf,
    /// The key, as PEM.
    pub key: PathBuf,
}

/// Who may call from a browser.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsConfig {
    /// `https://news.example`, or `*`.
    pub origins: Vec<String>,
}

/// What is wrong with a file of settings; the caller knows its path and puts it in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, an unknown name or a wrong type.
    #[error("{line}: {problem}")]
    Toml {
        /// Where.
        line: usize,
        /// What.
        problem: String,
    },
    /// A key that is none.
    #[error("key `{name}`: {problem}")]
    Key {
        /// Which.
        name: String,
        /// What.
        problem: String,
    },
    /// A number out of its range.
    #[error("`{name}`: {problem}")]
    Value {
        /// Which.
        name: String,
        /// What.
        problem: String,
    },
}

impl Config {
    /// Reads a file's text.
    ///
    /// # Errors
    /// If it is not TOML, or names what there is not. No message repeats a value, which may be a key.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            ConfigError::Toml { line, problem: error.message().lines().next().unwrap_or_default().to_owned() }
        })
    }

    /// The settings it describes.
    ///
    /// # Errors
    /// If a key, a limit or a threshold is none.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let defaults = Rules::default();
        Ok(Settings {
            public_url: self.public_url.clone(),
            is_encrypted: self.tls.is_some(),
            rules: Rules {
                unknown: self.unknown_attributes.map_or(defaults.unknown, Unknown::from),
                strict_language: self.strict_language,
                languages: self.languages.clone().unwrap_or(defaults.languages),
            },
            keys: Keyring::new(self.keys()?),
            addresses: self.rate.as_ref().map(|rate| Addresses::new(rate.rate())),
            limits: self.limits.limits()?,
            cors_origins: self.cors.origins.clone(),
            coral: self.coral.as_ref().map(Phase::new).transpose()?,
        })
    }
}

impl Config {
    /// The keys, no two alike: of two with one secret the second would never be asked.
    fn keys(&self) -> Result<Vec<Key>, ConfigError> {
        let keys = self.keys.iter().map(KeyConfig::key).collect::<Result<Vec<Key>, _>>()?;
        for (i, key) in keys.iter().enumerate() {
            if let Some(first) = keys[..i].iter().find(|first| first.hash == key.hash) {
                let problem = format!("found the secret of key `{}`, expected another", first.name);
                return Err(ConfigError::Key { name: key.name.clone(), problem });
            }
        }
        Ok(keys)
    }
}

impl KeyConfig {
    fn key(&self) -> Result<Key, ConfigError> {
        let wrong = |problem: &str| ConfigError::Key { name: self.name.clone(), problem: problem.into() };
        let hash = match (&self.key, &self.sha256) {
            (Some(key), None) if !key.is_empty() => KeyHash::of(key),
            (None, Some(hex)) => {
                KeyHash::from_hex(hex).ok_or_else(|| wrong("expected 64 hexadecimal digits in `sha256`"))?
            }
            _ => return Err(wrong("expected one of `key` and `sha256`")),
        };
        let rate =
            self.per_second.map(|per_second| Rate { per_second, burst: self.burst.unwrap_or(per_second) });
        if rate.is_none() && self.burst.is_some() {
            return Err(wrong("found `burst`, expected `per_second` with it"));
        }
        Ok(Key {
            name: self.name.clone(),
            hash,
            rights: self.rights.clone().unwrap_or_else(|| vec![Right::Score, Right::Decide]),
            community: self.community.clone(),
            rate,
        })
    }
}

impl LimitsConfig {
    fn limits(&self) -> Result<Limits, ConfigError> {
        let defaults = Limits::default();
        let seconds = |name: &str, found: Option<u32>, default| match found {
            Some(0) => {
                Err(ConfigError::Value { name: name.into(), problem: "found 0, expected at least 1".into() })
            }
            Some(seconds) => Ok(Duration::from_secs(seconds.into())),
            None => Ok(default),
        };
        for (name, found) in [
            ("limits.connections", self.connections),
            ("limits.body_bytes", self.body_bytes),
            ("limits.batch_bytes", self.batch_bytes),
        ] {
            if found == Some(0) {
                let problem = "found 0, expected at least 1".into();
                return Err(ConfigError::Value { name: name.into(), problem });
            }
        }
        Ok(Limits {
            max_body_bytes: self.body_bytes.unwrap_or(defaults.max_body_bytes),
            max_batch_bytes: self.batch_bytes.unwrap_or(defaults.max_batch_bytes),
            max_connections: self.connections.unwrap_or(defaults.max_connections),
            idle: seconds("limits.idle_seconds", self.idle_seconds, defaults.idle)?,
            body: seconds("limits.body_seconds", self.body_seconds, defaults.body)?,
            write: seconds("limits.write_seconds", self.write_seconds, defaults.write)?,
            stop: seconds("limits.stop_seconds", self.stop_seconds, defaults.stop)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_file_is_one() {
        let documented: String = include_str!("config.rs")
            .lines()
            .skip_while(|line| *line != "//! ```toml")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| line.trim_start_matches("//!").to_owned() + "\n")
            .collect();
        let config = Config::parse(&documented).unwrap();
        assert_eq!(config.communities.len(), 1);
        let settings = config.settings().unwrap();
        let caller = settings.keys.admit(Some("any string"), Right::Decide).unwrap();
        assert_eq!(caller.community, Some("Coral:https://news.example"));
        assert!(settings.coral.is_some());
    }

    #[test]
    fn mistakes_are_told_with_their_place_and_without_their_keys() {
        for (text, expected) in [
            ("modell = \"x\"", "1: unknown field `modell`"),
            ("\n[limits]\nidle_seconds = \"a\"", "3: invalid type"),
            ("[[key]]\nname = \"a\"", "key `a`: expected one of `key` and `sha256`"),
            (
                "[[key]]\nname = \"a\"\nsha256 = \"s3cret\"",
                "key `a`: expected 64 hexadecimal digits in `sha256`",
            ),
            ("[[key]]\nname = \"a\"\nkey = \"s3cret\"\nburst = 3", "key `a`: found `burst`"),
            ("[limits]\nidle_seconds = 0", "`limits.idle_seconds`: found 0"),
            ("[limits]\nbody_bytes = 0", "`limits.body_bytes`: found 0, expected at least 1"),
            (
                "[[key]]\nname = \"a\"\nkey = \"s3cret\"\n[[key]]\nname = \"b\"\nkey = \"s3cret\"",
                "key `b`: found the secret of key `a`, expected another",
            ),
            (
                "[coral]\nsecrets = [\"x\"]\n[[coral.rule]]\nattribute = \"T\"\nhold = 0.9\nreject = 0.5",
                "`coral.rule`: rule on `T`: found `reject = 0.5` below `hold = 0.9`",
            ),
            ("[coral]\nsecrets = []", "`coral.secrets`: found none"),
        ] {
            let error = Config::parse(text).and_then(|config| config.settings()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
