//! As `src/routes/balances`.

mod get;
