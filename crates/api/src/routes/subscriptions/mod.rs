//! Subscriptions: what somebody does to theirs. One endpoint a file.

pub(super) mod cancel;
pub(super) mod change;
pub(super) mod create;
pub(super) mod current;
pub(super) mod list;
pub(super) mod pause;
pub(super) mod periods;
pub(super) mod preview;
pub(super) mod resume;
pub(super) mod undo_cancel;
