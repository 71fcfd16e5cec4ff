//! The map of the house.

pub mod comment;
pub mod counts;
pub mod label;
pub mod logistic;
pub mod naive_bayes;
