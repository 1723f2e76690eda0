//! As `src/routes/ledger`.

mod checkpoint;
mod export;
mod trial_balance;
mod verify;
