//! The client of Stripe against a double of it, over the wire.

mod answers;
mod billing;
mod billing_races;
mod card_setups;
mod desk;
mod events;
mod localstripe;
mod packages;
mod payments;
mod refunds;
mod spec;
