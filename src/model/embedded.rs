//! The model that is part of the program.

use super::Model;
use super::file::ModelFileError;

/// Bytes that begin where a number of any type may begin, so that weights can be used where they lie.
#[repr(C, align(64))]
struct Aligned<B: ?Sized>(B);

static DEFAULT: &Aligned<[u8]> = &Aligned(*include_bytes!("../../models/default.safetensors"));

impl Model {
    /// The default model, made by `training/default.toml` and compiled in.
    ///
    /// # Errors
    /// Never, unless the program was built from an altered model file.
    pub fn embedded() -> Result<Self, ModelFileError> {
        Self::from_static(&DEFAULT.0)
    }
}
