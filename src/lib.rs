//! The map of the house.

pub mod calibration;
pub mod comment;
pub mod counts;
pub mod label;
pub mod logistic;
pub mod naive_bayes;
