//! As `src/routes/purchases`.

mod create;
mod get;
mod list;
mod receipt;
mod validate;
