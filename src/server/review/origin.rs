//! Whether a request comes from our own page, and whether it was meant for us.
//!
//! A page of somebody else's may make a browser send us a form; it cannot choose what the browser says of where the
//! form came from. And a name that somebody else owns may lead to this machine: then a browser takes their page and
//! ours for one. So the name must be one that nobody else can own, or the one that was configured.

use axum::http::{HeaderMap, header};

/// Whether a browser says that one of our own pages sent this.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(host) = text(header::HOST) else { return false };
    let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
}

/// Whether a request names this machine by an address, by a name that is always local, or by the name in
/// `public_url`.
pub(super) fn is_for_us(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = without_port(host).to_ascii_lowercase();
    let is_address = name.trim_matches(['[', ']']).parse::<core::net::IpAddr>().is_ok();
    let is_local = name == "localhost" || name.ends_with(".localhost");
    let public = public_url.and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
    let public = public.map(|rest| rest.split('/').next().unwrap_or(rest));
    is_address || is_local || public.is_some_and(|public| without_port(public).eq_ignore_ascii_case(&name))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_send_us_forms() {
        for (pairs, expected) in [
            (&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")][..], true),
            (&[("host", "127.0.0.1:8080"), ("origin", "http://evil.example")], false),
            (&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9090")], false),
            (&[("host", "127.0.0.1:8080"), ("origin", "null")], false),
            (&[("host", "127.0.0.1:8080")], false),
            (&[("host", "a"), ("sec-fetch-site", "same-origin")], true),
            (&[("host", "a"), ("sec-fetch-site", "same-site"), ("origin", "http://a")], false),
            (&[("host", "a"), ("sec-fetch-site", "cross-site")], false),
            (&[("host", "a"), ("sec-fetch-site", "none")], false),
        ] {
            assert_eq!(is_ours(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_name_that_others_may_own_is_not_ours() {
        for (host, public, expected) in [
            ("127.0.0.1:8080", None, true),
            ("[::1]:8080", None, true),
            ("[::1]", None, true),
            ("localhost:8080", None, true),
            ("moderato.localhost", None, true),
            ("evil.example", None, false),
            ("localhost.evil.example:80", None, false),
            ("Desk.example", Some("https://desk.example/moderato"), true),
            ("desk.example:8443", Some("https://desk.example:8443"), true),
            ("evil.example", Some("https://desk.example"), false),
        ] {
            assert_eq!(is_for_us(&headers(&[("host", host)]), public), expected, "{host}");
        }
        assert!(!is_for_us(&HeaderMap::new(), None));
    }
}
