//! As `src/routes/system`.

mod summary;
