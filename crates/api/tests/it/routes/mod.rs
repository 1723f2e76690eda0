//! Every endpoint, along the same path as its code.

mod api_keys;
mod audit;
mod balances;
mod batches;
mod clock;
mod corrections;
mod grants;
mod holds;
mod ledger;
mod quotes;
mod server;
mod services;
mod spends;
mod statuses;
mod transactions;
mod users;
