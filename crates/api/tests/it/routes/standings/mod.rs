//! As `src/routes/standings`.

mod list;
