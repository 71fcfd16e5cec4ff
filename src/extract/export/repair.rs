//! JSON that breaks off → the same up to its last whole element.

/// The longest beginning of `text` that ends after a whole element of a list, with what is open then closed.
///
/// Returns it and the offset at which the whole part ends; nothing if no list has a whole element.
pub(super) fn whole(text: &str) -> Option<(String, usize)> {
    let mut open: Vec<u8> = Vec::new();
    let mut last: Option<(usize, Vec<u8>)> = None;
    let (mut in_string, mut escaped) = (false, false);
    for (at, b) in text.bytes().enumerate() {
        if in_string {
            match b {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match b {
            b'"' => in_string = true,
            b'{' | b'[' => {
                open.push(b);
                // serde_json refuses what is deeper.
                if open.len() > 127 {
                    break;
                }
            }
            b'}' | b']' => {
                open.pop();
                if b == b'}' && open.last() == Some(&b'[') {
                    match &mut last {
                        Some((end, stack)) if *stack == open => *end = at + 1,
                        last => *last = Some((at + 1, open.clone())),
                    }
                }
            }
            _ => {}
        }
    }
    let (end, open) = last?;
    let mut whole = text[..end].to_owned();
    whole.extend(open.iter().rev().map(|b| if *b == b'{' { '}' } else { ']' }));
    Some((whole, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_whole_stays() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(whole(text).map(|(t, _)| t).as_deref(), expected, "{text}");
        };
        check(r#"{"comments": [{"a": "]"}, {"b"#, Some(r#"{"comments": [{"a": "]"}]}"#));
        check(r#"[{"r": [{"x": 1}], "y"#, Some(r#"[{"r": [{"x": 1}]}]"#));
        check(r#"{"a": "#, None);
        check("", None);
        check("]]}}", None);
    }
}
