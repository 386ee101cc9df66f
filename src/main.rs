//! The `dataratt` binary.
fn main() {}
