//! What credits cost a user.

use domain::{CreditRate, UserId};

use crate::App;

impl App {
    /// What one credit costs: a user, or anyone.
    #[expect(clippy::unused_self, reason = "a rate is the book's, though all have one today")]
    pub(crate) const fn credit_rate(&self, _user: Option<UserId>) -> CreditRate {
        CreditRate::BASE
    }
}
