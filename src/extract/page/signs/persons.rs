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
        if self.dom.attr(node, Key::DataAuthor).is_some_and(|name| (1..=60).contains(&name.trim().len())) {
            return true;
        }
        let text = self.dom.text(node);
        let most = if own.any(Meaning::PROFILE) { 300 } else { 60 };
        if text.len() > 1_200 || !(1..=most).contains(&letters(text)) {
            return false;
        }
        own.any(Meaning::AUTHOR | Meaning::PROFILE)
            || tag == Tag::Cite
            || (tag == Tag::A && is_profile(self.dom.attr(node, Key::Href).unwrap_or_default()))
    }
}

/// Whether a short text states a fact that forums show beside who wrote: `Posts: 12`, `Registered: …`.
pub(in crate::extract::page) fn states_membership(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 60 && starts_with_any(text.as_bytes(), MEMBERSHIP)
}

const MEMBERSHIP: &[&str] = &[
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
];

/// Whether `text` begins with one of `starts`, in whatever case.
fn starts_with_any(text: &[u8], starts: &[&str]) -> bool {
    let Some(first) = text.first().map(u8::to_ascii_lowercase) else { return false };
    starts.iter().any(|s| {
        s.as_bytes()[0] == first
            && text.len() >= s.len()
            && text[..s.len()].eq_ignore_ascii_case(s.as_bytes())
    })
}

/// Whether a short text is one that stands beside a person: `Posts: 12`, `Registered: …`, `… wrote:`.
pub(super) fn says_person(text: &str) -> bool {
    const STARTS: &[&str] = &[
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
    let ends = |s: &&str| {
        bytes.len() >= s.len() && bytes[bytes.len() - s.len()..].eq_ignore_ascii_case(s.as_bytes())
    };
    starts_with_any(bytes, MEMBERSHIP)
        || starts_with_any(bytes, STARTS)
        || bytes.ends_with(b":")
            && [" says:", " said:", " schrieb:", " wrote:", " a dit :", " dice:"].iter().any(ends)
}

/// `Name:`, as guestbooks have it.
pub(super) fn labels_a_name(text: &str) -> bool {
    text.len() < 20
        && matches!(text.trim(), "Name:" | "Nick:" | "Nom :" | "Nome:" | "Nombre:" | "Autor:" | "Author:")
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
                "/~",
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
