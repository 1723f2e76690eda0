//! As `src/routes/corrections`.

mod add;
mod remove;
