//! The map of the house.

pub mod comment;
pub mod extract;
pub mod label;
