//! As `src/routes/purchases`.

mod create;
mod validate;
