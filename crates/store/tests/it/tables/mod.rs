//! One module a table group.

mod api_keys;
mod audit;
mod books;
mod cursors;
mod figures;
mod jobs;
mod mails;
mod promotions;
mod purchases;
mod rates;
mod requests;
mod reversals;
mod services;
mod sessions;
mod sign_in_attempts;
mod top_ups;
mod users;
