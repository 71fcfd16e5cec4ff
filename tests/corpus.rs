//! Recipes, labelled comments, folds; and the row counts of the real data, where it is there.

use moderato::corpus::{
    Corpus, CorpusError, Folds, LabelledComment, Mapping, Recipe, Shares, SimpleRecipe, SourceCounts,
    learn_labels,
};
use moderato::label::{LabelId, Truth};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

type Bytes = Box<dyn Read + Send>;

const HEADS: &str = r#"
name = "test"
version = "1"

[[head]]
name = "incivility"
kind = "one-of"
labels = ["civil", "uncivil"]

[[head]]
name = "tone"
kind = "each"
labels = ["positive", "negative", "neutral"]

"#;

fn recipe(sources: &str) -> Recipe {
    Recipe::from_toml("test.toml", &format!("{HEADS}{sources}")).unwrap_or_else(|e| panic!("{e}"))
}

/// Reads `recipe` with every file holding `content`.
fn read(recipe: &Recipe, content: &'static str) -> Result<Corpus, CorpusError> {
    Corpus::read(recipe, |_| Ok(Box::new(content.as_bytes()) as Bytes))
}

fn truths(corpus: &Corpus) -> Vec<Vec<Option<Truth>>> {
    corpus.comments.iter().map(|c| c.truths.clone()).collect()
}

fn one_of(label: u16) -> Option<Truth> {
    Some(Truth::OneOf(LabelId(label)))
}

fn each(holds: [u8; 3]) -> Option<Truth> {
    Some(Truth::Each(holds.map(|h| [Some(false), Some(true), None][usize::from(h)]).into()))
}

#[test]
fn one_label_a_column() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.csv'\ntext = 'words'\nweight = 2\nweight-column = 'w'\ngroup = 'page'\n\
         where = { lang = ['en', 'de'] }\n\
         heads.incivility = { column = 'toxic', labels = '0=civil,1=uncivil' }\n",
    );
    let table =
        "words,toxic,w,page,lang\na,1.0,1,p,en\nb,0,0.5,,de\nc,,1,q,en\nd,1,1,q,fr\ne,2,1,q,en\nf,1,x,q,en\n";
    let corpus = read(&recipe, table).unwrap();
    assert_eq!(truths(&corpus), [[one_of(1), None], [one_of(0), None]]);
    let weights: Vec<f32> = corpus.comments.iter().map(|c| c.weight).collect();
    assert_eq!(weights, [2.0, 1.0]);
    assert_eq!(corpus.comments[0].group.as_deref(), Some("p"));
    assert_eq!(corpus.comments[1].group, None);
    assert!(corpus.comments[0].fields.is_empty());
    let counts = SourceCounts {
        n_rows: 6,
        n_labelled: 2,
        n_unlabelled: 1,
        n_not_wanted: 1,
        n_wrong: 2,
        ..Default::default()
    };
    assert_eq!(corpus.counts, [counts]);
    let errors: Vec<String> = corpus.errors.iter().map(ToString::to_string).collect();
    let unknown = "s.csv:6: unknown label `2` for head `incivility`, expected one of 0, 1";
    assert_eq!(errors, [unknown, "s.csv:7: found weight `x`, expected a number from 0"]);
}

#[test]
fn rows_that_no_rule_names_can_be_left_out() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.csv'\n\
         heads.incivility = { column = 'class', labels = { '0' = 'uncivil', '2' = 'civil' }, drop-unnamed = true }\n",
    );
    let corpus = read(&recipe, "text,class\na,0\nb,1\nc,2\n").unwrap();
    assert_eq!(truths(&corpus), [[one_of(1), None], [one_of(0), None]]);
    assert_eq!((corpus.counts[0].n_dropped, corpus.counts[0].n_wrong), (1, 0));
}

#[test]
fn several_labels_a_column() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.tsv'\nheader = false\ntext = '1'\n\
         heads.tone = { column = '2', labels = '0=positive,1=negative,2=neutral', split = ',' }\n",
    );
    let corpus = read(&recipe, "a\t0,1\tx\nb\t2\ty\nc\t\tz\n").unwrap();
    assert_eq!(truths(&corpus), [[None, each([1, 1, 0])], [None, each([0, 0, 1])]]);
    assert_eq!(corpus.counts[0].n_unlabelled, 1);
}

