//! What tests share. Development only: nothing ships it.

mod tamper;

pub use tamper::tamper;
