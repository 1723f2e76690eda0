//! Packages.

mod all;
mod create;
mod get;
mod list;
mod update;
