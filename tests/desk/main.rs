//! The server as a desk uses it: decisions that outlive the process, the page where they are made, what is recorded
//! beside, and what is learned from all of it.

#![cfg(test)]

mod beside;
mod browser;
mod kill;
mod learn;
mod page;
mod serving;
