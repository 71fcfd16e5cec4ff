//! moderato on the command line.

fn main() {}
