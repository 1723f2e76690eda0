//! The credits that a promotion gives: granted once, by the use they are owed for,
//! whoever does it and however often.

use domain::{Description, Limit, MailKind, PurchaseId, Refusal, Source, Text, Time, UserId};
use ledger::{Actor, Command, Fingerprint, Order, command};
use serde::Serialize;
use store::redemptions::{self, Redemption, State};
use store::{Place, Tx};

use crate::App;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::ledger::{How, SubmitError};
use crate::mails::{self, NewMail};
use crate::purchases::is_full;
use crate::words;

/// A use whose credits are there, and whether they came just now.
pub(super) struct Granted {
    pub(super) row: Redemption,
    pub(super) how: How,
}

/// How many are read at a time.
const REDEMPTIONS_MAX: i64 = 256;

impl App {
    /// Grants what uses owe that were asked for at least so many microseconds ago;
    /// how many. One that can't be granted yet stops none of the others.
    pub async fn finish_redemptions(&self, age: i64) -> Result<usize, Error> {
        let until = self.ledger().time()?.plus(age.saturating_neg());
        let (mut granted, mut last) = (0, Place::START);
        loop {
            let owed = self.all(redemptions::owed(until, last, REDEMPTIONS_MAX)).await?;
            let Some(end) = owed.last() else { return Ok(granted) };
            last = *end;
            for Place { id, .. } in owed {
                match self.grant_redemption(id).await {
                    Ok(_) => granted += 1,
                    Err(error) => tracing::warn!(%error, redemption = id, "promotions.not_granted"),
                }
            }
        }
    }

    /// Grants what a purchase's promotion gives beside it, if it does. The purchase
    /// is done all the same: what can't be granted now stays owed.
    pub(crate) async fn give_bonus(&self, purchase: PurchaseId) {
        let id = purchase.number();
        let given = async {
            match self.opt(redemptions::by_purchase(id)).await? {
                Some(row) if row.state == State::Granting => {
                    self.grant_redemption(row.id).await.map(drop)
                }
                _ => Ok(()),
            }
        };
        if let Err(error) = given.await {
            tracing::warn!(%error, purchase = id, "promotions.not_granted");
        }
    }

    /// Grants what a use owes.
    pub(super) async fn grant_redemption(&self, id: i64) -> Result<Granted, Error> {
        let mut how = How::Replayed;
        loop {
            let row = self.one(redemptions::by_id(id)).await?;
            match row.state {
                State::Granting => how = self.grant_owed(&row).await?,
                State::Used => return Ok(Granted { row, how }),
                State::Reserved | State::Freed => {
                    return Err(Error::internal("a use that owes nothing was to be granted"));
                }
            }
        }
    }

    async fn grant_owed(&self, row: &Redemption) -> Result<How, Error> {
        self.check_room_of(row).await?;
        match self.ledger().submit(self.order_of_redemption(row)?).await {
            Ok(committed) => {
                let (row, seq) = (row.clone(), committed.record.seq);
                let at = self.ledger().time()?;
                self.write(move |tx| {
                    Box::pin(async move {
                        // No row is hit where somebody else took this step.
                        let granted = tx.exec(redemptions::granted(row.id, seq, at)).await?;
                        if granted.at_most_one()? {
                            tell(tx, &row, at).await?;
                        }
                        Ok(())
                    })
                })
                .await?;
                Ok(committed.how)
            }
            Err(refused @ SubmitError::Refused { .. }) => {
                self.note_refused_redemption(row).await?;
                Err(refused.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What was refused before is not tried again until there is room: every try
    /// leaves a record.
    async fn check_room_of(&self, row: &Redemption) -> Result<(), Error> {
        if row.attempt == 1 || !is_full(&self.ledger().wallet(row.of.wallet_id).await?.wallet) {
            return Ok(());
        }
        let refusal = Refusal::Limit(Limit::OpenGrants);
        Err(SubmitError::Refused { refusal, how: How::Applied }.into())
    }

    /// The next attempt has a key of its own: this one's outcome is a refusal for
    /// ever.
    async fn note_refused_redemption(&self, row: &Redemption) -> Result<(), Error> {
        let (id, attempt, at) = (row.id, row.attempt, self.ledger().time()?);
        self.write(move |tx| {
            Box::pin(async move {
                let refused = tx.exec(redemptions::refused(id, attempt, at)).await?;
                Ok(refused.at_most_one().map(drop)?)
            })
        })
        .await
    }

    fn order_of_redemption(&self, row: &Redemption) -> Result<Order, Error> {
        let of = &row.of;
        let fact = format!("promotion_redemption:{}", row.id);
        let key = match row.attempt {
            1 => fact.clone(),
            attempt => format!("{fact}:{attempt}"),
        };
        let grant = command::Grant::plain(of.wallet_id, of.credits, Source::Promotion);
        let said = Description::parse(&format!("Promotion: {}", row.promotion_name));
        let said = said.map_err(stored("name"))?;
        Ok(Order {
            key: Some((text(&key)?, self.fingerprint_of_redemption(row, &fact))),
            reference: Some(text(&fact)?),
            request: of.request_id.as_deref().map(text).transpose()?,
            words: words::write(self.entropy(), Some(&said), None),
            ..Order::bare(Actor::System, Command::Grant(grant))
        })
    }

    /// Of the economic fact alone.
    fn fingerprint_of_redemption(&self, row: &Redemption, fact: &str) -> Fingerprint {
        let canonical = Canonical::of("promotions.grant")
            .text("fact", fact)
            .number("user", row.of.user_id)
            .number("amount", row.of.credits.micros());
        canonical.seal(&self.ledger().book().fingerprint_secret)
    }
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}

/// What they are written: credits are micro-credits.
#[derive(Serialize)]
struct Told {
    redemption: i64,
    promotion: i64,
    credits: i64,
}

async fn tell(tx: &mut Tx, row: &Redemption, at: Time) -> Result<(), Error> {
    let of = &row.of;
    let data =
        &Told { redemption: row.id, promotion: of.promotion_id, credits: of.credits.micros() };
    let (kind, key) = (MailKind::PromotionRedeemed, format!("promotion_redemption:{}", row.id));
    let user = UserId::from_number(of.user_id);
    mails::queue(tx, &NewMail { kind, user, key: &key, data, at }).await
}
