//! Who may call, for what, and how often.
//!
//! A key is held as its SHA-256 and compared in constant time with every key there is, so that neither a match nor a
//! near miss can be timed; it is never written anywhere. Where no keys are set, every caller may do everything, since
//! Perspective's clients send whatever key they were given.

use crate::perspective::CallError;
use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};
use std::fmt;
use std::num::NonZeroU32;
use subtle::ConstantTimeEq;

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Have comments scored.
    Score,
    /// Say what was decided about comments.
    Decide,
    /// See metrics and the pages of the desk.
    Admin,
}

/// The SHA-256 of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// That of `key`.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// From 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// What logs and errors call it.
    pub name: String,
    /// What it must hash to.
    pub hash: KeyHash,
    /// What it may be used for.
    pub rights: Vec<Right>,
    /// Whose calls they are where a call does not say.
    pub community: Option<String>,
    /// How often.
    pub rate: Option<Rate>,
}

/// How often a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls a second, in the long run.
    pub per_second: NonZeroU32,
    /// Calls at once.
    pub burst: NonZeroU32,
}

/// All keys.
#[derive(Debug, Default)]
pub struct Keyring {
    keys: Vec<(Key, Option<DefaultDirectRateLimiter>)>,
}

/// Who calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caller<'k> {
    /// The key's name; none where no keys are set.
    pub name: Option<&'k str>,
    /// The key's community.
    pub community: Option<&'k str>,
}

impl Keyring {
    /// These keys and no others; none at all lets everybody in.
    pub fn new(keys: Vec<Key>) -> Self {
        let limiter =
            |rate: Rate| RateLimiter::direct(Quota::per_second(rate.per_second).allow_burst(rate.burst));
        let limited = |key: Key| {
            let limiter = key.rate.map(limiter);
            (key, limiter)
        };
        Self { keys: keys.into_iter().map(limited).collect() }
    }

    /// Whether everybody is let in.
    pub fn is_open(&self) -> bool {
        self.keys.is_empty()
    }

    /// Lets `key` do what needs `right`, once.
    ///
    /// # Errors
    /// If there is no key, no such key, one without this right, or one that was used too often.
    pub fn admit(&self, key: Option<&str>, right: Right) -> Result<Caller<'_>, CallError> {
        if self.is_open() {
            return Ok(Caller::default());
        }
        let asked = KeyHash::of(key.filter(|key| !key.is_empty()).ok_or(CallError::KeyMissing)?);
        // Every key is looked at, whichever it is.
        let mut found = None;
        for known in &self.keys {
            if bool::from(known.0.hash.0.ct_eq(&asked.0)) {
                found = Some(known);
            }
        }
        let (known, limiter) = found.ok_or(CallError::KeyInvalid)?;
        if !known.rights.contains(&right) {
            return Err(CallError::Forbidden);
        }
        if let Some(limiter) = limiter {
            limiter.check().map_err(|until| CallError::QuotaExceeded {
                consumer: known.name.clone(),
                retry_after: until.wait_time_from(limiter.clock().now()).as_secs() + 1,
            })?;
        }
        Ok(Caller { name: Some(&known.name), community: known.community.as_deref() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(rate: Option<Rate>) -> Keyring {
        let key = |name: &str, rights: &[Right]| Key {
            name: name.into(),
            hash: KeyHash::of(&format!("{name}-secret")),
            rights: rights.to_vec(),
            community: None,
            rate,
        };
        Keyring::new(vec![key("coral", &[Right::Score]), key("desk", &[Right::Score, Right::Admin])])
    }

    #[test]
    fn keys_open_what_they_may() {
        let ring = keyring(None);
        for (key, right, expected) in [
            (Some("coral-secret"), Right::Score, Ok(Some("coral"))),
            (Some("desk-secret"), Right::Admin, Ok(Some("desk"))),
            (Some("coral-secret"), Right::Admin, Err(CallError::Forbidden)),
            (Some("coral-secret "), Right::Score, Err(CallError::KeyInvalid)),
            (Some(""), Right::Score, Err(CallError::KeyMissing)),
            (None, Right::Score, Err(CallError::KeyMissing)),
        ] {
            assert_eq!(ring.admit(key, right).map(|caller| caller.name), expected);
        }
        assert_eq!(Keyring::default().admit(Some("anything"), Right::Admin), Ok(Caller::default()));
    }

    #[test]
    fn who_asks_too_often_is_told_when_to_come_back() {
        let two = NonZeroU32::new(2).unwrap();
        let ring = keyring(Some(Rate { per_second: NonZeroU32::MIN, burst: two }));
        let ask = || ring.admit(Some("coral-secret"), Right::Score);
        assert!(ask().is_ok() && ask().is_ok());
        let error = ask().unwrap_err();
        assert_eq!(error, CallError::QuotaExceeded { consumer: "coral".into(), retry_after: 1 });
        assert!(ring.admit(Some("desk-secret"), Right::Score).is_ok(), "another key has its own rate");
    }

    #[test]
    fn hashes_are_read_and_never_shown() {
        let hash = KeyHash::of("a");
        let hex: String = hash.0.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(KeyHash::from_hex(&hex).map(|hash| hash.0), Some(hash.0));
        for wrong in ["", "zz", &"g".repeat(64), &"é".repeat(32)] {
            assert!(KeyHash::from_hex(wrong).is_none());
        }
        assert_eq!(format!("{hash:?}"), "KeyHash(…)");
    }
}
