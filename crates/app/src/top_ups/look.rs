//! Looking at a balance: beginning what is wanted below its threshold, and carrying on
//! with what was begun. Whoever comes next takes the steps that are left.

use domain::{PaymentMethod, PurchaseId, Status, Time, UserId};
use ledger::{Grant, Wallet};
use store::top_ups::{self, Open, Settings};

use super::begin::{Began, Wanted, begin};
use super::{DESCRIPTION, stop};
use crate::App;
use crate::error::{Error, stored};
use crate::purchases::KeptProgress;
use crate::wallets::Holder;

/// How soon money or credits that come later are looked for again, in microseconds.
const LOOK_AGAIN_US: i64 = 600 * Time::SECOND;

/// Why nothing came of one that nobody said no to.
const DEFERRED: [&str; 3] = ["late", "paused", "withdrawn"];

/// What a balance looks like.
enum Seen {
    /// Something is to be bought.
    Below(Box<Wanted>),
    /// Nothing is.
    Enough {
        /// When to look again, if not when a record says so.
        again: Option<Time>,
    },
}

impl App {
    /// Buys what a user wants below their threshold, if they are below. When to look
    /// again; `None` for when it falls again.
    pub async fn top_up(&self, user: UserId) -> Result<Option<Time>, Error> {
        let number = user.number();
        let read = self.read(move |tx| {
            Box::pin(async move {
                let settings = tx.opt(top_ups::find(number)).await?;
                Ok((settings, tx.opt(top_ups::open(number)).await?))
            })
        });
        let (settings, open) = read.await?;
        let Some(settings) = settings else { return Ok(None) };
        if let Some(open) = open {
            return self.carry_on_top_up(settings, open).await;
        }
        let wanted = match self.wanted_top_up(&settings).await? {
            Seen::Below(wanted) => *wanted,
            Seen::Enough { again } => return Ok(again),
        };
        let began = self.write(move |tx| Box::pin(async move { begin(tx, &wanted).await }));
        match began.await? {
            Began::Nothing => Ok(None),
            Began::Wait(until) => Ok(Some(until)),
            Began::Open(open) => self.carry_on_top_up(settings, open).await,
        }
    }

    /// What is to be bought: nothing where they are not below, or may not buy.
    async fn wanted_top_up(&self, settings: &Settings) -> Result<Seen, Error> {
        let terms = &settings.terms;
        if settings.state != "on" {
            return Ok(Seen::Enough { again: None });
        }
        let read = self.ledger().wallet(terms.wallet_id).await?;
        let is_active = read.wallet.balances.status == Status::Active;
        if !is_active || read.wallet.available(read.now) >= terms.threshold {
            let again = has_more_later(&read.wallet, read.now);
            return Ok(Seen::Enough { again: again.then(|| read.now.plus(LOOK_AGAIN_US)) });
        }
        let method = PaymentMethod::parse(&terms.payment_method);
        let method = method.map_err(stored("payment method"))?;
        let holder = Holder { user: UserId::from_number(terms.user_id), wallet: terms.wallet_id };
        let purchase = self.kept_purchase(holder, terms.quantity, (method, DESCRIPTION)).await?;
        let wanted = Wanted { settings: settings.clone(), seen: read.as_of, purchase };
        Ok(Seen::Below(Box::new(wanted)))
    }

    /// Takes the steps that are left. What was declined stops them all first: nothing is
    /// tried again before somebody agrees anew.
    async fn carry_on_top_up(&self, settings: Settings, open: Open) -> Result<Option<Time>, Error> {
        let id = PurchaseId::from_number(open.purchase_id);
        let mut progress = self.carry_on_kept(id).await?;
        if let KeptProgress::Declined(why) = progress {
            self.stop_top_ups(&settings, &open, why).await?;
            progress = self.end_kept(id, why).await?;
        }
        let at = self.ledger().time()?;
        match progress {
            KeptProgress::Bought => self.note_bought(open).await,
            KeptProgress::Awaited => Ok(Some(at.plus(LOOK_AGAIN_US))),
            // Nobody said no: it may be tried again.
            KeptProgress::Failed(why) if DEFERRED.contains(&why.as_str()) => {
                self.note_failed_top_up(open, why).await?;
                Ok(Some(at.plus(LOOK_AGAIN_US)))
            }
            // Money came in, though not what was asked for: it counts.
            KeptProgress::Failed(why) if why == "mismatch" => {
                self.stop_top_ups(&settings, &open, &why).await?;
                self.note_bought(open).await
            }
            KeptProgress::Failed(why) => {
                // Where it was ended by others, nobody was told yet.
                self.stop_top_ups(&settings, &open, &why).await?;
                self.note_failed_top_up(open, why).await?;
                // Somebody may have agreed anew meanwhile, and be below.
                Ok(Some(at))
            }
            KeptProgress::Declined(_) => {
                Err(Error::internal("a payment that was ended is open still"))
            }
        }
    }

    /// They may still be below: a second one waits for the cool-down.
    async fn note_bought(&self, open: Open) -> Result<Option<Time>, Error> {
        let at = self.ledger().time()?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where that was known.
                let done = top_ups::done(open.purchase_id, at);
                Ok(tx.exec(done).await?.at_most_one().map(drop)?)
            })
        })
        .await?;
        Ok(Some(at))
    }

    async fn note_failed_top_up(&self, open: Open, why: String) -> Result<(), Error> {
        let at = self.ledger().time()?;
        self.write(move |tx| {
            Box::pin(async move {
                // No row is hit where that was known.
                let failed = top_ups::fail(open.purchase_id, &why, at);
                Ok(tx.exec(failed).await?.at_most_one().map(drop)?)
            })
        })
        .await
    }

    /// Stops what that one was begun by.
    async fn stop_top_ups(&self, now: &Settings, open: &Open, why: &str) -> Result<(), Error> {
        if now.agreement != open.agreement {
            return Ok(());
        }
        let (settings, why, at) = (now.clone(), why.to_owned(), self.ledger().time()?);
        self.write(move |tx| Box::pin(async move { stop::stop(tx, &settings, &why, at).await }))
            .await
    }
}

/// Whether there are credits that can't be spent yet: they hide from who adds up
/// records how much is left.
fn has_more_later(wallet: &Wallet, now: Time) -> bool {
    let is_later = |grant: &Grant| grant.terms.effective_at > now && grant.unheld().is_positive();
    wallet.grants().iter().any(is_later)
}
