//! Each rule at its edges, a noun a file.

mod amounts;
mod batches;
mod books;
mod burn_order;
mod captures;
mod clawbacks;
mod costs;
mod debts;
mod expiry;
mod families;
mod freezes;
mod holds;
mod keys;
mod limits;
mod loading;
mod refunds;
mod statuses;
mod times;
