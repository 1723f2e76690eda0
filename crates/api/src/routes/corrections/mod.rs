//! Corrections by staff. One endpoint a file.

pub(super) mod add;
pub(super) mod remove;
