//! As `src/routes/grants`.

mod create;
mod list;
