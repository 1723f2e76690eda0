//! As `src/routes/summaries`.

mod get;
