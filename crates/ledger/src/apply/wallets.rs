//! Open, set_status, erase and seal.

use super::Stop;
use super::change::Change;
use super::draft::Draft;
use crate::command::{Command, Order, SetStatus};
use crate::id::Seq;
use crate::invariant::Broken;
use crate::overlay::Overlay;
use crate::record::Event;
use crate::refusal::Refusal;
use crate::time::Time;
use crate::wallet::Wallet;
use crate::working::Read;

/// The commands that work on no wallet there is.
pub(super) fn without_wallet(state: &Overlay<'_>, order: &Order) -> Result<Draft, Stop> {
    let event = match &order.command {
        Command::Open(open) => Event::Open { owner: open.owner, unit: open.unit.clone() },
        Command::Erase(of) if *of > Seq::ZERO && *of <= state.head().seq => {
            Event::Erase { of: *of }
        }
        Command::Erase(_) => return Err(Refusal::UnknownRecord.into()),
        Command::Seal(seal) => Event::Seal { through: seal.through, digest: seal.digest },
        _ => return Err(Broken("a command names no wallet").into()),
    };
    Ok(Draft::without_change(event, None))
}

pub(super) fn set_status(now: Time, wallet: &Wallet, command: &SetStatus) -> Draft {
    let mut change = Change::new(wallet, now);
    change.after.status = command.status;
    Draft::new(Event::SetStatus, wallet.id, change)
}
