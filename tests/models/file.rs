//! The model file: what is saved is what is loaded, and no bytes can hurt.

use crate::tiny;
use moderato::model::Model;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A file of every kind, with the model it was written from.
static FILES: LazyLock<Vec<(String, Model, Vec<u8>)>> = LazyLock::new(|| {
    let files = tiny::all().into_iter().map(|(name, model)| {
        let bytes = model.to_bytes().expect("a model can be written");
        (name, model, bytes)
    });
    files.collect()
});

/// All that may go wrong later goes wrong while scoring and explaining.
fn use_it(model: &Model) {
    for text in tiny::TEXTS {
        tiny::score(model, text);
        model.heads().iter().for_each(|head| drop(model.evidence(head, text)));
    }
}

/// Both ways of reading; the second does not compute the checksum, so what lies behind it is tried too.
fn read(bytes: &[u8]) {
    let checked = Model::from_bytes(bytes);
    if let Ok(model) = Model::from_static(bytes.to_vec().leak()) {
        use_it(&model);
    }
    if let Ok(model) = checked {
        use_it(&model);
    }
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    for (name, model, bytes) in FILES.iter() {
        let loaded = Model::from_bytes(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let borrowed = Model::from_static(bytes.clone().leak()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(loaded.id(), model.id(), "{name}");
        assert_eq!(loaded.about(), model.about(), "{name}");
        assert!(
            loaded.to_bytes().expect("it can be written") == *bytes,
            "{name}: other bytes the second time"
        );
        for text in tiny::TEXTS {
            // Equal to the last bit: `PartialEq` of floats, and none is NaN.
            let expected = tiny::score(model, text);
            assert!(
                expected.iter().all(|answer| answer.log_odds.iter().all(|z| z.is_finite())),
                "{name}: {text}"
            );
            assert_eq!(tiny::score(&loaded, text), expected, "{name}: {text}");
            assert_eq!(tiny::score(&borrowed, text), expected, "{name}: {text}");
        }
    }
}

#[test]
fn every_prefix_of_a_file_is_refused() {
    for (name, _, bytes) in FILES.iter().step_by(4) {
        let step = (bytes.len() / 150).max(1);
        for end in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            assert!(Model::from_bytes(&bytes[..end]).is_err(), "{name}: {end} of {} bytes", bytes.len());
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
        prop_assert!(Model::from_static(bytes.leak()).is_err());
    }

    #[test]
    fn arbitrary_headers_are_refused(header in "\\{[ -~]{0,200}\\}", rest in prop::collection::vec(any::<u8>(), 0..64)) {
        let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &rest].concat();
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_changed_byte_is_seen_and_never_hurts(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (name, _, bytes) = file.get(&FILES);
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        let mut bytes = bytes.clone();
        bytes[at] = to;
        // Blanks that pad the header mean nothing, and one may become another.
        prop_assert!(Model::from_bytes(&bytes).is_err() || to.is_ascii_whitespace(), "{}: byte {} to {}", name, at, to);
        read(&bytes);
    }

    /// Within the header, a digit that becomes another changes a length, an end or a setting.
    #[test]
    fn a_changed_number_never_hurts(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), to in b'0'..=b'9') {
        let (_, _, bytes) = file.get(&FILES);
        let header = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
        let digits: Vec<usize> = (8..header).filter(|&at| bytes[at].is_ascii_digit()).collect();
        let mut bytes = bytes.clone();
        bytes[digits[at.index(digits.len())]] = to;
        read(&bytes);
    }
}