#[test]
fn several_labels_a_list() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.jsonl'\n\
         heads.tone = { column = 'said.tone' }\nheads.incivility = { column = 'civility' }\n",
    );
    let lines = "{\"text\":\"a\",\"said\":{\"tone\":[\"positive\",\"neutral\"]},\"civility\":\"civil\"}\n\
                 {\"text\":\"b\",\"said\":{\"tone\":[]}}\n{\"text\":\"c\",\"said\":{\"tone\":\"negative\"}}\n\
                 {\"text\":\"d\",\"said\":{\"tone\":null},\"civility\":\"uncivil\"}\n{\"text\":\"e\"}\n";
    let corpus = read(&recipe, lines).unwrap();
    let expected =
        [[one_of(0), each([1, 0, 1])], [None, each([0, 0, 0])], [None, each([0, 1, 0])], [one_of(1), None]];
    assert_eq!(truths(&corpus), expected);
    assert_eq!(corpus.counts[0].n_unlabelled, 1);
}

#[test]
fn a_column_a_label() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.csv'\n\
         heads.tone = { columns = { positive = 'p', neutral = 'n' }, labels = '>=0.5=yes,<0.5=no' }\n\
         [[source]]\nname = 't'\nfile = 't.csv'\nheads.tone = { columns = { negative = 'n' } }\n",
    );
    let corpus = read(&recipe, "text,p,n\na,0.7,0\nb,,1\nc,,\n").unwrap();
    let first = [[None, each([1, 2, 0])], [None, each([2, 2, 1])]];
    let second = [[None, each([2, 0, 2])], [None, each([2, 1, 2])]];
    assert_eq!(truths(&corpus), [first, second].concat());
    assert_eq!(corpus.comments[3].source_idx, 1);
}

