//! As `src/routes/holds`.

mod capture;
mod create;
mod extend;
mod get;
mod list;
mod release;
