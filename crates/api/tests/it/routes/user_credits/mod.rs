//! As `src/routes/user_credits`.

mod balance;
mod summary;
mod transactions;
