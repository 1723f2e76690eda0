//! Promotions. One endpoint a file.

pub(super) mod create;
pub(super) mod end;
pub(super) mod get;
pub(super) mod list;
pub(super) mod redeem;
pub(super) mod redemptions;
pub(super) mod update;
