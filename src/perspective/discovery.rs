//! `$discovery/rest`: what generic clients read before they call.

const DOCUMENT: &str = include_str!("discovery.json");

/// The discovery document of a server whose address is `root`, without a slash at its end; clients call where this
/// document says, not where they found it.
///
/// ```
/// let document = moderato::perspective::discovery("https://desk.example");
/// let document: serde_json::Value = serde_json::from_str(&document)?;
/// assert_eq!(document["rootUrl"], "https://desk.example/");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn discovery(root: &str) -> String {
    // Within a JSON string, so written as one, without its quotation marks.
    let quoted = serde_json::Value::from(root).to_string();
    DOCUMENT.replace("{ROOT}", quoted.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn an_address_cannot_break_out_of_its_string() {
        let document: Value = serde_json::from_str(&discovery("http://a\",\"b\":\"\\")).unwrap();
        assert_eq!(document["rootUrl"], "http://a\",\"b\":\"\\/");
    }

    /// All names that `$ref` refers to.
    fn references(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, into));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, into)),
            _ => {}
        }
    }

    #[test]
    fn every_schema_that_is_referred_to_is_there() {
        let document: Value = serde_json::from_str(&discovery("http://localhost")).unwrap();
        let mut names = Vec::new();
        references(&document, &mut names);
        assert!(names.len() > 10);
        for name in names {
            assert_eq!(document["schemas"][&name]["id"], *name, "schema {name}");
        }
        for method in ["analyze", "suggestscore"] {
            let method = &document["resources"]["comments"]["methods"][method];
            assert_eq!(method["httpMethod"], "POST");
            assert!(method["path"].as_str().unwrap().starts_with("v1alpha1/comments:"));
        }
    }
}
