//! Use cases on a running ledger: what a client can't see from outside, caches
//! and replays above all.

mod audit;
mod balances;
mod batches;
mod corrections;
mod cut;
mod desk;
mod explanations;
mod holds;
mod keys;
mod payments;
mod plots;
mod prices;
mod promotions;
mod purchases;
mod reconciliation;
mod replays;
mod reversal_stories;
mod reversals;
mod statuses;
mod stories;
mod subscription_bounds;
mod subscription_cards;
mod subscription_ends;
mod subscription_months;
mod subscriptions;
mod summaries;
mod top_ups;
mod users;
