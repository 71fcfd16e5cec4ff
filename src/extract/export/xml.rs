//! XML exports, record by record: no tree of the whole, no entity of its own making.

use super::Broken;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements nested deeper than this within a record are refused.
const MAX_DEPTH: usize = 64;

/// One element with all it holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    id: Option<String>,
    children: Vec<Self>,
}

impl Element {
    /// The text of the child called `name`, without blanks around it; none if it is empty.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.child(name).map(|c| c.text.trim()).filter(|t| !t.is_empty())
    }

    /// The child called `name`.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The `id` attribute, whatever its prefix.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// Reads the elements of some names, wherever they stand.
pub(super) struct Records<'x> {
    text: &'x str,
    reader: Reader<&'x [u8]>,
    names: &'static [&'static str],
}

impl<'x> Records<'x> {
    pub(super) fn new(text: &'x str, names: &'static [&'static str]) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        Self { text, reader, names }
    }

    /// The next element of those names.
    ///
    /// # Errors
    /// If the document is not well formed there, ends within an element, or declares entities.
    pub(super) fn next(&mut self) -> Result<Option<Element>, Broken> {
        // Elements that are open within the record, outermost first.
        let mut open: Vec<Element> = Vec::new();
        loop {
            let event = self.event()?;
            match event {
                Event::Eof if open.is_empty() => return Ok(None),
                Event::Eof => return Err(self.broken("the end of the export", "the end of its last record")),
                Event::DocType(declaration)
                    if declaration.contains('[') || declaration.contains("ENTITY") =>
                {
                    return Err(self.broken("a document type with entities", "an export without one"));
                }
                Event::Start(tag) => {
                    if !open.is_empty() || self.names.contains(&tag.name().0) {
                        open.push(element(&tag));
                    }
                    if open.len() > MAX_DEPTH {
                        return Err(self.broken("elements nested too deep", "a record of an export"));
                    }
                }
                Event::Empty(tag) => {
                    let empty = element(&tag);
                    match open.last_mut() {
                        Some(parent) => parent.children.push(empty),
                        None if self.names.contains(&empty.name.as_str()) => return Ok(Some(empty)),
                        None => {}
                    }
                }
                Event::End(tag) => {
                    let name = tag.name();
                    // An end tag closes its element and what was left open in it.
                    let Some(at) = open.iter().rposition(|e| e.name == name.0) else { continue };
                    while open.len() > at + 1 {
                        let child = open.pop().unwrap_or_default();
                        if let Some(parent) = open.last_mut() {
                            parent.children.push(child);
                        }
                    }
                    let done = open.pop().unwrap_or_default();
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(Some(done)),
                    }
                }
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.into_inner());
                    }
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.into_inner());
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&resolved(&reference));
                    }
                }
                _ => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'x>, Broken> {
        let at = self.reader.buffer_position();
        self.reader.read_event().map_err(|error| {
            let offset = usize::try_from(at).unwrap_or(self.text.len());
            Broken::at(self.text, offset, error.to_string(), "well-formed XML")
        })
    }

    fn broken(&self, found: &str, expected: &'static str) -> Broken {
        let offset = usize::try_from(self.reader.buffer_position()).unwrap_or(self.text.len());
        Broken::at(self.text, offset, found, expected)
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let id = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().into_inner() == "id")
        .map(|a| a.value.into_owned());
    Element { name: tag.name().0.to_owned(), id, ..Element::default() }
}

/// What a reference stands for: a character, or itself, since nothing an export declares is believed.
fn resolved(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => n.parse().ok(),
    });
    if let Some(c) = number.and_then(char::from_u32) {
        return c.to_string();
    }
    match name {
        "lt" => "<".into(),
        "gt" => ">".into(),
        "amp" => "&".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};"),
    }
}
