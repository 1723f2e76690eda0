//! As `src/routes/auth`.

mod login;
mod logout;
mod me;
mod password;
mod register;
