//! Users with how their credits stand. One endpoint a file.

pub(super) mod list;
