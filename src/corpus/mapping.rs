//! What stands in a column, turned into labels.

use super::error::MappingError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Which value of a column is which label.
///
/// In words, rules separated by commas:
///
/// | rule | maps |
/// | :-- | :-- |
/// | `1=uncivil` | numbers equal to 1, however written: `1`, `1.0`, `01` |
/// | `OFF=uncivil` | exactly this word, blanks around it aside |
/// | `<1.5=civil`, `<=1=civil`, `>1=uncivil`, `>=1.5=uncivil` | numbers of that range |
/// | `*=other` | whatever no other rule names |
/// | `civil` | the word to itself |
/// | `"well, yes"=favor` | a value with a comma in it |
///
/// Numbers and words go before ranges, ranges before `*`, and of two ranges the first holds.
/// A recipe may also write a table: `{ "well, yes" = "favor", "*" = "against" }`.
///
/// ```
/// use moderato::corpus::Mapping;
///
/// let mapping: Mapping = "<1.5=civil,>=1.5=uncivil".parse()?;
/// assert_eq!(mapping.label("1.25"), Some("civil"));
/// assert_eq!(mapping.label("4"), Some("uncivil"));
/// assert_eq!(mapping.label("unknown"), None);
/// # Ok::<(), moderato::corpus::MappingError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Mapping {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    pattern: Pattern,
    label: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Pattern {
    Number(f64),
    Word(String),
    Range(Comparison, f64),
    Rest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Comparison {
    // The longer sign first, since the shorter one begins it.
    const SIGNS: [(&'static str, Self); 4] =
        [("<=", Self::AtMost), (">=", Self::AtLeast), ("<", Self::Below), (">", Self::Above)];

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Below => value < bound,
            Self::AtMost => value <= bound,
            Self::Above => bound < value,
            Self::AtLeast => bound <= value,
        }
    }
}

impl Mapping {
    /// The label of `value`, if a rule names it.
    pub fn label(&self, value: &str) -> Option<&str> {
        self.rule(value).map(|i| self.rules[i].label.as_str())
    }

    /// The labels, in the order in which they are first mentioned.
    pub fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = Vec::new();
        for rule in &self.rules {
            if !labels.contains(&rule.label.as_str()) {
                labels.push(&rule.label);
            }
        }
        labels
    }

    /// The labels that `names` map to themselves.
    pub(crate) fn identity<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let rules = names
            .into_iter()
            .map(|name| Rule { pattern: Pattern::value(name), label: name.to_owned() })
            .collect();
        Self { rules }
    }

    /// What columns of their own commonly have for a label that holds and one that does not.
    pub(crate) fn yes_or_no() -> Self {
        let pairs =
            [("0", "no"), ("1", "yes"), ("no", "no"), ("yes", "yes"), ("false", "no"), ("true", "yes")];
        let rule =
            |(value, label): (&str, &str)| Rule { pattern: Pattern::value(value), label: label.to_owned() };
        Self { rules: pairs.map(rule).into() }
    }

    /// What the rules name, for messages.
    pub(crate) fn values(&self) -> String {
        self.rules.iter().map(|rule| rule.pattern.to_string()).collect::<Vec<_>>().join(", ")
    }

    /// Which rule names `value`.
    pub(crate) fn rule(&self, value: &str) -> Option<usize> {
        let word = value.trim();
        let value = number(word);
        let position =
            |holds: &dyn Fn(&Pattern) -> bool| self.rules.iter().position(|rule| holds(&rule.pattern));
        position(&|pattern| match pattern {
            Pattern::Number(one) => value == Some(*one),
            Pattern::Word(one) => one == word,
            _ => false,
        })
        .or_else(|| {
            let value = value?;
            position(&|p| matches!(p, Pattern::Range(comparison, bound) if comparison.holds(value, *bound)))
        })
        .or_else(|| position(&|pattern| *pattern == Pattern::Rest))
    }

    fn new(rules: Vec<Rule>) -> Result<Self, MappingError> {
        for (i, rule) in rules.iter().enumerate() {
            if rules[..i].iter().any(|before| before.pattern == rule.pattern) {
                let expected = "each value once".into();
                return Err(MappingError { found: format!("`{}` twice", rule.pattern), expected });
            }
        }
        if rules.is_empty() {
            let expected = "rules such as `0=civil,1=uncivil`".into();
            return Err(MappingError { found: "nothing".into(), expected });
        }
        Ok(Self { rules })
    }
}

impl Pattern {
    fn value(word: &str) -> Self {
        number(word).map_or_else(|| Self::Word(word.to_owned()), Self::Number)
    }

    fn parse(word: &str) -> Result<Self, MappingError> {
        if word == "*" {
            return Ok(Self::Rest);
        }
        for (sign, comparison) in Comparison::SIGNS {
            let Some(bound) = word.strip_prefix(sign) else { continue };
            let expected =
                || MappingError { found: format!("`{word}`"), expected: format!("a number after `{sign}`") };
            return number(bound.trim()).map(|bound| Self::Range(comparison, bound)).ok_or_else(expected);
        }
        let quoted = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Ok(quoted.map_or_else(|| Self::value(word), |inner| Self::Word(inner.trim().to_owned())))
    }
}

impl Rule {
    fn new(pattern: &str, label: &str) -> Result<Self, MappingError> {
        let (pattern, label) = (pattern.trim(), label.trim());
        if pattern.is_empty() || label.is_empty() {
            let expected = "a value and a label, as in `0=civil`".into();
            return Err(MappingError { found: format!("`{pattern}={label}`"), expected });
        }
        Ok(Self { pattern: Pattern::parse(pattern)?, label: label.to_owned() })
    }
}

