//! The way to a field.

use serde_json::Value;

/// The way to a field: the name of one, or names of nested ones.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) name: String,
    // From the outermost object inward; one if the name has no dots.
    steps: Vec<String>,
}

impl Path {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), steps: name.split('.').map(str::to_owned).collect() }
    }

    /// What the path finds in `value`, the field `key` of a record.
    pub(super) fn find<'v>(&self, key: &str, value: &'v Value) -> Option<&'v Value> {
        if key == self.name {
            return Some(value);
        }
        let (first, rest) = self.steps.split_first()?;
        if key != first {
            return None;
        }
        rest.iter().try_fold(value, |inner, step| match inner {
            Value::Object(fields) => fields.get(step),
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    pub(super) fn begins_with(&self, key: &str) -> bool {
        key == self.name || self.steps.first().is_some_and(|first| first == key)
    }
}
