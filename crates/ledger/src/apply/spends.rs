//! Spend and remove: credits leave at once, in burn order.

use super::change::Change;
use super::draft::Draft;
use super::{Stop, check_active, check_available};
use crate::account::Account;
use crate::command::{Remove, Spend};
use crate::record::Event;
use crate::time::Time;
use crate::wallet::Wallet;

pub(super) fn spend(now: Time, wallet: &Wallet, command: &Spend) -> Result<Draft, Stop> {
    check_active(wallet)?;
    check_available(wallet, now, command.amount)?;
    let mut change = Change::new(wallet, now);
    change.draw(command.amount)?;
    change.debit(Account::Revenue(command.usage.service.clone()), command.amount)?;
    Ok(Draft::new(Event::Spend, wallet.id, change).using(command.usage.clone()))
}

/// An admin takes unheld credits, from a paused wallet too.
pub(super) fn remove(now: Time, wallet: &Wallet, command: &Remove) -> Result<Draft, Stop> {
    check_available(wallet, now, command.amount)?;
    let mut change = Change::new(wallet, now);
    change.draw(command.amount)?;
    change.debit(Account::Adjustment, command.amount)?;
    Ok(Draft::new(Event::Remove, wallet.id, change))
}
