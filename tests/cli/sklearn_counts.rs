//! The three algorithms on a real table, from the command line; `tests/oracle.rs` and the rooms' own tests compare
//! their log-probabilities with scikit-learn's.

use crate::folder::{Folder, data};

#[test]
fn each_algorithm_is_trained_and_evaluated_on_a_real_table() {
    let Some(table) = data("incivility/jigsaw6_train.csv") else { return };
    for algorithm in ["multinomial", "bernoulli", "complement"] {
        let folder = Folder::new();
        let flags = [
            "--data",
            &table,
            "--text-column",
            "comment_text",
            "--label-column",
            "toxic",
            "--head",
            "incivility",
            "--labels",
            "0=civil,1=uncivil",
        ];
        let train = [&["train"], &flags[..], &["--algorithm", algorithm, "--folds", "0", "-o", "m"]].concat();
        folder.run(&train).done();
        let evaluate = [&["evaluate"], &flags[..], &["-m", "m", "--resamples", "0", "--to", "json"]].concat();
        let report = folder.run(&evaluate).done().json();
        assert_eq!(report["n"], 14_268);
        let of = |figure: &str| report[figure].as_f64().unwrap_or_else(|| panic!("no {figure}"));
        // On the comments it learned from, and above the majority's 0.615 and 0.5, or something is broken; Bernoulli's
        // model does badly where character n-grams are terms, for nearly all of them are absent.
        assert!(of("accuracy") > 0.62 && of("auc") > 0.7, "{algorithm}: {} {}", of("accuracy"), of("auc"));
    }
}
