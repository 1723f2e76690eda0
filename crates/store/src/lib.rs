//! All SQL, and nothing else that knows any.
//!
//! Statements are named values ([`Sql`]) with a text for both engines; a
//! transaction ([`Tx`]) runs them; a table group is a module of functions that
//! make them. Rules about money are not here: rows store what the ledger
//! decided. This crate must not know HTTP, Stripe or use cases.

mod bell;
mod bulk_text;
mod constraint;
mod db;
mod driver;
mod error;
mod migrate;
mod page;
mod panics;
mod partitioned;
mod query;
mod row;
mod tx;
mod value;

pub mod api_keys;
pub mod audit;
pub mod audit_chain;
pub mod books;
pub mod copying;
pub mod cursors;
pub mod customers;
pub mod figures;
pub mod job_workers;
pub mod jobs;
pub mod journal;
pub mod mails;
pub mod packages;
pub mod payments;
pub mod projections;
pub mod promotions;
pub mod purchases;
pub mod rates;
pub mod reconciliations;
pub mod redemptions;
pub mod requests;
pub mod reversal_steps;
pub mod reversals;
pub mod rows;
pub mod services;
pub mod sessions;
pub mod shown_subscriptions;
pub mod sign_in_attempts;
pub mod stripe_events;
pub mod subscription_periods;
pub mod subscriptions;
pub mod tags;
pub mod top_ups;
pub mod totals;
pub mod users;
pub mod words;

pub use bell::Bell;
pub use constraint::{Constraint, OnConstraint};
pub use db::{Absent, BookLock, Db, Options, Outdated, Priority, ServerOptions, Stats};
pub use driver::postgres::{Address, AddressError};
pub use driver::sqlite::version as sqlite_version;
pub use error::{Cause, Error, OpenError};
pub use migrate::version as schema_version;
pub use page::{Page, Place};
pub use partitioned::PARTITIONED;
pub use query::{Change, Changed, Column, Engine, Query, Rows, Sql};
pub use row::{Cell, FromCell, Row};
pub use tx::{Tx, Work};
pub use value::{Kind, Value};

/// Every statement of this crate.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    let modules = [
        api_keys::ALL,
        audit::ALL,
        audit_chain::ALL,
        books::ALL,
        cursors::ALL,
        customers::ALL,
        job_workers::ALL,
        jobs::ALL,
        journal::ALL,
        mails::ALL,
        migrate::STATEMENTS,
        packages::ALL,
        payments::ALL,
        promotions::ALL,
        purchases::ALL,
        rates::ALL,
        reconciliations::ALL,
        redemptions::ALL,
        requests::ALL,
        reversal_steps::ALL,
        reversals::ALL,
        services::ALL,
        sessions::ALL,
        shown_subscriptions::ALL,
        sign_in_attempts::ALL,
        stripe_events::ALL,
        subscription_periods::ALL,
        subscriptions::ALL,
        tags::ALL,
        top_ups::ALL,
        totals::ALL,
        users::ALL,
        words::ALL,
    ];
    let modules = modules.into_iter().chain(projections::ALL.iter().copied());
    let modules = modules.chain(figures::ALL.iter().copied());
    modules.flatten().copied().chain(rows::statements()).chain(copying::statements())
}
