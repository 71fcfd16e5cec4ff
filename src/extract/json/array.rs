//! One JSON document that is an array of objects, read without holding it whole.

use super::{document, learn_fields};
use crate::comment::Place;
use crate::extract::error::{ExtractError, excerpt};
use crate::extract::format::Format;
use crate::extract::frames::{Frame, Split};
use crate::extract::input::Input;
use crate::extract::lines::is_blank;
use crate::extract::options::{ExtractOptions, Limits};
use crate::extract::parser::{Parser, Records};
use std::collections::VecDeque;

/// A splitter at the commas of the outermost array, and the parser of the objects between them.
///
/// # Errors
/// If the document is neither an array nor holds one, or the text field cannot be told.
pub(crate) fn open(
    input: &mut Input<'_>,
    options: &ExtractOptions,
    ahead: &mut VecDeque<Result<Frame, ExtractError>>,
) -> Result<(Box<dyn Split>, Parser), ExtractError> {
    let mut array = Array::begin(input, options.limits)?;
    let on_a_way = options.fields.text.as_deref().is_some_and(|text| text.contains("[]"));
    if array.is_no_array || on_a_way {
        let mut bytes = array.bytes;
        if !array.is_no_array {
            bytes.insert(0, b'[');
        }
        // Lines are counted from the beginning.
        let blank = usize::try_from(array.next_line - 1).unwrap_or(0);
        bytes.splice(..0, std::iter::repeat_n(b'\n', blank));
        return document::open(bytes, input, options, ahead);
    }
    let records = learn_fields(&mut array, input, options, ahead)?;
    Ok((Box::new(array), Parser::new(Format::Json, Records::Json(records))))
}

/// Frames of whole array elements. It knows strings, brackets and commas, and leaves all else to the parser.
struct Array {
    limits: Limits,
    // From the beginning of the first element that no frame has had.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    scan: Scan,
    next_line: u64,
    next_record: u64,
    state: State,
    failed: Option<ExtractError>,
    /// An object, in which the records are somewhere.
    is_no_array: bool,
}

/// How far the scan has come.
#[derive(Default)]
struct Scan {
    at: usize,
    depth: u64,
    in_string: bool,
    escaped: bool,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    InArray,
    AfterArray,
    Ended,
}

impl Array {
    fn begin(input: &mut Input<'_>, limits: Limits) -> Result<Self, ExtractError> {
        let mut bytes = Vec::new();
        while bytes.trim_ascii_start().is_empty() {
            if input.read_some(&mut bytes, 4 << 10)? == 0 {
                break;
            }
        }
        let start = bytes.len() - bytes.trim_ascii_start().len();
        let next_line = 1 + n_lines(&bytes[..start]);
        let is_no_array = bytes.get(start) == Some(&b'{');
        if bytes.get(start) != Some(&b'[') && !is_no_array {
            return Err(ExtractError::Malformed {
                place: input.place().at_line(next_line),
                found: shown(&bytes[start..]),
                expected: "`[`, an array of JSON objects".into(),
            });
        }
        bytes.drain(..start + usize::from(!is_no_array));
        let (ends, scan, state) = (Vec::new(), Scan::default(), State::InArray);
        Ok(Self { limits, bytes, ends, scan, next_line, next_record: 1, state, failed: None, is_no_array })
    }

