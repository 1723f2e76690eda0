//! The binary from outside, as an operator meets it: nothing is called but the
//! program, nothing seen but its output, its exit code and its HTTP API.

mod copying;
mod doctor;
mod failures;
mod faults;
mod fleet;
mod help;
mod keys;
mod kill;
mod lifecycle;
mod machine;
mod measuring;
mod newcomer;
mod program;
mod replay;
mod verify;
