//! The `credits` binary.

fn main() {}
