//! Who was let in with a key: a cookie that only this process can write.
//!
//! The key itself is in no cookie. A cookie says until when it is good and whether its owner may decide, and carries
//! the HMAC-SHA-256 of both under a secret that was drawn when the process began; so a restart lets nobody in.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The cookie's name.
pub(super) const COOKIE: &str = "moderato-desk";
/// For how long a cookie is good.
const HOURS: i64 = 12;

/// What makes cookies.
#[derive(Clone)]
pub(crate) struct Sessions([u8; 32]);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions(…)")
    }
}

/// What the owner of a cookie may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visitor {
    pub(super) may_decide: bool,
}

impl Sessions {
    /// With this secret.
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The value of a cookie that is good from `now`, in milliseconds.
    pub(super) fn cookie(&self, visitor: Visitor, now: i64) -> String {
        let until = now.saturating_add(HOURS * 3_600_000);
        let said = format!("{until}.{}", if visitor.may_decide { "decide" } else { "see" });
        let mac = self.mac(&said).finalize().into_bytes();
        let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{said}.{mac}")
    }

    /// Who sent these cookies, if one of them is ours and still good.
    pub(super) fn visitor(&self, cookies: &str, now: i64) -> Option<Visitor> {
        let mut ours = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        ours.find_map(|(name, value)| {
            let (said, mac) = value.rsplit_once('.').filter(|_| name == COOKIE)?;
            let mac: Option<Vec<u8>> = mac
                .as_bytes()
                .chunks(2)
                .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok())
                .collect();
            self.mac(said).verify_slice(&mac?).ok()?;
            let (until, right) = said.split_once('.')?;
            let is_good = until.parse::<i64>().is_ok_and(|until| now < until);
            is_good.then_some(Visitor { may_decide: right == "decide" })
        })
    }

    fn mac(&self, said: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(said.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_cookies_let_in_and_only_for_a_while() {
        let (ours, theirs) = (Sessions::new([1; 32]), Sessions::new([2; 32]));
        let visitor = Visitor { may_decide: false };
        let cookie = ours.cookie(visitor, 0);
        let sent = |value: &str| format!("a=b; {COOKIE}={value}; c");
        assert_eq!(ours.visitor(&sent(&cookie), 5), Some(visitor));
        assert_eq!(ours.visitor(&sent(&cookie), HOURS * 3_600_000), None, "it ends");
        assert_eq!(theirs.visitor(&sent(&cookie), 5), None);
        assert_eq!(ours.visitor(&sent(&cookie.replace("see", "decide")), 5), None, "it cannot be changed");
        assert_eq!(ours.visitor(&format!("other={cookie}"), 5), None);
        for odd in ["", "moderato-desk", "moderato-desk=", "moderato-desk=..", "moderato-desk=1.see.zé"] {
            assert_eq!(ours.visitor(odd, 5), None);
        }
        assert_eq!(format!("{ours:?}"), "Sessions(…)");
    }
}
