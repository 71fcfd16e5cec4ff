//! Halves of characters in JSON strings.

/// `json` with each lone `\ud800`…`\udfff` replaced by `\ufffd`, if there is one.
///
/// Programs that cut text at UTF-16 units leave such halves of characters behind; they are no reason to lose the
/// comment.
pub(super) fn mend_surrogates(json: &str) -> Option<String> {
    let mut mended = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        let escape = at + found;
        at = (escape + 2).min(json.len());
        let Some(unit) = surrogate(json, escape) else { continue };
        at = escape + 6;
        if unit < 0xdc00 && surrogate(json, at).is_some_and(|second| 0xdc00 <= second) {
            at += 6;
        } else {
            mended.push_str(&json[done..escape]);
            mended.push_str("\\ufffd");
            done = at;
        }
    }
    (0 < done).then(|| mended + &json[done..])
}

/// The surrogate that the escape at `at` stands for, if it is one.
fn surrogate(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..=0xdfff).contains(unit))
}
