//! Names and values as browsers send them: `application/x-www-form-urlencoded`.

/// Pairs in the order they were sent; a name may stand several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

/// More pairs than any form of ours has.
const MOST_PAIRS: usize = 256;

impl Form {
    /// Reads a query or a body; what is not UTF-8 is replaced, and nothing is an error.
    pub(super) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).take(MOST_PAIRS).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self(pairs.collect())
    }

    /// The first value of a name.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = digits.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match (bytes[at], byte.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 2;
            }
            (b'+', _) => plain.push(b' '),
            (other, _) => plain.push(other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// A value as it stands in an address of ours.
pub(in crate::server) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let form = Form::parse("a=1+2&b=%C3%A4%26&a=3&&c&d=%zz%4&e=%+f%41");
        assert_eq!(form.first("a"), Some("1 2"));
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1 2", "3"]);
        assert_eq!((form.first("b"), form.first("c")), (Some("ä&"), Some("")));
        assert_eq!((form.first("d"), form.first("e")), (Some("%zz%4"), Some("% fA")));
        assert_eq!(Form::parse("x=%FF").first("x"), Some("\u{fffd}"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in "\\PC*") {
            let form = Form::parse(&format!("x={}", encoded(&text)));
            prop_assert_eq!(form.first("x"), Some(text.as_str()));
        }

        #[test]
        fn any_text_is_read(text in "\\PC*|[%&=+0-9a-f]*") {
            let _ = Form::parse(&text);
        }
    }
}
