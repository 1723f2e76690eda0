//! As `src/routes/statuses`.

mod pause;
mod resume;
mod suspend;
