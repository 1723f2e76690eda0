//! As `src/routes/rates`.

mod get;
