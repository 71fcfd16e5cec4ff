//! The choices of naive Bayes: settings in, checked parameters out.
//!
//! linfa's pattern: [`NaiveBayesParams`] is not checked and cannot fit; [`NaiveBayesValidParams`] is and can.
//! What a recipe or a model file says is [`NaiveBayesSettings`].

use super::NaiveBayesError;
use crate::label::{LabelId, LabelSet};
use linfa::ParamGuard;
use linfa_bayes::MultinomialNbParams;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How weights follow from counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// A document is a sequence of terms. Manning, Raghavan and Schütze (2008), section 13.2.
    #[default]
    Multinomial,
    /// A document is a set of terms, and those it lacks speak too. Ibid., section 13.3.
    Bernoulli,
    /// A class is what the other classes are not, which serves rare classes better. Rennie, Shih, Teevan and
    /// Karger (2003), Tackling the Poor Assumptions of Naive Bayes Text Classifiers, section 3.
    Complement,
}

impl Algorithm {
    /// All of them, in the order of their names' appearance in messages.
    pub const ALL: [Self; 3] = [Self::Multinomial, Self::Bernoulli, Self::Complement];

    /// Its name in flags, recipes and model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Multinomial => "multinomial",
            Self::Bernoulli => "bernoulli",
            Self::Complement => "complement",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no [`Algorithm`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown algorithm `{0}`, expected one of multinomial, bernoulli, complement")]
pub struct UnknownAlgorithm(pub String);

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name);
        found.ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

/// `P(c)`, what is thought of a comment before it is read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priors {
    /// `N_c / N`. A class without documents has probability 0 and is never predicted.
    #[default]
    Learned,
    /// The same for all classes.
    Uniform,
    /// One a class, positive, with sum 1.
    Given(Vec<f64>),
}

/// The choices of naive Bayes, as a recipe spells them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct NaiveBayesSettings {
    /// How weights follow from counts.
    pub algorithm: Algorithm,
    /// Additive (Lidstone) smoothing, positive and finite: occurrences every term has in advance in every class.
    pub alpha: f64,
    /// `P(c)`. [`Algorithm::Complement`] has no use for them with more than one class.
    pub priors: Priors,
    /// Whether it only counts that a term occurs, not how often. [`Algorithm::Bernoulli`] always counts so.
    pub binary: bool,
    /// Whether a document's evidence is scaled to that of one of mean length.
    ///
    /// Plain naive Bayes takes a text of twice the length for twice as certain, and so ranks comments by length
    /// first. With this setting the terms' sum is multiplied by `mean length of the training documents / length
    /// of this one`, length being the number of counted occurrences in the vocabulary. It is applied when
    /// scoring, so the counts stay whole numbers.
    pub length_normalisation: bool,
    /// Whether each class's weights of [`Algorithm::Complement`] are divided by their sum (step 7 of table 4 of
    /// Rennie et al., with the sum scikit-learn's `norm=True` takes).
    pub complement_norm: bool,
    /// How many classes there are; if not given, as many as the labels of the training documents say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_classes: Option<usize>,
}

impl Default for NaiveBayesSettings {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::default(),
            alpha: 1.0,
            priors: Priors::default(),
            binary: false,
            length_normalisation: false,
            complement_norm: false,
            n_classes: None,
        }
    }
}

impl NaiveBayesSettings {
    /// Whether counts are taken as 0 or 1.
    pub fn counts_are_binary(&self) -> bool {
        self.binary || self.algorithm == Algorithm::Bernoulli
    }
}

/// Choices that were checked; they can [`fit`](linfa::traits::Fit::fit).
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayesValidParams(NaiveBayesSettings);

impl NaiveBayesValidParams {
    /// The choices.
    pub fn settings(&self) -> &NaiveBayesSettings {
        &self.0
    }
}

/// Choices not yet checked.
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayesParams(NaiveBayesValidParams);

impl Default for NaiveBayesParams {
    fn default() -> Self {
        NaiveBayesSettings::default().into()
    }
}

impl From<NaiveBayesSettings> for NaiveBayesParams {
    fn from(settings: NaiveBayesSettings) -> Self {
        Self(NaiveBayesValidParams(settings))
    }
}

