//! Model → bytes.

use super::{ENTRY, FORMAT, GroupHeader, HeadHeader, Header, ModelFileError, checksum};
use crate::model::group::Cells;
use crate::model::{HASH_DIGITS, Model};
use crate::naive_bayes::{ClassCounts, NaiveBayesSettings};
use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::{BTreeMap, HashMap};

/// An array on its way into a file.
struct Array {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Model {
    /// The file's bytes; the same model gives the same bytes.
    ///
    /// # Errors
    /// If an array is beyond what the format can hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelFileError> {
        let arrays = self.arrays();
        let header = self.signed_header(&arrays);
        let entry = serde_json::to_string(&header).map_err(|e| ModelFileError::NotAModel(e.to_string()))?;
        let views = arrays
            .iter()
            .map(|(name, a)| Ok((name.as_str(), TensorView::new(a.dtype, a.shape.clone(), &a.bytes)?)))
            .collect::<Result<Vec<_>, SafeTensorError>>();
        // One entry only: the order of several would depend on a hash map.
        views
            .and_then(|views| safetensors::serialize(views, Some(HashMap::from([(ENTRY.to_owned(), entry)]))))
            .map_err(|e| ModelFileError::NotAModel(e.to_string()))
    }

    /// Names the model by what it holds.
    pub(in crate::model) fn sign(&mut self) {
        let header = self.signed_header(&self.arrays());
        self.hash = header.sha256.chars().take(HASH_DIGITS).collect();
    }

    fn signed_header(&self, arrays: &BTreeMap<String, Array>) -> Header {
        let mut header = self.header();
        let bytes = arrays.iter().map(|(name, array)| (name.as_str(), array.bytes.as_slice()));
        header.sha256 = checksum(&header, bytes);
        header
    }

    fn header(&self) -> Header {
        let groups = self.groups.iter().map(|group| GroupHeader {
            weighting: group.weighting(),
            apart: group.is_apart(),
            n_columns: group.n_columns(),
        });
        let heads = self.heads.iter().zip(&self.classifiers).map(|(head, classifiers)| HeadHeader {
            head: head.clone(),
            naive_bayes: classifiers
                .first()
                .map(|nb| NaiveBayesSettings { n_classes: None, ..nb.settings().clone() }),
        });
        Header {
            format: FORMAT,
            sha256: String::new(),
            about: self.about.clone(),
            analysis: *self.analyzer().analysis(),
            n_characters: self.vocabulary().n_characters(),
            groups: groups.collect(),
            heads: heads.collect(),
        }
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        let mut arrays = BTreeMap::new();
        let mut put = |name: String, dtype, shape: Vec<usize>, bytes| {
            arrays.insert(name, Array { dtype, shape, bytes });
        };
        let (text, ends, index) = self.vocabulary().as_parts();
        put("vocabulary.text".into(), Dtype::U8, vec![text.len()], text.as_bytes().to_vec());
        put("vocabulary.ends".into(), Dtype::U32, vec![ends.len()], le_bytes(ends, |e| e.to_le_bytes()));
        put(
            "vocabulary.index".into(),
            Dtype::U64,
            vec![index.len()],
            le_bytes(index, |slot| slot.to_le_bytes()),
        );
        for (g, group) in self.groups.iter().enumerate() {
            if let Cells::Whole(cells) = group.cells() {
                let scales = group.scales();
                let shape = vec![self.vocabulary().len(), scales.len()];
                put(format!("group.{g}.cells"), Dtype::I16, shape, le_bytes(cells, |x| x.to_le_bytes()));
                let bytes = le_bytes(scales, |x| x.to_le_bytes());
                put(format!("group.{g}.scales"), Dtype::F32, vec![scales.len()], bytes);
            }
        }
        for (h, classifiers) in self.classifiers.iter().enumerate() {
            for (i, classifier) in classifiers.iter().enumerate() {
                put_counts(&format!("head.{h}.{i}"), classifier.counts(), &mut put);
            }
        }
        arrays
    }
}

fn put_counts(prefix: &str, counts: &ClassCounts, put: &mut impl FnMut(String, Dtype, Vec<usize>, Vec<u8>)) {
    let cells: Vec<(u32, u16, u32)> = counts
        .term_counts()
        .indexed_iter()
        .filter(|(_, n)| **n > 0)
        // A corpus in which one term occurs four billion times with one label is beyond training in memory.
        .map(|((term, class), n)| (term as u32, class as u16, u32::try_from(*n).unwrap_or(u32::MAX)))
        .collect();
    let n = vec![cells.len()];
    let documents = counts.n_documents();
    put(
        format!("{prefix}.documents"),
        Dtype::U64,
        vec![documents.len()],
        le_bytes(documents, |d| d.to_le_bytes()),
    );
    put(format!("{prefix}.terms"), Dtype::U32, n.clone(), le_bytes(&cells, |c| c.0.to_le_bytes()));
    put(format!("{prefix}.classes"), Dtype::U16, n.clone(), le_bytes(&cells, |c| c.1.to_le_bytes()));
    put(format!("{prefix}.counts"), Dtype::U32, n, le_bytes(&cells, |c| c.2.to_le_bytes()));
}

fn le_bytes<T, const N: usize>(values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(bytes).collect()
}
