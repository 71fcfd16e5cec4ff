//! lab
use moderato::counts::vectorizer::Pruning;
use moderato::counts::weighting::*;
use moderato::evaluate::*;
use moderato::extract::*;
use moderato::label::*;
use moderato::logistic::ClassWeight;
use moderato::model::About;
use moderato::model::train::*;
use moderato::text::Analysis;

fn main() {
    let task = std::env::args().nth(1).unwrap();
    let (file, text, label, header) = match task.as_str() {
        "jigsaw" => ("incivility/jigsaw6_train.csv", "comment_text", "toxic", true),
        "olid" => ("incivility/olid_train.tsv", "tweet", "subtask_a", true),
        "reddit" => ("incivility/reddit_incivility_train.csv", "text", "uncivil", true),
        "davidson" => ("incivility/davidson_train.csv", "tweet", "class", true),
        "c3" => ("incivility/c3_train.csv", "comment_text", "constructive_binary", true),
        "imp" => ("incivility/mupid_train.csv", "text", "impoliteness", true),
        "int" => ("incivility/mupid_train.csv", "text", "intolerance", true),
        "ptw" => ("incivility/perspective_tweets.csv", "text", "uncivil", true),
        "ucc" => ("incivility/ucc_val.csv", "comment", "hostile", true),
        "trump" => ("stance/pstance_train.csv", "Tweet", "Stance", true),
        other => panic!("{other}"),
    };
    let mut o = ExtractOptions::default();
    o.fields.text = Some(text.into());
    o.fields.keep = Keep::Named(vec![label.into()]);
    o.table.header = header;
    let f = std::fs::File::open(format!("/work/shared/data/{file}")).unwrap();
    let mut texts = Vec::new();
    let mut labels = Vec::new();
    for c in Comments::open(file, f, &o).unwrap() {
        let c = c.unwrap();
        let v = &c.other_fields[label];
        let v = v.as_str().map(str::to_owned).unwrap_or(v.to_string());
        let v = v.strip_suffix(".0").unwrap_or(&v).to_owned();
        texts.push(c.text);
        labels.push(v);
    }
    let mut names: Vec<String> = labels.clone();
    names.sort();
    names.dedup();
    let n = texts.len();
    eprintln!("{n} {names:?}");
    let head =
        Head { name: "h".into(), kind: HeadKind::OneOf, labels: LabelSet::new(names).unwrap(), target: None };
    let truths: Vec<Option<Truth>> =
        labels.iter().map(|l| Some(Truth::OneOf(head.labels.id(l).unwrap()))).collect();
    let folds: Vec<u16> = texts.iter().map(|t| (crc32fast::hash(t.as_bytes()) % 5) as u16).collect();
    let weights = vec![1.0f32; n];
    let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
    for spec in std::env::args().skip(2) {
        let t = std::time::Instant::now();
        let mut an = Analysis { words: [1, 2], characters: [2, 5], ..Analysis::default() };
        let mut pr = Pruning::default();
        let mut s = HeadSettings { algorithm: Algorithm::Nblr, ..HeadSettings::default() };
        for kv in spec.split(',').filter(|s| !s.is_empty()) {
            let (k, v) = kv.split_once('=').unwrap();
            let range = || {
                let (a, b) = v.split_once('-').unwrap();
                [a.parse().unwrap(), b.parse().unwrap()]
            };
            match k {
                "w" => an.words = range(),
                "ch" => an.characters = range(),
                "p" => an.punctuation = v == "1",
                "r" => an.readings = v == "1",
                "m" => an.markers = v == "1",
                "a" => s.algorithm = v.parse().unwrap(),
                "c" => s.c = v.parse().unwrap(),
                "al" => s.alpha = v.parse().unwrap(),
                "b" => s.binary = v == "1",
                "l" => s.length_normalisation = v == "1",
                "bal" => s.class_weight = if v == "1" { ClassWeight::Balanced } else { ClassWeight::None },
                "tf" => {
                    s.weighting.term_frequency = match v {
                        "b" => TermFrequency::Binary,
                        "r" => TermFrequency::Raw,
                        _ => TermFrequency::Sublinear,
                    }
                }
                "idf" => s.weighting.inverse_document_frequency = v == "1",
                "n" => {
                    s.weighting.norm = match v {
                        "n" => Norm::None,
                        "l" => Norm::Length,
                        _ => Norm::Euclidean,
                    }
                }
                "mw" => pr.min_words = v.parse().unwrap(),
                "mc" => pr.min_characters = v.parse().unwrap(),
                "max" => pr.max_terms = Some(v.parse().unwrap()),
                "search" => {}
                _ => panic!("{k}"),
            }
        }
        let plan = Plan {
            about: About::default(),
            analysis: an,
            pruning: pr,
            search_analysis: spec.contains("search"),
            heads: vec![(head.clone(), s)],
        };
        let truths = [truths.clone()];
        let set = TrainingSet { texts: &refs, truths: &truths, weights: &weights, folds: &folds };
        let trained = train(&plan, &set, |_| {}).unwrap();
        let mut tr = trained.trials.clone();
        tr.sort_by(|a, b| a.log_loss.total_cmp(&b.log_loss));
        for t in &tr {
            println!("   {} {:.4} {t}", if t.chosen { '*' } else { ' ' }, t.log_loss);
        }
        let oof = &trained.out_of_fold[0];
        let tr: Vec<Truth> = oof.documents.iter().map(|&i| truths[0][i].clone().unwrap()).collect();
        let pred = Predictions { probabilities: oof.probabilities.clone(), decisions: oof.decisions.clone() };
        let e = Evaluation::of(&head, &tr, &pred, &Options { bootstrap: None }).unwrap();
        println!(
            "{task} {spec:40} auc {:.4} macroF1 {:.4} f1 {:?} ece {:.4} terms {} {:.1}s",
            e.value(Figure::Auc).unwrap_or(0.0),
            e.value(Figure::MacroF1).unwrap_or(0.0),
            Figure::by_name("f1").map(|_| 0),
            e.value(Figure::by_name("ece").unwrap()).unwrap_or(0.0),
            trained.model.vocabulary().len(),
            t.elapsed().as_secs_f64()
        );
    }
}
