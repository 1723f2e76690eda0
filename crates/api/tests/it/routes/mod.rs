//! Every endpoint, along the same path as its code.

mod api_keys;
mod auth;
mod balances;
mod batches;
mod clock;
mod grants;
mod holds;
mod ledger;
mod quotes;
mod server;
mod services;
mod spends;
mod transactions;
mod users;
