//! What is PostgreSQL's own, on the server that CREDITS_TEST_POSTGRES names: `make
//! test-postgres`.

#[path = "../it/breaks.rs"]
mod breaks;
mod constraints;
mod dying;
mod law;
mod opening;
mod schema;
mod server;
mod statements;
mod transactions;
