//! Bytes → model; every length and index is checked.

use super::arrays::{Copied, InPlace, Place, copied};
use super::{ENTRY, FORMAT, GroupHeader, HeadHeader, Header, ModelFileError, checksum};
use crate::counts::vectorizer::Vectorizer;
use crate::counts::vocabulary::{Vocabulary, VocabularyParts};
use crate::model::group::{Cells, Group, Layout, width};
use crate::model::{HASH_DIGITS, Model, derive};
use crate::naive_bayes::{ClassCounts, NaiveBayes};
use crate::text::Analyzer;
use ndarray::Array2;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

impl Model {
    /// Reads a model, its arrays copied.
    ///
    /// # Errors
    /// If the bytes are not a model, or one cut short, altered, or of a newer format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelFileError> {
        let file = File::parse(bytes)?;
        file.check_checksum()?;
        file.model::<Copied>()
    }

    /// Reads a model that is part of the program, its large arrays used where they lie.
    ///
    /// What takes a step for each number in them, checksum included, is not checked again at every start; a test
    /// reads the same bytes as [`from_bytes`](Self::from_bytes) does.
    ///
    /// # Errors
    /// As `from_bytes`.
    pub fn from_static(bytes: &'static [u8]) -> Result<Self, ModelFileError> {
        File::parse(bytes)?.model::<InPlace>()
    }
}

/// A parsed file whose arrays are not looked at yet.
struct File<'b> {
    tensors: SafeTensors<'b>,
    header: Header,
}

impl<'b> File<'b> {
    fn parse(bytes: &'b [u8]) -> Result<Self, ModelFileError> {
        check_length(bytes)?;
        let not_a_model = |e: SafeTensorError| ModelFileError::NotAModel(e.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(not_a_model)?;
        let entry = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
        let entry =
            entry.ok_or_else(|| ModelFileError::NotAModel(format!("its header has no entry `{ENTRY}`")))?;
        /// Read first: a newer header may hold anything.
        #[derive(Deserialize)]
        struct FormatOnly {
            format: u32,
        }
        let bad_header = |e: serde_json::Error| ModelFileError::NotAModel(format!("its header: {e}"));
        let FormatOnly { format } = serde_json::from_str(entry).map_err(bad_header)?;
        match format {
            _ if format > FORMAT => return Err(ModelFileError::Newer { found: format }),
            _ if format < FORMAT => return Err(ModelFileError::Older { found: format }),
            _ => {}
        }
        let header = serde_json::from_str(entry).map_err(bad_header)?;
        let tensors = SafeTensors::deserialize(bytes).map_err(not_a_model)?;
        Ok(Self { tensors, header })
    }

    fn check_checksum(&self) -> Result<(), ModelFileError> {
        let arrays: BTreeMap<String, TensorView<'_>> = self.tensors.tensors().into_iter().collect();
        let unsigned = Header { sha256: String::new(), ..self.header.clone() };
        let found = checksum(&unsigned, arrays.iter().map(|(name, view)| (name.as_str(), view.data())));
        if found == self.header.sha256 {
            Ok(())
        } else {
            Err(ModelFileError::Altered { found, expected: self.header.sha256.clone() })
        }
    }

    fn view(&self, name: &str, dtype: Dtype, len: Option<usize>) -> Result<TensorView<'b>, ModelFileError> {
        let problem = |problem: String| ModelFileError::Array { name: name.to_owned(), problem };
        let view = self.tensors.tensor(name).map_err(|_| problem("missing".into()))?;
        if view.dtype() != dtype {
            return Err(problem(format!("found type {:?}, expected {dtype:?}", view.dtype())));
        }
        let found = view.data().len() / (dtype.bitsize() / 8);
        match len {
            Some(expected) if found != expected => {
                Err(problem(format!("found {found} numbers, expected {expected}")))
            }
            _ => Ok(view),
        }
    }

