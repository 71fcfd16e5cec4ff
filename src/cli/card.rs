//! The card beside a model: what it is for, what it was made of, how good it is, where it fails.

use crate::corpus::Recipe;
use crate::model::Model;
use crate::report::escape::markdown as escape;
use crate::report::{Report, SlicedHead, markdown};
use std::fmt::Write;

/// What a card tells of.
pub(super) struct Card<'a> {
    /// Whether a recipe says how it was made, or flags.
    pub(super) is_of_recipe: bool,
    pub(super) model: &'a Model,
    pub(super) recipe: &'a Recipe,
    /// The cross-validated figures.
    pub(super) report: &'a Report,
    /// What the model makes of functional cases, if it was tried on any.
    pub(super) cases: &'a [SlicedHead],
    /// What its maker measured beside, as Markdown.
    pub(super) notes: Option<&'a str>,
}

impl Card<'_> {
    /// The card as Markdown; the same model and report give the same bytes.
    pub(super) fn render(&self) -> String {
        let mut card = String::new();
        // Writing to a string cannot fail.
        let _ = write_card(&mut card, self);
        card
    }
}

fn write_card(card: &mut String, of: &Card<'_>) -> std::fmt::Result {
    let Card { model, recipe, report, .. } = of;
    let about = model.about();
    writeln!(card, "# Model card: {}\n", escape(&about.name))?;
    writeln!(card, "{}\n", escape(&about.description))?;
    writeln!(card, "- Model: `{}`, version {}, seed {}", model.id(), escape(&about.version), about.seed)?;
    let n_characters = model.vocabulary().n_characters() as usize;
    let n_words = model.vocabulary().len() - n_characters;
    writeln!(card, "- Terms: {n_words} of words, {n_characters} of characters within a word")?;
    match of.is_of_recipe {
        true => writeln!(card, "- Made by `moderato train training/{}.toml`\n", escape(&recipe.name))?,
        false => writeln!(card, "- Made by `moderato train --data`, without a recipe\n")?,
    }
    writeln!(card, "## What it answers\n")?;
    writeln!(card, "| head | labels | answers | algorithm | comments |\n| :-- | :-- | :-- | :-- | --: |")?;
    for head in model.heads() {
        let target = head.head.target.as_ref().map_or(String::new(), |t| format!(", toward {t}"));
        let kind =
            if head.head.kind == crate::label::HeadKind::OneOf { "exactly one" } else { "each on its own" };
        writeln!(
            card,
            "| {} | {} | {kind}{} | {} | {} |",
            escape(&head.head.name),
            escape(&head.head.labels.to_string()),
            escape(&target),
            head.algorithm,
            head.n_documents
        )?;
    }
    writeln!(card, "\n## What it was made of\n")?;
    writeln!(card, "| source | comments | licence | by |\n| :-- | --: | :-- | :-- |")?;
    for (source, recipe) in about.sources.iter().zip(&recipe.sources) {
        writeln!(
            card,
            "| {} | {} | {} | {} |",
            escape(&source.name) + if recipe.weak { ", weak" } else { "" },
            source.n_comments,
            escape(&source.licence),
            escape(&recipe.citation)
        )?;
    }
    if recipe.sources.iter().any(|source| source.weak) {
        writeln!(
            card,
            "\nWeak sources are learned from, but calibrations, thresholds and figures are of the others."
        )?;
    }
    if recipe.swap_identities {
        let sentence = "Comments that name a group of people were also learned from as if they named others.";
        writeln!(card, "\n{sentence}")?;
    }
    card.push_str(LIMITS);
    for sliced in of.cases {
        writeln!(card, "\n### Functional cases, {}\n", escape(&sliced.head.name))?;
        writeln!(
            card,
            "Comments of our own writing, some of each kind of difficulty, and how many got the right label.\n"
        )?;
        card.push_str(&markdown::render_passes(sliced));
    }
    writeln!(card, "\n## How good it is\n")?;
    writeln!(
        card,
        "Cross-validated over {} folds on the sources above: every comment was scored by a fit that had not seen \
         it, its vocabulary included; calibration and thresholds were chosen on the other folds. Intervals are \
         95 % bootstrap. On comments from elsewhere expect less.\n",
        recipe.folds
    )?;
    card.push_str(&markdown::render(report));
    if let Some(notes) = of.notes {
        write!(card, "\n{}\n", notes.trim_end())?;
    }
    Ok(())
}

/// What no bag of words can see; the same for every model.
const LIMITS: &str = "
## Where it fails

It counts words and parts of words; it does not understand.

- **Negation**: `you are not an idiot` holds the word that `you are an idiot` holds.
- **Quotation and counter-speech**: who reports or condemns an insult writes it down.
- **Sarcasm and implication**: contempt in polite words is not seen.
- **Reclaimed words and identities**: words that name a group stand near insults in the training data, and carry some \
of their weight wherever they stand.
- **New slang, new targets, other languages**: what was not in the training comments weighs nothing.

So it may sort a queue, and it may not judge a person. Use it where a human can look again; measure it on your own \
comments first (`moderato evaluate`), and put the threshold where your own costs are.
";
