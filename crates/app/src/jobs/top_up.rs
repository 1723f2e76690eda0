//! Looks at a user's balance, and buys what they agreed to below their threshold. It
//! is one job a user, however many records say that the balance fell.

use domain::{Time, UserId};
use serde::{Deserialize, Serialize};

use super::{Job, NewJob, Outcome, Patience};
use crate::App;
use crate::error::Error;

/// The job.
pub(crate) struct LookAtBalance;

/// Whose.
#[derive(Deserialize, Serialize)]
pub(crate) struct OfUser {
    user: i64,
}

impl Job for LookAtBalance {
    const NAME: &'static str = "top_ups.look";
    const PATIENCE: Patience = Patience::Endless;
    type Payload = OfUser;

    async fn run(app: &App, OfUser { user }: OfUser) -> Result<Outcome, Error> {
        let next = app.top_up(UserId::from_number(user)).await?;
        Ok(next.map_or(Outcome::Done, |at| Outcome::Again { at }))
    }
}

/// The job of a user, due then.
pub(crate) fn top_up(user: i64, run_at: Time) -> NewJob {
    let (name, key) = (LookAtBalance::NAME, user.to_string());
    NewJob { name, key, payload: format!(r#"{{"user":{user}}}"#), run_at }
}
