//! The whole server over real HTTP, on a real file.

mod cases;
mod connections;
mod examples;
mod hostile;
mod order;
mod races;
mod routes;
mod scopes;
