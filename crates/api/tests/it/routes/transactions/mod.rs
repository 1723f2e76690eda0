//! As `src/routes/transactions`.

mod explain;
mod get;
mod list;