    fn model<P: Place<'b>>(&self) -> Result<Model, ModelFileError> {
        let vocabulary = self.vocabulary::<P>()?;
        let n_terms = vocabulary.len();
        let classifiers: Vec<Vec<NaiveBayes>> =
            (0..self.header.heads.len()).map(|h| self.classifiers(h, n_terms)).collect::<Result<_, _>>()?;
        let mut groups = Vec::new();
        for (g, header) in self.header.groups.iter().enumerate() {
            let GroupHeader { weighting, apart, n_columns } = *header;
            let layout = Layout { weighting, apart, n_terms, n_columns };
            let n_cells = n_terms.saturating_mul(width(n_columns));
            let derived =
                self.header.heads.iter().zip(&classifiers).any(|(h, c)| h.head.group == g && !c.is_empty());
            let group = if derived {
                checked_cells(n_cells, g)?;
                Group::underived(layout)?
            } else {
                let cells = self.view(&format!("group.{g}.cells"), Dtype::I16, Some(n_cells))?;
                let scales = self.view(&format!("group.{g}.scales"), Dtype::F32, Some(width(n_columns)))?;
                Group::from_parts(layout, Cells::Whole(P::numbers(cells.data())), copied(scales.data()))?
            };
            groups.push(group);
        }
        let analyzer = Analyzer::try_from(self.header.analysis)?;
        let heads = self.header.heads.iter().map(|h| h.head.clone()).collect();
        let mut model = Model::assemble(
            self.header.about.clone(),
            Vectorizer::new(analyzer, vocabulary),
            groups,
            heads,
            classifiers,
        )
        .map_err(|(head, problem)| ModelFileError::Head { head, problem })?;
        model.hash = self.header.sha256.chars().take(HASH_DIGITS).collect();
        Ok(model)
    }

    fn vocabulary<P: Place<'b>>(&self) -> Result<Vocabulary, ModelFileError> {
        let not_utf8 = |problem| ModelFileError::Array { name: "vocabulary.text".into(), problem };
        let text = match P::numbers(self.view("vocabulary.text", Dtype::U8, None)?.data()) {
            Cow::Borrowed(text) => std::str::from_utf8(text).map(Cow::Borrowed).map_err(|e| e.to_string()),
            Cow::Owned(text) => String::from_utf8(text).map(Cow::Owned).map_err(|e| e.to_string()),
        };
        let parts = VocabularyParts {
            text: text.map_err(not_utf8)?,
            ends: P::numbers(self.view("vocabulary.ends", Dtype::U32, None)?.data()),
            n_characters: self.header.n_characters,
            index: P::numbers(self.view("vocabulary.index", Dtype::U64, None)?.data()),
        };
        Ok(if P::CHECKED { Vocabulary::trusted(parts)? } else { Vocabulary::from_parts(parts)? })
    }

    /// The classifiers of head `h`, from its counts; none if it keeps none.
    fn classifiers(&self, h: usize, n_terms: usize) -> Result<Vec<NaiveBayes>, ModelFileError> {
        let HeadHeader { head, naive_bayes: Some(settings) } = &self.header.heads[h] else {
            return Ok(Vec::new());
        };
        let (n, n_classes) = derive::shape(&head.head);
        (0..n)
            .map(|i| Ok(settings.derive(self.counts(&format!("head.{h}.{i}"), n_terms, n_classes)?)?))
            .collect()
    }

    fn counts(&self, prefix: &str, n_terms: usize, n_classes: usize) -> Result<ClassCounts, ModelFileError> {
        let name = format!("{prefix}.counts");
        let view = self.view(&format!("{prefix}.documents"), Dtype::U64, Some(n_classes))?;
        let documents = copied(view.data());
        let terms: Vec<u32> = copied(self.view(&format!("{prefix}.terms"), Dtype::U32, None)?.data());
        let classes = self.view(&format!("{prefix}.classes"), Dtype::U16, Some(terms.len()))?;
        let classes: Vec<u16> = copied(classes.data());
        let counts: Vec<u32> = copied(self.view(&name, Dtype::U32, Some(terms.len()))?.data());
        let mut table = Array2::zeros((n_terms, n_classes));
        for ((&term, &class), &count) in terms.iter().zip(&classes).zip(&counts) {
            let cell = table.get_mut((term as usize, usize::from(class)));
            let cell: &mut u64 = cell.ok_or_else(|| ModelFileError::Array {
                name: name.clone(),
                problem: format!(
                    "found term {term}, class {class}, expected below {n_terms} and {n_classes}"
                ),
            })?;
            *cell += u64::from(count);
        }
        ClassCounts::from_parts(documents, table).map_err(|e| ModelFileError::NaiveBayes(e.into()))
    }
}

/// Derived weights are made, not read: a header that asks for absurdly many gets an error, not the memory.
fn checked_cells(n_cells: usize, group: usize) -> Result<(), ModelFileError> {
    const MAX: usize = 1 << 31;
    (n_cells <= MAX).then_some(()).ok_or_else(|| ModelFileError::Array {
        name: format!("group.{group}.weights"),
        problem: format!("found {n_cells} numbers, expected at most {MAX}"),
    })
}

/// A file's first eight bytes say how long its header is, and the header how long the file is.
fn check_length(bytes: &[u8]) -> Result<(), ModelFileError> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(ModelFileError::NotAModel(format!("found {} bytes, expected a header", bytes.len())));
    };
    let header_len = u64::from_le_bytes(*length);
    if rest.first() != Some(&b'{') || header_len > 100_000_000 {
        return Err(ModelFileError::NotAModel("it does not begin with a safetensors header".into()));
    }
    let cut_short = |expected| ModelFileError::CutShort { found: bytes.len(), expected };
    let Some(header) = rest.get(..header_len as usize) else {
        return Err(cut_short(8 + header_len));
    };
    /// Only where each array ends.
    #[derive(Deserialize)]
    struct Offsets {
        #[serde(default)]
        data_offsets: Option<(u64, u64)>,
    }
    let offsets: HashMap<String, Offsets> =
        serde_json::from_slice(header).map_err(|e| ModelFileError::NotAModel(format!("its header: {e}")))?;
    let data_len = offsets.values().filter_map(|o| o.data_offsets).map(|(_, end)| end).max().unwrap_or(0);
    let expected = (8 + header_len).saturating_add(data_len);
    if (bytes.len() as u64) < expected { Err(cut_short(expected)) } else { Ok(()) }
}
