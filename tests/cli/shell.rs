//! `moderato completions`, `moderato man`, and what every command says of itself.

use crate::folder::Folder;

const COMMANDS: [&str; 16] = [
    "extract",
    "score",
    "train",
    "evaluate",
    "compare",
    "report",
    "threshold",
    "explain",
    "spans",
    "suspects",
    "inspect",
    "serve",
    "decisions",
    "migrate",
    "completions",
    "man",
];

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Folder::new().run(&["completions", shell]).done().stdout;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
}

#[test]
fn the_manual_has_every_command_and_every_flag() {
    let folder = Folder::new();
    let manual = folder.run(&["man"]).done().stdout;
    for within in ["export", "forget", "stats", "\\-\\-before"] {
        assert!(manual.contains(within), "decisions {within}");
    }
    for command in COMMANDS {
        assert!(manual.contains(command), "{command}");
        let help = folder.run(&[command, "--help"]).done().stdout;
        for flag in
            help.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|word| word.starts_with("--"))
        {
            let escaped = flag.replace('-', "\\-");
            assert!(flag.len() < 3 || manual.contains(&escaped), "{command}: {flag}");
        }
    }
}

#[test]
fn help_of_each_command() {
    let folder = Folder::new();
    insta::assert_snapshot!("help", folder.run(&["--help"]));
    for command in COMMANDS {
        insta::assert_snapshot!(format!("help_{command}"), folder.run(&[command, "--help"]));
    }
}

#[test]
fn a_command_that_is_not_there_is_refused() {
    insta::assert_snapshot!(Folder::new().run(&["classify", "comments.csv"]));
}