impl NaiveBayesParams {
    /// Sets [`NaiveBayesSettings::algorithm`].
    #[must_use]
    pub fn algorithm(self, algorithm: Algorithm) -> Self {
        NaiveBayesSettings { algorithm, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::alpha`].
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        NaiveBayesSettings { alpha, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::priors`].
    #[must_use]
    pub fn priors(self, priors: Priors) -> Self {
        NaiveBayesSettings { priors, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::binary`].
    #[must_use]
    pub fn binary(self, binary: bool) -> Self {
        NaiveBayesSettings { binary, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::length_normalisation`].
    #[must_use]
    pub fn length_normalisation(self, length_normalisation: bool) -> Self {
        NaiveBayesSettings { length_normalisation, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::complement_norm`].
    #[must_use]
    pub fn complement_norm(self, complement_norm: bool) -> Self {
        NaiveBayesSettings { complement_norm, ..self.0.0 }.into()
    }

    /// Sets [`NaiveBayesSettings::n_classes`].
    #[must_use]
    pub fn n_classes(self, n_classes: usize) -> Self {
        NaiveBayesSettings { n_classes: Some(n_classes), ..self.0.0 }.into()
    }
}

impl ParamGuard for NaiveBayesParams {
    type Checked = NaiveBayesValidParams;
    type Error = NaiveBayesError;

    /// linfa-bayes refuses a negative `alpha`; we also refuse 0, NaN and infinity, whose logarithms would reach
    /// the weights, and priors that are none.
    fn check_ref(&self) -> Result<&NaiveBayesValidParams, NaiveBayesError> {
        let settings = self.0.settings();
        MultinomialNbParams::<f64, LabelId>::new().alpha(settings.alpha).check()?;
        if !(settings.alpha > 0.0 && settings.alpha.is_finite()) {
            return Err(NaiveBayesError::InvalidSmoothing(settings.alpha));
        }
        if let Priors::Given(priors) = &settings.priors {
            check_priors(priors)?;
        }
        match settings.n_classes {
            Some(n_classes) if !(1..=LabelSet::MAX).contains(&n_classes) => {
                let max = LabelSet::MAX;
                let message = format!("`n-classes`: found `{n_classes}`, expected 1 to {max}");
                Err(linfa::Error::Parameters(message).into())
            }
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<NaiveBayesValidParams, NaiveBayesError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

fn check_priors(priors: &[f64]) -> Result<(), linfa::Error> {
    if let Some(prior) = priors.iter().find(|prior| !(**prior > 0.0 && **prior <= 1.0)) {
        return Err(linfa::Error::Priors(format!("`{prior}`, expected one above 0 and at most 1")));
    }
    let sum: f64 = priors.iter().sum();
    // Rounded decimals such as 0.333 are what people write; they are meant as thirds, not as an error.
    if (sum - 1.0).abs() > 0.01 {
        return Err(linfa::Error::Priors(format!("{priors:?} with sum {sum}, expected 1")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_that_cannot_be_meant_are_refused() {
        let check = |params: NaiveBayesParams, expected: &str| {
            assert_eq!(params.check().unwrap_err().to_string(), expected);
        };
        let params = NaiveBayesParams::default;
        check(params().alpha(-1.0), "invalid smoothing parameter -1");
        check(params().alpha(0.0), "invalid smoothing parameter 0");
        check(params().alpha(f64::NAN), "invalid smoothing parameter NaN");
        check(params().alpha(f64::INFINITY), "invalid smoothing parameter inf");
        let given = |priors: &[f64]| params().priors(Priors::Given(priors.to_vec()));
        check(given(&[0.0, 1.0]), "invalid prior `0`, expected one above 0 and at most 1");
        check(given(&[f64::NAN, 1.0]), "invalid prior `NaN`, expected one above 0 and at most 1");
        check(given(&[0.5, 0.25]), "invalid prior [0.5, 0.25] with sum 0.75, expected 1");
        check(params().n_classes(0), "invalid parameter `n-classes`: found `0`, expected 1 to 1024");
        assert!(given(&[0.333, 0.333, 0.333]).check().is_ok());
    }

    #[test]
    fn recipes_spell_settings_in_words() {
        let recipe = r#"
            algorithm = "complement"
            alpha = 0.25
            priors = { given = [0.25, 0.75] }
            length-normalisation = true
        "#;
        let settings: NaiveBayesSettings = toml::from_str(recipe).unwrap();
        let expected = NaiveBayesSettings {
            algorithm: Algorithm::Complement,
            alpha: 0.25,
            priors: Priors::Given(vec![0.25, 0.75]),
            length_normalisation: true,
            ..NaiveBayesSettings::default()
        };
        assert_eq!(settings, expected);
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<NaiveBayesSettings>(&json).unwrap(), settings);
        assert!(toml::from_str::<NaiveBayesSettings>("lambda = 1").is_err());
    }

    #[test]
    fn algorithms_have_names() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
            let json = serde_json::to_string(&algorithm).unwrap();
            assert_eq!(json, format!("\"{algorithm}\""));
        }
        let error = "bayes".parse::<Algorithm>().unwrap_err().to_string();
        assert_eq!(error, "unknown algorithm `bayes`, expected one of multinomial, bernoulli, complement");
    }
}
