//! Groups that comments speak of: by words in their texts, or by what a column says.

use super::{Problem, input};
use crate::corpus::LabelledComment;
use crate::evaluate::Subgroup;
use crate::text::Phrases;
use anyhow::Result;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The list that is used where the user has none.
const BUILT_IN: &str = include_str!("identity_terms.txt");

/// Groups, each with the words that name it.
pub(super) struct IdentityTerms {
    names: Vec<String>,
    /// Of each phrase, the group it names.
    groups: Vec<usize>,
    phrases: Phrases,
}

impl IdentityTerms {
    /// The list of a file; the built-in one for none.
    pub(super) fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::parse(BUILT_IN)) };
        let terms = Self::parse(&text(path)?);
        let wordless = (0..terms.names.len()).find(|group| !terms.groups.contains(group));
        let found = match wordless {
            _ if terms.names.is_empty() => "no group".to_owned(),
            Some(group) => format!("no word for group `{}`", terms.names[group]),
            None => return Ok(terms),
        };
        let message = format!("{}: found {found}, expected lines of `name: word, words`", path.display());
        Err(Problem::new(message).into())
    }

    fn parse(text: &str) -> Self {
        let (mut names, mut groups, mut phrases): (Vec<String>, Vec<usize>, Vec<String>) = Default::default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let (name, words) = line.split_once(':').unwrap_or((line, line));
            let group = names.iter().position(|known| known == name.trim()).unwrap_or_else(|| {
                names.push(name.trim().to_owned());
                names.len() - 1
            });
            for phrase in words.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                groups.push(group);
                phrases.push(phrase.to_owned());
            }
        }
        Self { names, groups, phrases: Phrases::new(phrases) }
    }

    /// The groups that at least one comment names.
    pub(super) fn subgroups(&self, comments: &[LabelledComment]) -> Vec<Subgroup> {
        let named: Vec<Vec<usize>> = comments
            .par_iter()
            .map(|c| self.phrases.find(&c.text).into_iter().map(|f| self.groups[f.phrase]).collect())
            .collect();
        let group = |(group, name): (usize, &String)| Subgroup {
            name: name.clone(),
            members: named.iter().map(|named| named.contains(&group)).collect(),
        };
        let groups = self.names.iter().enumerate().map(group);
        groups.filter(|group| group.members.contains(&true)).collect()
    }
}

/// A text file of the user's.
pub(super) fn text(path: &Path) -> Result<String> {
    String::from_utf8(input::read_file(path)?)
        .map_err(|_| Problem::new(format!("{}: not UTF-8, expected text", path.display())).into())
}

/// How many groups a column may make.
const MOST: usize = 200;

/// The groups of a column: each of its values; of a column of numbers from 0 to 1, or of yes and no, those
/// comments for which it holds (from one half on).
pub(super) fn by_column(column: &str, comments: &[LabelledComment]) -> Result<Vec<Subgroup>> {
    let values: Vec<Vec<String>> =
        comments.iter().map(|c| c.fields.get(column).map(words).unwrap_or_default()).collect();
    let all = || values.iter().flatten();
    if all().next().is_none() {
        let message = format!("`--fairness-column` is `{column}`, expected a column that some comment has");
        return Err(Problem::new(message).into());
    }
    if all().all(|value| share(value).is_some()) {
        let holds =
            |values: &Vec<String>| values.iter().filter_map(|value| share(value)).any(|share| share >= 0.5);
        return Ok(vec![Subgroup { name: column.to_owned(), members: values.iter().map(holds).collect() }]);
    }
    let mut groups: BTreeMap<&String, Vec<bool>> = BTreeMap::new();
    for (comment, value) in
        values.iter().enumerate().flat_map(|(c, values)| values.iter().map(move |v| (c, v)))
    {
        groups.entry(value).or_insert_with(|| vec![false; comments.len()])[comment] = true;
        if groups.len() > MOST {
            let message = format!(
                "`--fairness-column` is `{column}`: found over {MOST} values, expected a column of groups"
            );
            return Err(Problem::new(message).into());
        }
    }
    Ok(groups.into_iter().map(|(name, members)| Subgroup { name: name.clone(), members }).collect())
}

/// The values of a field: one, or those of a list.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(word) if word.trim().is_empty() => Vec::new(),
        Value::String(word) => vec![word.trim().to_owned()],
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().flat_map(words).collect(),
        other => vec![other.to_string()],
    }
}

fn share(value: &str) -> Option<f64> {
    match value {
        "true" | "yes" => Some(1.0),
        "false" | "no" => Some(0.0),
        number => number.parse().ok().filter(|share| (0.0..=1.0).contains(share)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(text: &str, field: Value) -> LabelledComment {
        let fields = serde_json::Map::from_iter([("who".to_owned(), field)]);
        LabelledComment { text: text.into(), fields, ..LabelledComment::default() }
    }

    #[test]
    fn groups_are_named_by_whole_words() {
        let comments = ["Cats, and the dog.", "caterpillars"].map(|text| comment(text, Value::Null));
        let terms = IdentityTerms::parse("# pets\ncats: cat, cats\n\ndog\nbirds: bird");
        let groups = terms.subgroups(&comments);
        assert_eq!(groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["cats", "dog"]);
        assert_eq!(groups[0].members, [true, false]);
    }

    #[test]
    fn the_built_in_list_names_no_group_twice() {
        let terms = IdentityTerms::parse(BUILT_IN);
        assert!(terms.names.len() > 15);
        assert!(terms.phrases.find("an elderly Muslim woman").len() == 3);
    }

    #[test]
    fn columns_hold_groups_or_whether_they_belong() {
        let check = |values: [Value; 3], expected: &[(&str, [bool; 3])]| {
            let found = by_column("who", &values.map(|value| comment("", value))).unwrap();
            let found: Vec<_> = found.iter().map(|g| (g.name.as_str(), g.members.clone())).collect();
            let expected: Vec<_> = expected.iter().map(|(name, members)| (*name, members.to_vec())).collect();
            assert_eq!(found, expected);
        };
        let text = |word: &str| Value::String(word.into());
        check(
            [text("a"), text("b"), Value::Null],
            &[("a", [true, false, false]), ("b", [false, true, false])],
        );
        check([text("0.7"), text("0"), text("0.5")], &[("who", [true, false, true])]);
        check([Value::Bool(true), Value::Bool(false), Value::Null], &[("who", [true, false, false])]);
        check(
            [serde_json::json!(["a", "b"]), text("a"), text(" ")],
            &[("a", [true, true, false]), ("b", [true, false, false])],
        );
        assert!(by_column("what", &[comment("", Value::Null)]).is_err());
    }
}
