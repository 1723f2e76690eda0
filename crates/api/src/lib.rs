//! HTTP.

mod serve;
