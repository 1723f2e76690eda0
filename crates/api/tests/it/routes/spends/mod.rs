//! As `src/routes/spends`.

mod create;
