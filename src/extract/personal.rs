//! Who wrote it, hidden.
//!
//! A name becomes the same short code wherever it stands, so that one can still tell who answers whom, but nobody can
//! tell who it is without the key. Absent: names within the text itself, which no key can hide.

use crate::comment::Comment;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// By what an author is told from the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Identity {
    /// By the name the comment is signed with.
    #[default]
    Name,
    /// By the address of their profile, where there is one: it stays when the name is changed, and no two people
    /// share it.
    Link,
}

impl Identity {
    /// What tells the author of `comment` from the others.
    ///
    /// ```
    /// use moderato::comment::Comment;
    /// use moderato::extract::personal::Identity;
    ///
    /// let author_url = Some("/u/7".to_owned());
    /// let comment = Comment { author: Some("Ada".into()), author_url, ..Comment::default() };
    /// assert_eq!(Identity::Link.of(&comment), Some("/u/7"));
    /// assert_eq!(Identity::Link.of(&Comment { author_url: None, ..comment }), Some("Ada"));
    /// ```
    pub fn of(self, comment: &Comment) -> Option<&str> {
        let name = comment.author.as_deref();
        match self {
            Self::Name => name,
            Self::Link => comment.author_url.as_deref().or(name),
        }
    }
}

/// Replaces names by codes.
#[derive(Clone)]
pub struct Pseudonyms {
    keyed: Hmac<Sha256>,
}

impl Pseudonyms {
    /// Codes made with `key`: whoever has it can make them again, so it wants to be long and kept apart.
    pub fn new(key: &str) -> Self {
        // HMAC takes keys of any length.
        let keyed = Hmac::<Sha256>::new_from_slice(key.as_bytes())
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&<_>::default()));
        Self { keyed }
    }

    /// The code of a name: `u-` and the first 16 hexadecimal digits of HMAC-SHA-256 (RFC 2104) of the name, without
    /// blanks around it.
    ///
    /// ```
    /// use moderato::extract::personal::Pseudonyms;
    ///
    /// let code = Pseudonyms::new("key").code("Ada");
    /// assert_eq!(code, Pseudonyms::new("key").code(" Ada "));
    /// assert_ne!(code, Pseudonyms::new("another key").code("Ada"));
    /// ```
    pub fn code(&self, name: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(name.trim().as_bytes());
        let hash = mac.finalize().into_bytes();
        let digits: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
        format!("u-{digits}")
    }

    /// Replaces the author of a comment by the code of what they are told by, and drops what else may name them: the
    /// address of their profile, the comment's address and other fields that hold the author's name, e-mail or IP
    /// address.
    pub fn hide(&self, comment: &mut Comment, by: Identity) {
        let code = by.of(comment).map(|identity| self.code(identity));
        comment.author_url = None;
        let author = comment.author.take();
        comment.author = code;
        let Some(author) = author else { return };
        let name = author.trim();
        let names = |value: &serde_json::Value| value.as_str().is_some_and(|v| v.trim() == name);
        comment.other_fields.retain(|key, value| !names(value) && !is_personal(key));
        if comment.permalink.as_deref().is_some_and(|p| p.contains(name)) {
            comment.permalink = None;
        }
    }
}

/// Whether a field of this name holds what only the commenter's friends should know.
pub fn is_personal(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    field.contains("email")
        || field.contains("e-mail")
        || field == "mail"
        || field == "ip"
        || field.contains("ip_addr")
        || field.contains("ipaddr")
        || field == "remote_addr"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_2104() {
        // python3 -c "import hmac; print(hmac.new(b'key', b'Ada', 'sha256').hexdigest()[:16])"
        assert_eq!(Pseudonyms::new("key").code("Ada"), "u-c066342b76c7754f");
    }

    #[test]
    fn hidden_comments_do_not_name_their_author() {
        let mut comment =
            Comment { author: Some("Ada".into()), permalink: Some("/u/Ada/3".into()), ..Comment::default() };
        comment.other_fields.insert("user".into(), "Ada".into());
        comment.other_fields.insert("email".into(), "a@example.org".into());
        comment.other_fields.insert("state".into(), "approved".into());
        Pseudonyms::new("key").hide(&mut comment, Identity::Name);
        assert_eq!(comment.permalink, None);
        assert_eq!(comment.other_fields.keys().collect::<Vec<_>>(), ["state"]);
        assert!(comment.author.is_some_and(|a| a.starts_with("u-")));
    }

    #[test]
    fn who_changes_their_name_keeps_the_code_of_their_address() {
        let hidden = |author: &str, address: Option<&str>| {
            let author_url = address.map(str::to_owned);
            let mut comment = Comment { author: Some(author.into()), author_url, ..Comment::default() };
            Pseudonyms::new("key").hide(&mut comment, Identity::Link);
            assert_eq!(comment.author_url, None);
            comment.author
        };
        assert_eq!(hidden("Ada", Some("/u/7")), hidden("Ada B.", Some("/u/7")));
        assert_ne!(hidden("Ada", Some("/u/7")), hidden("Ada", Some("/u/8")));
        assert_eq!(hidden("Ada", None).as_deref(), Some("u-c066342b76c7754f"));
    }
}
