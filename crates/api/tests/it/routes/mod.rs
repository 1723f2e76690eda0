//! Every endpoint, along the same path as its code.

mod api_keys;
mod audit;
mod auth;
mod balances;
mod batches;
mod clock;
mod corrections;
mod grants;
mod holds;
mod jobs;
mod ledger;
mod mails;
mod packages;
mod purchases;
mod quotes;
mod rates;
mod server;
mod services;
mod spends;
mod standings;
mod statuses;
mod summaries;
mod system;
mod transactions;
mod user_credits;
mod users;
