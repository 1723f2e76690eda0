//! As `src/routes/purchases`.

mod create;
mod get;
mod list;
mod validate;
