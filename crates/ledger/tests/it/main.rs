//! Tests of the ledger from outside: its rules at their edges, a model that it
//! must agree with, tampered journals, and the bytes that are for ever.

mod book;
mod bytes;
mod model;
mod rules;
mod story;
mod tamper;
