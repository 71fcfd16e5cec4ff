//! Which nodes are persons: names, pictures, links to their pages, words that stand beside them.

use super::{Reader, letters};
use crate::extract::page::attributes::Key;
use crate::extract::page::dom::Tag;
use crate::extract::page::words::Meaning;

impl Reader<'_> {
    pub(super) fn person(&self, node: usize, tag: Tag, own: Meaning) -> bool {
        if tag == Tag::Img {
            return own.any(Meaning::AVATAR)
                || self.dom.attr(node, Key::Src).is_some_and(|s| s.contains("avatar"))
                || self.dom.attr(node, Key::Alt).is_some_and(|s| s.contains("vatar"));
        }
        let text = self.dom.text(node);
        let most = if own.any(Meaning::PROFILE) { 300 } else { 60 };
        if text.len() > 1_200 || !(1..=most).contains(&letters(text)) {
            return false;
        }
        own.any(Meaning::AUTHOR | Meaning::PROFILE)
            || tag == Tag::Cite
            || (tag == Tag::A && is_profile(self.dom.attr(node, Key::Href).unwrap_or_default()))
            || self.dom.attr(node, Key::DataAuthor).is_some()
    }
}

/// Whether a short text is one that stands beside a person: `Posts: 12`, `Registered: …`, `… wrote:`.
pub(super) fn says_person(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "posts:",
        "joined:",
        "registered:",
        "join date:",
        "location:",
        "beiträge:",
        "registriert",
        "dabei seit",
        "mitglied seit",
        "ort:",
        "messages:",
        "inscrit",
        "mensajes:",
        "registrado",
        "messaggi:",
        "iscritto",
        "berichten:",
        "lid sinds",
        "posty:",
        "dołączył",
        "сообщений:",
        "says:",
        "schrieb ",
        "schreibt ",
        "sagt ",
        "sagte ",
        "wrote ",
        "said ",
        "a écrit ",
        "escribió ",
        "ha scritto ",
        "schrieb:",
        "wrote:",
        "kommentar von",
        "comment by",
        "commentaire de",
    ];
    let text = text.trim();
    if text.len() > 60 {
        return false;
    }
    let bytes = text.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit() || c == ' ').as_bytes();
    let Some(first) = bytes.first().map(u8::to_ascii_lowercase) else { return false };
    let starts = |s: &&str| {
        s.as_bytes()[0] == first
            && bytes.len() >= s.len()
            && bytes[..s.len()].eq_ignore_ascii_case(s.as_bytes())
    };
    let ends = |s: &&str| {
        bytes.len() >= s.len() && bytes[bytes.len() - s.len()..].eq_ignore_ascii_case(s.as_bytes())
    };
    STARTS.iter().any(starts)
        || bytes.ends_with(b":")
            && [" says:", " said:", " schrieb:", " wrote:", " a dit :", " dice:"].iter().any(ends)
}

/// Whether an address is that of a person's page.
pub(in crate::extract::page) fn is_profile(href: &str) -> bool {
    // By the byte that each begins with.
    const PARTS: &[(u8, &[&str])] = &[
        (
            b'/',
            &[
                "/user/",
                "/users/",
                "/profil",
                "/member",
                "/u/",
                "/author/",
                "/people/",
                "/community/user",
                "/autor/",
                "/@",
                "/nutzer",
                "/benutzer",
                "/usuario",
                "/personal_pages/",
            ],
        ),
        (b'a', &["action=profile"]),
        (b'm', &["memberlist", "member.php", "mode=viewprofile"]),
        (b'p', &["profile.php"]),
        (b's', &["showuser="]),
        (b'u', &["u=", "userid=", "user?id=", "user_id", "uid=", "userinfo"]),
    ];
    let bytes = href.as_bytes();
    let begins = |at: usize, parts: &[&str]| parts.iter().any(|p| bytes[at..].starts_with(p.as_bytes()));
    href.len() < 300
        && bytes.iter().enumerate().any(|(at, byte)| {
            matches!(byte, b'/' | b'a' | b'm' | b'p' | b's' | b'u')
                && PARTS.iter().any(|(first, parts)| first == byte && begins(at, parts))
        })
}
