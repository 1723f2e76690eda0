//! As `src/routes/clock`.

mod confirm;
