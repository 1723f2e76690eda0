//! As `src/routes/batches`.

mod create;
