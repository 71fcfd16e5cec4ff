//! Which label answers to which of Perspective's names.
//!
//! | asked | answered by the first of these labels that the model has |
//! | :-- | :-- |
//! | `TOXICITY` | toxicity, toxic, uncivil |
//! | `SEVERE_TOXICITY` | severe_toxicity, severe_toxic, toxicity, toxic, uncivil |
//! | `IDENTITY_ATTACK` | identity_attack, identity_hate |
//! | `INSULT` | insult |
//! | `PROFANITY` | profanity, obscene |
//! | `THREAT` | threat |
//! | `OBSCENE` | obscene, profanity |
//! | `SEXUALLY_EXPLICIT` | sexual_explicit, obscene, profanity |
//! | `ATTACK_ON_AUTHOR`, `ATTACK_ON_COMMENTER`, `ATTACK_ON_PUBLISHER` | personal_attack, insult |
//! | `INFLAMMATORY` | toxicity, toxic, uncivil |
//! | `LIKELY_TO_REJECT` | reject, rejected, uncivil, toxicity, toxic |
//! | `TOXICITY_FAST` | toxicity, toxic, uncivil |
//! | `RESPECT`, `CONSTRUCTIVE` | constructive, civil |
//! | `AFFINITY`, `COMPASSION` | positive |
//! | `FLIRTATION`, `INCOHERENT`, `OFF_TOPIC`, `SPAM`, `UNSUBSTANTIAL`, `CURIOSITY`, `NUANCE`, `PERSONAL_STORY`, `REASONING`, `ALIENATION`, `FEARMONGERING`, `GENERALIZATION`, `MORAL_OUTRAGE`, `POWER_APPEAL`, `SCAPEGOATING` | only a label of that name |
//!
//! All of them with `_EXPERIMENTAL` as well.

pub use crate::model::adapt::Column;
use crate::model::{Model, ModelHead};
use rustc_hash::FxHashMap;

/// Perspective's names, and labels that come near, nearest first.
const NAMES: &[(&str, &[&str])] = &[
    ("TOXICITY", &["toxicity", "toxic", "uncivil"]),
    ("SEVERE_TOXICITY", &["severe_toxicity", "severe_toxic", "toxicity", "toxic", "uncivil"]),
    ("IDENTITY_ATTACK", &["identity_attack", "identity_hate"]),
    ("INSULT", &["insult"]),
    ("PROFANITY", &["profanity", "obscene"]),
    ("THREAT", &["threat"]),
    ("OBSCENE", &["obscene", "profanity"]),
    ("SEXUALLY_EXPLICIT", &["sexual_explicit", "obscene", "profanity"]),
    ("ATTACK_ON_AUTHOR", &["personal_attack", "insult"]),
    ("ATTACK_ON_COMMENTER", &["personal_attack", "insult"]),
    ("ATTACK_ON_PUBLISHER", &["personal_attack", "insult"]),
    ("INFLAMMATORY", &["toxicity", "toxic", "uncivil"]),
    ("LIKELY_TO_REJECT", &["reject", "rejected", "uncivil", "toxicity", "toxic"]),
    ("TOXICITY_FAST", &["toxicity", "toxic", "uncivil"]),
    ("RESPECT", &["constructive", "civil"]),
    ("CONSTRUCTIVE", &["constructive", "civil"]),
    ("AFFINITY", &["positive"]),
    ("COMPASSION", &["positive"]),
    ("FLIRTATION", &[]),
    ("INCOHERENT", &[]),
    ("OFF_TOPIC", &[]),
    ("SPAM", &[]),
    ("UNSUBSTANTIAL", &[]),
    ("CURIOSITY", &[]),
    ("NUANCE", &[]),
    ("PERSONAL_STORY", &[]),
    ("REASONING", &[]),
    ("ALIENATION", &[]),
    ("FEARMONGERING", &[]),
    ("GENERALIZATION", &[]),
    ("MORAL_OUTRAGE", &[]),
    ("POWER_APPEAL", &[]),
    ("SCAPEGOATING", &[]),
];

const EXPERIMENTAL: &str = "_EXPERIMENTAL";

/// What becomes of a name that no label has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// A neighbour answers where Perspective knew the name; a name nobody knows is refused.
    #[default]
    Map,
    /// It is refused.
    Refuse,
    /// It is left out of the answer.
    Omit,
}

/// What becomes of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// This label answers.
    Answered(Column),
    /// It is left out.
    LeftOut,
    /// It is refused.
    Refused,
}

/// The names a model answers to.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    own: FxHashMap<String, Column>,
    near: FxHashMap<&'static str, Option<Column>>,
    /// The own names, in the order of heads and labels.
    names: Vec<String>,
}

/// Capitals, and `_` for what is no letter or digit.
fn shouted(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
}

