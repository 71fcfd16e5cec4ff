//! The map of the house.

pub mod comment;
pub mod evaluate;
pub mod label;
pub mod report;
