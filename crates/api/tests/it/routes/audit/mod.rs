//! As `src/routes/audit`.

mod list;
