//! As `src/routes/server`.

mod errors;
mod health;
mod metrics;
mod openapi;
mod ready;
