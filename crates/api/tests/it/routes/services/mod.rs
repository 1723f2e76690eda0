//! As `src/routes/services`.

mod create;
mod get;
mod list;
mod reprice;
mod retire;
