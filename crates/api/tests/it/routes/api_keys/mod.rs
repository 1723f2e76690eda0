//! As `src/routes/api_keys`.

mod create;
mod list;
mod revoke;