#[test]
fn a_source_without_labels_is_no_source() {
    let recipe =
        recipe("[[source]]\nname = 's'\nfile = 's.jsonl'\nheads.incivility = { column = 'toxic' }\n");
    let error = read(&recipe, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n").unwrap_err();
    assert_eq!(error.to_string(), "s.jsonl:1: no field `toxic`, found `text`");
    let error = read(&recipe, "text,label\na,1\nb,2\n").unwrap_err();
    assert_eq!(error.to_string(), "s.jsonl:1: no field `toxic`, found `text`, `label`");
    let error = Corpus::read(&recipe, |_| Err::<Bytes, _>(io::ErrorKind::NotFound.into())).unwrap_err();
    assert_eq!(error.to_string(), "s.jsonl: cannot read source `s`: entity not found");
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = Recipe::from_toml("test.toml", text).expect_err("it is wrong").to_string();
    assert_eq!(error, expected);
}

#[test]
fn recipes_that_cannot_be_say_where_and_why() {
    check_error("name = 'x'\nversion\n", "test.toml:2:8: key with no value, expected `=`");
    let keys = "`name`, `version`, `description`, `seed`, `folds`, `balance-sources`, `swap-identities`, `card-notes`, `analysis`, `vocabulary`, `head`, `source`";
    check_error(
        "name = 'x'\n\ncolor = 1\n",
        &format!("test.toml:3:1: unknown field `color`, expected one of {keys}"),
    );
    check_error(
        "name = 'x'\nversion = '1'\nhead = []\nsource = []\n",
        "test.toml:1: recipe: found 0 heads and 0 sources, expected at least one of each",
    );
    let source = "[[source]]\nname = 's'\nfile = 's.csv'\n";
    let check = |heads: &str, expected: &str| check_error(&format!("{HEADS}{source}{heads}"), expected);
    check(
        "heads.mood = { column = 'x' }",
        "test.toml:15: source `s`: found head `mood`, expected one of incivility, tone",
    );
    check(
        "heads.tone = { }",
        "test.toml:15: source `s`: found `column` and `columns`, or neither, for head `tone`, expected one of them",
    );
    check(
        "heads.incivility = { column = 'x', labels = '0=civil,1=rude' }",
        "test.toml:15: source `s`: found label `rude` for head `incivility`, expected one of civil, uncivil",
    );
    check(
        "heads.tone = { columns = { positive = 'x' }, labels = '1=good' }",
        "test.toml:15: source `s`: found `good` in the labels of columns for head `tone`, expected `yes` or `no`",
    );
    check(
        "heads.tone = { columns = { glad = 'x' } }",
        "test.toml:15: source `s`: found label `glad` for head `tone`, expected one of positive, negative, neutral",
    );
    check(
        "heads.incivility = { column = 'x', labels = '0=civil,<=1.0.0=uncivil' }",
        "test.toml:18:45: label mapping: found `<=1.0.0`, expected a number after `<=`",
    );
    check(
        "heads.tone = { colum = 'x' }",
        "test.toml:18:16: unknown field `colum`, expected one of `column`, `columns`, `labels`, `split`, `drop-unnamed`",
    );
    check(
        "weight = -1\nheads.tone = { column = 'x' }",
        "test.toml:15: source `s`: found weight -1, expected a number from 0",
    );
}

#[test]
fn recipes_survive_writing() {
    let recipe = recipe(
        "[[source]]\nname = 's'\nfile = 's.csv'\nformat = 'jsonl'\nquoting = 'off'\nlicence = 'CC0'\n\
         where = { Target = 'A', n = [1, 'b'] }\n\
         heads.incivility = { column = 'x', labels = { 'well, yes' = 'civil', '>1' = 'uncivil' } }\n",
    );
    let written = toml::to_string(&recipe).unwrap();
    assert_eq!(Recipe::from_toml("again.toml", &written).unwrap(), recipe);
}

#[test]
fn a_few_flags_make_a_recipe() {
    let mut flags = SimpleRecipe::new(vec!["a.csv".into(), "a.csv".into()], "toxic", "incivility");
    flags.labels = Some("0=civil,1=uncivil".parse::<Mapping>().unwrap());
    let recipe = flags.recipe().unwrap();
    assert_eq!(recipe.heads[0].labels.as_ref().unwrap().names(), ["civil", "uncivil"]);
    assert_eq!(truths(&read(&recipe, "text,toxic\na,1\n").unwrap()), [[one_of(1)], [one_of(1)]]);

    flags.labels = None;
    let mut recipe = flags.recipe().unwrap();
    learn_labels(&mut recipe, |_| Ok(Box::new("text,toxic\na,1.0\nb,0\nc,1\nd,none\n".as_bytes()) as Bytes))
        .unwrap();
    assert_eq!(recipe.heads[0].labels.as_ref().unwrap().names(), ["0", "1", "none"]);
    assert_eq!(
        truths(&read(&recipe, "text,toxic\na,01\nb,none\n").unwrap())[..2],
        [[one_of(1)], [one_of(2)]]
    );

    let mut recipe = flags.recipe().unwrap();
    let error =
        learn_labels(&mut recipe, |_| Ok(Box::new("text,toxic\na,1\n".as_bytes()) as Bytes)).unwrap_err();
    let expected = "a.csv: only label `1` for head `incivility`, expected labels: at least two different values, \
                    each a name";
    assert_eq!(error.to_string(), expected);
    assert!(SimpleRecipe::new(vec![], "toxic", "incivility").recipe().is_err());
}

fn labelled(text: &str, label: u16, group: Option<&str>) -> LabelledComment {
    let (text, truths, group) = (text.to_owned(), vec![one_of(label)], group.map(Into::into));
    LabelledComment { text, truths, weight: 1.0, group, ..LabelledComment::default() }
}

#[test]
fn folds_by_hash_are_those_of_crc_32() {
    // python3 -c 'import zlib; print([zlib.crc32(t.encode()) % 5 for t in ["", "a", "naïve", "No, thank you."]])'
    let comments = ["", "a", "naïve", "No, thank you."].map(|text| labelled(text, 0, None));
    assert_eq!(Folds::ByHash { k: 5 }.assign(&comments), [0, 2, 4, 2]);
}

#[test]
fn folds_have_equal_shares_of_each_label() {
    let comments: Vec<_> =
        (0..1003).map(|i| labelled(&format!("comment {i}"), u16::from(i % 10 == 0), None)).collect();
    let folds = Folds::Stratified { k: 5, seed: 7 }.assign(&comments);
    for fold in 0..5 {
        let (train, test) = Folds::positions(&folds, fold);
        assert_eq!(train.len() + test.len(), 1003);
        assert!((200..=201).contains(&test.len()), "{}", test.len());
        let n_positive = test.iter().filter(|&&i| comments[i].truths[0] == one_of(1)).count();
        assert!((20..=21).contains(&n_positive), "{n_positive}");
    }
    assert_ne!(folds, Folds::Stratified { k: 5, seed: 8 }.assign(&comments));
    let parts = Shares::train_test(0.2, 1).assign(&comments);
    assert!((200..=202).contains(&parts.iter().filter(|part| **part == 1).count()));
}

fn any_comments() -> impl Strategy<Value = Vec<LabelledComment>> {
    let one = (0..40_u8, any::<bool>(), 0..3_u16, proptest::option::of(0..12_u8));
    proptest::collection::vec(one, 0..80).prop_map(|rows| {
        let shout = |text: String, loud| if loud { text.to_uppercase().replace(' ', " \n ") } else { text };
        rows.into_iter()
            .map(|(text, loud, label, group)| {
                let group = group.map(|g| format!("g{g}"));
                labelled(&shout(format!("some words {text}"), loud), label, group.as_deref())
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn nothing_leaks_between_folds(comments in any_comments(), k in 1..6_u16, seed in 0..3_u64) {
        let folds = Folds::Stratified { k, seed }.assign(&comments);
        prop_assert_eq!(folds.len(), comments.len());
        let mut of_text = BTreeMap::new();
        let mut of_group = BTreeMap::new();
        for (comment, &fold) in comments.iter().zip(&folds) {
            prop_assert!(fold < k);
            let text: Vec<String> = comment.text.split_whitespace().map(str::to_lowercase).collect();
            prop_assert_eq!(*of_text.entry(text).or_insert(fold), fold);
            if let Some(group) = &comment.group {
                prop_assert_eq!(*of_group.entry(group).or_insert(fold), fold);
            }
        }
    }

    #[test]
    fn folds_do_not_depend_on_the_order_of_distinct_rows(n in 1..60_usize, k in 1..5_u16, turn in 0..60_usize) {
        let comments: Vec<_> = (0..n).map(|i| labelled(&format!("text {i}"), (i % 3) as u16, None)).collect();
        let mut turned = comments.clone();
        turned.rotate_left(turn % n);
        let by_text = |comments: &[LabelledComment]| -> BTreeSet<(String, u16)> {
            let folds = Folds::Stratified { k, seed: 1 }.assign(comments);
            comments.iter().map(|c| c.text.clone()).zip(folds).collect()
        };
        prop_assert_eq!(by_text(&comments), by_text(&turned));
    }

    #[test]
    fn no_recipe_is_too_strange(text in "[a-z=\\[\\]{}\"'.\n0-9 ]{0,200}") {
        let _ = Recipe::from_toml("-", &text);
    }
}

/// The real data, if it is there.
fn data() -> Option<PathBuf> {
    let beside = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
    let data = std::env::var_os("MODERATO_DATA").map_or(beside.to_owned(), PathBuf::from);
    data.is_dir().then_some(data)
}

/// A recipe that reads every set of the real data: `(file, source, rows)`.
const REAL: &[(&str, &str, u64)] = &[
    (
        "incivility/jigsaw6_train.csv",
        "incivility = { column = 'toxic', labels = '0=civil,1=uncivil' }",
        14_268,
    ),
    (
        "incivility/perspective_wikipedia_2k.csv",
        "tone = { columns = { negative = 'TOXICITY@6' }, labels = '>=0.5=yes,<0.5=no' }",
        2_000,
    ),
    (
        "incivility/olid_train.tsv",
        "incivility = { column = 'subtask_a', labels = 'NOT=civil,OFF=uncivil' }",
        13_240,
    ),
    (
        "incivility/reddit_incivility_train.csv",
        "incivility = { column = 'uncivil', labels = '0=civil,1=uncivil' }",
        3_986,
    ),
    (
        "incivility/davidson_train.csv",
        "incivility = { column = 'class', labels = '2=civil,0=uncivil,1=uncivil' }",
        19_831,
    ),
    (
        "incivility/c3_train.csv",
        "incivility = { column = 'crowd_toxicity_level', labels = '<1.5=civil,>=1.5=uncivil' }",
        9_627,
    ),
    ("incivility/ucc_val.csv", "tone = { columns = { negative = 'hostile', positive = 'healthy' } }", 4_427),
    (
        "incivility/mupid_train.csv",
        "incivility = { column = 'impoliteness', labels = '0=civil,1=uncivil' }",
        10_498,
    ),
    (
        "incivility/perspective_tweets.csv",
        "incivility = { column = 'uncivil', labels = 'no=civil,yes=uncivil' }",
        1_955,
    ),
    ("tone/goemotions_group_train.tsv", GOEMOTIONS, 43_410),
    ("tone/goemotions_group_dev.tsv", GOEMOTIONS, 5_426),
    ("stance/arc_nyt_train.tsv", "incivility = { column = 'annotatedSarcastic', labels = '*=civil' }", 2_591),
    ("stance/pstance_train.csv", STANCE, 17_224),
    ("stance/pstance_val.csv", STANCE, 2_193),
    ("stance/semeval2016_train.tsv", STANCE, 2_814),
    (
        "stance/vast_train.csv",
        "stance = { column = 'stance', labels = 'favor,against,none=neutral' }",
        10_946,
    ),
    ("spans/toxic_spans_train.csv", SPANS, 7_939),
    ("spans/toxic_spans_trial.csv", SPANS, 690),
    ("fairness/identity_templates.csv", TEMPLATES, 74_100),
];

const GOEMOTIONS: &str = "tone = { column = '2', split = ',', labels = '0=ambiguous,1=negative,2=neutral,3=positive' }\nheader = false\ntext = '1'";
const STANCE: &str = "stance = { column = 'Stance', labels = 'FAVOR=favor,AGAINST=against,NONE=neutral' }";
const SPANS: &str = "incivility = { column = 'spans', labels = '[]=civil,*=uncivil' }";
const TEMPLATES: &str =
    "incivility = { column = 'toxicity', labels = 'nontoxic=civil,toxic=uncivil' }\ntext = 'phrase'";

const REAL_HEADS: &str = "name = 'real'\nversion = '1'\n\
    [[head]]\nname = 'incivility'\nkind = 'one-of'\nlabels = ['civil', 'uncivil']\n\
    [[head]]\nname = 'tone'\nkind = 'each'\nlabels = ['positive', 'negative', 'neutral', 'ambiguous']\n\
    [[head]]\nname = 'stance'\nkind = 'one-of'\nlabels = ['favor', 'against', 'neutral']\n";

#[test]
#[expect(clippy::print_stdout, reason = "says that it is skipped")]
fn the_real_data_has_the_rows_its_readme_gives() {
    let Some(data) = data() else {
        println!("skipped: no ../shared/data");
        return;
    };
    for (file, labels, n_rows) in REAL {
        let text = format!("{REAL_HEADS}[[source]]\nname = 's'\nfile = '{file}'\nheads.{labels}\n");
        let recipe = Recipe::from_toml("real.toml", &text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let open = |source: &moderato::corpus::SourceRecipe| -> io::Result<Bytes> {
            Ok(Box::new(std::fs::File::open(data.join(&source.file))?))
        };
        let corpus = Corpus::read(&recipe, open).unwrap_or_else(|e| panic!("{e}"));
        let counts = corpus.counts[0];
        assert_eq!((counts.n_rows, counts.n_unreadable, counts.n_wrong), (*n_rows, 0, 0), "{file}");
        assert_eq!(counts.n_labelled, corpus.comments.len() as u64);
    }
}

/// Every recipe of the repository: its name and text.
fn shipped_recipes() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("training");
    let entries =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().expect("a recipe has a name").to_string_lossy().into_owned();
    paths
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).expect("a recipe can be read")))
        .collect()
}

#[test]
fn every_recipe_says_what_it_is_and_whether_its_weights_may_ship() {
    let recipes = shipped_recipes();
    assert!(recipes.len() > 15, "only {} recipes", recipes.len());
    for (name, text) in recipes {
        let recipe = Recipe::from_toml(format!("training/{name}.toml"), &text).unwrap();
        assert_eq!(recipe.name, name, "a recipe is called as its file");
        assert!(!recipe.description.is_empty(), "{name}");
        for source in &recipe.sources {
            assert!(!source.licence.is_empty() && !source.citation.is_empty(), "{name}: {}", source.name);
        }
        for head in &recipe.heads {
            let fit: Result<moderato::model::train::HeadSettings, _> =
                toml::Value::Table(head.fit.clone()).try_into();
            assert!(fit.is_ok(), "{name}, head {}: {:?}", head.name, fit.err());
        }
        let says = text.lines().take_while(|line| line.starts_with('#')).any(|line| line.contains("eights"));
        assert!(says || name == "default", "{name}: nothing on weights");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "says that it is skipped")]
fn every_recipe_reads_its_rows() {
    let Some(data) = data() else {
        println!("skipped: no ../shared/data");
        return;
    };
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("training");
    for (name, text) in shipped_recipes() {
        let recipe = Recipe::from_toml(format!("training/{name}.toml"), &text).unwrap();
        let open = |file: &str| {
            let path = [&data, &beside].map(|folder| folder.join(file)).into_iter().find(|p| p.exists());
            std::fs::File::open(path.ok_or(io::ErrorKind::NotFound)?)
        };
        let corpus = Corpus::read(&recipe, |s| Ok(Box::new(open(&s.file)?))).unwrap();
        assert_eq!(corpus.errors.first().map(ToString::to_string), None, "{name}");
        for (source, counts) in recipe.sources.iter().zip(&corpus.counts) {
            assert!(counts.n_labelled > 30, "{name}, {}: {counts:?}", source.name);
        }
    }
}
