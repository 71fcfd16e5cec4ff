//! The choices made for one head, as a recipe's `fit` spells them.

use crate::calibration::{Calibration, Method, Scored, ThresholdFor};
use crate::counts::weighting::{Norm, TermFrequency, Weighting};
use crate::logistic::{ClassWeight, LogisticSettings};
use crate::naive_bayes::{NaiveBayesSettings, Priors};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a head's columns are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Multinomial naive Bayes.
    #[default]
    Multinomial,
    /// Bernoulli naive Bayes.
    Bernoulli,
    /// Complement naive Bayes.
    Complement,
    /// Logistic regression on naive Bayes log-count ratios.
    Nblr,
    /// Logistic regression on the weighted counts themselves.
    Logistic,
    /// The mean of the weights of `nblr` and `logistic`: ratios steady rare terms and mislead where they are rarer
    /// still, and the two err on different comments.
    Blend,
    /// Whichever of many settings has the least cross-validated log loss.
    Auto,
}

impl Algorithm {
    /// All of them, in the order messages list them.
    pub const ALL: [Self; 7] = [
        Self::Multinomial,
        Self::Bernoulli,
        Self::Complement,
        Self::Nblr,
        Self::Logistic,
        Self::Blend,
        Self::Auto,
    ];

    /// Its name in flags, recipes and model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Multinomial => "multinomial",
            Self::Bernoulli => "bernoulli",
            Self::Complement => "complement",
            Self::Nblr => "nblr",
            Self::Logistic => "logistic",
            Self::Blend => "blend",
            Self::Auto => "auto",
        }
    }

    /// The naive Bayes it is, if it is one.
    pub fn naive_bayes(self) -> Option<crate::naive_bayes::Algorithm> {
        match self {
            Self::Multinomial => Some(crate::naive_bayes::Algorithm::Multinomial),
            Self::Bernoulli => Some(crate::naive_bayes::Algorithm::Bernoulli),
            Self::Complement => Some(crate::naive_bayes::Algorithm::Complement),
            Self::Nblr | Self::Logistic | Self::Blend | Self::Auto => None,
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
#[error("unknown algorithm `{0}`, expected one of {names}", names = Algorithm::ALL.map(Algorithm::name).join(", "))]
pub struct UnknownAlgorithm(pub String);

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name);
        found.ok_or_else(|| UnknownAlgorithm(name.to_owned()))
    }
}

/// The choices for one head.
///
/// | name | default | meaning | serves |
/// | :-- | :-- | :-- | :-- |
/// | `algorithm` | `multinomial` | how columns are fitted | |
/// | `alpha` | 1 | additive smoothing, of counts or of ratios | all |
/// | `priors` | `learned` | what is thought of a comment before it is read | naive Bayes |
/// | `binary` | false | that a term occurs, not how often | naive Bayes |
/// | `length-normalisation` | false | every comment weighs as one of mean length | naive Bayes |
/// | `complement-norm` | false | weights of a class are divided by their sum | `complement` |
/// | `weighting` | sublinear, idf, euclidean | what a count is worth | `nblr`, `logistic`, `blend` |
/// | `c` | 1 | inverse strength of regularisation | `nblr`, `logistic`, `blend` |
/// | `class-weight` | `none` | `balanced`: rare labels weigh as much as frequent ones | `nblr`, `logistic`, `blend` |
/// | `blend-below` | 0 | a label that fewer comments have is fitted by a blend: ratios of few counts are noise | `nblr` |
/// | `calibration` | `auto` | how log-odds become probabilities | all |
/// | `threshold-for` | `f1` | what a label's threshold is chosen for | all |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct HeadSettings {
    /// How columns are fitted.
    pub algorithm: Algorithm,
    /// Additive smoothing of counts, or of the ratios of `nblr`.
    pub alpha: f64,
    /// What is thought of a comment before it is read.
    pub priors: Priors,
    /// Whether only that a term occurs is counted, not how often.
    pub binary: bool,
    /// Whether every comment weighs as one of mean length.
    pub length_normalisation: bool,
    /// Whether the weights of a class of `complement` are divided by their sum.
    pub complement_norm: bool,
    /// What a count is worth to `nblr` and `logistic`.
    pub weighting: Weighting,
    /// Inverse strength of regularisation.
    pub c: f64,
    /// Whether rare labels weigh as much as frequent ones.
    pub class_weight: ClassWeight,
    /// A label that fewer comments have is fitted by [`Algorithm::Blend`] where [`Algorithm::Nblr`] is asked for.
    pub blend_below: u64,
    /// How log-odds become probabilities.
    pub calibration: CalibrationChoice,
    /// What thresholds are chosen for.
    pub threshold_for: ThresholdFor,
}