/// The name without its version: `TOXICITY@6` is `TOXICITY`.
pub fn unversioned(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

impl Attributes {
    /// The names of `model`.
    pub fn of(model: &Model) -> Self {
        let mut all = Self::default();
        let heads: Vec<(&str, &[String], bool)> = model
            .heads()
            .iter()
            .map(|h: &ModelHead| (&*h.head.name, h.head.labels.names(), h.is_two_way()))
            .collect();
        all.add(&heads);
        all
    }

    fn add(&mut self, heads: &[(&str, &[String], bool)]) {
        for (head, (_, labels, _)) in heads.iter().enumerate() {
            for (label, name) in labels.iter().enumerate() {
                self.claim(shouted(name), Column { head, label });
            }
        }
        for (head, (name, labels, two_way)) in heads.iter().enumerate() {
            if *two_way {
                self.claim(shouted(name), Column { head, label: 1 });
            }
            for (label, label_name) in labels.iter().enumerate() {
                self.claim(shouted(&format!("{name}_{label_name}")), Column { head, label });
            }
        }
        for (name, labels) in NAMES {
            let column = labels.iter().find_map(|label| self.own.get(&shouted(label)).copied());
            self.near.insert(name, column);
        }
    }

    /// The first to claim a name keeps it.
    fn claim(&mut self, name: String, column: Column) {
        if !self.own.contains_key(&name) {
            self.names.push(name.clone());
            self.own.insert(name, column);
        }
    }

    /// The names of the model's own labels, in capitals, in the order of heads and labels.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Perspective's names that a neighbour answers to, with it.
    pub fn mapped(&self) -> Vec<(&'static str, Column)> {
        let known = NAMES.iter().filter(|(name, _)| !self.own.contains_key(*name));
        known.filter_map(|(name, _)| Some((*name, self.near.get(name).copied().flatten()?))).collect()
    }

    /// What becomes of `name`, as it was asked for.
    pub fn resolve(&self, name: &str, unknown: Unknown) -> Resolved {
        let name = unversioned(name);
        let plain = name.strip_suffix(EXPERIMENTAL).unwrap_or(name);
        if let Some(column) = self.own.get(name).or_else(|| self.own.get(plain)) {
            return Resolved::Answered(*column);
        }
        match (unknown, self.near.get(plain)) {
            (Unknown::Map, Some(Some(column))) => Resolved::Answered(*column),
            (Unknown::Map, Some(None)) | (Unknown::Omit, _) => Resolved::LeftOut,
            (Unknown::Map, None) | (Unknown::Refuse, _) => Resolved::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> Attributes {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let civil = list(&["civil", "uncivil"]);
        let each = list(&["toxicity", "insult", "profanity"]);
        let stance = list(&["favor", "against", "none"]);
        let mut attributes = Attributes::default();
        attributes.add(&[
            ("incivility", &civil, true),
            ("attributes", &each, false),
            ("stance", &stance, false),
            ("stance-walls", &stance, false),
        ]);
        attributes
    }

    fn check(name: &str, unknown: Unknown, expected: Resolved) {
        assert_eq!(attributes().resolve(name, unknown), expected, "{name} {unknown:?}");
    }

    fn at(head: usize, label: usize) -> Resolved {
        Resolved::Answered(Column { head, label })
    }

    #[test]
    fn labels_answer_to_their_own_names() {
        for unknown in [Unknown::Map, Unknown::Refuse, Unknown::Omit] {
            check("TOXICITY", unknown, at(1, 0));
            check("TOXICITY@6", unknown, at(1, 0));
            check("TOXICITY_EXPERIMENTAL", unknown, at(1, 0));
            check("TOXICITY_EXPERIMENTAL@2", unknown, at(1, 0));
            check("INCIVILITY", unknown, at(0, 1));
            check("CIVIL", unknown, at(0, 0));
            check("AGAINST", unknown, at(2, 1));
            check("STANCE_WALLS_AGAINST", unknown, at(3, 1));
        }
    }

    #[test]
    fn neighbours_answer_where_they_may() {
        check("OBSCENE", Unknown::Map, at(1, 2));
        check("OBSCENE", Unknown::Refuse, Resolved::Refused);
        check("OBSCENE", Unknown::Omit, Resolved::LeftOut);
        check("LIKELY_TO_REJECT", Unknown::Map, at(0, 1));
        check("SEVERE_TOXICITY_EXPERIMENTAL@1", Unknown::Map, at(1, 0));
        check("RESPECT_EXPERIMENTAL", Unknown::Map, at(0, 0));
    }

    #[test]
    fn no_score_is_made_up() {
        check("SPAM", Unknown::Map, Resolved::LeftOut);
        check("THREAT", Unknown::Map, Resolved::LeftOut);
        check("BANANA", Unknown::Map, Resolved::Refused);
        check("BANANA", Unknown::Omit, Resolved::LeftOut);
        check("", Unknown::Map, Resolved::Refused);
        check("_EXPERIMENTAL", Unknown::Map, Resolved::Refused);
    }

    #[test]
    fn the_table_is_the_documented_one() {
        let documented = include_str!("attribute.rs");
        for (name, labels) in NAMES {
            let row = documented
                .lines()
                .find(|line| line.starts_with("//! |") && line.contains(&format!("`{name}`")));
            let row = row.unwrap_or_else(|| panic!("no row for {name}"));
            let answered = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
            let expected =
                if labels.is_empty() { "only a label of that name".into() } else { labels.join(", ") };
            assert_eq!(answered, expected, "{name}");
        }
    }
}
