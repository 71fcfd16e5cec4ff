//! What a server is made of: the store, where decisions are kept.
//!
//! Deliberately absent: the wire contract, which needs no socket, and the flags, which are the command line's.

pub mod store;
