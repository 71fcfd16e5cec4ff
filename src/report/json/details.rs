//! What a page shows beside the figures, as a file of its own: it holds comments, `report.json` does not.

use super::super::Report;
use super::super::html::Details;
use super::findings::{findings, read_findings};
use super::layout::layout;
use super::read::{Part, ReadError};
use serde_json::{Value, json};

/// The comments of a report's heads and what else is known of them, texts included, as JSON: a list, in the
/// report's order.
pub fn render_details(report: &Report, details: &[Details]) -> String {
    let (nothing, none) = (Details::default(), Default::default());
    let heads = report.evaluations.iter().enumerate().map(|(place, evaluation)| {
        json!({
            "head": evaluation.head.name,
            "comments": details.get(place).unwrap_or(&nothing).comments,
            "findings": findings(&evaluation.head, report.findings.get(place).unwrap_or(&none)),
        })
    });
    let mut text = layout(&Value::Array(heads.collect()));
    text.push('\n');
    text
}

/// The details that [`render_details`] wrote for the same report; what is known beside the figures goes into
/// `report`, now with comments' texts.
///
/// # Errors
/// If the text is not JSON, or a part is missing or of another shape.
pub fn read_details(text: &str, report: &mut Report) -> Result<Vec<Details>, ReadError> {
    let value: Value = serde_json::from_str(text)?;
    let parts = Part::root(&value).items()?;
    let mut details = Vec::new();
    let mut found = Vec::new();
    for (evaluation, part) in report.evaluations.iter().zip(&parts) {
        details.push(Details { comments: part.field("comments").read("a list of comments")? });
        found.push(read_findings(&evaluation.head, &part.field("findings"))?);
    }
    report.findings = found;
    Ok(details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{examples, json};

    #[test]
    fn what_was_written_reads_back_the_same() {
        let (report, details) = (examples::report(), examples::details());
        let text = render_details(&report, &details);
        let mut again = json::read(&json::render(&report)).unwrap();
        assert!(again.findings[0].suspects[0].text.is_empty(), "report.json has no text");
        assert_eq!(read_details(&text, &mut again).unwrap(), details);
        assert_eq!(again.findings[0].fairness, report.findings[0].fairness);
        assert_eq!(again.findings[0].suspects, report.findings[0].suspects);
        assert_eq!(again.findings[0].swaps, report.findings[0].swaps);
        assert_eq!(render_details(&again, &details), text);
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let check = |text: &str, expected: &str| {
            let mut report = examples::report();
            assert_eq!(read_details(text, &mut report).unwrap_err().to_string(), expected);
        };
        check(r#"[{"comments": 1}]"#, "`[0].comments`: 1, expected a list of comments");
        check("{}", "`.`: an object of 0 fields, expected a list");
    }
}
