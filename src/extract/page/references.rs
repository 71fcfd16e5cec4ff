//! Character references: `&amp;`, `&#38;`, `&#x26;`.

/// `raw` with its character references resolved; in attributes as the standard does there.
pub(super) fn decoded(raw: &str, in_attribute: bool) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(&rest[1..], in_attribute) {
            Some((text, used)) => {
                out.push_str(&text);
                rest = &rest[1 + used..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// What the reference at the beginning of `text` stands for, and how many bytes it takes.
fn reference(text: &str, in_attribute: bool) -> Option<(String, usize)> {
    if let Some(number) = text.strip_prefix('#') {
        let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (number, 10, 1),
        };
        let n = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
        if n == 0 {
            return None;
        }
        let value = u32::from_str_radix(&digits[..n], radix).unwrap_or(u32::MAX);
        let semicolon = usize::from(digits[n..].starts_with(';'));
        let c = match value {
            0x80..=0x9F => html5ever::data::C1_REPLACEMENTS[(value - 0x80) as usize],
            0 => None,
            _ => char::from_u32(value),
        };
        return Some((c.unwrap_or('\u{FFFD}').to_string(), before + n + semicolon));
    }
    let n = text.bytes().take(32).take_while(u8::is_ascii_alphanumeric).count();
    let named = |end: usize| {
        let (a, b) = *html5ever::data::NAMED_ENTITIES.get(&text[..end]).filter(|(a, _)| *a != 0)?;
        let text: String =
            [char::from_u32(a), char::from_u32(b).filter(|c| *c != '\0')].into_iter().flatten().collect();
        Some((text, end))
    };
    if text[n..].starts_with(';')
        && let Some(found) = named(n + 1)
    {
        return Some(found);
    }
    // Old references need no semicolon: the longest beginning that is one; in attributes only if nothing follows it.
    let (found, end) = (2..=n).rev().find_map(named)?;
    let follows = text[end..].starts_with(|c: char| c == '=' || c.is_ascii_alphanumeric());
    (!in_attribute || !follows).then_some((found, end))
}
