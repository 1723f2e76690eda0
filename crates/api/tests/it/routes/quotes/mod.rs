//! As `src/routes/quotes`.

mod create;