    /// Scans what has been read: notes where elements end, until the array does.
    fn find_ends(&mut self) {
        let Scan { at, depth, in_string, escaped } = &mut self.scan;
        while *at < self.bytes.len() {
            if *in_string && !*escaped {
                // Strings are most of the input: on to what ends or escapes in them.
                let rest = &self.bytes[*at..];
                *at += memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len() - 1);
            }
            let byte = self.bytes[*at];
            if *in_string {
                *in_string = *escaped || byte != b'"';
                *escaped = !*escaped && byte == b'\\';
            } else {
                match byte {
                    b'"' => *in_string = true,
                    b'{' | b'[' => *depth += 1,
                    b'}' => *depth = depth.saturating_sub(1),
                    b']' if 0 < *depth => *depth -= 1,
                    b']' => self.state = State::AfterArray,
                    b',' if *depth == 0 => self.ends.push(*at),
                    _ => {}
                }
            }
            if self.state == State::AfterArray {
                let start = self.ends.last().map_or(0, |end| end + 1);
                // `[]` has no element; `[{},]` has a second one, which is missing.
                if 1 < self.next_record || 0 < start || !is_blank(&self.bytes[start..*at]) {
                    self.ends.push(*at);
                }
                *at += 1;
                return;
            }
            *at += 1;
        }
    }

    /// The elements found so far, as a frame.
    fn frame(&mut self, input: &Input<'_>) -> Frame {
        let ends = std::mem::take(&mut self.ends);
        let used = ends.last().map_or(0, |end| end + 1);
        let rest = self.bytes.split_off(used);
        let bytes = std::mem::replace(&mut self.bytes, rest);
        self.scan.at -= used;
        let frame = Frame {
            place: input.place().at_line(self.next_line),
            first_record: self.next_record,
            utf8: input.is_utf8(),
            bytes,
            ends,
            address: None,
            charset: None,
            fetched: None,
        };
        self.next_line += n_lines(&frame.bytes);
        self.next_record += frame.ends.len() as u64;
        frame
    }

    /// Passes over an element that is too long to hold.
    fn skip_element(&mut self, input: &mut Input<'_>) -> ExtractError {
        let place = input.place().at_line(self.next_line);
        let mut found = 0;
        while self.ends.is_empty() && self.state == State::InArray {
            found += self.drop_scanned(self.bytes.len());
            self.read(input);
            self.find_ends();
        }
        // Up to the comma, or, at a sudden end, whatever is left.
        let end = self.ends.first().map_or(self.bytes.len(), |end| end + 1);
        found += self.drop_scanned(end);
        self.ends = self.ends.iter().skip(1).map(|later| later - end).collect();
        self.next_record += 1;
        ExtractError::LongRecord { place, found, limit: self.limits.record as u64 }
    }

    fn drop_scanned(&mut self, n: usize) -> u64 {
        self.next_line += n_lines(&self.bytes[..n]);
        self.bytes.drain(..n);
        self.scan.at -= n;
        n as u64
    }

    fn read(&mut self, input: &mut Input<'_>) {
        match input.read_some(&mut self.bytes, self.limits.frame.max(16 << 10)) {
            Ok(0) => {
                self.state = State::Ended;
                let line = self.next_line + n_lines(&self.bytes);
                self.failed = Some(ExtractError::Malformed {
                    place: input.place().at_line(line),
                    found: "the end of the input".into(),
                    expected: "`]`, the end of the array".into(),
                });
            }
            Ok(_) => {}
            Err(error) => {
                self.state = State::Ended;
                self.failed = Some(error);
            }
        }
    }

    /// What follows the array should be nothing.
    fn check_end(&mut self, input: &mut Input<'_>) {
        self.state = State::Ended;
        self.drop_scanned(self.scan.at);
        loop {
            let rest = self.bytes.trim_ascii_start();
            let blank = self.bytes.len() - rest.len();
            self.next_line += n_lines(&self.bytes[..blank]);
            if !rest.is_empty() {
                let place: Place = input.place().at_line(self.next_line);
                let expected = "nothing after the array".into();
                self.failed = Some(ExtractError::Malformed { place, found: shown(rest), expected });
                return;
            }
            self.bytes.clear();
            match input.read_some(&mut self.bytes, 4 << 10) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => {
                    self.failed = Some(error);
                    return;
                }
            }
        }
    }
}

impl Split for Array {
    fn next_frame(&mut self, input: &mut Input<'_>) -> Option<Result<Frame, ExtractError>> {
        while self.state == State::InArray {
            self.find_ends();
            let complete = self.ends.last().map_or(0, |end| end + 1);
            if self.limits.frame <= complete {
                break;
            }
            if self.state == State::InArray {
                if self.limits.record < self.bytes.len() - complete {
                    if complete == 0 {
                        return Some(Err(self.skip_element(input)));
                    }
                    break;
                }
                self.read(input);
            }
        }
        if !self.ends.is_empty() {
            return Some(Ok(self.frame(input)));
        }
        if self.state == State::AfterArray {
            self.check_end(input);
        }
        self.failed.take().map(Err)
    }
}

fn n_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn shown(bytes: &[u8]) -> String {
    format!("`{}`", excerpt(&String::from_utf8_lossy(&bytes[..bytes.len().min(200)])))
}
