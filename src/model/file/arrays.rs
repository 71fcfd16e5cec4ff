//! Arrays of a model file: copied out of it, or used where they lie.

use bytemuck::Pod;
use std::borrow::Cow;

/// Numbers that a model file holds, little-endian.
pub(super) trait Number: Pod {
    /// The number whose little-endian bytes were taken for this machine's.
    fn of_le(number: Self) -> Self;
}

impl Number for u8 {
    fn of_le(number: Self) -> Self {
        number
    }
}

impl Number for u16 {
    fn of_le(number: Self) -> Self {
        Self::from_le(number)
    }
}

impl Number for i16 {
    fn of_le(number: Self) -> Self {
        Self::from_le(number)
    }
}

impl Number for u32 {
    fn of_le(number: Self) -> Self {
        Self::from_le(number)
    }
}

impl Number for u64 {
    fn of_le(number: Self) -> Self {
        Self::from_le(number)
    }
}

impl Number for f32 {
    fn of_le(number: Self) -> Self {
        Self::from_bits(u32::from_le(number.to_bits()))
    }
}

/// The numbers of an array, copied. Bytes over at the end are left out.
pub(super) fn copied<T: Number>(bytes: &[u8]) -> Vec<T> {
    let whole = bytes.len() - bytes.len() % size_of::<T>();
    let mut numbers: Vec<T> = bytemuck::allocation::pod_collect_to_vec(&bytes[..whole]);
    if cfg!(target_endian = "big") {
        numbers.iter_mut().for_each(|number| *number = T::of_le(*number));
    }
    numbers
}

/// Where a file's large arrays go, and whether they are known to be sound.
pub(super) trait Place<'b> {
    /// Whether a test has checked each number, so that a start need not.
    const CHECKED: bool;

    /// The numbers of an array.
    fn numbers<T: Number>(bytes: &'b [u8]) -> Cow<'static, [T]>;
}

/// A file's arrays are copied and checked.
pub(super) struct Copied;

/// A file that is part of the program lends its arrays.
pub(super) struct InPlace;

impl<'b> Place<'b> for Copied {
    const CHECKED: bool = false;

    fn numbers<T: Number>(bytes: &'b [u8]) -> Cow<'static, [T]> {
        copied(bytes).into()
    }
}

impl Place<'static> for InPlace {
    const CHECKED: bool = true;

    fn numbers<T: Number>(bytes: &'static [u8]) -> Cow<'static, [T]> {
        // Only a little-endian machine may take the bytes for numbers, and only where they are aligned.
        match bytemuck::try_cast_slice(bytes) {
            Ok(numbers) if cfg!(target_endian = "little") => Cow::Borrowed(numbers),
            _ => copied(bytes).into(),
        }
    }
}
