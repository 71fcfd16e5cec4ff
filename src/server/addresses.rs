//! How often one address may call, whoever calls from it: for servers that ask for no key, and against guessing of keys
//! where they do.
//!
//! The address is the one the connection comes from. What a caller says of itself in `X-Forwarded-For` is not read,
//! since anybody may say anything there; behind a proxy, all callers have the proxy's address, and the limit belongs
//! into the proxy.

use super::App;
use super::keys::Rate;
use crate::perspective::CallError;
use core::net::{IpAddr, Ipv6Addr};
use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::sync::atomic::{AtomicUsize, Ordering};

/// After so many calls, addresses that rested are forgotten.
const FORGET_EVERY: usize = 4096;

/// Every address that called lately.
#[derive(Debug)]
pub struct Addresses {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    n_calls: AtomicUsize,
}

/// The address a call comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

impl Addresses {
    /// Each address may call so often.
    pub fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self { limiter: RateLimiter::keyed(quota), n_calls: AtomicUsize::new(0) }
    }

    /// Lets `address` call, once.
    ///
    /// # Errors
    /// If it called too often.
    pub fn admit(&self, address: IpAddr) -> Result<(), CallError> {
        if self.n_calls.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&holder(address)).map_err(|until| CallError::QuotaExceeded {
            consumer: format!("address:{address}"),
            retry_after: until.wait_time_from(self.limiter.clock().now()).as_secs() + 1,
        })
    }
}

/// Lets a call from `peer` pass, if calls are counted by address.
pub(super) fn admit(app: &App, peer: Option<Peer>) -> Result<(), CallError> {
    match (&app.settings().addresses, peer) {
        (Some(addresses), Some(peer)) => addresses.admit(peer.0),
        _ => Ok(()),
    }
}

/// Who holds an address: of version 6, one customer has 2^64 of them.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    #[test]
    fn each_address_has_its_own_rate_and_neighbours_in_one_network_share_it() {
        let two = NonZeroU32::new(2).unwrap();
        let addresses = Addresses::new(Rate { per_second: NonZeroU32::MIN, burst: two });
        let ask = |address: &str| addresses.admit(address.parse().unwrap()).is_ok();
        for (address, expected) in [
            ("192.0.2.1", true),
            ("::ffff:192.0.2.1", true),
            ("192.0.2.1", false),
            ("192.0.2.2", true),
            ("2001:db8::1", true),
            ("2001:db8::2", true),
            ("2001:db8::3", false),
            ("2001:db8:0:1::1", true),
        ] {
            assert_eq!(ask(address), expected, "{address}");
        }
    }

    #[test]
    fn addresses_that_rested_are_forgotten() {
        let often = NonZeroU32::MAX;
        let addresses = Addresses::new(Rate { per_second: often, burst: often });
        for n in 0..3 * FORGET_EVERY as u32 {
            addresses.admit(IpAddr::V4(n.into())).unwrap();
        }
        assert!(addresses.limiter.len() <= FORGET_EVERY + 1, "found {}", addresses.limiter.len());
    }
}
