//! Subscriptions.

mod cancel;
mod change;
mod create;
mod current;
mod list;
mod pause;
mod periods;
mod preview;
mod resume;
mod undo_cancel;
