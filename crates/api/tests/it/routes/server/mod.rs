//! As `src/routes/server`.

mod docs;
mod errors;
mod health;
mod metrics;
mod openapi;
mod ready;
