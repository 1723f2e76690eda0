//! What is done behind requests.

mod get;
mod list;
mod rerun;