/// The number that `word` is, if it is one; `nan`, `inf` and the like are words.
pub(crate) fn number(word: &str) -> Option<f64> {
    let begins = word.bytes().next().is_some_and(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let value: f64 = if begins { word.parse().ok()? } else { return None };
    // Minus nought is nought.
    value.is_finite().then_some(value + 0.0)
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        let mut rules = Vec::new();
        for rule in split_outside_quotes(text) {
            let signs = rule.bytes().take_while(|b| b"<>=".contains(b)).count();
            let (pattern, label) = match rule[signs..].rsplit_once('=') {
                Some((rest, label)) => (&rule[..signs + rest.len()], label),
                // A plain name stands for itself.
                None => (rule, rule.trim_matches('"')),
            };
            rules.push(Rule::new(pattern, label)?);
        }
        Self::new(rules)
    }
}

/// `text` at its commas, those between quotes excepted; blanks around the parts are left out.
fn split_outside_quotes(text: &str) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    text.split(move |c| {
        in_quotes ^= c == '"';
        c == ',' && !in_quotes
    })
    .map(str::trim)
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) if number(word).is_some() || word.contains([',', '=', '"', '<', '>', '*']) => {
                write!(f, "\"{word}\"")
            }
            Self::Word(word) => f.write_str(word),
            Self::Range(comparison, bound) => {
                let sign =
                    Comparison::SIGNS.iter().find(|(_, c)| c == comparison).map_or("", |(sign, _)| sign);
                write!(f, "{sign}{bound}")
            }
            Self::Rest => f.write_str("*"),
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, rule) in self.rules.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{}={}", rule.pattern, rule.label)?;
        }
        Ok(())
    }
}

/// A mapping as recipes write it.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected rules such as \"0=civil,1=uncivil\", or a table of values and labels"
)]
enum Written {
    Rules(String),
    Table(BTreeMap<String, String>),
}

impl TryFrom<Written> for Mapping {
    type Error = MappingError;

    fn try_from(written: Written) -> Result<Self, MappingError> {
        match written {
            Written::Rules(text) => text.parse(),
            Written::Table(table) => Self::new(
                table.iter().map(|(value, label)| Rule::new(value, label)).collect::<Result<_, _>>()?,
            ),
        }
    }
}

impl From<Mapping> for Written {
    fn from(mapping: Mapping) -> Self {
        Self::Rules(mapping.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(mapping: &str, cases: &[(&str, Option<&str>)]) {
        let mapping: Mapping = mapping.parse().unwrap();
        for (value, label) in cases {
            assert_eq!(mapping.label(value), *label, "{mapping}: {value}");
        }
        assert_eq!(mapping.to_string().parse(), Ok(mapping));
    }

    #[test]
    fn values_have_labels() {
        let civil = [
            ("0", Some("civil")),
            ("1.0", Some("uncivil")),
            ("01", Some("uncivil")),
            (" 1 ", Some("uncivil")),
        ];
        check("0=civil,1=uncivil", &civil);
        check("0=civil, 1 = uncivil", &civil);
        check("0=civil,1=uncivil", &[("2", None), ("", None), ("one", None), ("-0", Some("civil"))]);
        check("OFF=uncivil,NOT=civil", &[("OFF", Some("uncivil")), ("off", None), (" NOT\n", Some("civil"))]);
        check("favor,against", &[("favor", Some("favor")), ("none", None)]);
        check(
            "<1.5=civil,>=1.5=uncivil",
            &[("1.4999", Some("civil")), ("1.5", Some("uncivil")), ("x", None)],
        );
        check(">1=c,<=1=b,0=a", &[("0.0", Some("a")), ("1", Some("b")), ("1.01", Some("c")), ("nan", None)]);
        check(
            "inf=a,nan=b,*=c",
            &[("inf", Some("a")), ("nan", Some("b")), ("9", Some("c")), ("", Some("c"))],
        );
        check("[]=civil,*=uncivil", &[("[]", Some("civil")), ("[8, 9]", Some("uncivil"))]);
        check(
            "\"well, yes\"=favor,\"1\"=x,a=b=y",
            &[("well, yes", Some("favor")), ("1", Some("x")), ("1.0", None), ("a=b", Some("y"))],
        );
    }

    #[test]
    fn labels_stand_in_the_order_of_their_mention() {
        let mapping: Mapping = "2=civil,0=uncivil,1=uncivil,3=civil".parse().unwrap();
        assert_eq!(mapping.labels(), ["civil", "uncivil"]);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let error = |text: &str| text.parse::<Mapping>().unwrap_err().to_string();
        assert_eq!(error(""), "label mapping: found `=`, expected a value and a label, as in `0=civil`");
        assert_eq!(
            error("0=a,1="),
            "label mapping: found `1=`, expected a value and a label, as in `0=civil`"
        );
        assert_eq!(error("<x=a"), "label mapping: found `<x`, expected a number after `<`");
        assert_eq!(error("1=a,1.0=b"), "label mapping: found `1` twice, expected each value once");
    }

    proptest! {
        #[test]
        fn any_text_is_a_mapping_or_an_error(text in "[a-c01.<>=*,\" \\[\\]]{0,30}") {
            if let Ok(mapping) = text.parse::<Mapping>() {
                for label in mapping.labels() {
                    prop_assert!(!label.is_empty());
                }
            }
        }
    }
}
