//! Partial answers: `fields=attributeScores/TOXICITY/summaryScore,languages`, and `prettyPrint`.

use super::CallError;
use serde_json::{Map, Value};

/// What of an answer is wanted: names, each with what of it is wanted; an empty list is all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mask(Vec<(String, Self)>);

/// The longest selection, and the deepest.
const MAX_BYTES: usize = 2048;
const MAX_DEPTH: usize = 16;

impl Mask {
    /// Reads a selection: names divided by `,`, paths by `/` or `.`, groups in parentheses, `*` for every name.
    ///
    /// # Errors
    /// If it is not one, or longer than any answer needs.
    ///
    /// ```
    /// use moderato::perspective::fields::Mask;
    /// let mask = Mask::parse("a(b,c/d),*/e")?;
    /// let answer = serde_json::json!({"a": {"b": 1, "x": 2}, "f": {"e": 3, "g": 4}});
    /// assert_eq!(mask.apply(answer), serde_json::json!({"a": {"b": 1}, "f": {"e": 3}}));
    /// # Ok::<(), moderato::perspective::CallError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CallError> {
        let wrong = || {
            let shown: String = text.chars().take(100).collect();
            CallError::Invalid(format!("Invalid field selection {shown}"))
        };
        if text.len() > MAX_BYTES {
            return Err(wrong());
        }
        let mut rest = text;
        let mask = list(&mut rest, 0).ok_or_else(wrong)?;
        if rest.is_empty() { Ok(mask) } else { Err(wrong()) }
    }

    /// What of `value` is wanted.
    pub fn apply(&self, value: Value) -> Value {
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::Array(values) => Value::Array(values.into_iter().map(|value| self.apply(value)).collect()),
            Value::Object(members) => {
                let kept = members.into_iter().filter_map(|(name, value)| {
                    let named = self.0.iter().find(|(wanted, _)| *wanted == name);
                    let (_, mask) = named.or_else(|| self.0.iter().find(|(wanted, _)| wanted == "*"))?;
                    Some((name, mask.apply(value)))
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
            other => other,
        }
    }
}

fn list(rest: &mut &str, depth: usize) -> Option<Mask> {
    let mut mask = Mask::default();
    loop {
        let path = path(rest, depth)?;
        match mask.0.iter_mut().find(|(name, _)| *name == path.0) {
            // Named twice: both parts, or all of it if one of them is all.
            Some((_, known)) if known.0.is_empty() || path.1.0.is_empty() => known.0.clear(),
            Some((_, known)) => known.0.extend(path.1.0),
            None => mask.0.push(path),
        }
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Some(mask),
        }
    }
}

fn path(rest: &mut &str, depth: usize) -> Option<(String, Mask)> {
    if depth == MAX_DEPTH {
        return None;
    }
    let end = rest.find(|c: char| "/.,()".contains(c)).unwrap_or(rest.len());
    let name = rest[..end].trim();
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_*@-".contains(c)) {
        return None;
    }
    let name = name.to_owned();
    *rest = &rest[end..];
    if let Some(after) = rest.strip_prefix(['/', '.']) {
        *rest = after;
        let inner = path(rest, depth + 1)?;
        return Some((name, Mask(vec![inner])));
    }
    if let Some(after) = rest.strip_prefix('(') {
        *rest = after;
        let inner = list(rest, depth + 1)?;
        *rest = rest.strip_prefix(')')?;
        return Some((name, inner));
    }
    Some((name, Mask::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(mask: &str, expected: impl Into<Option<Value>>) {
        let answer = json!({
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.5, "type": "PROBABILITY"}, "spanScores": [
                {"begin": 0, "end": 3, "score": {"value": 0.5}}]}},
            "languages": ["en"],
        });
        assert_eq!(Mask::parse(mask).ok().map(|mask| mask.apply(answer)), expected.into(), "{mask}");
    }

    #[test]
    fn selections_select() {
        check("languages", Some(json!({"languages": ["en"]})));
        check(
            "attributeScores/TOXICITY/summaryScore/value",
            Some(json!({"attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.5}}}})),
        );
        check(
            "attributeScores.*.spanScores(begin,score/value),languages",
            Some(json!({
                "attributeScores": {"TOXICITY": {"spanScores": [{"begin": 0, "score": {"value": 0.5}}]}},
                "languages": ["en"],
            })),
        );
        check("nothing", Some(json!({})));
        for wrong in ["", ",", "a,", "a(", "a(b", "a)", "a b", "/a", &"a/".repeat(40), &"a,".repeat(5000)] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn any_selection_is_read_or_refused(text in "[a-c/.,()* ]{0,40}|\\PC{0,40}") {
            if let Ok(mask) = Mask::parse(&text) {
                mask.apply(json!({"a": {"b": [{"c": 1}]}}));
            }
        }
    }
}
