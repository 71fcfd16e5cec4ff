//! Labels reader comments for incivility, tone and stance, on your own machine, and says why.
//!
//! # The path
//!
//! ```text
//! pages, exports, tables ──extract──▶ Comment ──text──▶ terms ──counts──▶ CountMatrix ─┐
//!                                        │                                             ├─fit─▶ ModelHead
//!               recipe ──corpus──▶ labelled comments ──────────▶ Truth ────────────────┘
//!
//! Model = Vectorizer + heads ──Scorer──▶ Prediction (decision, probabilities, log-odds of each head)
//!                            └─evidence─▶ Evidence (the terms that made them, and where they stand)
//! Truth + Predictions ──evaluate──▶ Evaluation ──report──▶ terminal · Markdown · JSON · HTML
//! ```
//!
//! A [`Head`](label::Head) is one question asked of a comment: is it civil or uncivil, is it an insult, is it for or
//! against. All heads of a [`Model`](model::Model) share one vocabulary, so one pass over a text answers them all.
//!
//! # The rooms, in reading order
//!
//! | room | what happens there |
//! | :-- | :-- |
//! | [`comment`] | [`Comment`](comment::Comment), what a person wrote, and [`Place`](comment::Place), where it was found |
//! | [`label`] | questions and their answers: [`Head`](label::Head), [`LabelSet`](label::LabelSet), [`Truth`](label::Truth), [`Decision`](label::Decision) |
//! | [`extract`] | bytes become comments; what cannot be read is counted and told with its place |
//! | [`text`] | a text becomes terms: words, their runs, and characters within a word, each with its span |
//! | [`counts`] | terms become numbers: vocabulary, sparse matrix, what a count is worth |
//! | [`corpus`] | a [`Recipe`](corpus::Recipe) and its files become labelled comments and folds |
//! | [`naive_bayes`] | counts become weights: multinomial, Bernoulli, complement |
//! | [`logistic`] | the same by logistic regression on naive Bayes' log-count ratios |
//! | [`calibration`] | log-odds become probabilities that mean what they say |
//! | [`model`] | training, scoring, evidence, and the model file |
//! | [`evaluate`] | truth and predictions become figures; it never sees a text |
//! | [`report`] | figures become tables for terminals, Markdown and JSON, and a page with its pictures |
//! | [`perspective`] | Perspective's calls and their answers, as JSON |
//! | [`server`] | calls come in over HTTP and are answered; what people decide is kept |
//! | [`cli`] | flags become calls: the one room that opens files and prints |
//!
//! # What always holds
//!
//! 1. A room imports only from rooms above it in this table, and not from all of them: `tests/architecture.rs` says
//!    which.
//! 2. What training counts, scoring counts: one analyser serves both, and the model file carries its settings.
//! 3. Evidence adds up: the bias and the contributions of the terms are the log-odds before calibration.
//! 4. Spans are byte offsets into the original text, however it was normalised.
//! 5. A model file cannot hurt: every length and index in it is checked, and nothing in it is run.
//! 6. A head of naive Bayes keeps whole counts, and its weights follow from them.
//! 7. A comment is data, never an exception: one that cannot be read is counted, and the next one is read.
//! 8. The author of a comment is carried through and never counted.
//! 9. The same input and seed give the same bytes, whatever the number of threads; nothing below [`cli`] opens a
//!    file, prints, asks for the time or reads the environment, but for the store and the clock of [`server`].
//!
//! # A model in memory
//!
//! ```
//! use moderato::counts::vectorizer::Pruning;
//! use moderato::label::{Decision, Head, HeadKind, LabelId, LabelSet, Truth};
//! use moderato::model::train::{HeadSettings, Plan, TrainingSet, train};
//! use moderato::model::{About, Scorer};
//! use moderato::text::Analysis;
//!
//! let labels = LabelSet::new(["civil", "uncivil"])?;
//! let head = Head { name: "incivility".into(), kind: HeadKind::OneOf, labels, target: None };
//! let plan = Plan {
//!     about: About { name: "tiny".into(), ..About::default() },
//!     analysis: Analysis::default(),
//!     pruning: Pruning { min_words: 1, ..Pruning::default() },
//!     search_analysis: false,
//!     heads: vec![(head, HeadSettings::default())],
//! };
//!
//! let texts = ["thank you, a fair point", "thank you for the figures", "you fool", "what a fool you are"];
//! let truths = [vec![0, 0, 1, 1].into_iter().map(|i| Some(Truth::OneOf(LabelId(i)))).collect()];
//! let set = TrainingSet { texts: &texts, truths: &truths, weights: &[1.0; 4], folds: &[], ..TrainingSet::default() };
//! let model = train(&plan, &set, |_| ())?.model;
//!
//! let mut scorer = Scorer::new(&model);
//! let answer = &scorer.score("only a fool would say so").heads[0];
//! assert_eq!(answer.decision, Decision::OneOf(LabelId(1)));
//!
//! // And why: of two labels there is one column of log-odds, for the second.
//! let why = &model.evidence(&model.heads()[0], "only a fool would say so")[0];
//! assert_eq!(why.terms[0].text, "fool");
//! assert_eq!(why.terms[0].spans, [7..11]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod comment;
pub mod label;
pub mod extract;
pub mod text;
pub mod counts;
pub mod corpus;
pub mod naive_bayes;
pub mod logistic;
pub mod calibration;
pub mod model;
pub mod evaluate;
pub mod perspective;
pub mod report;
pub mod server;
pub mod cli;
