//! As `src/routes/rates`.

mod create;
mod get;
mod list;
