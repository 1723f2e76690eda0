//! People sign in and out. One endpoint a file.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod me;
pub(super) mod password;
pub(super) mod register;
