//! As `src/routes/packages`.

mod list;
