//! Reading: from bytes to comments, through the door that programs use.

mod any;
mod broken;
mod records;

use moderato::comment::Comment;
use moderato::extract::{Comments, ExtractOptions, FieldOptions, Keep, Limits, Quoting, TableOptions};

fn options() -> ExtractOptions {
    ExtractOptions::default()
}

fn with_fields(text: Option<&str>, keep: Keep) -> ExtractOptions {
    let mut options = options();
    options.fields = FieldOptions { text: text.map(str::to_owned), keep, ..FieldOptions::default() };
    options
}

fn with_table(quoting: Quoting, header: bool) -> ExtractOptions {
    let mut options = options();
    options.table = TableOptions { quoting, header, ..TableOptions::default() };
    options
}

fn with_limits(limits: Limits) -> ExtractOptions {
    let mut options = options();
    options.limits = limits;
    options
}

/// Every record, as its text or its error.
fn read(name: &str, bytes: &[u8], options: &ExtractOptions) -> Result<Vec<Result<Comment, String>>, String> {
    let comments = Comments::open(name, bytes, options).map_err(|e| e.to_string())?;
    Ok(comments.map(|c| c.map_err(|e| e.to_string())).collect())
}

fn texts(name: &str, bytes: &[u8], options: &ExtractOptions) -> Vec<String> {
    read(name, bytes, options)
        .unwrap_or_else(|error| vec![error].into_iter().map(|e| Err(format!("! {e}"))).collect())
        .into_iter()
        .map(|c| c.map_or_else(|e| if e.starts_with("! ") { e } else { format!("! {e}") }, |c| c.text))
        .collect()
}

#[track_caller]
fn check(name: &str, input: &str, expected: &[&str]) {
    assert_eq!(texts(name, input.as_bytes(), &options()), expected);
}
