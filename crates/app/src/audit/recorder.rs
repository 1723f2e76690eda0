//! The recorder: a consumer of the journal that writes a row of the audit log
//! for each privileged record, and ends the sessions of who was suspended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ledger::{Event, Kind, Owner, Record, Seq, Status, WalletId};
use store::audit::{self, Logged};
use store::{Error, Priority, Tx, Work, journal, sessions};

use super::derive::{self, Known, STATUS_ACTIONS};
use crate::consumer::{Consumer, Parts, Records};

/// The most owners that are remembered: about 2 MiB.
const OWNERS_MAX: usize = 65_536;

/// Writes the rows of records.
#[derive(Default)]
pub(crate) struct Recorder {
    /// Whose wallets are, of those met lately; it never changes.
    owners: Mutex<HashMap<WalletId, i64>>,
}

impl Consumer for Recorder {
    const NAME: &'static str = "audit";
    /// At 20 µs a row, and few records are privileged.
    const BATCH_MAX: i64 = 2_048;
    /// Edits write rows of the log too: their ids are those of their commits.
    const PRIORITY: Priority = Priority::Edit;

    type Part = Records;

    fn parts(&self, step: Records, _: i64) -> Parts<Records> {
        Parts::whole(step)
    }

    fn consume<'t>(&'t self, tx: &'t mut Tx, records: &'t Records) -> Work<'t, (), Error> {
        Box::pin(async move {
            for record in records {
                if let (Event::Open { owner: Owner::User(user), .. }, Some(id)) =
                    (&record.event, record.wallet)
                {
                    self.keep(id, *user);
                }
                if derive::is_privileged(record.event.kind()) {
                    self.write(tx, record).await?;
                }
            }
            Ok(())
        })
    }
}

impl Recorder {
    async fn write(&self, tx: &mut Tx, record: &Record) -> Result<(), Error> {
        let owner = match record.wallet {
            Some(wallet) => self.owner(tx, wallet).await?,
            None => None,
        };
        let status = match record.event.kind() {
            Kind::SetStatus => Some(last_status(tx, &derive::subject(record, owner)).await?),
            _ => None,
        };
        let is_suspended = record.event.kind() == Kind::SetStatus
            && record.after.is_some_and(|after| after.status == Status::Suspended);
        if let Some(user) = owner.filter(|_| is_suspended) {
            // For good: who may sign in again later does so. However many there were.
            let _ = tx.exec(sessions::revoke_all(user, record.at)).await?;
        }
        if let Some(entry) = derive::entry(record, Known { owner, status }) {
            tx.exec(audit::insert(&entry)).await?.expect_one()?;
        }
        Ok(())
    }

    /// Whose wallet it is: the record that opened it says so.
    async fn owner(&self, tx: &mut Tx, wallet: WalletId) -> Result<Option<i64>, Error> {
        let known =
            self.owners.lock().unwrap_or_else(PoisonError::into_inner).get(&wallet).copied();
        if known.is_some() {
            return Ok(known);
        }
        let opened = journal::find(tx, Seq::from_number(wallet.number())).await?;
        let opened = opened.and_then(|row| ledger::decode(&row.body).ok());
        let Some(Event::Open { owner: Owner::User(user), .. }) = opened.map(|record| record.event)
        else {
            return Ok(None);
        };
        self.keep(wallet, user);
        Ok(Some(user))
    }

    fn keep(&self, wallet: WalletId, user: i64) {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        if owners.len() >= OWNERS_MAX {
            owners.clear();
        }
        owners.insert(wallet, user);
    }
}

/// What the log says that a wallet could do last; each change of it is a row.
async fn last_status(tx: &mut Tx, subject: &str) -> Result<Status, Error> {
    let last = tx.opt(audit::last_of(subject, STATUS_ACTIONS)).await?;
    Ok(last.as_ref().map_or(Status::Active, status_of))
}

fn status_of(row: &Logged) -> Status {
    let [pause, suspend, _] = STATUS_ACTIONS;
    match row.entry.action.as_str() {
        action if action == pause => Status::Paused,
        action if action == suspend => Status::Suspended,
        _ => Status::Active,
    }
}
