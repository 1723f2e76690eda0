//! What is PostgreSQL's own, on the server that CREDITS_TEST_POSTGRES names: `make
//! test-postgres`.

mod appending;
#[path = "../it/breaks.rs"]
mod breaks;
mod constraints;
mod copying;
mod dying;
mod encryption;
#[path = "../it/hot.rs"]
mod hot;
mod law;
mod opening;
mod racing;
mod repairing;
mod schema;
mod server;
mod statements;
mod transactions;
