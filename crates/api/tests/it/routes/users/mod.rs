//! As `src/routes/users`.

mod create;
mod get;
mod list;
mod update;
