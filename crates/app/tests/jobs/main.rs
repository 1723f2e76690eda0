//! The scheduler on either engine, with jobs that do as a test says.

mod bench;
mod lone;
mod racing;
mod stopping;
