//! HTTP.

mod extract;
mod problem;
mod wire;