impl Default for HeadSettings {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::default(),
            alpha: 1.0,
            priors: Priors::Learned,
            binary: false,
            length_normalisation: false,
            complement_norm: false,
            weighting: Weighting {
                term_frequency: TermFrequency::Sublinear,
                inverse_document_frequency: true,
                norm: Norm::Euclidean,
            },
            c: 1.0,
            class_weight: ClassWeight::None,
            blend_below: 0,
            calibration: CalibrationChoice::Auto,
            threshold_for: ThresholdFor::F1,
        }
    }
}

impl HeadSettings {
    /// The part that naive Bayes reads, if it is the algorithm.
    pub fn naive_bayes(&self) -> Option<NaiveBayesSettings> {
        Some(NaiveBayesSettings {
            algorithm: self.algorithm.naive_bayes()?,
            alpha: self.alpha,
            priors: self.priors.clone(),
            binary: self.binary,
            length_normalisation: self.length_normalisation,
            complement_norm: self.complement_norm,
            n_classes: None,
        })
    }
}

impl HeadSettings {
    /// What counts are worth to it; naive Bayes counts in its own way.
    pub(super) fn own_weighting(&self) -> Option<Weighting> {
        self.algorithm.naive_bayes().is_none().then_some(self.weighting)
    }

    /// The regressions whose mean is taken for a label that `n` comments have: one, or of a blend two.
    pub fn logistic(&self, n: u64) -> Vec<LogisticSettings> {
        let of = |ratios| LogisticSettings {
            c: self.c,
            ratios,
            alpha: self.alpha,
            class_weight: self.class_weight,
            ..LogisticSettings::default()
        };
        match self.algorithm {
            Algorithm::Nblr if n >= self.blend_below => vec![of(true)],
            Algorithm::Nblr => vec![of(true), of(false)],
            Algorithm::Blend => vec![of(true), of(false)],
            _ => vec![of(false)],
        }
    }
}

/// How log-odds become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalibrationChoice {
    /// Whichever curve has the least cross-validated log loss; a step function only where it is clearly better,
    /// since its steps make comments equal that the model tells apart.
    #[default]
    Auto,
    /// As they are.
    None,
    /// Platt's logistic curve.
    Platt,
    /// The beta curve.
    Beta,
    /// The isotonic step function.
    Isotonic,
}

impl CalibrationChoice {
    /// Folds within the out-of-fold answers, to choose a curve by.
    const FOLDS: usize = 5;
    /// What of the smooth curves' log loss steps may have at most.
    const CLEARLY_BETTER: f64 = 0.99;

    /// The curve for these out-of-fold answers.
    pub(super) fn fit(self, scored: &Scored) -> Calibration {
        match self {
            Self::None => Calibration::Identity,
            Self::Platt => Calibration::fit(Method::Platt, scored),
            Self::Beta => Calibration::fit(Method::Beta, scored),
            Self::Isotonic => Calibration::fit(Method::Isotonic, scored),
            Self::Auto => {
                let choice = Calibration::choose(scored, Self::FOLDS);
                let loss = |method: &Method, loss: f64| match method {
                    Method::Isotonic => loss / Self::CLEARLY_BETTER,
                    _ => loss,
                };
                let best = choice.table.iter().min_by(|a, b| loss(&a.0, a.1).total_cmp(&loss(&b.0, b.1)));
                Calibration::fit(best.map_or(Method::Identity, |best| best.0), scored)
            }
        }
    }
}
