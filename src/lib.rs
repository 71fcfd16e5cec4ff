//! The map of the house.

pub mod comment;
pub mod corpus;
pub mod extract;
pub mod label;
