//! The map of the house.

pub mod calibration;
pub mod cli;
pub mod comment;
pub mod corpus;
pub mod counts;
pub mod evaluate;
pub mod extract;
pub mod label;
pub mod logistic;
pub mod model;
pub mod naive_bayes;
pub mod report;
pub mod text;
