//! The server as clients meet it: bytes over a socket in, bytes over a socket out.

mod client;
mod running;

// The contract, answer by answer.
mod batch;
mod contract;
mod decisions;
mod discovery;

// The clients there are, and what they send.
mod clients;
mod coral_page;
mod shapes;

// Our own doors.
mod coral;
mod own;

// What an operator relies on.
mod deploy;
mod operation;
mod program;

// What comes from a world that means no good.
mod hostile;
mod smuggling;
