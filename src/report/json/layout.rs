//! JSON laid out to be read: what fits a line stands on one, lists of numbers always do.

use serde_json::Value;

/// The width up to which an object stands on one line.
const WIDTH: usize = 100;

/// `value` as text, without a line break at its end.
pub(crate) fn layout(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    let plain = value.to_string();
    match value {
        Value::Object(object) if !object.is_empty() && (depth == 0 || WIDTH < 2 * depth + plain.len()) => {
            let fields = object.iter().map(|(key, value)| (Some(key), value));
            write_lines(text, ('{', '}'), depth, fields);
        }
        Value::Array(values) if values.iter().any(has_object) && WIDTH < 2 * depth + plain.len() => {
            write_lines(text, ('[', ']'), depth, values.iter().map(|value| (None, value)));
        }
        _ => text.push_str(&plain),
    }
}

fn has_object(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(values) => values.iter().any(has_object),
        _ => false,
    }
}

fn write_lines<'a>(
    text: &mut String,
    (open, close): (char, char),
    depth: usize,
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
) {
    text.push(open);
    for (place, (key, value)) in items.enumerate() {
        text.push_str(if place == 0 { "\n" } else { ",\n" });
        text.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            text.push_str(&Value::from(key.as_str()).to_string());
            text.push_str(": ");
        }
        write(text, value, depth + 1);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_stand_beside_each_other_and_objects_below() {
        let long: Vec<u32> = (0..60).collect();
        let text = layout(&json!({"a": {"b": 1, "c": [[1, 2], [3, 4]]}, "d": [{"e": long}, {"f \"": 2}]}));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], r#"  "a": {"b":1,"c":[[1,2],[3,4]]},"#);
        assert_eq!(lines[2..4], [r#"  "d": ["#, "    {"]);
        assert!(lines[4].starts_with(r#"      "e": [0,1,2,"#));
        assert_eq!(lines[6..], [r#"    {"f \"":2}"#, "  ]", "}"]);
    }

    #[test]
    fn layout_changes_no_value() {
        let value = json!({"x": 0.1, "y": [null, {"z": "a\nb"}], "empty": {}, "none": []});
        assert_eq!(serde_json::from_str::<Value>(&layout(&value)).unwrap(), value);
    }
}
